//! A connector on record that is none: its id may stand in any file. Nothing of it is offered, and nothing is done to it.

use engine::entra::connector::Restart;

use super::*;

#[test]
fn the_board_of_something_else_offers_nothing_and_does_nothing() {
    let wizard = Wizard::small();
    wizard.is_started();
    let other = wizard.other_application("Payroll");
    wizard.another_job(&other, "scim");
    let facts = ConnectorFacts { id: Some(other), job: None, ..wizard.facts() };
    let later = Wizard::visit(wizard.world(), Setup { connector: Some(facts), ..Setup::default() });
    later.signs_in();
    later.watches(Duration::from_secs(2));
    let why = "That enterprise application was not made from “Azure Databricks SCIM Provisioning Connector”, nor does it write to Databricks: it \
               belongs to something else.";
    let todo = "Take a connector that is listed at the step “Databricks workspace”, or have a new one made.";
    assert_eq!(
        later.shown().lines,
        ["“Payroll” is no connector.", why, &format!("What to do: {todo}")],
        "{}",
        later.shown().text()
    );
    assert_eq!(later.shown().labels(), [""; 0]);
    // It runs, and proves nothing of what was set up here.
    assert_eq!(
        [Step::Workspace, Step::Review, Step::Sync].map(|step| later.proof(step)),
        [const { None }; 3]
    );
    let before = later.effects();
    let uma = later.person("uma");
    let refused = |what: &str| {
        let text = later.shown().text();
        assert!(text.contains("“Payroll” is no connector."), "{what}: {text}");
        assert_eq!(later.effects(), before, "{what}");
    };
    for risky in [
        Risky::Pause,
        Risky::Restart(Restart::Usual),
        Risky::Restart(Restart::Full),
        Risky::Restart(Restart::ForceDeletes),
        Risky::Reset,
        Risky::RemoveJob("any".to_owned()),
        Risky::Remove,
    ] {
        later.insists(&risky);
        refused(&format!("{risky:?}"));
    }
    later.does(OfConnector::Check);
    refused("check");
    later.does(OfConnector::Provision { id: uma, is_group: false });
    refused("provision");
    later.fills("on-demand", &[("on-demand-who", "uma@contoso.example")]);
    later.fills("on-demand", &[("on-demand-who", "uma@contoso.example")]);
    refused("on demand");
}
