//! The summary of what is wrong with what was entered. It takes the focus and leads to each field.

use leptos::prelude::*;

use super::live::maybe;
use crate::browser::navigation;

/// The id of the summary.
const SUMMARY: &str = "error-summary";

/// What is wrong, by field. Empty when nothing is.
#[derive(Clone, Copy)]
pub(crate) struct Errors(RwSignal<Vec<(&'static str, String)>>);

impl Errors {
    /// Nothing wrong.
    pub(crate) fn none() -> Self {
        Self(RwSignal::new(Vec::new()))
    }

    /// What is wrong with one field.
    pub(crate) fn of(self, id: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.0.with(|errors| errors.iter().find(|(field, _)| *field == id).map(|(_, text)| text.clone()))
        })
    }

    /// Shows what is wrong and moves the focus to it; an empty list takes the summary away. Says whether all is well.
    pub(crate) fn show(self, errors: Vec<(&'static str, String)>) -> bool {
        let fine = errors.is_empty();
        navigation::mark_title(!fine);
        self.0.set(errors);
        if !fine {
            navigation::focus_soon(SUMMARY);
        }
        fine
    }

    /// Takes back what was wrong with a field once what it reads is another.
    pub(crate) fn heals(self, id: &'static str, read: impl Fn() + 'static) {
        Effect::new(move |before: Option<()>| {
            read();
            if before.is_some()
                && self.0.with_untracked(|errors| errors.iter().any(|(field, _)| *field == id))
            {
                self.0.update(|errors| errors.retain(|(field, _)| *field != id));
                navigation::mark_title(self.0.with_untracked(|errors| !errors.is_empty()));
            }
        });
    }

    /// The summary.
    pub(crate) fn summary(self) -> AnyView {
        maybe(move || {
            let errors = self.0.get();
            (!errors.is_empty()).then(|| {
                let items: Vec<AnyView> = errors.into_iter().map(|(id, text)| item(id, text)).collect();
                view! {
                    <div class="summary" id=SUMMARY tabindex="-1" role="group" aria-labelledby="error-heading">
                        <h2 id="error-heading">"There is a problem"</h2>
                        <ul>{items}</ul>
                    </div>
                }
                .into_any()
            })
        })
    }
}

/// A link would change the address, which names the step: so it only moves the focus.
fn item(id: &'static str, text: String) -> AnyView {
    view! {
        <li>
            <a
                href=format!("#{id}")
                on:click=move |event| {
                    event.prevent_default();
                    navigation::focus(id);
                }
            >
                {text}
            </a>
        </li>
    }
    .into_any()
}
