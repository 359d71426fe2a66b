//! Small reads from the page's own host. Everything else is asked by the worker.

use wasm_bindgen::JsCast;
use web_sys::{AbortSignal, Headers, RequestCache, RequestInit, RequestRedirect, Response};

use super::navigation::window;

/// How long the host may take, in milliseconds.
const PATIENCE: u32 = 30_000;

/// An answer that came.
pub(crate) struct Answer {
    /// Whether the status is 2xx.
    pub(crate) fine: bool,
    /// Whether it says that it is JSON or plain text, and not a page as some static hosts answer for everything.
    pub(crate) data: bool,
    /// The body.
    pub(crate) text: String,
}

/// Reads something of the page's own host; nothing when no answer comes.
pub(crate) async fn get(address: &str) -> Option<Answer> {
    let options = RequestInit::new();
    options.set_cache(RequestCache::NoStore);
    // What is trusted is this host's own answer, not that of wherever it points. Its cookies go along: a host may ask for them.
    options.set_redirect(RequestRedirect::Error);
    options.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)));
    let headers = Headers::new().ok()?;
    headers.set("accept", "application/json").ok()?;
    // The relay answers only those who say that they mean it.
    headers.set("x-scim-setup", "1").ok()?;
    options.set_headers(&headers);
    let answer: Response = window().fetch_with_str_and_init(address, &options).await.ok()?.dyn_into().ok()?;
    let text = answer.text().ok()?.await.ok()?.as_string()?;
    let page =
        answer.headers().get("content-type").ok().flatten().is_some_and(|kind| kind.contains("text/html"));
    Some(Answer { fine: answer.ok(), data: !page && !text.trim_start().starts_with('<'), text })
}

/// Whether a file arrives as its checksum says. `anew` passes the browser's cache by: an old copy in it may be the fault.
pub(crate) async fn is_sound(address: &str, integrity: &str, anew: bool) -> bool {
    let options = RequestInit::new();
    options.set_integrity(integrity);
    options.set_cache(if anew { RequestCache::Reload } else { RequestCache::Default });
    // With an integrity the answer comes once the whole of it is there and matches.
    let answer = window().fetch_with_str_and_init(address, &options).await;
    answer.is_ok_and(|answer| answer.dyn_into::<Response>().is_ok_and(|answer| answer.ok()))
}
