//! The plan of a small tenant as text, to be read in a review. `UPDATE_GOLDEN=1` writes it anew.

use engine::setup::Scope;
use sample::{Level, Options};

use super::world::World;

fn check(name: &str, text: &str) {
    let path = format!("{}/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, golden, "{name} differs; UPDATE_GOLDEN=1 writes it anew");
}

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
