//! What became of everybody who is assigned, and provisioning those at once of whom nothing is known.

use super::super::super::Worker;
use super::super::super::failure::Failure;
use super::super::super::message::Event;
use super::super::super::work::Work;
use super::LOOKED_UP;
use super::who::Who;
use crate::entra::connector::assignment::{Holder, assignments};
use crate::entra::connector::log::{self, Query};
use crate::entra::connector::on_demand::OnDemand;
use crate::entra::connector::schema::{self, Table};
use crate::entra::directory;
use crate::entra::ids::ObjectId;
use crate::entra::replication::Gone;
use crate::env::Env;
use crate::guide::connector::asked::Asked;
use crate::guide::connector::board::is_through;
use crate::guide::connector::looked::{Looked, LookedUp};
use crate::problem::{Explain as _, Problem};
use crate::setup::Step;
use crate::sync::journal::Journal;

impl<E: Env, J: Journal> Worker<E, J> {
    /// Looks up what became of everybody who is assigned, by the log and by Databricks itself.
    pub(in crate::worker::connector) async fn look_up(
        &self,
        work: &Work<'_, E>,
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        self.connecting(Step::Sync, "Looking everybody up", None, tell);
        let (id, job) = self.job_of()?;
        let connector = self.connector(|known| known.board.as_ref().map(|it| it.connector.clone()));
        let connector = connector.ok_or_else(Self::no_job)?;
        let assigned = assignments(&work.graph, &connector.enterprise);
        let assigned = work.control.unless_stopped(assigned).await.map_err(Gone::from)?;
        if let Some(error) = assigned.broken {
            return Err(Gone::Failed(error).into());
        }
        // Service principals are not provisioned.
        let assigned: Vec<_> = assigned.items.into_iter().filter(|it| it.holder != Holder::Other).collect();
        let read = log::read(&work.graph, work.control, &Query::of(&job), LOOKED_UP).await;
        let schema = work.control.unless_stopped(schema::read(&work.graph, &id, &job)).await;
        let table = schema.map_err(Gone::from)?.ok().map(|it| Table::of(&it));
        let (mut there, asked) = self.ask_for_all(work, &connector, &assigned, table.as_ref(), tell).await?;
        let (entries, log) = match read {
            Ok(log) => (log.entries, Ok(matches!(log.end, log::End::Whole))),
            // Without a licence there is no log. Databricks may know all the same.
            Err(error) if asked == Asked::Yes => (Vec::new(), Err(error.explain())),
            Err(error) => return Err(error.explain().into()),
        };
        let all = assigned.into_iter().map(|it| {
            // The newest comes first.
            let last = entries
                .iter()
                .find(|entry| entry.trace.source.id.eq_ignore_ascii_case(it.principal.as_str()));
            let is_group = it.holder == Holder::Group;
            let there = there.remove(&it.principal);
            Looked { id: it.principal, name: it.name, is_group, entry: last.cloned(), there }
        });
        let looked = LookedUp { at: self.env.wall(), all: all.collect(), log, asked };
        self.connector(|known| {
            // In the middle of the cycle it is not the look that was meant.
            if known.board.as_ref().is_some_and(|board| is_through(board, known)) {
                known.begun_after = None;
            }
            known.looked = Some(looked);
        });
        Ok(())
    }

    /// Provisions somebody at once who was listed.
    pub(in crate::worker::connector) async fn provision_listed(
        &self,
        work: &Work<'_, E>,
        (id, is_group): (&ObjectId, bool),
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        let owner = self.token_owner().map(|it| it.id);
        if owner.as_ref() == Some(id) {
            return Err(Problem::new(
                "Nobody was provisioned.",
                "The connector uses the token of this person. Who is provisioned is deactivated one day, and the token with them.",
                "Take them out of the assignments, after the token of a service principal was entered and written.",
            )
            .into());
        }
        let read = async {
            Ok(if is_group {
                Who::Group(directory::group(&work.graph, id).await?)
            } else {
                Who::Person(Box::new(directory::person(&work.graph, id).await?))
            })
        };
        let who = work.control.unless_stopped(read).await.map_err(Gone::from)?.map_err(Gone::Failed)?;
        if let Some(question) = self.may_be_the_owner(&who) {
            let remedy = "Press once more only where you know that it is not.";
            return Err(Problem::new("Nobody was provisioned yet.", question, remedy).into());
        }
        self.on_demand(work, &who, owner.as_ref(), tell).await
    }

    /// Keeps what became of somebody on demand: the log shows it minutes later.
    pub(in crate::worker::connector) fn came(&self, told: &OnDemand) {
        let now = self.env.wall();
        let came = told.others.iter().chain([&told.object]).map(|trace| (now, trace.clone()));
        self.connector(|known| known.came.extend(came));
    }
}
