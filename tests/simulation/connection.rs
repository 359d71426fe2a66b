//! Testing the connection: each stage against the sample, good and bad.

use engine::databricks::connection::{Outcome, Stage, Test, test};
use engine::databricks::target::Target;
use engine::databricks::{Connection, Route};
use engine::secret::Secret;
use engine::stop::Control;
use sample::Level;

use super::world::World;

fn run(world: &World, connection: Connection) -> Test {
    let inner = world.clone();
    let result = world.run(async move { test(&inner, &connection, &Control::default(), |_| ()).await });
    assert_eq!(world.sample(|sample| sample.writes()), 0, "a test never writes");
    result
}

fn words(test: &Test) -> Vec<(Stage, &'static str)> {
    test.stages.iter().map(|stage| (stage.stage, stage.outcome.word())).collect()
}

/// The stage that failed, and what it says.
fn failure(test: &Test) -> (Stage, &str) {
    let failed = test.stages.iter().find_map(|stage| match &stage.outcome {
        Outcome::Failed(problem) => Some((stage.stage, problem.why.as_str())),
        _ => None,
    });
    failed.expect("nothing failed")
}

#[test]
fn at_a_workspace_the_owner_is_known() {
    let world = World::of(12, 3);
    let test = run(&world, world.connection(Level::Workspace));
    assert!(test.passed());
    assert_eq!(test.owner.as_deref(), Some("pat-owner@contoso.example"));
    assert_eq!(
        words(&test),
        [
            (Stage::Address, "passed"),
            (Stage::Relay, "skipped"),
            (Stage::Host, "passed"),
            (Stage::Token, "passed"),
            (Stage::Level, "passed"),
            (Stage::Users, "passed"),
            (Stage::Groups, "passed"),
            (Stage::Owner, "passed"),
        ]
    );
}

#[test]
fn at_an_account_the_owner_is_skipped() {
    let world = World::of(12, 3);
    let test = run(&world, world.connection(Level::Account));
    assert!(test.passed());
    assert_eq!(test.owner, None);
    let owner = test.stages.last().unwrap();
    assert_eq!(owner.outcome, Outcome::Skipped);
    assert_eq!(owner.note, "The SCIM token of an account belongs to no person.");
}

#[test]
fn a_wrong_token_fails_at_its_stage() {
    let world = World::of(12, 3);
    for level in [Level::Workspace, Level::Account] {
        let token = Secret::new("dapiffffffffffffffffffffffffffffffff".to_owned());
        let test = run(&world, Connection { token, ..world.connection(level) });
        assert_eq!(
            failure(&test),
            (
                Stage::Token,
                "Databricks does not accept the token: it is wrong, expired, revoked, or made for another workspace \
                 or level."
            )
        );
        assert_eq!(test.count("skipped"), 4 + 1);
    }
}

#[test]
fn a_token_without_rights_fails_at_users() {
    let world = World::of(12, 3);
    let token = Secret::new(world.facts().plain_token);
    let test = run(&world, Connection { token, ..world.connection(Level::Workspace) });
    assert_eq!(
        failure(&test),
        (Stage::Users, "The token's owner is not in the workspace's group \"admins\".")
    );
}

#[test]
fn another_account_is_not_the_right_level() {
    let world = World::of(12, 3);
    let good = world.connection(Level::Account);
    let other = good
        .target
        .display()
        .replace(good.target.account_id().unwrap().as_str(), "00000000-0000-0000-0000-000000000000");
    let target = Target::parse(&other, &world.cloud().databricks).unwrap();
    let test = run(&world, Connection { target, ..good });
    let (stage, _) = failure(&test);
    assert!(matches!(stage, Stage::Level | Stage::Token), "{stage:?}");
}

#[test]
fn without_a_relay_the_second_stage_fails() {
    // A static host answers the relay's address with its own 404 page; the sample's Databricks does as well.
    let world = World::of(12, 3);
    let connection = world.connection(Level::Workspace);
    let base = format!("{}/relay/", connection.target.origin());
    let test = run(&world, Connection { route: Route::Relay { base }, ..connection });
    assert_eq!(failure(&test).0, Stage::Relay);
}
