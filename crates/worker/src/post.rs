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

/// Tells the page that what it said makes no sense here: the two are of different versions. Nothing at all is what no page
/// understands, whatever its version.
pub(crate) fn not_understood() {
    let _ = scope().post_message(&Uint8Array::new_with_length(0));
}
