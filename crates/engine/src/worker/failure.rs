//! What becomes of a failure in the work on registrations: told with its cause, and with a button where a person has to sign in
//! again.

use super::action::Action;
use super::message::Event;
use super::work::Work;
use super::{SignedIn, Worker};
use crate::entra::denied::{self, Needs, is_wordless, work_out};
use crate::entra::graph::GraphError;
use crate::entra::ids::ClientId;
use crate::entra::preflight::{Roles, roles};
use crate::entra::registration::{Application, Kind};
use crate::entra::replication::Gone;
use crate::env::Env;
use crate::problem::{Explain as _, Problem};
use crate::sync::journal::Journal;

/// Why work on registrations did not come to its end.
#[derive(Debug)]
pub(super) enum Failure {
    /// The directory did not play along.
    Gone(Gone),
    /// Something with words of its own.
    Told(Problem),
}

impl From<Gone> for Failure {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

impl From<GraphError> for Failure {
    fn from(error: GraphError) -> Self {
        Self::Gone(error.into())
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Told(problem)
    }
}

impl Failure {
    /// The same, with what was being done: a wait that was stopped, or that took too long, knows no object.
    pub(super) fn of(self, doing: &str) -> Self {
        match self {
            Self::Gone(gone @ (Gone::Stopped | Gone::TimeUp(_))) => Self::Told(gone.explain_for(doing)),
            other => other,
        }
    }
}

/// What an action does, behind "could not".
pub(super) fn doing(action: &Action, client: &ClientId) -> String {
    match action {
        Action::Look => format!("look at the registration of the application {client}"),
        Action::Mend(_) => format!("change the registration of the application {client}"),
        Action::Standing => format!("read what was consented to for the application {client}"),
        Action::Grant(scopes) => format!("grant for the tenant: {}", scopes.join(", ")),
        Action::TakeBack(_) => format!("take back what was consented to for the application {client}"),
        Action::Preflight => "read your roles and the licence of the tenant".to_owned(),
        Action::Make { name, .. } => format!("make the application \"{name}\""),
        Action::List => "look for what this wizard made in the tenant".to_owned(),
        Action::Remove { client, .. } => format!("remove the registration of the application {client}"),
        _ => "change the directory".to_owned(),
    }
}

/// What an action takes.
pub(super) fn needs(action: &Action) -> &'static Needs {
    match action {
        Action::Mend(_) | Action::Make { .. } | Action::Remove { .. } => &denied::CHANGE,
        Action::Grant(_) | Action::TakeBack(_) => &denied::GRANT,
        Action::Standing => &denied::STANDING,
        _ => &denied::LOOK,
    }
}

/// An application of one kind stands where the other is wanted.
pub(super) fn other_kind(application: &Application, wanted: Kind) -> Problem {
    let name = &application.display_name;
    let (what, todo) = match wanted {
        Kind::Page => (
            format!("The registration “{name}” carries the tag of an application for runs on a schedule."),
            "Register one that only the page signs in with.",
        ),
        Kind::Unattended => (
            format!("“{name}” is what a page signs in with, and not an application for runs on a schedule."),
            "If it stands under the key of the other kind, remove it under “What this wizard made in the tenant”, then make one.",
        ),
    };
    let tag = wanted.other().tag();
    Problem::new(
        what,
        "Runs on a schedule need a secret and permissions of their own; the application of a page must never have either. Nothing \
         was changed.",
        format!("{todo} If the tag is there by mistake, take {tag} out of “tags” in its manifest, and try again."),
    )
    .detail("application (client) ID", application.client_id().to_string())
}

impl<E: Env, J: Journal> Worker<E, J> {
    /// What to show of an outcome; nothing, when it went well.
    pub(super) async fn told(
        &self,
        signed_in: &SignedIn,
        work: &Work<'_, E>,
        needs: &Needs,
        outcome: Result<(), Failure>,
        tell: &dyn Fn(Event),
    ) -> Option<Problem> {
        let gone = match outcome {
            Ok(()) => return None,
            Err(Failure::Told(problem)) => return Some(problem),
            Err(Failure::Gone(gone)) => gone,
        };
        let Gone::Failed(error) = &gone else { return Some(gone.explain()) };
        if !is_wordless(error) {
            self.ended(signed_in, error, tell);
            return Some(error.explain());
        }
        let read = self.held.borrow().desk.roles();
        let known = match read {
            Some(known) => known,
            None => roles(&work.graph).await.unwrap_or(Roles::Unknown),
        };
        Some(work_out(error, needs, &signed_in.scopes.borrow(), &known))
    }
}
