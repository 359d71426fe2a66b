//! Whether a relay answers beside the page: without one the page cannot reach Databricks.

use engine::env::Env;
use engine::http::{Method, Request};
use serde::Deserialize;

use super::env::Browser;

/// What is known about the relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Relay {
    /// Not asked yet.
    Unknown,
    /// Nothing answers, or it is switched off.
    Absent,
    /// It answers, for these hosts.
    Answers(Vec<String>),
}

#[derive(Deserialize)]
struct Hello {
    hosts: Vec<String>,
}

/// Asks.
pub(crate) async fn probe(base: &str) -> Relay {
    let request =
        Request::new(Method::Get, base).header("x-scim-setup", "1").header("accept", "application/json");
    match Browser.send(request).await {
        Ok(answer) if answer.is_success() => serde_json::from_slice::<Hello>(&answer.body)
            .map_or(Relay::Absent, |hello| Relay::Answers(hello.hosts)),
        _ => Relay::Absent,
    }
}
