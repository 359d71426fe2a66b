//! The shortest ways to ask the sample something.

use std::time::Duration;

use sample::{Answer, Options, Request, Sample, Service};
use serde_json::{Value, json};

/// A day in November 2026.
pub(crate) const NOW: Duration = Duration::from_secs(1_795_430_000);
pub(crate) const REDIRECT: &str = "http://localhost:8080/";
pub(crate) const ORIGIN: &str = "http://localhost:8080";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A tenant whose writes are seen at once and whose limits are off.
pub(crate) fn tenant(people: usize, groups: usize) -> Sample {
    Sample::new(Options {
        people,
        groups,
        published_limits: false,
        replication: Duration::ZERO,
        ..Options::default()
    })
}

pub(crate) fn encode(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes()
        .map(|it| if plain(&it) { char::from(it).to_string() } else { format!("%{it:02X}") })
        .collect()
}

pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    pairs.join("&")
}

/// A parameter of the query or the fragment of an answer's location, decoded.
pub(crate) fn sent(answer: &Answer, name: &str) -> Option<String> {
    let location = answer.header("location")?;
    let (_, pairs) = location.split_once(['?', '#'])?;
    let value = pairs.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// The authorize request of a single-page application, with changes.
pub(crate) fn authorize(sample: &Sample, scope: &str, changes: &[(&str, &str)]) -> String {
    let client_id = sample.facts().client_id.clone();
    let mut pairs = vec![
        ("client_id", client_id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", scope),
        ("state", "st&te"),
        ("nonce", "n-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for change in changes {
        pairs.retain(|(name, _)| *name != change.0);
        pairs.push(*change);
    }
    format!("/{}/oauth2/v2.0/authorize?{}", sample.facts().tenant_id, query(&pairs))
}

pub(crate) fn get(sample: &mut Sample, service: Service, path: &str) -> Answer {
    sample.answer(service, &Request::new("GET", path), NOW)
}

/// Posts the same parameters as a form, as the pages do.
pub(crate) fn post_form(sample: &mut Sample, path_and_query: &str, more: &[(&str, &str)]) -> Answer {
    let (path, form) = path_and_query.split_once('?').unwrap();
    let body = format!("{form}&{}", query(more));
    let request = Request::new("POST", path).with_body("application/x-www-form-urlencoded", body);
    sample.answer(Service::SignIn, &request, NOW)
}

/// A request at the token endpoint.
pub(crate) fn token(
    sample: &mut Sample,
    origin: Option<&str>,
    pairs: &[(&str, &str)],
    now: Duration,
) -> Answer {
    let path = format!("/{}/oauth2/v2.0/token", sample.facts().tenant_id);
    let mut request =
        Request::new("POST", &path).with_body("application/x-www-form-urlencoded", query(pairs));
    if let Some(origin) = origin {
        request = request.with_header("origin", origin);
    }
    sample.answer(Service::SignIn, &request, now)
}

pub(crate) fn redeem(sample: &mut Sample, code: &str) -> Answer {
    let client_id = sample.facts().client_id.clone();
    let pairs = [
        ("grant_type", "authorization_code"),
        ("client_id", client_id.as_str()),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    token(sample, Some(ORIGIN), &pairs, NOW)
}

/// Signs somebody in, accepting the consent page if there is one. Gives the token endpoint's answer.
pub(crate) fn sign_in(sample: &mut Sample, account: &str, scope: &str) -> Value {
    let path = authorize(sample, scope, &[("account", account)]);
    let mut answer = get(sample, Service::SignIn, &path);
    if answer.status == 200 {
        answer = post_form(sample, &path, &[("consent", "accept")]);
    }
    let code = sent(&answer, "code").unwrap();
    redeem(sample, &code).value()
}

/// A Graph token of Ada with these scopes.
pub(crate) fn graph_token(sample: &mut Sample, scope: &str) -> String {
    sign_in(sample, "ada@contoso.example", scope)["access_token"].as_str().unwrap().to_owned()
}

pub(crate) fn graph(sample: &mut Sample, token: &str, path: &str, eventual: bool) -> Answer {
    let mut request = Request::new("GET", path).with_header("authorization", &format!("Bearer {token}"));
    if eventual {
        request = request.with_header("consistencylevel", "eventual");
    }
    sample.answer(Service::Graph, &request, NOW)
}

/// A change at Graph.
pub(crate) fn change(sample: &mut Sample, token: &str, method: &str, path: &str, body: &Value) -> Answer {
    change_at(sample, token, method, path, body, NOW)
}

/// A change at Graph at some time.
pub(crate) fn change_at(
    sample: &mut Sample,
    token: &str,
    method: &str,
    path: &str,
    body: &Value,
    now: Duration,
) -> Answer {
    let mut request = Request::new(method, &format!("/v1.0{path}"))
        .with_header("authorization", &format!("Bearer {token}"));
    if path.contains("(uniqueName=") || path.starts_with("/servicePrincipals(appId=") {
        request = request.with_header("prefer", "create-if-missing");
    }
    if !body.is_null() {
        request = request.with_body("application/json", body.to_string());
    }
    sample.answer(Service::Graph, &request, now)
}

/// What it takes to manage applications.
pub(crate) const MANAGE: &str = "User.Read Application.ReadWrite.All DelegatedPermissionGrant.ReadWrite.All AppRoleAssignment.ReadWrite.All";

/// A Graph token with which somebody manages applications; Ada consents for everybody first.
pub(crate) fn managing(sample: &mut Sample, account: &str) -> String {
    graph_token(sample, MANAGE);
    sign_in(sample, account, MANAGE)["access_token"].as_str().unwrap().to_owned()
}

/// The object id of an application's service principal.
pub(crate) fn principal_of(sample: &mut Sample, token: &str, app_id: &str) -> String {
    let path = format!("/v1.0/servicePrincipals(appId='{app_id}')");
    graph(sample, token, &path, false).value()["id"].as_str().unwrap().to_owned()
}

pub(crate) const GRAPH_APP: &str = "00000003-0000-0000-c000-000000000000";

pub(crate) const WORKSPACE: &str = "/api/2.0/preview/scim/v2";

pub(crate) fn account_path(sample: &Sample) -> String {
    format!("/api/2.1/accounts/{}/scim/v2", sample.facts().account_id)
}

/// A request at Databricks with the token that belongs to the path.
pub(crate) fn scim(sample: &mut Sample, method: &str, path: &str, body: &Value, now: Duration) -> Answer {
    let facts = sample.facts();
    let token = if path.contains("/accounts/") { &facts.account_token } else { &facts.workspace_token };
    let mut request = Request::new(method, path).with_header("authorization", &format!("Bearer {token}"));
    if !body.is_null() {
        request = request.with_body("application/scim+json", body.to_string());
    }
    sample.answer(Service::Databricks, &request, now)
}

pub(crate) fn read(sample: &mut Sample, path: &str) -> Answer {
    scim(sample, "GET", path, &Value::Null, NOW)
}

pub(crate) fn post(sample: &mut Sample, path: &str, body: &Value) -> Answer {
    scim(sample, "POST", path, body, NOW)
}

pub(crate) fn patch(sample: &mut Sample, path: &str, operations: &Value) -> Answer {
    let body =
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
    scim(sample, "PATCH", path, &body, NOW)
}

/// The id of the resource with that name, from the store itself.
pub(crate) fn id_of(resources: &[Value], attribute: &str, name: &str) -> String {
    let found = resources.iter().find(|it| it[attribute] == name).unwrap();
    found["id"].as_str().unwrap().to_owned()
}
