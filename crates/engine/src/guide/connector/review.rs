//! What will be written, beside what is there now; and how far the writing is.

use super::super::{Page, button, buttons};
use super::mappings::mapping;
use super::notes::notes;
use super::scope::findings;
use super::{Known, State, flagged, groups, proof, stages};
use crate::entra::connector::set_up::{Compared, Writes};
use crate::entra::preflight::Licence;
use crate::figures::grouped;
use crate::problem::Explain as _;
use crate::setup::Step;
use crate::sheet::{Block, Cell, Sheet, Tone};
use crate::worker::action::{Action, OfConnector, Risky};

/// So many names are listed before the rest is counted.
const LISTED: usize = 50;

/// The sheet of the step.
#[must_use]
pub fn sheet(page: &Page, known: &Known) -> Sheet {
    let mut blocks = Vec::new();
    if !known.carried.is_empty() {
        let title = if known.working.is_some() { "What is being written" } else { "What was written" };
        let verdict = if known.carried.iter().any(|it| it.state == State::Failed) {
            "stopped"
        } else if known.working.is_some() {
            "working"
        } else {
            "done"
        };
        blocks.push(stages(title, verdict, &known.carried));
        blocks.extend(known.proof.as_deref().map(proof::stages));
    }
    blocks.extend(known.problem.clone().map(|it| Block::Problem(Tone::Bad, it)));
    if let Some(waiting) = known.waiting() {
        blocks.extend(waiting);
        return Sheet(blocks);
    }
    let again =
        |primary| button("Look at the changes again", primary, &Action::Connector(OfConnector::Compare));
    let Some(compared) = &known.compared else {
        if page.setup.connector.as_ref().is_none_or(|it| it.id.is_none()) {
            blocks.push(Block::note(
                Tone::Plain,
                "There is no connector yet",
                "The connection test makes its enterprise application.",
            ));
            blocks.push(buttons(vec![button("Test the connection", true, &Action::Go(Step::Test))]));
        } else {
            // Where something is worth a look it is the look that comes first.
            let done = known.is_done();
            let sound = done && known.carried.iter().all(|it| it.state != State::Warning);
            let mut list = vec![again(!sound)];
            if done {
                list.insert(usize::from(!sound), button("Continue", sound, &Action::Go(Step::Sync)));
            }
            blocks.push(buttons(list));
        }
        return Sheet(blocks);
    };
    blocks.extend(body(page, compared, known.sure.as_ref()));
    let mut list = Vec::new();
    let stops = compared.stops();
    if stops.is_empty() {
        if compared.writes.is_empty() {
            blocks.push(Block::note(
                Tone::Good,
                "There is nothing to write",
                "Everything is as it was chosen, and provisioning runs.",
            ));
            list.push(button("Continue", true, &Action::Go(Step::Sync)));
        } else {
            let label = if compared.writes.start { "Start provisioning" } else { "Write these changes" };
            let begin = OfConnector::Begin(Box::new(compared.writes.clone()));
            list.push(button(label, true, &Action::Connector(begin)));
            if let Some(rest) = compared.writes.without_start() {
                let rest = Action::Connector(OfConnector::Begin(Box::new(rest)));
                list.push(button("Write without starting", false, &rest));
            }
        }
    } else {
        blocks.push(Block::note(
            Tone::Bad,
            "Nothing can be written like this",
            "Each of these has to be settled first:",
        ));
        blocks.push(Block::List(stops.clone()));
        list.extend(compared.dark.iter().map(|it| {
            let label = format!("I know that “{}” does not write there", it.name);
            button(&label, false, &Action::Connector(OfConnector::PassOver(vec![it.id.clone()])))
        }));
    }
    list.push(again(false));
    blocks.push(buttons(list));
    if stops.is_empty() {
        blocks.extend(proof::choice(compared));
    }
    Sheet(blocks)
}

fn body(page: &Page, compared: &Compared, sure: Option<&Risky>) -> Vec<Block> {
    let mut blocks = vec![Block::Card {
        id: "writes".to_owned(),
        title: "What will be written".to_owned(),
        chip: Some(("Connector".to_owned(), compared.connector.enterprise.display_name.clone())),
        body: true,
        blocks: vec![table(compared)],
    }];
    let writes = &compared.writes;
    blocks.extend(notes(compared));
    let licence = Some(compared.licence).filter(|it| *it != Licence::Unknown);
    blocks.extend(groups::licence(licence, &compared.groups_to_assign()));
    if !writes.assign.is_empty() {
        blocks.push(fold(
            "assign",
            &format!("Who will be assigned: {}", grouped(writes.assign.len())),
            names(writes.assign.iter().map(|it| &it.name)),
        ));
    }
    if !compared.assigned.is_empty() {
        let summary = format!("Who is assigned already: {}", grouped(compared.assigned.len()));
        blocks.push(fold("assigned", &summary, names(compared.assigned.iter().map(|it| &it.name))));
    }
    if page.setup.connector.as_ref().is_some_and(|it| it.by_hand) {
        blocks.push(by_hand(page, compared));
    } else {
        blocks.extend(surplus(page, compared, sure));
    }
    blocks.push(mapping(compared));
    if let Some(people) = compared.mapping.as_ref().and_then(|table| table.people.as_ref()) {
        blocks.extend(flagged::listed(&compared.examined.people, people));
    }
    blocks.extend(findings(&compared.examined));
    blocks.extend(compared.unread.iter().map(|error| Block::Problem(Tone::Warn, error.explain())));
    blocks
}

fn names<'n>(all: impl Iterator<Item = &'n String>) -> Vec<Block> {
    let all: Vec<&String> = all.collect();
    let hidden = all.len().saturating_sub(LISTED);
    let more = (hidden > 0).then(|| format!("and {} more", grouped(hidden)));
    vec![Block::List(all.into_iter().take(LISTED).cloned().chain(more).collect())]
}

pub(super) fn fold(id: &str, summary: &str, blocks: Vec<Block>) -> Block {
    Block::Fold { id: id.to_owned(), summary: summary.to_owned(), open: false, blocks }
}

/// So many are shown at once.
const FEW: usize = 20;

/// Who is assigned and was not chosen. They stay, unless a person takes them away.
fn surplus(page: &Page, compared: &Compared, sure: Option<&Risky>) -> Vec<Block> {
    let Some(crate::setup::Scope::Chosen { groups, people }) = &page.setup.scope else { return Vec::new() };
    let chosen = |id: &crate::entra::ids::ObjectId| groups.iter().chain(people).any(|it| it.id == *id);
    let surplus: Vec<_> = compared.assigned.iter().filter(|it| !chosen(&it.principal)).collect();
    if surplus.is_empty() {
        return Vec::new();
    }
    let ids: Vec<String> = surplus.iter().map(|it| it.id.clone()).collect();
    let mut blocks = names(surplus.iter().map(|it| &it.name));
    let kept = compared.keeps_assignments();
    match sure {
        _ if kept.is_some() => blocks.push(Block::text(format!(
            "None of them can be taken away here now. {}",
            kept.unwrap_or_default()
        ))),
        Some(Risky::TakeAway(asked)) if *asked == ids => {
            blocks.push(Block::Question {
                title: match ids.len() {
                    1 => "Take this assignment away?".to_owned(),
                    many => format!("Take {} assignments away?", grouped(many)),
                },
                text: crate::entra::connector::assignment::UNASSIGNED.to_owned(),
            });
            blocks.push(buttons(vec![
                button("Take them away", false, &Action::Connector(OfConnector::Sure(Risky::TakeAway(ids)))),
                button("Leave it as it is", true, &Action::Connector(OfConnector::Keep)),
            ]));
        }
        _ => blocks.push(buttons(vec![button(
            "Take these assignments away…",
            false,
            &Action::Connector(OfConnector::Ask(Risky::TakeAway(ids))),
        )])),
    }
    vec![Block::Fold {
        id: "surplus".to_owned(),
        summary: format!("Assigned, but not chosen here: {}", grouped(surplus.len())),
        // They are provisioned still, and somebody may have meant to take them out.
        open: surplus.len() <= FEW || matches!(sure, Some(Risky::TakeAway(_))),
        blocks,
    }]
}

/// Each thing that is written: what it is now, and what it will be.
fn table(compared: &Compared) -> Block {
    let Compared { connector, writes, .. } = compared;
    let mut rows = Vec::new();
    let mut row = |what: &str, now: Cell, then: Option<Cell>| {
        let then = then.unwrap_or_else(|| Cell::state(Tone::Plain, "stays"));
        rows.push(vec![Cell::words(what), now, then]);
    };
    let yes = |on: bool| Cell::words(if on { "only who is assigned" } else { "everyone of the tenant" });
    row(
        "Who may sign in through it",
        connector.enterprise.app_role_assignment_required.map_or_else(|| Cell::words("not known"), yes),
        writes.assignment_required.map(yes),
    );
    row(
        "Provisioning job",
        connector.jobs.first().map_or_else(|| Cell::words("none"), |job| Cell::code(&job.id)),
        writes.job.is_none().then(|| Cell::words("one is made")),
    );
    let told = writes.tell.as_ref();
    let kept = &connector.kept;
    row(
        "Writes to",
        kept.address().map_or_else(|| Cell::words("nowhere"), Cell::code),
        told.map(|it| Cell::code(it.target.connector_address()))
            .filter(|_| told.is_some_and(|it| !kept.writes_to(&it.target))),
    );
    row(
        "Token",
        Cell::words(if kept.has_token() { "one is saved" } else { "none" }),
        told.map(|_| {
            Cell::words("the one that you entered").below("Entra keeps it; it is never shown again")
        }),
    );
    let now = kept.settings();
    let everybody = |on: bool| Cell::words(if on { "everybody of the directory" } else { "who is assigned" });
    let complete = kept.is_complete();
    let known = |cell: Cell| if complete { cell } else { Cell::words("not set") };
    row(
        "Whom it provisions",
        known(everybody(now.everybody)),
        told.map(|it| it.settings.everybody)
            .filter(|on| !complete || *on != now.everybody)
            .map(everybody)
            .map(|it| {
                if compared.narrower {
                    it.below("whoever is not assigned is deactivated in Databricks")
                } else {
                    it
                }
            }),
    );
    // As it was written: several recipients are more than can be set here, and stay.
    let recipients = kept.notifications().0.unwrap_or_else(|| "nobody".to_owned());
    let mail = told
        .map(|it| &it.settings.mail)
        .filter(|it| **it != now.mail)
        .map(|it| Cell::words(it.as_ref().map_or("nobody", crate::entra::connector::Mail::as_str)));
    row("Whom it notifies", known(Cell::words(recipients)), mail);
    let limit =
        |it: Option<u32>| Cell::words(it.map_or_else(|| "no limit".to_owned(), |it| format!("above {it}")));
    row(
        "Holds deletions back",
        known(limit(now.threshold)),
        told.map(|it| it.settings.threshold).filter(|it| *it != now.threshold).map(limit),
    );
    row(
        "externalId",
        Cell::words(if writes.repair { "not the object id, or not read yet" } else { "the object id" }),
        writes.repair.then(|| {
            Cell::words("the object id").below("a changed mapping is worked through from the beginning")
        }),
    );
    row(
        "Assignments",
        Cell::words(grouped(compared.assigned.len())),
        (!writes.assign.is_empty()).then(|| Cell::words(format!("{} more", grouped(writes.assign.len())))),
    );
    row(
        if writes.prove_with.is_some() { "One group as a proof" } else { "One person as a proof" },
        Cell::words("–"),
        match &writes.prove {
            Some(it) => Some(Cell::words(&it.name).below(match &writes.prove_with {
                None => "is written to Databricks at once, for real".to_owned(),
                Some(with) => {
                    format!("is written to Databricks at once, with {} of its members, for real", with.len())
                }
            })),
            None => writes.start.then(|| {
                Cell::words("nobody").below("nobody is assigned who would do: it starts without a proof")
            }),
        },
    );
    row(
        "Provisioning",
        Cell::words(if connector.jobs.first().is_some_and(|job| job.schedule.is_active()) {
            "runs"
        } else {
            "is off"
        }),
        begins(writes),
    );
    Block::Table {
        title: "What is there, and what will be".to_owned(),
        head: ["What", "Now", "Then"].map(str::to_owned).to_vec(),
        rows,
    }
}

fn begins(writes: &Writes) -> Option<Cell> {
    match (writes.start, writes.restart) {
        (true, true) => Some(Cell::words("starts anew, with fewer people, and runs from then on")),
        (true, false) => Some(Cell::words("starts, and runs from then on")),
        (false, true) => Some(Cell::words("begins anew, with fewer people")),
        (false, false) => None,
    }
}

/// Assigning in the portal, with what was chosen.
fn by_hand(page: &Page, compared: &Compared) -> Block {
    let enterprise = &compared.connector.enterprise;
    let link = format!(
        "{}#view/Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Users/objectId/{}/appId/{}",
        page.cloud.portal,
        enterprise.object_id(),
        enterprise.client_id()
    );
    let mut blocks = vec![
        Block::Text(vec![
            crate::sheet::Span::Plain("Open ".to_owned()),
            crate::sheet::Span::Link("Users and groups of the enterprise application".to_owned(), link),
            crate::sheet::Span::Plain(", press Add user/group, select them, and press Assign.".to_owned()),
        ]),
        Block::text(
            "Groups take Entra ID P1. What is assigned shows here when you look at the changes again.",
        ),
    ];
    if let Some(crate::setup::Scope::Chosen { groups, people }) = &page.setup.scope {
        blocks.extend(names(groups.iter().chain(people).map(|it| &it.name)));
    }
    Block::Fold { id: "assign-by-hand".to_owned(), summary: "Assign by hand".to_owned(), open: true, blocks }
}
