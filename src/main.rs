//! The page of scim-setup: a wizard in the browser. This is the only code that knows a DOM.

mod app;
mod browser;
mod guide;
mod parts;
mod run;
mod sign_in;
mod state;
mod steps;

fn main() {
    app::start();
}

#[cfg(all(test, target_arch = "wasm32"))]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
