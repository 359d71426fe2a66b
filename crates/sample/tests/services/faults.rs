//! Faults and determinism.

use std::time::Duration;

use sample::{Level, Options, Sample, Service};
use serde_json::{Value, json};

use crate::client::{NOW, WORKSPACE, graph, graph_token, post, read, sign_in};

fn options(seed: u64, faults: Option<u64>) -> Options {
    Options { seed, faults, people: 30, groups: 5, published_limits: false, ..Options::default() }
}

/// Everything that a short conversation brings, as one text.
fn conversation(options: Options) -> String {
    let mut sample = Sample::new(options);
    let mut heard = serde_json::to_string(sample.facts()).unwrap();
    heard
        .push_str(&sign_in(&mut sample, "ada@contoso.example", "openid User.Read User.Read.All").to_string());
    let token = graph_token(&mut sample, "User.Read.All");
    let users = graph(&mut sample, &token, "/v1.0/users", false);
    heard.push_str(&format!("{:?}{}", users.headers, String::from_utf8_lossy(&users.body)));
    for at in 0..200 {
        let body = json!({ "userName": format!("u{at}@contoso.example") });
        let answer = post(&mut sample, &format!("{WORKSPACE}/Users"), &body);
        heard.push_str(&format!("{}{:?}{}{:?}", answer.status, answer.headers, answer.cut, answer.delay));
        heard.push_str(&String::from_utf8_lossy(&read(&mut sample, &format!("{WORKSPACE}/Users")).body));
    }
    heard
}

#[test]
fn a_seed_gives_the_same_bytes() {
    assert!(conversation(options(1, None)) == conversation(options(1, None)));
    assert!(conversation(options(1, None)) != conversation(options(2, None)));
}

#[test]
fn faults_are_the_same_too_and_every_kind_occurs() {
    let run = || {
        let mut sample = Sample::new(options(1, Some(7)));
        let answers: Vec<_> = (0..600)
            .map(|at| {
                let body = json!({ "userName": format!("u{at}@contoso.example") });
                post(&mut sample, &format!("{WORKSPACE}/Users"), &body)
            })
            .collect();
        (answers, sample.writes())
    };
    let (answers, writes) = run();
    let (again, _) = run();
    let look = |all: &[sample::Answer]| -> Vec<(u16, bool, Duration)> {
        all.iter().map(|it| (it.status, it.cut, it.delay)).collect()
    };
    assert_eq!(look(&answers), look(&again));
    let many =
        |status: u16, cut: bool| answers.iter().filter(|it| it.status == status && it.cut == cut).count();
    assert!(many(429, false) > 0 && many(500, false) > 0 && many(503, false) > 0);
    assert!(many(503, true) > 0, "cut before the effect");
    assert!(many(201, true) > 0, "cut after the effect");
    assert_eq!(writes, many(201, false) + many(201, true));
    assert!(answers.iter().all(|it| it.delay > Duration::ZERO));
    let limited = answers.iter().find(|it| it.status == 500).unwrap().value();
    assert_eq!(limited["error_code"], "REQUEST_LIMIT_EXCEEDED");
}

#[test]
fn patience_always_gets_through() {
    for seed in 0..20 {
        let mut sample = Sample::new(Options { replication: Duration::ZERO, ..options(seed, Some(seed)) });
        for at in 0..50 {
            let body = json!({ "userName": format!("u{at}@contoso.example") });
            let done = (0..4).any(|_| {
                let answer = post(&mut sample, &format!("{WORKSPACE}/Users"), &body);
                !answer.cut && matches!(answer.status, 201 | 409)
            });
            assert!(done, "seed {seed}, user {at}");
        }
        let made: Vec<Value> = sample.scim_users(Level::Workspace);
        let mine = made.iter().filter(|it| it["userName"].as_str().unwrap().starts_with('u')).count();
        assert_eq!(mine, 50, "no user twice, none lost");
    }
}

#[test]
fn without_faults_nothing_takes_time() {
    let mut sample = Sample::new(options(1, None));
    let answer = crate::client::get(&mut sample, Service::SignIn, "/portal");
    assert_eq!((answer.delay, answer.cut), (Duration::ZERO, false));
    let answer = sample.answer(Service::Databricks, &sample::Request::new("GET", "/"), NOW);
    assert_eq!((answer.delay, answer.cut), (Duration::ZERO, false));
}

#[test]
fn parts_of_a_batch_fail_by_themselves() {
    // A seed whose first faults come after the sign-in.
    let mut sample = Sample::new(options(1, Some(1)));
    let token = graph_token(&mut sample, "User.Read.All");
    let parts: Vec<Value> =
        (0..20).map(|id| json!({ "id": id.to_string(), "method": "GET", "url": "/users" })).collect();
    let mut statuses = std::collections::BTreeMap::new();
    for _ in 0..60 {
        let request = sample::Request::new("POST", "/v1.0/$batch")
            .with_header("authorization", &format!("Bearer {token}"))
            .with_body("application/json", json!({ "requests": parts }).to_string());
        let answer = sample.answer(Service::Graph, &request, NOW);
        if answer.status != 200 || answer.cut {
            continue;
        }
        for part in answer.value()["responses"].as_array().unwrap() {
            *statuses.entry(part["status"].as_u64().unwrap()).or_insert(0) += 1;
        }
    }
    assert_eq!(statuses.keys().copied().collect::<Vec<_>>(), [200, 429, 500, 503, 504]);
    assert!(statuses[&200] > statuses.values().sum::<i32>() * 4 / 5, "{statuses:?}");
}
