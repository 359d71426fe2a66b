//! Whether Databricks itself was asked. It is with the token that somebody entered in this visit, through a relay beside the page, and not
//! otherwise.

use crate::problem::Problem;
use crate::sheet::{Block, Tone};

/// Why Databricks was not asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAsked {
    /// There is no token in memory.
    Token,
    /// The token in memory is for another target than the connector writes to.
    Target,
    /// Nothing relays for this page.
    Relay,
    /// The relay does not let this host through.
    Host(String),
}

impl NotAsked {
    /// What to know of it.
    #[must_use]
    pub fn explain(&self) -> Problem {
        let (why, remedy) = match self {
            Self::Token => (
                "No token for it is in memory: Entra keeps its own and shows it to nobody.".to_owned(),
                "Where a relay stands beside this page, enter the token at the step “Databricks workspace”, then look again.",
            ),
            Self::Target => (
                "The token in memory is for another target than the connector writes to.".to_owned(),
                "Enter the connector’s own address and token at the step “Databricks workspace”, then look again.",
            ),
            Self::Relay => (
                "It answers no page at another address, and no relay stands beside this one.".to_owned(),
                "Look in Databricks itself, or serve the page with a relay: `scim-setup serve --allow HOST`.",
            ),
            Self::Host(host) => (
                format!("The relay beside this page does not let {host} through."),
                "Look in Databricks itself, or have whoever serves this page allow that host.",
            ),
        };
        Problem::new("Databricks was not asked.", why, remedy)
    }

    pub(super) fn note(&self) -> Block {
        let Problem { what, why, remedy, .. } = self.explain();
        Block::note(Tone::Plain, what.trim_end_matches('.'), format!("{why} {remedy}"))
    }
}

/// What became of asking Databricks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It answered.
    Yes,
    /// It was not asked.
    No(NotAsked),
    /// It was asked, and did not answer.
    Failed(Problem),
}
