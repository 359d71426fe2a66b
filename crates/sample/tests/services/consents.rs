//! Consent through Graph and through sign-in is one and the same, for every application.

use sample::{Answer, Options, Sample, Service, TenantKind};
use serde_json::{Value, json};

use crate::client::{
    GRAPH_APP, NOW, ORIGIN, REDIRECT, VERIFIER, authorize, change, encode, get, graph, managing, post_form,
    principal_of, query, sent, sign_in, tenant, token,
};

const ADA: &str = "ada@contoso.example";
const GRACE: &str = "grace@contoso.example";
const USER_READ_ALL: &str = "df021288-bdef-4463-88db-98f22de89214";

/// Registers an application and gives its client id.
fn registered(sample: &mut Sample, bearer: &str, more: &Value) -> String {
    let mut body = json!({ "displayName": "Another", "signInAudience": "AzureADMyOrg" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = change(sample, bearer, "POST", "/applications", &body).value();
    made["appId"].as_str().unwrap().to_owned()
}

fn redeem_as(sample: &mut Sample, client_id: &str, code: &str, origin: Option<&str>) -> Answer {
    let pairs = [
        ("grant_type", "authorization_code"),
        ("client_id", client_id),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    token(sample, origin, &pairs, NOW)
}

/// The code that somebody comes back with, accepting what is asked.
fn code_for(sample: &mut Sample, client_id: &str, account: &str, scope: &str) -> String {
    let path = authorize(sample, scope, &[("client_id", client_id), ("account", account)]);
    let answer = get(sample, Service::SignIn, &path);
    let answer =
        if answer.status == 200 { post_form(sample, &path, &[("consent", "accept")]) } else { answer };
    sent(&answer, "code").unwrap()
}

#[test]
fn a_grant_made_through_graph_is_consent_and_taking_it_back_ends_it() {
    let mut sample = tenant(5, 2);
    let bearer = managing(&mut sample, ADA);
    let client_id = registered(&mut sample, &bearer, &json!({ "spa": { "redirectUris": [REDIRECT] } }));
    let made = change(&mut sample, &bearer, "POST", "/servicePrincipals", &json!({ "appId": client_id }));
    assert_eq!(made.status, 201);
    let client = made.value()["id"].as_str().unwrap().to_owned();
    let resource = principal_of(&mut sample, &bearer, GRAPH_APP);
    let body = json!({ "clientId": client, "consentType": "AllPrincipals", "resourceId": resource,
        "scope": "openid User.Read User.Read.All" });
    let grant = change(&mut sample, &bearer, "POST", "/oauth2PermissionGrants", &body);
    assert_eq!((grant.status, &grant.value()["principalId"]), (201, &Value::Null));
    assert_eq!(change(&mut sample, &bearer, "POST", "/oauth2PermissionGrants", &body).status, 409);
    let id = grant.value()["id"].as_str().unwrap().to_owned();
    // Nobody is asked anything, not even Uma.
    let scope_of = |sample: &mut Sample| {
        let path = authorize(
            sample,
            "openid User.Read.All",
            &[("client_id", &client_id), ("account", "uma@contoso.example")],
        );
        let code = sent(&get(sample, Service::SignIn, &path), "code")?;
        redeem_as(sample, &client_id, &code, Some(ORIGIN)).value()["scope"].as_str().map(str::to_owned)
    };
    assert_eq!(scope_of(&mut sample).as_deref(), Some("User.Read User.Read.All openid"));
    let path = format!("/oauth2PermissionGrants/{id}");
    assert_eq!(
        change(&mut sample, &bearer, "PATCH", &path, &json!({ "scope": "openid User.Read.All" })).status,
        204
    );
    assert_eq!(scope_of(&mut sample).as_deref(), Some("User.Read.All openid"));
    assert_eq!(change(&mut sample, &bearer, "DELETE", &path, &Value::Null).status, 204);
    assert_eq!(scope_of(&mut sample), None);
    assert_eq!(change(&mut sample, &bearer, "DELETE", &path, &Value::Null).status, 404);
}

#[test]
fn consent_given_at_sign_in_is_a_grant() {
    let mut sample = tenant(5, 2);
    let bearer = managing(&mut sample, ADA);
    let client_id = registered(&mut sample, &bearer, &json!({ "spa": { "redirectUris": [REDIRECT] } }));
    let code = code_for(&mut sample, &client_id, "uma@contoso.example", "openid User.Read");
    assert_eq!(redeem_as(&mut sample, &client_id, &code, Some(ORIGIN)).status, 200);
    // The service principal came with it.
    let client = principal_of(&mut sample, &bearer, &client_id);
    let path = format!("/v1.0/servicePrincipals/{client}/oauth2PermissionGrants");
    let grants = graph(&mut sample, &bearer, &path, false).value();
    let uma = sample.directory().person_named("uma@contoso.example").unwrap();
    assert_eq!(grants["value"][0]["principalId"], uma.id);
    assert_eq!(
        (&grants["value"][0]["scope"], &grants["value"][0]["consentType"]),
        (&"User.Read openid".into(), &"Principal".into())
    );
}

#[test]
fn a_code_belongs_to_its_application() {
    let mut sample = tenant(5, 2);
    let bearer = managing(&mut sample, ADA);
    let client_id = registered(&mut sample, &bearer, &json!({ "spa": { "redirectUris": [REDIRECT] } }));
    let code = code_for(&mut sample, &client_id, ADA, "openid User.Read");
    let preset = sample.facts().client_id.clone();
    assert_eq!(redeem_as(&mut sample, &preset, &code, Some(ORIGIN)).value()["error"], "invalid_grant");
    assert_eq!(redeem_as(&mut sample, &client_id, &code, Some(ORIGIN)).status, 200);
}

#[test]
fn a_redirect_uri_of_another_platform_loads_the_page_and_fails_at_the_token() {
    for platform in ["web", "publicClient"] {
        let mut sample = tenant(5, 2);
        let bearer = managing(&mut sample, ADA);
        let uri = "http://localhost:9999/";
        let client_id = registered(&mut sample, &bearer, &json!({ platform: { "redirectUris": [uri] } }));
        let changes = [("client_id", client_id.as_str()), ("account", ADA), ("redirect_uri", uri)];
        let path = authorize(&sample, "openid User.Read", &changes);
        let back = post_form(&mut sample, &path, &[("consent", "accept")]);
        let code = sent(&back, "code").unwrap();
        let pairs = [
            ("grant_type", "authorization_code"),
            ("client_id", client_id.as_str()),
            ("code", &code),
            ("redirect_uri", uri),
            ("code_verifier", VERIFIER),
        ];
        let answer = token(&mut sample, Some("http://localhost:9999"), &pairs, NOW);
        assert_eq!(
            (answer.status, &answer.value()["error_codes"][0]),
            (400, &9_002_326.into()),
            "{platform}"
        );
        assert_eq!(answer.header("access-control-allow-origin"), None, "{platform}");
        let elsewhere = [("client_id", client_id.as_str()), ("redirect_uri", "http://localhost:9998/")];
        let path = authorize(&sample, "openid", &elsewhere);
        let page = String::from_utf8(get(&mut sample, Service::SignIn, &path).body).unwrap();
        assert!(page.contains("AADSTS50011"), "{platform}");
    }
}

#[test]
fn a_page_registered_for_web_is_a_kind_of_tenant() {
    let mut sample = Sample::new(Options {
        people: 5,
        groups: 2,
        kinds: vec![TenantKind::WrongPlatform],
        ..Options::default()
    });
    let client_id = sample.facts().client_id.clone();
    let code = code_for(&mut sample, &client_id, ADA, "openid User.Read");
    let answer = redeem_as(&mut sample, &client_id, &code, Some(ORIGIN));
    assert_eq!(answer.value()["error_codes"][0], 9_002_326);
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[test]
fn only_some_roles_grant_what_applications_may_do_by_themselves() {
    let mut sample = tenant(5, 2);
    let ada = managing(&mut sample, ADA);
    let client_id = registered(&mut sample, &ada, &json!({}));
    change(&mut sample, &ada, "POST", "/servicePrincipals", &json!({ "appId": client_id }));
    let (client, resource) =
        (principal_of(&mut sample, &ada, &client_id), principal_of(&mut sample, &ada, GRAPH_APP));
    let path = format!("/servicePrincipals/{resource}/appRoleAssignedTo");
    let body = json!({ "principalId": client, "resourceId": resource, "appRoleId": USER_READ_ALL });
    let denied = change(&mut sample, &ada, "POST", &path, &body);
    assert_eq!(
        (denied.status, &denied.value()["error"]["code"]),
        (403, &"Authorization_RequestDenied".into())
    );
    for account in [GRACE, "petra@contoso.example"] {
        let bearer = managing(&mut sample, account);
        let made = change(&mut sample, &bearer, "POST", &path, &body);
        assert_eq!((made.status, &made.value()["principalType"]), (201, &"ServicePrincipal".into()));
        let twice = change(&mut sample, &bearer, "POST", &path, &body);
        assert_eq!(twice.status, 400);
        assert_eq!(
            twice.value()["error"]["message"],
            "Permission being assigned already exists on the object"
        );
        let one = format!(
            "/servicePrincipals/{client}/appRoleAssignments/{}",
            made.value()["id"].as_str().unwrap()
        );
        assert_eq!(change(&mut sample, &bearer, "DELETE", &one, &Value::Null).status, 204);
        assert_eq!(change(&mut sample, &bearer, "DELETE", &one, &Value::Null).status, 404);
    }
    let unknown = json!({ "principalId": client, "resourceId": resource,
        "appRoleId": "11111111-1111-4111-8111-111111111111" });
    let grace = managing(&mut sample, GRACE);
    assert_eq!(change(&mut sample, &grace, "POST", &path, &unknown).status, 400);
}

#[test]
fn consent_by_default_covers_what_is_registered_and_roles_need_more() {
    let mut sample = tenant(5, 2);
    let bearer = managing(&mut sample, ADA);
    let access = |id: &str, kind: &str| json!({ "id": id, "type": kind });
    let asks = json!([{ "resourceAppId": GRAPH_APP, "resourceAccess": [
        access("a154be20-db9c-4678-8ab7-66f6cc099a59", "Scope"), access(USER_READ_ALL, "Role")] }]);
    let client_id = registered(
        &mut sample,
        &bearer,
        &json!({ "spa": { "redirectUris": [REDIRECT] }, "requiredResourceAccess": asks }),
    );
    let pairs = [
        ("client_id", client_id.as_str()),
        ("scope", "https://graph.microsoft.com/.default"),
        ("redirect_uri", REDIRECT),
    ];
    let path = format!("/{}/v2.0/adminconsent?{}", sample.facts().tenant_id, query(&pairs));
    let denied = get(&mut sample, Service::SignIn, &format!("{path}&account={ADA}"));
    assert!(sent(&denied, "error_description").unwrap().starts_with("AADSTS90093: "));
    let page = get(&mut sample, Service::SignIn, &format!("{path}&account={GRACE}"));
    let page = String::from_utf8(page.body).unwrap();
    assert!(page.contains("<strong>Another</strong>") && page.contains("without a signed-in person"));
    let back = post_form(&mut sample, &format!("{path}&account={GRACE}"), &[("consent", "accept")]);
    assert_eq!(sent(&back, "admin_consent").as_deref(), Some("True"));
    assert_eq!(sent(&back, "state"), None);
    let client = principal_of(&mut sample, &bearer, &client_id);
    let filter = encode(&format!("clientId eq '{client}'"));
    let grants =
        graph(&mut sample, &bearer, &format!("/v1.0/oauth2PermissionGrants?$filter={filter}"), false).value();
    assert_eq!(grants["value"][0]["scope"], "User.Read.All email offline_access openid profile");
    let path = format!("/v1.0/servicePrincipals/{client}/appRoleAssignments");
    let roles = graph(&mut sample, &bearer, &path, false).value();
    assert_eq!(roles["value"][0]["appRoleId"], USER_READ_ALL);
}

#[test]
fn a_scope_that_does_not_exist_is_named() {
    let mut sample = tenant(5, 2);
    let path = authorize(&sample, "User.Reed", &[]);
    let text = sent(&get(&mut sample, Service::SignIn, &path), "error_description").unwrap();
    assert!(text.contains(
        "AADSTS650053: The application 'scim-setup' asked for scope 'User.Reed' that doesn't exist on the resource \
         '00000003-0000-0000-c000-000000000000'."
    ), "{text}");
}

#[test]
fn granting_needs_a_role() {
    let mut sample = tenant(5, 2);
    let nora = managing(&mut sample, "nora@contoso.example");
    let client_id = sample.facts().client_id.clone();
    let (client, resource) =
        (principal_of(&mut sample, &nora, &client_id), principal_of(&mut sample, &nora, GRAPH_APP));
    let body = json!({ "clientId": client, "consentType": "AllPrincipals", "resourceId": resource, "scope": "email" });
    assert_eq!(change(&mut sample, &nora, "POST", "/oauth2PermissionGrants", &body).status, 403);
    let scopes = sign_in(&mut sample, "nora@contoso.example", "openid User.Read");
    assert!(scopes["access_token"].is_string());
}
