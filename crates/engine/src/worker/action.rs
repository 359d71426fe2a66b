//! What can be pressed in a sheet. A button holds its action as text: the page gives it back without reading it.

use serde::{Deserialize, Serialize};

use crate::entra::connector::Restart;
use crate::entra::connector::set_up::Writes;
use crate::entra::consent::DelegatedGrant;
use crate::entra::ids::{ClientId, ObjectId, TenantId};
use crate::entra::registration::Repair;
use crate::guide::connector::Owning;
use crate::setup::{Picked, Step};

/// Rights that are asked for only when a person wants what they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rights {
    /// Managing registrations and what they may do.
    Manage,
    /// Reading the person's roles and the tenant's licence.
    Preflight,
    /// Assigning people and groups to the connector.
    Assign,
}

/// What can be pressed in a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Stop what is under way.
    Stop,
    /// Go to a step.
    Go(Step),
    /// Do something about the connector.
    Connector(OfConnector),
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
    /// Take these grants back, as shown.
    TakeBack(Vec<DelegatedGrant>),
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

/// What can be done about the connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OfConnector {
    /// A step was entered: read what belongs to it.
    Enter,
    /// List those that are there.
    Find,
    /// Take one that is there.
    Use {
        /// Its service principal.
        id: ObjectId,
        /// Its name.
        name: String,
    },
    /// Have Entra test address and token; the application is made, if there is none.
    Test,
    /// Have Entra test what the connector was told.
    TestSaved,
    /// Read what would come of the choice of people and groups.
    Examine,
    /// Choose the people of these groups in their place.
    PeopleOf(Vec<Picked>),
    /// Choose these groups too.
    Add(Vec<Picked>),
    /// Read what is there, beside what shall be.
    Compare,
    /// Take this person or group as a proof, of those who may be.
    ProveBy(ObjectId),
    /// Pass these over, which cannot be read: a person knows that they do not write to the same target.
    PassOver(Vec<ObjectId>),
    /// Write exactly this.
    Begin(Box<Writes>),
    /// Look at the connector, again and again.
    Watch,
    /// Test the saved credentials, and stay where one is.
    Check,
    /// Ask once more before something is done.
    Ask(Risky),
    /// Do it.
    Sure(Risky),
    /// Leave it.
    Keep,
    /// Read what failed last.
    Failures,
    /// Read earlier cycles from the log.
    Recall,
    /// Read which deletions are held back.
    Held,
    /// Provision somebody at once who was listed.
    Provision {
        /// Their id in the directory.
        id: ObjectId,
        /// Whether it is a group.
        is_group: bool,
    },
    /// Look up what became of everybody who is assigned.
    LookUp,
    /// Make the application for unattended runs an owner of it: first shown, then exactly that.
    Own(Option<Box<Owning>>),
    /// Give the setup.
    Setup,
    /// Give the report.
    Report,
    /// Give a calendar entry for the token's last day.
    Calendar,
}

/// What is asked for twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Risky {
    /// Switch provisioning off.
    Pause,
    /// Restart it.
    Restart(Restart),
    /// Bring back the attribute mappings of the gallery.
    Reset,
    /// Take these assignments away: their ids.
    TakeAway(Vec<String>),
    /// Remove one of several jobs.
    RemoveJob(String),
    /// Remove the connector.
    Remove,
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
