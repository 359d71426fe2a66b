//! The plan: exactly what will be written, in order, with a reason for each line, and what is held back.
//!
//! A plan is made by [`plan()`] from the wanted and the observed state, without asking anybody anything. It has a hash over
//! everything that decides what is written; what is applied must bear the hash of what was shown.

mod compare;
mod hash;
mod line;
mod make;
mod overview;
#[cfg(test)]
mod tests;
mod text;

use serde::{Deserialize, Serialize};

use crate::databricks::limits::{Class, spacing};
use crate::databricks::scim::{Name, ScimId};
use crate::databricks::target::Target;
use crate::entra::ids::{ObjectId, TenantId};
use crate::env::Timestamp;
use crate::sync::map::Finding;

pub use hash::{PlanFileError, PlanHash};
pub use line::{Line, Part};
pub use make::{Basis, plan};
pub use overview::{Overview, Tally};

/// How many members one request adds. No maximum is published; tools in the field use 50.
pub const MEMBERS_PER_REQUEST: usize = 50;

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// When it was made.
    pub made: Timestamp,
    /// Where it writes.
    pub target: Target,
    /// Which tenant it was made from.
    pub tenant: TenantId,
    /// What will be written, in order.
    pub operations: Vec<Operation>,
    /// What should be done but is held back, with the reason.
    pub withheld: Vec<Withheld>,
    /// What an administrator should know about the directory.
    pub findings: Vec<Finding>,
    /// What stays as it is.
    pub unchanged: Unchanged,
    /// Whether both sides were read to the end. If not, an empty plan does not mean that all is well.
    pub complete: bool,
}

/// How much stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unchanged {
    /// People that are as they should be.
    pub people: usize,
    /// Groups that are as they should be.
    pub groups: usize,
    /// Users at Databricks that the directory does not know: left alone.
    pub ignored: usize,
}

/// Persons or groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectKind {
    /// A person.
    User,
    /// A group.
    Group,
}

/// Whom or what an operation is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Object {
    /// Which kind.
    pub kind: ObjectKind,
    /// The user name or the group's name.
    pub name: String,
    /// The object id in Entra.
    pub entra: ObjectId,
}

/// One line of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// Its number in this plan, from 0, in order.
    pub id: u32,
    /// Whom or what it is about.
    #[serde(flatten)]
    pub object: Object,
    /// What is done.
    #[serde(flatten)]
    pub change: Change,
    /// Why.
    pub reason: String,
}

/// A value that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The attribute, such as `externalId`.
    pub field: String,
    /// What stands there now.
    pub before: String,
    /// What will stand there.
    pub after: String,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "change")]
pub enum Change {
    /// A new user.
    CreateUser {
        /// The display name.
        #[serde(rename = "displayName")]
        display_name: String,
        /// The name in parts.
        #[serde(rename = "fullName")]
        name: Name,
    },
    /// A user that exists under the same user name gets its identity recorded. Rights stay.
    AdoptUser {
        /// The user.
        scim: ScimId,
        /// What is written.
        changes: Vec<FieldChange>,
    },
    /// A user of ours whose names in the directory have changed. Rights, user name and state stay.
    UpdateUser {
        /// The user.
        scim: ScimId,
        /// What is written.
        changes: Vec<FieldChange>,
    },
    /// A new group, without members.
    CreateGroup,
    /// A group that exists under the same name gets its identity recorded. Members and rights stay.
    AdoptGroup {
        /// The group.
        scim: ScimId,
        /// What is written.
        changes: Vec<FieldChange>,
    },
    /// People join a group.
    AddMembers {
        /// The group.
        group: Reference,
        /// The people.
        members: Vec<NewMember>,
    },
}

/// Someone who joins a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMember {
    /// The user.
    pub user: Reference,
    /// The user name.
    pub name: String,
}

/// An object that exists, or that an earlier operation creates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reference {
    /// It exists.
    Existing(ScimId),
    /// The operation of that number creates it.
    Created(u32),
    /// It exists, and counts as ours once the operation of that number has adopted it.
    Adopted {
        /// The operation's number.
        operation: u32,
        /// The object.
        scim: ScimId,
    },
}

impl Reference {
    /// The object's id, where it exists already.
    #[must_use]
    pub const fn scim(&self) -> Option<&ScimId> {
        match self {
            Self::Existing(scim) | Self::Adopted { scim, .. } => Some(scim),
            Self::Created(_) => None,
        }
    }
}

/// The kinds of change, for counting and filtering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// New people.
    CreateUser,
    /// People adopted by match.
    AdoptUser,
    /// People whose names change.
    UpdateUser,
    /// New groups.
    CreateGroup,
    /// Groups adopted by match.
    AdoptGroup,
    /// People who join groups.
    AddMembers,
}

impl Kind {
    /// All kinds, in the order in which they are done.
    pub const ALL: [Self; 6] = [
        Self::CreateUser,
        Self::AdoptUser,
        Self::UpdateUser,
        Self::CreateGroup,
        Self::AdoptGroup,
        Self::AddMembers,
    ];

    /// The kind in a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::CreateUser | Self::CreateGroup => "create",
            Self::AdoptUser | Self::AdoptGroup => "adopt",
            Self::UpdateUser => "update",
            Self::AddMembers => "add",
        }
    }

    /// What is counted, for figures.
    #[must_use]
    pub const fn counted(self) -> &'static str {
        match self {
            Self::CreateUser => "people created",
            Self::AdoptUser => "people adopted",
            Self::UpdateUser => "people updated",
            Self::CreateGroup => "groups created",
            Self::AdoptGroup => "groups adopted",
            Self::AddMembers => "memberships added",
        }
    }
}

impl Operation {
    /// Which kind of change.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.change {
            Change::CreateUser { .. } => Kind::CreateUser,
            Change::AdoptUser { .. } => Kind::AdoptUser,
            Change::UpdateUser { .. } => Kind::UpdateUser,
            Change::CreateGroup => Kind::CreateGroup,
            Change::AdoptGroup { .. } => Kind::AdoptGroup,
            Change::AddMembers { .. } => Kind::AddMembers,
        }
    }

    /// How many requests it takes.
    #[must_use]
    pub const fn requests(&self) -> usize {
        match &self.change {
            Change::AddMembers { members, .. } => members.len().div_ceil(MEMBERS_PER_REQUEST),
            _ => 1,
        }
    }

    /// The object that it adopts, if it does.
    #[must_use]
    pub const fn adopts(&self) -> Option<&ScimId> {
        match &self.change {
            Change::AdoptUser { scim, .. } | Change::AdoptGroup { scim, .. } => Some(scim),
            _ => None,
        }
    }

    const fn class(&self) -> Class {
        match self.change {
            Change::CreateUser { .. } | Change::CreateGroup => Class::Write,
            _ => Class::Patch,
        }
    }

    /// What is done, in words.
    #[must_use]
    pub fn summary(&self) -> String {
        self.change.summary()
    }
}

impl Change {
    /// What is done, in words.
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Change::CreateUser { display_name, name } => {
                let parts: Vec<_> =
                    [&name.given_name, &name.family_name].into_iter().flatten().cloned().collect();
                match parts.join(" ") {
                    parts if parts.is_empty() || parts == *display_name => {
                        format!("Create the person {display_name}")
                    }
                    parts => format!("Create the person {display_name} (first and last name: {parts})"),
                }
            }
            Change::AdoptUser { changes, .. } | Change::AdoptGroup { changes, .. } => {
                format!("Adopt: write {}", fields(changes))
            }
            Change::UpdateUser { changes, .. } => format!("Update {}", fields(changes)),
            Change::CreateGroup => "Create the group".to_owned(),
            Change::AddMembers { members, .. } => match members.as_slice() {
                [one] => format!("Add {}", one.name),
                many => format!("Add {} people", many.len()),
            },
        }
    }
}

fn fields(changes: &[FieldChange]) -> String {
    let fields: Vec<_> = changes.iter().map(|change| change.field.as_str()).collect();
    fields.join(", ")
}

/// A change that is held back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Withheld {
    /// Whom or what it is about: a user name or a group's name.
    pub object: String,
    /// What would be done.
    pub what: String,
    /// Why it is not.
    pub why: String,
}

impl Plan {
    /// Whether there is nothing to write.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// How many changes of a kind; of memberships, how many people.
    #[must_use]
    pub fn count(&self, kind: Kind) -> usize {
        self.operations
            .iter()
            .filter(|operation| operation.kind() == kind)
            .map(|operation| match &operation.change {
                Change::AddMembers { members, .. } => members.len(),
                _ => 1,
            })
            .sum()
    }

    /// How many requests the plan takes.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.operations.iter().map(Operation::requests).sum()
    }

    /// The least time it takes under the published limits: each class of calls has its own budget, and members wait for
    /// people and groups.
    #[must_use]
    pub fn estimate(&self) -> std::time::Duration {
        let level = self.target.level();
        let time = |class: Class| {
            let requests: usize = self
                .operations
                .iter()
                .filter(|operation| operation.class() == class)
                .map(Operation::requests)
                .sum();
            spacing(level, class) * u32::try_from(requests).unwrap_or(u32::MAX)
        };
        time(Class::Write) + time(Class::Patch)
    }
}
