//! A plan at a glance: everything about it but its lines.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Kind, Plan, PlanHash, Unchanged};
use crate::env::millis;

/// A plan without its lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// Its hash: what is approved.
    pub hash: PlanHash,
    /// Every kind of change, also those that do not occur.
    pub tallies: Vec<Tally>,
    /// How many lines would be written.
    pub lines: usize,
    /// How many are held back.
    pub withheld: usize,
    /// How many findings there are.
    pub findings: usize,
    /// How many requests it takes.
    pub requests: usize,
    /// The least time it takes under the published limits.
    #[serde(with = "millis")]
    pub estimate: Duration,
    /// What stays as it is.
    pub unchanged: Unchanged,
    /// Whether both sides were read to the end.
    pub complete: bool,
}

/// One kind of change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Which.
    pub kind: Kind,
    /// How many changes; of memberships, how many people.
    pub count: usize,
    /// How many lines.
    pub lines: usize,
}

impl Plan {
    /// The plan at a glance.
    #[must_use]
    pub fn overview(&self) -> Overview {
        let tally = |kind| Tally {
            kind,
            count: self.count(kind),
            lines: self.operations.iter().filter(|operation| operation.kind() == kind).count(),
        };
        Overview {
            hash: self.hash(),
            tallies: Kind::ALL.into_iter().map(tally).collect(),
            lines: self.operations.len(),
            withheld: self.withheld.len(),
            findings: self.findings.len(),
            requests: self.requests(),
            estimate: self.estimate(),
            unchanged: self.unchanged,
            complete: self.complete,
        }
    }
}

impl Overview {
    /// Whether there is nothing to write.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lines == 0
    }
}
