//! What will be written, beside what is there now; and how far the writing is.

use super::super::{Page, button, buttons};
use super::scope::findings;
use super::{Known, State, stages};
use crate::entra::connector::schema::{Mapping, Previewed, Table, concerns, preview};
use crate::entra::connector::set_up::{Compared, Writes};
use crate::entra::connector::{finding, kind};
use crate::entra::directory::Person;
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
        let verdict = if known.carried.iter().any(|it| it.state == State::Failed) {
            "stopped"
        } else if known.working.is_some() {
            "working"
        } else {
            "done"
        };
        blocks.push(stages("What is being written", verdict, &known.carried));
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
            // What is worth a look is written all the same: then it is the look that comes first.
            let passed = |it: &super::Stage| matches!(it.state, State::Passed | State::Warning);
            let done = !known.carried.is_empty() && known.carried.iter().all(passed);
            let sound = done && known.carried.iter().all(|it| it.state == State::Passed);
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
        }
    } else {
        blocks.push(Block::note(
            Tone::Bad,
            "Nothing can be written like this",
            "Each of these has to be settled first:",
        ));
        blocks.push(Block::List(stops));
    }
    list.push(again(false));
    blocks.push(buttons(list));
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
    let notes = compared.notes();
    if !notes.is_empty() {
        blocks.push(Block::note(Tone::Warn, "Connectors of single workspaces run", notes.join(" ")));
    }
    let writes = &compared.writes;
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

fn fold(id: &str, summary: &str, blocks: Vec<Block>) -> Block {
    Block::Fold { id: id.to_owned(), summary: summary.to_owned(), open: false, blocks }
}

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
    match sure {
        Some(Risky::TakeAway(asked)) if *asked == ids => {
            blocks.push(Block::note(
                Tone::Warn,
                format!("Take {} assignments away?", grouped(ids.len())),
                crate::entra::connector::assignment::UNASSIGNED,
            ));
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
        open: matches!(sure, Some(Risky::TakeAway(_))),
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
        "One person as a proof",
        Cell::words("–"),
        match &writes.prove {
            Some(it) => Some(Cell::words(&it.name).below("is written to Databricks at once, for real")),
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

/// The attribute mappings: what is wrong with them, as tables, and on real people.
fn mapping(compared: &Compared) -> Block {
    let Some(table) = &compared.mapping else {
        return fold(
            "mapping",
            "Attribute mappings: could not be read",
            vec![Block::text("They are read again before anything starts.")],
        );
    };
    let concerns = concerns(table);
    let mut blocks: Vec<Block> = concerns
        .iter()
        .map(|concern| {
            let told = concern.told();
            let tone = match told.tone {
                finding::Tone::Good => Tone::Good,
                finding::Tone::Warn => Tone::Warn,
                finding::Tone::Bad => Tone::Bad,
            };
            Block::note(tone, told.what, told.todo)
        })
        .collect();
    let Table { people, groups } = table;
    blocks.extend([people, groups].into_iter().flatten().flat_map(rows));
    if let Some(people) = people {
        blocks.extend(compared.examined.samples.iter().map(|person| on_person(people, person)));
    }
    let summary = match concerns.len() {
        0 => "Attribute mappings: as they should be".to_owned(),
        1 => "Attribute mappings: one thing to know".to_owned(),
        many => format!("Attribute mappings: {many} things to know"),
    };
    Block::Fold { id: "mapping".to_owned(), summary, open: false, blocks }
}

fn rows(mapping: &Mapping) -> Vec<Block> {
    let row = |it: &crate::entra::connector::schema::Row| {
        let matching =
            it.matching.map_or_else(String::new, |at| format!("finds who is there, as number {at}"));
        vec![
            Cell::code(&it.target).below(matching),
            Cell::words(it.source.words()),
            Cell::words(it.flow.words()),
        ]
    };
    let what = if mapping.kind == kind::Kind::Person { "People" } else { "Groups" };
    let mut blocks = vec![Block::Table {
        title: format!("{what}: attributes"),
        head: ["In Databricks", "From Entra", "When"].map(str::to_owned).to_vec(),
        rows: mapping.rows.iter().map(row).collect(),
    }];
    let filters = mapping.filters.words();
    if !filters.is_empty() {
        blocks.push(Block::text(format!("{what} are provisioned only if one of these holds:")));
        blocks.push(Block::List(filters));
    }
    blocks
}

fn on_person(mapping: &Mapping, person: &Person) -> Block {
    let row = |it: crate::entra::connector::schema::Line| {
        let value = match &it.value {
            Previewed::Value(value) => Cell::words(value),
            other => Cell::state(Tone::Plain, other.words()),
        };
        vec![Cell::code(it.target), value]
    };
    Block::Table {
        title: format!("What {} becomes", person.label()),
        head: ["In Databricks", "Value"].map(str::to_owned).to_vec(),
        rows: preview(mapping, person).into_iter().map(row).collect(),
    }
}
