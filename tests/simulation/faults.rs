//! Services that fail now and then, in an order that a seed decides: throttling, errors, cut connections before and after the
//! write took effect. Every run must end in the wanted state, with nothing twice.

use std::collections::BTreeSet;
use std::rc::Rc;

use engine::setup::Scope;
use engine::sync::journal::MemoryJournal;
use sample::{Level, Options};
use serde_json::Value;

use super::world::World;

/// Seeds of a test run; `SIMULATION_SEEDS` asks for more.
const SEEDS: u64 = 300;

fn run(seed: u64, level: Level) {
    let options = Options { seed, people: 14, groups: 4, faults: Some(seed), ..Options::default() };
    let world = World::new(options);
    let mut rounds = 0;
    loop {
        let plan = world.plan(level, Scope::All);
        if plan.is_empty() {
            break;
        }
        rounds += 1;
        assert!(rounds <= 3, "seed {seed}: no end after {rounds} rounds\n{plan}");
        world.apply(level, &plan, Rc::new(MemoryJournal::default()));
    }
    let mut names = BTreeSet::new();
    let mut identities = BTreeSet::new();
    for user in world.sample(|sample| sample.scim_users(level)) {
        let field = |name: &str| user.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        assert!(names.insert(field("userName")), "seed {seed}: a user twice");
        let identity = field("externalId");
        assert!(identity.is_empty() || identities.insert(identity), "seed {seed}: an identity twice");
    }
}

#[test]
fn every_seed_ends_in_the_wanted_state() {
    let seeds = std::env::var("SIMULATION_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SEEDS);
    for seed in 0..seeds {
        run(seed, if seed % 2 == 0 { Level::Account } else { Level::Workspace });
    }
}
