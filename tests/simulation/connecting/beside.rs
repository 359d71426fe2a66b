//! Connectors beside the one that is set up: those that were made by hand from the entry for any SCIM application, and those of single
//! workspaces beside one for the account.

use engine::entra::graph::{Change, Graph};
use engine::http::Method;
use serde_json::{Value, json};

use super::super::enterprise::enters;
use super::super::scripted::Scripted;
use super::*;

/// The entry for applications that are in no gallery.
const ANYTHING: &str = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";

/// Somebody makes applications by hand: one that writes to the workspace, and one for another product.
fn by_hand(world: &World) {
    let env = Scripted::new(world, "/nothing");
    let scopes: Vec<&str> = CONNECTOR.iter().map(|scope| scope.name).collect();
    let session = enters(world, &env, &scopes);
    let (inner, facts) = (world.clone(), world.facts());
    world.run(async move {
        let graph = Graph::new(&env, inner.cloud(), &session.tokens);
        for (name, base) in [
            ("by-hand", format!("{}/api/2.0/preview/scim", facts.workspace_url)),
            ("other-product", "https://scim.other-product.example/v2".to_owned()),
        ] {
            let path = format!("/applicationTemplates/{ANYTHING}/instantiate");
            let body = json!({ "displayName": name });
            let made: Value = graph.change_for(Change::post("make it", &path, body)).await.unwrap();
            // The provisioning service hears of it some time after everybody else.
            inner.sleep(Duration::from_secs(60)).await;
            let id = made["servicePrincipal"]["id"].as_str().unwrap();
            let path = format!("/servicePrincipals/{id}/synchronization/secrets");
            let pairs = [("BaseAddress", base.as_str()), ("SecretToken", facts.workspace_token.as_str())];
            let value: Vec<Value> =
                pairs.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
            let change =
                Change { method: Method::Put, ..Change::patch("tell it", &path, json!({ "value": value })) };
            graph.change(change).await.unwrap();
        }
    });
}

#[test]
fn one_that_was_made_by_hand_is_found_and_can_be_taken() {
    let wizard = Wizard::small();
    by_hand(wizard.world());
    let facts = wizard.world().facts();
    wizard.enters(Step::Workspace);
    wizard.connects(&facts.workspace_url, &facts.workspace_token);
    wizard.enters(Step::Workspace);
    let (text, labels) = (wizard.shown().text(), wizard.shown().labels().join(", "));
    assert!(text.contains("by-hand") && text.contains("half made: no job"), "{text}");
    assert!(labels.contains("Use by-hand"), "{labels}");
    assert!(!text.contains("other-product"), "{text}");
    wizard.presses("Use by-hand");
    assert_eq!(wizard.facts().name, "by-hand");
}

#[test]
fn one_of_a_workspace_that_runs_is_told_of_beside_one_for_the_account() {
    let first = Wizard::small();
    let facts = first.world().facts();
    first.enters(Step::Workspace);
    first.connects(&facts.workspace_url, &facts.workspace_token);
    let values = [("connector-name", "adb-provisioning"), ("token-owner", "nobody")];
    assert_eq!(first.fills("connector", &values), Event::Go(Step::Test));
    first.enters(Step::Test);
    first.presses("Test connection");
    first.shows(Step::Scope);
    first.chooses(first.scope(&["All Employees"], &[]));
    assert_eq!(first.fills("settings", &[]), Event::Go(Step::Review));
    first.enters(Step::Review);
    first.presses("Start provisioning");
    assert_eq!(first.proof(Step::Review).as_deref(), Some("Written, and read back"));

    let second = Wizard::visit(first.world(), Setup::default());
    second.signs_in();
    second.is_reviewed();
    let text = second.shown().text();
    let note = "The connector “adb-provisioning” is switched on and writes to the workspace 127.0.0.1:9103. One for the account serves all its \
                workspaces: if this is one of them, switch that connector off before this one starts.";
    assert!(text.contains("Connectors of single workspaces run") && text.contains(note), "{text}");
    // It is no rival: it writes elsewhere.
    assert!(second.shown().labels().contains(&"Start provisioning"));
    // Switched off there is nothing to say.
    first.watches(Duration::from_secs(2));
    first.presses("Pause provisioning…");
    first.presses("Pause it");
    second.presses("Look at the changes again");
    let text = second.shown().text();
    assert!(!text.contains("Connectors of single workspaces run"), "{text}");
}
