//! The facts of Entra's own provisioning.

use serde::{Deserialize, Serialize};

use super::Picked;
use super::strict::nothing_else;
use crate::entra::connector::Mail;
use crate::entra::ids::ObjectId;
use crate::env::Timestamp;

/// Whose token the connector uses. Whoever it is must not be provisioned by it: with the person the token would go, and provisioning with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum TokenOwner {
    /// A service principal's, or the account's own SCIM token.
    #[serde(deserialize_with = "nothing_else")]
    NoPerson,
    /// A person's.
    Person(Picked),
}

/// The connector that is set up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ConnectorFacts {
    /// The name of its enterprise application.
    pub name: String,
    /// Its service principal, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ObjectId>,
    /// Its job, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// When the request to make the application was sent. It may be on its way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<Timestamp>,
    /// When the request to make the job was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_sent: Option<Timestamp>,
    /// Whether it was narrowed to those who are assigned, and the restart that this takes has not been seen to the end.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub restart_due: bool,
    /// Other connectors of which the same is true: somebody turned away from them before it was done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub due_elsewhere: Vec<ObjectId>,
    /// Whom to notify when it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<Mail>,
    /// More deletions than this in one cycle are held back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u32>,
    /// Whether only those who are assigned may sign in to Databricks through Entra. Databricks advises against it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub assignment_required: bool,
    /// Whose token it uses, as far as was said or found out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<TokenOwner>,
    /// Whether people and groups are assigned by hand, in the portal.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub by_hand: bool,
    /// The last day of the token, such as `2027-05-31`, where it was said. The token itself stands nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_ends: Option<String>,
}

impl ConnectorFacts {
    /// The name under which this wizard asked for the application, as far as that is on record; else nothing.
    #[must_use]
    pub fn made_here(&self) -> &str {
        if self.sent.is_some() { &self.name } else { "" }
    }

    /// Whether the restart of this connector is due.
    #[must_use]
    pub fn is_due(&self, id: &ObjectId) -> bool {
        (self.restart_due && self.id.as_ref() == Some(id)) || self.due_elsewhere.contains(id)
    }

    /// All connectors whose restart is due, but this one.
    #[must_use]
    pub fn due_but(&self, id: Option<&ObjectId>) -> Vec<ObjectId> {
        let own = self.id.iter().filter(|_| self.restart_due);
        let mut due: Vec<ObjectId> = Vec::new();
        for it in self.due_elsewhere.iter().chain(own) {
            if Some(it) != id && !due.contains(it) {
                due.push(it.clone());
            }
        }
        due
    }
}
