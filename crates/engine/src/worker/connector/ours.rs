//! Whether the application on record is a connector at all: its id may come with a file, and name anything.

use super::super::Worker;
use super::super::failure::Failure;
use super::super::work::Work;
use crate::entra::connector::{Connector, Enterprise, Kept, Made, Origin, is_connector, look, origin, read};
use crate::entra::ids::ObjectId;
use crate::entra::replication::{Gone, Waiting};
use crate::env::Env;
use crate::guide::connector::board::Verdict;
use crate::problem::Problem;
use crate::sync::journal::Journal;

impl<E: Env, J: Journal> Worker<E, J> {
    /// Reads the application on record, and ends it where that is something else: before everything that the board writes.
    pub(super) async fn ours(
        &self,
        work: &Work<'_, E>,
        tell: &dyn Fn(Waiting),
        id: &ObjectId,
    ) -> Result<Enterprise, Failure> {
        let enterprise = read(&work.graph, work.control, tell, id).await?;
        let from = work.control.unless_stopped(origin(&work.graph)).await.map_err(Gone::from)?;
        self.is_ours(work, &from.map_err(Gone::Failed)?, &enterprise).await?;
        Ok(enterprise)
    }

    /// Why it is none, where that is so. What it was made from never changes, and is read once; where that fails, nothing is said of it.
    pub(super) async fn verdict(&self, work: &Work<'_, E>, connector: &Connector) -> Option<Verdict> {
        let before = self.connector(|known| {
            let board = known.board.as_ref().and_then(|it| it.made.as_ref()).map(|it| it.origin.clone());
            board.or_else(|| known.found.as_ref().map(|it| it.origin.clone()))
        });
        let origin = match before {
            Some(origin) => origin,
            None => origin(&work.graph).await.ok()?,
        };
        let parts = (&connector.enterprise, &connector.kept);
        let ours = is_connector(&origin, parts, &self.facts(), &work.graph.cloud.databricks);
        let foreign = (!ours).then(|| foreign(&connector.enterprise, &origin));
        Some(Verdict { origin, foreign })
    }

    /// Ends it where the application on record is something else, which a file may name. Where it writes to is asked only where that decides.
    pub(super) async fn is_ours(
        &self,
        work: &Work<'_, E>,
        from: &Origin,
        enterprise: &Enterprise,
    ) -> Result<(), Failure> {
        let (facts, extra) = (self.facts(), &work.graph.cloud.databricks);
        let ours = |kept: &Kept| is_connector(from, (enterprise, kept), &facts, extra);
        // Made from Databricks' own entry it can be nothing else; one from the entry for anything shows by where it writes.
        if from.kind(&enterprise.application_template_id) == Made::Connector {
            return Ok(());
        }
        let looked = look(&work.graph, enterprise.clone());
        let connector = work.control.unless_stopped(looked).await.map_err(Gone::from)?;
        match connector.unread {
            _ if ours(&connector.kept) => Ok(()),
            Some(error) => Err(Gone::Failed(error).into()),
            None => Err(foreign(enterprise, from).into()),
        }
    }
}

/// The connector on record is something else: its token must not come there, nor a job.
pub(super) fn foreign(enterprise: &Enterprise, from: &Origin) -> Problem {
    Problem::new(
        format!("“{}” is no connector.", enterprise.display_name),
        format!(
            "That enterprise application was not made from “{}”, nor does it write to Databricks: it belongs to something else.",
            from.name
        ),
        "Take a connector that is listed at the step “Databricks workspace”, or have a new one made.",
    )
}
