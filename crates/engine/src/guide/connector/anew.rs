//! What the board offers to begin anew, and what it has to leave to the review.

use super::super::{button, buttons};
use super::board::Board;
use crate::setup::{ConnectorFacts, Step};
use crate::sheet::{Block, Tone};
use crate::worker::action::Action;

/// What may be offered. The worker looks at the same once more before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anew {
    /// Restarting: that switches the job on, so only one that is on.
    pub restart: bool,
    /// Bringing the gallery's mappings back.
    pub reset: bool,
    /// Whether the restart is due that a narrowing takes.
    due: bool,
}

impl Anew {
    pub(super) fn of(board: &Board, facts: &ConnectorFacts) -> Self {
        let due = is_due(facts, board.connector.kept.everybody());
        let (reset, active) = match board.connector.jobs.as_slice() {
            [job] => (!due, job.schedule.is_active()),
            _ => (false, false),
        };
        Self { restart: reset && active, reset, due }
    }

    /// What to say while a restart is due.
    pub(super) fn note(self) -> Vec<Block> {
        if !self.due {
            return Vec::new();
        }
        let text = "Whom it provisions was narrowed, and the restart that this takes was not seen to its end. Whoever is not assigned is \
                    deactivated in Databricks with it. The review shows once more what is left to do.";
        vec![
            Block::note(Tone::Warn, "A restart is due", text),
            buttons(vec![button("Look at the changes", false, &Action::Go(Step::Review))]),
        ]
    }
}

/// Whether a narrowing still lacks its restart. While everybody is in scope, it has not begun.
pub(crate) const fn is_due(facts: &ConnectorFacts, everybody: bool) -> bool {
    facts.restart_due && !everybody
}
