//! What can be pressed in a sheet. A button holds its action as text: the page gives it back without reading it.

use serde::{Deserialize, Serialize};

use crate::entra::ids::{ClientId, TenantId};
use crate::entra::registration::Repair;
use crate::setup::Step;

/// Rights that are asked for only when a person wants what they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rights {
    /// Managing registrations and what they may do.
    Manage,
    /// Reading the person's roles and the tenant's licence.
    Preflight,
}

/// What can be pressed in a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Stop what is under way.
    Stop,
    /// Sign in again, with further rights.
    SignIn {
        /// Which ones.
        rights: Rights,
        /// The step to come back to.
        step: Step,
        /// The account to go on with.
        account: String,
    },
    /// Take the cloud in which the tenant turned out to live, with the ids that were entered.
    OtherCloud {
        /// The id of the cloud.
        cloud: String,
        /// The tenant.
        tenant: TenantId,
        /// The application.
        client: ClientId,
    },
    /// Look at the registration.
    Look,
    /// Mend it, exactly as shown.
    Mend(Vec<Repair>),
    /// Read what was consented to.
    Standing,
    /// Grant these scopes for the tenant, as shown.
    Grant(Vec<String>),
    /// Take the consent to these scopes back, as shown.
    TakeBack(Vec<String>),
    /// Find out what the person may do and what the tenant has.
    Preflight,
    /// Make the application for runs on a schedule, or complete the one that is there.
    Make {
        /// Its name.
        name: String,
        /// What it shall hold by itself.
        roles: Vec<String>,
        /// The one that is there and may be used, if a person said so.
        adopt: Option<ClientId>,
    },
    /// Go back to what was asked before.
    Reorder,
    /// Forget the secret: the person has it.
    Stored,
    /// List what this wizard made.
    List,
    /// Remove something that this wizard made.
    Remove {
        /// Its client id.
        client: ClientId,
        /// Whether the person said so twice.
        sure: bool,
    },
}

impl Action {
    /// The action as a button of a sheet holds it.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The action that a button holds; nothing, when it is not understood.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
