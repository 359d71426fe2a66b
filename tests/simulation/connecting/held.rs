//! Deletions that are held back: they are named before anybody lets them go.

use engine::worker::action::OfConnector;

use super::super::scripted::given;
use super::*;

/// A connector that holds back more than one deletion, and has two to hold back.
fn set_apart() -> Wizard {
    let wizard = Wizard::small();
    wizard.is_tested();
    wizard.shows(Step::Scope);
    wizard.chooses(wizard.scope(&["All Employees"], &[]));
    let settings = [("notification-email", "ops@contoso.example"), ("deletion-threshold", "1")];
    assert_eq!(wizard.fills("settings", &settings), Event::Go(Step::Review));
    wizard.enters(Step::Review);
    wizard.presses("Start provisioning");
    wizard.pass(Duration::from_secs(60));
    wizard.watches(Duration::from_secs(5));
    let uma = wizard.person("uma");
    let siobhan = wizard.person("siobhan.o'neill");
    for id in [uma, siobhan] {
        wizard.world().sample(|sample| assert!(sample.directory_mut().set_enabled(id.as_str(), false)));
    }
    wizard.skips(41);
    // Entries show after some minutes.
    wizard.pass(Duration::from_secs(120));
    wizard.watches(Duration::from_secs(2));
    assert_eq!(wizard.shown().lines[0], "In quarantine");
    wizard
}

const FOUND: &str =
    "Held back, by the provisioning log: 2. Whoever was assigned again since is still named here, and stays.";
const UNKNOWN: &str = "How many deletions are held back is not known here.";

#[test]
fn who_is_held_back_stands_before_the_button_that_lets_them_go() {
    let wizard = set_apart();
    let labels = [
        "Assign them again",
        "Let the held deletions go…",
        "Show what is held back",
        "Test the saved credentials",
        "Restart…",
    ];
    assert_eq!(wizard.shown().labels()[..5], labels);
    wizard.presses("Show what is held back");
    let drawn = wizard.shown();
    let names = ["siobhan.o'neill@contoso.example", "uma@contoso.example"].map(str::to_owned);
    let listed = |drawn: &Drawn| {
        let at = drawn.lines.iter().position(|it| it == FOUND)?;
        let mut names = drawn.lines[at + 1..at + 3].to_vec();
        names.sort();
        Some(names)
    };
    assert_eq!(listed(&drawn).as_deref(), Some(names.as_slice()), "{}", drawn.text());
    wizard.presses("Let the held deletions go…");
    assert_eq!(listed(&wizard.shown()).as_deref(), Some(names.as_slice()), "{}", wizard.shown().text());
    assert_eq!(wizard.shown().labels()[..2], ["Delete and deactivate all of them", "Leave it as it is"]);
    // The log of one person is another list.
    wizard.presses("Leave it as it is");
    wizard.fills("log", &[("who", "ada@contoso.example"), ("log-action", ""), ("log-status", "")]);
    assert_eq!(listed(&wizard.shown()).as_deref(), Some(names.as_slice()), "{}", wizard.shown().text());
    // Once it is no longer set apart, nothing is held back.
    wizard.presses("Let the held deletions go…");
    wizard.presses("Delete and deactivate all of them");
    wizard.watches(Duration::from_secs(100));
    assert_eq!((wizard.shown().lines[0].as_str(), listed(&wizard.shown())), ("Healthy", None));
}

#[test]
fn what_the_log_does_not_tell_is_said_beside_the_button() {
    let wizard = set_apart();
    wizard.presses("Let the held deletions go…");
    let words = format!("{UNKNOWN} “Show what is held back” reads it from the provisioning log.");
    assert!(wizard.shown().lines.contains(&words), "{}", wizard.shown().text());
    let labels = ["Delete and deactivate all of them", "Show what is held back", "Leave it as it is"];
    assert_eq!(wizard.shown().labels()[..3], labels);
    wizard.page.env.at("/auditLogs/provisioning");
    let refusal = r#"{"error":{"code":"Authentication_RequestFromNonPremiumTenantOrB2CTenant","message":"Neither tenant is B2C or has premium."}}"#;
    wizard.page.env.answer([given(403, None, refusal)]);
    wizard.does(OfConnector::Held);
    let text = wizard.shown().text();
    assert!(text.contains(&format!("{UNKNOWN}\nCould not read the provisioning log.\n")), "{text}");
    assert_eq!(wizard.shown().labels()[..3], labels);
    wizard.presses("Show what is held back");
    assert!(wizard.shown().lines.contains(&FOUND.to_owned()), "{}", wizard.shown().text());
    assert_eq!(wizard.shown().labels()[..2], ["Delete and deactivate all of them", "Leave it as it is"]);
}
