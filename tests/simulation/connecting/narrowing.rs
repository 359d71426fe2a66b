//! From everybody to those who are assigned: whoever is left out is deactivated, so nothing of that happens by accident or by halves.

use engine::setup::TokenOwner;

use super::super::scripted::given;
use super::reviewing::{stops, table};
use super::*;

/// A connector that provisions everybody, and runs.
fn everybody() -> Wizard {
    let wizard = Wizard::small();
    wizard.is_tested();
    wizard.shows(Step::Scope);
    wizard.chooses(Scope::All);
    assert_eq!(wizard.fills("settings", &[]), Event::Go(Step::Review));
    wizard.enters(Step::Review);
    wizard.presses("Start provisioning");
    assert_eq!(
        wizard.proof(Step::Review).as_deref(),
        Some("Written, and read back"),
        "{}",
        wizard.shown().text()
    );
    wizard
}

/// Chooses, with the token at hand, and comes to the review.
fn narrows(wizard: &Wizard, groups: &[&str]) {
    let facts = wizard.world().facts();
    wizard.enters(Step::Workspace);
    wizard.connects(&facts.account_scim_url, &facts.account_token);
    wizard.shows(Step::Scope);
    wizard.chooses(wizard.scope(groups, &[]));
    let by_hand: &[(&str, &str)] = if groups.is_empty() { &[("by-hand", "on")] } else { &[] };
    assert_eq!(wizard.fills("settings", by_hand), Event::Go(Step::Review));
    wizard.enters(Step::Review);
}

#[test]
fn where_nobody_is_assigned_nothing_is_narrowed() {
    let wizard = everybody();
    narrows(&wizard, &[]);
    assert_eq!(
        stops(&wizard),
        [
            "Everybody is provisioned now, and nobody is assigned: all of them would be deactivated in Databricks. Choose groups and people, or \
          assign them first."
        ]
    );
}

#[test]
fn a_restart_that_is_due_is_none_while_nobody_is_assigned() {
    let wizard = everybody();
    narrows(&wizard, &["All Employees"]);
    // The address was told, and the only assignment is refused.
    let refused = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges."}}"#;
    let answers = (0..2).map(|id| format!(r#"{{"id":"{id}","status":403,"body":{refused}}}"#));
    let answers: Vec<String> = answers.collect();
    wizard.page.env.at("/v1.0/$batch");
    wizard.page.env.answer([given(200, None, &format!(r#"{{"responses":[{}]}}"#, answers.join(",")))]);
    wizard.presses("Write these changes");
    assert_eq!((wizard.count("Post jobs/restart"), wizard.facts().restart_due), (0, true));
    // By hand then, which nobody has done yet.
    narrows(&wizard, &[]);
    assert_eq!(
        stops(&wizard),
        [
            "Everybody is provisioned now, and nobody is assigned: all of them would be deactivated in Databricks. Choose groups and people, or \
          assign them first."
        ]
    );
}

#[test]
fn what_nobody_said_stays_as_it_is() {
    let wizard = everybody().again();
    let facts = wizard.world().facts();
    wizard.known.setup.borrow_mut().scope = None;
    wizard.enters(Step::Workspace);
    wizard.connects(&facts.account_scim_url, &facts.account_token);
    wizard.enters(Step::Review);
    let row = |what: &str| table(&wizard).into_iter().find(|it| it.starts_with(what)).unwrap();
    assert_eq!(row("Whom it provisions"), "Whom it provisions | everybody of the directory | stays");
    wizard.presses("Write these changes");
    assert_eq!(wizard.count("Post jobs/restart"), 0);
}

#[test]
fn the_person_whose_token_is_used_leaves_only_after_the_token() {
    let wizard = everybody();
    let uma = Picked { id: wizard.person("uma"), name: "Uma Ordinary".to_owned() };
    let facts = ConnectorFacts { owner: Some(TokenOwner::Person(uma)), ..wizard.facts() };
    wizard.known.setup.borrow_mut().connector = Some(facts);
    narrows(&wizard, &["Data Engineers"]);
    let first = "If this connector has provisioned them before, first enter the token of a service principal, test it and write it; only then \
                 take them out. Whoever leaves the scope is deactivated, and the token ends with them.";
    assert_eq!(
        stops(&wizard),
        [format!("Everybody is provisioned now, and so is the person whose token is used. {first}")]
    );
}

#[test]
fn before_all_of_them_are_assigned_nobody_leaves_and_the_restart_is_not_forgotten() {
    let wizard = everybody();
    narrows(&wizard, &["All Employees", "Data Engineers"]);
    assert!(table(&wizard).contains(
        &"Whom it provisions | everybody of the directory | who is assigned / whoever is not assigned is deactivated in Databricks".to_owned()
    ));
    // One is refused, and the other one does not show.
    let answers: Vec<String> = (0..3)
        .map(|id| {
            let (status, body) = if id == 1 {
                (403, r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges."}}"#)
            } else {
                (201, "{}")
            };
            format!(r#"{{"id":"{id}","status":{status},"body":{body}}}"#)
        })
        .collect();
    wizard.page.env.at("/v1.0/$batch");
    wizard.page.env.answer([given(200, None, &format!(r#"{{"responses":[{}]}}"#, answers.join(",")))]);
    wizard.presses("Write these changes");
    let text = wizard.shown().text();
    assert!(
        text.contains("Provisioning is not narrowed yet: 2 of those who shall stay are not assigned."),
        "{text}"
    );
    assert!(text.contains("All Employees") && text.contains("Data Engineers"), "{text}");
    assert_eq!((wizard.count("Post jobs/restart"), wizard.facts().restart_due), (0, true));
    // Another visit finds what is left to do: the address was told already, the restart was not.
    let later = wizard.again();
    later.enters(Step::Review);
    assert!(
        table(&later).contains(&"Whom it provisions | who is assigned | stays".to_owned()),
        "{:#?}",
        table(&later)
    );
    later.presses("Write these changes");
    assert_eq!((later.count("Post jobs/restart"), later.facts().restart_due), (1, false));
    later.enters(Step::Review);
    assert!(later.shown().text().contains("There is nothing to write"), "{}", later.shown().text());
}

#[test]
fn what_somebody_changed_meanwhile_is_not_written_over() {
    let wizard = Wizard::small();
    wizard.is_started();
    narrows(&wizard, &["Data Engineers"]);
    let colleague = wizard.again();
    let facts = wizard.world().facts();
    colleague.enters(Step::Workspace);
    colleague.connects(&facts.account_scim_url, &facts.account_token);
    colleague.shows(Step::Scope);
    colleague.chooses(Scope::All);
    assert_eq!(colleague.fills("settings", &[]), Event::Go(Step::Review));
    colleague.enters(Step::Review);
    colleague.presses("Write these changes");
    let before = wizard.effects().len();
    wizard.presses("Write these changes");
    let text = wizard.shown().text();
    assert!(text.contains("The connector was changed meanwhile."), "{text}");
    assert_eq!(wizard.effects().len(), before);
}

#[test]
fn what_was_read_long_ago_is_not_written() {
    let wizard = everybody();
    narrows(&wizard, &["All Employees"]);
    wizard.pass(Duration::from_secs(1_801));
    let before = wizard.effects().len();
    wizard.presses("Write these changes");
    let text = wizard.shown().text();
    assert!(
        text.contains("What is shown was read more than half an hour ago, and much may have changed."),
        "{text}"
    );
    assert_eq!(wizard.effects().len(), before);
}

#[test]
fn another_application_is_no_connector() {
    let wizard = Wizard::small();
    wizard.is_tested();
    // An object id that somebody typed into a setup file.
    let other = wizard.world().sample(|it| it.enterprise_application("scim-setup").unwrap().to_owned());
    let facts = ConnectorFacts { id: Some(id(&other)), ..wizard.facts() };
    wizard.known.setup.borrow_mut().connector = Some(facts);
    wizard.enters(Step::Test);
    let before = wizard.effects().len();
    wizard.presses("Test connection");
    let text = wizard.shown().text();
    assert!(text.contains("“scim-setup” is no connector."), "{text}");
    assert_eq!(wizard.effects().len(), before);
}
