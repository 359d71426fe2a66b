//! What services answer of a connector that they have not heard of yet.

use super::super::Worker;
use crate::entra::graph::GraphError;
use crate::entra::replication::{BUDGET, Settling};
use crate::env::Env;
use crate::sync::journal::Journal;

impl<E: Env, J: Journal> Worker<E, J> {
    /// Whether this failure says only that the connector was made, or begun, too short a time ago. Later the same answer means what it says:
    /// it is gone, or the rights are missing.
    pub(super) fn is_early(&self, error: &GraphError) -> bool {
        Settling::Service.is_not_yet(error) && self.is_fresh()
    }

    /// Whether the connector was made, or begun, so short a time ago that not every service has heard of it.
    pub(super) fn is_fresh(&self) -> bool {
        let facts = self.facts();
        let wall = [facts.sent, facts.job_sent].into_iter().flatten();
        let fresh = |age: std::time::Duration| age <= BUDGET;
        let made = wall.filter_map(|at| at.age(self.env.wall())).any(fresh);
        let begun = self.connector(|known| known.started).map(|at| self.env.monotonic().saturating_sub(at));
        made || begun.is_some_and(fresh)
    }
}
