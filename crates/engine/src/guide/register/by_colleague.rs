//! The way through a colleague, who gets both other ways as one message.

use super::by_command::azure;
use super::by_hand::NEW;
use super::fold;
use crate::entra::clouds::Cloud;
use crate::entra::consent::{Scope, needed};
use crate::entra::redirect::RedirectUri;
use crate::entra::registration::Kind;
use crate::entra::registration::command::{Shell, register};
use crate::guide::{Page, portal};
use crate::sheet::Block;

pub(super) fn route(page: &Page, uri: &RedirectUri) -> Block {
    let message = message(&page.cloud, uri, needed(page.setup.way));
    fold(
        "by-colleague",
        "Somebody else registers it",
        false,
        vec![
            Block::text(
                "Send this message to somebody with the role Cloud Application Administrator. They send two IDs back, or \
                 the line that the command prints: it goes into “With one command” above.",
            ),
            Block::Code("message".to_owned(), message),
        ],
    )
}

/// Routes by hand and by command as one message.
fn message(cloud: &Cloud, uri: &RedirectUri, scopes: &[Scope]) -> String {
    let name = Kind::Page.proposed_name();
    let address = portal(cloud, NEW);
    let (azure, powershell) = (azure(cloud, uri, scopes), register(Shell::PowerShell, cloud, uri, scopes));
    format!(
        "Please register an application in our Microsoft Entra tenant for the Databricks SCIM setup page at\n{uri}\n\
         It acts as the person who signs in, and asks for consent to what it needs. It needs no secret and no permission of its own.\n\n\
         EITHER by hand ({address}):\n\
         - Name: {name}\n\
         - Supported account types: Accounts in this organizational directory only\n\
         - Redirect URI: platform \"Single-page application (SPA)\", address {uri}\n\
         Then send me from its Overview page: Application (client) ID, and Directory (tenant) ID.\n\n\
         OR with the Azure CLI: sign in with \"az login --allow-no-subscriptions\", run this, and send me the last line that it \
         prints.\n\n{azure}\n\n\
         OR with PowerShell and its module Microsoft.Graph.Authentication: run this, and send me the last line that it prints.\
         \n\n{powershell}"
    )
}
