//! Parts that change. Each takes its closure into a box, so that the code behind them exists once and not once a closure.

use leptos::prelude::*;

/// Drawn again whenever what it reads changes.
pub(crate) fn live(draw: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    boxed(Box::new(draw))
}

/// Drawn again whenever what it reads changes; at times nothing.
pub(crate) fn maybe(draw: impl Fn() -> Option<AnyView> + Send + 'static) -> AnyView {
    boxed(Box::new(move || draw().unwrap_or_else(nothing)))
}

/// Words that change.
pub(crate) fn words(say: impl Fn() -> String + Send + Sync + 'static) -> AnyView {
    Signal::derive(say).into_any()
}

/// An attribute that is `true` or `false`.
pub(crate) fn flag(holds: impl Fn() -> bool + Send + Sync + 'static) -> Signal<&'static str> {
    Signal::derive(move || if holds() { "true" } else { "false" })
}

/// An attribute that changes.
pub(crate) fn attribute(value: impl Fn() -> &'static str + Send + Sync + 'static) -> Signal<&'static str> {
    Signal::derive(value)
}

/// Nothing.
pub(crate) fn nothing() -> AnyView {
    ().into_any()
}

fn boxed(draw: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
    (move || draw()).into_any()
}
