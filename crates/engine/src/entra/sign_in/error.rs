//! Why a sign-in did not succeed.

use std::fmt;
use std::time::Duration;

use super::{Claims, ServerError};
use crate::entra::ids::TenantId;
use crate::http::SendError;
use crate::problem::{Explain, Problem};
use crate::remedy;

/// The tenant of personal accounts (identity platform: `id-token-claims-reference`).
pub(super) const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// Why a sign-in or a renewal did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInError {
    /// The service refuses, with its reason.
    Refused(Box<ServerError>),
    /// The answer belongs to another visit, another tab or another server.
    Foreign,
    /// The answer came too late.
    Late,
    /// The answer is for another cloud than the one that is chosen now.
    OtherCloud,
    /// There is no transaction for this answer: storage was cleared or the page was opened elsewhere.
    NoTransaction,
    /// No answer from the token endpoint.
    Send(SendError),
    /// The token endpoint is busy or failing, and is left alone for this long.
    Busy {
        /// How long.
        wait: Duration,
        /// What it said, where it said something.
        error: Option<Box<ServerError>>,
    },
    /// An answer that is none.
    Malformed,
    /// No ID token came, so nobody knows who signed in.
    NoIdToken,
    /// The ID token is not for this application, tenant, time or transaction.
    IdToken(&'static str),
    /// Somebody signed in to another tenant than the one that was asked.
    OtherTenant(TenantId),
    /// Graph wants a token that proves more.
    Challenged {
        /// What it must prove, where Graph says it in a form that can be read.
        claims: Option<Claims>,
        /// Graph's id of the request, for support.
        request_id: String,
    },
    /// An address of the configuration or the page cannot be used.
    Address(String),
    /// The session has ended and nothing can renew it; with the service's reason, where it gave one.
    Ended(Option<Box<ServerError>>),
}

impl SignInError {
    /// What the service says, where it says something.
    #[must_use]
    pub fn server(&self) -> Option<&ServerError> {
        match self {
            Self::Refused(error) | Self::Ended(Some(error)) | Self::Busy { error: Some(error), .. } => {
                Some(error)
            }
            _ => None,
        }
    }

    /// What the next sign-in must prove.
    #[must_use]
    pub fn claims(&self) -> Option<Claims> {
        match self {
            Self::Challenged { claims, .. } => claims.clone(),
            other => other.server().and_then(ServerError::challenge),
        }
    }
}

impl fmt::Display for SignInError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = self.explain();
        write!(f, "{} {}", problem.what, problem.why)
    }
}

impl std::error::Error for SignInError {}

const WHAT: &str = remedy::FAILED;
const AGAIN: &str = "Sign in again from this page.";
const NOTHING_LOST: &str = "Nothing that was done is lost.";

impl Explain for SignInError {
    fn explain(&self) -> Problem {
        match self {
            Self::Refused(error) => refused(error),
            Self::Foreign => Problem::new(
                WHAT,
                "The answer in the address belongs to another visit or another tab, so it was not used.",
                AGAIN,
            ),
            Self::Late => {
                Problem::new(WHAT, "The answer came more than ten minutes after this page asked for it.", AGAIN)
            }
            Self::OtherCloud => Problem::new(
                WHAT,
                "The answer comes from another cloud than the one that is chosen on this page now, so it was not used.",
                "Check the cloud at “Register the application”, then sign in again.",
            ),
            Self::NoTransaction => Problem::new(
                WHAT,
                "This page has no record of having asked: the answer was used already, or the browser's session storage was \
                 cleared or is blocked.",
                "Sign in again from this page. If this comes back, allow session storage for this site.",
            ),
            Self::Send(error) => Problem::new(
                WHAT,
                "The sign-in service did not answer. If the redirect URI is registered under another platform than \
                 Single-page application, the browser hides the answer and it looks the same.",
                "Check the network, and that the application's redirect URI is of type Single-page application. Then \
                 sign in again.",
            )
            .detail("error", error.to_string()),
            Self::Busy { wait, error } => busy(*wait, error.as_deref()),
            Self::Malformed => Problem::new(
                WHAT,
                "The sign-in service answered with something that is no token.",
                "Check the cloud and that nothing between this browser and Microsoft rewrites answers. Then sign in \
                 again.",
            ),
            Self::NoIdToken => {
                Problem::new(WHAT, "The sign-in service did not say who signed in (no ID token).", AGAIN)
            }
            Self::IdToken(claim) => Problem::new(
                WHAT,
                format!("The ID token's {claim} is not what this page asked for, so the tokens were thrown away."),
                "Check the Directory (tenant) ID, the Application (client) ID and this computer's clock. Then sign in \
                 again.",
            ),
            Self::OtherTenant(found) => other_tenant(found),
            Self::Challenged { request_id, .. } => Problem::new(
                "Microsoft Graph wants more proof of who you are.",
                "A policy of the tenant protects what was asked for, and this sign-in does not prove enough for it.",
                format!("Press “Sign in again” and answer what Microsoft asks. {NOTHING_LOST}"),
            )
            .detail("request-id", request_id),
            Self::Address(address) => Problem::new(
                WHAT,
                format!("The address \"{address}\" cannot be used."),
                "Correct config.json, or serve the page from an ordinary https address.",
            ),
            Self::Ended(Some(error)) => {
                let mut problem = refused(error);
                if !problem.remedy.contains(NOTHING_LOST) {
                    problem.remedy.push(' ');
                    problem.remedy.push_str(NOTHING_LOST);
                }
                problem
            }
            Self::Ended(None) => Problem::new(
                "The session has ended.",
                "A page may renew its sign-in for 24 hours; after that, or after a password change, the person must \
                 sign in again.",
                format!("Sign in again. {NOTHING_LOST}"),
            ),
        }
    }
}

fn refused(error: &ServerError) -> Problem {
    let told = remedy::sign_in(error);
    let problem = match error.unknown_scope() {
        Some(scope) => Problem::new(
            told.what,
            format!(
                "Microsoft Graph of this cloud knows no permission “{scope}”: the cloud is not the right one, or does \
                 not offer it yet."
            ),
            "Check the cloud at “Register the application”. If it is right, this cloud cannot do what the permission is \
             for; send the details below to support.",
        ),
        None => Problem::new(told.what, told.why, told.todo),
    };
    details(problem, error)
}

fn busy(wait: Duration, error: Option<&ServerError>) -> Problem {
    // Rounded up: who waits less than that is refused again.
    let when = match wait.as_millis().div_ceil(1000) {
        0 | 1 => "in a second".to_owned(),
        seconds => format!("in {seconds} seconds"),
    };
    let problem = Problem::new(
        "The sign-in service is busy.",
        "It is failing or has too much to do at the moment, and asking more often makes it worse.",
        format!("Try again {when}. {NOTHING_LOST}"),
    );
    match error {
        Some(error) => details(problem, error),
        None => problem,
    }
}

fn other_tenant(found: &TenantId) -> Problem {
    if found.as_str() == PERSONAL {
        return Problem::new(
            "A personal account was used.",
            "It belongs to no organisation, so it has no directory to read. The tokens were thrown away.",
            "Press “Use another account” and choose a work or school account of your tenant.",
        );
    }
    Problem::new(
        "The sign-in was for another tenant.",
        format!(
            "The account signed in to the tenant {found}, not to the one of this page. The tokens were thrown away."
        ),
        "Check the Directory (tenant) ID at “Register the application”, or press “Use another account”.",
    )
}

/// What support asks for.
fn details(problem: Problem, error: &ServerError) -> Problem {
    problem
        .detail("message", error.words())
        .detail("error", &error.error)
        .detail("suberror", error.suberror.as_deref().unwrap_or_default())
        .detail("trace id", error.trace())
        .detail("correlation id", error.correlation())
        .detail("time", error.time())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::ids::Guid;

    fn shown(problem: &Problem) -> (&str, &str) {
        (&problem.what, &problem.remedy)
    }

    #[test]
    fn an_unknown_code_shows_the_services_own_words_and_ids() {
        let error = ServerError {
            error: "invalid_request".to_owned(),
            error_description:
                "AADSTS4711: Something new. Trace ID: t-1 Correlation ID: c-1 Timestamp: 2026-11-24 08:00:00Z"
                    .to_owned(),
            ..ServerError::default()
        };
        let text = SignInError::Refused(Box::new(error)).explain().text();
        assert_eq!(
            text,
            "The sign-in did not succeed.\n  The sign-in service refused, with a code that this page does not know.\n  \
             What to do: Look the code up at https://login.microsoftonline.com/error, or send the details below to \
             support.\n  message: AADSTS4711: Something new.\n  error: invalid_request\n  trace id: t-1\n  \
             correlation id: c-1\n  time: 2026-11-24 08:00:00Z"
        );
    }

    #[test]
    fn an_ended_session_loses_nothing_and_says_so_once() {
        for (codes, remedy) in [
            (vec![700_084], "Press “Sign in again”. Nothing that was done is lost."),
            (vec![50076], "Press “Sign in again” and complete it. Nothing that was done is lost."),
        ] {
            let error = ServerError {
                error: "invalid_grant".to_owned(),
                error_codes: codes,
                ..ServerError::default()
            };
            assert_eq!(SignInError::Ended(Some(Box::new(error))).explain().remedy, remedy);
        }
        assert_eq!(
            SignInError::Ended(None).explain().remedy,
            "Sign in again. Nothing that was done is lost."
        );
    }

    #[test]
    fn other_tenants_and_personal_accounts_are_told_apart() {
        let of = |id: &str| SignInError::OtherTenant(TenantId(Guid::parse(id).unwrap())).explain();
        assert_eq!(
            shown(&of("9188040d-6c67-4c5b-b112-36a304b66dad")),
            (
                "A personal account was used.",
                "Press “Use another account” and choose a work or school account of your tenant."
            )
        );
        let other = of("00000000-0000-0000-0000-00000000000b");
        assert_eq!(other.what, "The sign-in was for another tenant.");
        assert!(other.why.contains("00000000-0000-0000-0000-00000000000b"));
    }

    #[test]
    fn a_busy_service_is_left_alone_for_as_long_as_it_asks() {
        let error = SignInError::Busy { wait: Duration::from_secs(17), error: None };
        assert_eq!(
            shown(&error.explain()),
            ("The sign-in service is busy.", "Try again in 17 seconds. Nothing that was done is lost.")
        );
        let soon = SignInError::Busy { wait: Duration::from_millis(3), error: None };
        assert_eq!(soon.explain().remedy, "Try again in a second. Nothing that was done is lost.");
    }

    #[test]
    fn the_unknown_scope_is_named() {
        let error = ServerError {
            error: "invalid_client".to_owned(),
            error_description: "AADSTS650053: asked for scope 'ProvisioningLog.Read.All' that doesn't exist"
                .to_owned(),
            ..ServerError::default()
        };
        let problem = SignInError::Refused(Box::new(error)).explain();
        assert_eq!(
            problem.why,
            "Microsoft Graph of this cloud knows no permission “ProvisioningLog.Read.All”: the cloud is not the right \
             one, or does not offer it yet."
        );
    }
}
