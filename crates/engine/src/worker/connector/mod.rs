//! Entra's own provisioning behind the page: finding, testing, writing and watching a connector.

mod find;
mod test;

use futures::channel::oneshot;

use super::action::OfConnector;
use super::desk::Work;
use super::failure::Failure;
use super::message::Event;
use super::{Told, Worker};
use crate::entra::consent::holds;
use crate::entra::denied::{self, Needs, work_out};
use crate::entra::ids::ObjectId;
use crate::entra::preflight::{Role, Roles};
use crate::entra::replication::{Gone, Waiting};
use crate::env::Env;
use crate::guide::connector::{Known, State};
use crate::problem::Problem;
use crate::setup::{ConnectorFacts, Step};
use crate::sheet::Form;
use crate::stop::Control;
use crate::sync::journal::Journal;

impl<E: Env, J: Journal> Worker<E, J> {
    /// Does what was pressed.
    pub(super) async fn of_connector(&self, action: &OfConnector, tell: &dyn Fn(Event)) -> Told {
        let step = match action {
            OfConnector::Enter => return Ok(self.sheets(self.held.borrow().desk.step.unwrap_or(Step::Test))),
            OfConnector::Find => Step::Workspace,
            OfConnector::Use { id, name } => return Ok(self.take(id, name, tell)),
            OfConnector::Test | OfConnector::TestSaved => Step::Test,
        };
        let signed_in = self.signed_in()?;
        let under_way = self.begin()?;
        let control = self.renew(|held| &mut held.managing);
        let work = self.work(&signed_in, &control)?;
        self.connector(|known| known.problem = None);
        let outcome = match self.may(&signed_in.session.scopes) {
            Err(problem) => Err(problem.into()),
            Ok(()) => match action {
                OfConnector::Find => self.find_connectors(&work, tell).await,
                OfConnector::Test => self.test_connector(&work, false, tell).await,
                OfConnector::TestSaved => self.test_connector(&work, true, tell).await,
                OfConnector::Enter | OfConnector::Use { .. } => Ok(()),
            },
        };
        let problem = self.worked_out(&work, &denied::CONNECT, outcome, &signed_in, tell).await;
        self.connector(|known| {
            known.working = None;
            match known.test.iter_mut().find(|it| it.state == State::Running) {
                Some(stage) if step == Step::Test && problem.is_some() => {
                    (stage.state, stage.problem) = (State::Failed, problem);
                    let open = known.test.iter_mut().filter(|it| it.state == State::Waiting);
                    open.for_each(|it| it.state = State::Skipped);
                }
                _ => known.problem = problem,
            }
        });
        drop(under_way);
        Ok(self.sheets(step))
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
            Err(Failure::Gone(Gone::TimeUp(Some(error)))) if error.status() == Some(401) => {
                let known = self.held.borrow().desk.roles().unwrap_or(Roles::Unknown);
                Some(work_out(&error, needs, &signed_in.session.scopes, &known))
            }
            outcome => self.told(signed_in, work, needs, outcome, tell).await,
        }
    }

    /// Changes what is known of the connector.
    fn connector<T>(&self, change: impl FnOnce(&mut Known) -> T) -> T {
        change(&mut self.held.borrow_mut().desk.connector)
    }

    /// Says what is under way.
    fn connecting(&self, step: Step, words: &str, waiting: Option<&Waiting>, tell: &dyn Fn(Event)) {
        self.connector(|known| known.working = Some(super::desk::words(words, waiting)));
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

    /// Takes one that is there.
    fn take(&self, id: &ObjectId, name: &str, tell: &dyn Fn(Event)) -> Event {
        self.forget_test(tell);
        self.keep(tell, |facts| {
            *facts = ConnectorFacts {
                name: name.to_owned(),
                id: Some(id.clone()),
                owner: facts.owner.clone(),
                ..ConnectorFacts::default()
            };
        });
        self.sheets(Step::Workspace)
    }

    /// What was tested before is void.
    fn forget_test(&self, tell: &dyn Fn(Event)) {
        self.connector(|known| (known.test, known.passed) = (Vec::new(), false));
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
            _ => Ok(Event::Done),
        }
    }
}
