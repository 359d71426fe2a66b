//! What work in the tenant needs, and that only one is under way at a time.

use std::cell::RefCell;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use super::message::{Application, Command, Event, NOT_NOW};
use super::{Held, SignedIn, Worker};
use crate::entra::graph::Graph;
use crate::entra::ids::ClientId;
use crate::entra::replication::Waiting;
use crate::env::Env;
use crate::guide::Page;
use crate::problem::Problem;
use crate::setup::Step;
use crate::stop::Control;
use crate::sync::journal::Journal;

/// What all work in the tenant needs.
pub(super) struct Work<'w, E> {
    pub(super) graph: Graph<'w, E>,
    pub(super) control: &'w Control,
    pub(super) page: Page,
    pub(super) client: ClientId,
}

/// Work in the tenant that is under way, until this is dropped.
pub(super) struct UnderWay<'u>(&'u RefCell<Held>);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut held = self.0.borrow_mut();
        held.busy = false;
        held.doing = None;
    }
}

impl<E: Env, J: Journal> Worker<E, J> {
    /// Begins work, where none is under way: what has begun to write goes on to its end, or until a person stops it.
    pub(super) fn begin(&self) -> Result<UnderWay<'_>, Problem> {
        self.refuse_while_busy()?;
        let mut held = self.held.borrow_mut();
        held.busy = true;
        held.doing = held.pressed.take();
        drop(held);
        Ok(UnderWay(&self.held))
    }

    /// Whether the very same was pressed or filled in before and is under way: a press too many. What is given now is noted otherwise, for
    /// what it begins.
    pub(super) fn is_doing(&self, command: &Command) -> bool {
        let pressed = match command {
            Command::Do(action) => Some(digest(action)),
            Command::Fill { form, values } => Some(digest(&(form, values))),
            _ => None,
        };
        let mut held = self.held.borrow_mut();
        let again = held.busy && pressed.is_some() && held.doing == pressed;
        held.pressed = pressed;
        again
    }

    pub(super) fn refuse_while_busy(&self) -> Result<(), Problem> {
        if !self.held.borrow().busy {
            return Ok(());
        }
        Err(Problem::new(
            NOT_NOW,
            "Something else is being done in the tenant, and this would cut it off in the middle.",
            "Wait until it has ended, or press “Stop waiting” there first.",
        ))
    }

    pub(super) fn work<'w>(
        &'w self,
        signed_in: &'w SignedIn,
        control: &'w Control,
    ) -> Result<Work<'w, E>, Problem> {
        let page = self.held.borrow().desk.page.clone().ok_or_else(no_application)?;
        let client = page.setup.client.clone().ok_or_else(no_application)?;
        let tenant = &signed_in.session.account.tenant;
        if page.setup.tenant.as_ref() != Some(tenant) || signed_in.session.tokens.client() != Some(&client) {
            return Err(signed_in_elsewhere(&client));
        }
        Ok(Work { graph: self.graph(signed_in).under(control), control, page, client })
    }

    /// Says what is under way, with the attempts where there are several.
    pub(super) fn working(&self, step: Step, words: &str, waiting: Option<&Waiting>, tell: &dyn Fn(Event)) {
        let words = self::words(words, waiting);
        {
            let mut held = self.held.borrow_mut();
            match step {
                Step::Register => held.desk.register.working = Some(words),
                _ => held.desk.consent.working = Some(words),
            }
        }
        tell(self.sheets(step));
    }
}

fn digest(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// What is under way, with the attempts where there are several.
pub(super) fn words(words: &str, waiting: Option<&Waiting>) -> String {
    match waiting {
        Some(Waiting { attempts, waited, budget }) => format!(
            "{words}: attempt {}, {} of at most {} seconds",
            attempts + 1,
            waited.as_secs(),
            budget.as_secs()
        ),
        None => format!("{words}…"),
    }
}

/// The application that the page signs in with; none while one that came from elsewhere waits to be confirmed.
pub(super) fn application(page: &Page) -> Option<Application> {
    if page.setup.unconfirmed.client {
        return None;
    }
    Some(Application {
        cloud: page.cloud.clone(),
        tenant: page.setup.tenant.clone()?,
        client: page.setup.client.clone()?,
        redirect_uri: page.base.clone(),
        way: page.setup.way,
    })
}

/// The page has moved on to another application, and the sign-in has not.
fn signed_in_elsewhere(client: &ClientId) -> Problem {
    Problem::new(
        "You are signed in for another application.",
        "The setup has changed since, and nothing is done in one tenant for the sake of another. Nothing was changed.",
        "Sign in again at “Register the application”.",
    )
    .detail("application (client) ID of the setup", client.to_string())
}

pub(super) fn no_application() -> Problem {
    Problem::new(
        "There is no application yet.",
        "Its two IDs are not known here.",
        "Register it at the step “Register the application”.",
    )
}
