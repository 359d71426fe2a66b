//! The lines of a plan, by kind, in portions.

use engine::figures::grouped;
use engine::sync::plan::{Kind, Overview, Part};
use engine::worker::message::{Command, Event};
use leptos::prelude::*;

use crate::parts::button::{Weight, button};
use crate::parts::live::{flag, maybe};
use crate::parts::sheet::sheet;
use crate::state::App;

/// How many lines are drawn at once.
const PORTION: usize = 200;

/// What is shown: a part of the plan, how many of its lines at most, and how many it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shown {
    part: Part,
    limit: usize,
    total: usize,
}

/// The table with its filters.
pub(super) fn table(app: App, plan: &Overview) -> AnyView {
    let parts = parts(plan);
    let first = if plan.is_empty() && plan.withheld > 0 {
        (Part::Withheld, plan.withheld)
    } else {
        (Part::All, plan.lines)
    };
    let shown = RwSignal::new(Shown { part: first.0, limit: PORTION, total: first.1 });
    let lines = RwSignal::new(String::new());
    Effect::new(move || {
        let Shown { part, limit, .. } = shown.get();
        app.ask(Command::Lines { part, limit }, move |event| {
            // The person may have asked for another part meanwhile.
            let wanted = shown.try_with_untracked(|now| now.part == part && now.limit == limit);
            if let (Event::Lines(list), Some(true)) = (event, wanted) {
                lines.set(list);
            }
        });
    });
    let choices: Vec<AnyView> =
        parts.into_iter().map(|(part, name, total)| choice(shown, part, name, total)).collect();
    let more = maybe(move || {
        let Shown { limit, total, .. } = shown.get();
        let rest = total.saturating_sub(limit);
        (rest > 0).then(|| {
            view! {
                <p class="empty">
                    {grouped(rest)}" more "
                    {button(Weight::Small, "Show more", move || shown.update(|shown| shown.limit += PORTION))}
                </p>
            }
            .into_any()
        })
    });
    view! {
        <div class="filters" role="group" aria-label="Show">{choices}</div>
        {sheet(app, "lines", lines)}
        {more}
    }
    .into_any()
}

/// The parts of a plan that hold something, each with its number of lines.
fn parts(plan: &Overview) -> Vec<(Part, &'static str, usize)> {
    let kinds = plan.tallies.iter().map(|tally| (Part::Of(tally.kind), name(tally.kind), tally.lines));
    [(Part::All, "All changes", plan.lines)]
        .into_iter()
        .chain(kinds)
        .chain([(Part::Withheld, "Withheld", plan.withheld), (Part::Findings, "Findings", plan.findings)])
        .filter(|(part, _, lines)| *lines > 0 || *part == Part::All)
        .collect()
}

const fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::CreateUser => "People created",
        Kind::AdoptUser => "People adopted",
        Kind::UpdateUser => "People updated",
        Kind::CreateGroup => "Groups created",
        Kind::AdoptGroup => "Groups adopted",
        Kind::AddMembers => "Groups that gain members",
    }
}

fn choice(shown: RwSignal<Shown>, part: Part, name: &'static str, total: usize) -> AnyView {
    view! {
        <button
            type="button"
            class="button small"
            aria-pressed=flag(move || shown.get().part == part)
            on:click=move |_| shown.set(Shown { part, limit: PORTION, total })
        >
            {name}<span class="quiet">{grouped(total)}</span>
        </button>
    }
    .into_any()
}
