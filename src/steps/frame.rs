//! What every step has: why, who, where, how long, what to expect, and the commonest failure with its cure.

use engine::setup::{Step, StepState};
use engine::sheet::END;
use leptos::prelude::*;

use super::place as number_of;
use crate::parts::Tone;
use crate::parts::button::{Weight, button};
use crate::parts::form::actions;
use crate::parts::live::maybe;
use crate::parts::notice::{notice, problem};
use crate::parts::place::place;
use crate::sign_in::offer;
use crate::state::App;

/// A step with its head and its help. `wide` gives rows the whole width.
pub(super) fn frame(app: App, step: Step, wide: bool, work: AnyView) -> AnyView {
    view! {
        <p class="eyebrow">{number_of(step)}</p>
        <h1 id="heading" tabindex="-1">{step.heading()}</h1>
        {maybe(move || app.about(step).as_deref().map(head))}
        <div class=if wide { "step wide" } else { "step" }>
            <div class="work">{waits(app, step)}{told(app, step)}{work}</div>
            <aside class="aside" aria-label="About this step">{maybe(move || app.about(step).as_deref().map(help))}</aside>
        </div>
    }
    .into_any()
}

/// The part of what a step says of itself that stands above it.
fn head(about: &str) -> AnyView {
    let mut parts = about.split(END);
    let mut next = move || parts.next().unwrap_or_default().to_owned();
    let (why, who, places, takes) = (next(), next(), next(), next());
    let places: Vec<AnyView> = places.split(' ').map(place).collect();
    view! {
        <p class="lede">{why}</p>
        <dl class="facts">
            <div><dt>"Who"</dt><dd>{who}</dd></div>
            <div><dt>"Where"</dt><dd class="row">{places}</dd></div>
            <div><dt>"Takes"</dt><dd>{takes}</dd></div>
        </dl>
    }
    .into_any()
}

/// The part that stands beside it.
fn help(about: &str) -> AnyView {
    let mut parts = about.split_terminator(END).skip(4).map(str::to_owned);
    let (expect, failure) = (parts.next(), parts.next());
    let cure: Vec<AnyView> = parts.map(|text| view! { <p>{text}</p> }.into_any()).collect();
    view! {
        <div>
            <h2>"What you should see"</h2>
            <p>{expect}</p>
        </div>
        <details>
            <summary>{failure}</summary>
            {cure}
        </details>
    }
    .into_any()
}

/// Says which earlier step this one waits for.
fn waits(app: App, step: Step) -> AnyView {
    let first = Memo::new(move |_| match app.state(step) {
        // The board says itself what it needs, and there may be several connectors to look at.
        StepState::Blocked(first)
            if app.is_connector()
                && (step >= Step::Sync && first > Step::Consent
                    || first == Step::Start
                        && (step >= Step::Sync || app.after.get() == Step::Sync)
                        && app.setup.with(|it| it.identity_management.is_none())) =>
        {
            None
        }
        StepState::Blocked(first) => Some(first),
        StepState::Open | StepState::Proved(_) => None,
    });
    maybe(move || {
        first.get().map(|first| {
            let mut title = "This step waits for step ".to_owned();
            title.push_str(&first.number().to_string());
            let link = view! {
                <p>"First: "<a href=format!("#/{}", first.id())>{first.heading()}</a></p>
            };
            notice(Tone::Plain, title, link.into_any())
        })
    })
}

/// Something to know at this step, such as what came of the last trip to the sign-in service.
fn told(app: App, step: Step) -> AnyView {
    maybe(move || {
        let told = app.notice.get().filter(|(at, _, _)| *at == step);
        told.map(|(_, tone, note)| {
            let button = offer(app, step, note.button, note.account);
            view! { {problem(tone, note.problem)}{button} }.into_any()
        })
    })
}

/// The row of buttons: the main one, others, and the way back.
pub(super) fn buttons(app: App, step: Step, list: AnyView) -> AnyView {
    let back = step.previous().map(|before| button(Weight::Second, "Back", move || app.go(before)));
    actions(view! { {list}{back} }.into_any())
}
