//! Signing in against the sample's sign-in service: from the address to leave for, over its pages, to a session.

use engine::entra::consent::{self, DIRECT_SYNC};
use engine::entra::directory;
use engine::entra::graph::Graph;
use engine::entra::ids::{ClientId, Guid};
use engine::entra::sign_in::{self, Answer, Claims, Session, SignInError, SignInRequest, Transaction};
use engine::http::parse_query;
use engine::setup::Step;
use std::time::Duration;

use super::browser::{Browser, PAGE, person};
use super::world::World;

const SCOPES: [&str; 3] = ["User.Read", "User.Read.All", "GroupMember.Read.All"];

fn begin(world: &World, scopes: &[&str]) -> (String, Transaction) {
    let client = ClientId(Guid::parse(&world.facts().client_id).unwrap());
    let request = SignInRequest {
        cloud: world.cloud(),
        tenant: &world.tenant(),
        client: &client,
        redirect_uri: PAGE,
        scopes,
        step: Step::Register,
        login_hint: None,
        claims: None,
    };
    sign_in::begin(world, &request).unwrap()
}

fn complete(world: &World, transaction: Transaction, answer: Answer) -> Result<Session, SignInError> {
    let inner = world.clone();
    world.run(async move {
        // The token endpoint wants a browser's origin.
        let cloud = inner.cloud().clone();
        sign_in::complete(&Browser(inner), &cloud, &transaction, answer).await
    })
}

fn signed_in(world: &World, account: &str, scopes: &[&str]) -> Result<Session, SignInError> {
    let (url, transaction) = begin(world, scopes);
    let answer = sign_in::read_address(&person(world, &url, account, "accept")).unwrap();
    complete(world, transaction, answer)
}

#[test]
fn an_administrator_signs_in_and_reads_the_directory() {
    let world = World::of(12, 3);
    let session = signed_in(&world, "ada@contoso.example", &SCOPES).unwrap();
    assert_eq!(session.account.username, "ada@contoso.example");
    assert_eq!(session.account.tenant, world.tenant());
    assert!(consent::compare(DIRECT_SYNC, &session.scopes).iter().all(|grant| grant.granted));
    let inner = world.clone();
    let people = world.run(async move {
        let browser = Browser(inner.clone());
        let graph = Graph::new(&browser, inner.cloud(), &session.tokens);
        directory::people(&graph).await
    });
    assert_eq!((people.items.len(), people.broken), (12, None));
}

#[test]
fn before_consent_the_scopes_are_missing() {
    let world = World::of(12, 3);
    let session = signed_in(&world, "ada@contoso.example", &["User.Read"]).unwrap();
    let missing: Vec<_> = consent::compare(DIRECT_SYNC, &session.scopes)
        .into_iter()
        .filter(|grant| !grant.granted)
        .map(|grant| grant.scope.name)
        .collect();
    assert_eq!(missing, ["User.Read.All", "GroupMember.Read.All"]);
}

#[test]
fn an_ordinary_person_is_told_whom_to_ask() {
    let world = World::of(12, 3);
    let Err(SignInError::Refused(error)) = signed_in(&world, "uma@contoso.example", &SCOPES) else {
        panic!("not refused")
    };
    assert_eq!(error.code(), Some(90094));
}

#[test]
fn declining_is_a_refusal_with_its_code() {
    let world = World::of(12, 3);
    let (url, transaction) = begin(&world, &SCOPES);
    let answer = sign_in::read_address(&person(&world, &url, "ada@contoso.example", "cancel")).unwrap();
    let Err(SignInError::Refused(error)) = complete(&world, transaction, answer) else {
        panic!("not refused")
    };
    assert_eq!((error.code(), error.suberror.as_deref()), (Some(65004), Some("cancel")));
}

#[test]
fn an_answer_of_another_visit_is_not_used() {
    let world = World::of(12, 3);
    let (_, ours) = begin(&world, &SCOPES);
    let (url, _) = begin(&world, &SCOPES);
    let answer = sign_in::read_address(&person(&world, &url, "ada@contoso.example", "accept")).unwrap();
    assert_eq!(complete(&world, ours, answer).unwrap_err(), SignInError::Foreign);
}

#[test]
fn an_answer_after_ten_minutes_is_late() {
    let world = World::of(12, 3);
    let (url, transaction) = begin(&world, &SCOPES);
    let answer = sign_in::read_address(&person(&world, &url, "ada@contoso.example", "accept")).unwrap();
    let inner = world.clone();
    world.run(async move { engine::env::Env::sleep(&inner, Duration::from_secs(601)).await });
    assert_eq!(complete(&world, transaction, answer).unwrap_err(), SignInError::Late);
}

#[test]
fn a_code_is_used_once() {
    let world = World::of(12, 3);
    let (url, transaction) = begin(&world, &SCOPES);
    let back = person(&world, &url, "ada@contoso.example", "accept");
    let answer = || sign_in::read_address(&back).unwrap();
    complete(&world, transaction.clone(), answer()).unwrap();
    let Err(SignInError::Refused(error)) = complete(&world, transaction, answer()) else {
        panic!("not refused")
    };
    assert_eq!(error.code(), Some(54005));
}

#[test]
fn a_session_is_renewed_for_a_day_and_then_ends() {
    let world = World::of(12, 3);
    let session = signed_in(&world, "ada@contoso.example", &SCOPES).unwrap();
    let inner = world.clone();
    world.run(async move {
        let env = Browser(inner.clone());
        let first = session.tokens.access(&env).await.unwrap();
        assert_eq!(first.expose(), session.tokens.access(&env).await.unwrap().expose());
        engine::env::Env::sleep(&env, Duration::from_secs(2 * 3600)).await;
        let second = session.tokens.access(&env).await.unwrap();
        assert_ne!(first.expose(), second.expose());
        engine::env::Env::sleep(&env, Duration::from_secs(23 * 3600)).await;
        let Err(SignInError::Ended(Some(error))) = session.tokens.access(&env).await else {
            panic!("not ended")
        };
        assert_eq!(error.code(), Some(700_084));
    });
}

#[test]
fn the_address_asks_for_what_it_must() {
    let world = World::of(12, 3);
    let (url, _) = begin(&world, &["User.Read"]);
    let (path, query) = url.split_once('?').unwrap();
    assert_eq!(path, format!("http://127.0.0.1:9101/{}/oauth2/v2.0/authorize", world.tenant()));
    let pairs = parse_query(query);
    let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!(value("response_type"), Some("code"));
    assert_eq!(value("response_mode"), Some("fragment"));
    assert_eq!(value("code_challenge_method"), Some("S256"));
    assert_eq!(value("redirect_uri"), Some(PAGE));
    assert_eq!(value("scope"), Some("openid profile offline_access http://127.0.0.1:9102/User.Read"));
    assert_eq!(value("prompt"), Some("select_account"));
    assert_eq!((value("state").unwrap().len(), value("nonce").unwrap().len()), (43, 43));
}

fn query_of(url: &str) -> Vec<(String, String)> {
    parse_query(url.split_once('?').unwrap().1)
}

fn value(pairs: &[(String, String)], name: &str) -> Option<String> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
}

#[test]
fn a_known_account_goes_on_without_choosing_and_proves_what_is_asked() {
    let world = World::of(12, 3);
    let client = ClientId(Guid::parse(&world.facts().client_id).unwrap());
    let wanted = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
    let claims = Claims::parse(wanted).unwrap();
    let request = SignInRequest {
        cloud: world.cloud(),
        tenant: &world.tenant(),
        client: &client,
        redirect_uri: PAGE,
        scopes: &SCOPES,
        step: Step::Scope,
        login_hint: Some("ada@contoso.example"),
        claims: Some(&claims),
    };
    let (url, transaction) = sign_in::begin(&world, &request).unwrap();
    let pairs = query_of(&url);
    assert_eq!(value(&pairs, "login_hint").as_deref(), Some("ada@contoso.example"));
    assert_eq!(value(&pairs, "prompt"), None);
    assert_eq!(value(&pairs, "claims").as_deref(), Some(wanted));
    let answer = sign_in::read_address(&person(&world, &url, "ada@contoso.example", "accept")).unwrap();
    let session = complete(&world, transaction, answer).unwrap();
    assert_eq!(session.account.username, "ada@contoso.example");
}

#[test]
fn each_attempt_has_secrets_of_its_own_and_the_challenge_is_that_of_its_verifier() {
    let world = World::of(12, 3);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let (url, transaction) = begin(&world, &SCOPES);
        let kept: serde_json::Value = serde_json::to_value(&transaction).unwrap();
        let pairs = query_of(&url);
        for name in ["state", "nonce", "verifier"] {
            let secret = kept[name].as_str().unwrap().to_owned();
            assert_eq!(secret.len(), 43);
            assert_eq!(value(&pairs, name), (name != "verifier").then(|| secret.clone()), "{name}");
            assert!(seen.insert(secret), "{name} was used before");
        }
        assert_eq!(value(&pairs, "code_challenge").unwrap().len(), 43);
        assert!(!url.contains(kept["verifier"].as_str().unwrap()));
        assert_eq!(kept["step"], "register");
        assert_eq!(format!("{transaction:?}"), "Transaction for register");
    }
}

#[test]
fn an_answer_of_another_server_is_not_used() {
    let world = World::of(12, 3);
    let own = format!("{}/{}/v2.0", world.cloud().authority, world.tenant());
    for (issuer, foreign) in [(own.as_str(), false), ("https://login.evil.example/v2.0", true), ("", true)] {
        let (url, transaction) = begin(&world, &SCOPES);
        let back = person(&world, &url, "ada@contoso.example", "accept");
        let answer =
            sign_in::read_address(&format!("{back}&iss={}", engine::http::percent_encode(issuer))).unwrap();
        let outcome = complete(&world, transaction, answer);
        assert_eq!(outcome.as_ref().err(), foreign.then_some(&SignInError::Foreign), "{issuer}");
    }
    // An error of another server is not shown either.
    let (url, transaction) = begin(&world, &SCOPES);
    let state = value(&query_of(&url), "state").unwrap();
    let answer = sign_in::read_address(&format!(
        "#error=x&error_description=Call+0800&state={state}&iss=https%3A%2F%2Fevil.example"
    ));
    assert_eq!(complete(&world, transaction, answer.unwrap()).unwrap_err(), SignInError::Foreign);
}

#[test]
fn an_answer_for_another_cloud_is_not_used() {
    let world = World::of(12, 3);
    let (url, transaction) = begin(&world, &SCOPES);
    let answer = sign_in::read_address(&person(&world, &url, "ada@contoso.example", "accept")).unwrap();
    let inner = world.clone();
    let before = world.requests();
    let outcome = world.run(async move {
        let global = engine::entra::clouds::built_in().remove(0);
        sign_in::complete(&Browser(inner), &global, &transaction, answer).await
    });
    assert_eq!(outcome.unwrap_err(), SignInError::OtherCloud);
    assert_eq!(world.requests(), before, "the code went nowhere");
}

#[test]
fn signing_out_comes_back_to_the_page() {
    let world = World::of(12, 3);
    let session = signed_in(&world, "ada@contoso.example", &SCOPES).unwrap();
    // The sample's ID token holds no `login_hint`, as Entra's does not unless it is configured to.
    assert_eq!(
        session.sign_out_url(world.cloud(), PAGE),
        format!(
            "http://127.0.0.1:9101/{}/oauth2/v2.0/logout?post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A8080%2F",
            world.tenant()
        )
    );
}
