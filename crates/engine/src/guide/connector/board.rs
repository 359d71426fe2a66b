//! How provisioning does: its state, its cycles, what fails, and what can be done about it.

use super::super::{Page, Signed, button, buttons};
use super::anew::Anew;
use super::owner::OwnerSeen;
use super::sure::sure;
use super::when::{ago, ahead};
use super::{Known, held, workspace};
use crate::entra::connector::health::{Cycle, End, Health, Quarantined, Reason, State, WayOut};
use crate::entra::connector::history::History;
use crate::entra::connector::{Connector, Origin, Restart};
use crate::env::Timestamp;
use crate::problem::{Explain as _, Problem};
use crate::setup::Step;
use crate::sheet::{Bar, Block, Cell, Sheet, Tone};
use crate::worker::action::{Action, OfConnector, Risky};

/// What was seen at the last look.
#[derive(Clone, Debug)]
pub struct Board {
    /// The connector.
    pub connector: Connector,
    /// How its job is; none, where it has none or several.
    pub health: Option<Health>,
    /// What its cycles brought, as far as it was seen.
    pub history: History,
    /// When it was looked.
    pub looked: Timestamp,
    /// Whether the page goes on looking.
    pub watching: bool,
    /// Whether the token's owner is provisioned by it.
    pub owner: OwnerSeen,
    /// What came of testing the saved credentials.
    pub tested: Option<Result<(), Problem>>,
    /// Whether it is a connector; none, where that could not be read.
    pub made: Option<Verdict>,
}

/// Whether an application is a connector.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What connectors are made from.
    pub origin: Origin,
    /// Why it is none, where it is something else.
    pub foreign: Option<Problem>,
}

impl Board {
    /// Why it is no connector.
    #[must_use]
    pub fn foreign(&self) -> Option<&Problem> {
        self.made.as_ref()?.foreign.as_ref()
    }
}

/// The person or group whose log, standing or provisioning is asked for.
pub const WHO: &str = "who";
/// What an entry of the log did.
pub const ACTION: &str = "log-action";
/// How it ended.
pub const STATUS: &str = "log-status";

/// The sheet of the step.
#[must_use]
pub fn sheet(page: &Page, signed: &Signed, known: &Known, now: Timestamp) -> Sheet {
    let mut blocks: Vec<Block> =
        known.problem.clone().map(|it| Block::Problem(Tone::Bad, it)).into_iter().collect();
    if let Some(waiting) = known.waiting() {
        blocks.extend(waiting);
    }
    let facts = page.setup.connector.clone().unwrap_or_default();
    if facts.id.is_none() {
        blocks.extend(choose(page, signed, known));
        return Sheet(blocks);
    }
    let early = known.early.then(|| {
        let words = "Waiting until Entra knows the connector everywhere: what was made a moment ago takes some minutes to show.";
        Block::Working(words.to_owned())
    });
    let Some(board) = &known.board else {
        let waits = early.is_some();
        blocks.extend(early);
        if known.working.is_none() && !waits {
            blocks.push(buttons(vec![button(
                "Look at the connector",
                true,
                &Action::Connector(OfConnector::Watch),
            )]));
        }
        return Sheet(blocks);
    };
    blocks.extend(early);
    if let Some(foreign) = board.foreign() {
        // It is somebody else's: nothing of it is shown, and nothing can be done about it here.
        if known.problem.as_ref() != Some(foreign) {
            blocks.push(Block::Problem(Tone::Bad, foreign.clone()));
        }
        return Sheet(blocks);
    }
    blocks.extend(state(board, now));
    blocks.extend(board.owner.note());
    let anew = Anew::of(board, &facts);
    blocks.extend(anew.note());
    blocks.extend(controls(board, known, anew));
    blocks.extend(chart(&board.history));
    if board.health.is_some() && !board.history.is_recalled() {
        let recall = Action::Connector(OfConnector::Recall);
        blocks.push(buttons(vec![button("Show earlier cycles", false, &recall)]));
    }
    blocks.extend(expiry(facts.token_ends.as_deref(), now));
    blocks.extend(super::log::parts(page, known, board));
    // While something is asked, nothing else is.
    if asked(known).is_none() {
        blocks.push(more(board, anew));
    }
    Sheet(blocks)
}

/// Which connector to look at, on a later visit.
fn choose(page: &Page, signed: &Signed, known: &Known) -> Vec<Block> {
    let mut blocks: Vec<Block> = known.removed().into_iter().collect();
    blocks.push(Block::text("Choose the connector to look at."));
    if signed.account.is_none() {
        blocks.push(buttons(vec![button("Sign in first", true, &Action::Go(Step::Register))]));
        return blocks;
    }
    match &known.found {
        Some(found) => {
            for it in &found.connectors {
                blocks.push(workspace::card(page, it));
            }
            blocks.extend(found.broken.clone().map(|it| Block::Problem(Tone::Warn, it)));
            if found.connectors.is_empty() {
                blocks.push(Block::text(match found.broken {
                    None => "There is none in this tenant.",
                    Some(_) => "None could be seen, but not everything could be read.",
                }));
            }
            if found.broken.is_some() {
                let again = Action::Connector(OfConnector::Find);
                blocks.push(buttons(vec![button("Look again", true, &again)]));
            }
        }
        None if known.working.is_none() => {
            let find = Action::Connector(OfConnector::Find);
            blocks.push(buttons(vec![button("Look for connectors in this tenant", true, &find)]));
        }
        None => {}
    }
    blocks
}

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

fn state(board: &Board, now: Timestamp) -> Vec<Block> {
    let name = &board.connector.enterprise.display_name;
    let looked = if board.watching { "looks again by itself" } else { "looks no more" };
    let looked = format!("Seen at {}; {looked}.", board.looked.words());
    let Some(health) = &board.health else { return jobs(board, &looked) };
    let mut blocks =
        vec![Block::note(tone(&health.state), &health.headline, format!("{} {looked}", health.sentence))];
    if let State::FirstCycle { progress: Some(progress), .. } = &health.state {
        blocks.push(Block::Bars {
            title: "Progress of the first cycle, in pages".to_owned(),
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

/// What the board asks once more. Assignments are taken away at the review, and asked about there.
fn asked(known: &Known) -> Option<&Risky> {
    known.sure.as_ref().filter(|risky| !matches!(risky, Risky::TakeAway(_)))
}

/// What can be done about the state, the likeliest first.
fn controls(board: &Board, known: &Known, anew: Anew) -> Vec<Block> {
    // Also where several jobs, or none, have no state: what is asked there is how to get rid of them.
    if let Some(risky) = asked(known) {
        return sure(risky, board, known);
    }
    let Some(health) = &board.health else { return Vec::new() };
    let do_it =
        |label: &str, primary: bool, action: OfConnector| button(label, primary, &Action::Connector(action));
    let restart =
        |label: &str, what: Restart, primary| do_it(label, primary, OfConnector::Ask(Risky::Restart(what)));
    let mut blocks = Vec::new();
    let mut list = Vec::new();
    if held::too_many(board).is_some() {
        blocks.extend(held::read(known, board).map(|it| held::listed(Some(it))).unwrap_or_default());
    }
    match &health.state {
        State::Quarantined(it) | State::Disabled { given_up: Some(it) } => {
            for way in it.reason.ways_out() {
                let primary = list.is_empty();
                list.push(match way {
                    WayOut::Token => button("Enter a new token", primary, &Action::Go(Step::Workspace)),
                    WayOut::Restart | WayOut::Release if !anew.restart => continue,
                    WayOut::Restart => restart("Restart…", Restart::Usual, primary),
                    WayOut::Release => restart("Let the held deletions go…", Restart::ForceDeletes, primary),
                    WayOut::AssignAgain => button("Assign them again", primary, &Action::Go(Step::Scope)),
                    WayOut::Mend => do_it("Show what fails", primary, OfConnector::Failures),
                    WayOut::Support => continue,
                });
            }
            if it.reason == Reason::TooManyDeletes {
                list.push(do_it(held::SHOW, false, OfConnector::Held));
            }
            if matches!(health.state, State::Disabled { .. }) {
                list.push(button(
                    "Look at the changes, then resume",
                    list.is_empty(),
                    &Action::Go(Step::Review),
                ));
            }
            list.push(do_it("Test the saved credentials", false, OfConnector::Check));
            if anew.restart && !it.reason.ways_out().contains(&WayOut::Restart) {
                list.push(restart("Restart…", Restart::Usual, false));
            }
        }
        State::NotConfigured => list.push(button("Complete it", true, &Action::Go(Step::Review))),
        State::NotStarted | State::Paused | State::Disabled { given_up: None } => {
            list.push(button("Look at the changes, then resume", true, &Action::Go(Step::Review)));
        }
        State::FirstCycle { .. }
        | State::Healthy { .. }
        | State::HealthyWithFailures { .. }
        | State::Failing { .. }
        | State::Unknown(_) => {
            list.push(button("Continue", true, &Action::Go(Step::Done)));
            list.push(do_it("Pause provisioning…", false, OfConnector::Ask(Risky::Pause)));
            list.push(do_it("Test the saved credentials", false, OfConnector::Check));
        }
    }
    if !board.watching {
        list.push(do_it("Look again", false, OfConnector::Watch));
    }
    blocks.push(buttons(list));
    blocks.extend(board.tested.as_ref().map(|tested| match tested {
        Ok(()) => Block::note(
            Tone::Good,
            "The saved credentials work",
            "Entra asked Databricks with the saved token a moment ago, and was answered.",
        ),
        Err(problem) => Block::Problem(Tone::Bad, problem.clone()),
    }));
    blocks
}

/// The last cycles: how many objects each wrote, and how many failed.
fn chart(history: &History) -> Option<Block> {
    let cycles = history.cycles();
    let most = cycles.iter().map(|it| it.exported.max(it.escrowed)).max().filter(|_| cycles.len() > 1)?;
    let bars = cycles.iter().rev().take(12).map(|it| {
        let (tone, says) = match (it.failed, it.escrowed) {
            (true, _) => (Tone::Bad, "failed".to_owned()),
            (false, 0) if it.by_log => (Tone::Plain, format!("{} written, by the log", it.exported)),
            (false, 0) => (Tone::Good, format!("{} written", it.exported)),
            (false, failing) => (Tone::Warn, format!("{} written, {failing} failing", it.exported)),
        };
        let began = it.began.rfc3339();
        Bar {
            label: began.get(..16).unwrap_or_default().replace('T', " "),
            value: it.exported,
            of: most.max(1),
            says,
            tone,
        }
    });
    Some(Block::Bars { title: "Cycles that this page has seen (UTC)".to_owned(), bars: bars.collect() })
}

/// The token's last day.
fn expiry(ends: Option<&str>, now: Timestamp) -> Option<Block> {
    let ends = ends?;
    let at = Timestamp::parse(&format!("{ends}T00:00:00Z"))?;
    let days = at.since(now).as_secs() / 86_400;
    let (tone, title) = match days {
        _ if at <= now => (Tone::Bad, format!("The token ended on {ends}")),
        0..30 => (Tone::Warn, format!("The token ends on {ends}, in {} days", days + 1)),
        _ => (Tone::Plain, format!("The token ends on {ends}")),
    };
    Some(Block::note(
        tone,
        title,
        "To change it without a gap: make a new one, enter it at the step “Databricks workspace”, test it, and write it at the step “Review \
         changes”. The old one is used until then.",
    ))
}

/// What is done rarely.
fn more(board: &Board, anew: Anew) -> Block {
    let ask = |label: &str, risky: Risky| button(label, false, &Action::Connector(OfConnector::Ask(risky)));
    let state = board.health.as_ref().map(|it| &it.state);
    // Where it is a way out, the button stands above.
    let above = matches!(state, Some(State::Quarantined(_) | State::Disabled { given_up: Some(_) }));
    let usual = (!above && anew.restart).then(|| ask("Restart…", Risky::Restart(Restart::Usual)));
    let full = anew.restart.then(|| ask("Restart in full…", Risky::Restart(Restart::Full)));
    let reset = anew.reset.then(|| ask("Reset attribute mappings…", Risky::Reset));
    let others = [full, reset, Some(ask("Remove this connector…", Risky::Remove))];
    let blocks = vec![
        Block::text(
            "Change whom it provisions or how it works at the step “Users and groups”. What would be written is shown again before.",
        ),
        buttons(usual.into_iter().chain(others.into_iter().flatten()).collect()),
    ];
    Block::Fold { id: "rarely".to_owned(), summary: "Restart, reset, remove".to_owned(), open: false, blocks }
}
