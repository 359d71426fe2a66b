//! What the steps say: instructions, tables and choices as sheets, from the facts of the setup and what was found out. Pure
//! words; the work is done elsewhere.

pub mod about;
pub mod connector;
pub mod consent;
pub mod lines;
pub mod outcome;
pub mod refused;
pub mod register;
pub mod unattended;

use serde::{Deserialize, Serialize};

use crate::entra::clouds::Cloud;
use crate::entra::sign_in::Account;
use crate::setup::Setup;
use crate::sheet::{Block, Button};
use crate::worker::action::Action;

/// What a page tells of itself with each sheet that it asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The facts so far.
    pub setup: Setup,
    /// The setup's cloud.
    pub cloud: Cloud,
    /// The page's own address.
    pub base: String,
    /// Whether its host presets the application.
    pub preset: bool,
}

/// Who is signed in, and with which scopes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signed {
    /// Who.
    pub account: Option<Account>,
    /// The scopes of the token in hand.
    pub scopes: Vec<String>,
}

/// A button that has something done.
fn button(label: &str, primary: bool, action: &Action) -> Button {
    Button { label: label.to_owned(), primary, action: action.to_text() }
}

fn buttons(buttons: Vec<Button>) -> Block {
    Block::Buttons(buttons)
}

/// An address of the cloud's portal.
fn portal(cloud: &Cloud, view: &str) -> String {
    format!("{}#view/Microsoft_AAD_RegisteredApps/{view}", cloud.portal)
}
