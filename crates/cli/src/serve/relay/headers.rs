//! Which headers pass the relay, in either direction. Whatever is not named here stays behind.

use hyper::Method;
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_DISPOSITION, CONTENT_LENGTH,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue, IF_MATCH,
    RETRY_AFTER, TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT, X_CONTENT_TYPE_OPTIONS,
};

use crate::fixed::SANDBOX;

/// Headers of a request that are passed on.
const UP: [HeaderName; 4] = [AUTHORIZATION, CONTENT_TYPE, ACCEPT, IF_MATCH];

/// Headers of an answer that are passed on, beside those of Databricks' own.
const DOWN: [HeaderName; 3] = [RETRY_AFTER, ETAG, HeaderName::from_static("x-request-id")];

/// The prefix of Databricks' own headers.
const DATABRICKS: &str = "x-databricks-";

/// Refuses requests whose framing is unusual: two readers that disagree on it are what smuggling lives on.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn check_framing(method: &Method, headers: &HeaderMap) -> Result<(), &'static str> {
    for (name, why) in [
        (EXPECT, "the header expect is not accepted"),
        (UPGRADE, "the header upgrade is not accepted"),
        (TRAILER, "the header trailer is not accepted"),
    ] {
        if headers.contains_key(name) {
            return Err(why);
        }
    }
    for name in [HOST, CONTENT_LENGTH, TRANSFER_ENCODING].iter().chain(&UP) {
        if headers.get_all(name).iter().nth(1).is_some() {
            return Err("a header that must be there once is there twice");
        }
    }
    if headers.contains_key(CONTENT_LENGTH) && headers.contains_key(TRANSFER_ENCODING) {
        return Err("its length is given in two ways");
    }
    let is = |value: &HeaderValue, word: &str| value.as_bytes().eq_ignore_ascii_case(word.as_bytes());
    if headers.get_all(CONNECTION).iter().any(|value| !is(value, "keep-alive") && !is(value, "close")) {
        return Err("the header connection names other headers");
    }
    if headers.get(TRANSFER_ENCODING).is_some_and(|value| !is(value, "chunked")) {
        return Err("its transfer encoding is not chunked");
    }
    let length = headers.get(CONTENT_LENGTH);
    if length.is_some_and(|value| !value.as_bytes().iter().all(u8::is_ascii_digit)) {
        return Err("its length is not a number");
    }
    let has_body =
        headers.contains_key(TRANSFER_ENCODING) || length.is_some_and(|value| value.as_bytes() != b"0");
    if has_body && (method == Method::GET || method == Method::DELETE) {
        return Err("it has a body, and requests of this method have none");
    }
    Ok(())
}

/// The headers of the request to the host.
///
/// # Errors
/// What is wrong with them.
pub(crate) fn up(headers: &HeaderMap) -> Result<HeaderMap, &'static str> {
    let mut passed = HeaderMap::new();
    for name in &UP {
        let Some(value) = headers.get(name) else { continue };
        if value.to_str().is_err() {
            return Err("a header that is passed on is not ASCII text");
        }
        let mut value = value.clone();
        value.set_sensitive(name == AUTHORIZATION);
        passed.insert(name, value);
    }
    passed.insert(USER_AGENT, HeaderValue::from_static(concat!("scim-setup/", env!("CARGO_PKG_VERSION"))));
    passed.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    Ok(passed)
}

/// The headers of the answer to the page: those that may pass, and those that keep it from being shown.
pub(crate) fn down(headers: &HeaderMap) -> HeaderMap {
    let mut passed = HeaderMap::new();
    for (name, value) in headers {
        if (DOWN.contains(name) || name.as_str().starts_with(DATABRICKS)) && value.to_str().is_ok() {
            passed.insert(name, value.clone());
        }
    }
    let scim = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/scim+json")
    });
    let kind = if scim { "application/scim+json" } else { "application/json" };
    passed.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    passed
}

/// Adds what every answer of the relay has, its own ones too.
pub(crate) fn seal(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn only_named_headers_go_up() {
        let passed = up(&map(&[
            ("authorization", "Bearer made-up"),
            ("content-type", "application/scim+json"),
            ("accept", "application/json"),
            ("if-match", "\"1\""),
            ("cookie", "session=1"),
            ("origin", "http://localhost:8080"),
            ("referer", "http://localhost:8080/"),
            ("host", "localhost:8080"),
            ("x-forwarded-for", "10.0.0.1"),
            ("forwarded", "for=10.0.0.1"),
            ("proxy-authorization", "Basic eA=="),
            ("x-databricks-org-id", "1"),
            ("x-http-method-override", "PUT"),
            ("accept-encoding", "gzip"),
            ("user-agent", "browser"),
            ("x-scim-setup", "1"),
            ("sec-fetch-site", "same-origin"),
        ]))
        .unwrap();
        let mut names: Vec<_> = passed.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["accept", "accept-encoding", "authorization", "content-type", "if-match", "user-agent"]
        );
        assert_eq!(passed["accept-encoding"], "identity");
        assert!(passed["user-agent"].to_str().unwrap().starts_with("scim-setup/"));
        assert!(passed["authorization"].is_sensitive());
        assert!(!format!("{passed:?}").contains("made-up"));
    }

    #[test]
    fn only_named_headers_come_down() {
        let passed = down(&map(&[
            ("content-type", "text/html"),
            ("retry-after", "7"),
            ("etag", "\"1\""),
            ("x-request-id", "r-1"),
            ("x-databricks-reason-phrase", "No"),
            ("set-cookie", "session=1"),
            ("location", "https://evil.example/"),
            ("access-control-allow-origin", "*"),
            ("content-security-policy", "default-src *"),
            ("content-disposition", "inline"),
            ("www-authenticate", "Basic"),
            ("server", "databricks"),
            ("link", "</x>; rel=preload"),
            ("refresh", "0; url=https://evil.example/"),
            ("clear-site-data", "\"*\""),
            ("service-worker-allowed", "/"),
            ("content-length", "9"),
            ("content-encoding", "gzip"),
            ("transfer-encoding", "chunked"),
            ("x-scim-setup-relay", "off"),
        ]));
        let mut names: Vec<_> = passed.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["content-type", "etag", "retry-after", "x-databricks-reason-phrase", "x-request-id"]
        );
        assert_eq!(passed["content-type"], "application/json");
        let scim = down(&map(&[("content-type", "Application/SCIM+json;charset=utf-8")]));
        assert_eq!(scim["content-type"], "application/scim+json");
    }

    #[test]
    fn unusual_framing_is_refused() {
        assert_eq!(check_framing(&Method::GET, &map(&[("connection", "keep-alive")])), Ok(()));
        assert_eq!(check_framing(&Method::GET, &map(&[("content-length", "0")])), Ok(()));
        assert_eq!(
            check_framing(&Method::POST, &map(&[("content-length", "5"), ("connection", "Close")])),
            Ok(())
        );
        // Left behind, but no reason to refuse: Firefox sends it, and some TLS fronts pass it on.
        assert_eq!(check_framing(&Method::GET, &map(&[("te", "trailers")])), Ok(()));
        assert_eq!(check_framing(&Method::PATCH, &map(&[("transfer-encoding", "chunked")])), Ok(()));
        for (method, pairs) in [
            (Method::POST, [("expect", "100-continue")].as_slice()),
            (Method::GET, &[("upgrade", "websocket"), ("connection", "upgrade")]),
            (Method::GET, &[("connection", "upgrade")]),
            (Method::GET, &[("connection", "close, authorization")]),
            (Method::GET, &[("connection", "x-scim-setup")]),
            (Method::POST, &[("trailer", "authorization")]),
            (Method::POST, &[("content-length", "5"), ("transfer-encoding", "chunked")]),
            (Method::POST, &[("content-length", "5"), ("content-length", "6")]),
            (Method::POST, &[("content-length", "+5")]),
            (Method::POST, &[("transfer-encoding", "gzip, chunked")]),
            (Method::POST, &[("transfer-encoding", "chunked"), ("transfer-encoding", "identity")]),
            (Method::GET, &[("authorization", "Bearer a"), ("authorization", "Bearer b")]),
            (Method::GET, &[("host", "localhost"), ("host", "evil.example")]),
            (Method::POST, &[("content-type", "application/json"), ("content-type", "text/html")]),
            (Method::GET, &[("content-length", "5")]),
            (Method::DELETE, &[("transfer-encoding", "chunked")]),
        ] {
            assert!(check_framing(&method, &map(pairs)).is_err(), "{method} {pairs:?}");
        }
    }

    #[test]
    fn answers_can_never_be_a_page() {
        let mut headers = HeaderMap::new();
        seal(&mut headers);
        assert_eq!(headers["content-security-policy"], "default-src 'none'; sandbox; frame-ancestors 'none'");
        assert_eq!(headers["content-disposition"], "attachment");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-content-type-options"], "nosniff");
    }
}
