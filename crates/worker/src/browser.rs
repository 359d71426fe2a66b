//! The engine's [`Env`] in the browser.

use std::time::Duration;

use engine::env::{Env, Timestamp};
use engine::http::{Method, Request, Response, SendError, SendErrorKind};
use gloo_net::http::{Request as Fetch, RequestBuilder};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::js_sys::{Date, Function, Promise, Reflect, Uint8Array};
use web_sys::{
    AbortController, ReferrerPolicy, RequestCache, RequestCredentials, RequestRedirect, ResponseType,
};

use crate::post::scope;

/// The largest answer that is taken, in bytes: the relay's own limit, and more than any page of a list.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// What the browser refuses to fill in one call, in bytes (Web Cryptography API, `getRandomValues`).
const RANDOM_AT_ONCE: usize = 65_536;

/// The world outside, as a browser gives it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Browser;

impl Env for Browser {
    async fn send(&self, request: Request) -> Result<Response, SendError> {
        let limit = TimeLimit::start(request.timeout);
        let fetch = build(&request, &limit)?;
        // From here on the browser holds its own copy of the body; ours is wiped.
        drop(request);
        let answer = fetch.send().await.map_err(|error| limit.explain(&error))?;
        if answer.type_() == ResponseType::Opaqueredirect {
            return Err(SendError::new(SendErrorKind::Redirected, ""));
        }
        let headers: Vec<(String, String)> = answer.headers().entries().collect();
        let announced = headers.iter().find(|(name, _)| name == "content-length");
        if announced
            .and_then(|(_, value)| value.parse().ok())
            .is_some_and(|size: usize| size > LARGEST_ANSWER)
        {
            return Err(SendError::new(SendErrorKind::TooLarge, ""));
        }
        let status = answer.status();
        let body = answer.binary().await.map_err(|error| limit.explain(&error))?;
        if body.len() > LARGEST_ANSWER {
            return Err(SendError::new(SendErrorKind::TooLarge, ""));
        }
        Ok(Response { status, headers, body })
    }

    async fn sleep(&self, duration: Duration) {
        let promise = Promise::new(&mut |resolve: Function, _| {
            let _ = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis(duration));
        });
        let _ = promise.await;
    }

    fn wall(&self) -> Timestamp {
        // The clock counts whole milliseconds since 1970, far below 2^53.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a present date fits")]
        Timestamp(Date::now() as u64)
    }

    fn monotonic(&self) -> Duration {
        let now = scope().performance().map_or(0.0, |performance| performance.now());
        Duration::try_from_secs_f64(now / 1000.0).unwrap_or_default()
    }

    fn random(&self, bytes: &mut [u8]) {
        // boot.mjs does not start the page where this is missing, so there is no weaker source to fall back to.
        let Ok(crypto) = scope().crypto() else { wasm_bindgen::throw_str("no source of random bytes") };
        for chunk in bytes.chunks_mut(RANDOM_AT_ONCE) {
            if crypto.get_random_values_with_u8_array(chunk).is_err() {
                wasm_bindgen::throw_str("no random bytes");
            }
        }
    }
}

fn build(request: &Request, limit: &TimeLimit) -> Result<Fetch, SendError> {
    let builder = match request.method {
        Method::Get => Fetch::get(&request.url),
        Method::Post => Fetch::post(&request.url),
        Method::Put => Fetch::put(&request.url),
        Method::Patch => Fetch::patch(&request.url),
        Method::Delete => Fetch::delete(&request.url),
    };
    // `manual` rather than `error`: neither follows, and this one can be told from a lost connection.
    let mut builder = builder
        .redirect(RequestRedirect::Manual)
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .abort_signal(Some(&limit.controller.signal()));
    for (name, value) in &request.headers {
        builder = set_header(builder, name, value)?;
    }
    if let Some(authorization) = &request.authorization {
        builder = set_header(builder, "authorization", authorization.expose())?;
    }
    let built = match &request.body {
        Some(body) => builder.body(Uint8Array::from(body.as_slice())),
        None => builder.build(),
    };
    built.map_err(|_| SendError::new(SendErrorKind::Unsendable, "the address is not one"))
}

/// The browser throws on characters that no header may hold, and gloo-net turns that into a panic.
fn set_header(builder: RequestBuilder, name: &str, value: &str) -> Result<RequestBuilder, SendError> {
    if value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        Ok(builder.header(name, value))
    } else {
        Err(SendError::new(SendErrorKind::Unsendable, "a header holds a character that it cannot hold"))
    }
}

/// Ends a request when its time has passed, and when nobody waits for it any more.
struct TimeLimit {
    controller: AbortController,
    timer: i32,
}

/// What the request is aborted with: tells our time-out from everything else.
const TIMED_OUT: &str = "timed out";

impl TimeLimit {
    fn start(after: Duration) -> Self {
        let Ok(controller) = AbortController::new() else { wasm_bindgen::throw_str("no AbortController") };
        let abort = Reflect::get(&controller, &"abort".into()).unwrap_or_default();
        let timer = abort.dyn_ref::<Function>().and_then(|abort| {
            let reason = JsValue::from(web_sys::js_sys::Error::new(TIMED_OUT));
            let abort: Function = abort.bind1(&controller, &reason).unchecked_into();
            scope().set_timeout_with_callback_and_timeout_and_arguments_0(&abort, millis(after)).ok()
        });
        Self { controller, timer: timer.unwrap_or_default() }
    }

    fn explain(&self, error: &gloo_net::Error) -> SendError {
        let detail = match error {
            gloo_net::Error::JsError(error) => error.message.clone(),
            gloo_net::Error::GlooError(message) => message.clone(),
        };
        if self.controller.signal().aborted() && detail == TIMED_OUT {
            SendError::new(SendErrorKind::TimedOut, "")
        } else {
            SendError::new(SendErrorKind::Unreachable, detail)
        }
    }
}

impl Drop for TimeLimit {
    fn drop(&mut self) {
        scope().clear_timeout_with_handle(self.timer);
        // Without effect when the answer is already there.
        self.controller.abort();
    }
}

fn millis(duration: Duration) -> i32 {
    i32::try_from(duration.as_millis()).unwrap_or(i32::MAX)
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests;
