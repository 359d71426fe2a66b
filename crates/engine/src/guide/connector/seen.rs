//! What a look showed: how the job is, what its last cycle brought and how many it brought over; or that there is none, or several.

use super::super::{button, buttons};
use super::board::Board;
use super::when::{ago, ahead};
use crate::entra::connector::health::{Cycle, End, Quarantined, State};
use crate::env::Timestamp;
use crate::problem::Explain as _;
use crate::setup::Step;
use crate::sheet::{Bar, Block, Cell, Tone};
use crate::worker::action::{Action, OfConnector, Risky};

fn tone(state: &State) -> Tone {
    match state {
        State::Healthy { .. } => Tone::Good,
        State::FirstCycle { .. } => Tone::Accent,
        State::HealthyWithFailures { .. } | State::Failing { .. } | State::Unknown(_) => Tone::Warn,
        State::Quarantined(_) | State::Disabled { given_up: Some(_) } => Tone::Bad,
        State::NotConfigured | State::NotStarted | State::Paused | State::Disabled { given_up: None } => {
            Tone::Plain
        }
    }
}

/// The state of the one job.
pub(super) fn state(board: &Board, now: Timestamp) -> Vec<Block> {
    let name = &board.connector.enterprise.display_name;
    let looked = if board.watching { "looks again by itself" } else { "looks no more" };
    let looked = format!("Seen at {}; {looked}.", board.looked.words());
    let Some(health) = &board.health else { return jobs(board, &looked) };
    let mut blocks =
        vec![Block::note(tone(&health.state), &health.headline, format!("{} {looked}", health.sentence))];
    if let State::FirstCycle { progress: Some(progress), again, .. } = &health.state {
        let cycle = if *again { "cycle" } else { "first cycle" };
        blocks.push(Block::Bars {
            title: format!("Progress of the {cycle}, in pages"),
            bars: vec![Bar {
                label: format!("{} of {} pages", progress.done, progress.of),
                value: progress.done,
                of: progress.of,
                says: format!("{} %", progress.percent()),
                tone: Tone::Accent,
            }],
        });
    }
    let mut rows = Vec::new();
    if let Some(Cycle { end, began, ended, entitled, exported, escrowed, .. }) = &health.last {
        let when = ended.or(*began).map_or_else(|| "at an unknown time".to_owned(), |at| ago(at, now));
        let ended = match end {
            End::Succeeded => Cell::state(Tone::Good, "succeeded"),
            End::WithFailures => Cell::state(Tone::Warn, "some objects failed"),
            End::Failed => Cell::state(Tone::Bad, "failed"),
            End::Other(other) => Cell::state(Tone::Plain, other),
        };
        rows.push(vec![Cell::words("Last cycle").below(when), ended]);
        for (what, count) in
            [("In scope", entitled), ("Written by it", exported), ("Failing, tried again", escrowed)]
        {
            rows.push(vec![Cell::words(what), Cell::words(count.to_string())]);
        }
    }
    let next = match &health.state {
        State::Healthy { next, .. }
        | State::HealthyWithFailures { next, .. }
        | State::Failing { next, .. } => *next,
        State::Quarantined(Quarantined { next, .. }) => *next,
        _ => None,
    };
    rows.extend(next.map(|at| vec![Cell::words("Next cycle"), Cell::words(ahead(at, now))]));
    for count in &health.counts {
        rows.push(vec![
            Cell::words(format!("Brought over so far: {}", kind(&count.key)))
                .below("who has left is counted until a restart in full"),
            Cell::words(count.value.to_string()),
        ]);
    }
    let address = board.connector.kept.address().unwrap_or("nowhere");
    rows.push(vec![Cell::words("Writes to"), Cell::code(address)]);
    blocks.push(Block::Table {
        title: format!("“{name}”"),
        head: ["What", "How it is"].map(str::to_owned).to_vec(),
        rows,
    });
    if let State::Quarantined(quarantined) | State::Disabled { given_up: Some(quarantined) } = &health.state {
        blocks.push(Block::Problem(Tone::Bad, quarantined.explain()));
    }
    blocks
}

/// What is counted. Keys are `User to User` and such: what it was in the directory, and what it is in Databricks.
fn kind(key: &str) -> &str {
    match key.split_once(' ').map(|(from, _)| from) {
        Some(from) if from.eq_ignore_ascii_case("user") => "people",
        Some(from) if from.eq_ignore_ascii_case("group") => "groups",
        _ => key,
    }
}

/// No job, or several: the one is made at the review, of the others one has to go first.
fn jobs(board: &Board, looked: &str) -> Vec<Block> {
    let name = &board.connector.enterprise.display_name;
    if board.connector.jobs.is_empty() {
        let text = format!("“{name}” is {}. {looked}", board.connector.completeness().says());
        return vec![
            Block::note(Tone::Warn, "There is no provisioning job", text),
            buttons(vec![button("Complete it", true, &Action::Go(Step::Review))]),
        ];
    }
    let runs: Vec<&str> =
        board.connector.jobs.iter().filter(|it| it.schedule.is_active()).map(|it| it.id.as_str()).collect();
    let which = match runs.as_slice() {
        [] => "None of them is switched on.".to_owned(),
        some => format!("Switched on: {}.", some.join(", ")),
    };
    let text = format!("Those of “{name}” work against each other. Keep one. {which} {looked}");
    let remove = |id: &String| {
        let ask = OfConnector::Ask(Risky::RemoveJob(id.clone()));
        button(&format!("Remove the job {id}…"), false, &Action::Connector(ask))
    };
    vec![
        Block::note(Tone::Warn, "There are several provisioning jobs", text),
        buttons(board.connector.jobs.iter().map(|job| remove(&job.id)).collect()),
    ]
}
