//! The adapter against a real browser. Where a service must hang or be looked into, a function stands in for `fetch`.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use engine::secret::Secret;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::js_sys::global;

use super::*;

/// Puts a function in the place of the browser's `fetch` for one test and puts the browser's own back.
struct Replaced(JsValue);

impl Replaced {
    fn with(body: &str) -> Self {
        let own = Reflect::get(&global(), &"fetch".into()).unwrap();
        let stand_in: JsValue = Function::new_with_args("request", body).into();
        Reflect::set(&global(), &"fetch".into(), &stand_in).unwrap();
        Self(own)
    }
}

impl Drop for Replaced {
    fn drop(&mut self) {
        Reflect::set(&global(), &"fetch".into(), &self.0).unwrap();
    }
}

/// What the stand-in noted.
fn noted(name: &str) -> JsValue {
    Reflect::get(&global(), &name.into()).unwrap()
}

/// Answers nothing until the request is aborted, as a service that hangs.
const HANGS: &str = "globalThis.signal = request.signal; return new Promise((_, refuse) => \
    request.signal.addEventListener('abort', () => refuse(request.signal.reason)))";

#[wasm_bindgen_test]
async fn an_answer_is_an_answer_whatever_its_status() {
    let missing = Browser.send(Request::new(Method::Get, "nothing-is-here")).await.unwrap();
    assert_eq!(missing.status, 404);
    let page = Browser.send(Request::new(Method::Get, "./")).await.unwrap();
    assert_eq!(page.status, 200);
    assert!(page.is_html());
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
}

#[wasm_bindgen_test]
async fn no_connection_is_told() {
    // Port 1 is closed; browsers refuse it even before they try.
    let error = Browser.send(Request::new(Method::Get, "http://127.0.0.1:1/")).await.unwrap_err();
    assert_eq!(error.kind, SendErrorKind::Unreachable);
}

#[wasm_bindgen_test]
async fn a_hanging_service_times_out() {
    let _fetch = Replaced::with(HANGS);
    let mut request = Request::new(Method::Get, "https://graph.example/v1.0/me");
    request.timeout = Duration::from_millis(5);
    assert_eq!(Browser.send(request).await.unwrap_err().kind, SendErrorKind::TimedOut);
}

#[wasm_bindgen_test]
async fn a_request_that_nobody_waits_for_is_aborted() {
    let _fetch = Replaced::with(HANGS);
    {
        let mut sending = pin!(Browser.send(Request::new(Method::Get, "https://graph.example/v1.0/me")));
        let pending = std::future::poll_fn(|cx| Poll::Ready(sending.as_mut().poll(cx).is_pending())).await;
        assert!(pending);
        assert_eq!(Reflect::get(&noted("signal"), &"aborted".into()).unwrap(), JsValue::FALSE);
    }
    assert_eq!(Reflect::get(&noted("signal"), &"aborted".into()).unwrap(), JsValue::TRUE);
}

#[wasm_bindgen_test]
async fn a_request_leaves_as_it_was_made() {
    let _fetch = Replaced::with(
        "globalThis.seen = [request.method, request.url, request.redirect, request.credentials, request.cache, \
         request.referrerPolicy, request.headers.get('authorization'), request.headers.get('x-scim-setup')].join(' '); \
         return request.text().then((body) => new Response(body, { status: 201, headers: { 'X-Request-Id': 'r1' } }))",
    );
    let request = Request::new(Method::Post, "https://graph.example/v1.0/users?$search=%22a%22&x=%2B")
        .header("x-scim-setup", "1")
        .bearer(&Secret::new("t".to_owned()))
        .body("application/json", b"{}".to_vec());
    let answer = Browser.send(request).await.unwrap();
    assert_eq!(
        (answer.status, answer.text().as_str(), answer.header("x-request-id")),
        (201, "{}", Some("r1"))
    );
    assert_eq!(
        noted("seen").as_string().unwrap(),
        "POST https://graph.example/v1.0/users?$search=%22a%22&x=%2B manual omit no-store no-referrer Bearer t 1"
    );
}

#[wasm_bindgen_test]
async fn what_cannot_be_sent_is_told_before_it_is_tried() {
    let broken = Request::new(Method::Get, "./").bearer(&Secret::new("a\nb".to_owned()));
    assert_eq!(Browser.send(broken).await.unwrap_err().kind, SendErrorKind::Unsendable);
    let nowhere = Request::new(Method::Get, "http://[");
    assert_eq!(Browser.send(nowhere).await.unwrap_err().kind, SendErrorKind::Unsendable);
}

#[wasm_bindgen_test]
async fn an_answer_that_is_too_large_is_refused() {
    let _fetch = Replaced::with(
        "return Promise.resolve(new Response('', { headers: { 'content-length': '16777217' } }))",
    );
    let error = Browser.send(Request::new(Method::Get, "https://graph.example/")).await.unwrap_err();
    assert_eq!(error.kind, SendErrorKind::TooLarge);
}

#[wasm_bindgen_test]
fn random_bytes_are_filled_to_the_end_and_differ() {
    let mut bytes = vec![0; RANDOM_AT_ONCE + 64];
    Browser.random(&mut bytes);
    let end = bytes[RANDOM_AT_ONCE..].to_vec();
    assert!(end.iter().any(|byte| *byte != 0));
    assert_ne!(end, bytes[..64]);
}

#[wasm_bindgen_test]
async fn clocks_go_forward() {
    let (wall, monotonic) = (Browser.wall(), Browser.monotonic());
    Browser.sleep(Duration::from_millis(2)).await;
    assert!(Browser.monotonic() > monotonic);
    assert!(Browser.wall() >= wall);
    assert!(wall.0 > 1_700_000_000_000);
}
