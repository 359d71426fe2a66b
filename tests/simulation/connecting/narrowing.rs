//! From everybody to those who are assigned: whoever is left out is deactivated, so nothing of that happens by accident or by halves.

use engine::entra::connector::assignment::{assignments, take_away};
use engine::entra::connector::{Enterprise, FIELDS, Restart, schema};
use engine::setup::TokenOwner;
use engine::stop::Control;
use sample::Level;

use super::super::scripted::given;
use super::reviewing::{stops, table};
use super::*;

/// A connector that provisions everybody, and runs.
pub(super) fn everybody() -> Wizard {
    all_in(Wizard::small())
}

fn all_in(wizard: Wizard) -> Wizard {
    wizard.is_tested();
    wizard.reviews(Scope::All, &[]);
    wizard.presses("Start provisioning");
    assert_eq!(
        wizard.proof(Step::Review).as_deref(),
        Some("Written, and read back"),
        "{}",
        wizard.shown().text()
    );
    wizard
}

/// Somebody resets the mappings elsewhere, so that `externalId` is no object id any more: mended, the job begins anew.
fn mappings_are_reset(wizard: &Wizard) {
    let facts = wizard.facts();
    wizard.elsewhere(async move |graph| {
        let place = (&facts.id.unwrap(), facts.job.as_deref().unwrap());
        schema::reset(graph, &Control::default(), &|_| (), place).await.unwrap();
    });
}

/// How many are active in Databricks, of those whom Entra brought.
fn active(wizard: &Wizard) -> usize {
    let users = wizard.world().sample(|sample| sample.scim_users(Level::Account));
    users.iter().filter(|it| it["externalId"].is_string() && it["active"] == true).count()
}

/// The next requests to assign are answered so, whatever is in them.
fn assigning_is_refused(wizard: &Wizard) {
    let refused = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges."}}"#;
    let answers = (0..2).map(|id| format!(r#"{{"id":"{id}","status":403,"body":{refused}}}"#));
    let answers: Vec<String> = answers.collect();
    wizard.page.env.at("/v1.0/$batch");
    wizard.page.env.answer([given(200, None, &format!(r#"{{"responses":[{}]}}"#, answers.join(",")))]);
}

/// Chooses, with the token at hand, and comes to the review.
pub(super) fn narrows(wizard: &Wizard, groups: &[&str]) {
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
fn what_comes_of_everybody_is_said_before_it_is_written() {
    const LIST: [&str; 4] = [
        "Guests come too, and so do accounts of services that are people in the directory.",
        "Whoever is new in the directory is in Databricks within the hour. Nobody decides it any more.",
        "The token must not be a person’s: they would be provisioned as well, and with them the token would go.",
        "Narrowed later, whoever is not assigned then is deactivated in Databricks.",
    ];
    let says = |wizard: &Wizard| {
        let drawn = wizard.shown();
        LIST.iter().filter(|words| drawn.lines.iter().any(|it| it == *words)).count()
    };
    let wizard = Wizard::small();
    wizard.is_tested();
    wizard.enters(Step::Scope);
    assert_eq!(says(&wizard), LIST.len(), "{}", wizard.shown().text());
    wizard.chooses(Scope::All);
    assert_eq!(wizard.fills("settings", &[]), Event::Go(Step::Review));
    wizard.enters(Step::Review);
    assert_eq!(says(&wizard), LIST.len(), "{}", wizard.shown().text());
    // Of those who are chosen nothing of it is true.
    wizard.reviews(wizard.scope(&["All Employees"], &[]), &[]);
    assert_eq!(says(&wizard), 0);
}

#[test]
fn who_is_not_assigned_any_more_keeps_it_from_being_narrowed() {
    let wizard = Wizard::small();
    wizard.is_started();
    let facts = wizard.world().facts();
    wizard.enters(Step::Workspace);
    wizard.connects(&facts.account_scim_url, &facts.account_token);
    wizard.reviews(Scope::All, &[]);
    wizard.presses("Write these changes");
    wizard.skips(41);
    let before = active(&wizard);
    narrows(&wizard, &["All Employees"]);
    let shown = wizard.button("Write these changes");
    // While everybody is in scope it does nothing, and somebody tidies up.
    let id = wizard.facts().id.unwrap();
    wizard.elsewhere(async move |graph| {
        let path = format!("/servicePrincipals/{id}?$select={FIELDS}");
        let enterprise: Enterprise = graph.get("read", &path).await.unwrap();
        let ids: Vec<String> =
            assignments(graph, &enterprise).await.items.into_iter().map(|it| it.id).collect();
        take_away(graph, &Control::default(), &|_| (), &enterprise, &ids).await.unwrap();
    });
    let effects = wizard.effects().len();
    wizard.ask(shown);
    let text = wizard.shown().text();
    assert!(
        text.contains("Provisioning is not narrowed yet: 1 of those who shall stay are not assigned."),
        "{text}"
    );
    assert!(!wizard.effects()[effects..].iter().any(|it| it == "Put secrets"), "{:?}", wizard.effects());
    wizard.skips(41);
    assert_eq!(active(&wizard), before, "nobody has left");
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
    // The only assignment is refused.
    assigning_is_refused(&wizard);
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
    // Another visit finds what is left to do: nothing was told yet.
    let later = wizard.again();
    narrows(&later, &["All Employees", "Data Engineers"]);
    assert!(
        table(&later)
            .iter()
            .any(|it| it.starts_with("Whom it provisions | everybody of the directory | who")),
        "{:#?}",
        table(&later)
    );
    later.presses("Write these changes");
    assert_eq!((later.count("Post jobs/restart"), later.facts().restart_due), (1, false));
    later.enters(Step::Review);
    assert!(later.shown().text().contains("There is nothing to write"), "{}", later.shown().text());
}

#[test]
fn a_mapping_that_is_mended_on_the_way_takes_nobody_out_by_halves() {
    let wizard = all_in(Wizard::of(Options { people: 4, groups: 2, gallery: false, ..Options::default() }));
    wizard.skips(41);
    let all = active(&wizard);
    assert!(all >= 4, "{all}");
    mappings_are_reset(&wizard);
    narrows(&wizard, &["All Employees"]);
    assert!(table(&wizard).iter().any(|it| it.starts_with("externalId | not the object id")));
    assigning_is_refused(&wizard);
    let before = wizard.effects().len();
    wizard.presses("Write these changes");
    let drawn = wizard.shown();
    let failed = |it: &String| it.starts_with("failed | People and groups assigned");
    assert!(drawn.lines.iter().any(failed), "{}", drawn.text());
    // Nothing else was begun: whom it provisions and how stays until all are assigned.
    assert_eq!(wizard.effects()[before..], ["Post jobs/validateCredentials"]);
    wizard.skips(41);
    assert_eq!(active(&wizard), all);
    // Assigned they stay, and the others go.
    wizard.presses("Look at the changes again");
    let before = wizard.effects().len();
    wizard.presses("Write these changes");
    assert_eq!(
        wizard.effects()[before..],
        [
            "Post jobs/validateCredentials",
            "Post $batch",
            "Put secrets",
            "Put jobs/schema",
            "Post jobs/restart"
        ]
    );
    wizard.skips(41);
    assert_eq!(active(&wizard), 3);
}

/// A connector that was narrowed, and whose restart was refused.
pub(super) fn due() -> Wizard {
    let wizard = everybody();
    wizard.skips(41);
    narrows(&wizard, &["All Employees"]);
    let refused = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges."}}"#;
    wizard.page.env.at("/restart");
    wizard.page.env.answer([given(403, None, refused)]);
    wizard.presses("Write these changes");
    assert!(wizard.facts().restart_due);
    wizard
}

#[test]
fn while_a_restart_is_due_the_board_begins_nothing_anew() {
    let wizard = due();
    wizard.watches(Duration::from_secs(2));
    let drawn = wizard.shown();
    assert!(drawn.lines.contains(&"A restart is due".to_owned()), "{}", drawn.text());
    for label in ["Restart…", "Restart in full…", "Reset attribute mappings…"] {
        assert!(!drawn.labels().contains(&label), "{:?}", drawn.labels());
    }
    let before = wizard.effects();
    for risky in [Risky::Restart(Restart::Usual), Risky::Restart(Restart::ForceDeletes), Risky::Reset] {
        wizard.insists(&risky);
        let text = wizard.shown().text();
        assert!(text.contains("Nothing was begun anew."), "{text}");
    }
    assert_eq!(wizard.effects(), before);
    assert_eq!(wizard.presses("Look at the changes"), Event::Go(Step::Review));
    wizard.enters(Step::Review);
    wizard.presses("Write these changes");
    assert_eq!((wizard.count("Post jobs/restart"), wizard.facts().restart_due), (1, false));
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
    colleague.reviews(Scope::All, &[]);
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

#[test]
fn an_application_for_single_sign_on_is_no_connector() {
    let wizard = Wizard::small();
    wizard.is_tested();
    let other = wizard.other_application("Payroll");
    let facts = ConnectorFacts { id: Some(other), ..wizard.facts() };
    wizard.known.setup.borrow_mut().connector = Some(facts);
    let before = wizard.effects();
    wizard.enters(Step::Test);
    wizard.presses("Test connection");
    let text = wizard.shown().text();
    assert!(text.contains("“Payroll” is no connector."), "{text}");
    wizard.reviews(wizard.scope(&["All Employees"], &[]), &[]);
    let stops = stops(&wizard);
    assert!(stops[0].starts_with("The enterprise application “Payroll” was not made "), "{stops:#?}");
    wizard.watches(Duration::from_secs(2));
    wizard.insists(&Risky::Remove);
    let text = wizard.shown().text();
    assert!(text.contains("“Payroll” is no connector."), "{text}");
    assert_eq!(wizard.effects(), before);
}
