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
    /// Whether mappings were reset and not mended.
    unmended: bool,
}

impl Anew {
    pub(super) fn of(board: &Board, facts: &ConnectorFacts) -> Self {
        let due = is_due(facts, board.connector.kept.everybody());
        let (reset, active) = match board.connector.jobs.as_slice() {
            [job] => (!due, job.schedule.is_active()),
            _ => (false, false),
        };
        let unmended = facts.unmended.is_some();
        // A restart would write everybody with the mappings as they are; to reset them once more is a way out.
        Self { restart: reset && active && !unmended, reset, due, unmended }
    }

    /// What to say while a restart or a mend is due.
    pub(super) fn note(self) -> Vec<Block> {
        let mut blocks = if self.unmended { mend() } else { Vec::new() };
        if !self.due {
            return blocks;
        }
        let text = "Whom it provisions was narrowed, and the restart that this takes was not seen to its end. Whoever is not assigned is \
                    deactivated in Databricks with it. The review shows once more what is left to do.";
        blocks.push(Block::note(Tone::Warn, "A restart is due", text));
        blocks.push(buttons(vec![button("Look at the changes", false, &Action::Go(Step::Review))]));
        blocks
    }
}

/// What to say while mappings that were reset are not mended.
fn mend() -> Vec<Block> {
    vec![unmended(), buttons(vec![button("Look at the changes", false, &Action::Go(Step::Review))])]
}

/// The same, for the review.
pub(super) fn unmended() -> Block {
    let text = "They were reset to those of the gallery, which takes externalId from something else than the object id. Before that is mended \
                nothing should start, here or in the Entra admin center. The review mends it.";
    Block::note(Tone::Warn, "The attribute mappings are not mended yet", text)
}

/// Whether a narrowing still lacks its restart. While everybody is in scope, it has not begun.
pub(crate) const fn is_due(facts: &ConnectorFacts, everybody: bool) -> bool {
    facts.restart_due && !everybody
}
