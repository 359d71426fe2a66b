//! What came of a run: shown when it ends, and in the summary.

use engine::problem::Problem;
use engine::sync::report::{Ending, Report, Result as RowResult};
use engine::sync::verify::Verification;
use leptos::prelude::*;

use crate::parts::Tone;
use crate::parts::figures::{Figure, figures};
use crate::parts::live::maybe;
use crate::parts::notice::{note, notice, problem};
use crate::state::App;

/// How many failures are drawn; the report holds all.
const SHOWN: usize = 50;

/// The outcome of the last run.
pub(super) fn outcome(app: App) -> AnyView {
    let report = app.run.report.get();
    report.map_or_else(|| ().into_any(), |report| shown(app, &report))
}

fn shown(app: App, report: &Report) -> AnyView {
    let counts = report.counts();
    let list = [
        Figure { count: counts.done, of: "done", tone: Tone::Good },
        Figure { count: counts.failed, of: "failed", tone: Tone::Bad },
        Figure { count: counts.open, of: "not finished", tone: Tone::Plain },
        Figure { count: report.withheld.len(), of: "withheld from the start", tone: Tone::Warn },
    ];
    view! {
        {headline(report)}
        {report.verification.as_ref().map(read_back)}
        {maybe(move || app.run.unread.get().map(|what| problem(Tone::Warn, what)))}
        <section class="card" aria-labelledby="outcome">
            <header><h2 id="outcome">"What was done"</h2><span class="chip">"Plan "<b>{report.plan.short()}</b></span></header>
            {figures(&list)}
        </section>
        {failures(report)}
    }
    .into_any()
}

fn headline(report: &Report) -> AnyView {
    match &report.ending {
        Ending::Interrupted(what) => problem(Tone::Bad, what.clone()),
        Ending::Stopped => note(Tone::Warn, "Stopped", STOPPED),
        Ending::Complete if report.counts().failed > 0 => note(Tone::Warn, "Done, with failures", FAILED),
        Ending::Complete => note(Tone::Good, "Everything is done", DONE),
    }
}

const STOPPED: &str = "What was under way was brought to its end; the rest was not finished. You can go on from here, or later with a new plan.";
const FAILED: &str =
    "Each failure is listed below with its remedy. A new plan holds exactly what is still missing.";
const DONE: &str = "The people can sign in to Databricks now. At the account level they see a workspace once they are assigned to it.";

fn read_back(found: &Verification) -> AnyView {
    if found.is_clean() {
        return note(Tone::Good, "Read back and found as written", READ_BACK);
    }
    let list: Vec<AnyView> =
        found.differing.iter().take(SHOWN).map(|text| view! { <li>{text.clone()}</li> }.into_any()).collect();
    let says = view! {
        <p>"Databricks shows changes late at times. Make a new plan after some minutes: it holds what is really missing."</p>
        <ul>{list}</ul>
    };
    notice(Tone::Warn, "Reading back found differences", says.into_any())
}

const READ_BACK: &str =
    "Every person and group of this plan was looked up in Databricks after it was written.";

fn failures(report: &Report) -> AnyView {
    let failed: Vec<(String, Problem)> = report
        .rows
        .iter()
        .filter_map(|row| match &row.result {
            RowResult::Failed(what) => Some((row.object.name.clone(), what.clone())),
            RowResult::Done(_) | RowResult::Open => None,
        })
        .collect();
    if failed.is_empty() {
        return ().into_any();
    }
    let hidden = failed.len().saturating_sub(SHOWN);
    let list: Vec<AnyView> = failed
        .into_iter()
        .take(SHOWN)
        .map(|(name, what)| view! { <h3>{name}</h3>{problem(Tone::Warn, what)} }.into_any())
        .collect();
    view! {
        <section class="card" aria-labelledby="failures">
            <header><h2 id="failures">"Failures"</h2></header>
            <div class="body">
                {list}
                {(hidden > 0).then(|| view! { <p class="quiet">"The report holds the rest: "{hidden}</p> })}
            </div>
        </section>
    }
    .into_any()
}
