//! Authorize, consent, tokens.

use std::time::Duration;

use sample::{Options, Request, Sample, Service};
use serde_json::Value;

use crate::client::{
    NOW, ORIGIN, REDIRECT, VERIFIER, authorize, get, graph, graph_token, post_form, query, redeem, sent,
    sign_in, tenant, token,
};

const ADA: &str = "ada@contoso.example";
const UMA: &str = "uma@contoso.example";
const SYNC: &str = "openid profile offline_access User.Read User.Read.All GroupMember.Read.All";

fn text(body: &[u8]) -> String {
    String::from_utf8(body.to_vec()).unwrap()
}

#[test]
fn an_administrator_signs_in_and_consents() {
    let mut sample = tenant(5, 2);
    let path = authorize(&sample, SYNC, &[]);
    let picker = get(&mut sample, Service::SignIn, &path);
    assert_eq!(picker.status, 200);
    let page = text(&picker.body);
    assert!(page.contains("<html lang=\"en\">") && page.contains("<h1>Pick an account</h1>"));
    assert!(page.contains("name=\"account\" value=\"ada@contoso.example\""));
    let path = authorize(&sample, SYNC, &[("account", ADA)]);
    let consent = get(&mut sample, Service::SignIn, &path);
    let page = text(&consent.body);
    assert!(page.contains("<h1>Permissions requested</h1>") && page.contains("User.Read.All"));
    let back = post_form(&mut sample, &path, &[("consent", "accept")]);
    assert_eq!(back.status, 302);
    assert!(back.header("location").unwrap().starts_with("http://localhost:8080/#"));
    assert_eq!(sent(&back, "state").as_deref(), Some("st&te"));
    assert!(sent(&back, "session_state").is_some());
    let answer = redeem(&mut sample, &sent(&back, "code").unwrap());
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    assert!(answer.header("cache-control").unwrap().contains("no-store"));
    let body = answer.value();
    assert_eq!(body["scope"], "GroupMember.Read.All User.Read User.Read.All openid profile");
    assert_eq!((&body["expires_in"], &body["token_type"]), (&3599.into(), &"Bearer".into()));
    assert!(body["refresh_token"].is_string());
    let claims = claims(body["id_token"].as_str().unwrap());
    let facts = sample.facts();
    assert_eq!(claims["iss"], format!("http://127.0.0.1:9101/{}/v2.0", facts.tenant_id));
    assert_eq!(
        (&claims["aud"], &claims["tid"]),
        (&facts.client_id.clone().into(), &facts.tenant_id.clone().into())
    );
    assert_eq!(claims["nonce"], "n-1");
    assert_eq!(claims["oid"], sample.directory().person_named(ADA).unwrap().id);
    assert_eq!((&claims["preferred_username"], &claims["ver"]), (&ADA.into(), &"2.0".into()));
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 3_599);
    // The next time nobody is asked anything, and consent counts for everybody.
    let path = authorize(&sample, SYNC, &[("login_hint", ADA)]);
    assert_eq!(get(&mut sample, Service::SignIn, &path).status, 302);
    let path = authorize(&sample, SYNC, &[("account", UMA)]);
    assert!(sent(&get(&mut sample, Service::SignIn, &path), "code").is_some());
}

fn claims(id_token: &str) -> Value {
    let parts: Vec<_> = id_token.split('.').collect();
    assert_eq!(parts.len(), 3);
    let mut bits = 0_u32;
    let mut held = 0;
    let mut bytes = Vec::new();
    for letter in parts[1].bytes() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        bits = bits << 6 | u32::try_from(alphabet.iter().position(|it| *it == letter).unwrap()).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn an_ordinary_person_cannot_grant_what_needs_an_administrator() {
    let mut sample = tenant(5, 2);
    let path = authorize(&sample, SYNC, &[("account", UMA)]);
    let back = get(&mut sample, Service::SignIn, &path);
    assert_eq!(sent(&back, "error").as_deref(), Some("access_denied"));
    assert!(sent(&back, "error_description").unwrap().starts_with("AADSTS90094: "));
    let body = sign_in(&mut sample, UMA, "openid User.Read");
    assert_eq!(body["scope"], "User.Read openid");
    assert!(body.get("refresh_token").is_none());
}

#[test]
fn cancelling_consent_comes_back_as_an_error() {
    let mut sample = tenant(5, 2);
    let path = authorize(&sample, SYNC, &[("account", ADA), ("response_mode", "query")]);
    let back = post_form(&mut sample, &path, &[("consent", "cancel")]);
    assert!(back.header("location").unwrap().starts_with("http://localhost:8080/?error=access_denied&"));
    assert_eq!(sent(&back, "error_subcode").as_deref(), Some("cancel"));
    assert!(sent(&back, "error_description").unwrap().starts_with("AADSTS65004: "));
    assert_eq!(sent(&back, "state").as_deref(), Some("st&te"));
}

#[test]
fn cancelling_counts_even_when_everything_is_granted_already() {
    let mut sample = tenant(5, 2);
    sign_in(&mut sample, ADA, SYNC);
    let path = authorize(&sample, SYNC, &[("account", ADA)]);
    let back = post_form(&mut sample, &path, &[("consent", "cancel")]);
    assert_eq!(sent(&back, "error").as_deref(), Some("access_denied"));
}

#[test]
fn consent_needs_a_click_and_not_only_an_address() {
    let mut sample = tenant(5, 2);
    let path = authorize(&sample, SYNC, &[("account", ADA), ("consent", "accept")]);
    assert_eq!(get(&mut sample, Service::SignIn, &path).status, 200);
}

#[test]
fn what_is_wrong_with_the_application_stays_on_a_page() {
    let mut sample = tenant(5, 2);
    let mut page = |changes: &[(&str, &str)], code: &str| {
        let path = authorize(&sample, SYNC, changes);
        let answer = get(&mut sample, Service::SignIn, &path);
        assert_eq!(answer.status, 400);
        assert!(text(&answer.body).contains(code), "{code}");
    };
    page(&[("client_id", "11111111-1111-4111-8111-111111111111")], "AADSTS700016");
    page(&[("redirect_uri", "http://localhost:8080")], "AADSTS50011");
    page(&[("redirect_uri", "http://evil.example/")], "AADSTS50011");
    let tail = authorize(&sample, SYNC, &[]).split_once("/oauth2").unwrap().1.to_owned();
    for (tenant, code) in [("common", "AADSTS50194"), ("fabrikam.example", "AADSTS90002")] {
        let answer = get(&mut sample, Service::SignIn, &format!("/{tenant}/oauth2{tail}"));
        assert!(text(&answer.body).contains(code), "{code}");
    }
    for tenant in ["contoso.example", "organizations"] {
        assert_eq!(get(&mut sample, Service::SignIn, &format!("/{tenant}/oauth2{tail}")).status, 200);
    }
}

#[test]
fn what_is_wrong_with_the_request_comes_back_to_the_application() {
    let mut sample = tenant(5, 2);
    let mut code = |changes: &[(&str, &str)]| {
        let path = authorize(&sample, SYNC, changes);
        let answer = get(&mut sample, Service::SignIn, &path);
        let description = sent(&answer, "error_description").unwrap();
        (sent(&answer, "error").unwrap(), description.split(':').next().unwrap().to_owned())
    };
    let pair = |error: &str, code: &str| (error.to_owned(), code.to_owned());
    assert_eq!(code(&[("response_type", "token")]), pair("unsupported_response_type", "AADSTS700054"));
    assert_eq!(code(&[("code_challenge_method", "plain")]), pair("invalid_request", "AADSTS501491"));
    assert_eq!(code(&[("code_challenge", "short")]), pair("invalid_request", "AADSTS50147"));
    assert_eq!(code(&[("scope", "User.Reed")]), pair("invalid_client", "AADSTS650053"));
    assert_eq!(code(&[("prompt", "none")]), pair("interaction_required", "AADSTS50058"));
}

#[test]
fn a_prompt_asks_again() {
    let mut sample = tenant(5, 2);
    sign_in(&mut sample, ADA, SYNC);
    let mut heading = |changes: &[(&str, &str)]| {
        let path = authorize(&sample, SYNC, changes);
        let page = text(&get(&mut sample, Service::SignIn, &path).body);
        page.split("<h1>").nth(1).unwrap_or_default().split('<').next().unwrap_or_default().to_owned()
    };
    assert_eq!(heading(&[("login_hint", ADA), ("prompt", "select_account")]), "Pick an account");
    assert_eq!(heading(&[("login_hint", ADA), ("prompt", "consent")]), "Permissions requested");
    assert_eq!(heading(&[("login_hint", ADA), ("prompt", "none")]), "");
    assert_eq!(heading(&[("login_hint", ADA)]), "");
}

#[test]
fn a_code_is_good_once_for_ten_minutes_and_its_own_verifier() {
    let mut sample = tenant(5, 2);
    sign_in(&mut sample, ADA, SYNC);
    let client_id = sample.facts().client_id.clone();
    let fresh = |sample: &mut Sample| {
        let path = authorize(sample, SYNC, &[("login_hint", ADA)]);
        sent(&get(sample, Service::SignIn, &path), "code").unwrap()
    };
    let attempt =
        |sample: &mut Sample, code: &str, origin: Option<&str>, change: (&str, &str), now: Duration| {
            let mut pairs = vec![
                ("grant_type", "authorization_code"),
                ("client_id", client_id.as_str()),
                ("code", code),
                ("redirect_uri", REDIRECT),
                ("code_verifier", VERIFIER),
            ];
            pairs.retain(|(name, _)| *name != change.0);
            pairs.push(change);
            let body = token(sample, origin, &pairs, now).value();
            body["error_codes"][0].as_u64()
        };
    let none = ("x", "");
    let code = fresh(&mut sample);
    assert_eq!(attempt(&mut sample, &code, None, none, NOW), Some(9_002_327));
    assert_eq!(attempt(&mut sample, &code, Some("http://evil.example"), none, NOW), Some(9_002_326));
    assert_eq!(attempt(&mut sample, &code, Some(ORIGIN), ("code_verifier", "other"), NOW), Some(501_481));
    assert_eq!(attempt(&mut sample, &code, Some(ORIGIN), ("redirect_uri", "http://x/"), NOW), Some(50_011));
    assert_eq!(attempt(&mut sample, &code, Some(ORIGIN), ("client_secret", "s"), NOW), Some(700_025));
    assert_eq!(attempt(&mut sample, &code, Some(ORIGIN), none, NOW + Duration::from_secs(600)), Some(70_008));
    assert_eq!(attempt(&mut sample, &code, Some(ORIGIN), none, NOW + Duration::from_secs(599)), None);
    assert_eq!(attempt(&mut sample, &code, Some(ORIGIN), none, NOW), Some(54_005));
}

#[test]
fn errors_have_the_fields_that_support_asks_for() {
    let mut sample = tenant(5, 2);
    let answer = redeem(&mut sample, "1.unknown");
    let body = answer.value();
    assert_eq!((answer.status, &body["error"]), (400, &"invalid_grant".into()));
    assert_eq!(body["error_codes"][0], 9_002_313);
    assert_eq!(body["timestamp"], "2026-11-23 10:33:20Z");
    assert!(body["trace_id"].is_string() && body["correlation_id"].is_string());
    assert!(body["error_uri"].as_str().unwrap().ends_with("/error?code=9002313"));
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
}

#[test]
fn a_refresh_token_lasts_a_day_and_stays_valid_when_used() {
    let mut sample = tenant(5, 2);
    let body = sign_in(&mut sample, ADA, SYNC);
    let refresh = body["refresh_token"].as_str().unwrap().to_owned();
    let client_id = sample.facts().client_id.clone();
    let mut again = |refresh: &str, hours: u64| {
        let pairs =
            [("grant_type", "refresh_token"), ("client_id", client_id.as_str()), ("refresh_token", refresh)];
        token(&mut sample, Some(ORIGIN), &pairs, NOW + Duration::from_secs(hours * 3_600)).value()
    };
    let second = again(&refresh, 20);
    assert!(second["access_token"].is_string());
    assert!(again(&refresh, 21)["access_token"].is_string());
    // The new one inherits the end of the old one.
    let late = again(second["refresh_token"].as_str().unwrap(), 24);
    assert_eq!((&late["error"], &late["error_codes"][0]), (&"invalid_grant".into(), &700_084.into()));
}

#[test]
fn a_scope_without_consent_is_not_refreshed() {
    let mut sample = tenant(5, 2);
    let body = sign_in(&mut sample, ADA, "openid offline_access User.Read");
    let client_id = sample.facts().client_id.clone();
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", client_id.as_str()),
        ("refresh_token", body["refresh_token"].as_str().unwrap()),
        ("scope", "User.Read.All"),
    ];
    let body = token(&mut sample, Some(ORIGIN), &pairs, NOW).value();
    assert_eq!((&body["suberror"], &body["error_codes"][0]), (&"consent_required".into(), &65_001.into()));
}

#[test]
fn consent_for_the_organisation_answers_in_the_query_and_takes_a_while() {
    let mut sample = Sample::new(Options {
        people: 5,
        groups: 2,
        replication: Duration::from_secs(3),
        ..Options::default()
    });
    let facts = sample.facts().clone();
    let pairs = [
        ("client_id", facts.client_id.as_str()),
        (
            "scope",
            "openid profile email offline_access http://127.0.0.1:9102/Application.Read.All \
             http://127.0.0.1:9102/GroupMember.Read.All http://127.0.0.1:9102/User.Read \
             http://127.0.0.1:9102/User.Read.All",
        ),
        ("redirect_uri", REDIRECT),
        ("state", "s1"),
    ];
    let path = format!("/{}/v2.0/adminconsent?{}", facts.tenant_id, query(&pairs));
    let picker = get(&mut sample, Service::SignIn, &path);
    assert!(text(&picker.body).contains("<h1>Pick an account</h1>"));
    let denied = get(&mut sample, Service::SignIn, &format!("{path}&account={UMA}"));
    assert!(sent(&denied, "error_description").unwrap().starts_with("AADSTS90093: "));
    let page = get(&mut sample, Service::SignIn, &format!("{path}&account={ADA}"));
    assert!(text(&page.body).contains("<h1>Permissions requested</h1>"));
    let back = post_form(&mut sample, &format!("{path}&account={ADA}"), &[("consent", "accept")]);
    let location = back.header("location").unwrap();
    assert!(location.starts_with("http://localhost:8080/?admin_consent=True&"), "{location}");
    assert_eq!(sent(&back, "tenant"), Some(facts.tenant_id));
    assert_eq!(sent(&back, "state").as_deref(), Some("s1"));
    let path = authorize(&sample, SYNC, &[("login_hint", ADA)]);
    let code = |sample: &mut Sample| sent(&get(sample, Service::SignIn, &path), "code").unwrap();
    let scope = |sample: &mut Sample, seconds: u64| {
        let code = code(sample);
        let pairs = [
            ("grant_type", "authorization_code"),
            ("client_id", facts.client_id.as_str()),
            ("code", &code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        token(sample, Some(ORIGIN), &pairs, NOW + Duration::from_secs(seconds)).value()["scope"].clone()
    };
    assert_eq!(scope(&mut sample, 2), "");
    assert_eq!(
        scope(&mut sample, 3),
        "Application.Read.All GroupMember.Read.All User.Read User.Read.All openid profile email"
    );
}

#[test]
fn the_headless_application_has_a_secret_and_no_origin() {
    let mut sample = tenant(5, 2);
    let facts = sample.facts().clone();
    let mut ask = |secret: &str, scope: &str, origin: Option<&str>| {
        let pairs = [
            ("grant_type", "client_credentials"),
            ("client_id", facts.sync_client_id.as_str()),
            ("client_secret", secret),
            ("scope", scope),
        ];
        let answer = token(&mut sample, origin, &pairs, NOW);
        (answer.status, answer.value())
    };
    let secret = facts.sync_client_secret.as_str();
    let default = "http://127.0.0.1:9102/.default";
    let (status, body) = ask("wrong", default, None);
    assert_eq!(
        (status, &body["error"], &body["error_codes"][0]),
        (401, &"invalid_client".into(), &7_000_215.into())
    );
    assert_eq!(ask(secret, "http://127.0.0.1:9102/User.Read.All", None).1["error_codes"][0], 1_002_012);
    let (status, body) = ask(secret, default, Some(ORIGIN));
    assert_eq!((status, &body["error_codes"][0]), (400, &9_002_326.into()));
    let (status, body) = ask(secret, default, None);
    assert_eq!(status, 200);
    assert!(body.get("refresh_token").is_none());
    let token = body["access_token"].as_str().unwrap().to_owned();
    assert_eq!(graph(&mut sample, &token, "/v1.0/users?$top=1", false).status, 200);
    assert_eq!(graph(&mut sample, &token, "/v1.0/me", false).status, 400);
}

#[test]
fn only_the_token_endpoint_lets_browsers_in() {
    let mut sample = tenant(5, 2);
    let tenant_id = sample.facts().tenant_id.clone();
    let mut preflight = |path: &str, origin: &str| {
        let request = Request::new("OPTIONS", path)
            .with_header("origin", origin)
            .with_header("access-control-request-method", "POST");
        let answer = sample.answer(Service::SignIn, &request, NOW);
        answer.header("access-control-allow-origin").map(str::to_owned)
    };
    let path = format!("/{tenant_id}/oauth2/v2.0/token");
    assert_eq!(preflight(&path, ORIGIN).as_deref(), Some(ORIGIN));
    assert_eq!(preflight(&path, "http://evil.example"), None);
    assert_eq!(preflight(&path, "http://localhost:808"), None);
    assert_eq!(preflight(&format!("/{tenant_id}/oauth2/v2.0/authorize"), ORIGIN), None);
}

#[test]
fn signing_out_forgets_who_was_signed_in() {
    let mut sample = tenant(5, 2);
    sign_in(&mut sample, ADA, SYNC);
    let path = format!("/contoso.example/oauth2/v2.0/logout?post_logout_redirect_uri={REDIRECT}");
    assert_eq!(get(&mut sample, Service::SignIn, &path).header("location"), Some(REDIRECT));
    let path = authorize(&sample, SYNC, &[("login_hint", ADA)]);
    assert_eq!(get(&mut sample, Service::SignIn, &path).status, 200);
    let away = "/contoso.example/oauth2/v2.0/logout?post_logout_redirect_uri=http://evil.example/";
    assert_eq!(get(&mut sample, Service::SignIn, away).header("location"), None);
}

#[test]
fn an_expired_token_is_refused_by_graph() {
    let mut sample = tenant(5, 2);
    let token = graph_token(&mut sample, "User.Read");
    let request = Request::new("GET", "/v1.0/me").with_header("authorization", &format!("Bearer {token}"));
    let status = |sample: &mut Sample, seconds| {
        sample.answer(Service::Graph, &request, NOW + Duration::from_secs(seconds)).status
    };
    assert_eq!(status(&mut sample, 3_598), 200);
    assert_eq!(status(&mut sample, 3_599), 401);
}
