//! One word in a small box.

use leptos::prelude::*;

use super::Tone;

/// A word with a tone.
pub(crate) fn badge(tone: Tone, text: impl Into<String>) -> AnyView {
    view! { <span class=class(tone)>{text.into()}</span> }.into_any()
}

const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "badge",
        Tone::Good => "badge good",
        Tone::Warn => "badge warn",
        Tone::Bad => "badge bad",
        Tone::Accent => "badge accent",
    }
}
