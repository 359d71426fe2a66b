//! What is on record of requests that were sent: a date that is yet to come is no record, and an answer that leaves open what was made is not
//! taken for a refusal.

use engine::env::Timestamp;

use super::super::scripted::given;
use super::*;

/// A year from now, as a file has it or a clock that was wrong.
fn ahead(wizard: &Wizard) -> Option<Timestamp> {
    Some(Timestamp(wizard.world().wall().0 + 31_536_000_000))
}

fn has(wizard: &Wizard, change: impl FnOnce(&mut ConnectorFacts)) {
    change(wizard.known.setup.borrow_mut().connector.get_or_insert_default());
    wizard.shows(wizard.known.step.get());
}

#[test]
fn a_date_that_is_yet_to_come_keeps_nothing_from_being_made() {
    let wizard = Wizard::small();
    has(&wizard, |facts| {
        (facts.name, facts.sent) = ("contoso-provisioning".to_owned(), ahead(&wizard));
    });
    let before = wizard.world().wall();
    wizard.is_tested();
    assert!(wizard.world().wall().since(before) < Duration::from_secs(120));
    has(&wizard, |facts| facts.job_sent = ahead(&wizard));
    wizard.reviews(wizard.scope(&["All Employees"], &[]), &MAIL);
    wizard.presses("Start provisioning");
    let proof = wizard.proof(Step::Review);
    assert_eq!(proof.as_deref(), Some("Written, and read back"), "{}", wizard.shown().text());
    assert_eq!((wizard.count("Post instantiate"), wizard.count("Post jobs")), (1, 1));
}

#[test]
fn a_date_that_is_yet_to_come_does_not_keep_what_is_gone() {
    let first = Wizard::small();
    first.is_started();
    let colleague = first.again();
    colleague.watches(Duration::from_secs(2));
    colleague.presses("Remove this connector…");
    colleague.presses("Remove contoso-provisioning");
    first.pass(Duration::from_secs(600));
    has(&first, |facts| (facts.sent, facts.job_sent) = (ahead(&first), ahead(&first)));
    first.shows(Step::Sync);
    first.does(OfConnector::Enter);
    let text = first.shown().text();
    assert!(text.contains("The connector “contoso-provisioning” is not there any more."), "{text}");
}

/// Something that Graph asked on the way failed, and what it made by then is not said.
const FAILED: &str =
    r#"{"error":{"code":"FailedDependency","message":"A request that this one depends on failed."}}"#;

#[test]
fn an_application_that_may_have_been_made_stays_on_record() {
    let wizard = Wizard::small();
    let facts = wizard.world().facts();
    wizard.enters(Step::Workspace);
    wizard.connects(&facts.account_scim_url, &facts.account_token);
    wizard.fills("connector", &[("connector-name", "contoso-provisioning")]);
    wizard.enters(Step::Test);
    let before = wizard.page.env.asked();
    wizard.page.env.at("/instantiate");
    wizard.page.env.answer([given(424, None, FAILED)]);
    wizard.presses("Test connection");
    assert_eq!((wizard.page.env.asked() - before, wizard.count("Post instantiate")), (1, 0));
    assert!(wizard.facts().sent.is_some(), "{}", wizard.shown().text());
    // It was waited for, and nothing came: the next visit asks for it once more.
    wizard.again().is_tested();
    assert_eq!(wizard.count("Post instantiate"), 1);
}

#[test]
fn a_job_that_may_have_been_made_stays_on_record() {
    let wizard = Wizard::small();
    wizard.is_reviewed();
    wizard.page.env.at("/synchronization/jobs");
    wizard.page.env.answer([given(200, None, r#"{"value":[]}"#), given(424, None, FAILED)]);
    wizard.presses("Start provisioning");
    assert!(wizard.facts().job_sent.is_some(), "{}", wizard.shown().text());
    assert_eq!(wizard.count("Post jobs"), 0);
    wizard.pass(Duration::from_secs(60));
    wizard.enters(Step::Review);
    wizard.presses("Start provisioning");
    assert_eq!(wizard.count("Post jobs"), 1);
}
