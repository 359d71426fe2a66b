//! The provisioning log, why somebody is (not) there, and provisioning somebody at once.

use super::super::{Page, button, buttons};
use super::Known;
use super::board::{ACTION, Board, STATUS, WHO};
use super::looked::assigned;
use crate::entra::connector::finding::{self, Finding};
use crate::entra::connector::log::{End, Entry};
use crate::entra::connector::on_demand::OnDemand;
use crate::entra::connector::trace::{Status, Trace};
use crate::env::Timestamp;
use crate::problem::{Explain as _, Problem};
use crate::setup::Picked;
use crate::sheet::{Block, Cell, Form, Input, InputKind, Tone};
use crate::worker::action::{Action, OfConnector};

/// Entries of the log, as they were asked for.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What was asked for, in words.
    pub what: String,
    /// They, or why there are none.
    pub entries: Result<(Vec<Entry>, End), Problem>,
}

/// Why somebody is (not) there.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Who.
    pub person: Picked,
    /// What speaks for it and against it.
    pub findings: Vec<Finding>,
}

/// The parts of the board.
pub(super) fn parts(page: &Page, known: &Known, board: &Board) -> Vec<Block> {
    if board.health.is_none() {
        return Vec::new();
    }
    vec![assigned(page, known), on_demand(known), why(known), log(known)]
}

pub(super) fn tone(status: Option<Status>) -> Tone {
    match status {
        Some(Status::Success) => Tone::Good,
        Some(Status::Skipped) | None => Tone::Plain,
        Some(Status::Warning) => Tone::Warn,
        Some(Status::Failure) => Tone::Bad,
    }
}

fn on_demand(known: &Known) -> Block {
    let mut blocks = vec![
        Block::text(
            "Entra takes one person, or one group with up to five of its members, through all its stages at once, and writes them to \
             Databricks for real. It takes half a minute, and a fresh assignment some minutes more.",
        ),
        who(
            known,
            Form::OnDemand,
            ("on-demand-who", "Person or group", "A name or user name, such as ada@contoso.example."),
            "Provision now",
        ),
    ];
    if let Some(told) = &known.on_demand {
        blocks.extend(result(told));
    }
    Block::Fold {
        id: "on-demand".to_owned(),
        summary: "Provision one person or group now".to_owned(),
        open: known.on_demand.is_some() || known.wrong.iter().any(|(field, _)| *field == "on-demand-who"),
        blocks,
    }
}

/// The stages of provisioning on demand, with their details.
fn result(told: &OnDemand) -> Vec<Block> {
    let mut blocks = vec![match told.problem() {
        None => Block::note(
            Tone::Good,
            format!("“{}” is in Databricks", told.object.label()),
            if told.object.is_unchanged() {
                "It was there already, exactly as it should be."
            } else {
                "It was written a moment ago, through all stages."
            },
        ),
        Some(problem) => Block::Problem(tone(Some(told.result)), problem),
    }];
    if !told.others.is_empty() {
        blocks.push(Block::text(along(&told.others)));
    }
    blocks.extend(ways(told));
    blocks
}

/// Which members of a group came along, and how that ended.
fn along(others: &[Trace]) -> String {
    let one = |it: &Trace| format!("{} ({})", it.label(), it.status.map_or("not told", Status::words));
    let list: Vec<String> = others.iter().map(one).collect();
    format!("Of its members came along: {}. All others come with a cycle.", list.join(", "))
}

/// The way of each object, stage by stage.
pub(super) fn ways(told: &OnDemand) -> impl Iterator<Item = Block> + '_ {
    std::iter::once(&told.object).chain(&told.others).map(stages)
}

fn stages(trace: &Trace) -> Block {
    let row = |it: &crate::entra::connector::trace::Step| {
        let details = it.details.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let what = Cell {
            folded: details,
            ..Cell::words(it.kind.words()).below(if it.description.is_empty() {
                it.name.clone()
            } else {
                it.description.clone()
            })
        };
        vec![Cell::state(tone(it.status), it.status.map_or("not told", Status::words)), what]
    };
    Block::Table {
        title: format!("Stages of “{}”", trace.label()),
        head: ["State", "Stage"].map(str::to_owned).to_vec(),
        rows: trace.steps.iter().map(row).collect(),
    }
}

fn why(known: &Known) -> Block {
    let mut blocks = vec![
        Block::text("Looks at account, assignment, scope, attribute mappings, the job and its log."),
        who(known, Form::Why, ("why-who", "Person", "A user name, such as ada@contoso.example."), "Find out"),
    ];
    if let Some(standing) = &known.why {
        blocks.push(Block::Name(standing.person.name.clone()));
        for it in &standing.findings {
            let tone = match it.tone {
                finding::Tone::Good => Tone::Good,
                finding::Tone::Warn => Tone::Warn,
                finding::Tone::Bad => Tone::Bad,
            };
            blocks.push(Block::note(tone, &it.what, &it.todo));
        }
    }
    Block::Fold {
        id: "why".to_owned(),
        summary: "Why is this person (not) there?".to_owned(),
        open: known.why.is_some() || known.wrong.iter().any(|(field, _)| *field == "why-who"),
        blocks,
    }
}

/// A field for somebody, or something.
fn who(known: &Known, form: Form, (id, label, hint): (&str, &str, &str), submit: &str) -> Block {
    let input = Input {
        id: id.to_owned(),
        label: label.to_owned(),
        hint: hint.to_owned(),
        kind: InputKind::Line(known.typed(id, "").to_owned()),
        error: known
            .wrong
            .iter()
            .find(|(field, _)| *field == id)
            .map(|(_, words)| words.clone())
            .unwrap_or_default(),
    };
    Block::Form { id: form, inputs: vec![input], submit: submit.to_owned() }
}

fn log(known: &Known) -> Block {
    let choice = |id: &str, label: &str, options: &[(&str, &str)]| Input {
        id: id.to_owned(),
        label: label.to_owned(),
        hint: String::new(),
        kind: InputKind::Choice(
            options.iter().map(|(value, words)| ((*value).to_owned(), (*words).to_owned())).collect(),
            known
                .asked
                .iter()
                .find(|(field, _)| field == id)
                .map(|(_, value)| value.clone())
                .unwrap_or_default(),
        ),
        error: String::new(),
    };
    let inputs = vec![
        Input {
            id: WHO.to_owned(),
            label: "Person or group".to_owned(),
            hint: "Empty for all of them.".to_owned(),
            kind: InputKind::Line(
                known
                    .asked
                    .iter()
                    .find(|(field, _)| field == WHO)
                    .map(|(_, value)| value.clone())
                    .unwrap_or_default(),
            ),
            error: known
                .wrong
                .iter()
                .find(|(field, _)| *field == WHO)
                .map(|(_, words)| words.clone())
                .unwrap_or_default(),
        },
        choice(
            ACTION,
            "What was done",
            &[
                ("", "Anything"),
                ("create", "Create"),
                ("update", "Update"),
                ("disable", "Deactivate"),
                ("delete", "Delete"),
                ("stagedDelete", "Staged delete (held back)"),
            ],
        ),
        choice(
            STATUS,
            "How it ended",
            &[
                ("", "Any way"),
                ("failure", "Failed"),
                ("skipped", "Skipped"),
                ("warning", "With a warning"),
                ("success", "Succeeded"),
            ],
        ),
    ];
    let mut blocks = vec![
        Block::text("The newest first. Entries show after some minutes, and are kept for 30 days."),
        Block::Form { id: Form::Log, inputs, submit: "Read the log".to_owned() },
    ];
    if let Some(shown) = &known.log {
        blocks.extend(entries(shown));
    }
    Block::Fold {
        id: "log".to_owned(),
        summary: "Provisioning log".to_owned(),
        open: known.log.is_some(),
        blocks,
    }
}

fn entries(shown: &Shown) -> Vec<Block> {
    let (entries, end) = match &shown.entries {
        Ok(found) => found,
        Err(problem) => return vec![Block::Problem(Tone::Bad, problem.clone())],
    };
    let mut blocks = vec![Block::Rows {
        title: format!("Provisioning log: {}", shown.what),
        head: ["Result", "Who or what", "When"].map(str::to_owned).to_vec(),
        rows: entries.iter().map(entry_row).collect(),
    }];
    match end {
        End::Whole => {}
        End::More => blocks.push(Block::text("There are more: narrow down what is asked for.")),
        End::Broken(error) => blocks.push(Block::Problem(Tone::Warn, error.explain())),
    }
    let failed = entries.iter().filter(|it| it.trace.status == Some(Status::Failure)).count();
    if failed > 0 {
        blocks.push(buttons(vec![button(
            "Show failures only",
            false,
            &Action::Connector(OfConnector::Failures),
        )]));
    }
    blocks
}

/// An entry of the log as a row.
pub(super) fn entry_row(entry: &Entry) -> Vec<Cell> {
    let trace = &entry.trace;
    let words = trace.status.map_or("not told", Status::words);
    let done = trace.action.words();
    let who = Cell::words(trace.label()).below(match trace.status {
        // The action is what was to be done.
        Some(Status::Failure) => format!("not {done}: why, and what to do"),
        Some(Status::Skipped) => "nothing was written".to_owned(),
        _ => done.to_owned(),
    });
    let who = match entry.problem() {
        None => who,
        Some(problem) => {
            let mut folded = vec![problem.why, problem.remedy];
            folded.extend(problem.raw.into_iter().map(|it| format!("{}: {}", it.name, it.value)));
            Cell { folded, ..who }
        }
    };
    let when = entry.at.map_or_else(|| "–".to_owned(), Timestamp::words);
    vec![Cell::state(tone(trace.status), words), who, Cell::words(when)]
}
