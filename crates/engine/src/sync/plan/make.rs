//! Making a plan: wanted × observed → what to write, what to hold back.
//!
//! Match by identity: `externalId` first, then the lower-cased user name or the exact group name. Until removals have their
//! own checks, a plan creates, adopts, updates names and adds only; every other difference is shown as withheld.

use std::collections::{BTreeMap, BTreeSet};

use super::compare::{differences, field, identity, updates};
use super::{Change, NewMember, Object, ObjectKind, Operation, Plan, Reference, Unchanged, Withheld};
use crate::databricks::scim::{Group, ScimId, User};
use crate::databricks::target::Target;
use crate::entra::ids::{ObjectId, TenantId};
use crate::env::Timestamp;
use crate::sync::map::{Desired, DesiredGroup, DesiredUser, is_reserved, unreadable};
use crate::sync::order::{index, set};
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

    fn user(&mut self, wanted: &DesiredUser) {
        let matched = match self.users_by_identity.get(wanted.entra.as_str()).map(Vec::as_slice) {
            Some([one]) => Some((*one, true)),
            Some([_, _, ..]) => {
                self.withhold(
                    &wanted.user_name,
                    "Any change",
                    "Several users at Databricks carry this person's identity (externalId). Remove the wrong ones first.",
                );
                return;
            }
            _ => self.users_by_name.get(&wanted.user_name).map(|user| (*user, false)),
        };
        let Some((user, by_identity)) = matched else {
            let change =
                Change::CreateUser { display_name: wanted.display_name.clone(), name: wanted.name.clone() };
            let reason = self.why(&wanted.entra);
            let id = self.push(ObjectKind::User, &wanted.user_name, &wanted.entra, change, reason);
            self.people.insert(wanted.entra.clone(), Reference::Created(id));
            return;
        };
        if !by_identity && user.external_id.as_deref().is_some_and(|id| !id.trim().is_empty()) {
            self.withhold(
                &wanted.user_name,
                "Adopt",
                "A user with this user name carries another identity (externalId): perhaps a person who left and whose \
                 address was given again.",
            );
            return;
        }
        self.people.insert(wanted.entra.clone(), Reference::Existing(user.id.clone()));
        if user.active == Some(false) {
            self.withhold(&wanted.user_name, "Reactivate", NOT_YET);
        }
        if by_identity {
            if user.user_name.to_lowercase() != wanted.user_name {
                self.withhold(
                    &user.user_name,
                    format!("Change the user name to {}", wanted.user_name),
                    "Databricks never changes a user name: only its support can.",
                );
            }
            let changes = updates(wanted, user);
            if changes.is_empty() {
                self.unchanged.people += 1;
                return;
            }
            let change = Change::UpdateUser { scim: user.id.clone(), changes };
            match self.untouchable(user, &wanted.entra) {
                Some(why) => self.withhold(&wanted.user_name, change.summary(), why),
                None => {
                    let reason = "The directory says otherwise.".to_owned();
                    self.push(ObjectKind::User, &wanted.user_name, &wanted.entra, change, reason);
                }
            }
            return;
        }
        if let Some(why) = self.untouchable(user, &wanted.entra) {
            self.withhold(&wanted.user_name, "Adopt", why);
            return;
        }
        let mut changes = differences(wanted, user);
        changes.insert(0, field("externalId", "", wanted.entra.as_str()));
        let reason = format!("Exists under the same user name. {}", self.why(&wanted.entra));
        let change = Change::AdoptUser { scim: user.id.clone(), changes };
        let operation = self.push(ObjectKind::User, &wanted.user_name, &wanted.entra, change, reason);
        self.people.insert(wanted.entra.clone(), Reference::Adopted { operation, scim: user.id.clone() });
    }

    fn group(&mut self, wanted: &DesiredGroup) {
        let observed = self.observed;
        let by_identity = self.groups_by_identity.get(wanted.entra.as_str()).map_or(&[][..], Vec::as_slice);
        let named = self.groups_by_name.get(wanted.name.as_str()).map_or(&[][..], Vec::as_slice);
        let (group, known) = match by_identity {
            [one] => (*one, true),
            [_, _, ..] => {
                self.withhold(
                    &wanted.name,
                    "Any change",
                    "Several groups at Databricks carry this group's identity (externalId). Remove the wrong ones first.",
                );
                return;
            }
            [] => match named {
                [group] => (*group, false),
                [_, _, ..] => {
                    self.withhold(
                        &wanted.name,
                        "Any change",
                        "Several groups at Databricks have this name. Record the identity (externalId) at the right one first.",
                    );
                    return;
                }
                // A group that could not be read may be this one under another name.
                [] if !observed.unread.is_empty() => {
                    self.withhold(
                        &wanted.name,
                        "Create",
                        "Some groups at Databricks could not be read, and one of them may be this one.",
                    );
                    return;
                }
                [] => {
                    let reason = "Group in scope.".to_owned();
                    let id = self.push(
                        ObjectKind::Group,
                        &wanted.name,
                        &wanted.entra,
                        Change::CreateGroup,
                        reason,
                    );
                    self.groups.insert(wanted.entra.clone(), Reference::Created(id));
                    return;
                }
            },
        };
        if observed.unread.contains(&group.id) {
            self.withhold(&wanted.name, "Any change", "The group could not be read at Databricks.");
            return;
        }
        let of_account = group.meta.as_ref().and_then(|meta| meta.resource_type.as_deref()) == Some("Group");
        if self.basis.target.level() == crate::databricks::target::Level::Workspace && of_account {
            self.withhold(
                &wanted.name,
                "Any change",
                "The group belongs to the account; a workspace must not change it. Provision into the account instead.",
            );
            return;
        }
        if is_reserved(&group.display_name) {
            self.withhold(
                &wanted.name,
                "Any change",
                "Databricks keeps the group of this identity for itself.",
            );
            return;
        }
        if known {
            self.groups.insert(wanted.entra.clone(), Reference::Existing(group.id.clone()));
            if group.display_name == wanted.name {
                self.unchanged.groups += 1;
            } else {
                self.withhold(&group.display_name, format!("Rename to \"{}\"", wanted.name), NOT_YET);
            }
            return;
        }
        if group.external_id.as_deref().is_some_and(|id| !id.trim().is_empty()) {
            self.withhold(
                &wanted.name,
                "Adopt",
                "A group with this name carries another identity (externalId). Rename or remove it, or clear its \
                 externalId, if it is not wanted.",
            );
            return;
        }
        let changes = vec![field("externalId", "", wanted.entra.as_str())];
        let change = Change::AdoptGroup { scim: group.id.clone(), changes };
        let reason = "Exists under the same name.".to_owned();
        let operation = self.push(ObjectKind::Group, &wanted.name, &wanted.entra, change, reason);
        self.groups.insert(wanted.entra.clone(), Reference::Adopted { operation, scim: group.id.clone() });
    }

    fn members(&mut self, desired: &Desired) {
        let names: BTreeMap<&ObjectId, &str> =
            index(desired.users.iter().map(|user| (&user.entra, user.user_name.as_str())));
        let known: BTreeMap<&ScimId, &User> = index(self.observed.users.iter().map(|user| (&user.id, user)));
        for group in &desired.groups {
            let Some(place) = self.groups.get(&group.entra).cloned() else { continue };
            let present: BTreeSet<&ScimId> = match &place {
                Reference::Existing(id) | Reference::Adopted { scim: id, .. } => {
                    self.observed.members.get(id).into_iter().flatten().map(|member| &member.value).collect()
                }
                Reference::Created(_) => BTreeSet::new(),
            };
            let mut members: Vec<NewMember> = group
                .members
                .iter()
                .filter_map(|person| Some((names.get(person)?, self.people.get(person)?)))
                .filter(|(_, user)| user.scim().is_none_or(|id| !present.contains(id)))
                .map(|(name, user)| NewMember { user: user.clone(), name: (*name).to_owned() })
                .collect();
            members.sort_unstable_by(|a, b| a.name.cmp(&b.name));
            let wanted: BTreeSet<&ScimId> =
                set(group.members.iter().filter_map(|person| self.people.get(person)?.scim()));
            // Only members that a provisioner brought may ever leave; who was added by hand stays.
            let leaving: Vec<String> = present
                .iter()
                .filter(|id| !wanted.contains(*id))
                .filter_map(|id| known.get(*id))
                .filter(|user| identity(user.external_id.as_deref()).is_some())
                .map(|user| user.user_name.clone())
                .collect();
            if !members.is_empty() {
                let change = Change::AddMembers { group: place, members };
                let reason = "Direct members in Entra.".to_owned();
                self.push(ObjectKind::Group, &group.name, &group.entra, change, reason);
            }
            if !leaving.is_empty() {
                let why = if group.complete {
                    NOT_YET
                } else {
                    "Not all members could be read from Entra: who is missing there is unknown."
                };
                self.withhold(&group.name, format!("Remove {}", leaving.join(", ")), why);
            }
        }
    }

    /// People whom Databricks has and who should go: disabled in Entra, or deleted there.
    fn departures(&mut self, desired: &Desired) {
        let wanted: BTreeSet<&str> = set(desired.users.iter().map(|user| user.entra.as_str()));
        let switched_off: BTreeSet<&str> = set(desired.disabled.keys().map(ObjectId::as_str));
        let everyone: Option<BTreeSet<&str>> =
            desired.everyone.as_ref().map(|all| all.iter().map(ObjectId::as_str).collect());
        for user in &self.observed.users {
            let Some(id) = identity(user.external_id.as_deref()) else {
                let named = desired
                    .users
                    .binary_search_by(|other| other.user_name.cmp(&user.user_name.to_lowercase()));
                self.unchanged.ignored += usize::from(named.is_err());
                continue;
            };
            let active = user.active != Some(false);
            let disabled = switched_off.contains(id.as_str());
            let gone = everyone.as_ref().is_some_and(|all| !all.contains(id.as_str()));
            if active && (disabled || gone) {
                let administrator = self.basis.administrator.is_some_and(|own| own.as_str() == id);
                let why = if administrator || self.observed.protected.contains(&user.id) {
                    "Protected: an administrator, the token's owner or the signed-in person is never deactivated."
                } else {
                    NOT_YET
                };
                let what =
                    if disabled { "Deactivate: disabled in Entra" } else { "Deactivate: deleted in Entra" };
                self.withheld.push(Withheld {
                    object: user.user_name.clone(),
                    what: what.to_owned(),
                    why: why.to_owned(),
                });
            } else if !wanted.contains(id.as_str()) {
                self.unchanged.ignored += 1;
            }
        }
    }
}
