//! An application that is there already: all that matters before a person says that it may be used.

use super::ordered::There;
use crate::entra::registration::{Owner, Owners};
use crate::sheet::{Block, Cell, Tone};

/// Who can act as it, and what it holds. What nobody ordered, and what is unknown, stands out.
pub(super) fn table(it: &There, ordered: &[String]) -> Block {
    let holders = &it.holders;
    let owners = |of: fn(&Owners) -> &Vec<Owner>| {
        let is_you = |owner: &Owner| owner.id == it.you;
        let named =
            |owner: &Owner| if is_you(owner) { format!("{} (you)", owner.name) } else { owner.name.clone() };
        let owners = holders.owners.as_ref().map(of)?;
        Some(Found::of(&owners.iter().map(named).collect::<Vec<_>>(), owners.iter().all(is_you)))
    };
    let roles = holders.roles.as_ref().map(|roles| {
        let names = roles
            .iter()
            .map(|name| if ordered.contains(name) { name.clone() } else { format!("{name} (not ordered)") });
        Found::of(&names.collect::<Vec<_>>(), roles.iter().all(|name| ordered.contains(name)))
    });
    let counted = |count: usize| Found {
        count,
        below: "whoever has one signs in as this application".to_owned(),
        is_fine: false,
    };
    Block::Table {
        title: format!("“{}”, {}", it.name, it.client),
        head: vec!["What it has".to_owned(), "State".to_owned()],
        rows: vec![
            row("Secrets", holders.secrets.map(counted)),
            row("Certificates", holders.certificates.map(counted)),
            row("Federated credentials", holders.federated.clone().map(|names| Found::of(&names, false))),
            row("Owners", owners(|owners| &owners.application)),
            row("Owners of its service principal", owners(|owners| &owners.principal)),
            row("Permissions that it holds by itself", roles),
        ],
    }
}

/// What there is of something.
struct Found {
    count: usize,
    below: String,
    /// Whether nobody need look at it.
    is_fine: bool,
}

impl Found {
    fn of(names: &[String], is_fine: bool) -> Self {
        Self { count: names.len(), below: names.join(", "), is_fine }
    }
}

/// What could not be read is unknown, not absent.
fn row(what: &str, found: Option<Found>) -> Vec<Cell> {
    let state = match found {
        None => Cell::state(Tone::Warn, "unknown").below("it could not be read"),
        Some(Found { count: 0, .. }) => Cell::state(Tone::Good, "none"),
        Some(Found { count, below, is_fine }) => {
            let tone = if is_fine { Tone::Plain } else { Tone::Warn };
            Cell::state(tone, count.to_string()).below(below)
        }
    };
    vec![Cell::words(what), state]
}
