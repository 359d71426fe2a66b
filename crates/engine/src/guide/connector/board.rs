//! How provisioning does: its state, its cycles, what fails, and what can be done about it.

use super::super::{Page, Signed, button, buttons};
use super::anew::Anew;
use super::owner::OwnerSeen;
use super::sure::sure;
use super::{Known, held, seen, workspace};
use crate::entra::connector::health::{Health, Reason, State, WayOut};
use crate::entra::connector::history::History;
use crate::entra::connector::{Connector, Origin, Restart};
use crate::env::Timestamp;
use crate::problem::Problem;
use crate::setup::Step;
use crate::sheet::{Bar, Block, Sheet, Tone};
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
    /// When the saved credentials were tested, and what came of it.
    pub tested: Option<(Timestamp, Result<(), Problem>)>,
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
    /// Whether its job is set apart, or was given up.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        let state = self.health.as_ref().map(|it| &it.state);
        matches!(state, Some(State::Quarantined(_) | State::Disabled { given_up: Some(_) }))
    }

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
    blocks.extend(seen::state(board, now));
    blocks.extend(board.owner.note());
    blocks.extend(known.done.map(|(done, then)| Block::note(Tone::Good, done, then)));
    blocks.extend(through(board, known));
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
        blocks.push(more(board, anew, known.rarely));
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

/// What the board asks once more. Assignments are taken away at the review, and asked about there.
fn asked(known: &Known) -> Option<&Risky> {
    known.sure.as_ref().filter(|risky| !matches!(risky, Risky::TakeAway(_)))
}

/// Whether a cycle that was begun from here is through.
#[must_use]
pub fn is_through(board: &Board, known: &Known) -> bool {
    let last = board.health.as_ref().filter(|it| it.state.is_sound()).and_then(|it| it.last.as_ref());
    let ended = last.filter(|it| it.ended.is_some()).and_then(|it| it.began);
    known.begun_after.is_some_and(|before| ended.is_some() && ended != before)
}

/// Once the cycle that was begun from here is through it shows who came.
fn through(board: &Board, known: &Known) -> Vec<Block> {
    if !is_through(board, known) {
        return Vec::new();
    }
    let look = Action::Connector(OfConnector::LookUp);
    vec![
        Block::note(
            Tone::Accent,
            "The cycle that was begun here is through",
            "Look whether everybody who is assigned has come. The log, and Databricks where it can be asked, show what was written some minutes \
             after it.",
        ),
        buttons(vec![button("See who has come", false, &look)]),
    ]
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
    blocks.extend(board.tested.as_ref().map(|(at, tested)| match tested {
        Ok(()) => Block::note(
            Tone::Good,
            "The saved credentials work",
            format!("Entra asked Databricks with the saved token at {}, and was answered.", at.words()),
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
fn more(board: &Board, anew: Anew, open: bool) -> Block {
    let ask = |label: &str, risky: Risky| button(label, false, &Action::Connector(OfConnector::Ask(risky)));
    // Where it is a way out, the button stands above.
    let usual =
        (!board.is_given_up() && anew.restart).then(|| ask("Restart…", Risky::Restart(Restart::Usual)));
    let full = anew.restart.then(|| ask("Restart in full…", Risky::Restart(Restart::Full)));
    let reset = anew.reset.then(|| ask("Reset attribute mappings…", Risky::Reset));
    let others = [full, reset, Some(ask("Remove this connector…", Risky::Remove))];
    let blocks = vec![
        Block::text(
            "Change whom it provisions or how it works at the step “Users and groups”. What would be written is shown again before.",
        ),
        buttons(usual.into_iter().chain(others.into_iter().flatten()).collect()),
    ];
    Block::Fold { id: "rarely".to_owned(), summary: "Restart, reset, remove".to_owned(), open, blocks }
}
