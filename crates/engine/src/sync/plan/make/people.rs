//! People: found by identity, then by user name; and those who should go.

use std::collections::BTreeSet;

use super::super::compare::{differences, field, identity, updates};
use super::super::{Change, FieldChange, ObjectKind, Reference, Withheld};
use super::{Maker, NOT_YET};
use crate::databricks::target::Level;
use crate::entra::ids::ObjectId;
use crate::sync::map::{Desired, DesiredUser};
use crate::sync::order::set;

impl Maker<'_> {
    pub(super) fn user(&mut self, wanted: &DesiredUser) {
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
                Change::CreateUser { display_name: wanted.label().to_owned(), name: wanted.name.clone() };
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
            let changes = self.names(&wanted.user_name, updates(wanted, user));
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
        let mut changes = self.names(&wanted.user_name, differences(wanted, user));
        changes.insert(0, field("externalId", "", wanted.entra.as_str()));
        let reason = format!("Exists under the same user name. {}", self.why(&wanted.entra));
        let change = Change::AdoptUser { scim: user.id.clone(), changes };
        let operation = self.push(ObjectKind::User, &wanted.user_name, &wanted.entra, change, reason);
        self.people.insert(wanted.entra.clone(), Reference::Adopted { operation, scim: user.id.clone() });
    }

    /// Names that can be written. A workspace whose identities come from the account answers 200 to another display name and ignores it, so
    /// that it would be written for ever; whether it is one does not show.
    fn names(&mut self, object: &str, mut changes: Vec<FieldChange>) -> Vec<FieldChange> {
        if self.basis.target.level() == Level::Workspace
            && let Some(at) = changes.iter().position(|change| change.field == "displayName")
        {
            let change = changes.remove(at);
            self.withhold(
                object,
                format!("Change the display name from “{}” to “{}”", change.before, change.after),
                "A workspace may take display names from the account and ignore others: provision into the account.",
            );
        }
        changes
    }

    /// People whom Databricks has and who should go: disabled in Entra, or deleted there.
    pub(super) fn departures(&mut self, desired: &Desired) {
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
