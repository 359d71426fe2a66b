//! Building answers without a fallible builder.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};

use crate::connections::Answer;

/// An answer with a body of that type.
pub(crate) fn body(status: StatusCode, content_type: &'static str, bytes: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(bytes.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

/// A short text for people.
pub(crate) fn text(status: StatusCode, text: impl Into<String>) -> Answer {
    let mut text: String = text.into();
    text.push('\n');
    body(status, "text/plain; charset=utf-8", text)
}

/// The answer to a method that does not fit the address.
pub(crate) fn wrong_method(allowed: &'static str) -> Answer {
    let mut answer =
        text(StatusCode::METHOD_NOT_ALLOWED, format!("Only {allowed} can be asked of this address."));
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    answer
}
