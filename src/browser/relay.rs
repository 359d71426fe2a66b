//! Whether a relay answers beside the page: without one the page cannot reach Databricks.

use serde::Deserialize;

use super::fetch;

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
    match fetch::get(base).await {
        Some(answer) if answer.fine => serde_json::from_str::<Hello>(&answer.text)
            .map_or(Relay::Absent, |hello| Relay::Answers(hello.hosts)),
        _ => Relay::Absent,
    }
}
