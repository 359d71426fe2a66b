//! Whether Entra can connect to the target.

use super::super::{Page, button, buttons};
use super::workspace::proposed_name;
use super::{Known, State, fresh, stages};
use crate::sheet::{Block, Sheet, Span, Tone};
use crate::worker::action::{Action, OfConnector};

/// The stages of the test, in order.
pub const STAGES: [&str; 4] = [
    "Gallery entry found",
    "Enterprise application there",
    "Provisioning service ready",
    "Credentials accepted",
];

/// The sheet of the step.
#[must_use]
pub fn sheet(page: &Page, has_token: bool, known: &Known) -> Sheet {
    let facts = page.setup.connector.clone().unwrap_or_default();
    let proposed = proposed_name(page.setup.target.as_ref());
    let name = if facts.name.is_empty() { &proposed } else { &facts.name };
    let mut blocks = Vec::new();
    if facts.id.is_none() {
        blocks.push(Block::note(
            Tone::Accent,
            format!("The test makes the enterprise application “{name}”"),
            "Entra tests a connection on an enterprise application, so one is made from the gallery, and nothing else: nothing is \
             saved in it, nobody is assigned, and nothing starts. It can be removed at any time.",
        ));
    } else {
        blocks.push(Block::Text(vec![
            Span::Plain(format!("The test uses the enterprise application “{name}” and changes nothing in it. Entra itself asks ")),
            Span::Code(page.setup.target.as_ref().map(|it| it.host().to_owned()).unwrap_or_default()),
            Span::Plain(" for somebody who does not exist.".to_owned()),
        ]));
    }
    blocks.extend(known.token_of.as_ref().map(|it| it.note(facts.owner.as_ref())));
    let steps = if known.test.is_empty() { fresh(STAGES) } else { known.test.clone() };
    blocks.push(stages("Result", verdict(known), &steps));
    blocks.extend(known.problem.clone().map(|it| Block::Problem(Tone::Bad, it)));
    if let Some(waiting) = known.waiting() {
        blocks.extend(waiting);
        return Sheet(blocks);
    }
    let again = |primary| button("Test connection", primary, &Action::Connector(OfConnector::Test));
    let mut list = Vec::new();
    if known.passed {
        list.push(button("Continue", true, &Action::Go(crate::setup::Step::Scope)));
    }
    if has_token {
        list.push(again(!known.passed));
    } else {
        blocks.push(Block::note(
            Tone::Plain,
            "There is no token in memory",
            "It is forgotten when the tab is closed, reloaded, or away to sign in. Enter it again at the step before; nothing else is \
             lost. Without it, the credentials that the connector has can be tested.",
        ));
        list.push(button("Enter the token", true, &Action::Go(crate::setup::Step::Workspace)));
        if facts.id.is_some() {
            list.push(button(
                "Test the saved credentials",
                false,
                &Action::Connector(OfConnector::TestSaved),
            ));
        }
    }
    blocks.push(buttons(list));
    Sheet(blocks)
}

fn verdict(known: &Known) -> &'static str {
    if known.working.is_some() {
        "checking"
    } else if known.test.iter().any(|it| it.state == State::Failed) {
        "failed"
    } else if known.passed {
        "ready"
    } else {
        "not tested yet"
    }
}
