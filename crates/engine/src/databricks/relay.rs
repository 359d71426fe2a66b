//! What the relay beside a page says of itself. No token goes there for it.

use serde::Deserialize;

use crate::databricks::{Connection, Route};
use crate::env::Env;
use crate::http::{Method, Request};

/// Whether requests reach a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// They do.
    Open,
    /// Nothing relays for this page, and Databricks answers no page.
    NoRelay,
    /// The relay does not let this host through.
    Closed,
}

#[derive(Deserialize)]
struct Hello {
    hosts: Vec<String>,
}

/// The question that a relay answers about itself.
pub(super) fn hello(base: &str) -> Request {
    Request::new(Method::Get, base).header("x-scim-setup", "1").header("accept", "application/json")
}

/// Looks whether there is a way to the target.
pub async fn reach(env: &impl Env, connection: &Connection) -> Reach {
    let Route::Relay { base } = &connection.route else { return Reach::Open };
    let answer = env.send(hello(base)).await.ok().filter(|it| it.is_success() && !it.is_html());
    let said = answer.and_then(|it| serde_json::from_slice::<Hello>(&it.body).ok());
    match said {
        None => Reach::NoRelay,
        Some(said) if said.hosts.iter().any(|host| host == connection.target.host()) => Reach::Open,
        Some(_) => Reach::Closed,
    }
}
