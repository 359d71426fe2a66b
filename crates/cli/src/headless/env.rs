//! The world outside, natively: reqwest, tokio's timers, the system's clocks and randomness.

use std::time::{Duration, Instant, SystemTime};

use engine::env::{Env, Timestamp};
use engine::http::{Method, Request, Response, SendError, SendErrorKind};
use engine::problem::Problem;
use reqwest::Client;

/// Larger answers are not expected of either service.
const LARGEST_ANSWER: usize = 64 << 20;
const CONNECT_TIME: Duration = Duration::from_secs(10);
const USER_AGENT: &str = concat!("scim-setup/", env!("CARGO_PKG_VERSION"));

/// The native world.
#[derive(Debug)]
pub(crate) struct Native {
    client: Client,
    began: Instant,
}

impl Native {
    /// A client that trusts the system's certificates and goes through the proxy of `HTTPS_PROXY`, if one is named: companies
    /// often let nothing out otherwise. Loopback addresses are always called straight.
    ///
    /// # Errors
    /// A [`Problem`] when TLS or the proxy cannot be set up.
    pub(crate) fn new() -> Result<Self, Problem> {
        // Another part of the program may have chosen it already; it is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut settings = Client::builder()
            .no_proxy()
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_TIME);
        let named = ["HTTPS_PROXY", "https_proxy"].iter().find_map(|name| std::env::var(name).ok());
        if let Some(address) = named.filter(|address| !address.is_empty()) {
            let proxy = reqwest::Proxy::https(address).map_err(|_| {
                Problem::new(
                    "The proxy cannot be used.",
                    "The value of HTTPS_PROXY is not an address.",
                    "Set it to an address such as http://proxy.contoso.example:8080, or unset it.",
                )
            })?;
            settings = settings.proxy(proxy.no_proxy(reqwest::NoProxy::from_env()));
        }
        let client = settings.build().map_err(|error| {
            Problem::new(
                "The program cannot make safe connections.",
                format!("TLS could not be set up: {error}."),
                "Install the system's certificates (the package ca-certificates), or name a file with SSL_CERT_FILE.",
            )
        })?;
        Ok(Self { client, began: Instant::now() })
    }
}

impl Env for Native {
    async fn send(&self, request: Request) -> Result<Response, SendError> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = self.client.request(method, &request.url).timeout(request.timeout);
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        if let Some(authorization) = &request.authorization {
            let mut value = reqwest::header::HeaderValue::from_str(authorization.expose()).map_err(|_| {
                SendError::new(SendErrorKind::Unsendable, "the token holds characters no header may")
            })?;
            value.set_sensitive(true);
            builder = builder.header(reqwest::header::AUTHORIZATION, value);
        }
        if let Some(body) = &request.body {
            builder = builder.body(body.to_vec());
        }
        let mut answer = builder.send().await.map_err(|error| failure(&error.without_url()))?;
        let status = answer.status().as_u16();
        if matches!(status, 300..=399) {
            return Err(SendError::new(SendErrorKind::Redirected, format!("status {status}")));
        }
        let headers = answer
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| failure(&error.without_url()))? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(SendError::new(SendErrorKind::TooLarge, "more than 64 MiB"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, headers, body })
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn wall(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    fn monotonic(&self) -> Duration {
        self.began.elapsed()
    }

    fn random(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Keys that could be guessed are worse than no program.
            std::process::abort();
        }
    }
}

/// The innermost cause says most; the outer ones only repeat that sending failed. Addresses are left out: they hold queries.
fn failure(error: &reqwest::Error) -> SendError {
    let kind = if error.is_timeout() {
        SendErrorKind::TimedOut
    } else if error.is_builder() {
        SendErrorKind::Unsendable
    } else {
        SendErrorKind::Unreachable
    };
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    SendError::new(kind, cause.to_string())
}
