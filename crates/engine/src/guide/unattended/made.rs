//! What was made, and who grants what it does not hold yet.

use super::secret;
use crate::entra::clouds::Cloud;
use crate::entra::ids::ClientId;
use crate::guide::{Page, button, buttons, portal};
use crate::sheet::{Block, Cell, Tone};
use crate::worker::action::Action;

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its name.
    pub name: String,
    /// Its application (client) id.
    pub client: ClientId,
    /// Whether it was there before.
    pub adopted: bool,
    /// What it holds of what was ordered.
    pub holds: Vec<String>,
    /// What it holds beside that, of all resources.
    pub more: Vec<String>,
    /// What was not granted, and why.
    pub refused: Vec<(String, String)>,
}

const MORE: &str = "It held this already. Whoever gets the secret that is made here can do this too: if nothing needs it, take it away at the \
                    application’s permissions.";

pub(super) fn result(page: &Page, made: &Made) -> Vec<Block> {
    let title = if made.adopted { "It was there, and is complete now" } else { "Made, and read back" };
    let mut blocks = vec![
        Block::note(Tone::Good, title, format!("“{}” is registered in this tenant.", made.name)),
        Block::Value("Application (client) ID".to_owned(), made.client.to_string()),
    ];
    blocks.extend(
        page.setup
            .tenant
            .as_ref()
            .map(|tenant| Block::Value("Directory (tenant) ID".to_owned(), tenant.to_string())),
    );
    let mut rows: Vec<Vec<Cell>> =
        made.holds.iter().map(|name| vec![Cell::code(name), Cell::state(Tone::Good, "granted")]).collect();
    rows.extend(
        made.refused
            .iter()
            .map(|(name, why)| vec![Cell::code(name), Cell::state(Tone::Warn, "not granted").below(why)]),
    );
    rows.extend(
        made.more
            .iter()
            .map(|name| vec![Cell::code(name), Cell::state(Tone::Warn, "granted, not ordered").below(MORE)]),
    );
    blocks.push(Block::Table {
        title: "Permissions that it holds by itself".to_owned(),
        head: vec!["Permission".to_owned(), "State".to_owned()],
        rows,
    });
    if !made.refused.is_empty() {
        blocks.push(Block::text(
            "Permissions of this kind are granted by a Privileged Role Administrator or a Global Administrator. Send one of \
             them this message, then press “Look at its permissions again”.",
        ));
        blocks.push(Block::Code("request to grant".to_owned(), to_grant(&page.cloud, made)));
    }
    let again = Action::Make {
        name: made.name.clone(),
        roles: made.holds.iter().chain(made.refused.iter().map(|(name, _)| name)).cloned().collect(),
        adopt: Some(made.client.clone()),
    };
    blocks.push(Block::Heading("Its client secret".to_owned()));
    blocks.push(secret::form());
    blocks.push(buttons(vec![button("Look at its permissions again", false, &again)]));
    blocks
}

/// What a colleague needs to grant the rest, in the portal: a consent link has to come back somewhere, and this application has no
/// redirect URI (AADSTS500113).
fn to_grant(cloud: &Cloud, made: &Made) -> String {
    let Made { name, client, .. } = made;
    // The portal's own addresses are documented nowhere, so the message gets there without this one too.
    let address = portal(cloud, &format!("ApplicationMenuBlade/~/CallAnAPI/appId/{client}"));
    let refused: Vec<&str> = made.refused.iter().map(|(name, _)| name.as_str()).collect();
    format!(
        "Please grant the application \"{name}\" (Application ID {client}) in our Microsoft Entra tenant what it may do by \
         itself. Runs on a schedule use it to provision people and groups to Databricks.\n\n\
         1. Open its API permissions: {address}\n   \
         If that opens elsewhere: App registrations, All applications, enter the Application ID, open it, then API permissions.\n\
         2. See that the list holds these of Microsoft Graph, of the type Application: {}\n\
         3. Press \"Grant admin consent for\" your organisation, then Yes. Each then has the status Granted.\n\n\
         It takes the role Privileged Role Administrator or Global Administrator.",
        refused.join(", ")
    )
}
