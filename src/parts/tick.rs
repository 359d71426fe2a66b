//! One thing to say yes to.

use leptos::prelude::*;

use super::field::wrong;
use super::live::flag;

/// A box to tick, with what it means beside it.
pub(crate) fn tick(
    id: &'static str,
    name: &'static str,
    says: AnyView,
    ticked: RwSignal<bool>,
    error: Signal<Option<String>>,
) -> AnyView {
    view! {
        <div class="field">
            <label class="choice">
                <input
                    type="checkbox"
                    id=id
                    aria-describedby=format!("{id}-says {id}-error")
                    aria-invalid=flag(move || error.with(Option::is_some))
                    prop:checked=ticked
                    on:change=move |event| ticked.set(event_target_checked(&event))
                />
                <span class="name">{name}</span>
                <span class="says" id=format!("{id}-says")>{says}</span>
            </label>
            <div id=format!("{id}-error")>{wrong(error)}</div>
        </div>
    }
    .into_any()
}
