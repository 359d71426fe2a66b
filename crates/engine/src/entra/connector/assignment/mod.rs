//! Who is assigned to a connector. While only those assigned are in scope, that decides who is provisioned.

mod change;
mod errand;
mod left_over;

use serde::Deserialize;

pub use change::{AssignError, Assigned, TakenAway, assign, take_away};
pub use errand::{Outcome, Reached};
pub use left_over::{Change, left_over};

use super::wire::{Enterprise, Role, or_default};
use crate::entra::graph::{Graph, Pages};
use crate::entra::ids::{Guid, ObjectId};
use crate::env::Env;

/// What it means to be assigned no longer (`how-provisioning-works`; that groups are deleted, having no state to deactivate, is what
/// SCIM leaves the service to do).
pub const UNASSIGNED: &str = "Who is assigned no longer, neither directly nor through a group, is deactivated in Databricks at the next cycle: \
     they cannot sign in there any more, and what they own stays. Assigned again, they are active again. A group that is \
     taken away is deleted there, and with it what it was allowed to do; its members stay while something else assigns them.";

/// Who may hold an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A person.
    Person,
    /// A group.
    Group,
    /// A service principal or something new. It is not provisioned.
    Other,
}

/// An assignment as the directory has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Its id, which is no GUID.
    pub id: String,
    /// The role. All are provisioned alike, the one for default access too.
    pub role: Guid,
    /// What is assigned.
    pub holder: Holder,
    /// Whose it is.
    pub principal: ObjectId,
    /// Their name when they were assigned; their id, where there is none.
    pub name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    id: String,
    app_role_id: Guid,
    principal_id: Guid,
    #[serde(default, deserialize_with = "or_default")]
    principal_type: String,
    #[serde(default, deserialize_with = "or_default")]
    principal_display_name: String,
}

impl From<Raw> for Assignment {
    fn from(raw: Raw) -> Self {
        let holder = match raw.principal_type.to_ascii_lowercase().as_str() {
            "user" => Holder::Person,
            "group" => Holder::Group,
            _ => Holder::Other,
        };
        let named = !raw.principal_display_name.trim().is_empty();
        let name = if named { raw.principal_display_name } else { raw.principal_id.as_str().to_owned() };
        Self { id: raw.id, role: raw.app_role_id, holder, principal: ObjectId(raw.principal_id), name }
    }
}

/// Reads who is assigned.
pub async fn assignments<E: Env>(graph: &Graph<'_, E>, enterprise: &Enterprise) -> Pages<Assignment> {
    let doing = format!("read who is assigned to \"{}\"", enterprise.display_name);
    let path = format!("/servicePrincipals/{}/appRoleAssignedTo?$top=999", enterprise.object_id());
    let raw: Pages<Raw> = graph.pages(&doing, &path).await;
    Pages { items: raw.items.into_iter().map(Assignment::from).collect(), broken: raw.broken }
}

/// The role that people and groups get: `User`, or else any that they may have. Default access is for applications without roles alone:
/// others refuse it. None, where an application has roles, but none for people.
#[must_use]
pub fn role(roles: &[Role]) -> Option<Guid> {
    let open = |role: &&Role| {
        role.is_enabled && role.allowed_member_types.iter().any(|kind| kind.eq_ignore_ascii_case("User"))
    };
    if roles.is_empty() {
        return Some(Guid::zero());
    }
    let mut open = roles.iter().filter(open);
    let named = open.clone().find(|role| role.display_name.eq_ignore_ascii_case("User"));
    named.or_else(|| open.next()).map(|role| role.id.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn id(number: u8) -> String {
        format!("00000000-0000-0000-0000-0000000000{number:02}")
    }

    fn roles(list: &[(u8, &str, bool, &str)]) -> Vec<Role> {
        let one = |&(number, name, enabled, kind): &(u8, &str, bool, &str)| json!({ "id": id(number), "displayName": name, "isEnabled": enabled, "allowedMemberTypes": [kind] });
        serde_json::from_value(Value::Array(list.iter().map(one).collect())).unwrap()
    }

    fn chosen(list: &[(u8, &str, bool, &str)]) -> Option<String> {
        role(&roles(list)).map(|id| id.as_str().to_owned())
    }

    #[test]
    fn the_role_is_user_or_another_one_for_people() {
        assert_eq!(chosen(&[(1, "msiam_access", true, "User"), (2, "User", true, "User")]), Some(id(2)));
        assert_eq!(chosen(&[(1, "Reader", true, "User"), (2, "User", false, "User")]), Some(id(1)));
        assert_eq!(chosen(&[(1, "User", true, "Application"), (2, "Reader", true, "User")]), Some(id(2)));
        assert_eq!(chosen(&[(1, "User", false, "User"), (2, "Daemon", true, "Application")]), None);
    }

    #[test]
    fn default_access_is_for_applications_without_roles() {
        assert_eq!(chosen(&[]).as_deref(), Some("00000000-0000-0000-0000-000000000000"));
    }

    #[test]
    fn an_assignment_tells_whose_it_is() {
        let raw: Raw = serde_json::from_value(json!({
            "id": "AbC-_9", "appRoleId": id(1), "principalId": id(2), "principalType": "Group",
            "principalDisplayName": "Data Engineers", "createdDateTime": null,
        }))
        .unwrap();
        let read = Assignment::from(raw);
        assert_eq!(
            (read.id.as_str(), read.holder, read.name.as_str()),
            ("AbC-_9", Holder::Group, "Data Engineers")
        );
        let bare: Raw = serde_json::from_value(json!({
            "id": "x", "appRoleId": id(1), "principalId": id(2), "principalType": null, "principalDisplayName": null,
        }))
        .unwrap();
        let read = Assignment::from(bare);
        assert_eq!((read.holder, read.name), (Holder::Other, id(2)));
    }
}
