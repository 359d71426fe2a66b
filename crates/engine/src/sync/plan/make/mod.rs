//! Making a plan: wanted × observed → what to write, what to hold back.
//!
//! Match by identity: `externalId` first, then the lower-cased user name or the exact group name. Until removals have their
//! own checks, a plan creates, adopts, updates names and adds only; every other difference is shown as withheld.

mod groups;
mod people;

use std::collections::BTreeMap;

use super::compare::identity;
use super::{Change, Object, ObjectKind, Operation, Plan, Reference, Unchanged, Withheld};
use crate::databricks::scim::{Group, User};
use crate::databricks::target::Target;
use crate::entra::ids::{ObjectId, TenantId};
use crate::env::Timestamp;
use crate::sync::map::{Desired, unreadable};
use crate::sync::read::Observed;

const NOT_YET: &str = "This version creates, adopts, updates names and adds only.";
const NOBODY_KNOWN: &str =
    "Who administers Databricks could not be read, and an administrator must not be changed.";
const PROTECTED: &str =
    "Protected: an administrator, the token's owner or the signed-in person is not changed.";

/// What a plan is made from, beside the two states.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'b> {
    /// Now.
    pub at: Timestamp,
    /// Where it writes.
    pub target: &'b Target,
    /// Which tenant was read.
    pub tenant: &'b TenantId,
    /// The signed-in administrator, who is protected.
    pub administrator: Option<&'b ObjectId>,
}

/// Makes the plan. The same input gives the same plan.
#[must_use]
pub fn plan(basis: &Basis<'_>, desired: &Desired, observed: &Observed) -> Plan {
    let mut maker = Maker::new(desired, observed, basis);
    for user in &desired.users {
        maker.user(user);
    }
    for group in &desired.groups {
        maker.group(group);
    }
    maker.members(desired);
    maker.departures(desired);
    maker.withheld.sort_unstable();
    Plan {
        made: basis.at,
        target: basis.target.clone(),
        tenant: basis.tenant.clone(),
        operations: maker.operations,
        withheld: maker.withheld,
        findings: observed.problems.iter().map(unreadable).chain(desired.findings.iter().cloned()).collect(),
        unchanged: maker.unchanged,
        complete: desired.complete && observed.problems.is_empty(),
    }
}

struct Maker<'m> {
    observed: &'m Observed,
    basis: &'m Basis<'m>,
    users_by_identity: BTreeMap<String, Vec<&'m User>>,
    users_by_name: BTreeMap<String, &'m User>,
    groups_by_identity: BTreeMap<String, Vec<&'m Group>>,
    groups_by_name: BTreeMap<&'m str, Vec<&'m Group>>,
    /// Where each wanted person and group is or will be.
    people: BTreeMap<ObjectId, Reference>,
    groups: BTreeMap<ObjectId, Reference>,
    reasons: BTreeMap<&'m ObjectId, Vec<&'m str>>,
    operations: Vec<Operation>,
    withheld: Vec<Withheld>,
    unchanged: Unchanged,
}

impl<'m> Maker<'m> {
    fn new(desired: &'m Desired, observed: &'m Observed, basis: &'m Basis<'m>) -> Self {
        let mut users_by_identity: BTreeMap<String, Vec<&User>> = BTreeMap::new();
        let mut users_by_name = BTreeMap::new();
        for user in &observed.users {
            if let Some(id) = identity(user.external_id.as_deref()) {
                users_by_identity.entry(id).or_default().push(user);
            }
            users_by_name.insert(user.user_name.to_lowercase(), user);
        }
        let mut groups_by_identity: BTreeMap<String, Vec<&Group>> = BTreeMap::new();
        let mut groups_by_name: BTreeMap<&str, Vec<&Group>> = BTreeMap::new();
        for group in &observed.groups {
            if let Some(id) = identity(group.external_id.as_deref()) {
                groups_by_identity.entry(id).or_default().push(group);
            }
            groups_by_name.entry(group.display_name.as_str()).or_default().push(group);
        }
        let mut reasons: BTreeMap<&ObjectId, Vec<&str>> = BTreeMap::new();
        for group in &desired.groups {
            for member in &group.members {
                reasons.entry(member).or_default().push(&group.name);
            }
        }
        Self {
            observed,
            basis,
            users_by_identity,
            users_by_name,
            groups_by_identity,
            groups_by_name,
            people: BTreeMap::new(),
            groups: BTreeMap::new(),
            reasons,
            operations: Vec::new(),
            withheld: Vec::new(),
            unchanged: Unchanged::default(),
        }
    }

    fn push(
        &mut self,
        kind: ObjectKind,
        name: &str,
        entra: &ObjectId,
        change: Change,
        reason: String,
    ) -> u32 {
        let id = u32::try_from(self.operations.len()).unwrap_or(u32::MAX);
        let object = Object { kind, name: name.to_owned(), entra: entra.clone() };
        self.operations.push(Operation { id, object, change, reason });
        id
    }

    fn withhold(&mut self, object: &str, what: impl Into<String>, why: impl Into<String>) {
        self.withheld.push(Withheld { object: object.to_owned(), what: what.into(), why: why.into() });
    }

    /// Why this user must not be changed, if so.
    fn untouchable(&self, user: &User, entra: &ObjectId) -> Option<&'static str> {
        if !self.observed.administrators_known {
            return Some(NOBODY_KNOWN);
        }
        let protected = self.observed.protected.contains(&user.id) || self.basis.administrator == Some(entra);
        protected.then_some(PROTECTED)
    }

    fn why(&self, entra: &ObjectId) -> String {
        match self.reasons.get(entra).map(Vec::as_slice) {
            None | Some([]) => "In scope.".to_owned(),
            Some([one]) => format!("Direct member of \"{one}\"."),
            Some([one, rest @ ..]) => format!("Direct member of \"{one}\" and {} more.", rest.len()),
        }
    }
}
