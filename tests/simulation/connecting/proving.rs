//! Who proves it before anything starts, what is shown of them, and writing without a start.

use super::reviewing::table;
use super::*;

fn row(wizard: &Wizard, what: &str) -> Option<String> {
    table(wizard).into_iter().find(|it| it.starts_with(what))
}

#[test]
fn what_became_of_the_proof_is_shown_stage_by_stage() {
    let wizard = Wizard::small();
    wizard.is_started();
    let drawn = wizard.shown();
    let fold = "What Entra did with “ada@contoso.example”, stage by stage";
    let rows = drawn.between(fold, "succeeded | Written to Databricks");
    assert_eq!(rows[1..3], ["Stages of “ada@contoso.example”", "State | Stage"]);
    assert!(rows[3].starts_with("succeeded | Read from the directory"), "{rows:#?}");
}

#[test]
fn a_group_with_a_few_of_its_members_proves_it() {
    let wizard = Wizard::small();
    wizard.is_reviewed();
    wizard.presses("Prove it with the group All Employees and 3 of its members");
    let shown = "One group as a proof | – | All Employees / is written to Databricks at once, with 3 of its members, for real";
    assert_eq!(row(&wizard, "One group as a proof").as_deref(), Some(shown), "{}", wizard.shown().text());
    let before = wizard.world().effects().len();
    wizard.presses("Start provisioning");
    assert_eq!(wizard.proof(Step::Review).as_deref(), Some("Written, and read back"));
    let effects = wizard.world().effects();
    let proof = effects[before..].iter().rfind(|it| it.path.ends_with("/provisionOnDemand")).unwrap();
    let body = proof.body.to_string();
    for name in ["ada", "uma", "siobhan.o'neill"] {
        assert!(body.contains(wizard.person(name).as_str()), "{name}: {body}");
    }
    assert!(body.contains("\"Group\""), "{body}");
    assert!(wizard.shown().text().contains("What Entra did with “All Employees”, stage by stage"));
}

#[test]
fn what_a_failed_proof_met_is_shown() {
    let wizard = Wizard::small();
    let facts = wizard.world().facts();
    wizard.is_tested_at_workspace(&facts.plain_token, &[("token-owner", "nobody")]);
    wizard.reviews(wizard.scope(&["All Employees"], &[]), &[]);
    wizard.presses("Start provisioning");
    let drawn = wizard.shown();
    let rows = drawn.between(
        "What Entra did with “ada@contoso.example”, stage by stage",
        "failed | Written to Databricks",
    );
    assert_eq!(rows[1..3], ["Stages of “ada@contoso.example”", "State | Stage"]);
    // What is looked at next is about something else.
    wizard.fills("settings", &[]);
    wizard.enters(Step::Review);
    assert!(!wizard.shown().text().contains("stage by stage"), "{}", wizard.shown().text());
}

#[test]
fn all_but_the_start_can_be_written() {
    let wizard = Wizard::small();
    wizard.is_reviewed();
    let before = wizard.effects().len();
    wizard.presses("Write without starting");
    let drawn = wizard.shown();
    assert_eq!(
        wizard.proof(Step::Review).as_deref(),
        Some("Written, and not started yet"),
        "{}",
        drawn.text()
    );
    for line in [
        "passed | People and groups assigned / 1 assigned",
        "skipped | One person provisioned / not asked for",
        "skipped | Provisioning started",
    ] {
        assert!(drawn.lines.contains(&line.to_owned()), "{line}\n{}", drawn.text());
    }
    assert_eq!(
        wizard.effects()[before..],
        [
            "Post jobs/validateCredentials",
            "Patch servicePrincipals",
            "Post jobs",
            "Put secrets",
            "Post $batch",
        ]
    );
    // From the board somebody is provisioned, and nothing runs.
    wizard.pass(Duration::from_secs(240));
    wizard.watches(Duration::from_secs(2));
    wizard.fills("on-demand", &[("on-demand-who", "uma@contoso.example")]);
    assert!(
        wizard.shown().text().contains("“uma@contoso.example” is in Databricks"),
        "{}",
        wizard.shown().text()
    );
    assert!(wizard.effects().iter().all(|it| !it.ends_with("/start")));
    // What is left is the start.
    wizard.enters(Step::Review);
    assert_eq!(
        row(&wizard, "Provisioning | ").as_deref(),
        Some("Provisioning | is off | starts, and runs from then on")
    );
    assert!(!wizard.shown().labels().contains(&"Write without starting"));
    wizard.presses("Start provisioning");
    assert_eq!(wizard.proof(Step::Review).as_deref(), Some("Written, and read back"));
}
