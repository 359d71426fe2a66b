//! Entra's own provisioning behind the page: finding, testing, writing and watching a connector.

mod anew;
mod board;
mod early;
mod find;
mod groups;
mod inquiry;
mod ours;
mod own;
mod review;
mod test;
mod whose;

use std::cell::Cell;

use futures::channel::oneshot;

use super::action::{OfConnector, Risky};
use super::failure::Failure;
use super::message::Event;
use super::work::Work;
use super::{Told, Worker};
use crate::entra::connector::expiry;
use crate::entra::connector::set_up::Stage;
use crate::entra::consent::holds;
use crate::entra::denied::{self, Needs, work_out};
use crate::entra::ids::ObjectId;
use crate::entra::preflight::{Role, Roles};
use crate::entra::replication::{Gone, Waiting};
use crate::env::{Env, Timestamp};
use crate::guide::connector::{Known, State};
use crate::problem::Problem;
use crate::setup::{ConnectorFacts, Step};
use crate::sheet::Form;
use crate::stop::Control;
use crate::sync::journal::Journal;

impl<E: Env, J: Journal> Worker<E, J> {
    /// Does what was pressed.
    pub(super) async fn of_connector(&self, action: &OfConnector, tell: &dyn Fn(Event)) -> Told {
        let shown = self.held.borrow().desk.last.unwrap_or(Step::Test);
        let step = match action {
            OfConnector::Enter => return Box::pin(self.enter(shown, tell)).await,
            OfConnector::Watch => return self.watch(tell).await,
            OfConnector::Use { id, name } => return self.take(id, name, shown, tell).await,
            OfConnector::Add(groups) => return Ok(self.add(groups)),
            OfConnector::Ask(risky) => return Ok(self.ask_once_more(shown, Some(risky))),
            OfConnector::PeopleOf(groups) => return Box::pin(self.people_of(groups, shown, tell)).await,
            OfConnector::ProveBy(id) => return Ok(self.prove_by(id)),
            OfConnector::Keep => return Ok(self.ask_once_more(shown, None)),
            OfConnector::Report => return Ok(self.report_of_connector()),
            OfConnector::Calendar => return Ok(self.calendar()),
            OfConnector::Setup => return Ok(self.setup_of_connector()),
            OfConnector::Find => shown,
            OfConnector::Test | OfConnector::TestSaved => Step::Test,
            OfConnector::Examine => Step::Scope,
            OfConnector::Own(_) => Step::Done,
            OfConnector::Compare | OfConnector::PassOver(_) | OfConnector::Begin(_) => Step::Review,
            OfConnector::Sure(Risky::TakeAway(_)) => Step::Review,
            OfConnector::Check
            | OfConnector::Sure(_)
            | OfConnector::Failures
            | OfConnector::Held
            | OfConnector::Recall
            | OfConnector::Provision { .. }
            | OfConnector::LookUp => Step::Sync,
        };
        let reads = matches!(
            action,
            OfConnector::Find
                | OfConnector::Examine
                | OfConnector::Compare
                | OfConnector::PassOver(_)
                | OfConnector::Failures
                | OfConnector::Held
                | OfConnector::Recall
                | OfConnector::LookUp
                | OfConnector::Check
        );
        if !matches!(action, OfConnector::Provision { .. }) {
            // The words that asked go with it.
            self.connector(|known| known.unsaid = None);
        }
        self.connected(step, reads, tell, async |work| match action {
            OfConnector::Find => self.find_connectors(work, tell).await,
            OfConnector::Test => self.test_connector(work, false, tell).await,
            OfConnector::TestSaved => self.test_connector(work, true, tell).await,
            OfConnector::Examine => self.examine(work, tell).await,
            OfConnector::Compare => self.compare(work, tell).await,
            OfConnector::PassOver(ids) => self.pass_over(work, ids, tell).await,
            OfConnector::Begin(writes) => self.begin_provisioning(work, writes, tell).await,
            OfConnector::Failures => self.failures(work, tell).await,
            OfConnector::Held => self.read_held(work, tell).await,
            OfConnector::Recall => self.recall(work, tell).await,
            OfConnector::Provision { id, is_group } => {
                self.provision_listed(work, (id, *is_group), tell).await
            }
            OfConnector::LookUp => self.look_up(work, tell).await,
            OfConnector::Own(shown) => self.own(work, shown.as_deref(), tell).await,
            OfConnector::Sure(Risky::TakeAway(ids)) => self.take_away(work, ids, tell).await,
            other => self.look_after(work, other, tell).await,
        })
        .await
    }

    /// Work on the connector, one at a time; what fails is shown at its step.
    async fn connected<'w>(
        &'w self,
        step: Step,
        reads: bool,
        tell: &dyn Fn(Event),
        does: impl AsyncFnOnce(&Work<'_, E>) -> Result<(), Failure>,
    ) -> Told {
        let signed_in = self.signed_in()?;
        // What only reads gives way to what comes next; what writes goes on to its end.
        let under_way = if reads { None } else { Some(self.begin()?) };
        self.refuse_while_busy().or_else(|problem| if reads { Err(problem) } else { Ok(()) })?;
        let control = self.renew(|held| &mut held.managing);
        let work = self.work(&signed_in, &control)?;
        self.connector(|known| {
            (known.problem, known.working, known.done) = (None, None, None);
            known.problem_at = Some(step);
        });
        // What was granted since the sign-in counts.
        let may = self.may(&signed_in.scopes.borrow());
        let outcome = match may {
            Err(problem) => Err(problem.into()),
            Ok(()) => does(&work).await,
        };
        if reads && !self.held.borrow().managing.is(&control) {
            return Ok(Event::Superseded);
        }
        // Assigning takes another permission than the rest.
        let assigning = step == Step::Review
            && self.connector(|known| {
                let running = known.carried.iter().find(|it| it.state == State::Running);
                running.is_some_and(|it| it.name == Stage::Assign.title())
            });
        let needs = if assigning { &denied::ASSIGN } else { &denied::CONNECT };
        let problem = self.worked_out(&work, needs, outcome, &signed_in, tell).await;
        self.connector(|known| {
            known.working = None;
            let stages = match step {
                Step::Test => &mut known.test,
                Step::Review => &mut known.carried,
                _ => &mut Vec::new(),
            };
            match stages.iter_mut().find(|it| it.state == State::Running) {
                Some(stage) if problem.is_some() => {
                    (stage.state, stage.problem) = (State::Failed, problem);
                    let open = stages.iter_mut().filter(|it| it.state == State::Waiting);
                    open.for_each(|it| it.state = State::Skipped);
                }
                _ => known.problem = known.problem.take().or(problem),
            }
        });
        drop(under_way);
        // Another step may be shown by now.
        let shown = self.held.borrow().desk.last.unwrap_or(step);
        Ok(self.sheets(shown))
    }

    /// Reads what belongs to a step that was entered, where it is not known yet.
    async fn enter(&self, step: Step, tell: &dyn Fn(Event)) -> Told {
        let signed_in = self.held.borrow().signed_in.is_some();
        let facts = self.facts();
        if step == Step::Done {
            self.connector(|known| known.end_seen = true);
            self.prove_board(tell);
        }
        let (found, compared, busy) = {
            let held = self.held.borrow();
            let known = &held.desk.connector;
            (known.found.is_some(), known.compared.is_some(), held.busy)
        };
        let action = match step {
            _ if !signed_in => None,
            // What is being done goes on; its sheet shows it.
            _ if busy && step != Step::Sync => None,
            Step::Workspace if !found => Some(OfConnector::Find),
            Step::Review if !compared && facts.id.is_some() => Some(OfConnector::Compare),
            Step::Sync if facts.id.is_some() => Some(OfConnector::Watch),
            Step::Sync if !found && !busy => Some(OfConnector::Find),
            _ => None,
        };
        match action {
            Some(action) => self.of_connector(&action, tell).await,
            None => Ok(self.sheets(step)),
        }
    }

    /// A calendar entry for the token's last day.
    fn calendar(&self) -> Event {
        let facts = self.facts();
        let on = facts.token_ends.as_deref().and_then(|day| Timestamp::parse(&format!("{day}T00:00:00Z")));
        let Some(on) = on else { return Event::Done };
        let text = expiry::calendar(&facts.name, "Databricks token", on, self.env.wall());
        Event::Offer { name: "scim-setup-token.ics".to_owned(), kind: "text/calendar".to_owned(), text }
    }

    /// The setup as a file, for a colleague or the command line.
    fn setup_of_connector(&self) -> Event {
        let held = self.held.borrow();
        let text = held.desk.page.as_ref().map(|page| page.setup.to_json()).unwrap_or_default();
        Event::Offer { name: "scim-setup.json".to_owned(), kind: "application/json".to_owned(), text }
    }

    /// What was set up, for the record. It holds no secret.
    fn report_of_connector(&self) -> Event {
        let held = self.held.borrow();
        let setup = held.desk.page.as_ref().map(|page| &page.setup);
        let board = held.desk.connector.board.as_ref();
        let health = board.and_then(|it| it.health.as_ref());
        let report = serde_json::json!({
            "made": self.env.wall().rfc3339(),
            "setup": setup,
            "state": health.map(|it| it.headline.clone()),
            "looked": board.map(|it| it.looked.rfc3339()),
            "counts": health.map(|it| it.counts.iter().map(|it| (it.key.clone(), it.value)).collect::<Vec<_>>()),
        });
        let text = serde_json::to_string_pretty(&report).unwrap_or_default();
        Event::Offer { name: "scim-setup-report.json".to_owned(), kind: "application/json".to_owned(), text }
    }

    /// The provisioning service answers who has no rights as it answers who comes too early. So what is known of the rights is looked at first.
    fn may(&self, scopes: &[String]) -> Result<(), Problem> {
        let lacking: Vec<&str> =
            denied::CONNECT.scopes.iter().copied().filter(|name| !holds(name, scopes)).collect();
        if !lacking.is_empty() {
            return Err(Problem::new(
                "The connector cannot be worked with.",
                format!("The sign-in lacks a permission: {}.", lacking.join(", ")),
                "Grant it at the step “Permissions and consent”.",
            ));
        }
        let roles = self.held.borrow().desk.roles();
        match roles.and_then(|roles| roles.suffice(Role::manages_applications)) {
            Some(false) => Err(Problem::new(
                "The connector cannot be worked with.",
                "Your account has no directory role that manages applications.",
                "Ask for the role Cloud Application Administrator, activate it, or have somebody with that role do this step.",
            )),
            Some(true) | None => Ok(()),
        }
    }

    /// What to show of an outcome. After a long wait, "too early" was "no rights" after all.
    async fn worked_out(
        &self,
        work: &Work<'_, E>,
        needs: &Needs,
        outcome: Result<(), Failure>,
        signed_in: &super::SignedIn,
        tell: &dyn Fn(Event),
    ) -> Option<Problem> {
        match outcome {
            Err(Failure::Gone(Gone::TimeUp(Some(error)))) if matches!(error.status(), Some(401 | 403)) => {
                let known = self.held.borrow().desk.roles().unwrap_or(Roles::Unknown);
                Some(work_out(&error, needs, &signed_in.scopes.borrow(), &known))
            }
            outcome => self.told(signed_in, work, needs, outcome, tell).await,
        }
    }

    /// Changes what is known of the connector.
    fn connector<T>(&self, change: impl FnOnce(&mut Known) -> T) -> T {
        change(&mut self.held.borrow_mut().desk.connector)
    }

    /// Draws a form that was filled in without what was wrong before: what is wrong now is new then, also where it is the same.
    fn nothing_wrong(&self, step: Step, tell: &dyn Fn(Event)) {
        if self.connector(|known| !std::mem::take(&mut known.wrong).is_empty()) {
            tell(self.sheets(step));
        }
    }

    /// Says what is under way.
    fn connecting(&self, step: Step, words: &str, waiting: Option<&Waiting>, tell: &dyn Fn(Event)) {
        self.connector(|known| known.working = Some(super::work::words(words, waiting)));
        tell(self.sheets(step));
    }

    fn facts(&self) -> ConnectorFacts {
        let held = self.held.borrow();
        held.desk.page.as_ref().and_then(|page| page.setup.connector.clone()).unwrap_or_default()
    }

    /// Changes the facts, and has the page put them on record.
    fn keep(&self, tell: &dyn Fn(Event), change: impl FnOnce(&mut ConnectorFacts)) {
        let mut facts = self.facts();
        change(&mut facts);
        let text = serde_json::to_string(&facts).unwrap_or_default();
        if let Some(page) = &mut self.held.borrow_mut().desk.page {
            page.setup.connector = Some(facts);
        }
        tell(Event::Keep(text));
    }

    /// The same, and waits until they are on record.
    async fn keep_first(
        &self,
        control: &Control,
        tell: &dyn Fn(Event),
        change: impl FnOnce(&mut ConnectorFacts),
    ) -> Result<(), Problem> {
        let (kept, waits) = oneshot::channel();
        self.held.borrow_mut().keeping.push(kept);
        self.keep(tell, change);
        let lost = || {
            Problem::new(
                "Nothing was sent.",
                "The page could not put on record that it would be sent.",
                "Reload the page, then try again.",
            )
        };
        match control.unless_stopped(waits).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(lost()),
        }
    }

    /// Takes one that is there; on the board, looks at it.
    async fn take(&self, id: &ObjectId, name: &str, shown: Step, tell: &dyn Fn(Event)) -> Told {
        // What is being written is put on record for the one that it is written to.
        self.refuse_while_busy()?;
        self.forget_test(tell);
        self.nothing_proved(tell);
        self.connector(|known| {
            known.forget_connector();
            (known.wrong, known.typed) = (Vec::new(), Vec::new());
        });
        // What it was told and how it works stays, until a person says otherwise.
        let taken = self.connector(|known| {
            let all = known.found.iter().flat_map(|it| &it.connectors);
            all.clone().find(|it| it.enterprise.object_id() == *id).cloned()
        });
        let settings = taken.as_ref().filter(|it| it.kept.is_complete()).map(|it| it.kept.settings());
        let required = taken.as_ref().filter(|it| !it.jobs.is_empty());
        let required = required.and_then(|it| it.enterprise.app_role_assignment_required);
        self.keep(tell, |facts| {
            let due_elsewhere = facts.due_but(Some(id));
            *facts = ConnectorFacts {
                name: name.to_owned(),
                id: Some(id.clone()),
                mail: settings.as_ref().and_then(|it| it.mail.clone()),
                threshold: settings.as_ref().and_then(|it| it.threshold),
                assignment_required: required.unwrap_or(false),
                // That it was made here stays known of the one that was.
                sent: facts.sent.filter(|_| facts.name == name),
                // Whose token it is, and how long it lives, is said of one connector.
                owner: facts.owner.clone().filter(|_| facts.id.as_ref() == Some(id)),
                token_ends: facts.token_ends.clone().filter(|_| facts.id.as_ref() == Some(id)),
                restart_due: facts.is_due(id),
                due_elsewhere,
                ..ConnectorFacts::default()
            };
        });
        if let Some(address) = taken.as_ref().and_then(|it| it.kept.address()) {
            tell(Event::Target(address.to_owned()));
        }
        match shown {
            Step::Sync => self.watch(tell).await,
            _ => Ok(self.sheets(Step::Workspace)),
        }
    }

    /// What was tested before is void, and what would come of it.
    fn forget_test(&self, tell: &dyn Fn(Event)) {
        self.connector(|known| {
            (known.test, known.passed, known.compared) = (Vec::new(), false, None);
            // That was said of one target.
            known.passed_over.clear();
        });
        tell(Event::Proved { step: Step::Test, proof: None });
    }

    /// Takes what was filled in.
    pub(super) async fn fill_connector(
        &self,
        form: Form,
        values: &[(String, String)],
        tell: &dyn Fn(Event),
    ) -> Told {
        match form {
            Form::Connector => self.about(values, tell).await,
            Form::Settings => self.settings(values, tell),
            Form::Paste => {
                let chosen = Cell::new(None);
                let shown = self
                    .connected(Step::Scope, true, tell, async |work| {
                        chosen.set(self.pasted(work, values, tell).await?);
                        Ok(())
                    })
                    .await?;
                if let Some(scope) = chosen.take() {
                    tell(shown);
                    return Ok(Event::Choose(scope));
                }
                Ok(shown)
            }
            _ => {
                self.connected(Step::Sync, form != Form::OnDemand, tell, async |work| {
                    self.inquire(work, form, values, tell).await
                })
                .await
            }
        }
    }
}
