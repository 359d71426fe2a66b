//! Every change, before it is made.

use engine::setup::Step;
use engine::sync;
use engine::sync::plan::{Overview, Unchanged};
use engine::worker::message::File;
use leptos::prelude::*;

use super::frame::{buttons, frame};
use super::handover::save_file;
use super::rows;
use crate::parts::Tone;
use crate::parts::button::{Weight, button};
use crate::parts::live::{live, maybe};
use crate::parts::notice::{note, problem};
use crate::parts::progress::working;
use crate::parts::sheet::sheet;
use crate::parts::time::about;
use crate::run::{Phase, Planning, apply_plan, make_plan};
use crate::state::App;

pub(super) fn view(app: App) -> AnyView {
    let nothing = matches!(app.run.planning.get_untracked(), Planning::Nothing);
    if nothing && untrack(|| app.proved(Step::Scope)) {
        make_plan(app);
    }
    let work = view! {
        {live(move || match app.run.planning.get() {
            Planning::Nothing => ().into_any(),
            Planning::Reading(progress) => working(reading(&progress)),
            Planning::Failed(what) => problem(Tone::Bad, what),
            Planning::Ready(plan) => shown(app, &plan),
        })}
        {buttons(app, Step::Review, choices(app))}
    };
    frame(app, Step::Review, true, work.into_any())
}

fn choices(app: App) -> AnyView {
    let plan = move || app.run.planning.get().ready();
    let apply = move |_| button(Weight::Primary, "Apply changes", move || apply_plan(app));
    let save = move |_| {
        button(Weight::Second, "Download plan", move || {
            save_file(app, File::Plan, "scim-setup-plan.json", "application/json");
        })
    };
    view! {
        {maybe(move || plan().filter(|plan| !plan.is_empty() && !begun(app)).map(apply))}
        {maybe(move || begun(app).then(|| button(Weight::Primary, "Continue", move || app.go(Step::Sync))))}
        {button(Weight::Second, "Make the plan again", move || make_plan(app))}
        {maybe(move || plan().map(save))}
    }
    .into_any()
}

fn reading(progress: &sync::Progress) -> String {
    let (what, done, total) = match progress {
        sync::Progress::Directory(done, total) => ("Reading groups and people from Entra", *done, *total),
        sync::Progress::People(done, total) => ("Reading people from Entra", *done, *total),
        sync::Progress::Target => ("Reading people and groups from Databricks", 0, 0),
        sync::Progress::Members(done, total) => ("Reading members of groups from Databricks", *done, *total),
    };
    let mut text = what.to_owned();
    if total > 0 {
        text.push_str(": ");
        text.push_str(&done.to_string());
        text.push_str(" of ");
        text.push_str(&total.to_string());
    }
    text.push('…');
    text
}

/// Whether the plan that is shown was given to be applied: it is gone on with where it runs.
fn begun(app: App) -> bool {
    app.run.phase.get() != Phase::Idle
}

fn shown(app: App, plan: &Overview) -> AnyView {
    let empty = plan.is_empty();
    view! {
        {maybe(move || begun(app).then(|| note(Tone::Plain, "This plan was approved", APPROVED)))}
        {(empty && plan.complete).then(|| note(Tone::Good, "There is nothing to do", if plan.withheld == 0 { SAME } else { HELD }))}
        {(!plan.complete).then(|| note(Tone::Warn, "Not everything could be read", PARTIAL))}
        <section class="card" aria-labelledby="plan">
            <header>
                <h2 id="plan">"The plan"</h2>
                <span class="chip">"Plan "<b>{plan.hash.short()}</b></span>
                <span class="grow"></span>
                {(!empty).then(|| view! { <span class="quiet">{duration(plan)}</span> })}
            </header>
            {sheet(app, "glance", app.run.glance)}
            {rows::table(app, plan)}
            <footer>{left_alone(plan.unchanged)}</footer>
        </section>
    }
    .into_any()
}

const APPROVED: &str = "What came of it stands at the next step.";
const PARTIAL: &str = "What could not be read is listed among the findings. This plan may lack changes: make it again before you rely on it.";
const HELD: &str = "Nothing would be written. What is withheld is listed below, each with its reason.";
const SAME: &str = "Databricks holds everything that was chosen. Nothing would be written.";

fn duration(plan: &Overview) -> String {
    let mut text = "takes ".to_owned();
    text.push_str(&about(plan.estimate));
    text
}

fn left_alone(unchanged: Unchanged) -> String {
    let mut text = unchanged.people.to_string();
    text.push_str(" people and ");
    text.push_str(&unchanged.groups.to_string());
    text.push_str(" groups stay as they are. ");
    text.push_str(&unchanged.ignored.to_string());
    text.push_str(" users of Databricks are not in what you chose: they are left alone.");
    text
}
