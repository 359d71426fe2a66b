//! Setting a connector up as a whole: what is there, what would be written, and writing exactly that.
//!
//! The page shows the comparison and sends it back with the button; the command line prints it and goes on. Either way the same
//! [`Writes`] are carried out, each of which can be repeated: whoever comes back after a cut compares again and finds less to write.

mod carry_out;
mod compare;
mod error;
mod notes;
mod others;
mod proof;
mod shown;
mod stage;
mod stops;

use serde::{Deserialize, Serialize};

pub use carry_out::{Carried, Tell, carry_out};
pub use compare::{Compared, Owned, PassedOver, Token, Wanted, compare};
pub use error::SetUpError;
pub use notes::notes_of;
pub use others::{Watch, rivals};
pub use proof::Proof;
pub use stage::Stage;
pub use stops::{OWNER_STAYS, lost};

use super::secrets::Settings;
use crate::databricks::target::Target;
use crate::entra::ids::ObjectId;
use crate::setup::Picked;

/// What is written, and nothing else. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Writes {
    /// The connector's service principal.
    pub principal: ObjectId,
    /// Whether only those who are assigned may sign in, where that changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment_required: Option<bool>,
    /// The job that is there; none, where one is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// Where to write, and how: told together with the token. None, where all of it stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tell: Option<Told>,
    /// Whether `externalId` is taken from the object id, where it is not.
    pub repair: bool,
    /// Who is assigned.
    pub assign: Vec<Picked>,
    /// Whether everybody was provisioned before and now only those who are assigned: that takes a restart (`known-issues`).
    pub restart: bool,
    /// Who is provisioned first, as a proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prove: Option<Picked>,
    /// The members that come along, where that is a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prove_with: Option<Vec<Picked>>,
    /// Whether the job is switched on.
    pub start: bool,
    /// What was there, as it was shown. Nothing is written once it is otherwise.
    pub shown: Shown,
}

/// Where the connector writes to and whom it provisions, before anything is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// The address that it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Whether it provisions everybody.
    pub everybody: bool,
    /// Others that are switched on and could not be read, and of which somebody said that they do not write there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<Picked>,
    /// Who is assigned, and stays so: where it is narrowed, whoever is not any more would be taken out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assigned: Vec<Picked>,
}

/// Where to write, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// The target.
    pub target: Target,
    /// The settings.
    pub settings: Settings,
}

impl Writes {
    /// Whether nothing would change.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.assignment_required.is_none()
            && self.job.is_some()
            && self.tell.is_none()
            && !self.repair
            && self.assign.is_empty()
            && !self.restart
            && !self.start
    }
}
