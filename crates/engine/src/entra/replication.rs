//! Waiting until a change shows everywhere. The directory has many copies, and one that has not heard of a new object answers
//! in ways that look like failures.
//!
//! Which answers mean "not yet" is what Microsoft's own Terraform provider (`azuread`) and its predecessor retry on.

use std::time::Duration;

use super::graph::{GraphError, GraphErrorKind};
use crate::env::Env;
use crate::problem::{Explain, Problem};
use crate::stop::{Control, Stopped};

/// How long a change may take to show, at most, before the wait is given up (180 s is what careful scripts wait).
///
/// It holds for the provisioning service too, to which other tools give five minutes: that answers to who comes too early as to who lacks
/// the rights, and nobody is to wait longer to be told that. Whoever tries again goes on with the same application and job, so what is given
/// up is the watching and nothing else.
pub const BUDGET: Duration = Duration::from_secs(180);
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(15);

/// What is tried while copies of the directory may lag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settling {
    /// Reading what was made a moment ago.
    Read,
    /// Changing what was made a moment ago.
    Update,
    /// Making the service principal of an application that was made a moment ago.
    Principal,
    /// Pointing at an object that was made a moment ago: an owner, a grant, an assignment.
    Reference,
    /// Working with the provisioning service of an application that was made a moment ago. It answers like to somebody who has no rights:
    /// only who knows to have them may take that for "not yet".
    Service,
}

impl Settling {
    /// Whether this failure means that a copy has not heard of the object yet.
    #[must_use]
    pub fn is_not_yet(self, error: &GraphError) -> bool {
        let status = error.status();
        let lost = status == Some(404);
        let refused = status == Some(400);
        // What Graph asked on the way has not heard of it.
        if status == Some(424) {
            return true;
        }
        match self {
            Self::Read => lost,
            Self::Update => lost || status == Some(409),
            Self::Principal => {
                // It is there, and this copy does not show it yet.
                lost || status == Some(409)
                    || error.is_code("Request_MultipleObjectsWithSameKeyValue")
                    || (refused && error.says("does not reference a valid application object"))
                    || (status == Some(403) && error.says("must be in the local tenant"))
                    || (status == Some(403) && error.says("backing application"))
            }
            Self::Service => {
                lost || status == Some(409)
                    || (status == Some(401) && error.is_code("UnknownError") && error.is_without_words())
                    // Who lacks a right is told so.
                    || (status == Some(403) && error.is_without_words())
            }
            Self::Reference => {
                lost || (refused
                    && (error.says("Not a valid reference update")
                        || error.says("one of its queried reference-property objects are not present")))
            }
        }
    }
}

/// How far a wait is, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The attempts so far.
    pub attempts: u32,
    /// How long it has taken.
    pub waited: Duration,
    /// How long it may take.
    pub budget: Duration,
}

/// What an attempt brought.
#[derive(Debug)]
pub enum Tried<T> {
    /// It worked.
    Ready(T),
    /// Not yet, and how it looks meanwhile.
    NotYet(Option<GraphError>),
}

/// Why a wait ended without what it waited for.
#[derive(Debug, PartialEq, Eq)]
pub enum Gone {
    /// A person stopped it.
    Stopped,
    /// The time is up; the last failure, where there was one.
    TimeUp(Option<GraphError>),
    /// Something failed that no waiting mends.
    Failed(GraphError),
}

impl From<Stopped> for Gone {
    fn from(Stopped: Stopped) -> Self {
        Self::Stopped
    }
}

impl From<GraphError> for Gone {
    fn from(error: GraphError) -> Self {
        match error.kind {
            GraphErrorKind::Stopped => Self::Stopped,
            _ => Self::Failed(error),
        }
    }
}

impl Gone {
    /// In words, with what was being done, such as `make the application "Nightly"`: an end without a failure knows no object.
    #[must_use]
    pub fn explain_for(&self, doing: &str) -> Problem {
        match self {
            Self::Stopped => Problem::new(
                format!("Stopped while trying to {doing}."),
                "What was sent before is done or on its way.",
                "Look again: it is found and gone on with, nothing is made twice.",
            ),
            // Three minutes of lost answers say nothing of copies that lag.
            Self::TimeUp(Some(error)) if error.is_unsure() => error.explain(),
            Self::TimeUp(last) => {
                let doing = last.as_ref().map_or(doing, |error| &error.doing);
                let problem = Problem::new(
                    format!("Could not {doing} so that it shows."),
                    "The directory takes up to some minutes to show a change everywhere; this one has taken three.",
                    "Try again in a few minutes: what is there is found and gone on with.",
                );
                let raw = last.as_ref().map(|error| error.explain().raw).unwrap_or_default();
                Problem { raw, ..problem }
            }
            Self::Failed(error) => error.explain(),
        }
    }
}

impl Explain for Gone {
    fn explain(&self) -> Problem {
        self.explain_for("change the directory")
    }
}

/// Tries until it works, the time is up or a person stops it, with growing waits between the attempts. Waits that Graph asks for
/// within an attempt end too, where its client is [under](super::graph::Graph::under) the same control.
///
/// # Errors
/// [`Gone`].
pub async fn until<T>(
    env: &impl Env,
    control: &Control,
    tell: &dyn Fn(Waiting),
    mut attempt: impl AsyncFnMut() -> Result<Tried<T>, GraphError>,
) -> Result<T, Gone> {
    let started = env.monotonic();
    // Graph may ask for longer waits than there is time for.
    let _bound = control.bound(started.saturating_add(BUDGET));
    let mut wait = FIRST;
    let mut attempts = 0;
    loop {
        // What is under way is finished: a change that is dropped half-way leaves nobody knowing whether it was made.
        control.gate().await?;
        let last = match attempt().await {
            Ok(Tried::Ready(value)) => return Ok(value),
            Ok(Tried::NotYet(last)) => last,
            Err(error) => return Err(error.into()),
        };
        attempts += 1;
        let waited = env.monotonic().saturating_sub(started);
        if waited.saturating_add(wait) > BUDGET {
            return Err(Gone::TimeUp(last));
        }
        tell(Waiting { attempts, waited, budget: BUDGET });
        control.sleep(env, wait).await?;
        wait = (wait * 2).min(LONGEST);
    }
}

/// Tries a call, and takes the answers of a lagging copy for "not yet".
///
/// # Errors
/// [`Gone`].
pub async fn settle<T>(
    env: &impl Env,
    control: &Control,
    settling: Settling,
    tell: &dyn Fn(Waiting),
    mut call: impl AsyncFnMut() -> Result<T, GraphError>,
) -> Result<T, Gone> {
    until(env, control, tell, async || match call().await {
        Ok(value) => Ok(Tried::Ready(value)),
        Err(error) if settling.is_not_yet(&error) => Ok(Tried::NotYet(Some(error))),
        Err(error) => Err(error),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{SendError, SendErrorKind};

    fn refused(status: u16, message: &str) -> GraphError {
        let kind = GraphErrorKind::Refused {
            status,
            code: "Request_BadRequest".to_owned(),
            message: message.to_owned(),
            request_id: String::new(),
        };
        GraphError { doing: "try".to_owned(), kind }
    }

    #[test]
    fn an_end_without_a_failure_names_what_was_being_done() {
        const DOING: &str = "make the application \"Nightly\"";
        let what = |gone: &Gone| gone.explain_for(DOING).what;
        assert_eq!(what(&Gone::Stopped), "Stopped while trying to make the application \"Nightly\".");
        assert_eq!(what(&Gone::TimeUp(None)), "Could not make the application \"Nightly\" so that it shows.");
        // A failure knows better which part it was.
        let lagging = Gone::TimeUp(Some(refused(404, "")));
        assert_eq!(what(&lagging), "Could not try so that it shows.");
        assert!(lagging.explain().raw.iter().any(|it| it.value == "404"));
    }

    #[test]
    fn three_minutes_without_an_answer_are_told_as_such() {
        let lost = SendError::new(SendErrorKind::Unreachable, "the network is down");
        let error = GraphError { doing: "try".to_owned(), kind: GraphErrorKind::Send(lost) };
        let problem = Gone::TimeUp(Some(error)).explain();
        assert_eq!(problem.what, "Could not try.");
        assert_eq!(problem.why, "Microsoft Graph did not answer, after several tries.");
        let failing = Gone::TimeUp(Some(refused(503, ""))).explain();
        assert_eq!(failing.why, "Microsoft Graph is failing at the moment.");
    }

    #[test]
    fn what_a_lagging_copy_says_is_told_from_real_refusals() {
        let lagging = [
            (Settling::Read, 404, ""),
            (Settling::Update, 409, ""),
            (Settling::Principal, 409, ""),
            (Settling::Principal, 400, "The appId 'x' does not reference a valid application object."),
            (
                Settling::Principal,
                403,
                "The backing application of the service principal must be in the local tenant.",
            ),
            (Settling::Service, 404, ""),
            (Settling::Service, 409, "The synchronization job is not ready yet."),
            (Settling::Service, 403, ""),
            (Settling::Read, 424, ""),
            (Settling::Update, 424, ""),
            (Settling::Principal, 424, ""),
            (Settling::Reference, 424, ""),
            (Settling::Service, 424, ""),
            (Settling::Reference, 404, ""),
            (Settling::Reference, 400, "Not a valid reference update."),
            (
                Settling::Reference,
                400,
                "Resource 'x' does not exist or one of its queried reference-property objects are not present.",
            ),
        ];
        for (settling, status, message) in lagging {
            assert!(settling.is_not_yet(&refused(status, message)), "{settling:?} {status} {message}");
        }
        let final_ones = [
            (Settling::Read, 403, ""),
            (Settling::Read, 409, ""),
            (Settling::Update, 400, ""),
            (Settling::Principal, 403, "Insufficient privileges to complete the operation."),
            (Settling::Reference, 400, "Permission being assigned already exists on the object"),
            (Settling::Reference, 403, ""),
            (Settling::Service, 401, ""),
            (Settling::Service, 403, "Insufficient privileges to complete the operation."),
            (Settling::Service, 400, ""),
        ];
        for (settling, status, message) in final_ones {
            assert!(!settling.is_not_yet(&refused(status, message)), "{settling:?} {status} {message}");
        }
    }
}
