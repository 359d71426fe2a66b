//! The plan and its application, as the page follows them.

use std::sync::Arc;

use engine::problem::Problem;
use engine::setup::Step;
use engine::stop::Wish;
use engine::sync;
use engine::sync::apply::Progress;
use engine::sync::plan;
use engine::worker::message::{Command, Event};
use leptos::prelude::*;

use crate::browser::navigation;
use crate::browser::worker::Ticket;
use crate::sign_in::arrived;
use crate::state::App;

/// Why something has to wait.
pub(crate) const BUSY: &str =
    "Work is under way, and this would cut it off. Wait for its end, or stop it where it runs.";

/// Where the plan stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Planning {
    /// None was made, or what it was made for has changed.
    Nothing,
    /// Both sides are being read.
    Reading(sync::Progress),
    /// This is it.
    Ready(Arc<plan::Overview>),
    /// It could not be made.
    Failed(Problem),
}

impl Planning {
    /// The plan, once it is there.
    pub(crate) fn ready(self) -> Option<Arc<plan::Overview>> {
        match self {
            Self::Ready(plan) => Some(plan),
            Self::Nothing | Self::Reading(_) | Self::Failed(_) => None,
        }
    }
}

/// Where the application of the plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing was begun.
    Idle,
    /// Changes are being made.
    Applying,
    /// What was written is being read back.
    Verifying,
    /// It is over, in one way or another.
    Ended,
}

/// The plan and its application.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    /// Where the plan stands.
    pub(crate) planning: RwSignal<Planning>,
    /// Where its application stands.
    pub(crate) phase: RwSignal<Phase>,
    /// What the person wants the work to do.
    pub(crate) wish: RwSignal<Wish>,
    /// How far it is.
    pub(crate) progress: RwSignal<Progress>,
    /// What came of it.
    pub(crate) report: RwSignal<String>,
    /// The figures of the plan, as strokes.
    pub(crate) glance: RwSignal<String>,
    /// Whether something of it was not finished.
    pub(crate) open: RwSignal<bool>,
    /// Why it was not even begun.
    pub(crate) failed: RwSignal<Option<Problem>>,
    reading: StoredValue<Option<Ticket>, LocalStorage>,
}

impl Run {
    /// Nothing planned, nothing begun.
    pub(crate) fn new() -> Self {
        Self {
            planning: RwSignal::new(Planning::Nothing),
            phase: RwSignal::new(Phase::Idle),
            wish: RwSignal::new(Wish::Run),
            progress: RwSignal::new(Progress::default()),
            report: RwSignal::default(),
            glance: RwSignal::default(),
            open: RwSignal::new(false),
            failed: RwSignal::new(None),
            reading: StoredValue::new_local(None),
        }
    }

    /// Whether leaving now would cut the applying off.
    pub(crate) fn is_busy(self) -> bool {
        matches!(self.phase.get_untracked(), Phase::Applying | Phase::Verifying)
    }
}

/// Drops the plan and what came of it: the target or the scope is another one now.
pub(crate) fn void(app: App) {
    let run = app.run;
    app.ignore(run.reading);
    run.planning.set(Planning::Nothing);
    run.phase.set(Phase::Idle);
    run.report.set(String::new());
    run.open.set(false);
    run.failed.set(None);
}

/// Pauses, resumes or stops.
pub(crate) fn want(app: App, wish: Wish) {
    app.run.wish.set(wish);
    app.ask(Command::Want(wish), |_| {});
}

/// Reads both sides and makes the plan. Writes nothing.
pub(crate) fn make_plan(app: App) {
    let run = app.run;
    if run.is_busy() {
        return;
    }
    let (tenant, scope) = app.setup.with_untracked(|setup| (setup.tenant.clone(), setup.scope.clone()));
    let (Some(tenant), Some(scope)) = (tenant, scope) else { return };
    void(app);
    run.planning.set(Planning::Reading(sync::Progress::Directory(0, 0)));
    app.live.update(|live| live.approved = None);
    app.say("Reading Entra and Databricks.");
    let ticket = app.ask(Command::Plan { tenant, scope }, move |event| match event {
        Event::Reading(progress) => run.planning.set(Planning::Reading(progress)),
        Event::Planned { plan, glance } => {
            run.glance.set(glance);
            app.say("The plan is ready.");
            run.planning.set(Planning::Ready(Arc::new(plan)));
        }
        Event::Arrived(arrival) => arrived(app, arrival),
        Event::Failed(problem) => run.planning.set(Planning::Failed(problem)),
        _ => {}
    });
    run.reading.set_value(Some(ticket));
}

/// Approves the plan that is shown and applies it; goes on where it was, when some of it is done already.
pub(crate) fn apply_plan(app: App) {
    let run = app.run;
    let Some(plan) = run.planning.get_untracked().ready() else { return };
    if run.is_busy() {
        return;
    }
    run.wish.set(Wish::Run);
    run.failed.set(None);
    run.report.set(String::new());
    run.open.set(false);
    run.progress.set(Progress { total: plan.requests, ..Progress::default() });
    run.phase.set(Phase::Applying);
    app.live.update(|live| {
        live.approved = Some(plan.hash.short());
        live.synced = None;
    });
    app.prove(Step::Review);
    app.go(Step::Sync);
    app.ask(Command::Apply { approved: plan.hash.clone() }, move |event| match event {
        Event::Applying(progress) => {
            let before = run.progress.get_untracked();
            run.progress.set(progress);
            // Every tenth is worth a word, every request is not.
            if tenths(progress) > tenths(before) {
                let mut said = progress.done.to_string();
                said.push_str(" of ");
                said.push_str(&progress.total.to_string());
                app.say(said);
            }
        }
        Event::Verifying => run.phase.set(Phase::Verifying),
        Event::Applied { summary, complete, open, outcome } => {
            app.say(summary.clone());
            // What was stopped or cut off is no proof: it can be gone on with.
            if complete {
                app.live.update(|live| live.synced = Some(summary));
                app.prove(Step::Sync);
            }
            run.open.set(open);
            run.report.set(outcome);
            run.phase.set(Phase::Ended);
            app.calm();
            // The buttons of the running work are gone, and perhaps the focus with them.
            navigation::keep_focus("heading");
        }
        Event::Failed(problem) => {
            run.failed.set(Some(problem));
            run.phase.set(Phase::Ended);
        }
        _ => {}
    });
}

fn tenths(progress: Progress) -> usize {
    progress.done * 10 / progress.total.max(1)
}
