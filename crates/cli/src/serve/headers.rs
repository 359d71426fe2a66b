//! The headers of every answer of the page's origin.

use engine::entra::clouds::Cloud;
use engine::problem::Problem;
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue};

use crate::connections::Answer;
use crate::fixed::FIXED;

/// Left out on loopback: Safari would ask a server for https that has none.
const UPGRADE: &str = "upgrade-insecure-requests";

/// The production headers: what the page may do, and that nobody may frame, sniff or keep it.
pub(crate) struct PageHeaders {
    policy: HeaderValue,
    local: HeaderValue,
    fixed: [(HeaderName, HeaderValue); FIXED.len()],
}

impl PageHeaders {
    /// The headers of a page that may talk to these clouds.
    ///
    /// # Errors
    /// A [`Problem`] when an origin cannot stand in a header.
    pub(crate) fn new(clouds: &[Cloud]) -> Result<Self, Problem> {
        let unusable = |_| {
            Problem::new(
                "The page's content security policy cannot be written.",
                "An origin of a configured cloud holds characters that no header can hold.",
                "Correct the origins under \"clouds\" in the configuration.",
            )
        };
        let policy = policy(clouds);
        let local = HeaderValue::try_from(policy.as_str()).map_err(unusable)?;
        let policy = HeaderValue::try_from(format!("{policy}; {UPGRADE}")).map_err(unusable)?;
        let fixed =
            FIXED.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        Ok(Self { policy, local, fixed })
    }

    /// Completes an answer. A stricter policy (the relay's) and the caching of hashed assets are kept as they are.
    /// `local` says that the page was asked for under a loopback name.
    pub(crate) fn complete(&self, answer: &mut Answer, local: bool) {
        let headers: &mut HeaderMap = answer.headers_mut();
        for (name, value) in &self.fixed {
            headers.insert(name, value.clone());
        }
        headers
            .entry(CONTENT_SECURITY_POLICY)
            .or_insert_with(|| if local { self.local.clone() } else { self.policy.clone() });
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
}

/// The content security policy: the page may connect to itself and to the sign-in and Graph origins of its clouds.
fn policy(clouds: &[Cloud]) -> String {
    let mut connect = vec!["'self'"];
    for cloud in clouds {
        for origin in [cloud.authority.as_str(), cloud.graph.as_str()] {
            if !connect.contains(&origin) {
                connect.push(origin);
            }
        }
    }
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; manifest-src 'self'; worker-src 'self'; connect-src {}; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; \
         trusted-types default",
        connect.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers;
    use hyper::StatusCode;

    #[test]
    fn the_policy_names_every_cloud_once_and_nothing_else() {
        let mut clouds = engine::entra::clouds::built_in();
        let mut sample = clouds[0].clone();
        sample.authority = "http://127.0.0.1:9101".to_owned();
        sample.graph = "http://127.0.0.1:9102".to_owned();
        sample.databricks = vec!["http://127.0.0.1:9103".to_owned()];
        clouds.push(sample);
        assert_eq!(
            policy(&clouds),
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
             font-src 'self'; manifest-src 'self'; worker-src 'self'; connect-src 'self' \
             https://login.microsoftonline.com https://graph.microsoft.com https://login.microsoftonline.us \
             https://graph.microsoft.us https://dod-graph.microsoft.us https://login.partner.microsoftonline.cn \
             https://microsoftgraph.chinacloudapi.cn http://127.0.0.1:9101 http://127.0.0.1:9102; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; \
             require-trusted-types-for 'script'; trusted-types default"
        );
    }

    #[test]
    fn a_stricter_policy_and_caching_are_kept() {
        let headers = PageHeaders::new(&[]).unwrap();
        let mut answer = answers::text(StatusCode::NOT_FOUND, "no");
        headers.complete(&mut answer, false);
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert_eq!(answer.headers()["x-frame-options"], "DENY");
        assert_eq!(answer.headers()["cross-origin-embedder-policy"], "require-corp");
        let mut answer = answers::text(StatusCode::OK, "yes");
        answer
            .headers_mut()
            .insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
        answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public"));
        headers.complete(&mut answer, false);
        assert_eq!(answer.headers()["content-security-policy"], "default-src 'none'; sandbox");
        assert_eq!(answer.headers()["cache-control"], "public");
    }
}
