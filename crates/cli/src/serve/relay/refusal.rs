//! What the relay says when it does not pass an answer on: one code for programs, one message for people.

use std::time::Duration;

use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{ALLOW, HeaderName, HeaderValue, RETRY_AFTER};
use serde::Serialize;

use crate::answers;
use crate::connections::Answer;

/// The header that tells the relay's own answers from those of Databricks.
pub(crate) const HEADER: &str = "x-scim-setup-relay";

/// Why the relay did not pass a request or its answer on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Code {
    /// No host is allowed: there is no relay.
    Off,
    /// The request does not come from the page.
    Caller,
    /// The host is not on the allow-list.
    Host,
    /// The method and path are not in the table.
    Path,
    /// The request is not well formed.
    BadRequest,
    /// The request is too large.
    TooLarge,
    /// Too many requests.
    Rate,
    /// Too many requests at the same time.
    Busy,
    /// No connection to the host.
    Unreachable,
    /// The host's certificate is not trusted.
    Tls,
    /// The host's name leads to an address that is not public.
    PrivateAddress,
    /// Somebody took too long.
    Timeout,
    /// The host answered with a redirect.
    Redirect,
    /// The host answered with a page.
    Html,
    /// The answer is too large.
    AnswerTooLarge,
}

impl Code {
    /// The code as it is written in the header and the body.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Caller => "caller",
            Self::Host => "host",
            Self::Path => "path",
            Self::BadRequest => "bad-request",
            Self::TooLarge => "too-large",
            Self::Rate => "rate",
            Self::Busy => "busy",
            Self::Unreachable => "unreachable",
            Self::Tls => "tls",
            Self::PrivateAddress => "private-address",
            Self::Timeout => "timeout",
            Self::Redirect => "redirect",
            Self::Html => "html",
            Self::AnswerTooLarge => "answer-too-large",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::Off | Self::Path => StatusCode::NOT_FOUND,
            Self::Caller | Self::Host => StatusCode::FORBIDDEN,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Rate => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Timeout => StatusCode::GATEWAY_TIMEOUT,
            Self::Unreachable
            | Self::Tls
            | Self::PrivateAddress
            | Self::Redirect
            | Self::Html
            | Self::AnswerTooLarge => StatusCode::BAD_GATEWAY,
        }
    }
}

/// A refusal with what is known about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The code.
    pub(crate) code: Code,
    /// What happened, why, and what to do.
    pub(crate) message: String,
    /// Another status than the code's usual one.
    status: Option<StatusCode>,
    /// Where a redirect leads, as a path only.
    location: Option<String>,
    /// The status that the host answered with.
    upstream: Option<u16>,
    /// The methods that fit.
    allow: Option<&'static str>,
    /// How long to wait, as the header says it.
    wait: Option<HeaderValue>,
}

impl Refusal {
    /// A refusal with that code.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message, status: None, location: None, upstream: None, allow: None, wait: None }
    }

    /// The client took too long to send its body.
    pub(crate) fn slow_client() -> Self {
        let message = "The body of the request did not arrive in time. Send it again.";
        // Not 408: browsers send the request again by themselves then.
        Self { status: Some(StatusCode::BAD_REQUEST), ..Self::new(Code::Timeout, message) }
    }

    /// Others take all there is.
    pub(crate) fn busy() -> Self {
        let message = "The relay is busy with other requests. Wait a moment and repeat this one.";
        Self::new(Code::Busy, message).wait(Duration::from_secs(1))
    }

    /// The path is in the table, with other methods.
    pub(crate) fn method(allowed: &'static str) -> Self {
        let message = format!("The relay passes only {allowed} on for this path.");
        let status = Some(StatusCode::METHOD_NOT_ALLOWED);
        Self { status, allow: Some(allowed), ..Self::new(Code::Path, message) }
    }

    /// Says where a redirect leads.
    pub(crate) fn location(mut self, path: Option<String>) -> Self {
        self.location = path;
        self
    }

    /// Says what status the host answered with.
    pub(crate) const fn upstream(mut self, status: u16) -> Self {
        self.upstream = Some(status);
        self
    }

    /// Says how long to wait.
    pub(crate) fn wait(mut self, wait: Duration) -> Self {
        self.wait = Some(HeaderValue::from(wait.as_secs().max(1)));
        self
    }

    /// Passes on the status that the host answered with, and how long it asks to wait.
    pub(crate) fn passing(mut self, status: u16, wait: Option<&HeaderValue>) -> Self {
        self.status = StatusCode::from_u16(status).ok();
        self.wait = wait.cloned();
        self
    }

    /// The status of the answer.
    pub(crate) fn status(&self) -> StatusCode {
        self.status.unwrap_or(self.code.status())
    }

    /// The refusal as an answer.
    pub(crate) fn into_answer(self) -> Answer {
        #[derive(Serialize)]
        struct Body<'b> {
            relay: Code,
            message: &'b str,
            #[serde(skip_serializing_if = "Option::is_none")]
            status: Option<u16>,
            #[serde(skip_serializing_if = "Option::is_none")]
            location: Option<&'b str>,
        }
        let body = Body {
            relay: self.code,
            message: &self.message,
            status: self.upstream,
            location: self.location.as_deref(),
        };
        // A structure of texts and numbers always serialises.
        let bytes: Bytes = serde_json::to_vec(&body).unwrap_or_default().into();
        let mut answer = answers::body(self.status(), "application/json", bytes);
        let headers = answer.headers_mut();
        headers.insert(HeaderName::from_static(HEADER), HeaderValue::from_static(self.code.as_str()));
        if let Some(allowed) = self.allow {
            headers.insert(ALLOW, HeaderValue::from_static(allowed));
        }
        if let Some(wait) = self.wait {
            headers.insert(RETRY_AFTER, wait);
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn a_refusal_is_told_to_programs_and_people() {
        let refusal =
            Refusal::new(Code::Redirect, "It moved.").location(Some("/login.html".to_owned())).upstream(302);
        let answer = refusal.into_answer();
        assert_eq!(answer.status(), 502);
        assert_eq!(answer.headers()["x-scim-setup-relay"], "redirect");
        assert_eq!(answer.headers()["content-type"], "application/json");
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(
            body,
            r#"{"relay":"redirect","message":"It moved.","status":302,"location":"/login.html"}"#
        );
    }

    #[test]
    fn the_header_and_the_body_hold_the_same_code() {
        use Code::*;
        for code in [
            Off,
            Caller,
            Host,
            Path,
            BadRequest,
            TooLarge,
            Rate,
            Busy,
            Unreachable,
            Tls,
            PrivateAddress,
            Timeout,
            Redirect,
            Html,
            AnswerTooLarge,
        ] {
            assert_eq!(serde_json::to_string(&code).unwrap(), format!("\"{}\"", code.as_str()));
        }
    }

    #[test]
    fn waits_and_methods_are_headers() {
        let answer = Refusal::new(Code::Rate, "").wait(Duration::from_millis(20)).into_answer();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["retry-after"]),
            (429, &HeaderValue::from(1))
        );
        let answer = Refusal::method("GET").into_answer();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["allow"]),
            (405, &HeaderValue::from_static("GET"))
        );
        assert_eq!(Refusal::slow_client().into_answer().status(), 400);
    }
}
