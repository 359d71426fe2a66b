//! Making the changes.

use std::time::Duration;

use engine::figures::grouped;
use engine::setup::Step;
use engine::stop::Wish;
use leptos::prelude::*;

use super::frame::{buttons, frame};
use super::outcome::outcome;
use crate::parts::button::{Weight, button, weighted};
use crate::parts::live::{attribute, live, words};
use crate::parts::progress::{progress, working};
use crate::parts::time::about;
use crate::run::{Phase, apply_plan, want};
use crate::state::App;

pub(super) fn view(app: App) -> AnyView {
    let phase = app.run.phase;
    let work = view! {
        {live(move || match phase.get() {
            Phase::Idle => view! { <p class="empty">"Nothing is being applied. Review the changes first."</p> }.into_any(),
            Phase::Applying => applying(app),
            Phase::Verifying => working("Reading back what was written…"),
            Phase::Ended => outcome(app),
        })}
        {buttons(app, Step::Sync, live(move || choices(app)))}
    };
    frame(app, Step::Sync, true, work.into_any())
}

fn choices(app: App) -> AnyView {
    let run = app.run;
    match run.phase.get() {
        Phase::Applying => {
            let paused = move || run.wish.get() == Wish::Pause;
            let weight = move || if paused() { Weight::Primary } else { Weight::Second };
            let label = move || if paused() { "Resume" } else { "Pause" };
            let turn = move || {
                want(app, if run.wish.get_untracked() == Wish::Pause { Wish::Run } else { Wish::Pause });
            };
            view! {
                {weighted(weight, label, turn)}
                {button(Weight::Danger, "Stop", move || want(app, Wish::Stop))}
            }
            .into_any()
        }
        Phase::Ended => {
            let unfinished = run.failed.with(Option::is_some) || run.open.get();
            let go_on = unfinished.then(|| button(Weight::Second, "Go on", move || apply_plan(app)));
            view! { {button(Weight::Primary, "Continue", move || app.go(Step::Done))}{go_on} }.into_any()
        }
        Phase::Verifying => button(Weight::Second, "Stop", move || want(app, Wish::Stop)),
        Phase::Idle => ().into_any(),
    }
}

fn applying(app: App) -> AnyView {
    let now = app.run.progress;
    let state = attribute(move || match app.run.wish.get() {
        Wish::Run => "Applying",
        Wish::Pause => "Paused",
        Wish::Stop => "Stopping: what is under way is brought to its end",
    });
    view! {
        <section class="card" aria-labelledby="progress">
            <header><h2 id="progress">{state}</h2></header>
            <div class="body">
                {progress(
                    "Requests done",
                    Signal::derive(move || now.get().done),
                    Signal::derive(move || now.get().total),
                )}
                <p class="pace">
                    <span>{words(move || share(now.get().done, now.get().total))}</span>
                    <span>{words(move || with_unit(now.get().failed, " failed"))}</span>
                    <span>{words(move || pace(app))}</span>
                    <span>{words(move || left(app))}</span>
                </p>
            </div>
        </section>
    }
    .into_any()
}

fn share(done: usize, total: usize) -> String {
    let mut text = grouped(done);
    text.push_str(" of ");
    text.push_str(&grouped(total));
    text.push_str(" requests");
    text
}

fn with_unit(number: usize, unit: &str) -> String {
    let mut text = grouped(number);
    text.push_str(unit);
    text
}

/// The first requests are quicker than the published pace allows in the long run: until it shows, the plan's estimate counts.
const SETTLED: Duration = Duration::from_secs(20);

fn pace(app: App) -> String {
    let now = app.run.progress.get();
    if now.elapsed < SETTLED {
        return String::new();
    }
    with_unit(usize::try_from(now.per_minute()).unwrap_or(usize::MAX), " a minute")
}

fn left(app: App) -> String {
    let now = app.run.progress.get();
    let planned = app.run.planning.get().ready().map_or(Duration::ZERO, |plan| plan.estimate);
    let open = u32::try_from(now.total.saturating_sub(now.done)).unwrap_or(u32::MAX);
    let total = u32::try_from(now.total.max(1)).unwrap_or(u32::MAX);
    let planned = planned / total * open;
    let span = match now.left() {
        Some(left) if now.elapsed >= SETTLED => left,
        _ => planned,
    };
    let mut text = about(span);
    text.push_str(" left");
    text
}
