//! Applications that somebody else made or changed: what a person reads before they use one, and what they can do about it.

use std::time::Duration;

use engine::entra::graph::{Change, Graph, Repeat};
use engine::entra::ids::ClientId;
use engine::entra::registration::{Kind, Platform, Repair, find, principal};
use engine::env::Env as _;
use engine::http::Method;
use engine::worker::action::Action;
use engine::worker::message::Command;
use serde_json::{Value, json};

use super::browser::{Browser, PAGE};
use super::desk::{makes, manages, said};
use super::visit::gets_in;
use super::world::World;

/// Somebody makes one with everything by which they can act as it, and a permission that nobody orders here.
fn plant(world: &World) -> ClientId {
    let session = gets_in(world, "grace@contoso.example");
    let inner = world.clone();
    world.run(async move {
        let env = Browser(inner.clone());
        let graph = Graph::new(&env, inner.cloud(), &session.tokens);
        let key = format!("/applications(uniqueName='{}')", Kind::Unattended.unique_name());
        let send = async |method, path: &str, body: Value, upsert| {
            let change =
                Change { doing: "plant", method, path, body: Some(body), upsert, repeat: Repeat::Once };
            graph.change(change).await.unwrap();
            env.sleep(Duration::from_secs(60)).await;
        };
        let certificate = json!({ "keyId": "7f3b2a10-0000-4000-8000-000000000001", "type": "AsymmetricX509Cert", "usage": "Verify" });
        let body = json!({ "displayName": "Planted", "keyCredentials": [certificate] });
        send(Method::Patch, &key, body, true).await;
        let trust = json!({ "name": "build", "issuer": "https://token.build.example", "subject": "repo:someone/else" });
        send(Method::Post, &format!("{key}/federatedIdentityCredentials"), trust, false).await;
        let uma: Value = graph.get("find her", "/users/uma@contoso.example?$select=id").await.unwrap();
        let owner = format!("{}/v1.0/directoryObjects/{}", inner.cloud().graph, uma["id"].as_str().unwrap());
        send(Method::Post, &format!("{key}/owners/$ref"), json!({ "@odata.id": owner }), false).await;
        let app: Value = graph.get("find it", &format!("{key}?$select=id,appId")).await.unwrap();
        let client = ClientId(serde_json::from_value(app["appId"].clone()).unwrap());
        send(Method::Post, "/servicePrincipals", json!({ "appId": client.as_str() }), false).await;
        let found = find(&graph, &client).await.unwrap().unwrap();
        let holder = principal(&graph, &found.client_id()).await.unwrap().unwrap().object_id();
        let api = engine::entra::consent::graph_api(&graph).await.unwrap();
        let role = json!({
            "principalId": holder.as_str(),
            "resourceId": api.id.as_str(),
            "appRoleId": api.role("Application.ReadWrite.All").unwrap().as_str(),
        });
        send(Method::Post, &format!("/servicePrincipals/{}/appRoleAssignedTo", api.id), role, false).await;
        client
    })
}

#[test]
fn who_can_act_as_it_and_what_it_holds_is_read_before_and_after() {
    let page = manages();
    let client = plant(&page.world);
    let order = Command::Fill {
        form: "unattended".to_owned(),
        values: vec![
            ("unattended-name".to_owned(), "Nightly".to_owned()),
            ("role-User.Read.All".to_owned(), "on".to_owned()),
        ],
    };
    page.ask(&order);
    let (text, _) = said(&page.ask(&makes()));
    for part in [
        "\"There is one already",
        "\"none",
        "\"whoever has one signs in as this application",
        "\"repo:someone/else of https://token.build.example",
        "\"grace@contoso.example (you), uma@contoso.example",
        "\"Application.ReadWrite.All (not ordered)",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(text.contains(&format!("\"Use Planted ({client})")), "{text}");
    assert!(!text.contains("\"unknown"), "{text}");
    let roles = vec!["User.Read.All".to_owned()];
    let adopt = Action::Make { name: "Nightly".to_owned(), roles, adopt: Some(client) };
    let (text, _) = said(&page.ask(&Command::Do(adopt.to_text())));
    for part in
        ["\"It was there, and is complete now", "\"granted, not ordered", "\"Application.ReadWrite.All"]
    {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn addresses_that_are_not_the_pages_are_shown_and_removed_one_by_one() {
    const EVIL: &str = "https://evil.example/";
    const OTHER: &str = "https://other.contoso.example/";
    let page = manages();
    let client = page.application().client;
    let path = format!("/applications(appId='{client}')");
    let body = json!({
        "spa": { "redirectUris": [EVIL, PAGE] },
        "web": { "redirectUris": [OTHER] },
        "signInAudience": "AzureADMultipleOrgs",
    });
    let session = gets_in(&page.world, "grace@contoso.example");
    let inner = page.world.clone();
    let session = page.world.run(async move {
        let env = Browser(inner.clone());
        let graph = Graph::new(&env, inner.cloud(), &session.tokens);
        graph.change(Change::patch("plant them", &path, body)).await.unwrap();
        session
    });
    let (text, _) = said(&page.ask(&Command::Do(Action::Look.to_text())));
    for part in [
        "\"Remove the redirect URI https://evil.example/ from the platform Single-page application.",
        "\"Remove the redirect URI https://other.contoso.example/ from the platform Web.",
        "\"Take accounts of this tenant only (now: AzureADMultipleOrgs).",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains(&format!("redirect URI {PAGE}")), "{text}");
    // What is open beside it does not stand in the way, and is not done either.
    assert!(text.contains("\"Mark the registration with this wizard's tag."), "{text}");
    let remove = Action::Mend(vec![Repair::Drop { uri: EVIL.to_owned(), from: Platform::Spa }]);
    let (text, _) = said(&page.ask(&Command::Do(remove.to_text())));
    assert!(!text.contains(EVIL) && text.contains(OTHER), "{text}");
    assert!(text.contains("\"Mark the registration with this wizard's tag."), "{text}");
    let narrow = Action::Mend(vec![Repair::Audience { from: "AzureADMultipleOrgs".to_owned() }]);
    let (text, _) = said(&page.ask(&Command::Do(narrow.to_text())));
    assert!(!text.contains("AzureADMultipleOrgs") && text.contains(OTHER), "{text}");
    let inner = page.world.clone();
    let found = page.world.run(async move {
        let env = Browser(inner.clone());
        let graph = Graph::new(&env, inner.cloud(), &session.tokens);
        find(&graph, &client).await.unwrap().unwrap()
    });
    assert_eq!(found.redirects(Platform::Spa), [PAGE]);
    assert_eq!(found.redirects(Platform::Web), [OTHER]);
    assert_eq!(found.sign_in_audience.as_deref(), Some("AzureADMyOrg"));
    assert_eq!(found.tags, [""; 0]);
}
