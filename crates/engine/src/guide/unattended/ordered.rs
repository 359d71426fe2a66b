//! What is ordered: the form for it, and what would be made or used, before a person says yes.

use super::candidate;
use crate::entra::consent::{UNATTENDED, unattended};
use crate::entra::ids::{ClientId, ObjectId};
use crate::entra::registration::{Holders, Kind};
use crate::guide::{button, buttons};
use crate::sheet::{Block, Cell, Form, Input, InputKind, Tone};
use crate::worker::action::Action;

/// What was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// The name.
    pub name: String,
    /// The permissions, by their names.
    pub roles: Vec<String>,
}

/// An application that is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct There {
    /// Its name.
    pub name: String,
    /// Its application (client) id.
    pub client: ClientId,
    /// Who can act as it, and what it holds already.
    pub holders: Holders,
    /// Who is signed in: their own ownership is no stranger's.
    pub you: ObjectId,
}

pub(super) fn form() -> Block {
    let mut inputs = vec![Input {
        id: "unattended-name".to_owned(),
        label: "Name of the application".to_owned(),
        hint: "For people; the wizard knows it by a tag.".to_owned(),
        kind: InputKind::Line(Kind::Unattended.proposed_name().to_owned()),
        error: String::new(),
    }];
    inputs.extend(UNATTENDED.iter().map(|role| Input {
        id: format!("role-{}", role.name),
        label: role.name.to_owned(),
        hint: match role.risk {
            Some(risk) => format!("{} {risk}", role.purpose),
            None => role.purpose.to_owned(),
        },
        kind: InputKind::Check(role.proposed),
        error: String::new(),
    }));
    Block::Form { id: Form::Unattended, inputs, submit: "Show what will be made".to_owned() }
}

pub(super) fn review(ordered: &Ordered, there: &[There]) -> Vec<Block> {
    let rows = ordered.roles.iter().map(|name| {
        let role = unattended(name);
        let cell = Cell::words(role.map_or("", |role| role.purpose));
        vec![Cell::code(name), role.and_then(|role| role.risk).map_or(cell.clone(), |risk| cell.below(risk))]
    });
    let change = button("Change it", false, &Action::Reorder);
    let mut blocks = vec![
        Block::text(format!(
            "In this tenant, unless it is there already: a registration “{}” for this tenant’s accounts only, marked with the tag \
             {}, its service principal, and these permissions that it holds by itself:",
            ordered.name,
            Kind::Unattended.tag()
        )),
        Block::Table {
            title: "Permissions".to_owned(),
            head: vec!["Permission".to_owned(), "What for".to_owned()],
            rows: rows.collect(),
        },
    ];
    if there.is_empty() {
        let make = Action::Make { name: ordered.name.clone(), roles: ordered.roles.clone(), adopt: None };
        blocks.push(buttons(vec![button("Make it", true, &make), change]));
        return blocks;
    }
    blocks.push(Block::note(
        Tone::Warn,
        "There is one already",
        "Whoever can act as it gets all that is granted to it. Anybody who may register applications can make one that looks like \
         this. Use it only if you know where it comes from; else remove it under “What this wizard made in the tenant”. Used, it \
         is marked with the tag, and asks for these permissions too; its name and the rest stay as they are.",
    ));
    for it in there {
        blocks.push(candidate::table(it, &ordered.roles));
        let adopt = Some(it.client.clone());
        let make = Action::Make { name: ordered.name.clone(), roles: ordered.roles.clone(), adopt };
        blocks.push(buttons(vec![button(&format!("Use {} ({})", it.name, it.client), false, &make)]));
    }
    blocks.push(buttons(vec![change]));
    blocks
}
