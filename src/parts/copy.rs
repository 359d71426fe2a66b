//! A value to carry elsewhere.

use leptos::prelude::*;
use web_sys::js_sys::futures::spawn_local;

use crate::browser::clipboard;

/// A value in monospace with a button that copies it. `name` says what it is, for those who do not see it.
pub(crate) fn copy(name: &'static str, value: impl Into<String>) -> AnyView {
    let value = value.into();
    let shown = value.clone();
    let state = RwSignal::new("Copy");
    let click = move |_| {
        let value = value.clone();
        spawn_local(async move {
            let done = if clipboard::copy(&value).await { "Copied" } else { "Select and copy by hand" };
            // The step may be gone by now.
            let _ = state.try_set(done);
        });
    };
    view! {
        <span class="copy">
            <code>{shown}</code>
            <button type="button" class="button small" on:click=click>
                <span aria-live="polite">{state}</span>
                <span class="unseen">{format!(" {name}")}</span>
            </button>
        </span>
    }
    .into_any()
}
