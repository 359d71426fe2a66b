//! The facts of Entra's own provisioning.

use serde::{Deserialize, Serialize};

use super::Picked;
use super::strict::nothing_else;
use crate::entra::connector::Mail;
use crate::entra::ids::ObjectId;
use crate::entra::replication::BUDGET;
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

/// What is due at a connector before it may go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Unfinished {
    /// Its service principal.
    pub id: ObjectId,
    /// As in [`ConnectorFacts`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restart_due: bool,
    /// As in [`ConnectorFacts`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unmended: Option<Timestamp>,
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
    /// When its mappings were reset to those of a gallery that takes `externalId` from something else, and that was not mended since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmended: Option<Timestamp>,
    /// What else is due at other connectors: somebody turned away from them before it was done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Unfinished>,
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
    /// Whether mappings that are read at this time may be those of before a reset: copies lag for some minutes.
    #[must_use]
    pub fn was_reset_just_now(&self, now: Timestamp) -> bool {
        self.unmended.and_then(|at| at.age(now)).is_some_and(|age| age <= BUDGET)
    }

    /// The name under which this wizard asked for the application, as far as that is on record; else nothing.
    #[must_use]
    pub fn made_here(&self) -> &str {
        if self.sent.is_some() { &self.name } else { "" }
    }

    /// What is due at each connector, the one that is set up among them. One at which nothing is due does not appear.
    #[must_use]
    pub fn unfinished(&self) -> Vec<Unfinished> {
        let own = self.id.clone().map(|id| Unfinished {
            id,
            restart_due: self.restart_due,
            unmended: self.unmended,
        });
        let own = own.filter(|it| it.restart_due || it.unmended.is_some());
        let others = self.elsewhere.iter().filter(|it| Some(&it.id) != self.id.as_ref());
        others.cloned().chain(own).collect()
    }
}
