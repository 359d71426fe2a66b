//! Databricks: where it is, what its SCIM says, how fast it may be asked.

pub mod connection;
pub mod limits;
pub mod relay;
pub mod scim;
pub mod target;
pub mod token;

use crate::databricks::target::Target;
use crate::secret::Secret;

/// How requests reach Databricks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Straight, from a program.
    Direct,
    /// Through the relay beside the page: Databricks sends no CORS headers, so a page cannot call it.
    Relay {
        /// The relay's address, relative to the page, ending in a slash.
        base: String,
    },
}

/// A target, the token for it, and the way there. The token goes to this target and nowhere else.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The account or workspace.
    pub target: Target,
    /// Its token.
    pub token: Secret,
    /// The way.
    pub route: Route,
}

impl Connection {
    /// The address to send a request to, for a path below the target's SCIM base.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        let base = self.target.base_path();
        match &self.route {
            Route::Direct => format!("{}{base}{path}", self.target.origin()),
            Route::Relay { base: relay } => format!("{relay}{}{base}{path}", self.target.host()),
        }
    }
}
