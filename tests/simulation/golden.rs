//! The plan of a small tenant as text.

use engine::setup::Scope;
use sample::{Level, Options};

use super::files::check;
use super::world::World;

#[test]
fn the_plan_of_a_small_tenant() {
    let options = || Options { people: 16, groups: 6, ..Options::default() };
    check("plan-account.txt", &World::new(options()).plan(Level::Account, Scope::All).to_string());
    check("plan-workspace.txt", &World::new(options()).plan(Level::Workspace, Scope::All).to_string());
}

#[test]
fn the_same_input_gives_the_same_plan() {
    let hash = || World::of(40, 6).plan(Level::Account, Scope::All).hash();
    assert_eq!(hash(), hash());
}
