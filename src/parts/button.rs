//! Buttons. One that cannot be used yet says why, and stays reachable by keyboard.

use leptos::prelude::*;

use super::live::attribute;

/// How much a button asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// The one main action of a step.
    Primary,
    /// Beside it.
    Second,
    /// Inside a row or a card.
    Small,
    /// Looks like a link.
    Plain,
    /// Cannot be taken back.
    Danger,
}

impl Weight {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button primary",
            Self::Second => "button",
            Self::Small => "button small",
            Self::Plain => "button plain",
            Self::Danger => "button danger",
        }
    }
}

/// A button that does something at once.
pub(crate) fn button(weight: Weight, label: &'static str, click: impl Fn() + 'static) -> AnyView {
    raw(weight, label, "", Box::new(click))
}

/// A button whose name needs more words than fit on it, for those who do not see where it stands.
pub(crate) fn button_for(
    weight: Weight,
    label: &'static str,
    of: impl Into<String>,
    click: impl Fn() + 'static,
) -> AnyView {
    raw(weight, label, of, Box::new(click))
}

fn raw(weight: Weight, label: &'static str, of: impl Into<String>, click: Box<dyn Fn()>) -> AnyView {
    let of = of.into();
    let rest = (!of.is_empty()).then(|| view! { <span class="unseen">{format!(" {of}")}</span> });
    view! { <button type="button" class=weight.class() on:click=move |_| click()>{label}{rest}</button> }
        .into_any()
}

/// A button whose words or weight change while it stays where it is, and with it the focus.
pub(crate) fn weighted(
    weight: impl Fn() -> Weight + Send + Sync + 'static,
    label: impl Fn() -> &'static str + Send + Sync + 'static,
    click: impl Fn() + 'static,
) -> AnyView {
    changing(attribute(move || weight().class()), attribute(label), String::new(), Box::new(click))
}

/// A button that takes something in or out again, and says which and what.
pub(crate) fn toggle(
    inside: Signal<bool>,
    labels: (&'static str, &'static str),
    of: String,
    click: impl Fn() + 'static,
) -> AnyView {
    let label = attribute(move || if inside.get() { labels.0 } else { labels.1 });
    changing(attribute(|| Weight::Small.class()), label, of, Box::new(click))
}

fn changing(
    class: Signal<&'static str>,
    label: Signal<&'static str>,
    of: String,
    click: Box<dyn Fn()>,
) -> AnyView {
    view! {
        <button type="button" class=class on:click=move |_| click()>
            {label}<span class="unseen">" "{of}</span>
        </button>
    }
    .into_any()
}
