//! Cycles of before this visit, as the log tells them.

use super::super::super::Worker;
use super::super::super::failure::Failure;
use super::super::super::message::Event;
use super::super::super::work::Work;
use super::LOOKED_UP;
use crate::entra::connector::log::{self, End, Query};
use crate::env::Env;
use crate::problem::Explain as _;
use crate::setup::Step;
use crate::sync::journal::Journal;

impl<E: Env, J: Journal> Worker<E, J> {
    /// Reads what the log has of earlier cycles.
    pub(in crate::worker::connector) async fn recall(
        &self,
        work: &Work<'_, E>,
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        self.connecting(Step::Sync, "Reading earlier cycles from the provisioning log", None, tell);
        let (_, job) = self.job_of()?;
        let read = log::read(&work.graph, work.control, &Query::of(&job), LOOKED_UP).await;
        let log = read.map_err(|error| Failure::from(error.explain()))?;
        self.connector(|known| {
            if let Some(board) = &mut known.board {
                board.history.recall(&job, &log.entries, log.end == End::Whole);
            }
        });
        Ok(())
    }
}
