//! The way with one command, and the line that it prints.

use super::{Known, fold};
use crate::entra::clouds::Cloud;
use crate::entra::consent::{Scope, needed};
use crate::entra::redirect::RedirectUri;
use crate::entra::registration::command::{Shell, azure_cloud, register};
use crate::guide::Page;
use crate::sheet::{Block, Form, Input, InputKind};

pub(super) fn route(page: &Page, uri: &RedirectUri, known: &Known) -> Block {
    let scopes = needed(page.setup.way);
    let azure = azure(&page.cloud, uri, scopes);
    let mut blocks = vec![
        Block::text(
            "It registers the application or mends the one that it made before, makes no secret, and prints one line. \
             Run it again at will. You need the role Cloud Application Administrator; with the Azure CLI, Application Developer \
             suffices to make a new one.",
        ),
        fold(
            "azure",
            "Azure CLI, in a terminal or in Cloud Shell (Bash)",
            false,
            vec![
                Block::text(
                    "Sign in with “az login --allow-no-subscriptions” first; Cloud Shell is signed in already, but wants \
                     a subscription for its storage.",
                ),
                Block::Code("command for the Azure CLI".to_owned(), azure),
            ],
        ),
        fold(
            "powershell",
            "PowerShell with Microsoft Graph",
            false,
            vec![
                Block::text(
                    "It needs the module Microsoft.Graph.Authentication and opens Microsoft’s own window to sign in. There it asks \
                     for the delegated permission Application.ReadWrite.All, to which an administrator has to consent.",
                ),
                Block::Code(
                    "command for PowerShell".to_owned(),
                    register(Shell::PowerShell, &page.cloud, uri, scopes),
                ),
            ],
        ),
    ];
    blocks.push(printed(known));
    fold("by-command", "With one command", known.pasted.is_some(), blocks)
}

/// The command for the Azure CLI, with what has to come before it in this cloud.
pub(super) fn azure(cloud: &Cloud, uri: &RedirectUri, scopes: &[Scope]) -> String {
    let command = register(Shell::Azure, cloud, uri, scopes);
    azure_cloud(cloud).map_or_else(|| command.clone(), |first| format!("{first}\n{command}"))
}

fn printed(known: &Known) -> Block {
    let (text, error) = known.pasted.clone().unwrap_or_default();
    Block::Form {
        id: Form::Printed,
        inputs: vec![Input {
            id: "printed".to_owned(),
            label: "What the command printed".to_owned(),
            hint: "Its last line, from { to }. More around it does no harm.".to_owned(),
            kind: InputKind::Lines(text),
            error,
        }],
        submit: "Take the IDs".to_owned(),
    }
}
