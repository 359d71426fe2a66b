//! What came of a run: shown when it ends, and in the summary.

use engine::sync::report::Overview;
use engine::sync::verify::Verification;
use leptos::prelude::*;

use crate::parts::Tone;
use crate::parts::figures::{Figure, figures};
use crate::parts::notice::{note, notice, problem};
use crate::state::App;

/// How many differences are drawn.
const SHOWN: usize = 50;

/// The outcome of the last run.
pub(super) fn outcome(app: App) -> AnyView {
    if let Some(what) = app.run.failed.get() {
        return problem(Tone::Bad, what);
    }
    app.run.report.get().map_or_else(|| ().into_any(), |report| shown(&report))
}

fn shown(report: &Overview) -> AnyView {
    let counts = report.counts;
    let list = [
        Figure { count: counts.done, of: "done", tone: Tone::Good },
        Figure { count: counts.failed, of: "failed", tone: Tone::Bad },
        Figure { count: counts.open, of: "not finished", tone: Tone::Plain },
        Figure { count: report.withheld, of: "withheld from the start", tone: Tone::Warn },
    ];
    view! {
        {headline(report)}
        {report.verification.as_ref().map(read_back)}
        {report.unread.clone().map(|what| problem(Tone::Warn, what))}
        <section class="card" aria-labelledby="outcome">
            <header><h2 id="outcome">"What was done"</h2><span class="chip">"Plan "<b>{report.plan.clone()}</b></span></header>
            {figures(&list)}
        </section>
        {failures(report)}
    }
    .into_any()
}

fn headline(report: &Overview) -> AnyView {
    match &report.interrupted {
        Some(what) => problem(Tone::Bad, what.clone()),
        None if report.stopped => note(Tone::Warn, "Stopped", STOPPED),
        None if report.counts.failed > 0 => note(Tone::Warn, "Done, with failures", FAILED),
        None => note(Tone::Good, "Everything is done", DONE),
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

fn failures(report: &Overview) -> AnyView {
    if report.failures.is_empty() {
        return ().into_any();
    }
    let hidden = report.counts.failed.saturating_sub(report.failures.len());
    let list: Vec<AnyView> = report
        .failures
        .iter()
        .map(|(name, what)| view! { <h3>{name.clone()}</h3>{problem(Tone::Warn, what.clone())} }.into_any())
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
