//! What becomes of a failure in the work on registrations: told with its cause, and with a button where a person has to sign in
//! again.

use super::action::Action;
use super::desk::Work;
use super::message::Event;
use super::{SignedIn, Worker};
use crate::entra::denied::{self, Needs, is_wordless, work_out};
use crate::entra::graph::GraphError;
use crate::entra::preflight::{Roles, roles};
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
        Self::Gone(Gone::Failed(error))
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Told(problem)
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
        Some(work_out(error, needs, &signed_in.session.scopes, &known))
    }
}
