//! Looking after a connector: watching it, its log, and what can be done about it.

use std::time::Duration;

use super::super::action::{OfConnector, Risky};
use super::super::failure::Failure;
use super::super::message::Event;
use super::super::work::Work;
use super::super::{SignedIn, Told, Worker};
use crate::entra::connector::Connector;
use crate::entra::connector::guard::{Standing, may_be_a_persons, standing};
use crate::entra::connector::health::health;
use crate::entra::connector::{
    Credentials, Restart, TestError, job as of_job, jobs, look, pause, poll, remove, remove_job, template,
    validate,
};
use crate::entra::graph::GraphError;
use crate::entra::replication::{Gone, Waiting};
use crate::env::Env;
use crate::guide::connector::board::Board;
use crate::guide::connector::owner::{OwnerSeen, OwnerState};
use crate::problem::{Explain as _, Problem};
use crate::setup::{ConnectorFacts, Step, TokenOwner};
use crate::sync::journal::Journal;

impl<E: Env, J: Journal> Worker<E, J> {
    /// Looks at the connector, again and again, until the step is left. Cuts nothing off and is cut off by nothing.
    pub(super) async fn watch(&self, tell: &dyn Fn(Event)) -> Told {
        let signed_in = self.signed_in()?;
        let control = self.renew(|held| &mut held.watching);
        loop {
            let work = self.work(&signed_in, &control)?;
            let Ok(looked) = control.unless_stopped(self.look_once(&work)).await else {
                // The step was left, or another watch took over.
                return Ok(Event::Superseded);
            };
            let missing = |error: &GraphError| error.status() == Some(404);
            let early = matches!(&looked, Err(error) if self.facts().id.is_some() && self.is_early(error));
            if early {
                self.connector(|known| known.early = true);
            }
            let wait = match looked {
                Ok(wait) => wait,
                Err(_) if early => Duration::from_secs(5),
                // It is being removed from here, or was a moment ago.
                Err(error) if missing(&error) && (self.held.borrow().busy || self.facts().id.is_none()) => {
                    Duration::from_secs(5)
                }
                Err(error) if missing(&error) && self.is_gone(&work).await.is_ok_and(|gone| gone) => {
                    let problem = self.let_go(tell);
                    self.connector(|known| known.problem = Some(problem));
                    return Ok(self.sheets(Step::Sync));
                }
                Err(error) => {
                    self.stop_watching(&signed_in, &error, tell);
                    return Ok(self.sheets(Step::Sync));
                }
            };
            self.prove_board(tell);
            tell(self.sheets(Step::Sync));
            if control.sleep(&self.env, wait).await.is_err() {
                return Ok(Event::Superseded);
            }
        }
    }

    /// One look; how long to wait for the next.
    pub(super) async fn look_once(&self, work: &Work<'_, E>) -> Result<Duration, GraphError> {
        let facts = self.facts();
        self.connector(|known| known.early = false);
        let Some(id) = &facts.id else { return Ok(Duration::from_secs(60)) };
        let path = format!("/servicePrincipals/{id}?$select={}", crate::entra::connector::FIELDS);
        let enterprise = work.graph.get("read the connector's enterprise application", &path).await?;
        let connector = look(&work.graph, enterprise).await;
        if let Some(error) = &connector.unread {
            return Err(error.clone());
        }
        if self.facts().id != facts.id {
            // Removed meanwhile, or another one was taken.
            return Ok(Duration::from_secs(5));
        }
        if connector.jobs.is_empty() && facts.job.is_some() && self.is_fresh() {
            // The service answers as of one that has none.
            self.connector(|known| known.early = true);
            return Ok(Duration::from_secs(5));
        }
        let now = self.env.wall();
        let found = match connector.jobs.as_slice() {
            [job] => Some(health(job, now)),
            _ => None,
        };
        let started = self.connector(|known| known.started);
        let since = started.map(|at| self.env.monotonic().saturating_sub(at));
        let wait = found.as_ref().map_or(Duration::from_secs(60), |it| poll::wait(since, &it.state));
        let at = self.env.monotonic();
        let owner = match self.connector(|known| known.board.as_ref().map(|it| it.owner.clone())) {
            Some(seen) if !seen.is_old(facts.owner.as_ref(), at) => seen,
            _ => OwnerSeen {
                of: facts.owner.clone(),
                state: owner_within(work, &connector, facts.owner.as_ref()).await,
                at,
            },
        };
        let made = self.verdict(work, &connector).await;
        self.connector(|known| {
            let before = known.board.take();
            let (mut history, tested) = before.map(|it| (it.history, it.tested)).unwrap_or_default();
            if let [job] = connector.jobs.as_slice() {
                history.note(job);
            }
            known.board = Some(Board {
                connector,
                health: found,
                history,
                looked: now,
                watching: true,
                owner,
                tested,
                made,
            });
        });
        Ok(wait)
    }

    fn stop_watching(&self, signed_in: &SignedIn, error: &GraphError, tell: &dyn Fn(Event)) {
        self.ended(signed_in, error, tell);
        self.connector(|known| {
            known.problem = Some(error.explain());
            if let Some(board) = &mut known.board {
                board.watching = false;
            }
        });
    }

    /// What Graph says of a connector that runs proves the steps that set it up.
    pub(super) fn prove_board(&self, tell: &dyn Fn(Event)) {
        let proofs = self.connector(|known| {
            let board = known.board.as_ref()?;
            // Something else proves nothing, and neither does what could not be read.
            board.made.as_ref().filter(|it| it.foreign.is_none())?;
            let health = board.health.as_ref()?;
            let runs = board.connector.jobs.iter().any(|job| job.schedule.is_active());
            let address = board.connector.kept.address().filter(|_| board.connector.kept.is_complete())?;
            Some((address.to_owned(), runs, health.state.is_sound().then(|| health.headline.clone())))
        });
        let Some((address, runs, synced)) = proofs else {
            // Whatever an earlier look showed: of none, or of several jobs, nobody can say that they are healthy.
            for step in [Step::Sync, Step::Done] {
                tell(Event::Proved { step, proof: None });
            }
            return;
        };
        tell(Event::Proved {
            step: Step::Workspace,
            proof: Some(format!("The connector writes to {address}")),
        });
        if runs {
            for (step, proof) in
                [(Step::Test, "Entra is connected"), (Step::Scope, "As the connector has it")]
            {
                tell(Event::Proved { step, proof: Some(proof.to_owned()) });
            }
        }
        // Switched off is for the review to show and to change.
        let (end_seen, refusals) = self.connector(|known| (known.end_seen, known.refused));
        let on = if refusals {
            "Provisioning is switched on, some were refused"
        } else {
            "Provisioning is switched on"
        };
        tell(Event::Proved { step: Step::Review, proof: runs.then(|| on.to_owned()) });
        tell(Event::Proved { step: Step::Done, proof: synced.clone().filter(|_| end_seen) });
        tell(Event::Proved { step: Step::Sync, proof: synced });
    }

    /// Does what was asked for twice, or needs no second asking.
    pub(super) async fn look_after(
        &self,
        work: &Work<'_, E>,
        action: &OfConnector,
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        let facts = self.facts();
        let Some(id) = facts.id.clone() else { return Ok(()) };
        let job = self.connector(|known| {
            known.board.as_ref().and_then(|it| it.connector.jobs.first()).map(|job| job.id.clone())
        });
        let says = |words: &'static str| {
            move |waiting: Waiting| self.connecting(Step::Sync, words, Some(&waiting), tell)
        };
        let begun = |words: &str| self.connecting(Step::Sync, words, None, tell);
        match action {
            OfConnector::Sure(risky) => self.was_asked(risky)?,
            _ => self.connector(|known| known.sure = None),
        }
        let mut done = None;
        begun("Looking at the connector");
        let enterprise = self.ours(work, &says("Looking at the connector"), &id).await?;
        match (action, job) {
            (OfConnector::Check, _) => {
                begun("Testing the saved credentials");
                let wait = says("Testing the saved credentials");
                let made_from = template(&work.graph, work.control, &wait, &id).await?;
                let tested =
                    validate(&work.graph, work.control, &wait, (&id, &made_from), Credentials::Saved).await;
                let tested = match tested {
                    Ok(()) => Ok(()),
                    Err(error @ TestError::Refused(_)) => Err(error.explain()),
                    Err(TestError::Gone(gone)) => return Err(gone.into()),
                };
                let now = self.env.wall();
                self.connector(|known| {
                    if let Some(board) = &mut known.board {
                        board.tested = Some((now, tested));
                    }
                });
            }
            (OfConnector::Sure(Risky::Pause), Some(job)) => {
                begun("Pausing provisioning");
                pause(&work.graph, work.control, &says("Pausing provisioning"), &id, &job).await?;
            }
            (OfConnector::Sure(Risky::Restart(what)), _) => {
                begun("Restarting provisioning");
                self.restart_anew(work, &id, *what, &says("Restarting provisioning")).await?;
            }
            (OfConnector::Sure(Risky::Reset), _) => {
                begun("Resetting the attribute mappings");
                self.reset_mappings(work, &id, &says("Resetting the attribute mappings")).await?;
                done = Some(("The attribute mappings are reset", "The next cycle looks at everybody anew."));
            }
            (OfConnector::Sure(Risky::RemoveJob(job)), _) => {
                begun("Removing the job");
                // What was asked was which of several goes. One that is gone already was removed by a press before.
                let read = work.control.unless_stopped(jobs(&work.graph, &id)).await;
                let left = read.map_err(Gone::from)?.map_err(Gone::Failed)?;
                if matches!(left.as_slice(), [only] if only.id == *job) {
                    return Err(Problem::new(
                        "No job was removed.",
                        "It is the only one by now: with it provisioning would end.",
                        "Pause provisioning, or remove the connector, where that is meant.",
                    )
                    .into());
                }
                remove_job(&work.graph, work.control, &says("Removing the job"), &id, job).await?;
                done = Some(("The job is removed", "What is left of the connector is shown above."));
            }
            (OfConnector::Sure(Risky::Remove), job) => {
                begun("Removing the connector");
                let wait = says("Removing the connector");
                if let Some(job) = &job
                    && of_job(&work.graph, &id, job).await.is_ok_and(|job| job.schedule.is_active())
                {
                    pause(&work.graph, work.control, &wait, &id, job).await?;
                }
                remove(&work.graph, work.control, &wait, &enterprise).await?;
                self.connector(|known| {
                    known.forget_connector();
                    (known.found, known.removed) = (None, Some(enterprise.display_name.clone()));
                });
                self.keep(tell, |facts| {
                    // What is due at others stays so.
                    let due_elsewhere = facts.due_but(Some(&id));
                    *facts = ConnectorFacts { due_elsewhere, ..ConnectorFacts::default() };
                });
                self.nothing_proved(tell);
            }
            _ => {}
        }
        if self.facts().id.is_some() {
            // What was done shows at once, not at the next look.
            match work.control.unless_stopped(self.look_once(work)).await.map_err(Gone::from)? {
                Ok(_) => {}
                // It was done, and only does not show yet.
                Err(error) if self.is_early(&error) => {}
                Err(error) => return Err(Gone::Failed(error).into()),
            }
            self.prove_board(tell);
        }
        self.connector(|known| known.done = done);
        Ok(())
    }

    /// Without a connector no step of it is proved.
    pub(super) fn nothing_proved(&self, tell: &dyn Fn(Event)) {
        for step in [Step::Workspace, Step::Test, Step::Scope, Step::Review, Step::Sync, Step::Done] {
            tell(Event::Proved { step, proof: None });
        }
    }

    /// Asks once more, or takes the asking back.
    pub(super) fn ask_once_more(&self, shown: Step, risky: Option<&Risky>) -> Event {
        self.connector(|known| {
            known.rarely |= match risky {
                // Where a restart is a way out, its button stands above.
                Some(Risky::Restart(Restart::Usual)) => !known.board.as_ref().is_some_and(Board::is_given_up),
                Some(Risky::Restart(Restart::Full) | Risky::Reset | Risky::Remove) => true,
                _ => false,
            };
            known.sure = risky.cloned();
        });
        self.sheets(shown)
    }

    /// Ends what was not asked right before: a button that is pressed twice, or that stood on a sheet of before. Either way the question has
    /// its answer.
    pub(super) fn was_asked(&self, risky: &Risky) -> Result<(), Problem> {
        let asked = self.connector(|known| known.sure.take());
        if asked.as_ref() == Some(risky) {
            return Ok(());
        }
        Err(Problem::new(
            "Nothing was done.",
            "What was pressed is not what was asked last.",
            "Look at what is shown now, then press it again.",
        ))
    }

    /// Something that takes a job, where there is none.
    pub(super) fn no_job() -> Problem {
        Problem::new(
            "There is no provisioning job.",
            "It was not made yet, or was removed.",
            "Go to the step “Review changes”: what is missing is shown and made there.",
        )
    }
}

/// Whether the person whose token is used has come to be provisioned by it.
async fn owner_within<E: Env>(
    work: &Work<'_, E>,
    connector: &Connector,
    owner: Option<&TokenOwner>,
) -> OwnerState {
    const WAY_OUT: &str = "When they are deactivated in Entra or leave the scope, so is their token, and provisioning stops. First enter the token \
                           of a service principal, test it and write it; only then take them out.";
    let owner = match (owner, connector.kept.address()) {
        (Some(TokenOwner::Person(owner)), _) => owner,
        (None, Some(address)) if may_be_a_persons(address, &work.graph.cloud.databricks) => {
            return OwnerState::NotSaid;
        }
        (Some(TokenOwner::NoPerson) | None, _) => return OwnerState::Fine,
    };
    let everybody = connector.kept.everybody();
    let how = match standing(&work.graph, &connector.enterprise, everybody, &owner.id, &[]).await {
        Standing::Outside => return OwnerState::Fine,
        Standing::Unknown(error) => return OwnerState::Unknown(error.explain()),
        Standing::Everybody => format!("Everybody is provisioned, and {} is among them.", owner.name),
        Standing::Assigned => format!("{} is assigned.", owner.name),
        Standing::Member(group) => format!("{} is a member of “{group}”, which is assigned.", owner.name),
    };
    OwnerState::Within(format!("{how} {WAY_OUT}"))
}
