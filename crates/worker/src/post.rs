//! The way back to the page.

use engine::worker::message::Told;
use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;
use web_sys::js_sys::{Uint8Array, global};

/// The worker's own scope. There is always one: this program runs nowhere else.
pub(crate) fn scope() -> DedicatedWorkerGlobalScope {
    global().unchecked_into()
}

/// Tells the page something.
pub(crate) fn post(told: &Told) {
    let _ = scope().post_message(&Uint8Array::from(told.to_bytes().as_slice()));
}
