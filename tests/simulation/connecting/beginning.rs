//! What the board begins anew and what it leaves to the review, and what it does not take for known: nothing starts without a test, and nobody
//! leaves whose token may be used.

use engine::entra::connector::{Restart, jobs, remove_job};
use engine::setup::TokenOwner;
use engine::stop::Control;

use super::super::scripted::given;
use super::looking_after::healthy;
use super::*;

/// What begins a job anew, and whether it stands on the board.
fn begins_anew(wizard: &Wizard) -> [bool; 2] {
    let drawn = wizard.shown();
    ["Restart…", "Restart in full…"].map(|label| drawn.labels().contains(&label))
}

/// None of it is done, though the command comes.
fn nothing_begins(wizard: &Wizard, why: &str) {
    let before = wizard.effects();
    for what in [Restart::Usual, Restart::Full, Restart::ForceDeletes] {
        wizard.insists(&Risky::Restart(what));
        let text = wizard.shown().text();
        assert!(text.contains("Nothing was begun anew.") && text.contains(why), "{text}");
    }
    assert_eq!(wizard.effects(), before);
}

const OFF: &str = "Provisioning is switched off, and a restart would switch it on without a test.";

#[test]
fn what_is_paused_is_started_by_the_review_alone() {
    let wizard = healthy();
    assert_eq!(begins_anew(&wizard), [true; 2]);
    wizard.presses("Pause provisioning…");
    wizard.presses("Pause it");
    wizard.watches(Duration::from_secs(2));
    assert_eq!(wizard.shown().lines[0], "Stopped");
    assert_eq!(begins_anew(&wizard), [false; 2]);
    nothing_begins(&wizard, OFF);
}

#[test]
fn what_never_began_is_started_by_the_review_alone() {
    let wizard = Wizard::small();
    let facts = wizard.world().facts();
    wizard.is_tested_at_workspace(&facts.plain_token, &[("token-owner", "nobody")]);
    wizard.reviews(wizard.scope(&["All Employees"], &[]), &[]);
    // This token may only read: the proof fails, and nothing starts.
    wizard.presses("Start provisioning");
    assert!(wizard.shown().lines.contains(&"failed | One person provisioned".to_owned()));
    wizard.watches(Duration::from_secs(2));
    assert_eq!(begins_anew(&wizard), [false; 2]);
    nothing_begins(&wizard, OFF);
}

#[test]
fn of_several_jobs_none_begins_anew() {
    let wizard = healthy();
    wizard.another_job(&wizard.facts().id.unwrap(), "dataBricks");
    wizard.watches(Duration::from_secs(2));
    assert_eq!(wizard.shown().lines[0], "There are several provisioning jobs");
    assert_eq!(begins_anew(&wizard), [false; 2]);
    assert!(!wizard.shown().labels().contains(&"Reset attribute mappings…"));
    nothing_begins(&wizard, "The connector has 2 jobs");
}

#[test]
fn the_only_job_is_not_removed_as_one_of_several() {
    let wizard = healthy();
    let (id, own) = (wizard.facts().id.unwrap(), wizard.facts().job.unwrap());
    wizard.another_job(&id, "dataBricks");
    wizard.watches(Duration::from_secs(2));
    assert!(wizard.shown().text().contains(&format!("Switched on: {own}, ")), "{}", wizard.shown().text());
    wizard.presses(&format!("Remove the job {own}…"));
    // Meanwhile somebody removes the other one.
    let kept = own.clone();
    wizard.elsewhere(async move |graph| {
        let control = Control::default();
        for job in jobs(graph, &id).await.unwrap() {
            if job.id != kept {
                remove_job(graph, &control, &|_| (), &id, &job.id).await.unwrap();
            }
        }
    });
    let before = wizard.effects();
    wizard.presses(&format!("Remove the job {own}"));
    assert!(wizard.shown().text().contains("No job was removed."), "{}", wizard.shown().text());
    assert_eq!(wizard.effects(), before);
}

#[test]
fn a_job_that_is_gone_already_is_removed() {
    let wizard = healthy();
    let (id, own) = (wizard.facts().id.unwrap(), wizard.facts().job.unwrap());
    wizard.another_job(&id, "dataBricks");
    wizard.watches(Duration::from_secs(2));
    wizard.presses(&format!("Remove the job {own}…"));
    let gone = own.clone();
    wizard.elsewhere(async move |graph| {
        remove_job(graph, &Control::default(), &|_| (), &id, &gone).await.unwrap();
    });
    let before = wizard.effects();
    wizard.presses(&format!("Remove the job {own}"));
    assert!(!wizard.shown().text().contains("No job was removed."), "{}", wizard.shown().text());
    assert_eq!(wizard.effects(), before);
}

#[test]
fn nothing_is_taken_away_where_it_is_not_known_whose_token_it_is() {
    let wizard = healthy();
    let review = |scope| wizard.reviews(scope, &MAIL);
    review(wizard.scope(&["All Employees"], &["uma"]));
    wizard.presses("Write these changes");
    // Zoë gave the token, and is nowhere in what can be read.
    let owner = Picked { id: wizard.person("zoe.mueller"), name: "zoe.mueller@contoso.example".to_owned() };
    wizard.known.setup.borrow_mut().connector.as_mut().unwrap().owner = Some(TokenOwner::Person(owner));
    wizard.page.env.at("/v1.0/$batch");
    let refusal = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges."}}"#;
    wizard.page.env.answer((0..9).map(|_| given(403, None, refusal)));
    review(wizard.scope(&["All Employees"], &[]));
    let before = wizard.effects();
    let offered = |wizard: &Wizard| wizard.shown().labels().contains(&"Take these assignments away…");
    assert!(!offered(&wizard), "{}", wizard.shown().text());
    assert!(wizard.shown().text().contains("None of them can be taken away here now. Whether the person"));
    wizard.insists(&Risky::TakeAway(vec!["any".to_owned()]));
    let text = wizard.shown().text();
    assert!(text.contains("Nothing was taken away."), "{text}");
    assert_eq!(wizard.effects(), before);
    // What was read half an hour ago says nothing any more.
    wizard.page.env.at("/nothing");
    wizard.known.setup.borrow_mut().connector.as_mut().unwrap().owner = Some(TokenOwner::NoPerson);
    review(wizard.scope(&["All Employees"], &[]));
    wizard.presses("Take these assignments away…");
    wizard.pass(Duration::from_secs(1_801));
    wizard.presses("Take them away");
    let text = wizard.shown().text();
    assert!(text.contains("Nothing was taken away."), "{text}");
    assert_eq!(wizard.effects(), before);
    review(wizard.scope(&["All Employees"], &[]));
    wizard.presses("Take these assignments away…");
    wizard.presses("Take them away");
    assert_eq!(wizard.effects().len(), before.len() + 1, "{}", wizard.shown().text());
}

#[test]
fn who_gave_the_token_is_looked_at_again_before_anything_is_taken_away() {
    let wizard = healthy();
    let review = |scope| wizard.reviews(scope, &MAIL);
    review(wizard.scope(&["All Employees"], &["uma"]));
    wizard.presses("Write these changes");
    let owner = Picked { id: wizard.person("zoe.mueller"), name: "zoe.mueller@contoso.example".to_owned() };
    wizard.known.setup.borrow_mut().connector.as_mut().unwrap().owner =
        Some(TokenOwner::Person(owner.clone()));
    review(wizard.scope(&["All Employees"], &[]));
    wizard.presses("Take these assignments away…");
    // Meanwhile she comes into the group.
    let all = wizard.world().sample(|it| it.directory().group_named("All Employees").unwrap().id.clone());
    wizard.world().sample(|it| it.directory_mut().add_member(&all, owner.id.as_str()));
    let before = wizard.effects();
    wizard.presses("Take them away");
    let text = wizard.shown().text();
    assert!(text.contains("Nothing was taken away."), "{text}");
    assert_eq!(wizard.effects(), before);
}

#[test]
fn whose_token_it_is_that_nobody_said_is_not_taken_for_nobodys() {
    const UNSAID: &str = "Whose token it uses was not said";
    let wizard = Wizard::small();
    let facts = wizard.world().facts();
    wizard.is_tested_at_workspace(&facts.workspace_token, &[("token-owner", "nobody")]);
    wizard.reviews(wizard.scope(&["All Employees"], &[]), &[]);
    wizard.presses("Start provisioning");
    wizard.pass(Duration::from_secs(60));
    wizard.watches(Duration::from_secs(2));
    assert!(!wizard.shown().text().contains(UNSAID), "{}", wizard.shown().text());
    // A later visit takes it from the list, and knows nothing of the token.
    let second = Wizard::visit(wizard.world(), Setup::default());
    second.signs_in();
    second.enters(Step::Sync);
    second.shows(Step::Sync);
    let look = second.asks(second.button("Look at contoso-provisioning"), None);
    second.until_left(look, Duration::from_secs(3));
    assert!(second.shown().text().contains(UNSAID), "{}", second.shown().text());
    let before = second.effects().len();
    let asked = || {
        second.fills("on-demand", &[("on-demand-who", "uma@contoso.example")]);
        second.shown().wrong().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        asked(),
        [
            "Whose token the connector uses was not said. If it is that of uma@contoso.example, take somebody else; if it is not, press once \
             more."
        ]
    );
    assert_eq!(second.effects().len(), before);
    assert_eq!(asked(), [""; 0]);
    assert_eq!(second.effects()[before..], ["Post jobs/provisionOnDemand"]);
}

#[test]
fn a_question_is_over_once_its_step_is_left() {
    let wizard = healthy();
    wizard.watches(Duration::from_secs(2));
    wizard.presses("Remove this connector…");
    assert!(wizard.shown().labels().contains(&"Remove contoso-provisioning"));
    wizard.enters(Step::Done);
    wizard.watches(Duration::from_secs(2));
    let labels = wizard.shown();
    let labels = labels.labels();
    assert!(!labels.contains(&"Remove contoso-provisioning"), "{labels:?}");
    assert!(labels.contains(&"Pause provisioning…"), "{labels:?}");
}

#[test]
fn the_board_keeps_its_buttons_while_the_review_asks_something() {
    let wizard = healthy();
    wizard.reviews(wizard.scope(&["All Employees"], &["uma"]), &MAIL);
    wizard.presses("Write these changes");
    wizard.reviews(wizard.scope(&["All Employees"], &[]), &MAIL);
    wizard.presses("Take these assignments away…");
    wizard.watches(Duration::from_secs(2));
    let drawn = wizard.shown();
    for label in ["Pause provisioning…", "Remove this connector…"] {
        assert!(drawn.labels().contains(&label), "{:?}", drawn.labels());
    }
}
