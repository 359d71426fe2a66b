//! Databricks itself is asked: with the token in memory, through a relay that lets it through, only by reading, and not otherwise.

use engine::entra::connector::Restart;
use sample::Level;
use serde_json::{Value, json};

use super::super::scripted::given;
use super::looking_after::healthy;
use super::*;

const HOST: &str = "127.0.0.1:9103";

/// A connector after its first cycle, whose log shows it, at a page with such a relay.
fn relayed(hosts: Option<&[&str]>) -> Wizard {
    let wizard = healthy();
    wizard.world().relays(hosts);
    wizard.pass(Duration::from_secs(300));
    wizard.watches(Duration::from_secs(2));
    wizard
}

/// The rows of who is there, without the time. “+” is a link to them in Databricks.
fn rows(wizard: &Wizard) -> Vec<String> {
    let drawn = wizard.shown();
    let head = "In Databricks | By the log | Who or what | When";
    let at = drawn.lines.iter().position(|it| it == head).unwrap_or_else(|| panic!("{}", drawn.text()));
    let rows = drawn.lines[at + 1..].iter().take_while(|it| it.contains(" | "));
    let row = |it: &String| {
        let it = it.rsplit_once(" | ").unwrap().0;
        it.strip_suffix(" in Entra")
            .map_or_else(|| it.replace(" in Entra in Databricks", " +"), str::to_owned)
    };
    rows.map(row).collect()
}

fn user(wizard: &Wizard, name: &str) -> Value {
    let name = format!("{name}@contoso.example");
    let users = wizard.world().sample(|it| it.scim_users(Level::Account));
    users.into_iter().find(|it| it["userName"] == name.as_str()).unwrap()
}

/// Somebody removes a person in Databricks, though still assigned.
fn removes(wizard: &Wizard, name: &str) {
    let id = user(wizard, name)["id"].as_str().unwrap().to_owned();
    wizard.world().by_hand(Level::Account, "DELETE", &format!("/Users/{id}"), &Value::Null);
    // Lists show it after a while.
    wizard.pass(Duration::from_secs(120));
}

fn changes(wizard: &Wizard, path: &str, operation: &Value) {
    let body =
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation] });
    wizard.world().by_hand(Level::Account, "PATCH", path, &body);
    wizard.pass(Duration::from_secs(120));
}

#[test]
fn once_a_cycle_that_was_begun_here_is_through_it_is_offered_to_look_who_has_come() {
    let wizard = healthy();
    wizard.world().relays(Some(&[HOST]));
    let offered = |wizard: &Wizard| wizard.shown().labels().contains(&"See who has come");
    assert!(offered(&wizard), "{}", wizard.shown().text());
    wizard.pass(Duration::from_secs(300));
    let effects = wizard.effects().len();
    wizard.presses("See who has come");
    assert_eq!(rows(&wizard), ["present | succeeded | All Employees / created +"]);
    assert_eq!(wizard.effects().len(), effects);
    assert!(!offered(&wizard), "{}", wizard.shown().text());

    // What is written to one that runs begins nothing: the cycle that brings it comes by itself.
    let scope = wizard.scope(&["All Employees"], &["zoe.mueller"]);
    wizard.reviews(scope, &[]);
    wizard.presses("Write these changes");
    wizard.watches(Duration::from_secs(5));
    assert!(!offered(&wizard), "{}", wizard.shown().text());

    // A restart is over with its own cycle, not with the one before.
    wizard.insists(&Risky::Restart(Restart::Usual));
    wizard.watches(Duration::from_secs(2));
    assert!(!offered(&wizard), "{}", wizard.shown().text());
    wizard.pass(Duration::from_secs(120));
    wizard.watches(Duration::from_secs(2));
    assert!(offered(&wizard), "{}", wizard.shown().text());

    // Paused and gone on with, the last cycle is not the one that was begun.
    wizard.presses("See who has come");
    wizard.insists(&Risky::Pause);
    wizard.presses("Look at the changes, then resume");
    wizard.enters(Step::Review);
    wizard.presses("Start provisioning");
    wizard.watches(Duration::from_secs(2));
    assert!(!offered(&wizard), "{}", wizard.shown().text());
}

#[test]
fn everybody_who_is_assigned_is_looked_up_in_databricks() {
    let wizard = relayed(Some(&[HOST]));
    let effects = wizard.effects().len();
    let writes = wizard.world().sample(|it| it.writes());
    wizard.presses("Look everybody up");
    assert_eq!(rows(&wizard), ["present | succeeded | All Employees / created +"]);
    let text = wizard.shown().text();
    assert!(text.contains("Databricks was asked, with the token that is in memory."), "{text}");
    assert_eq!((wizard.effects().len(), wizard.world().sample(|it| it.writes())), (effects, writes));

    // Her membership goes with her.
    removes(&wizard, "uma");
    wizard.presses("Look everybody up");
    let one = "differs | succeeded | All Employees / created. Of its 3 people one is not in Databricks: Uma Ordinary. +";
    assert_eq!(rows(&wizard), [one]);

    // Somebody is taken out of the group there, and somebody else put in.
    let group = wizard.world().sample(|it| it.scim_groups(Level::Account));
    let group = group.iter().find(|it| it["displayName"] == "All Employees").unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let ada = user(&wizard, "ada")["id"].as_str().unwrap().to_owned();
    let stranger = user(&wizard, "breakglass")["id"].as_str().unwrap().to_owned();
    let path = format!("/Groups/{group}");
    changes(&wizard, &path, &json!({ "op": "remove", "path": format!("members[value eq \"{ada}\"]") }));
    changes(&wizard, &path, &json!({ "op": "add", "path": "members", "value": [{ "value": stranger }] }));
    wizard.presses("Look everybody up");
    let how = "Of its 3 people one is not in Databricks: Uma Ordinary. Of its 3 people one is there, and not in the group: Ada Lovelace. One \
               is in the group there, and not in the directory: breakglass@contoso.example. +";
    assert_eq!(rows(&wizard), [format!("differs | succeeded | All Employees / created. {how}")]);
}

#[test]
fn people_who_are_assigned_themselves_are_looked_up_one_by_one() {
    let wizard = Wizard::small();
    wizard.is_tested();
    wizard.reviews(wizard.scope(&[], &["uma", "ada", "siobhan.o'neill"]), &MAIL);
    wizard.presses("Start provisioning");
    wizard.world().relays(Some(&[HOST]));
    wizard.pass(Duration::from_secs(600));
    wizard.watches(Duration::from_secs(5));
    let id = user(&wizard, "siobhan.o'neill")["id"].as_str().unwrap().to_owned();
    changes(&wizard, &format!("/Users/{id}"), &json!({ "op": "replace", "path": "active", "value": false }));
    removes(&wizard, "uma");
    wizard.presses("Look everybody up");
    let removed = "Entra wrote it, and Databricks does not have it: it was removed there, and Entra does not send it again by itself. \
                   “Restart in full…” finds such objects anew.";
    let of = |name: &str| {
        rows(&wizard)
            .into_iter()
            .find(|it| it.contains(name))
            .unwrap_or_else(|| panic!("{}", wizard.shown().text()))
    };
    assert_eq!(of("uma@"), format!("absent | succeeded | uma@contoso.example / created. {removed}"));
    assert!(of("siobhan").starts_with("differs | succeeded | "), "{}", of("siobhan"));
    assert!(of("siobhan").ends_with("They are deactivated there. +"), "{}", of("siobhan"));
    assert!(of("ada@").starts_with("present | "), "{}", of("ada@"));
    // The gravest first.
    assert!(rows(&wizard)[0].starts_with("absent | "), "{:?}", rows(&wizard));
}

#[test]
fn without_a_way_it_is_not_asked_and_that_is_said() {
    let says = |wizard: &Wizard, words: &str| {
        wizard.page.env.at("/Users");
        let before = wizard.page.env.asked();
        wizard.presses("Look everybody up");
        let text = wizard.shown().text();
        assert!(text.contains("Databricks was not asked") && text.contains(words), "{text}");
        assert!(!text.contains("In Databricks | By the log"), "{text}");
        wizard.fills("why", &[("why-who", "uma@contoso.example")]);
        let said = format!("Databricks was not asked. {words}");
        assert!(wizard.shown().lines.contains(&said), "{}", wizard.shown().text());
        assert_eq!(wizard.page.env.asked(), before, "nothing goes to Databricks");
    };
    let wizard = relayed(None);
    says(&wizard, "It answers no page at another address, and no relay stands beside this one.");
    wizard.world().relays(Some(&["adb-1234567890123456.7.azuredatabricks.net"]));
    says(&wizard, &format!("The relay beside this page does not let {HOST} through."));
    wizard.world().relays(Some(&[HOST]));
    let facts = wizard.world().facts();
    wizard.connects(&facts.workspace_url, &facts.workspace_token);
    wizard.watches(Duration::from_secs(2));
    says(&wizard, "The token in memory is for another target than the connector writes to.");
    // Another visit has no token.
    let later = wizard.again();
    later.watches(Duration::from_secs(2));
    says(&later, "No token for it is in memory: Entra keeps its own and shows it to nobody.");
}

#[test]
fn what_databricks_refuses_is_told_and_the_log_is_shown_all_the_same() {
    let wizard = relayed(Some(&[HOST]));
    let token = wizard.world().facts().account_token;
    wizard.world().sample(|it| it.end_token(&token));
    wizard.presses("Look everybody up");
    let drawn = wizard.shown();
    assert!(drawn.lines.contains(&"Result | Who or what | When".to_owned()), "{}", drawn.text());
    assert!(!drawn.text().contains("Databricks was not asked"), "{}", drawn.text());
    assert!(drawn.text().contains("Could not list the users."), "{}", drawn.text());
}

#[test]
fn who_was_removed_in_databricks_is_told_from_who_never_came() {
    let wizard = relayed(Some(&[HOST]));
    let asked = |who: &str| {
        wizard.fills("why", &[("why-who", who)]);
        wizard
            .shown()
            .between("Find out", "Provisioning log")
            .iter()
            .map(|it| (*it).to_owned())
            .collect::<Vec<_>>()
    };
    let there = "The person is in Databricks.";
    assert_eq!(asked("uma@contoso.example")[2], there);
    removes(&wizard, "uma");
    let removed = "Entra provisioned the person, and Databricks does not have them: they were removed in Databricks. Entra does not make them \
                   anew by itself.";
    assert_eq!(asked("uma@contoso.example")[2], removed);
    let zoe = asked("zoe.mueller@contoso.example");
    assert_eq!(zoe[2], "The person is not assigned to the connector, neither directly nor through a group.");
    assert!(zoe.contains(&"The person is not in Databricks.".to_owned()), "{zoe:#?}");
    // A full restart finds her anew.
    wizard.presses("Restart in full…");
    wizard.presses("Restart in full");
    wizard.skips(41);
    wizard.pass(Duration::from_secs(120));
    wizard.watches(Duration::from_secs(2));
    assert_eq!(asked("uma@contoso.example")[2], there);
}

#[test]
fn a_missing_log_keeps_nobody_from_asking() {
    let wizard = relayed(Some(&[HOST]));
    wizard.page.env.at("/auditLogs/provisioning");
    let refusal =
        r#"{"error":{"code":"Authentication_RequestFromNonPremiumTenantOrB2CTenant","message":"x"}}"#;
    wizard.page.env.answer([given(403, None, refusal)]);
    wizard.presses("Look everybody up");
    assert_eq!(rows(&wizard), ["present | not in the log | All Employees / group +"]);
}
