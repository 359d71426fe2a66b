//! What this wizard made in the tenant, and removing it.

use super::Known;
use crate::entra::ids::ClientId;
use crate::entra::registration::Kind;
use crate::guide::{button, buttons};
use crate::sheet::{Block, Span};
use crate::worker::action::Action;

/// A registration that carries a tag of the wizard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its application (client) id.
    pub client: ClientId,
    /// What is odd about it, in a few words; empty, when nothing is.
    pub odd: String,
}

/// What this wizard made in the tenant, and removing it.
#[must_use]
pub fn inventory(known: &Known) -> Block {
    let mut blocks = Vec::new();
    match &known.tagged {
        None => {
            blocks.push(Block::text(
                "Registrations that carry this wizard’s tag or key, complete or half made.",
            ));
        }
        Some(tagged) if tagged.is_empty() => {
            blocks.push(Block::text("Nothing in this tenant carries the tag or the key."));
        }
        Some(tagged) => {
            for it in tagged {
                blocks.extend(tagged_one(it, known.removing.as_ref() == Some(&it.client)));
            }
        }
    }
    blocks.push(buttons(vec![button("List what this wizard made", false, &Action::List)]));
    Block::Fold {
        id: "inventory".to_owned(),
        summary: "What this wizard made in the tenant".to_owned(),
        open: known.tagged.is_some(),
        blocks,
    }
}

fn tagged_one(it: &Tagged, asked: bool) -> Vec<Block> {
    let kind = match it.kind {
        Kind::Page => "signs in to the page",
        Kind::Unattended => "for runs on a schedule",
    };
    let odd = if it.odd.is_empty() { String::new() } else { format!("; {}", it.odd) };
    let client = it.client.clone();
    let mut blocks = vec![Block::Text(vec![
        Span::Plain(format!("“{}”, {kind}{odd}: ", it.name)),
        Span::Code(client.to_string()),
    ])];
    if asked {
        blocks.push(Block::Question {
            title: format!("Remove “{}”?", it.name),
            text: "Nobody can sign in with it any more, and whatever does so stops. Tokens that are out already work for up to an hour. \
                   Entra keeps it for 30 days under “Deleted applications”, where it can be restored."
                .to_owned(),
        });
        blocks.push(buttons(vec![
            button(&format!("Remove {}", it.name), false, &Action::Remove { client, sure: true }),
            button("Keep it", false, &Action::Reorder),
        ]));
    } else {
        let label = format!("Remove {}…", it.name);
        blocks.push(buttons(vec![button(&label, false, &Action::Remove { client, sure: false })]));
    }
    blocks
}
