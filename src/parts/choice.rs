//! One of several, each with its reason.

use leptos::prelude::*;

use super::field::wrong;

/// One of the choices.
pub(crate) struct Choice {
    /// What the choice is called in the code; also part of the element's id.
    pub(crate) value: &'static str,
    /// What it is called.
    pub(crate) name: &'static str,
    /// What it means.
    pub(crate) says: AnyView,
}

/// A question with radio buttons.
pub(crate) fn choices(
    id: &'static str,
    question: &'static str,
    hint: &'static str,
    chosen: Signal<Option<&'static str>>,
    choose: impl Fn(&'static str) + Copy + 'static,
    error: Signal<Option<String>>,
    list: Vec<Choice>,
) -> AnyView {
    let list: Vec<AnyView> = list
        .into_iter()
        .enumerate()
        .map(|(at, Choice { value, name, says })| {
            // The first one has the group's own id: links of the error summary lead there.
            let own = if at == 0 { id.to_owned() } else { format!("{id}-{value}") };
            let about = format!("{id}-{value}-says");
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        id=own
                        name=id
                        value=value
                        aria-describedby=about.clone()
                        prop:checked=Signal::derive(move || chosen.get() == Some(value))
                        on:change=move |_| choose(value)
                    />
                    <span class="name">{name}</span>
                    <span class="says" id=about>{says}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    let error_id = format!("{id}-error");
    let shown = error_id.clone();
    view! {
        <fieldset class="group" aria-describedby=error_id>
            <legend>{question}</legend>
            {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
            <div id=shown>{wrong(error)}</div>
            <div class="choices">{list}</div>
        </fieldset>
    }
    .into_any()
}
