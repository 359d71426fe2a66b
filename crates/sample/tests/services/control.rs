//! The sample's own page, which skips waiting and changes tokens: of no real service.

use sample::{Answer, Request, Service};
use serde_json::json;

use crate::connector::{MINUTE, World};

fn press(world: &mut World, path: &str, form: &str) -> Answer {
    let request = Request::new("POST", path).with_body("application/x-www-form-urlencoded", form);
    world.sample.answer(Service::SignIn, &request, world.now)
}

fn words(answer: &Answer) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

#[test]
fn skipped_time_passes_for_provisioning_and_lies_behind() {
    let mut world = World::ready(20, 8);
    let uma = world.person("uma");
    world.assign(&uma);
    world.start();
    assert_eq!(world.status()["lastExecution"], json!(null));
    let answer = press(&mut world, "/sample/time", "minutes=40");
    assert!(words(&answer).contains("40 minutes have passed"));
    // Nobody signs in anew, and nothing lies in the future.
    let first = world.status()["lastExecution"].clone();
    assert!(first["timeEnded"].as_str().unwrap() < "2026-11-23T11:00:00Z");
    assert!(world.user_at_account("uma@contoso.example").is_some());
    assert_eq!(first["state"], "Succeeded");
    let at = |world: &mut World| world.log()[0]["activityDateTime"].as_str().unwrap().to_owned();
    let before = at(&mut world);
    press(&mut world, "/sample/time", "minutes=60");
    assert!(at(&mut world) < before);
    world.pass(MINUTE);
    assert_eq!(press(&mut world, "/sample/time", "minutes=soon").status, 400);
}

#[test]
fn tokens_are_made_and_ended_and_doors_shut() {
    let mut world = World::ready(20, 8);
    let page = words(&press(&mut world, "/sample/tokens", "level=workspace"));
    let token = page.split("id=\"new-token\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let me = |world: &mut World, token: &str| {
        let request = Request::new("GET", "/api/2.0/preview/scim/v2/Me")
            .with_header("authorization", &format!("Bearer {token}"));
        world.sample.answer(Service::Databricks, &request, world.now).status
    };
    assert_eq!(me(&mut world, &token), 200);
    press(&mut world, "/sample/tokens/end", &format!("token={token}"));
    assert_eq!(me(&mut world, &token), 401);
    let shut = words(&press(&mut world, "/sample/ip-access-list", "entra=shut-out"));
    assert!(shut.contains("Let Entra's provisioning service in"));
    let path = format!("jobs/{}/validateCredentials", world.job);
    assert_eq!(world.post(&path, &json!({ "useSavedCredentials": true })).status, 400);
    press(&mut world, "/sample/ip-access-list", "entra=let-in");
    assert_eq!(world.post(&path, &json!({ "useSavedCredentials": true })).status, 204);
}

#[test]
fn other_sites_press_nothing() {
    let mut world = World::ready(20, 8);
    let request = Request::new("POST", "/sample/time")
        .with_header("origin", "https://elsewhere.example")
        .with_body("application/x-www-form-urlencoded", "minutes=40");
    assert_eq!(world.sample.answer(Service::SignIn, &request, world.now).status, 403);
    let page = world.sample.answer(Service::SignIn, &Request::new("GET", "/sample"), world.now);
    assert!(page.status == 200 && words(&page).contains("Skip 40 minutes"));
    assert_eq!(
        world.sample.answer(Service::SignIn, &Request::new("GET", "/sample/x"), world.now).status,
        404
    );
}

#[test]
fn the_application_for_the_command_line_gets_what_a_connector_takes_when_asked() {
    let mut world = World::ready(20, 8);
    let shown = |world: &mut World| {
        words(&world.sample.answer(Service::SignIn, &Request::new("GET", "/portal"), world.now))
    };
    let facts = world.sample.facts().clone();
    let token = |world: &mut World| {
        let form = format!(
            "client_id={}&client_secret={}&grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
            facts.sync_client_id, facts.sync_client_secret
        );
        let path = format!("/{}/oauth2/v2.0/token", facts.tenant_id);
        let token = press(world, &path, &form).value()["access_token"].as_str().unwrap().to_owned();
        let claims = base64::Engine::decode(
            &base64::prelude::BASE64_URL_SAFE_NO_PAD,
            token.split('.').nth(1).unwrap(),
        );
        String::from_utf8(claims.unwrap()).unwrap()
    };
    assert!(!token(&mut world).contains("OwnedBy"));
    assert!(shown(&mut world).contains("Grant them, as Petra"));
    let request = Request::new("POST", "/portal/command-line").with_header("origin", "https://evil.example");
    assert_eq!(world.sample.answer(Service::SignIn, &request, world.now).status, 403);
    assert!(!token(&mut world).contains("OwnedBy"));
    assert_eq!(press(&mut world, "/portal/command-line", "").status, 302);
    let claims = token(&mut world);
    for role in ["Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All", "User.Read.All"] {
        assert!(claims.contains(role), "{claims}");
    }
    let page = shown(&mut world);
    assert!(page.contains("may set up Entra's own provisioning") && !page.contains("Grant them"), "{page}");
}
