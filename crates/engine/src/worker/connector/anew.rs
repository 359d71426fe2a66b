//! What makes a job begin anew from the board: a restart, and mappings that are reset.

use super::super::Worker;
use super::super::failure::Failure;
use super::super::work::Work;
use crate::entra::connector::{Job, Restart, jobs, kept, restart, schema};
use crate::entra::ids::ObjectId;
use crate::entra::replication::{Gone, Waiting};
use crate::env::Env;
use crate::guide::connector::anew::is_due;
use crate::problem::Problem;
use crate::sync::journal::Journal;

fn refused(why: impl Into<String>, remedy: &str) -> Failure {
    Problem::new("Nothing was begun anew.", why, remedy).into()
}

impl<E: Env, J: Journal> Worker<E, J> {
    /// The one job that may begin anew, as it is now: what the board shows may be old.
    async fn to_begin_anew(&self, work: &Work<'_, E>, id: &ObjectId) -> Result<Job, Failure> {
        let read = async { Ok((jobs(&work.graph, id).await?, kept(&work.graph, id).await?)) };
        let (jobs, kept) =
            work.control.unless_stopped(read).await.map_err(Gone::from)?.map_err(Gone::Failed)?;
        let job = match jobs.as_slice() {
            [] => return Err(Self::no_job().into()),
            [one] => one.clone(),
            several => {
                let why = format!("The connector has {} jobs, which work against each other.", several.len());
                return Err(refused(why, "Remove all but one first."));
            }
        };
        if is_due(&self.facts(), kept.everybody()) {
            return Err(refused(
                "A restart is due: whom it provisions was narrowed, and whether all who shall stay are assigned was not looked at since.",
                "Look at the changes at the step “Review changes”. What is left to do is done there, and the restart with it.",
            ));
        }
        Ok(job)
    }

    /// Restarts the job. One that is off would be switched on by it, and nothing starts but by the review.
    pub(super) async fn restart_anew(
        &self,
        work: &Work<'_, E>,
        id: &ObjectId,
        what: Restart,
        wait: &dyn Fn(Waiting),
    ) -> Result<(), Failure> {
        let job = self.to_begin_anew(work, id).await?;
        if !job.schedule.is_active() {
            return Err(refused(
                "Provisioning is switched off, and a restart would switch it on without a test.",
                "Look at the changes at the step “Review changes”, then resume.",
            ));
        }
        restart(&work.graph, work.control, wait, (id, &job.id), what).await?;
        self.connector(|known| {
            known.started = Some(self.env.monotonic());
            known.begun_after = Some(job.last_began());
        });
        Ok(())
    }

    /// Brings back the mappings of the gallery, but for `externalId`.
    pub(super) async fn reset_mappings(
        &self,
        work: &Work<'_, E>,
        id: &ObjectId,
        wait: &dyn Fn(Waiting),
    ) -> Result<(), Failure> {
        let job = self.to_begin_anew(work, id).await?;
        let ended = schema::reset_mended(&work.graph, work.control, wait, (id, &job)).await;
        self.connector(|known| known.compared = None);
        ended.map_err(Failure::from)
    }
}
