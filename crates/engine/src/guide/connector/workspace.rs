//! Which connector writes to the target, and whose token it uses.

use super::super::{Page, Signed, button, buttons};
use super::Known;
use crate::databricks::target::{Level, Target};
use crate::entra::connector::{Completeness, Connector, token_advice};
use crate::env::Timestamp;
use crate::setup::{ConnectorFacts, TokenOwner};
use crate::sheet::{Block, Cell, Form, Input, InputKind, Sheet, Span, Tone};
use crate::worker::action::{Action, OfConnector};

/// The fields of the form.
pub const NAME: &str = "connector-name";
/// Whose token it is.
pub const OWNER: &str = "token-owner";
/// Which person, where it is a person's.
pub const PERSON: &str = "token-person";
/// Its last day.
pub const ENDS: &str = "token-ends";

/// A name that tells a connector from others: by its workspace, or by the account.
#[must_use]
pub fn proposed_name(target: Option<&Target>) -> String {
    let Some(target) = target else { return "databricks-provisioning".to_owned() };
    match target.level() {
        Level::Account => "databricks-account-provisioning".to_owned(),
        Level::Workspace => {
            let host = target.host();
            let name =
                host.find(".azuredatabricks.").or_else(|| host.find(".databricks.")).unwrap_or(host.len());
            let name: String =
                host.chars().take(name).map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
            format!("{name}-provisioning")
        }
    }
}

/// The sheet below the fields for address and token.
#[must_use]
pub fn sheet(page: &Page, signed: &Signed, has_token: bool, known: &Known, now: Timestamp) -> Sheet {
    let mut blocks = vec![Block::Heading("The connector".to_owned())];
    blocks.extend(known.problem.clone().map(|it| Block::Problem(Tone::Bad, it)));
    if signed.account.is_none() {
        blocks.push(Block::text("Sign in first: the connector is an enterprise application of your tenant."));
        return Sheet(blocks);
    }
    if let Some(waiting) = known.waiting() {
        blocks.extend(waiting);
    }
    let facts = page.setup.connector.clone().unwrap_or_default();
    blocks.extend(there(page, known, &facts));
    if !has_token && facts.id.as_ref().is_some_and(|id| known.is_told(id)) {
        blocks.push(Block::text(
            "It has a token already: leave the field above empty to keep that one. Only what it is told anew, such as another limit or \
             notification email, takes the token again.",
        ));
    }
    blocks.push(form(page, has_token, known, &facts, now));
    Sheet(blocks)
}

/// Whether a token's last day is past, or near enough for the board to warn of it.
pub(crate) fn ends_soon(day: &str, now: Timestamp) -> bool {
    let end = Timestamp::parse(&format!("{day}T00:00:00Z"));
    end.is_some_and(|end| end.since(now).as_secs() < 30 * 86_400)
}

/// The connectors that are there.
fn there(page: &Page, known: &Known, facts: &ConnectorFacts) -> Vec<Block> {
    let again = buttons(vec![button("Look again", false, &Action::Connector(OfConnector::Find))]);
    let Some(found) = &known.found else {
        let look = button("Look for connectors in this tenant", false, &Action::Connector(OfConnector::Find));
        return if known.working.is_some() { Vec::new() } else { vec![buttons(vec![look])] };
    };
    let mut blocks = Vec::new();
    if !found.origin.databricks {
        blocks.push(Block::note(
            Tone::Warn,
            "This cloud’s gallery has no entry for Databricks",
            "The entry for any SCIM application is taken in its place. Its mapping is checked, and mended, before anything starts.",
        ));
    }
    blocks.extend(found.broken.clone().map(|it| Block::Problem(Tone::Warn, it)));
    if found.connectors.is_empty() {
        let words = match found.broken {
            None => "There is none yet in this tenant: the test makes one, under the name below.",
            Some(_) => "None could be seen, but not everything could be read.",
        };
        blocks.push(Block::text(words));
        blocks.push(again);
        return blocks;
    }
    blocks.push(Block::text("These are in the tenant. One writes to one workspace, or to the account."));
    blocks.push(Block::Table {
        title: "Connectors of this tenant".to_owned(),
        head: ["Name", "Writes to", "State"].map(str::to_owned).to_vec(),
        rows: found.connectors.iter().map(|it| row(page, it, facts)).collect(),
    });
    for it in &found.connectors {
        // Made from the entry for any SCIM application it may be anything: what it is has to be read first.
        let sure = found.origin.databricks && found.origin.made(&it.enterprise.application_template_id);
        if sure || it.completeness() != Completeness::Unknown {
            blocks.extend(offer(page, it, facts));
        }
    }
    blocks.push(again);
    blocks
}

fn row(page: &Page, it: &Connector, facts: &ConnectorFacts) -> Vec<Cell> {
    let state = it.completeness();
    let tone = match state {
        Completeness::On => Tone::Good,
        Completeness::Off => Tone::Plain,
        Completeness::Unknown | Completeness::SeveralJobs => Tone::Warn,
        Completeness::Application | Completeness::Untold | Completeness::Jobless => Tone::Accent,
    };
    let name = Cell::words(&it.enterprise.display_name);
    let chosen = facts.id.as_ref() == Some(&it.enterprise.object_id());
    let name = if chosen { name.below("chosen") } else { name };
    let address = it.kept.address().unwrap_or("nowhere yet");
    let same = page.setup.target.as_ref().is_some_and(|target| it.writes_to(target));
    let address = if same { Cell::code(address).below("your target") } else { Cell::code(address) };
    vec![name, address, Cell::state(tone, state.says())]
}

/// One of them, to look after on a later visit.
pub(super) fn card(page: &Page, it: &Connector) -> Block {
    let (id, name) = (it.enterprise.object_id(), it.enterprise.display_name.clone());
    let state = row(page, it, &ConnectorFacts::default());
    let choose = button(
        &format!("Look at {name}"),
        false,
        &Action::Connector(OfConnector::Use { id: id.clone(), name: name.clone() }),
    );
    Block::Card {
        id: format!("connector-{id}"),
        title: name,
        chip: None,
        body: true,
        blocks: vec![
            Block::Table {
                title: "State".to_owned(),
                head: ["Name", "Writes to", "State"].map(str::to_owned).to_vec(),
                rows: vec![state],
            },
            buttons(vec![choose]),
        ],
    }
}

/// What can be done with one of them.
fn offer(page: &Page, it: &Connector, facts: &ConnectorFacts) -> Vec<Block> {
    let id = it.enterprise.object_id();
    if facts.id.as_ref() == Some(&id) {
        return Vec::new();
    }
    let name = &it.enterprise.display_name;
    let target = page.setup.target.as_ref();
    let writes_here = target.is_some_and(|target| it.writes_to(target));
    let elsewhere = it.kept.address().is_some() && !writes_here && target.is_some();
    let mut blocks = Vec::new();
    if writes_here && it.completeness() == Completeness::On {
        blocks.push(Block::note(
            Tone::Warn,
            format!("“{name}” provisions this target already"),
            "A second connector would work against it. Use it: nothing of it changes before you have seen what.",
        ));
    }
    let label = if elsewhere {
        // To turn it to another target would leave its people there without anybody who looks after them.
        return blocks;
    } else if it.kept.address().is_some() {
        format!("Use {name}")
    } else {
        format!("Complete {name}")
    };
    blocks.push(Block::Text(vec![Span::Plain(format!("“{name}”: ")), Span::Code(id.to_string())]));
    let action = Action::Connector(OfConnector::Use { id, name: name.clone() });
    blocks.push(buttons(vec![button(&label, writes_here, &action)]));
    blocks
}

fn form(page: &Page, has_token: bool, known: &Known, facts: &ConnectorFacts, now: Timestamp) -> Block {
    let line = |id: &str, label: &str, hint: &str, value: &str| Input {
        id: id.to_owned(),
        label: label.to_owned(),
        hint: hint.to_owned(),
        kind: InputKind::Line(known.typed(id, value).to_owned()),
        error: known.wrong(id),
    };
    let level = page.setup.target.as_ref().map(Target::level);
    let target = page.setup.target.as_ref();
    let proposed = target
        .map_or_else(|| "a name made of the workspace’s".to_owned(), |target| proposed_name(Some(target)));
    let hint =
        format!("What administrators find it by. Empty for {proposed}. One that is there keeps its name.");
    let mut inputs = vec![line(NAME, "Name of the connector", &hint, &facts.name)];
    if level != Some(Level::Account) {
        let (kind, person) = match &facts.owner {
            None => ("", ""),
            Some(TokenOwner::NoPerson) => ("nobody", ""),
            Some(TokenOwner::Person(picked)) => ("person", picked.name.as_str()),
        };
        let options = [
            ("", "Say whose it is"),
            ("nobody", "A service principal’s, or that of an account outside Entra"),
            ("person", "A person’s"),
        ];
        inputs.push(Input {
            id: OWNER.to_owned(),
            label: "Whose token is it?".to_owned(),
            hint: "A person whose token the connector uses must not be provisioned by it: when they leave, provisioning stops. The account’s \
                   own SCIM token belongs to nobody."
                .to_owned(),
            kind: InputKind::Choice(
                options.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec(),
                known.typed(OWNER, kind).to_owned(),
            ),
            error: known.wrong(OWNER),
        });
        inputs.push(line(
            PERSON,
            "That person’s user name",
            "As in Entra, such as admin@contoso.example. Leave it empty for a service principal.",
            person,
        ));
    }
    let mut hint = "Such as 2027-05-31. The wizard then reminds you. Empty, when it is not known.".to_owned();
    let mut ends = facts.token_ends.as_deref().unwrap_or_default();
    // Whoever comes back shortly before it ends, or after, comes with another token: its day is another one.
    if !has_token && ends_soon(ends, now) {
        hint.push_str(&format!(" For the token before it was {ends}."));
        ends = "";
    }
    inputs.push(line(ENDS, "Last day of the token", &hint, ends));
    let advice = Block::Fold {
        id: "token-advice".to_owned(),
        summary: "Which token to make, and how long it lives".to_owned(),
        open: false,
        blocks: [Level::Account, Level::Workspace]
            .map(|level| Block::text(token_advice(level)))
            .into_iter()
            .chain([Block::text(
                "The first account administrator is made when a Global Administrator opens the account console. An access token \
                 of Entra or OAuth (it begins with eyJ) is refused here: it would pass the test, and stop provisioning an hour \
                 later.",
            )])
            .collect(),
    };
    // Sent by the page, together with address and token.
    Block::Card {
        id: "about-connector".to_owned(),
        title: "About this connector".to_owned(),
        chip: None,
        body: true,
        blocks: vec![Block::Form { id: Form::Connector, inputs, submit: String::new() }, advice],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_a_token_that_ends_is_not_proposed_for_the_next_one() {
        let now = Timestamp::parse("2026-01-05T12:00:00Z").unwrap();
        let days = ["2025-12-31", "2026-01-06", "2026-02-04", "2026-02-05", "2027-05-31", ""];
        assert_eq!(days.map(|day| ends_soon(day, now)), [true, true, true, false, false, false]);
    }
}
