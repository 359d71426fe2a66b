//! Numbers to take in at a glance.

use leptos::prelude::*;

use super::Tone;

/// One number.
pub(crate) struct Figure {
    /// How many.
    pub(crate) count: usize,
    /// Of what.
    pub(crate) of: &'static str,
    /// Its colour in the bar.
    pub(crate) tone: Tone,
}

/// The numbers, and a bar that shows their shares.
pub(crate) fn figures(list: &[Figure]) -> AnyView {
    let cells: Vec<AnyView> = list
        .iter()
        .map(|figure| view! { <div><dt>{figure.of}</dt><dd>{grouped(figure.count)}</dd></div> }.into_any())
        .collect();
    let shares: Vec<AnyView> = list
        .iter()
        .filter(|figure| figure.count > 0)
        .map(|figure| {
            view! { <i class=share(figure.tone) style:flex-grow=figure.count.to_string()></i> }.into_any()
        })
        .collect();
    view! {
        <dl class="figures">{cells}</dl>
        <div class="mix" aria-hidden="true">{shares}</div>
    }
    .into_any()
}

const fn share(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Good => "good",
        Tone::Warn => "warn",
        Tone::Bad => "bad",
        Tone::Accent => "accent",
    }
}

/// A number with its thousands set apart.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
