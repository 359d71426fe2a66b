//! Why a sign-in did not succeed.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::http::SendError;
use crate::problem::{Explain, Problem};
use crate::remedy;

/// The error body of Entra's sign-in service. Decisions hang on `error`, `suberror` and the AADSTS number, never on the words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServerError {
    /// The OAuth error, such as `invalid_grant`.
    pub error: String,
    /// The words, which begin with the AADSTS number.
    pub error_description: String,
    /// The AADSTS numbers.
    pub error_codes: Vec<u32>,
    /// A finer reason.
    pub suberror: Option<String>,
    /// A claims challenge to carry to the next sign-in.
    pub claims: Option<String>,
    /// Microsoft's trace id.
    pub trace_id: Option<String>,
    /// The correlation id.
    pub correlation_id: Option<String>,
    /// When, in the server's words.
    pub timestamp: Option<String>,
}

impl oauth2::ErrorResponse for ServerError {}

impl ServerError {
    /// The AADSTS number, from the list or from the words.
    #[must_use]
    pub fn code(&self) -> Option<u32> {
        self.error_codes.first().copied().or_else(|| {
            let (_, rest) = self.error_description.split_once("AADSTS")?;
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.error_description.lines().next().unwrap_or_default();
        write!(f, "{}: {first}", self.error)
    }
}

/// Why a sign-in or a renewal did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInError {
    /// The service refuses, with its reason.
    Refused(Box<ServerError>),
    /// The answer belongs to another visit, another tab or another server.
    Foreign,
    /// The answer came too late.
    Late,
    /// There is no transaction for this answer: storage was cleared or the page was opened elsewhere.
    NoTransaction,
    /// No answer from the token endpoint.
    Send(SendError),
    /// An answer that is none.
    Malformed,
    /// No ID token came, so nobody knows who signed in.
    NoIdToken,
    /// The ID token is not for this application, tenant, time or transaction.
    IdToken(&'static str),
    /// An address of the configuration or the page cannot be used.
    Address(String),
    /// The session has ended and nothing can renew it.
    Ended,
}

impl fmt::Display for SignInError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = self.explain();
        write!(f, "{} {}", problem.what, problem.why)
    }
}

impl std::error::Error for SignInError {}

impl Explain for SignInError {
    fn explain(&self) -> Problem {
        const WHAT: &str = "The sign-in did not succeed.";
        const AGAIN: &str = "Sign in again from this page.";
        match self {
            Self::Refused(error) => {
                let remedy = remedy::sign_in(error);
                Problem::new(WHAT, remedy.why, remedy.todo)
                    .detail("message", &error.error_description)
                    .detail("error", &error.error)
                    .detail("suberror", error.suberror.as_deref().unwrap_or_default())
                    .detail("trace id", error.trace_id.as_deref().unwrap_or_default())
                    .detail("correlation id", error.correlation_id.as_deref().unwrap_or_default())
                    .detail("time", error.timestamp.as_deref().unwrap_or_default())
            }
            Self::Foreign => Problem::new(
                WHAT,
                "The answer in the address belongs to another visit or another tab, so it was not used.",
                AGAIN,
            ),
            Self::Late => {
                Problem::new(WHAT, "The answer came more than ten minutes after this page asked for it.", AGAIN)
            }
            Self::NoTransaction => Problem::new(
                WHAT,
                "This page has no record of having asked: the browser's session storage was cleared or is blocked.",
                "Allow session storage for this site, then sign in again.",
            ),
            Self::Send(error) => Problem::new(
                WHAT,
                "The sign-in service did not answer. If the redirect URI is registered under another platform than \
                 Single-page application, the browser hides the answer and it looks the same.",
                "Check the network, and that the application's redirect URI is of type Single-page application. Then \
                 sign in again.",
            )
            .detail("error", error.to_string()),
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
            Self::Address(address) => Problem::new(
                WHAT,
                format!("The address \"{address}\" cannot be used."),
                "Correct config.json, or serve the page from an ordinary https address.",
            ),
            Self::Ended => Problem::new(
                "The session has ended.",
                "A page may renew its sign-in for 24 hours; after that, or after a password change, the person must \
                 sign in again.",
                "Sign in again. Nothing that was done is lost.",
            ),
        }
    }
}
