//! A value to carry elsewhere.

use leptos::prelude::*;

/// A value in monospace with a button that copies it. `name` says what it is, for those who do not see it.
pub(crate) fn copy(name: &'static str, value: impl Into<String>) -> AnyView {
    let value = value.into();
    view! {
        <span class="copy">
            <code>{value.clone()}</code>
            {copy_button(name, value)}
        </span>
    }
    .into_any()
}

/// The button alone: [`crate::browser::clipboard::offer`] does what it says.
pub(crate) fn copy_button(name: &'static str, value: String) -> AnyView {
    view! {
        <button type="button" class="button small" data-copy=value>
            <span aria-live="polite">"Copy"</span>
            <span class="unseen">" "{name}</span>
        </button>
    }
    .into_any()
}
