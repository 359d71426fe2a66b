//! Requests and responses as the engine sees them: plain values, no socket.

use std::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::secret::Secret;

/// How long a request may take before the environment gives it up.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// The methods that the services need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or calls an action.
    Post,
    /// Replaces as a whole.
    Put,
    /// Changes in part.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The method's name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One request. `Debug` shows neither the query, the body, nor the authorisation.
#[derive(Clone)]
pub struct Request {
    /// What to do.
    pub method: Method,
    /// The full address, or one relative to the page (the relay's).
    pub url: String,
    /// Headers that hold no secret.
    pub headers: Vec<(&'static str, String)>,
    /// The whole value of the `Authorization` header.
    pub authorization: Option<Secret>,
    /// The body, wiped when dropped: token requests carry codes and verifiers.
    pub body: Option<Zeroizing<Vec<u8>>>,
    /// After this time the environment gives up with [`SendErrorKind::TimedOut`].
    pub timeout: Duration,
}

impl Request {
    /// A request without headers, authorisation and body.
    #[must_use]
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: Vec::new(),
            authorization: None,
            body: None,
            timeout: TIMEOUT,
        }
    }

    /// Adds a header. The name is given in lower case.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Authorises the request with a bearer token.
    #[must_use]
    pub fn bearer(mut self, token: &Secret) -> Self {
        self.authorization = Some(token.bearer());
        self
    }

    /// Gives the request a body and its type.
    #[must_use]
    pub fn body(self, content_type: &'static str, body: Vec<u8>) -> Self {
        let mut request = self.header("content-type", content_type);
        request.body = Some(Zeroizing::new(body));
        request
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.url.split(['?', '#']).next().unwrap_or_default();
        write!(f, "{} {address}", self.method)
    }
}

/// One answer. `Debug` shows the status and the size: a body may hold tokens.
#[derive(Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of that name (given in lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the status is 2xx.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The wait that the server asks for. Only the form in whole seconds is used by Graph and Databricks.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.header("retry-after")?.trim().parse().ok().map(Duration::from_secs)
    }

    /// The body as text, whatever it is.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether the body is a page rather than data: gateways and sign-in pages answer so.
    #[must_use]
    pub fn is_html(&self) -> bool {
        let typed =
            self.header("content-type").is_some_and(|kind| kind.to_ascii_lowercase().contains("text/html"));
        let start = self.body.iter().find(|byte| !byte.is_ascii_whitespace());
        typed || start == Some(&b'<')
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.status, self.body.len())
    }
}

/// Why no answer came at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendErrorKind {
    /// No connection, a name that does not resolve, or (in a browser) an answer that CORS hides.
    Unreachable,
    /// The time limit of the request passed.
    TimedOut,
    /// The service answered with a redirect, which is never followed.
    Redirected,
    /// The answer is larger than anything that is expected.
    TooLarge,
    /// The request cannot be sent as it is (a bad address or header): a fault of this program.
    Unsendable,
}

/// A request that brought no answer. Whether it took effect is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendError {
    /// Which kind of failure.
    pub kind: SendErrorKind,
    /// The environment's own words, for the details.
    pub detail: String,
}

impl SendError {
    /// A failure in the environment's own words.
    pub fn new(kind: SendErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            SendErrorKind::Unreachable => "no connection",
            SendErrorKind::TimedOut => "no answer in time",
            SendErrorKind::Redirected => "a redirect, which is never followed",
            SendErrorKind::TooLarge => "an answer that is too large",
            SendErrorKind::Unsendable => "the request could not be sent",
        };
        if self.detail.is_empty() { f.write_str(kind) } else { write!(f, "{kind}: {}", self.detail) }
    }
}

impl std::error::Error for SendError {}

/// Percent-encodes a value for a query or a path segment: everything but the unreserved characters of RFC 3986.
#[must_use]
pub fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    out
}

/// Joins names and values into a query, encoding both.
#[must_use]
pub fn query(pairs: &[(&str, &str)]) -> String {
    let encoded: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)))
        .collect();
    encoded.join("&")
}

/// Reads a query or a fragment of names and values (`+` is a blank, as forms have it). Broken escapes stay as they are.
#[must_use]
pub fn parse_query(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (percent_decode(name), percent_decode(value))
        })
        .collect()
}

fn percent_decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let escaped = if byte == b'%' { hex_pair(bytes.clone()) } else { None };
        if let Some(value) = escaped {
            out.push(value);
            bytes.nth(1);
        } else {
            out.push(if byte == b'+' { b' ' } else { byte });
        }
    }
    // Codes come this way: what was read is handed on, not copied.
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn hex_pair(mut bytes: std::str::Bytes<'_>) -> Option<u8> {
    let high = char::from(bytes.next()?).to_digit(16)?;
    let low = char::from(bytes.next()?).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_a_request_hides_query_and_secrets() {
        let request = Request::new(Method::Post, "https://login.example/token?code=abc")
            .bearer(&Secret::new("dapi123".to_owned()))
            .body("application/json", b"{\"secret\":1}".to_vec());
        assert_eq!(format!("{request:?}"), "POST https://login.example/token");
    }

    #[test]
    fn a_query_survives_the_round_trip() {
        let encoded = query(&[("filter", "userName eq \"o'neill+ü@contoso.example\""), ("count", "100")]);
        assert_eq!(encoded, "filter=userName%20eq%20%22o%27neill%2B%C3%BC%40contoso.example%22&count=100");
        assert_eq!(
            parse_query(&encoded),
            [
                ("filter".to_owned(), "userName eq \"o'neill+ü@contoso.example\"".to_owned()),
                ("count".to_owned(), "100".to_owned())
            ]
        );
    }

    #[test]
    fn broken_escapes_stay_as_they_are() {
        assert_eq!(
            parse_query("a=%zz&b=100%&c=x+y"),
            [
                ("a".to_owned(), "%zz".to_owned()),
                ("b".to_owned(), "100%".to_owned()),
                ("c".to_owned(), "x y".to_owned())
            ]
        );
    }

    #[test]
    fn a_page_is_told_from_data() {
        let page = Response { status: 200, headers: Vec::new(), body: b"\n<!doctype html>".to_vec() };
        let data = Response { status: 200, headers: Vec::new(), body: b"{}".to_vec() };
        assert!(page.is_html());
        assert!(!data.is_html());
    }
}
