//! The board of a connector that provisions for weeks, while services fail and lag: what it shows, what can be done there, and that each of
//! it does what it says.

use sample::Level;
use serde_json::Value;

use super::super::seeds::each_seed;
use super::resuming::all_the_way;
use super::*;

/// Seeds of a test run; `BOARD_SEEDS` asks for more.
const SEEDS: u64 = 240;

/// A connector that runs, whatever went wrong on the way.
fn started(seed: u64) -> (Rc<Wizard>, String) {
    let wizard = Rc::new(Wizard::of(Options {
        seed,
        people: 4,
        groups: 2,
        faults: (!seed.is_multiple_of(6)).then_some(seed),
        replication: Duration::from_secs(seed % 7 * 3),
        ..Options::default()
    }));
    let token = wizard.world().sample(|sample| sample.make_token(Level::Account));
    writes(&wizard, seed, &token);
    (wizard, token)
}

/// Goes all the way with this token, again and again until it is done.
fn writes(wizard: &Rc<Wizard>, seed: u64, token: &str) {
    let mut last = String::new();
    let done = (0..12).any(|_| {
        let way = all_the_way(Rc::clone(wizard), token.to_owned(), "1");
        wizard.world().run(way).map_err(|words| last = words).is_ok()
    });
    assert!(done, "seed {seed}: {last}");
}

/// What the board says of the job, after a look.
fn headline(wizard: &Wizard) -> String {
    wizard.watches(Duration::from_secs(100));
    let lines = wizard.shown().lines;
    assert!(!lines.iter().any(|it| it.contains("looks no more")), "{lines:#?}");
    lines[0].clone()
}

/// Presses one button and then the one that says so again.
fn surely(wizard: &Wizard, seed: u64, first: &str, second: &str) {
    headline(wizard);
    wizard.presses(first);
    wizard.presses(second);
    assert!(!wizard.shown().labels().contains(&second), "seed {seed}: {}", wizard.shown().text());
}

/// Who is active in Databricks, of those whom Entra brought.
fn active(wizard: &Wizard) -> usize {
    let users = wizard.world().sample(|sample| sample.scim_users(Level::Account));
    users.iter().filter(|it| it["externalId"].is_string() && it["active"] == Value::Bool(true)).count()
}

fn bars(wizard: &Wizard) -> usize {
    let lines = wizard.shown().lines;
    let first = lines.iter().position(|it| it == "Cycles that this page has seen (UTC)");
    first.map_or(0, |at| lines[at + 1..].iter().take_while(|it| it.contains(" written")).count())
}

fn change(wizard: &Wizard, change: impl Fn(&mut sample::Directory, &str)) {
    let group = wizard.world().sample(|it| it.directory().group_named("All Employees").unwrap().clone());
    wizard.world().sample(|sample| {
        for member in group.members.iter().skip(1) {
            change(sample.directory_mut(), &member.id);
        }
    });
}

/// Starts provisioning from the review, until nothing is left to write: a fault may end it on the way.
fn resumes(wizard: &Wizard) -> bool {
    wizard.enters(Step::Review);
    if wizard.shown().labels().contains(&"Start provisioning") {
        wizard.presses("Start provisioning");
        return false;
    }
    wizard.shown().text().contains("There is nothing to write")
}

/// Weeks of a connector: cycles, a token that ends, deletions that are held back, a pause, and its end.
fn weeks(seed: u64) {
    let (wizard, token) = started(seed);
    assert_eq!(headline(&wizard), "Healthy", "seed {seed}");
    assert_eq!(active(&wizard), 3, "seed {seed}");
    for cycles in 2..5 {
        wizard.skips(40);
        assert_eq!(headline(&wizard), "Healthy", "seed {seed}");
        assert_eq!(bars(&wizard), cycles, "seed {seed}: {}", wizard.shown().text());
    }
    assert_eq!(wizard.proof(Step::Sync).as_deref(), Some("Healthy"), "seed {seed}");

    // The token ends, and somebody has another name: the next cycle fails as a whole.
    wizard.world().sample(|sample| sample.end_token(&token));
    change(&wizard, |directory, id| assert!(directory.rename_person(id, "Another Name")));
    wizard.skips(41);
    assert_eq!(headline(&wizard), "In quarantine", "seed {seed}");
    assert_eq!(wizard.proof(Step::Sync), None, "seed {seed}");
    assert_eq!(wizard.shown().labels()[0], "Enter a new token", "seed {seed}");
    wizard.presses("Test the saved credentials");
    assert!(wizard.shown().text().contains("Databricks does not accept the token."), "seed {seed}");
    let token = wizard.world().sample(|sample| sample.make_token(Level::Account));
    writes(&wizard, seed, &token);
    surely(&wizard, seed, "Restart…", "Restart it");
    assert_eq!(headline(&wizard), "Healthy", "seed {seed}");

    // Two leave, and one may: nobody goes before somebody says so.
    for goes in [false, true] {
        change(&wizard, |directory, id| assert!(directory.set_enabled(id, false)));
        wizard.skips(41);
        assert_eq!(headline(&wizard), "In quarantine", "seed {seed}");
        assert_eq!(active(&wizard), 3, "seed {seed}");
        assert_eq!(
            wizard.shown().labels()[..2],
            ["Assign them again", "Let the held deletions go…"],
            "seed {seed}"
        );
        if goes {
            surely(&wizard, seed, "Let the held deletions go…", "Delete and deactivate all of them");
        } else {
            change(&wizard, |directory, id| assert!(directory.set_enabled(id, true)));
            surely(&wizard, seed, "Restart…", "Restart it");
        }
        assert_eq!(headline(&wizard), "Healthy", "seed {seed}: {goes}");
        assert_eq!(active(&wizard), if goes { 1 } else { 3 }, "seed {seed}");
    }

    // While it is paused nobody comes back.
    surely(&wizard, seed, "Pause provisioning…", "Pause it");
    change(&wizard, |directory, id| assert!(directory.set_enabled(id, true)));
    wizard.skips(120);
    assert_eq!((headline(&wizard).as_str(), active(&wizard)), ("Stopped", 1), "seed {seed}");
    assert_eq!(wizard.presses("Look at the changes, then resume"), Event::Go(Step::Review));
    assert!((0..12).any(|_| resumes(&wizard)), "seed {seed}: {}", wizard.shown().text());
    wizard.skips(2);
    assert_eq!((headline(&wizard).as_str(), active(&wizard)), ("Healthy", 3), "seed {seed}");

    // It goes, and those whom it brought stay.
    surely(&wizard, seed, "Remove this connector…", "Remove contoso-provisioning");
    assert_eq!(wizard.facts(), ConnectorFacts::default(), "seed {seed}: {}", wizard.shown().text());
    assert_eq!(
        [Step::Workspace, Step::Test, Step::Review, Step::Sync].map(|step| wizard.proof(step)),
        [const { None }; 4]
    );
    assert_eq!(active(&wizard), 3, "seed {seed}");
    wizard.pass(Duration::from_secs(60));
    wizard.enters(Step::Sync);
    assert!(
        wizard.shown().text().contains("There is none in this tenant."),
        "seed {seed}: {}",
        wizard.shown().text()
    );
}

#[test]
fn for_weeks_it_shows_what_is_and_does_what_it_says() {
    each_seed("BOARD_SEEDS", SEEDS, weeks);
}
