//! The plan and its application, as the page follows them.

use std::rc::Rc;
use std::sync::Arc;

use engine::databricks::scim::Scim;
use engine::entra::graph::Graph;
use engine::problem::{Explain as _, Problem};
use engine::setup::Step;
use engine::stop::{Control, Wish};
use engine::sync::apply::{Progress, apply};
use engine::sync::journal::MemoryJournal;
use engine::sync::plan::Plan;
use engine::sync::report::{Ending, Report};
use engine::sync::verify::verify;
use engine::sync::{self, Order, prepare};
use leptos::prelude::*;
use web_sys::js_sys::futures::spawn_local;

use crate::browser::env::Browser;
use crate::browser::navigation;
use crate::state::App;

/// Where the plan stands.
#[derive(Clone, Debug)]
pub(crate) enum Planning {
    /// There is none.
    Nothing,
    /// Both sides are being read.
    Reading(sync::Progress),
    /// This is it.
    Ready(Arc<Plan>),
    /// It could not be made.
    Failed(Problem),
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
    pub(crate) report: RwSignal<Option<Arc<Report>>>,
    /// Why reading back was not possible.
    pub(crate) unread: RwSignal<Option<Problem>>,
    control: StoredValue<Control, LocalStorage>,
    journal: StoredValue<Rc<MemoryJournal>, LocalStorage>,
}

impl Run {
    /// Nothing planned, nothing begun.
    pub(crate) fn new() -> Self {
        Self {
            planning: RwSignal::new(Planning::Nothing),
            phase: RwSignal::new(Phase::Idle),
            wish: RwSignal::new(Wish::Run),
            progress: RwSignal::new(Progress::default()),
            report: RwSignal::new(None),
            unread: RwSignal::new(None),
            control: StoredValue::new_local(Control::default()),
            journal: StoredValue::new_local(Rc::default()),
        }
    }

    /// Whether leaving now would cut work off.
    pub(crate) fn is_busy(self) -> bool {
        matches!(self.phase.get_untracked(), Phase::Applying | Phase::Verifying)
    }

    /// Drops the plan and what came of it: the target or the scope is another one now.
    pub(crate) fn void(self) {
        self.planning.set(Planning::Nothing);
        self.phase.set(Phase::Idle);
        self.report.set(None);
    }

    /// Pauses, resumes or stops.
    pub(crate) fn want(self, wish: Wish) {
        self.wish.set(wish);
        self.control.with_value(|control| control.set(wish));
    }
}

/// Reads both sides and makes the plan. Writes nothing.
pub(crate) fn make_plan(app: App) {
    let run = app.run;
    if run.is_busy() {
        return;
    }
    let (Some(session), Some(connection)) = (app.session(), app.connection()) else { return };
    let (tenant, scope) = app.setup.with_untracked(|setup| (setup.tenant.clone(), setup.scope.clone()));
    let (Some(tenant), Some(scope)) = (tenant, scope) else { return };
    let control = app.fresh_control();
    run.void();
    run.planning.set(Planning::Reading(sync::Progress::Directory(0, 0)));
    app.live.update(|live| live.approved = None);
    app.say("Reading Entra and Databricks.");
    spawn_local(async move {
        let cloud = app.cloud();
        let graph = Graph { env: &Browser, cloud: &cloud, tokens: &session.tokens };
        let scim = Scim::new(&Browser, &connection, control.clone());
        let order = Order { tenant: &tenant, scope: &scope, administrator: Some(&session.account.id) };
        let current = || control.wish() != Wish::Stop;
        let plan = prepare(&graph, &scim, &order, |progress| {
            if current() {
                run.planning.set(Planning::Reading(progress));
            }
        })
        .await;
        // Another target or scope was chosen meanwhile: this plan is for the old one.
        if !current() {
            return;
        }
        match plan {
            Ok(plan) => {
                app.say("The plan is ready.");
                run.planning.set(Planning::Ready(Arc::new(plan)));
            }
            Err(error) => run.planning.set(Planning::Failed(error.explain())),
        }
    });
}

/// Approves the plan that is shown and applies it; goes on where it was, when some of it is done already.
pub(crate) fn apply_plan(app: App) {
    let run = app.run;
    let Planning::Ready(plan) = run.planning.get_untracked() else { return };
    let Some(connection) = app.connection() else { return };
    if run.is_busy() {
        return;
    }
    let control = app.fresh_control();
    run.control.set_value(control.clone());
    run.wish.set(Wish::Run);
    run.unread.set(None);
    run.progress.set(Progress { total: plan.requests(), ..Progress::default() });
    run.phase.set(Phase::Applying);
    let approved = plan.hash();
    app.live.update(|live| {
        live.approved = Some(approved.short());
        live.synced = None;
    });
    app.prove(Step::Review);
    app.go(Step::Sync);
    let journal = run.journal.get_value();
    spawn_local(async move {
        let scim = Scim::new(&Browser, &connection, control.clone());
        let mut told = 0;
        let mut report = apply(&scim, &plan, &approved, &*journal, &control, |progress| {
            run.progress.set(progress);
            // Every tenth is worth a word, every request is not.
            let tenths = progress.done * 10 / progress.total.max(1);
            if tenths > told {
                told = tenths;
                let mut said = progress.done.to_string();
                said.push_str(" of ");
                said.push_str(&progress.total.to_string());
                app.say(said);
            }
        })
        .await;
        if report.ending == Ending::Complete {
            run.phase.set(Phase::Verifying);
            match verify(&scim, &plan, &report, &control).await {
                Ok(found) => report.verification = Some(found),
                Err(error) => run.unread.set(Some(error.explain())),
            }
        }
        finish(app, report);
    });
}

fn finish(app: App, report: Report) {
    let summary = report.summary();
    app.say(summary.clone());
    // What was stopped or cut off is no proof: it can be gone on with.
    if report.ending == Ending::Complete {
        app.live.update(|live| live.synced = Some(summary));
        app.prove(Step::Sync);
    }
    app.run.report.set(Some(Arc::new(report)));
    app.run.phase.set(Phase::Ended);
    // The buttons of the running work are gone, and perhaps the focus with them.
    navigation::keep_focus("heading");
}
