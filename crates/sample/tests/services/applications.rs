//! Registering applications, and who may.

use sample::{Options, Request, Sample, Service, TenantKind};
use serde_json::{Value, json};

use crate::client::{
    GRAPH_APP, NOW, change, encode, graph, graph_token, managing, principal_of, tenant, token,
};

const KEY: &str = "/applications(uniqueName='scim-setup-unattended')";
const NOBODY: &str = "11111111-1111-4111-8111-111111111111";

fn code(value: &Value) -> &str {
    value["error"]["code"].as_str().unwrap_or_default()
}

fn order() -> Value {
    json!({ "displayName": "Databricks SCIM Sync", "signInAudience": "AzureADMyOrg", "tags": ["scim-setup-unattended"] })
}

#[test]
fn the_presets_are_in_the_store() {
    let mut sample = tenant(5, 2);
    let bearer = managing(&mut sample, "ada@contoso.example");
    let facts = sample.facts().clone();
    let path = format!("/v1.0/applications(appId='{}')", facts.client_id);
    let page = graph(&mut sample, &bearer, &path, false).value();
    assert_eq!(page["displayName"], "scim-setup");
    assert_eq!(page["spa"]["redirectUris"], json!(["http://localhost:8080/"]));
    assert_eq!((&page["tags"], &page["requiredResourceAccess"]), (&json!([]), &json!([])));
    assert_ne!(page["id"], page["appId"]);
    let path = format!("/v1.0/applications(appId='{}')?$select=passwordCredentials", facts.sync_client_id);
    let headless = graph(&mut sample, &bearer, &path, false).value();
    let secret = &headless["passwordCredentials"][0];
    assert_eq!((&secret["secretText"], &secret["displayName"]), (&Value::Null, &"command line".into()));
    let holder = principal_of(&mut sample, &bearer, &facts.sync_client_id);
    let path = format!("/v1.0/servicePrincipals/{holder}/appRoleAssignments");
    let held = graph(&mut sample, &bearer, &path, false).value();
    let roles: Vec<&str> =
        held["value"].as_array().unwrap().iter().map(|it| it["appRoleId"].as_str().unwrap()).collect();
    assert_eq!(
        roles,
        [
            "df021288-bdef-4463-88db-98f22de89214",
            "98830695-27a2-44f7-8c18-0c3ebc9698f6",
            "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
            "498476ce-e0fe-48b0-b801-37ba7e2685c6"
        ]
    );
}

#[test]
fn graph_itself_offers_its_permissions_with_their_ids() {
    let mut sample = tenant(5, 2);
    let bearer = managing(&mut sample, "ada@contoso.example");
    let path =
        format!("/v1.0/servicePrincipals(appId='{GRAPH_APP}')?$select=id,appRoles,oauth2PermissionScopes");
    let body = graph(&mut sample, &bearer, &path, false).value();
    let id = |list: &str, value: &str| {
        let found = body[list].as_array().unwrap().iter().find(|it| it["value"] == value)?;
        Some((found["id"].as_str()?.to_owned(), found["isEnabled"].as_bool()?))
    };
    let pair = |id: &str| Some((id.to_owned(), true));
    assert_eq!(id("oauth2PermissionScopes", "User.Read.All"), pair("a154be20-db9c-4678-8ab7-66f6cc099a59"));
    assert_eq!(id("appRoles", "User.Read.All"), pair("df021288-bdef-4463-88db-98f22de89214"));
    assert_eq!(id("appRoles", "Application.ReadWrite.OwnedBy"), pair("18a4783c-866b-4cc7-a460-3d5e5662c884"));
    assert_eq!(id("oauth2PermissionScopes", "Application.ReadWrite.OwnedBy"), None);
}

#[test]
fn an_upsert_makes_one_and_then_changes_it() {
    let mut sample = tenant(5, 2);
    let bearer = managing(&mut sample, "ada@contoso.example");
    assert_eq!(graph(&mut sample, &bearer, &format!("/v1.0{KEY}"), false).status, 404);
    let request = Request::new("PATCH", &format!("/v1.0{KEY}"))
        .with_header("authorization", &format!("Bearer {bearer}"))
        .with_body("application/json", order().to_string());
    // Without the preference nothing is made.
    assert_eq!(sample.answer(Service::Graph, &request, NOW).status, 404);
    let made = change(&mut sample, &bearer, "PATCH", KEY, &order());
    assert_eq!(made.status, 201);
    let made = made.value();
    assert_eq!(made["uniqueName"], "scim-setup-unattended");
    assert_eq!(change(&mut sample, &bearer, "PATCH", KEY, &order()).status, 204);
    let filter = encode("tags/any(tag:tag eq 'scim-setup-unattended')");
    let path = format!("/v1.0/applications?$filter={filter}&$select=id,appId&$count=true");
    let listed = graph(&mut sample, &bearer, &path, true).value();
    assert_eq!(listed["@odata.count"], 1);
    assert_eq!(listed["value"], json!([{ "id": made["id"], "appId": made["appId"] }]));
    let again = change(&mut sample, &bearer, "POST", "/applications", &{
        let mut order = order();
        order["uniqueName"] = json!("scim-setup-unattended");
        order
    });
    assert_eq!((again.status, code(&again.value())), (409, "Request_MultipleObjectsWithSameKeyValue"));
}

#[test]
fn lists_are_replaced_as_a_whole_and_a_refused_body_changes_nothing() {
    let mut sample = tenant(5, 2);
    let bearer = managing(&mut sample, "ada@contoso.example");
    let made = change(&mut sample, &bearer, "POST", "/applications", &order()).value();
    let path = format!("/applications/{}", made["id"].as_str().unwrap());
    let body =
        json!({ "spa": { "redirectUris": ["http://localhost:1/"] }, "tags": ["a", "b"], "notes": "n" });
    assert_eq!(change(&mut sample, &bearer, "PATCH", &path, &body).status, 204);
    let wrong = json!({ "tags": ["c"], "shoeSize": 43 });
    assert_eq!(change(&mut sample, &bearer, "PATCH", &path, &wrong).status, 400);
    let read = graph(&mut sample, &bearer, &format!("/v1.0{path}"), false).value();
    assert_eq!((&read["tags"], &read["notes"]), (&json!(["a", "b"]), &json!("n")));
    assert_eq!(read["spa"]["redirectUris"], json!(["http://localhost:1/"]));
    let secrets = json!({ "displayName": "x", "passwordCredentials": [] });
    assert_eq!(change(&mut sample, &bearer, "POST", "/applications", &secrets).status, 400);
    assert_eq!(change(&mut sample, &bearer, "POST", "/applications", &json!({})).status, 400);
}

#[test]
fn removing_an_application_takes_everything_with_it() {
    let mut sample = tenant(5, 2);
    let bearer = managing(&mut sample, "grace@contoso.example");
    let made = change(&mut sample, &bearer, "POST", "/applications", &order()).value();
    let (id, app_id) = (made["id"].as_str().unwrap(), made["appId"].as_str().unwrap());
    let by_app = format!("/servicePrincipals(appId='{app_id}')");
    let tags = json!({ "tags": ["WindowsAzureActiveDirectoryIntegratedApp"] });
    assert_eq!(change(&mut sample, &bearer, "PATCH", &by_app, &tags).status, 201);
    assert_eq!(change(&mut sample, &bearer, "PATCH", &by_app, &tags).status, 204);
    let twice = change(&mut sample, &bearer, "POST", "/servicePrincipals", &json!({ "appId": app_id }));
    assert_eq!((twice.status, code(&twice.value())), (409, "Request_MultipleObjectsWithSameKeyValue"));
    let (client, resource) =
        (principal_of(&mut sample, &bearer, app_id), principal_of(&mut sample, &bearer, GRAPH_APP));
    let grant = json!({ "clientId": client, "consentType": "AllPrincipals", "resourceId": resource, "scope": "User.Read" });
    assert_eq!(change(&mut sample, &bearer, "POST", "/oauth2PermissionGrants", &grant).status, 201);
    assert_eq!(
        change(&mut sample, &bearer, "DELETE", &format!("/applications/{id}"), &Value::Null).status,
        204
    );
    for path in [format!("/applications/{id}"), by_app] {
        assert_eq!(graph(&mut sample, &bearer, &format!("/v1.0{path}"), false).status, 404);
    }
    let path = format!("/v1.0/oauth2PermissionGrants?$filter={}", encode(&format!("clientId eq '{client}'")));
    assert_eq!(graph(&mut sample, &bearer, &path, false).value()["value"], json!([]));
}

#[test]
fn a_service_principal_needs_its_application() {
    let mut sample = tenant(5, 2);
    let bearer = managing(&mut sample, "ada@contoso.example");
    let answer = change(&mut sample, &bearer, "POST", "/servicePrincipals", &json!({ "appId": NOBODY }));
    assert_eq!(answer.status, 400);
    let message = answer.value()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("does not reference a valid application object"), "{message}");
}

#[test]
fn people_without_a_role_change_only_what_they_registered() {
    let mut sample = tenant(5, 2);
    let nora = managing(&mut sample, "nora@contoso.example");
    let made = change(&mut sample, &nora, "POST", "/applications", &order()).value();
    let path = format!("/applications/{}", made["id"].as_str().unwrap());
    let owners = graph(&mut sample, &nora, &format!("/v1.0{path}/owners"), false).value();
    let id = sample.directory().person_named("nora@contoso.example").unwrap().id.clone();
    assert_eq!(owners["value"][0]["id"], id);
    assert_eq!(change(&mut sample, &nora, "PATCH", &path, &json!({ "tags": [] })).status, 204);
    let theirs = format!("/applications(appId='{}')", sample.facts().client_id);
    let denied = change(&mut sample, &nora, "PATCH", &theirs, &json!({ "tags": [] }));
    assert_eq!((denied.status, code(&denied.value())), (403, "Authorization_RequestDenied"));
    let ada = managing(&mut sample, "ada@contoso.example");
    assert_eq!(change(&mut sample, &ada, "PATCH", &theirs, &json!({ "tags": [] })).status, 204);
    // Holders of the administrator's role do not become owners.
    let made = change(&mut sample, &ada, "POST", "/applications", &order()).value();
    let path = format!("/applications/{}", made["id"].as_str().unwrap());
    let owners = graph(&mut sample, &ada, &format!("/v1.0{path}/owners"), false).value();
    assert_eq!(owners["value"], json!([]));
    let reference = json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}") });
    let refs = format!("{path}/owners/$ref");
    assert_eq!(change(&mut sample, &ada, "POST", &refs, &reference).status, 204);
    let twice = change(&mut sample, &ada, "POST", &refs, &reference);
    assert_eq!(twice.status, 400);
    assert!(
        twice.value()["error"]["message"]
            .as_str()
            .unwrap()
            .starts_with("One or more added object references")
    );
    assert_eq!(change(&mut sample, &nora, "PATCH", &path, &json!({ "tags": [] })).status, 204);
    let one = format!("{path}/owners/{id}/$ref");
    assert_eq!(change(&mut sample, &ada, "DELETE", &one, &Value::Null).status, 204);
    assert_eq!(change(&mut sample, &nora, "PATCH", &path, &json!({ "tags": [] })).status, 403);
}

#[test]
fn without_the_scope_nobody_registers() {
    let mut sample = tenant(5, 2);
    let bearer = graph_token(&mut sample, "User.Read Application.Read.All");
    assert_eq!(change(&mut sample, &bearer, "POST", "/applications", &order()).status, 403);
    assert_eq!(graph(&mut sample, &bearer, "/v1.0/applications", false).status, 200);
}

/// A secret, and what client credentials bring with it.
fn with_secret(sample: &mut Sample, bearer: &str) -> (String, Value, String) {
    let made = change(sample, bearer, "POST", "/applications", &order()).value();
    let (id, app_id) = (made["id"].as_str().unwrap().to_owned(), made["appId"].as_str().unwrap().to_owned());
    change(sample, bearer, "POST", "/servicePrincipals", &json!({ "appId": app_id }));
    let wanted =
        json!({ "passwordCredential": { "displayName": "n1", "endDateTime": "2027-03-01T00:00:00.000Z" } });
    let added = change(sample, bearer, "POST", &format!("/applications/{id}/addPassword"), &wanted);
    (id, added.value(), app_id)
}

fn credentials(sample: &mut Sample, app_id: &str, secret: &str) -> Value {
    let pairs = [
        ("grant_type", "client_credentials"),
        ("client_id", app_id),
        ("client_secret", secret),
        ("scope", "http://127.0.0.1:9102/.default"),
    ];
    token(sample, None, &pairs, NOW).value()
}

#[test]
fn a_secret_is_told_once_and_signs_in_until_it_is_removed() {
    let mut sample = tenant(5, 2);
    let bearer = managing(&mut sample, "ada@contoso.example");
    let (id, added, app_id) = with_secret(&mut sample, &bearer);
    let secret = added["secretText"].as_str().unwrap().to_owned();
    assert!((16..=64).contains(&secret.len()));
    assert_eq!(added["endDateTime"], "2027-03-01T00:00:00Z");
    let read = graph(&mut sample, &bearer, &format!("/v1.0/applications/{id}"), false).value();
    let note = &read["passwordCredentials"][0];
    assert_eq!((&note["keyId"], &note["secretText"]), (&added["keyId"], &Value::Null));
    assert!(credentials(&mut sample, &app_id, &secret)["access_token"].is_string());
    let path = format!("/applications/{id}/removePassword");
    let body = json!({ "keyId": added["keyId"] });
    assert_eq!(change(&mut sample, &bearer, "POST", &path, &body).status, 204);
    assert_eq!(change(&mut sample, &bearer, "POST", &path, &body).status, 400);
    assert_eq!(credentials(&mut sample, &app_id, &secret)["error_codes"][0], 7_000_215);
}

#[test]
fn policies_of_the_tenant_refuse_secrets() {
    let kind = |kind| Options {
        people: 5,
        groups: 2,
        replication: std::time::Duration::ZERO,
        kinds: vec![kind],
        ..Options::default()
    };
    for (name, refused) in [
        ("no-secrets", "CredentialTypeNotAllowedAsPerAppPolicy"),
        ("short-secrets", "CredentialInvalidLifetimeAsPerAppPolicy"),
    ] {
        let mut sample = Sample::new(kind(TenantKind::named(name).unwrap()));
        let bearer = managing(&mut sample, "ada@contoso.example");
        let made = change(&mut sample, &bearer, "POST", "/applications", &order()).value();
        let path = format!("/applications/{}/addPassword", made["id"].as_str().unwrap());
        let answer = change(&mut sample, &bearer, "POST", &path, &json!({}));
        assert_eq!((answer.status, code(&answer.value())), (400, refused));
        let short = json!({ "passwordCredential": { "endDateTime": "2027-02-01T00:00:00Z" } });
        let status = change(&mut sample, &bearer, "POST", &path, &short).status;
        assert_eq!(status, if name == "short-secrets" { 200 } else { 400 });
    }
}

#[test]
fn an_application_confined_to_its_own_changes_nothing_else() {
    let mut sample = tenant(5, 2);
    let grace = managing(&mut sample, "grace@contoso.example");
    let (_, added, app_id) = with_secret(&mut sample, &grace);
    let (holder, resource) =
        (principal_of(&mut sample, &grace, &app_id), principal_of(&mut sample, &grace, GRAPH_APP));
    let role = json!({ "principalId": holder, "resourceId": resource,
        "appRoleId": "18a4783c-866b-4cc7-a460-3d5e5662c884" });
    let path = format!("/servicePrincipals/{resource}/appRoleAssignedTo");
    assert_eq!(change(&mut sample, &grace, "POST", &path, &role).status, 201);
    let body = credentials(&mut sample, &app_id, added["secretText"].as_str().unwrap());
    let own = body["access_token"].as_str().unwrap().to_owned();
    let made = change(&mut sample, &own, "POST", "/applications", &order());
    assert_eq!(made.status, 201);
    let path = format!("/applications/{}", made.value()["id"].as_str().unwrap());
    assert_eq!(change(&mut sample, &own, "PATCH", &path, &json!({ "tags": [] })).status, 204);
    let other = format!("/applications(appId='{app_id}')");
    assert_eq!(change(&mut sample, &own, "PATCH", &other, &json!({ "tags": [] })).status, 403);
}

#[test]
fn a_batch_changes_too() {
    let mut sample = tenant(5, 2);
    let bearer = managing(&mut sample, "ada@contoso.example");
    let body = json!({ "requests": [{ "id": "1", "method": "POST", "url": "/applications", "body": order(),
        "headers": { "Content-Type": "application/json" } }] });
    let request = Request::new("POST", "/v1.0/$batch")
        .with_header("authorization", &format!("Bearer {bearer}"))
        .with_body("application/json", body.to_string());
    let part = sample.answer(Service::Graph, &request, NOW).value()["responses"][0].clone();
    assert_eq!(
        (&part["status"], &part["body"]["displayName"]),
        (&201.into(), &"Databricks SCIM Sync".into())
    );
}

#[test]
fn an_empty_tenant_has_nothing_registered() {
    let mut sample =
        Sample::new(Options { people: 5, groups: 2, kinds: vec![TenantKind::Empty], ..Options::default() });
    assert_eq!((sample.facts().client_id.as_str(), sample.facts().sync_client_secret.as_str()), ("", ""));
    let path = format!(
        "/{}/oauth2/v2.0/authorize?client_id={NOBODY}&redirect_uri=http%3A%2F%2Flocalhost%3A8080%2F",
        sample.facts().tenant_id
    );
    let page = String::from_utf8(crate::client::get(&mut sample, Service::SignIn, &path).body).unwrap();
    assert!(page.contains("AADSTS700016"));
    // The directory is the one that the seed always makes.
    let ordinary = tenant(5, 2);
    assert_eq!(sample.directory().people(), ordinary.directory().people());
}

#[test]
fn what_else_may_act_as_an_application_is_kept_and_shown() {
    let mut sample = tenant(5, 2);
    let bearer = managing(&mut sample, "ada@contoso.example");
    let key = "7f3b2a10-0000-4000-8000-000000000001";
    let order = json!({
        "displayName": "Databricks SCIM Sync",
        "keyCredentials": [{ "keyId": key, "type": "AsymmetricX509Cert", "usage": "Verify", "key": "TUlJQw==" }],
    });
    assert_eq!(change(&mut sample, &bearer, "PATCH", KEY, &order).status, 201);
    let shown = graph(&mut sample, &bearer, &format!("/v1.0{KEY}"), false).value();
    let certificate = &shown["keyCredentials"][0];
    assert_eq!((&certificate["keyId"], &certificate["key"]), (&json!(key), &Value::Null));

    let path = format!("{KEY}/federatedIdentityCredentials");
    let trust = json!({
        "name": "build",
        "issuer": "https://token.build.example",
        "subject": "repo:someone/else",
        "audiences": ["api://AzureADTokenExchange"],
    });
    let nobody = managing(&mut sample, "uma@contoso.example");
    assert_eq!(change(&mut sample, &nobody, "POST", &path, &trust).status, 403);
    assert_eq!(change(&mut sample, &bearer, "POST", &path, &trust).status, 201);
    assert_eq!(change(&mut sample, &bearer, "POST", &path, &trust).status, 409);
    let listed = graph(&mut sample, &bearer, &format!("/v1.0{path}"), false).value();
    assert_eq!(listed["value"].as_array().unwrap().len(), 1);
    assert_eq!(listed["value"][0]["subject"], "repo:someone/else");
}
