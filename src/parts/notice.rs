//! Something to know before going on.

use engine::problem::Problem;
use leptos::prelude::*;

use super::Tone;
use super::copy::copy_button;

/// A notice. A bad one is read out at once.
pub(crate) fn notice(tone: Tone, title: impl Into<String>, says: AnyView) -> AnyView {
    let class = match tone {
        Tone::Good => "notice good",
        Tone::Warn => "notice warn",
        Tone::Bad => "notice bad",
        Tone::Plain | Tone::Accent => "notice",
    };
    view! {
        <div class=class role=(tone == Tone::Bad).then_some("alert")>
            <span class="sign" aria-hidden="true">{tone.sign()}</span>
            <div class="says">
                <p class="title">{title.into()}</p>
                {says}
            </div>
        </div>
    }
    .into_any()
}

/// A notice of one sentence.
pub(crate) fn note(tone: Tone, title: &'static str, says: &'static str) -> AnyView {
    notice(tone, title, view! { <p>{says}</p> }.into_any())
}

/// A failure: what happened, what it means, what to do, and the service's own words behind a fold.
pub(crate) fn problem(tone: Tone, problem: Problem) -> AnyView {
    let text = problem.text();
    let Problem { what, why, remedy, raw } = problem;
    let rows: Vec<AnyView> = raw
        .into_iter()
        .map(|detail| view! { <dt>{detail.name}</dt><dd>{detail.value}</dd> }.into_any())
        .collect();
    let details = (!rows.is_empty()).then(|| {
        view! {
            <details class="raw">
                <summary>"Details for support"</summary>
                <dl>{rows}</dl>
                {copy_button("the details", text)}
            </details>
        }
    });
    let says = view! {
        <p>{why}</p>
        <p><b>"What to do: "</b>{remedy}</p>
        {details}
    };
    notice(tone, what, says.into_any())
}
