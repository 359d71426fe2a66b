//! Fields with their label, hint and error.

use engine::secret::Secret;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::live::{attribute, flag, maybe};
use crate::browser::navigation::document;

/// What is typed into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An id or an address.
    Mono,
    /// Words to look for.
    Search,
}

/// One field.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    /// The element's id.
    pub(crate) id: &'static str,
    /// What it is called.
    pub(crate) label: &'static str,
    /// What is expected, and where to find it.
    pub(crate) hint: &'static str,
    /// What is typed.
    pub(crate) kind: Kind,
    /// What stands in it.
    pub(crate) value: RwSignal<String>,
    /// What is wrong with it.
    pub(crate) error: Signal<Option<String>>,
}

/// A field for text.
pub(crate) fn field(field: Field) -> AnyView {
    let Field { id, label, hint, kind, value, error } = field;
    let (class, mode, complete) = match kind {
        Kind::Mono => ("input mono", "url", "off"),
        Kind::Search => ("input", "search", "off"),
    };
    let input = view! {
        <input
            class=class
            id=id
            type=if kind == Kind::Search { "search" } else { "text" }
            inputmode=mode
            autocomplete=complete
            autocapitalize="none"
            spellcheck="false"
            aria-describedby=format!("{id}-hint {id}-error")
            aria-invalid=flag(move || error.with(Option::is_some))
            prop:value=value
            on:input=move |event| value.set(event_target_value(&event))
        />
    };
    surround(id, label, hint, error, input.into_any())
}

/// A field for a secret. What is typed is never kept in the page: [`take_secret`] takes it out.
pub(crate) fn secret(
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    error: Signal<Option<String>>,
) -> AnyView {
    let seen = RwSignal::new(false);
    let input = view! {
        <div class="with-button">
            <input
                class="input mono"
                id=id
                type=attribute(move || if seen.get() { "text" } else { "password" })
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=format!("{id}-hint {id}-error")
                aria-invalid=flag(move || error.with(Option::is_some))
            />
            <button
                type="button"
                class="button"
                aria-pressed=flag(move || seen.get())
                on:click=move |_| seen.update(|seen| *seen = !*seen)
            >
                {attribute(move || if seen.get() { "Hide" } else { "Show" })}
                <span class="unseen">" what is entered"</span>
            </button>
        </div>
    };
    surround(id, label, hint, error, input.into_any())
}

/// Takes what was typed into a secret field, without blanks around it, and empties the field.
pub(crate) fn take_secret(id: &str) -> Secret {
    let input =
        document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlInputElement>().ok());
    let Some(input) = input else { return Secret::new(String::new()) };
    let typed = Secret::new(input.value());
    input.set_value("");
    Secret::new(typed.expose().trim().to_owned())
}

fn surround(
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    error: Signal<Option<String>>,
    input: AnyView,
) -> AnyView {
    view! {
        <div class=attribute(move || if error.with(Option::is_some) { "field wrong" } else { "field" })>
            <label for=id>{label}</label>
            <p class="hint" id=format!("{id}-hint")>{hint}</p>
            {input}
            <div id=format!("{id}-error")>{wrong(error)}</div>
        </div>
    }
    .into_any()
}

/// What is wrong with a field, below its label.
pub(super) fn wrong(error: Signal<Option<String>>) -> AnyView {
    maybe(move || error.get().map(|text| view! { <p class="error">{text}</p> }.into_any()))
}
