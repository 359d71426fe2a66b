//! Services that fail now and then, in an order that a seed decides: throttling, errors, cut connections before and after the
//! write took effect. Every run must end in the wanted state, with nothing twice.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use engine::setup::Scope;
use engine::sync::journal::MemoryJournal;
use sample::{Level, Options};
use serde_json::Value;

use super::world::World;

/// Seeds of a test run; `SIMULATION_SEEDS` asks for more.
const SEEDS: u64 = 1_000;

type Names = BTreeMap<String, BTreeSet<String>>;

fn field(object: &Value, name: &str) -> String {
    object.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// What counts in a store: who is there with which identity, and who belongs to which group. Ids differ from run to run.
fn state(world: &World, level: Level) -> (BTreeMap<String, String>, Names) {
    let (users, groups) = world.sample(|sample| (sample.scim_users(level), sample.scim_groups(level)));
    let names: BTreeMap<String, String> =
        users.iter().map(|user| (field(user, "id"), field(user, "userName"))).collect();
    let people: BTreeMap<String, String> =
        users.iter().map(|user| (field(user, "userName"), field(user, "externalId"))).collect();
    assert_eq!(people.len(), users.len(), "a user twice");
    let members = |group: &Value| {
        let list = group.get("members").and_then(Value::as_array).cloned().unwrap_or_default();
        list.iter().map(|member| names.get(&field(member, "value")).cloned().unwrap_or_default()).collect()
    };
    let by_name: Names = groups.iter().map(|group| (field(group, "displayName"), members(group))).collect();
    assert_eq!(by_name.len(), groups.len(), "a group twice");
    (people, by_name)
}

/// Plans and applies until there is nothing to do.
fn settle(world: &World, level: Level, seed: u64) {
    for _ in 0..5 {
        let plan = world.plan(level, Scope::All);
        if plan.is_empty() && plan.complete {
            return;
        }
        world.apply(level, &plan, Rc::new(MemoryJournal::default()));
    }
    panic!("seed {seed}: no end after five rounds\n{}", world.plan(level, Scope::All));
}

fn run(seed: u64, level: Level) {
    let options = Options { seed, people: 14, groups: 4, ..Options::default() };
    let calm = World::new(options.clone());
    settle(&calm, level, seed);
    let world = World::new(Options { faults: Some(seed), ..options });
    settle(&world, level, seed);
    assert_eq!(state(&world, level), state(&calm, level), "seed {seed}");
}

#[test]
fn every_seed_ends_in_the_wanted_state() {
    let seeds = std::env::var("SIMULATION_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SEEDS);
    for seed in 0..seeds {
        run(seed, if seed % 2 == 0 { Level::Account } else { Level::Workspace });
    }
}
