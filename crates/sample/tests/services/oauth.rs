//! Databricks' own OAuth at the account.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sample::{Answer, Request, Sample, Service};
use serde_json::json;

use crate::client::{NOW, account_path, query, tenant};

fn ask(sample: &mut Sample, client: (&str, &str), pairs: &[(&str, &str)]) -> Answer {
    let path = format!("/oidc/accounts/{}/v1/token", sample.facts().account_id);
    let basic = STANDARD.encode(format!("{}:{}", client.0, client.1));
    let request = Request::new("POST", &path)
        .with_header("authorization", &format!("Basic {basic}"))
        .with_body("application/x-www-form-urlencoded", query(pairs));
    sample.answer(Service::Databricks, &request, NOW)
}

const GOOD: [(&str, &str); 2] = [("grant_type", "client_credentials"), ("scope", "all-apis")];

fn read(sample: &mut Sample, path: &str, token: &str, now: Duration) -> u16 {
    let request = Request::new("GET", path).with_header("authorization", &format!("Bearer {token}"));
    sample.answer(Service::Databricks, &request, now).status
}

#[test]
fn a_token_opens_the_account_under_both_versions_for_an_hour() {
    let mut sample = tenant(5, 2);
    let facts = sample.facts().clone();
    let answer = ask(&mut sample, (&facts.account_client_id, &facts.account_client_secret), &GOOD);
    assert_eq!((answer.status, &answer.value()["expires_in"]), (200, &3_600.into()));
    let token = answer.value()["access_token"].as_str().unwrap().to_owned();
    let new = format!("{}/Users", account_path(&sample));
    let old = new.replace("/2.1/", "/2.0/");
    assert_eq!(read(&mut sample, &new, &token, NOW), 200);
    assert_eq!(read(&mut sample, &old, &token, NOW), 200);
    assert_eq!(read(&mut sample, "/api/2.0/preview/scim/v2/Users", &token, NOW), 401);
    assert_eq!(read(&mut sample, &old, &token, NOW + Duration::from_secs(3_599)), 200);
    assert_eq!(read(&mut sample, &old, &token, NOW + Duration::from_secs(3_600)), 401);
}

#[test]
fn a_token_has_no_more_rights_than_its_service_principal() {
    let mut sample = tenant(5, 2);
    let facts = sample.facts().clone();
    let answer = ask(&mut sample, (&facts.account_client_id, &facts.account_client_secret), &GOOD);
    let token = answer.value()["access_token"].as_str().unwrap().to_owned();
    let base = account_path(&sample);
    let list = format!("{base}/ServicePrincipals");
    let request = Request::new("GET", &list).with_header("authorization", &format!("Bearer {token}"));
    let all = sample.answer(Service::Databricks, &request, NOW).value();
    assert_eq!(all["Resources"][0]["applicationId"], facts.account_client_id.as_str());
    let path = format!("{list}/{}", all["Resources"][0]["id"].as_str().unwrap());
    for (operation, status) in [
        (json!({ "op": "remove", "path": "roles[value eq \"account_admin\"]" }), 403),
        (json!({ "op": "replace", "path": "active", "value": false }), 401),
    ] {
        assert_eq!(crate::client::patch(&mut sample, &path, &json!([operation])).status, 200);
        assert_eq!(read(&mut sample, &list, &token, NOW), status);
    }
}

#[test]
fn what_gets_no_token() {
    let mut sample = tenant(5, 2);
    let facts = sample.facts().clone();
    let (id, secret) = (facts.account_client_id.as_str(), facts.account_client_secret.as_str());
    for (client, pairs, status, error) in [
        ((id, "dose0"), GOOD, 401, "invalid_client"),
        ((&facts.sync_client_id, secret), GOOD, 401, "invalid_client"),
        ((id, secret), [("grant_type", "password"), GOOD[1]], 400, "unsupported_grant_type"),
        ((id, secret), [GOOD[0], ("scope", "email")], 400, "invalid_scope"),
    ] {
        let answer = ask(&mut sample, client, &pairs);
        assert_eq!((answer.status, &answer.value()["error"]), (status, &error.into()));
    }
    let elsewhere = Request::new("POST", "/oidc/accounts/11111111-1111-4111-8111-111111111111/v1/token");
    assert_eq!(sample.answer(Service::Databricks, &elsewhere, NOW).status, 404);
}

#[test]
fn the_host_says_where_tokens_are() {
    let mut sample = tenant(5, 2);
    let config =
        sample.answer(Service::Databricks, &Request::new("GET", "/.well-known/databricks-config"), NOW);
    let account = sample.facts().account_id.clone();
    let issuer = format!("http://127.0.0.1:9103/oidc/accounts/{account}");
    assert_eq!(config.value(), json!({ "account_id": account, "oidc_endpoint": issuer }));
    let path = format!("/oidc/accounts/{account}/.well-known/oauth-authorization-server");
    let discovery = sample.answer(Service::Databricks, &Request::new("GET", &path), NOW).value();
    assert_eq!(discovery["token_endpoint"], format!("{issuer}/v1/token"));
}
