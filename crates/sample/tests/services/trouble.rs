//! Tenants and people with whom sign-in goes another way.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sample::{Answer, Options, Sample, Service, TenantKind};
use serde_json::{Value, json};

use crate::client::{
    NOW, ORIGIN, REDIRECT, authorize, get, graph, post_form, query, redeem, sent, tenant, token,
};

const SCOPE: &str = "openid offline_access User.Read GroupMember.Read.All";
const CONTEXT: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

fn of(kind: TenantKind) -> Sample {
    Sample::new(Options {
        people: 5,
        groups: 2,
        published_limits: false,
        replication: Duration::ZERO,
        kinds: vec![kind],
        ..Options::default()
    })
}

fn page(answer: &Answer) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

/// The token endpoint's answer to somebody who picked this account and carries these claims.
fn tried(sample: &mut Sample, account: &str, claims: Option<&str>) -> (u16, Value) {
    let mut changes = vec![("account", account)];
    changes.extend(claims.map(|claims| ("claims", claims)));
    let path = authorize(sample, SCOPE, &changes);
    let mut answer = get(sample, Service::SignIn, &path);
    if answer.status == 200 {
        answer = post_form(sample, &path, &[("consent", "accept")]);
    }
    let answer = redeem(sample, &sent(&answer, "code").unwrap());
    (answer.status, answer.value())
}

fn renewed(sample: &mut Sample, refresh: &str) -> (u16, Value) {
    let client = sample.facts().client_id.clone();
    let pairs = [("grant_type", "refresh_token"), ("client_id", client.as_str()), ("refresh_token", refresh)];
    let answer = token(sample, Some(ORIGIN), &pairs, NOW);
    (answer.status, answer.value())
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap()
}

fn payload(jwt: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

#[test]
fn every_kind_is_found_by_its_name() {
    for kind in TenantKind::ALL {
        assert_eq!(TenantKind::named(kind.name()), Some(kind));
    }
    let names = TenantKind::ALL.map(TenantKind::name);
    assert!(["national", "step-up", "conditional-access"].iter().all(|name| names.contains(name)));
}

#[test]
fn a_national_tenant_sends_to_its_own_cloud() {
    let mut sample = of(TenantKind::National);
    let (tenant_id, client) = (sample.facts().tenant_id.clone(), sample.facts().client_id.clone());
    let path = authorize(&sample, "User.Read", &[("account", "ada@contoso.example")]);
    let back = get(&mut sample, Service::SignIn, &path);
    assert_eq!((back.status, sent(&back, "error").as_deref()), (302, Some("invalid_request")));
    assert!(sent(&back, "error_description").unwrap().starts_with(&format!(
        "AADSTS90038: Tenant '{tenant_id}' request is being redirected to the National Cloud 'microsoftonline.us'. Trace ID: "
    )));
    assert_eq!(sent(&back, "cloud_instance_name").as_deref(), Some("microsoftonline.us"));
    assert_eq!(sent(&back, "cloud_instance_host_name").as_deref(), Some("login.microsoftonline.us"));
    assert_eq!(sent(&back, "msgraph_host").as_deref(), Some("graph.microsoft.us"));
    assert_eq!(sent(&back, "state").as_deref(), Some("st&te"));

    let pairs = [("grant_type", "authorization_code"), ("client_id", client.as_str())];
    assert_eq!(token(&mut sample, Some(ORIGIN), &pairs, NOW).value()["error_codes"], json!([90_038]));
    let pairs = [("client_id", client.as_str()), ("redirect_uri", REDIRECT), ("scope", "User.Read")];
    let path = format!("/{tenant_id}/v2.0/adminconsent?{}", query(&pairs));
    assert!(page(&get(&mut sample, Service::SignIn, &path)).contains("AADSTS90038"));
}

#[test]
fn what_is_published_names_the_cloud_of_the_tenant() {
    let published = |kinds: Vec<TenantKind>, name: &str| {
        let mut sample = Sample::new(Options { people: 5, groups: 2, kinds, ..Options::default() });
        let tenant = sample.facts().tenant_id.clone();
        let path = format!("/{}/v2.0/.well-known/openid-configuration", name.replace("ID", &tenant));
        let answer = get(&mut sample, Service::SignIn, &path);
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some("*")));
        let value = answer.value();
        let tidy = |name: &str| value[name].as_str().unwrap_or("null").replace(&tenant, "ID");
        let names =
            ["issuer", "token_endpoint", "cloud_instance_name", "msgraph_host", "tenant_region_scope"];
        names.map(tidy)
    };
    for kind in TenantKind::ALL.into_iter().filter(|kind| *kind != TenantKind::National) {
        assert_eq!(
            published(vec![kind], "contoso.example"),
            [
                "http://127.0.0.1:9101/ID/v2.0",
                "http://127.0.0.1:9101/ID/oauth2/v2.0/token",
                "127.0.0.1:9101",
                "127.0.0.1:9102",
                "EU"
            ],
            "{}",
            kind.name()
        );
    }
    assert_eq!(
        published(vec![TenantKind::National], "ID"),
        [
            "https://login.microsoftonline.us/ID/v2.0",
            "https://login.microsoftonline.us/ID/oauth2/v2.0/token",
            "microsoftonline.us",
            "graph.microsoft.us",
            "USGov"
        ]
    );
    // What is for all tenants says nothing of one.
    for kinds in [Vec::new(), vec![TenantKind::National]] {
        assert_eq!(
            published(kinds, "organizations"),
            [
                "http://127.0.0.1:9101/{tenantid}/v2.0",
                "http://127.0.0.1:9101/organizations/oauth2/v2.0/token",
                "127.0.0.1:9101",
                "127.0.0.1:9102",
                "null"
            ]
        );
    }
    let fronted = Options {
        sign_in: "https://login.microsoftonline.com".to_owned(),
        graph: "https://graph.microsoft.com".to_owned(),
        ..Options::default()
    };
    let mut sample = Sample::new(fronted);
    let value =
        get(&mut sample, Service::SignIn, "/contoso.example/v2.0/.well-known/openid-configuration").value();
    assert_eq!(
        (text(&value, "cloud_instance_name"), text(&value, "msgraph_host")),
        ("microsoftonline.com", "graph.microsoft.com")
    );
}

#[test]
fn a_step_up_is_over_for_the_session_once_its_claims_come_along() {
    let mut sample = of(TenantKind::StepUp);
    let (status, body) = tried(&mut sample, "ada@contoso.example", None);
    assert_eq!(status, 400);
    assert_eq!((text(&body, "error"), text(&body, "suberror")), ("interaction_required", "basic_action"));
    assert_eq!(body["error_codes"], json!([50_076]));
    let claims = text(&body, "claims").to_owned();
    assert_eq!(
        claims,
        r#"{"access_token":{"capolids":{"essential":true,"values":["c0a1d5e2-6b1f-4d3a-8f57-0e4b8a7c9d10"]}}}"#
    );
    // Claims that ask for something else prove nothing of this.
    for other in ["{\"access_token\":{}}", "no JSON", CONTEXT] {
        assert_eq!(tried(&mut sample, "ada@contoso.example", Some(other)).0, 400, "{other}");
    }
    let (status, body) = tried(&mut sample, "ada@contoso.example", Some(&claims));
    assert_eq!((status, text(&body, "scope")), (200, "GroupMember.Read.All User.Read openid"));
    // It counts for the session, and for nobody else.
    let (status, body) = tried(&mut sample, "ada@contoso.example", None);
    let refresh = text(&body, "refresh_token").to_owned();
    assert_eq!((status, renewed(&mut sample, &refresh).0), (200, 200));
    assert_eq!(tried(&mut sample, "grace@contoso.example", None).0, 400);
    let tenant = sample.facts().tenant_id.clone();
    let path = format!("/{tenant}/oauth2/v2.0/logout?logout_hint=ada%40contoso.example");
    get(&mut sample, Service::SignIn, &path);
    let (status, body) = renewed(&mut sample, &refresh);
    assert_eq!(status, 400);
    assert_eq!((text(&body, "error"), text(&body, "suberror")), ("invalid_grant", "basic_action"));
    assert_eq!(body["claims"], claims);
}

#[test]
fn graph_lists_groups_for_a_token_with_the_authentication_context() {
    let mut sample = of(TenantKind::StepUp);
    let claims = text(&tried(&mut sample, "ada@contoso.example", None).1, "claims").to_owned();
    let (_, body) = tried(&mut sample, "ada@contoso.example", Some(&claims));
    let weak = text(&body, "access_token").to_owned();
    let refused = graph(&mut sample, &weak, "/v1.0/groups?$top=5", false);
    let asked = format!(
        "Bearer realm=\"\", authorization_uri=\"http://127.0.0.1:9101/common/oauth2/authorize\", error=\"insufficient_claims\", \
         claims=\"{}\"",
        STANDARD.encode(CONTEXT)
    );
    assert_eq!((refused.status, refused.header("www-authenticate")), (401, Some(asked.as_str())));
    assert!(refused.header("access-control-expose-headers").unwrap().contains("WWW-Authenticate"));
    assert_eq!(graph(&mut sample, &weak, "/v1.0/me", false).status, 200);

    let (status, body) = tried(&mut sample, "ada@contoso.example", Some(CONTEXT));
    assert_eq!(status, 200);
    let strong = text(&body, "access_token").to_owned();
    assert_eq!(payload(&strong)["acrs"], json!(["c1"]));
    assert_eq!(graph(&mut sample, &strong, "/v1.0/groups?$top=5", false).status, 200);
    let (_, body) = renewed(&mut sample, text(&body, "refresh_token"));
    let again = text(&body, "access_token").to_owned();
    assert_eq!(graph(&mut sample, &again, "/v1.0/groups?$top=5", false).status, 200);
    assert_eq!(payload(&weak).get("acrs"), None);
    // No such thing in other tenants.
    let mut sample = tenant(5, 2);
    let (_, body) = tried(&mut sample, "ada@contoso.example", None);
    let token = text(&body, "access_token").to_owned();
    assert_eq!(graph(&mut sample, &token, "/v1.0/groups?$top=5", false).status, 200);
}

#[test]
fn conditional_access_admits_global_administrators_only() {
    let mut sample = of(TenantKind::ConditionalAccess);
    for account in ["ada@contoso.example", "petra@contoso.example"] {
        let (status, body) = tried(&mut sample, account, None);
        assert_eq!((status, text(&body, "error")), (400, "invalid_grant"), "{account}");
        assert_eq!((text(&body, "suberror"), &body["error_codes"]), ("message_only", &json!([53_003])));
        let claims = text(&body, "claims").to_owned();
        assert!(claims.contains("capolids"), "{claims}");
        assert_eq!(tried(&mut sample, account, Some(&claims)).0, 400, "{account}");
    }
    assert_eq!(tried(&mut sample, "grace@contoso.example", None).0, 200);
}

#[test]
fn a_guest_signs_in_with_the_address_at_home() {
    let mut sample = tenant(5, 2);
    // A guest consents to reading the own profile only.
    let path = authorize(&sample, "openid User.Read", &[("account", "Gustav@fabrikam.example")]);
    let back = post_form(&mut sample, &path, &[("consent", "accept")]);
    let body = redeem(&mut sample, &sent(&back, "code").unwrap()).value();
    let claims = payload(text(&body, "id_token"));
    assert_eq!(
        (&claims["acct"], &claims["preferred_username"]),
        (&json!(1), &json!("gustav@fabrikam.example"))
    );
    assert_eq!(claims["idp"], "https://sts.windows.net/5f0c3a52-8a1e-4c39-9a47-2f7f5b1f9c02/");
    let token = text(&body, "access_token").to_owned();
    let me = graph(&mut sample, &token, "/v1.0/me?$select=userType,userPrincipalName,mail", false).value();
    assert_eq!((text(&me, "userType"), text(&me, "mail")), ("Guest", "gustav@fabrikam.example"));
    assert_eq!(text(&me, "userPrincipalName"), "gustav_fabrikam.example#EXT#@contoso.example");
    let (_, body) = tried(&mut sample, "ada@contoso.example", None);
    let claims = payload(text(&body, "id_token"));
    assert_eq!((&claims["acct"], claims.get("idp")), (&json!(0), None));
}

#[test]
fn somebody_of_another_tenant_is_sent_to_a_page_without_a_way_back() {
    let mut sample = tenant(5, 2);
    let path = authorize(&sample, "User.Read", &[]);
    let picker = page(&get(&mut sample, Service::SignIn, &path));
    assert!(picker.contains("value=\"olga@woodgrove.example\">Olga Outsider (of another tenant)"));
    assert!(picker.contains("value=\"gustav@fabrikam.example\">Gustav Guest (guest)"));
    let path = authorize(&sample, "User.Read", &[("account", "olga@woodgrove.example")]);
    let refused = get(&mut sample, Service::SignIn, &path);
    assert_eq!((refused.status, refused.header("location")), (400, None));
    assert!(page(&refused).contains(
        "AADSTS50020: User account &#39;olga@woodgrove.example&#39; from identity provider &#39;https://sts.windows.net/"
    ));
    let mut alone = tenant(1, 0);
    let path = authorize(&alone, "User.Read", &[]);
    assert!(!page(&get(&mut alone, Service::SignIn, &path)).contains("Olga"));
}
