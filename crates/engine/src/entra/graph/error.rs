//! Why a call to Graph failed.

use std::fmt;

use serde_json::Value;

use crate::entra::sign_in::SignInError;
use crate::http::{Response, SendError};
use crate::problem::{Explain, Problem};
use crate::remedy;

/// Why something could not be read or changed in Graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphError {
    /// What was tried, such as `read the members of the group "Analysts"`.
    pub doing: String,
    /// How it failed.
    pub kind: GraphErrorKind,
}

/// How a call to Graph failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GraphErrorKind {
    /// No token could be had.
    SignIn(SignInError),
    /// No answer.
    Send(SendError),
    /// Graph refuses.
    Refused {
        /// The HTTP status.
        status: u16,
        /// Graph's code; may be empty.
        code: String,
        /// Graph's words.
        message: String,
        /// Graph's id of the request, for support.
        request_id: String,
    },
    /// An answer that cannot be read, with the reason.
    Malformed(String),
    /// A next link that leaves Graph. It is not followed.
    ForeignLink,
    /// A person stopped the work while Graph had it wait.
    Stopped,
}

impl GraphError {
    /// Why a person has to sign in again before this can be tried once more, if that is what it takes.
    #[must_use]
    pub fn sign_in(&self) -> Option<SignInError> {
        match &self.kind {
            GraphErrorKind::SignIn(error @ (SignInError::Ended(_) | SignInError::Challenged { .. })) => {
                Some(error.clone())
            }
            GraphErrorKind::Refused { status: 401, .. } => Some(SignInError::Ended(None)),
            _ => None,
        }
    }

    /// Whether the token must be obtained anew by a person.
    #[must_use]
    pub const fn needs_sign_in(&self) -> bool {
        matches!(self.kind, GraphErrorKind::SignIn(_) | GraphErrorKind::Refused { status: 401, .. })
    }

    /// The HTTP status, where there was an answer.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match &self.kind {
            GraphErrorKind::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether Graph's words contain a text. Only for the few places where Graph tells cases apart by nothing else.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        matches!(&self.kind, GraphErrorKind::Refused { message, .. } if message.contains(text))
    }

    /// Whether Graph gave this code.
    #[must_use]
    pub fn is_code(&self, wanted: &str) -> bool {
        matches!(&self.kind, GraphErrorKind::Refused { code, .. } if code == wanted)
    }

    /// Whether Graph refused without a word.
    #[must_use]
    pub const fn is_without_words(&self) -> bool {
        matches!(&self.kind, GraphErrorKind::Refused { message, .. } if message.is_empty())
    }

    /// Whether a change may have been carried out all the same: the answer was lost, or came from a gateway.
    #[must_use]
    pub const fn is_unsure(&self) -> bool {
        match &self.kind {
            GraphErrorKind::Send(_) | GraphErrorKind::Malformed(_) => true,
            GraphErrorKind::Refused { status, .. } => *status >= 500 || *status == 408,
            // A wait for more attempts comes after answers that say no, or of what may be sent twice.
            GraphErrorKind::SignIn(_) | GraphErrorKind::ForeignLink | GraphErrorKind::Stopped => false,
        }
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = self.explain();
        write!(f, "{} {}", problem.what, problem.why)
    }
}

impl std::error::Error for GraphError {}

impl Explain for GraphError {
    fn explain(&self) -> Problem {
        let what = format!("Could not {}.", self.doing);
        match &self.kind {
            GraphErrorKind::SignIn(error) => {
                let inner = error.explain();
                Problem { what, ..inner }
            }
            GraphErrorKind::Send(error) => Problem::new(
                what,
                "Microsoft Graph did not answer, after several tries.",
                "Check the network (a proxy or filter may block Graph's address), then try again.",
            )
            .detail("error", error.to_string()),
            GraphErrorKind::Refused { status, code, message, request_id } => {
                let remedy = remedy::graph(*status, code);
                Problem::new(what, remedy.why, remedy.todo)
                    .detail("status", status.to_string())
                    .detail("code", code)
                    .detail("message", message)
                    .detail("request-id", request_id)
            }
            GraphErrorKind::Malformed(words) => Problem::new(
                what,
                "Microsoft Graph answered with something that cannot be read.",
                "Check that nothing between here and Graph rewrites answers, then try again.",
            )
            .detail("error", words),
            GraphErrorKind::ForeignLink => Problem::new(
                what,
                "The answer points to another server for its next page. The token is for Graph alone, so it was not \
                 followed.",
                "Check that nothing between here and Graph rewrites answers.",
            ),
            GraphErrorKind::Stopped => Problem::new(
                what,
                "It was stopped while Microsoft Graph had it wait.",
                "Try again when you are ready.",
            ),
        }
    }
}

/// So deep errors are looked for within each other.
const DEEPEST: u8 = 4;

/// What is told further in, after what is told outside: services behind Graph put what they mean there. A code alone counts for nothing
/// where nobody said a word.
fn nested(error: &Value, told: &mut String, deep: u8) {
    if deep == DEEPEST {
        return;
    }
    let text = |value: &Value, name: &str| {
        value.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned()
    };
    let inner = ["innerError", "innererror", "details"].into_iter().filter_map(|name| error.get(name));
    let inner = inner.flat_map(|it| it.as_array().map_or(std::slice::from_ref(it), Vec::as_slice));
    for it in inner {
        let (code, message) = (text(it, "code"), text(it, "message"));
        for part in [&code, &message] {
            let silent = told.is_empty() && message.is_empty();
            if !part.is_empty() && !silent && !told.contains(part.as_str()) {
                told.push_str(if told.is_empty() { "" } else { " " });
                told.push_str(part);
            }
        }
        nested(it, told, deep + 1);
    }
}

/// Graph's error object; a nested code is more exact than the outer one, which may be empty. Nested words are told with the outer ones.
pub(super) fn refusal(answer: &Response) -> GraphErrorKind {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let outer = text("/error/code");
    let mut message = text("/error/message");
    nested(body.pointer("/error").unwrap_or(&Value::Null), &mut message, 0);
    GraphErrorKind::Refused {
        status: answer.status,
        code: if outer.is_empty() { text("/error/innerError/code") } else { outer },
        message,
        request_id: answer
            .header("request-id")
            .map_or_else(|| text("/error/innerError/request-id"), str::to_owned),
    }
}

/// Whether the token itself was refused. The services behind Graph that lag answer 401 too, with `UnknownError` and no words,
/// while the token is fine: renewing it would change nothing.
pub(super) fn is_bad_token(answer: &Response) -> bool {
    answer.status == 401
        && !matches!(refusal(answer), GraphErrorKind::Refused { code, message, .. }
            if code == "UnknownError" && message.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(error: &Value) -> (String, String) {
        let body = json!({ "error": error }).to_string().into_bytes();
        let answer = Response { status: 400, headers: Vec::new(), body };
        match refusal(&answer) {
            GraphErrorKind::Refused { code, message, .. } => (code, message),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_told_further_in_is_told_too() {
        let texts = |error: &Value, code: &str, message: &str| {
            assert_eq!(told(error), (code.to_owned(), message.to_owned()));
        };
        texts(&json!({ "code": "A", "message": "Outer.", "innerError": { "date": "x" } }), "A", "Outer.");
        let inner =
            json!({ "code": "B", "message": "Inner.", "innerError": { "code": "C", "message": "Deep." } });
        texts(
            &json!({ "code": "A", "message": "Outer.", "innerError": inner }),
            "A",
            "Outer. B Inner. C Deep.",
        );
        let details = json!([{ "code": "B", "message": "One." }, { "code": "B", "message": "Two." }]);
        texts(&json!({ "code": "", "message": "", "details": details }), "", "B One. Two.");
        // Said twice it is told once.
        let same = json!({ "code": "A", "message": "Outer." });
        texts(&json!({ "code": "A", "message": "Outer. A", "innerError": same }), "A", "Outer. A");
        // Without a word it stays without one: that is how services answer that lag.
        let silent = json!({ "code": "UnknownError", "message": "", "innerError": { "code": "B" } });
        texts(&silent, "UnknownError", "");
    }
}
