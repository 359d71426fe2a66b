//! What to know of the changes beside their table: whom they bring, and what was taken on trust.

use super::scope::everyone;
use crate::entra::connector::set_up::Compared;
use crate::sheet::{Block, Tone};

/// The notes; none, where there is nothing to know.
pub(super) fn notes(compared: &Compared) -> Vec<Block> {
    let (mut blocks, writes) = (Vec::new(), &compared.writes);
    let beside = compared.notes_of_others();
    if !beside.is_empty() {
        blocks.push(Block::note(Tone::Warn, "Connectors of single workspaces run", beside.join(" ")));
    }
    if !writes.shown.passed_over.is_empty() {
        let names: Vec<&str> = writes.shown.passed_over.iter().map(|it| it.name.as_str()).collect();
        blocks.push(Block::note(
            Tone::Warn,
            "Other connectors that were not read",
            format!(
                "Not read, and passed over because you know that they do not write to this target: “{}”.",
                names.join("”, “")
            ),
        ));
    }
    let before = &compared.connector.kept;
    let already = before.is_complete() && before.everybody();
    if !already && writes.tell.as_ref().is_some_and(|told| told.settings.everybody) {
        blocks.push(Block::note(
            Tone::Warn,
            "Everybody of the directory",
            "Not those who are chosen, but all of them:",
        ));
        blocks.push(everyone());
    }
    blocks
}
