//! People and groups as the service reads them from the directory.

use std::collections::BTreeMap;

use crate::directory::{Directory, Group, MemberKind, Person};
use crate::facts::DOMAIN;

/// What kind of object it is, on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    User,
    Group,
}

impl Kind {
    /// The name in schemas, logs and SCIM.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// The SCIM resource.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::User => "/Users",
            Self::Group => "/Groups",
        }
    }

    /// The object's name in the target directory of the schema.
    pub(super) const fn target_name(self) -> &'static str {
        match self {
            Self::User => "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            Self::Group => "urn:ietf:params:scim:schemas:core:2.0:Group",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::User, Self::Group].into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }
}

/// One object of the directory.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) kind: Kind,
    pub(super) id: String,
    /// What logs call it.
    pub(super) name: String,
    /// Single-valued attributes that have a value.
    pub(super) attributes: BTreeMap<&'static str, String>,
    /// The people who are direct members. Nested groups are not read (`how-provisioning-works`).
    pub(super) members: Vec<String>,
    /// Enabled, and not in the recycle bin.
    pub(super) active: bool,
    /// In the recycle bin.
    pub(super) deleted: bool,
}

/// Reads an object; none when it is gone for good.
pub(super) fn read(directory: &Directory, kind: Kind, id: &str) -> Option<Source> {
    match kind {
        Kind::User => {
            let deleted = directory.deleted_person(id);
            let found = directory.person(id).or(deleted)?;
            Some(person(found, deleted.is_some()))
        }
        Kind::Group => directory.group(id).map(group),
    }
}

fn person(it: &Person, deleted: bool) -> Source {
    let nickname = it.user_principal_name.split('@').next().map(str::to_owned);
    let values = [
        ("objectId", Some(it.id.clone())),
        ("accountEnabled", Some(truth(it.account_enabled))),
        ("userPrincipalName", Some(without_ext(&it.user_principal_name))),
        ("originalUserPrincipalName", Some(it.user_principal_name.clone())),
        ("displayName", Some(it.display_name.clone())),
        ("givenName", it.given_name.clone()),
        ("surname", it.surname.clone()),
        ("mail", it.mail.clone()),
        ("mailNickname", nickname),
        ("department", Some(it.department.clone())),
        ("jobTitle", Some(it.job_title.clone())),
    ];
    Source {
        kind: Kind::User,
        id: it.id.clone(),
        name: it.user_principal_name.clone(),
        attributes: values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        members: Vec::new(),
        active: it.account_enabled && !deleted,
        deleted,
    }
}

fn group(it: &Group) -> Source {
    let values = [
        ("objectId", Some(it.id.clone())),
        ("displayName", Some(it.display_name.clone())),
        ("description", it.description.clone()),
        ("mailEnabled", Some(truth(it.mail_enabled))),
        ("securityEnabled", Some(truth(it.security_enabled))),
    ];
    let people = it.members.iter().filter(|member| member.kind == MemberKind::Person);
    Source {
        kind: Kind::Group,
        id: it.id.clone(),
        name: it.display_name.clone(),
        attributes: values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        members: people.map(|member| member.id.clone()).collect(),
        active: true,
        deleted: false,
    }
}

/// Booleans as the service spells them.
pub(super) fn truth(value: bool) -> String {
    if value { "True" } else { "False" }.to_owned()
}

/// `alias_theirdomain#EXT#@ourdomain` is `alias@theirdomain` to the service (`how-provisioning-works`).
fn without_ext(name: &str) -> String {
    let stripped = name.strip_suffix(DOMAIN).and_then(|rest| rest.strip_suffix("#EXT#@"));
    match stripped.and_then(|alias| alias.rsplit_once('_')) {
        Some((alias, domain)) => format!("{alias}@{domain}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_have_the_name_of_their_home() {
        assert_eq!(without_ext("gina_fabrikam.example#EXT#@contoso.example"), "gina@fabrikam.example");
        assert_eq!(without_ext("a_b_fabrikam.example#EXT#@contoso.example"), "a_b@fabrikam.example");
        assert_eq!(without_ext("ada@contoso.example"), "ada@contoso.example");
    }
}
