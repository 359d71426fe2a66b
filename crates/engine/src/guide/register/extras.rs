//! What the registration has beside what it should.

use crate::entra::registration::Repair;
use crate::guide::{button, buttons};
use crate::sheet::{Block, Cell, Tone};
use crate::worker::action::Action;

/// Each with a button of its own: another page may need it.
pub(super) fn found(extras: &[Repair]) -> Vec<Block> {
    if extras.is_empty() {
        return Vec::new();
    }
    let rows = extras.iter().map(|it| vec![Cell::words(it.what()), Cell::words(it.why())]).collect();
    let remove = |it: &Repair| {
        let label = match it {
            Repair::Drop { uri, .. } => format!("Remove {uri}"),
            _ => "Take this tenant’s accounts only".to_owned(),
        };
        button(&label, false, &Action::Mend(vec![it.clone()]))
    };
    vec![
        Block::note(
            Tone::Warn,
            "It has more than this page needs",
            "Anybody who may register applications could have made it so, before the wizard or you took it over. Keep what you \
             know, such as the address of another page of this wizard, and remove the rest before anybody consents.",
        ),
        Block::Table {
            title: "More than this page needs".to_owned(),
            head: vec!["Change".to_owned(), "Why".to_owned()],
            rows,
        },
        buttons(extras.iter().map(remove).collect()),
    ]
}
