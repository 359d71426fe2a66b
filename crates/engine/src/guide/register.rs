//! How the application is registered: by hand, by one command, by a colleague; and what is found when it is looked at.

mod by_colleague;
mod by_command;
mod by_hand;
mod extras;
mod looked;
#[cfg(test)]
mod tests;
mod unfit;

pub use self::looked::{Absent, Looked, look};
use super::{Page, button, buttons, refused};
use crate::entra::clouds::Cloud;
use crate::entra::ids::{ClientId, TenantId};
use crate::entra::redirect::RedirectUri;
use crate::problem::Problem;
use crate::sheet::{Block, Sheet, Span, Tone};
use crate::worker::action::Action;

/// What was found out about the registration in this visit.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What is wrong with the line that was pasted, and the text itself.
    pub pasted: Option<(String, String)>,
    /// What is under way, in words.
    pub working: Option<String>,
    /// What failed.
    pub problem: Option<Problem>,
    /// What the look at the registration brought.
    pub looked: Option<Looked>,
    /// That this tenant turned out to have no registration of this application.
    pub absent: Option<Absent>,
    /// Where else the tenant lives, with what was entered.
    pub cloud: Option<Elsewhere>,
}

/// A tenant that lives in another cloud than the one that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Where it lives; several, where the service does not say which.
    pub clouds: Vec<Cloud>,
    /// Whether that is certain.
    pub sure: bool,
    /// The tenant.
    pub tenant: TenantId,
    /// The application that was entered.
    pub client: ClientId,
}

/// The sheet above the fields.
#[must_use]
pub fn routes(page: &Page, known: &Known, refused: &refused::Known) -> Sheet {
    let uri = match RedirectUri::parse(&page.base) {
        Ok(uri) => uri,
        Err(error) => {
            let problem = Problem::new(
                "Nobody can sign in to the page at this address.",
                error.to_string(),
                "Open the page at another address, then come back to this step.",
            )
            .detail("address", &page.base);
            return Sheet(vec![Block::Problem(Tone::Bad, problem)]);
        }
    };
    let fresh = page.setup.client.is_none();
    let mut blocks = Vec::new();
    if page.preset {
        blocks.push(Block::note(
            Tone::Good,
            "The host of this page has registered it",
            "The two IDs below are preset. Press “Sign in with Microsoft”; if that fails, the message says what to mend.",
        ));
    }
    blocks.extend(known.cloud.iter().flat_map(other_cloud));
    blocks.push(by_hand::route(page, &uri, fresh && !page.preset));
    blocks.push(by_command::route(page, &uri, known));
    blocks.push(by_colleague::route(page, &uri));
    blocks.push(refused::part(refused));
    Sheet(blocks)
}

/// The clouds to go on with.
fn other_cloud(elsewhere: &Elsewhere) -> [Block; 2] {
    let Elsewhere { clouds, sure, tenant, client } = elsewhere;
    let title = match clouds.as_slice() {
        [cloud] if *sure => format!("This tenant lives in the cloud “{}”", cloud.name),
        [cloud] => format!("This tenant probably lives in the cloud “{}”", cloud.name),
        _ => "This tenant probably lives in another cloud".to_owned(),
    };
    let choose = clouds.iter().map(|cloud| {
        let (tenant, client) = (tenant.clone(), client.clone());
        let other = Action::OtherCloud { cloud: cloud.id.clone(), tenant, client };
        button(&format!("Choose {}", cloud.name), clouds.len() == 1, &other)
    });
    [
        Block::note(
            Tone::Warn,
            title,
            "An application is worth nothing outside its own cloud. If this one is registered there too, go on with that cloud.",
        ),
        buttons(choose.collect()),
    ]
}

fn fold(id: &str, summary: &str, open: bool, blocks: Vec<Block>) -> Block {
    Block::Fold { id: id.to_owned(), summary: summary.to_owned(), open, blocks }
}

fn plain(words: &str) -> Span {
    Span::Plain(words.to_owned())
}

fn link(words: &str, address: String) -> Span {
    Span::Link(words.to_owned(), address)
}
