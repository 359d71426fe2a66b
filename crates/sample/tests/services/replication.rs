//! What is made a moment ago does not show everywhere at once.

use std::time::Duration;

use sample::{Answer, Options, Request, Sample, Service};
use serde_json::{Value, json};

use crate::client::{
    GRAPH_APP, MANAGE, NOW, ORIGIN, REDIRECT, VERIFIER, authorize, change_at, get, post_form, sent, token,
};

const LAG: Duration = Duration::from_secs(3);

fn slow(seed: u64) -> Sample {
    Sample::new(Options {
        seed,
        people: 5,
        groups: 2,
        published_limits: false,
        replication: LAG,
        ..Options::default()
    })
}

fn read_at(sample: &mut Sample, bearer: &str, path: &str, now: Duration) -> Answer {
    let request = Request::new("GET", &format!("/v1.0{path}"))
        .with_header("authorization", &format!("Bearer {bearer}"));
    sample.answer(Service::Graph, &request, now)
}

/// Grace's token: what she consents to in this very sign-in counts at once.
fn grace(sample: &mut Sample) -> String {
    let path = authorize(sample, MANAGE, &[("account", "grace@contoso.example")]);
    let back = post_form(sample, &path, &[("consent", "accept")]);
    let (client_id, code) = (sample.facts().client_id.clone(), sent(&back, "code").unwrap());
    let pairs = [
        ("grant_type", "authorization_code"),
        ("client_id", client_id.as_str()),
        ("code", &code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let body = token(sample, Some(ORIGIN), &pairs, NOW).value();
    body["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn a_registration_is_there_after_a_while() {
    for seed in 1..6 {
        let mut sample = slow(seed);
        let bearer = grace(&mut sample);
        let mut now = NOW;
        let order = json!({ "displayName": "Sync", "signInAudience": "AzureADMyOrg" });
        let made = change_at(&mut sample, &bearer, "POST", "/applications", &order, now);
        assert_eq!(made.status, 201);
        let made = made.value();
        let (id, app_id) = (made["id"].as_str().unwrap(), made["appId"].as_str().unwrap());
        let path = format!("/applications/{id}");
        assert_eq!(read_at(&mut sample, &bearer, &path, now).status, 404);
        let early = change_at(&mut sample, &bearer, "PATCH", &path, &json!({ "tags": [] }), now);
        assert!(matches!(early.status, 404 | 409), "seed {seed}");
        let by_app = format!("/servicePrincipals(appId='{app_id}')");
        let early = change_at(&mut sample, &bearer, "PATCH", &by_app, &json!({}), now);
        let message = early.value()["error"]["message"].as_str().unwrap().to_owned();
        let expected = if early.status == 400 {
            "does not reference a valid application object"
        } else {
            assert_eq!(early.status, 403, "seed {seed}");
            "backing application"
        };
        assert!(message.contains(expected), "{message}");
        let path_in = authorize(&sample, "openid", &[("client_id", app_id)]);
        let page = String::from_utf8(get(&mut sample, Service::SignIn, &path_in).body).unwrap();
        assert!(page.contains("AADSTS700016"));

        now += LAG;
        assert_eq!(read_at(&mut sample, &bearer, &path, now).status, 200);
        assert_eq!(change_at(&mut sample, &bearer, "PATCH", &path, &json!({ "tags": [] }), now).status, 204);
        let principal = change_at(&mut sample, &bearer, "PATCH", &by_app, &json!({}), now);
        assert_eq!(principal.status, 201);
        assert_eq!(read_at(&mut sample, &bearer, &by_app, now).status, 404);
        let client = principal.value()["id"].as_str().unwrap().to_owned();
        let graph = read_at(&mut sample, &bearer, &format!("/servicePrincipals(appId='{GRAPH_APP}')"), now);
        let resource = graph.value()["id"].as_str().unwrap().to_owned();
        let grant = json!({ "clientId": client, "consentType": "AllPrincipals", "resourceId": resource, "scope": "User.Read" });
        let role = json!({ "principalId": client, "resourceId": resource,
            "appRoleId": "df021288-bdef-4463-88db-98f22de89214" });
        let assign = format!("/servicePrincipals/{resource}/appRoleAssignedTo");
        for (path, body) in [("/oauth2PermissionGrants", &grant), (assign.as_str(), &role)] {
            let early = change_at(&mut sample, &bearer, "POST", path, body, now);
            let message = early.value()["error"]["message"].as_str().unwrap().to_owned();
            let words = message.contains("one of its queried reference-property objects are not present")
                || message.contains("Not a valid reference update");
            assert!(matches!(early.status, 400 | 404) && words, "{path} {message}");
            assert_eq!(change_at(&mut sample, &bearer, "POST", path, body, now + LAG).status, 201);
        }
        now += LAG;
        let roles = format!("/servicePrincipals/{client}/appRoleAssignments");
        let count = |sample: &mut Sample, now| {
            read_at(sample, &bearer, &roles, now).value()["value"].as_array().unwrap().len()
        };
        assert_eq!((count(&mut sample, now), count(&mut sample, now + LAG)), (0, 1));
    }
}

#[test]
fn an_upsert_never_makes_a_second_one_while_the_first_does_not_show() {
    let mut sample = slow(1);
    let bearer = grace(&mut sample);
    let key = "/applications(uniqueName='scim-setup-page')";
    let order = json!({ "displayName": "Setup", "signInAudience": "AzureADMyOrg" });
    assert_eq!(change_at(&mut sample, &bearer, "PATCH", key, &order, NOW).status, 201);
    assert_eq!(read_at(&mut sample, &bearer, key, NOW).status, 404);
    let early = change_at(&mut sample, &bearer, "PATCH", key, &order, NOW);
    assert!(matches!(early.status, 404 | 409));
    assert_eq!(change_at(&mut sample, &bearer, "PATCH", key, &order, NOW + LAG).status, 204);
    let all = read_at(&mut sample, &bearer, "/applications?$select=uniqueName", NOW + LAG).value();
    let named = all["value"].as_array().unwrap().iter().filter(|it| it["uniqueName"] == "scim-setup-page");
    assert_eq!(named.count(), 1);
}

#[test]
fn a_new_secret_is_refused_for_a_while() {
    let mut sample = slow(1);
    let bearer = grace(&mut sample);
    let client_id = sample.facts().sync_client_id.clone();
    let path = format!("/applications(appId='{client_id}')/addPassword");
    let added = change_at(&mut sample, &bearer, "POST", &path, &json!({}), NOW).value();
    assert_eq!(added["endDateTime"], "2028-11-22T10:33:20Z");
    let mut ask = |now: Duration| {
        let pairs = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id.as_str()),
            ("client_secret", added["secretText"].as_str().unwrap()),
            ("scope", "http://127.0.0.1:9102/.default"),
        ];
        token(&mut sample, None, &pairs, now).value()
    };
    assert_eq!(ask(NOW)["error_codes"][0], 7_000_215);
    assert!(ask(NOW + LAG)["access_token"].is_string());
    let listed = |sample: &mut Sample, now| {
        let path = format!("/applications(appId='{client_id}')?$select=passwordCredentials");
        let body = read_at(sample, &bearer, &path, now).value();
        body["passwordCredentials"].as_array().map(Vec::len)
    };
    assert_eq!((listed(&mut sample, NOW), listed(&mut sample, NOW + LAG)), (Some(1), Some(2)));
    assert_eq!(Value::Null, added["customKeyIdentifier"]);
}
