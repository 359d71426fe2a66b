//! Later visits: a token that is changed without a gap, questions about people and groups, and connectors that somebody removed.

use sample::Level;

use super::*;

/// A connector that has come to the end of its first cycle.
fn healthy() -> Wizard {
    let wizard = Wizard::small();
    wizard.is_started();
    wizard.pass(Duration::from_secs(60));
    wizard.watches(Duration::from_secs(5));
    assert_eq!(wizard.shown().lines[0], "Healthy", "{}", wizard.shown().text());
    wizard
}

#[test]
fn a_new_token_is_told_without_a_gap() {
    let first = healthy();
    let (account, old) = (first.world().facts().account_scim_url, first.world().facts().account_token);
    let new = first.world().sample(|sample| sample.make_token(Level::Account));
    let wizard = first.again();
    wizard.enters(Step::Workspace);
    wizard.connects(&account, &new);
    let values = [("connector-name", "contoso-provisioning"), ("token-ends", "2027-05-31")];
    assert_eq!(wizard.fills("connector", &values), Event::Go(Step::Test));
    wizard.enters(Step::Test);
    let before = wizard.effects().len();
    wizard.presses("Test connection");
    wizard.enters(Step::Review);
    let lines = wizard.shown().lines;
    let changes: Vec<&String> = lines[5..16].iter().filter(|it| !it.ends_with(" | stays")).collect();
    assert_eq!(
        changes,
        ["Token | one is saved | the one that you entered / Entra keeps it; it is never shown again"]
    );
    wizard.presses("Write these changes");
    assert_eq!(
        wizard.effects()[before..],
        ["Post jobs/validateCredentials", "Post jobs/validateCredentials", "Put secrets"]
    );
    // From now on nothing rests on the old one.
    wizard.world().sample(|sample| sample.end_token(&old));
    wizard.watches(Duration::from_secs(2));
    wizard.presses("Test the saved credentials");
    assert!(wizard.shown().text().contains("The saved credentials work"), "{}", wizard.shown().text());
    let uma = wizard.person("uma");
    wizard.world().sample(|sample| sample.directory_mut().rename_person(uma.as_str(), "Uma Other"));
    wizard.skips(41);
    wizard.watches(Duration::from_secs(2));
    assert_eq!(wizard.shown().lines[0], "Healthy");
    let users = wizard.world().sample(|sample| sample.scim_users(Level::Account));
    assert!(users.iter().any(|it| it["displayName"] == "Uma Other"));
}

#[test]
fn a_wrong_token_takes_the_good_ones_place_at_no_time() {
    let wizard = healthy();
    let facts = wizard.world().facts();
    wizard.enters(Step::Workspace);
    wizard.connects(&facts.account_scim_url, "dsapi00000000000000000000000000000000");
    assert_eq!(wizard.fills("connector", &[("connector-name", "x")]), Event::Go(Step::Test));
    // Somebody skips the test and goes to the review.
    wizard.enters(Step::Review);
    let before = wizard.effects();
    wizard.presses("Write these changes");
    let drawn = wizard.shown();
    assert!(drawn.lines.contains(&"failed | Connection tested once more".to_owned()), "{}", drawn.text());
    assert!(drawn.text().contains("Databricks does not accept the token."), "{}", drawn.text());
    assert_eq!(wizard.effects(), before);
}

#[test]
fn the_log_says_who_came_and_who_did_not() {
    let wizard = healthy();
    let uma = wizard.person("uma");
    // A name that is taken at Databricks by somebody else, and entries that show late.
    wizard.world().sample(|sample| sample.directory_mut().rename_person(uma.as_str(), "Uma Other"));
    wizard.skips(41);
    wizard.pass(Duration::from_secs(120));
    wizard.watches(Duration::from_secs(2));
    let rows = |wizard: &Wizard| -> Vec<String> {
        let lines = wizard.shown().lines;
        let first = lines.iter().position(|it| it == "Result | Who or what | When").unwrap();
        lines[first + 1..]
            .iter()
            .map(|it| it.rsplit_once(" | ").map_or(it.as_str(), |(row, _)| row).to_owned())
            .collect()
    };
    wizard.fills("log", &[("who", ""), ("log-action", ""), ("log-status", "")]);
    println!("{:#?}", rows(&wizard));
    wizard.fills("log", &[("who", "uma@contoso.example"), ("log-action", ""), ("log-status", "")]);
    println!("{:#?}", rows(&wizard));
    wizard.fills("log", &[("who", ""), ("log-action", "create"), ("log-status", "success")]);
    println!("{:#?}", rows(&wizard));
    wizard.fills("log", &[("who", "nobody at all"), ("log-action", ""), ("log-status", "")]);
    println!("{}", wizard.shown().text());
    wizard.presses("Show failures only");
}

#[test]
fn why_somebody_is_there_or_not_is_answered() {
    let wizard = healthy();
    wizard.fills("why", &[("why-who", "uma@contoso.example")]);
    println!("{}", wizard.shown().text());
    wizard.fills("why", &[("why-who", "zoe.mueller@contoso.example")]);
    println!("{}", wizard.shown().text());
    wizard.fills("why", &[("why-who", "All Employees")]);
    println!("{}", wizard.shown().text());
    wizard.fills("why", &[("why-who", "")]);
    println!("{}", wizard.shown().text());
}

#[test]
fn somebody_is_provisioned_on_demand() {
    let wizard = healthy();
    wizard.fills("on-demand", &[("on-demand-who", "uma@contoso.example")]);
    println!("{}", wizard.shown().text());
    wizard.fills("on-demand", &[("on-demand-who", "zoe.mueller@contoso.example")]);
    println!("{}", wizard.shown().text());
    wizard.fills("on-demand", &[("on-demand-who", "All Employees")]);
    println!("{}", wizard.shown().text());
    wizard.fills("on-demand", &[("on-demand-who", "")]);
    println!("{}", wizard.shown().text());
    println!("{:?}", wizard.effects());
}

#[test]
fn from_a_bookmark_a_later_visit_finds_it() {
    let first = healthy();
    let second = Wizard::visit(first.world(), Setup::default());
    second.signs_in();
    second.enters(Step::Sync);
    assert_eq!(second.shown().labels(), ["Look at contoso-provisioning"]);
    second.shows(Step::Sync);
    let (look, hide) =
        (second.asks(second.button("Look at contoso-provisioning"), None), second.asks(Command::Hide, None));
    let world = second.world().clone();
    let (end, _) = second.world().run(join(look, async move {
        world.sleep(Duration::from_secs(3)).await;
        hide.await
    }));
    assert_eq!(end, Event::Superseded);
    assert_eq!(second.shown().lines[0], "Healthy");
    assert_eq!(second.proof(Step::Sync).as_deref(), Some("Healthy"));
}

#[test]
fn what_somebody_removed_elsewhere_is_no_dead_end() {
    let first = healthy();
    let colleague = first.again();
    colleague.watches(Duration::from_secs(2));
    colleague.presses("Remove this connector…");
    colleague.presses("Remove contoso-provisioning");
    assert_eq!(colleague.facts(), ConnectorFacts::default());
    // The one who has it on record is told so, and begins again.
    first.shows(Step::Sync);
    first.does(OfConnector::Enter);
    println!("{}\n{:?}", first.shown().text(), first.shown().labels());
    first.enters(Step::Workspace);
    println!("{}\n{:?}", first.shown().text(), first.shown().labels());
    let facts = first.world().facts();
    first.connects(&facts.account_scim_url, &facts.account_token);
    assert_eq!(
        first.fills("connector", &[("connector-name", "contoso-provisioning")]),
        Event::Go(Step::Test)
    );
    first.enters(Step::Test);
    first.presses("Test connection");
    println!("{}\n{:?}", first.shown().text(), first.shown().labels());
}
