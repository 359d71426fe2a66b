//! Why Databricks did not do what was asked: both of its error bodies, plain text, pages, and the relay's own refusals.

#[cfg(test)]
mod tests;

use std::fmt;

use serde_json::Value;

use crate::http::{Response, SendError, SendErrorKind};
use crate::problem::{Explain, Problem};
use crate::remedy;
use crate::stop::Stopped;

/// The header by which the relay marks answers of its own, with their code.
const RELAY_HEADER: &str = "x-scim-setup-relay";
/// The header in which the relay tells the id of the line in its log, with every answer, its own or Databricks'.
pub(crate) const LINE_HEADER: &str = "x-scim-setup-request";

/// A call to Databricks that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScimError {
    /// What was tried, such as `create the user zoe@contoso.example`.
    pub doing: String,
    /// How it failed.
    pub kind: ScimErrorKind,
}

/// How a call to Databricks failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScimErrorKind {
    /// No answer.
    Send(SendError),
    /// The relay refuses or cannot reach Databricks; Databricks did not answer.
    Relay {
        /// The relay's code.
        code: String,
        /// Its words.
        message: String,
        /// The HTTP status, which is Databricks' own where it answered with a page.
        status: u16,
        /// The id of the line in the relay's log; empty, where it gave none.
        line: String,
        /// How long to wait, in seconds.
        retry_after: Option<u64>,
    },
    /// Databricks refuses.
    Refused {
        /// The HTTP status.
        status: u16,
        /// `scimType` or `error_code`.
        code: String,
        /// `detail` or `message`, or the bare text.
        detail: String,
        /// Databricks' id of the request, for support.
        request_id: String,
        /// The id of the line in the relay's log; empty, where no relay stands between.
        line: String,
        /// How long it asks to wait, in seconds.
        retry_after: Option<u64>,
    },
    /// A page instead of data: a gateway, or a sign-in page.
    Page(u16),
    /// An answer that cannot be read, with the reason.
    Malformed(String),
    /// The person stopped the work.
    Stopped,
}

/// Whether a failed write may have taken effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It did not: it may be sent again as it is.
    None,
    /// Nobody knows: look before sending again.
    Unknown,
}

impl ScimErrorKind {
    /// Reads an answer that is not a success.
    pub(crate) fn of(answer: &Response) -> Self {
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let line = answer.header(LINE_HEADER).unwrap_or_default().to_owned();
        if let Some(code) = answer.header(RELAY_HEADER) {
            return Self::Relay {
                code: code.to_owned(),
                message: text("message"),
                status: answer.status,
                line,
                retry_after: answer.retry_after().map(|wait| wait.as_secs()),
            };
        }
        if answer.is_html() {
            return Self::Page(answer.status);
        }
        let pick = |first: &str, second: &str| {
            Some(text(first)).filter(|t| !t.is_empty()).unwrap_or_else(|| text(second))
        };
        let detail = if body.is_object() { pick("detail", "message") } else { answer.text() };
        Self::Refused {
            status: answer.status,
            code: pick("scimType", "error_code"),
            // The service writes the word null where it has nothing to say.
            detail: if detail == "null" { String::new() } else { detail },
            request_id: answer.header("x-request-id").unwrap_or_default().to_owned(),
            line,
            retry_after: answer.retry_after().map(|wait| wait.as_secs()),
        }
    }

    /// Whether this means "too fast": by status, or by the words that its SCIM service puts into a 500.
    pub(super) fn is_throttled(&self) -> bool {
        match self {
            Self::Refused { status: 429, .. } => true,
            Self::Refused { code, detail, .. } => [code, detail].into_iter().any(|text| {
                ["REQUEST_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED", "token bucket limit"]
                    .iter()
                    .any(|sign| text.contains(sign))
            }),
            Self::Relay { code, status, .. } => {
                matches!(code.as_str(), "rate" | "busy") || (code == "html" && *status == 429)
            }
            _ => false,
        }
    }

    /// Whether a later try may fare better.
    pub(super) fn is_passing(&self) -> bool {
        self.is_throttled()
            || match self {
                Self::Send(error) => {
                    matches!(error.kind, SendErrorKind::Unreachable | SendErrorKind::TimedOut)
                }
                Self::Relay { code, status, .. } => {
                    matches!(code.as_str(), "timeout" | "unreachable")
                        || (code == "html" && matches!(status, 502..=504))
                }
                Self::Refused { status, code, .. } => {
                    matches!(status, 500 | 502 | 503 | 504) || (*status == 409 && code == "ABORTED")
                }
                Self::Page(status) => matches!(status, 502..=504),
                Self::Malformed(_) | Self::Stopped => false,
            }
    }

    /// Whether a write that failed so may have taken effect.
    #[must_use]
    pub fn effect(&self) -> Effect {
        if self.is_throttled() {
            return Effect::None;
        }
        match self {
            Self::Send(error) => match error.kind {
                SendErrorKind::Unsendable => Effect::None,
                _ => Effect::Unknown,
            },
            Self::Relay { code, .. } => match code.as_str() {
                "timeout" | "unreachable" | "answer-too-large" | "redirect" | "html" => Effect::Unknown,
                _ => Effect::None,
            },
            Self::Refused { status, .. } if *status < 500 && *status != 408 => Effect::None,
            Self::Refused { .. } | Self::Page(_) | Self::Malformed(_) => Effect::Unknown,
            Self::Stopped => Effect::None,
        }
    }
}

impl ScimError {
    /// Whether Databricks says that the object is not there.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self.kind, ScimErrorKind::Refused { status: 404, .. })
    }

    /// Whether Databricks says that another object has the name.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        match &self.kind {
            ScimErrorKind::Refused { status: 409, code, .. } => code != "ABORTED",
            ScimErrorKind::Refused { status: 400, code, detail, .. } => {
                code.ends_with("ALREADY_EXISTS") || detail.to_ascii_lowercase().contains("already exists")
            }
            _ => false,
        }
    }

    /// Whether the token is not accepted: every further call will fail in the same way.
    #[must_use]
    pub const fn is_unauthorized(&self) -> bool {
        matches!(self.kind, ScimErrorKind::Refused { status: 401, .. })
    }
}

impl From<Stopped> for ScimErrorKind {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

impl fmt::Display for ScimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = self.explain();
        write!(f, "{} {}", problem.what, problem.why)
    }
}

impl std::error::Error for ScimError {}

impl Explain for ScimError {
    fn explain(&self) -> Problem {
        let what = format!("Could not {}.", self.doing);
        match &self.kind {
            ScimErrorKind::Send(error) => match error.kind {
                SendErrorKind::Redirected => Problem::new(
                    what,
                    "Databricks answered with a redirect: workspaces that admit calls over Private Link only do so, \
                     and so does an address that is not a workspace.",
                    "Check the address. If the workspace uses Private Link, run this inside the private network.",
                ),
                SendErrorKind::TimedOut => Problem::new(
                    what,
                    "Databricks did not answer in time.",
                    "Check the network, then try again. What was sent is looked up before it is repeated.",
                ),
                _ => Problem::new(
                    what,
                    "Databricks, or the relay before it, did not answer.",
                    "Check the address and the network, then try again. What was sent is looked up before it is \
                     repeated.",
                ),
            }
            .detail("error", error.to_string()),
            ScimErrorKind::Relay { code, message, line, .. } => {
                let (why, todo) = relay_words(code);
                Problem::new(what, why, todo)
                    .detail("relay", code)
                    .detail("message", message)
                    .detail(LINE_HEADER, line)
            }
            ScimErrorKind::Refused { status, code, detail, request_id, line, .. } => {
                let remedy = remedy::databricks(*status, code, detail);
                Problem::new(what, remedy.why, remedy.todo)
                    .detail("status", status.to_string())
                    .detail("code", code)
                    .detail("message", detail)
                    .detail("x-request-id", request_id)
                    .detail(LINE_HEADER, line)
            }
            ScimErrorKind::Page(status) => Problem::new(
                what,
                "A page came back instead of data: the address is not Databricks' interface, or a gateway stands \
                 before it.",
                "Check the address of the workspace or account, and whether the workspace is reachable only over \
                 Private Link.",
            )
            .detail("status", status.to_string()),
            ScimErrorKind::Malformed(words) => Problem::new(
                what,
                "Databricks answered with something that cannot be read.",
                "Check the address; if it is right, send the details below to support.",
            )
            .detail("error", words),
            ScimErrorKind::Stopped => {
                Problem::new(what, "The work was stopped before this was done.", "Go on when you are ready.")
            }
        }
    }
}

fn relay_words(code: &str) -> (&'static str, &'static str) {
    match code {
        "off" => (
            "The relay beside this page is switched off: it has no list of hosts.",
            "Start the program with --allow and the workspace's host, or use the command line instead.",
        ),
        "host" => (
            "The relay beside this page may not call this host.",
            "Start the program with --allow and this host, or check that the address is right.",
        ),
        "private-address" => (
            "The workspace's name leads to a private address, which the relay refuses unless it is told to.",
            "If the workspace uses Private Link, start the program with --private and the network's range.",
        ),
        "unreachable" => (
            "The relay could not reach the host: the name does not exist or the network blocks it.",
            "Check the address for typing errors, and the network of the machine that runs the relay.",
        ),
        "tls" => (
            "The relay could not make a safe connection: the certificate is not trusted.",
            "If the company inspects TLS, add its certificate authority to the machine that runs the relay.",
        ),
        "timeout" => ("Databricks did not answer the relay in time.", "Wait a minute, then try again."),
        "redirect" => (
            "Databricks answered with a redirect: workspaces that admit calls over Private Link only do so, and so \
             does an address that is not a workspace.",
            "Check the address. If the workspace uses Private Link, run the relay inside the private network.",
        ),
        "html" => (
            "A page came back instead of data: the address is not Databricks' interface, or a gateway stands before \
             it.",
            "Check the address of the workspace or account.",
        ),
        "rate" | "busy" => ("The relay is asked too much at once.", "Wait a minute, then go on."),
        "caller" => (
            "The relay answers only the page beside it, and did not recognise it.",
            "Open the page at the relay's own address, without another site in between.",
        ),
        _ => (
            "The relay refused the request.",
            "Check that the page and the relay are of the same version, and look at the relay's log.",
        ),
    }
}
