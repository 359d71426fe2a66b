//! How far long work has come.

use leptos::prelude::*;

/// A determinate bar with its figures.
pub(crate) fn progress(label: &'static str, done: Signal<usize>, total: Signal<usize>) -> AnyView {
    view! {
        <progress
            class="progress"
            aria-label=label
            max=Signal::derive(move || total.get().max(1).to_string())
            prop:value=Signal::derive(move || f64::from(u32::try_from(done.get()).unwrap_or(u32::MAX)))
        ></progress>
    }
    .into_any()
}

/// Work whose end is not known.
pub(crate) fn working(text: impl Into<String>) -> AnyView {
    view! { <p class="working">{text.into()}</p> }.into_any()
}
