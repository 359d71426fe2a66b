//! A form that the page itself handles: Enter in a field is the main button.

use leptos::prelude::*;

use super::live::attribute;

/// Fields and buttons that belong together. The browser's own validation stays out: its words differ by browser.
pub(crate) fn form(body: AnyView, submit: impl Fn() + 'static) -> AnyView {
    view! {
        <form
            class="work"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                submit();
            }
        >
            {body}
        </form>
    }
    .into_any()
}

/// The main button of a form.
pub(crate) fn submit(label: &'static str) -> AnyView {
    submit_unless(|| false, label)
}

/// The same, and beside the main one once that is another.
pub(crate) fn submit_unless(done: impl Fn() -> bool + Send + Sync + 'static, label: &'static str) -> AnyView {
    let class = attribute(move || if done() { "button" } else { "button primary" });
    view! { <button type="submit" class=class>{label}</button> }.into_any()
}

/// The row of buttons below a step.
pub(crate) fn actions(buttons: AnyView) -> AnyView {
    view! { <div class="actions">{buttons}</div> }.into_any()
}
