//! Comparing one object of the two states.

use super::FieldChange;
use crate::databricks::scim::User;
use crate::sync::map::DesiredUser;

/// An identity in its usual form; an empty one is none.
pub(super) fn identity(external_id: Option<&str>) -> Option<String> {
    external_id.map(|id| id.trim().to_ascii_lowercase()).filter(|id| !id.is_empty())
}

pub(super) fn field(name: &str, before: &str, after: &str) -> FieldChange {
    FieldChange { field: name.to_owned(), before: before.to_owned(), after: after.to_owned() }
}

/// Where a user of ours differs. An attribute that the list left out is unknown, not empty: it would be written for ever.
pub(super) fn updates(wanted: &DesiredUser, user: &User) -> Vec<FieldChange> {
    let mut changes = differences(wanted, user);
    changes.retain(|change| match change.field.as_str() {
        "displayName" => user.display_name.is_some(),
        _ => user.name.is_some(),
    });
    changes
}

/// Where the display name and the name in parts differ. What the directory leaves empty is left as it is.
pub(super) fn differences(wanted: &DesiredUser, user: &User) -> Vec<FieldChange> {
    let has = user.name.clone().unwrap_or_default();
    [
        ("displayName", user.display_name.as_ref(), wanted.display_name.as_ref()),
        ("name.givenName", has.given_name.as_ref(), wanted.name.given_name.as_ref()),
        ("name.familyName", has.family_name.as_ref(), wanted.name.family_name.as_ref()),
    ]
    .into_iter()
    .filter_map(|(name, before, after)| {
        let (before, after) = (before.map_or("", String::as_str), after?);
        (before != after.as_str()).then(|| field(name, before, after))
    })
    .collect()
}
