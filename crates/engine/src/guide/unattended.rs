//! The application for runs without a person: what will be made, what was made, its secret, and what is left over.

mod candidate;
mod inventory;
mod made;
mod ordered;
mod secret;
#[cfg(test)]
mod tests;

pub use self::inventory::{Tagged, inventory};
pub use self::made::Made;
pub use self::ordered::{Ordered, There};
pub use self::secret::{Fresh, Left, Seen};
use super::{Page, button, buttons};
use crate::entra::ids::ClientId;
use crate::entra::registration::{day, ending};
use crate::env::Timestamp;
use crate::problem::Problem;
use crate::sheet::{Block, Span, Tone};
use crate::worker::action::Action;

/// What was found out and made in this visit.
#[derive(Default)]
pub struct Known {
    /// What was ordered and waits for a yes.
    pub ordered: Option<Ordered>,
    /// What is there already and would have to be used: nobody has said yet that it may be.
    pub there: Vec<There>,
    /// What is under way, in words.
    pub working: Option<String>,
    /// What failed.
    pub problem: Option<Problem>,
    /// What was made, or found and completed.
    pub made: Option<Made>,
    /// The secret that was made just now; forgotten when the person has it.
    pub secret: Option<Fresh>,
    /// Secrets that nobody knows and that may be left.
    pub left: Option<Left>,
    /// What carries the wizard's tags.
    pub tagged: Option<Vec<Tagged>>,
    /// Which of it is to be removed, once more asked.
    pub removing: Option<ClientId>,
}

/// What is under way, and what failed. It stands outside what is folded away: making, listing and removing all end here.
#[must_use]
pub fn under_way(known: &Known) -> Vec<Block> {
    let mut blocks: Vec<Block> =
        known.problem.clone().map(|it| Block::Problem(Tone::Bad, it)).into_iter().collect();
    if let Some(words) = &known.working {
        blocks.push(Block::Working(words.clone()));
        blocks.push(buttons(vec![button("Stop waiting", false, &Action::Stop)]));
    }
    blocks
}

/// The part of the sheet, for a person who may manage registrations.
#[must_use]
pub fn part(page: &Page, known: &Known, now: Timestamp) -> Block {
    let mut blocks = vec![Block::text(
        "Runs on a schedule sign in by themselves. They need an application of their own with a client secret; the one that \
         this page signs in with never gets either. If people only sync from this page, skip this.",
    )];
    let warning = page.setup.unattended_secret_ends.as_deref().and_then(|ends| ending(ends, now));
    let warned = warning.is_some();
    if known.secret.is_none() {
        blocks.extend(recorded(page));
        blocks.extend(warning.map(|problem| Block::Problem(Tone::Warn, problem)));
    }
    blocks.extend(known.left.iter().flat_map(|left| secret::left_over(page, left)));
    if let Some(fresh) = &known.secret {
        blocks.extend(secret::once(page, known, fresh));
    } else if known.working.is_some() {
        blocks.push(Block::text("Something is being done just now."));
    } else if let Some(ordered) = &known.ordered {
        blocks.extend(ordered::review(ordered, &known.there));
    } else if let Some(made) = &known.made {
        blocks.extend(made::result(page, made));
    } else {
        blocks.push(ordered::form());
    }
    let open = warned
        || known.working.is_some()
        || known.problem.is_some()
        || known.ordered.is_some()
        || known.made.is_some()
        || known.left.is_some()
        || known.secret.is_some();
    Block::Fold {
        id: "unattended".to_owned(),
        summary: "An application for runs on a schedule".to_owned(),
        open,
        blocks,
    }
}

/// The application that the setup names, and how long its secret serves.
fn recorded(page: &Page) -> Option<Block> {
    let client = page.setup.unattended.as_ref()?;
    let secret = match &page.setup.unattended_secret_ends {
        Some(ends) => format!(". Its last secret that was made here ends on {}.", day(ends)),
        None => ". No secret of it was made here.".to_owned(),
    };
    Some(Block::Text(vec![
        Span::Plain("On record is the application ".to_owned()),
        Span::Code(client.to_string()),
        Span::Plain(secret),
    ]))
}
