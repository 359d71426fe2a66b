//! The lines of a plan, by kind, in portions.

use std::sync::Arc;

use engine::sync::plan::{Change, Kind, Operation, Plan};
use leptos::prelude::*;

use crate::parts::Tone;
use crate::parts::badge::badge;
use crate::parts::button::{Weight, button};
use crate::parts::figures::grouped;
use crate::parts::live::{flag, live};

/// How many lines are drawn at once.
const PORTION: usize = 200;

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filter {
    /// Everything that would be written.
    All,
    /// One kind of it.
    Of(Kind),
    /// What is held back.
    Withheld,
    /// What the directory holds that cannot be mapped.
    Findings,
}

/// The table with its filters.
pub(super) fn table(plan: &Arc<Plan>) -> AnyView {
    let first = if plan.is_empty() && !plan.withheld.is_empty() { Filter::Withheld } else { Filter::All };
    let filter = RwSignal::new(first);
    let limit = RwSignal::new(PORTION);
    let choices = [(Filter::All, "All changes", plan.operations.len())]
        .into_iter()
        .chain(Kind::ALL.into_iter().map(|kind| {
            let lines = plan.operations.iter().filter(|operation| operation.kind() == kind).count();
            (Filter::Of(kind), name(kind), lines)
        }))
        .chain([
            (Filter::Withheld, "Withheld", plan.withheld.len()),
            (Filter::Findings, "Findings", plan.findings.len()),
        ])
        .filter(|(which, _, lines)| *lines > 0 || *which == Filter::All)
        .map(|(which, name, lines)| choice(filter, limit, which, name, lines))
        .collect::<Vec<_>>();
    let plan = Arc::clone(plan);
    let lines = live(move || {
        let (list, total) = lines(&plan, filter.get(), limit.get());
        let rest = total.saturating_sub(list.len());
        let more = (rest > 0).then(|| {
            view! {
                <p class="empty">
                    {grouped(rest)}" more "
                    {button(Weight::Small, "Show more", move || limit.update(|limit| *limit += PORTION))}
                </p>
            }
        });
        let empty = list.is_empty().then(|| view! { <p class="empty">"Nothing of this kind."</p> });
        view! {
            <div class="scroll" tabindex="0" role="region" aria-label="Lines of the plan">
                <table class="table">
                    <thead><tr><th>"Change"</th><th>"Who or what"</th><th>"Why"</th></tr></thead>
                    <tbody>{list}</tbody>
                </table>
                {empty}{more}
            </div>
        }
        .into_any()
    });
    view! {
        <div class="filters" role="group" aria-label="Show">{choices}</div>
        {lines}
    }
    .into_any()
}

const fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::CreateUser => "People created",
        Kind::AdoptUser => "People adopted",
        Kind::CreateGroup => "Groups created",
        Kind::AdoptGroup => "Groups adopted",
        Kind::AddMembers => "Memberships",
    }
}

fn choice(
    filter: RwSignal<Filter>,
    limit: RwSignal<usize>,
    which: Filter,
    name: &'static str,
    lines: usize,
) -> AnyView {
    view! {
        <button
            type="button"
            class="button small"
            aria-pressed=flag(move || filter.get() == which)
            on:click=move |_| {
                limit.set(PORTION);
                filter.set(which);
            }
        >
            {name}<span class="quiet">{grouped(lines)}</span>
        </button>
    }
    .into_any()
}

/// The first lines of what is shown, and how many there are in all.
fn lines(plan: &Plan, filter: Filter, limit: usize) -> (Vec<AnyView>, usize) {
    match filter {
        Filter::Withheld => {
            let list = plan.withheld.iter().take(limit);
            let rows = list
                .map(|held| {
                    row(Tone::Warn, "withheld", &held.object, held.what.clone(), None, held.why.clone())
                })
                .collect();
            (rows, plan.withheld.len())
        }
        Filter::Findings => {
            let list = plan.findings.iter().take(limit);
            let rows = list
                .map(|found| {
                    row(Tone::Plain, "finding", &found.object, String::new(), None, found.text.clone())
                })
                .collect();
            (rows, plan.findings.len())
        }
        Filter::All => (plan.operations.iter().take(limit).map(operation).collect(), plan.operations.len()),
        Filter::Of(kind) => {
            let all = || plan.operations.iter().filter(move |operation| operation.kind() == kind);
            (all().take(limit).map(operation).collect(), all().count())
        }
    }
}

fn operation(operation: &Operation) -> AnyView {
    let kind = operation.kind();
    let tone = match kind {
        Kind::CreateUser | Kind::CreateGroup => Tone::Good,
        Kind::AdoptUser | Kind::AdoptGroup => Tone::Accent,
        Kind::AddMembers => Tone::Plain,
    };
    let details: Vec<String> = match &operation.change {
        Change::AdoptUser { changes, .. } | Change::AdoptGroup { changes, .. } => changes
            .iter()
            .map(|change| {
                let mut text = change.field.clone();
                text.push_str(": “");
                text.push_str(&change.before);
                text.push_str("” → “");
                text.push_str(&change.after);
                text.push('”');
                text
            })
            .collect(),
        Change::AddMembers { members, .. } if members.len() > 1 => {
            members.iter().map(|member| member.name.clone()).collect()
        }
        Change::AddMembers { .. } | Change::CreateUser { .. } | Change::CreateGroup => Vec::new(),
    };
    let details = (!details.is_empty()).then_some(details);
    row(tone, kind.word(), &operation.object.name, operation.summary(), details, operation.reason.clone())
}

fn row(
    tone: Tone,
    word: &'static str,
    object: &str,
    what: String,
    details: Option<Vec<String>>,
    why: String,
) -> AnyView {
    let what = match details {
        None => view! { <span class="sub">{what}</span> }.into_any(),
        Some(list) => {
            let list: Vec<AnyView> =
                list.into_iter().map(|text| view! { <li>{text}</li> }.into_any()).collect();
            view! { <details class="sub"><summary>{what}</summary><ul>{list}</ul></details> }.into_any()
        }
    };
    view! {
        <tr>
            <td>{badge(tone, word)}</td>
            <td>{object.to_owned()}{what}</td>
            <td>{why}</td>
        </tr>
    }
    .into_any()
}
