//! Which deletions are held back, by the log.

use super::super::super::Worker;
use super::super::super::failure::Failure;
use super::super::super::message::Event;
use super::super::super::work::Work;
use super::LOOKED_UP;
use crate::entra::connector::log::{self, Query};
use crate::entra::connector::trace::Action;
use crate::env::{Env, Timestamp};
use crate::guide::connector::held::{Held, too_many};
use crate::problem::Explain as _;
use crate::setup::Step;
use crate::sync::journal::Journal;

/// Held back they are in the cycle at whose end the job is set apart. How long that took is not told for a cycle of before.
const A_DAY: u64 = 86_400_000;

impl<E: Env, J: Journal> Worker<E, J> {
    /// Reads which deletions are held back in this quarantine.
    pub(in crate::worker::connector) async fn read_held(
        &self,
        work: &Work<'_, E>,
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        self.connecting(Step::Sync, "Reading which deletions are held back", None, tell);
        let (_, job) = self.job_of()?;
        let since = self.connector(|known| known.board.as_ref().and_then(too_many).map(|it| it.since));
        // Meanwhile it is not set apart any more, or for something else.
        let Some(since) = since else { return Ok(()) };
        let query = Query {
            action: Some(Action::StagedDelete),
            since: since.map(|at| Timestamp(at.0.saturating_sub(A_DAY))),
            ..Query::of(&job)
        };
        let read = log::read(&work.graph, work.control, &query, LOOKED_UP).await;
        let found = read.map(|log| (log.entries, log.end)).map_err(|error| error.explain());
        self.connector(|known| known.held = Some(Held { since, found }));
        Ok(())
    }
}
