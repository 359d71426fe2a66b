//! Who may use the relay: the page of this origin, and programs that send its header; no other site's page.

use hyper::header::{HeaderMap, ORIGIN};

/// The header that marks the page's own requests. It is not on the list of headers that a page may send across
/// origins without a preflight, and preflights are refused.
pub(crate) const MARK: &str = "x-scim-setup";

/// Checks that a request comes from the page. `host` is the request's own, already admitted `Host` header.
///
/// The `Sec-Fetch-` headers are set by the browser and cannot be forged by a page (W3C Fetch Metadata). Browsers leave
/// them out on plain http to other machines; `Origin` is what remains then.
///
/// # Errors
/// Why it is refused.
pub(crate) fn check(headers: &HeaderMap, host: &str) -> Result<(), &'static str> {
    let mark = only(headers, MARK)?.ok_or("the header x-scim-setup: 1 is missing")?;
    if mark != "1" {
        return Err("the header x-scim-setup is not 1");
    }
    let site = only(headers, "sec-fetch-site")?;
    let mode = only(headers, "sec-fetch-mode")?;
    let dest = only(headers, "sec-fetch-dest")?;
    let origin = only(headers, ORIGIN.as_str())?;
    if let Some(site) = site {
        if site != "same-origin" {
            return Err("the browser says that another site's page asks");
        }
    } else {
        if mode.is_some() || dest.is_some() {
            return Err("the browser's own headers are incomplete");
        }
        if origin.is_some_and(|origin| !is_own(origin, host)) {
            return Err("the header origin names another origin");
        }
    }
    if mode.is_some_and(|mode| mode != "cors" && mode != "same-origin") {
        return Err("the request is not a fetch of the page's script");
    }
    if dest.is_some_and(|dest| dest != "empty") {
        return Err("the answer is to be shown or run, and answers of the relay are data");
    }
    Ok(())
}

fn is_own(origin: &str, host: &str) -> bool {
    let own = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    own.is_some_and(|own| own.eq_ignore_ascii_case(host))
}

/// The one value of a header; two are a try to confuse.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, &'static str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err("a header that tells who asks is there twice");
    }
    first.map(|value| value.to_str().map_err(|_| "a header that tells who asks is not text")).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::{HeaderName, HeaderValue};

    fn checked(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        check(&headers, "localhost:8080").is_ok()
    }

    #[test]
    fn the_page_and_programs_may() {
        let mark = ("x-scim-setup", "1");
        let site = ("sec-fetch-site", "same-origin");
        assert!(checked(&[mark]));
        assert!(checked(&[mark, ("origin", "http://localhost:8080")]));
        assert!(checked(&[mark, ("origin", "https://localhost:8080")]));
        assert!(checked(&[mark, site]));
        assert!(checked(&[mark, site, ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")]));
        assert!(checked(&[mark, site, ("sec-fetch-mode", "same-origin"), ("sec-fetch-dest", "empty")]));
    }

    #[test]
    fn others_may_not() {
        let mark = ("x-scim-setup", "1");
        let site = ("sec-fetch-site", "same-origin");
        for pairs in [
            [].as_slice(),
            &[site],
            &[site, ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")],
            &[("x-scim-setup", "")],
            &[("x-scim-setup", "2")],
            &[mark, mark],
            &[mark, ("sec-fetch-site", "cross-site")],
            &[mark, ("sec-fetch-site", "same-site")],
            &[mark, ("sec-fetch-site", "none")],
            &[mark, ("sec-fetch-site", "Same-Origin")],
            &[mark, site, site],
            &[mark, site, ("sec-fetch-site", "cross-site")],
            &[mark, ("sec-fetch-mode", "cors")],
            &[mark, ("sec-fetch-dest", "empty")],
            &[mark, site, ("sec-fetch-mode", "navigate")],
            &[mark, site, ("sec-fetch-mode", "no-cors")],
            &[mark, site, ("sec-fetch-mode", "websocket")],
            &[mark, site, ("sec-fetch-dest", "document")],
            &[mark, site, ("sec-fetch-dest", "iframe")],
            &[mark, site, ("sec-fetch-dest", "script")],
            &[mark, ("origin", "null")],
            &[mark, ("origin", "")],
            &[mark, ("origin", "http://localhost:8081")],
            &[mark, ("origin", "http://localhost")],
            &[mark, ("origin", "http://evil.example")],
            &[mark, ("origin", "http://localhost:8080.evil.example")],
            &[mark, ("origin", "http://localhost:8080"), ("origin", "http://evil.example")],
        ] {
            assert!(!checked(pairs), "{pairs:?}");
        }
    }
}
