//! What becomes of a host's answer: data is passed on, redirects and pages are not.

use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use tokio::sync::OwnedSemaphorePermit;

use super::headers;
use super::refusal::{Code, Refusal};
use super::upstream::Received;
use crate::answers;
use crate::connections::Answer;

/// The longest path of a redirect that is told.
const LONGEST_LOCATION: usize = 200;

/// Makes the answer for the page.
///
/// # Errors
/// A [`Refusal`] when the host answered with anything but data.
pub(crate) fn deliver(host: &str, received: Received, slot: OwnedSemaphorePermit) -> Result<Answer, Refusal> {
    let Received { status, headers, body } = received;
    if (300..400).contains(&status) {
        return Err(redirect(host, status, &headers));
    }
    // Passed on as it is, a 408 would make the browser send the request again by itself, writes too.
    if status == 408 {
        let message = format!(
            "{host} gave up waiting for the request (status 408). Whether it took effect is not known; look before \
             repeating."
        );
        return Err(Refusal::new(Code::Timeout, message).upstream(status));
    }
    if let Some(coding) = headers.get_all(CONTENT_ENCODING).iter().find(|coding| !is_identity(coding)) {
        let message = format!(
            "{host} packed its answer ({}), although none was asked for packed. Check what stands between the relay \
             and the host.",
            coding.to_str().unwrap_or_default()
        );
        return Err(Refusal::new(Code::Unreachable, message).upstream(status));
    }
    if is_html(&headers, &body) {
        let message = format!(
            "{host} answered with a page (status {status}), not with data. Check that it is the right host, and that \
             no sign-in page, gateway or access list stands in between."
        );
        let refusal = Refusal::new(Code::Html, message).upstream(status);
        // A gateway that asks to wait does so with a page as well.
        return Err(match status {
            429 | 502..=504 => refusal.passing(status, headers.get(RETRY_AFTER)),
            _ => refusal,
        });
    }
    let code =
        StatusCode::from_u16(status).ok().filter(|code| !code.is_informational()).ok_or_else(|| {
            let message = format!("{host} answered with the status {status}, which does not exist.");
            Refusal::new(Code::Unreachable, message).upstream(status)
        })?;
    let mut answer =
        answers::body(code, "application/json", Bytes::from_owner(Held { bytes: body, _slot: slot }));
    *answer.headers_mut() = headers::down(&headers);
    Ok(answer)
}

/// Bytes that keep a place of the relay taken until they are sent, so that the memory for answers stays bounded.
struct Held {
    bytes: Vec<u8>,
    _slot: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Databricks sends callers from outside of a Private Link workspace to `/login.html?error=private-link-…`.
fn redirect(host: &str, status: u16, headers: &HeaderMap) -> Refusal {
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let private = location.contains("private-link");
    let login = location.contains("login.html");
    let message = if private {
        format!(
            "{host} lets only its private network in (Private Link) and sent the relay to its sign-in page. Run \
             scim-setup inside that network, with --private and the range of the workspace's private endpoints."
        )
    } else if login {
        format!(
            "{host} sent the relay to its sign-in page. Check that it is the right workspace and that the token \
             belongs to it; a workspace with Private Link does the same to callers from outside."
        )
    } else {
        format!(
            "{host} answered with a redirect (status {status}), which is never followed. Check the host's name."
        )
    };
    let told = if private || login { path_of(location) } else { None };
    Refusal::new(Code::Redirect, message).upstream(status).location(told)
}

/// The path of an address, without the origin, the query and the fragment.
fn path_of(location: &str) -> Option<String> {
    let rest = match location.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|start| rest.get(start..))?,
        None => location,
    };
    let path = rest.split(['?', '#', ';']).next().unwrap_or_default();
    let plain = !path.is_empty()
        && path.len() <= LONGEST_LOCATION
        && path.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then(|| path.to_owned())
}

fn is_identity(coding: &HeaderValue) -> bool {
    coding.is_empty() || coding.as_bytes().eq_ignore_ascii_case(b"identity")
}

fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    let kind =
        headers.get(CONTENT_TYPE).map(|value| value.as_bytes().to_ascii_lowercase()).unwrap_or_default();
    let typed = kind.starts_with(b"text/html") || kind.starts_with(b"application/xhtml");
    let start = body.iter().find(|byte| !byte.is_ascii_whitespace());
    (typed && !body.is_empty()) || start == Some(&b'<')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redirected(location: &'static str) -> Refusal {
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, HeaderValue::from_static(location));
        redirect("adb-1.1.azuredatabricks.net", 302, &headers)
    }

    fn told(refusal: Refusal) -> (bool, String) {
        let private = refusal.message.contains("Private Link) and sent");
        let body = http_body_util::BodyExt::collect(refusal.into_answer().into_body());
        let bytes = futures_now(body).to_bytes();
        let body: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        (private, body["location"].as_str().unwrap_or_default().to_owned())
    }

    /// The body is in memory: it is there at once.
    fn futures_now<F: Future<Output = Result<T, E>>, T, E: std::fmt::Debug>(future: F) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(future).unwrap()
    }

    #[test]
    fn private_link_is_told_by_its_redirect_without_the_query() {
        let private = "https://adb-1.1.azuredatabricks.net/login.html?error=private-link-validation-error:1";
        assert_eq!(told(redirected(private)), (true, "/login.html".to_owned()));
        assert_eq!(told(redirected("/login.html?next_url=%2Fx#y")), (false, "/login.html".to_owned()));
        assert_eq!(told(redirected("https://evil.example/x?y")), (false, String::new()));
        assert_eq!(told(redirected("https://login.html")), (false, String::new()));
    }

    #[test]
    fn pages_are_told_from_data() {
        let mut page = HeaderMap::new();
        page.insert(CONTENT_TYPE, HeaderValue::from_static("Text/HTML; charset=utf-8"));
        assert!(is_html(&page, b"x"));
        assert!(!is_html(&page, b""));
        assert!(is_html(&HeaderMap::new(), b"\r\n <!doctype html>"));
        assert!(!is_html(&HeaderMap::new(), b"{\"a\":\"<b>\"}"));
    }
}
