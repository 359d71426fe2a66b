//! Whether the connection works.

use engine::databricks::connection::{Outcome, Stage, StageResult};
use engine::setup::Step;
use engine::worker::message::{Command, Event};
use leptos::prelude::*;

use super::frame::{buttons, frame};
use super::handover::without_relay;
use crate::parts::Tone;
use crate::parts::button::{Weight, button, weighted};
use crate::parts::live::{live, maybe, words};
use crate::parts::notice::problem;
use crate::parts::stages::{self, State, stages};
use crate::state::App;

pub(super) fn view(app: App) -> AnyView {
    let work = view! {
        {without_relay(app)}
        <section class="card" aria-labelledby="result">
            <header>
                <h2 id="result">"Result"</h2>
                <span class="quiet">{words(move || verdict(app))}</span>
            </header>
            {live(move || stages(list(app)))}
        </section>
        {buttons(app, Step::Test, choices(app))}
    };
    frame(app, Step::Test, false, work.into_any())
}

fn choices(app: App) -> AnyView {
    let passed = Memo::new(move |_| app.proved(Step::Test));
    let weight = move || if passed.get() { Weight::Second } else { Weight::Primary };
    view! {
        {maybe(move || passed.get().then(|| button(Weight::Primary, "Continue", move || app.go(Step::Scope))))}
        {weighted(weight, || "Test connection", move || run(app))}
    }
    .into_any()
}

fn run(app: App) {
    if app.testing.get_untracked() {
        return;
    }
    if app.live.with_untracked(|live| !live.has_token) {
        app.go(Step::Workspace);
        return;
    }
    app.live.update(|live| live.test = None);
    app.notice.set(None);
    app.stages.set(Vec::new());
    app.testing.set(true);
    app.say("Testing the connection.");
    let ticket = app.ask(Command::Test, move |event| match event {
        Event::Stage(stage) => app.stages.update(|stages| stages.push(stage)),
        Event::Tested(test) => {
            app.testing.set(false);
            app.live.update(|live| live.test = Some(test));
            app.prove(Step::Test);
            app.say(verdict(app));
        }
        Event::Failed(problem) => {
            app.testing.set(false);
            app.notice.set(Some((Step::Test, Tone::Bad, problem.into())));
        }
        _ => app.testing.set(false),
    });
    app.test.set_value(Some(ticket));
}

fn verdict(app: App) -> String {
    if app.testing.get() {
        return "Checking…".to_owned();
    }
    app.live.with(|live| match &live.test {
        None => "Not tested yet".to_owned(),
        Some(test) if test.passed() => match test.count("warning") {
            0 => "Ready".to_owned(),
            1 => "Ready, with one warning".to_owned(),
            _ => "Ready, with warnings".to_owned(),
        },
        Some(test) => {
            let failed = test.stages.iter().find(|stage| matches!(stage.outcome, Outcome::Failed(_)));
            let mut text = "Failed".to_owned();
            if let Some(stage) = failed {
                text.push_str(" at: ");
                text.push_str(stage.stage.title());
            }
            text
        }
    })
}

/// What has ended, what is running, and what is still to come.
fn list(app: App) -> Vec<stages::Stage> {
    let done = app.stages.get();
    let running = app.testing.get();
    Stage::ALL
        .into_iter()
        .enumerate()
        .map(|(at, stage)| match done.get(at) {
            Some(result) => ended(result),
            None => stages::Stage {
                name: stage.title(),
                state: if running && at == done.len() { State::Running } else { State::Waiting },
                says: String::new(),
                took: String::new(),
                more: None,
            },
        })
        .collect()
}

fn ended(result: &StageResult) -> stages::Stage {
    let (state, more) = match &result.outcome {
        Outcome::Passed => (State::Passed, None),
        Outcome::Skipped => (State::Skipped, None),
        Outcome::Warning(what) => (State::Warning, Some(problem(Tone::Warn, what.clone()))),
        Outcome::Failed(what) => (State::Failed, Some(problem(Tone::Bad, what.clone()))),
    };
    let mut took = String::new();
    if !matches!(result.outcome, Outcome::Skipped) && result.millis > 0 {
        took.push_str(&result.millis.to_string());
        took.push_str(" ms");
    }
    stages::Stage { name: result.stage.title(), state, says: result.note.clone(), took, more }
}
