//! What the registration of a page must not have.

use super::looked::Looked;
use super::{link, plain};
use crate::guide::{Page, portal};
use crate::sheet::{Block, Tone};

/// Secrets, certificates and permissions of its own. They are told and not mended: something else may use them.
pub(super) fn found(page: &Page, looked: &Looked) -> Vec<Block> {
    let client = page.setup.client.as_ref().map(ToString::to_string).unwrap_or_default();
    let look = |words: &str, menu: &str| {
        let address = portal(&page.cloud, &format!("ApplicationMenuBlade/~/{menu}/appId/{client}"));
        Block::Text(vec![
            plain("Look at "),
            link(words, address),
            plain(", and remove it there unless something else uses this registration too."),
        ])
    };
    let mut blocks = Vec::new();
    let held: Vec<String> = [(looked.secrets, "secret"), (looked.certificates, "certificate")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| if count == 1 { format!("a {what}") } else { format!("{count} {what}s") })
        .collect();
    if !held.is_empty() {
        blocks.push(Block::note(
            Tone::Warn,
            format!("It holds {}", held.join(" and ")),
            "A page never needs one, and whoever has it can act as this application.",
        ));
        blocks.push(look("Certificates & secrets", "Credentials"));
    }
    if !looked.roles.is_empty() {
        blocks.push(Block::note(
            Tone::Warn,
            format!("It asks for application permissions: {}", looked.roles.join(", ")),
            "The page acts for the person who is signed in and needs none. Once granted they serve everybody who gets hold of a \
             secret of this application, whatever the rights of that person.",
        ));
        blocks.push(look("API permissions", "CallAnAPI"));
    }
    blocks
}
