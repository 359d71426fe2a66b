//! A form that the page itself handles: Enter in a field is the main button.

use leptos::prelude::*;

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
    view! { <button type="submit" class="button primary">{label}</button> }.into_any()
}

/// The row of buttons below a step.
pub(crate) fn actions(buttons: AnyView) -> AnyView {
    view! { <div class="actions">{buttons}</div> }.into_any()
}
