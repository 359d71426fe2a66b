//! Groups: found by identity, then by name; and their members.

use std::collections::{BTreeMap, BTreeSet};

use super::super::compare::{field, identity};
use super::super::{Change, NewMember, ObjectKind, Reference};
use super::{Maker, NOT_YET};
use crate::databricks::scim::{ScimId, User};
use crate::databricks::target::Level;
use crate::entra::ids::ObjectId;
use crate::sync::map::{Desired, DesiredGroup, is_reserved};
use crate::sync::order::{index, set};

impl Maker<'_> {
    pub(super) fn group(&mut self, wanted: &DesiredGroup) {
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
        if self.basis.target.level() == Level::Workspace && of_account {
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

    pub(super) fn members(&mut self, desired: &Desired) {
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
}
