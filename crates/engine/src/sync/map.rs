//! What Databricks should hold, worked out from the directory, with a finding for everything that cannot be mapped.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::databricks::scim::Name;
use crate::entra::directory::{Member, Person};
use crate::entra::ids::ObjectId;
use crate::problem::Problem;
use crate::sync::order::set;
use crate::sync::read::Source;

/// The longest group name that Databricks takes.
const LONGEST_GROUP_NAME: usize = 255;

/// The wanted state.
#[derive(Clone, Debug, Default)]
pub struct Desired {
    /// People to have, sorted by user name.
    pub users: Vec<DesiredUser>,
    /// Groups to have, sorted by name.
    pub groups: Vec<DesiredGroup>,
    /// People in scope whose account is disabled in Entra, by object id, with their names.
    pub disabled: BTreeMap<ObjectId, String>,
    /// Everyone the directory holds, when all of it was read: who is not in it was deleted there.
    pub everyone: Option<BTreeSet<ObjectId>>,
    /// What an administrator should know.
    pub findings: Vec<Finding>,
    /// Whether everything in scope was read.
    pub complete: bool,
}

/// A person to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredUser {
    /// The object id: the identity.
    pub entra: ObjectId,
    /// The user name, in lower case.
    pub user_name: String,
    /// The display name, where the directory has one.
    pub display_name: Option<String>,
    /// The name in parts.
    pub name: Name,
}

impl DesiredUser {
    /// What to call a new user: one without a display name goes by the user name.
    #[must_use]
    pub fn label(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.user_name)
    }
}

/// A group to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredGroup {
    /// The object id: the identity.
    pub entra: ObjectId,
    /// The display name.
    pub name: String,
    /// The people that belong to it, of those that can be provisioned.
    pub members: BTreeSet<ObjectId>,
    /// Whether all members are known. If not, nobody may be removed for want of a membership.
    pub complete: bool,
}

/// Something worth knowing about the directory, which does not stop the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Whom or what it is about.
    pub object: String,
    /// What is the matter and what follows.
    pub text: String,
}

fn finding(object: &str, text: impl Into<String>) -> Finding {
    Finding { object: object.to_owned(), text: text.into() }
}

/// Works out the wanted state.
#[must_use]
pub fn map(source: &Source) -> Desired {
    let mut desired = Desired {
        everyone: source.whole.then(|| source.people.keys().cloned().collect()),
        findings: source.problems.iter().map(unreadable).collect(),
        complete: source.problems.is_empty(),
        ..Desired::default()
    };
    let mut by_name: BTreeMap<String, Vec<DesiredUser>> = BTreeMap::new();
    // A name that belongs to somebody who is disabled is not free for a guest with the same address.
    let mut taken = BTreeSet::new();
    for person in source.people.values() {
        match user(person) {
            Mapped::User(user) => by_name.entry(user.user_name.clone()).or_default().push(user),
            Mapped::Disabled => {
                taken.extend(person.user_principal_name.as_deref().map(str::to_lowercase));
                desired.disabled.insert(person.object_id(), person.label().to_owned());
            }
            Mapped::Not(text) => desired.findings.push(finding(person.label(), text)),
        }
    }
    for (user_name, users) in by_name {
        if users.len() > 1 {
            let names: Vec<_> = users.iter().map(DesiredUser::label).collect();
            desired.findings.push(finding(
                &user_name,
                format!(
                    "{} would have the same user name, so none of them is provisioned.",
                    names.join(" and ")
                ),
            ));
        } else if taken.contains(&user_name) {
            desired.findings.push(finding(
                &user_name,
                "A disabled account in Entra has the same name, so nothing is provisioned under it.",
            ));
        } else {
            desired.users.extend(users);
        }
    }
    let known: BTreeSet<&ObjectId> = set(desired.users.iter().map(|user| &user.entra));
    let chosen: BTreeSet<ObjectId> = set(source.groups.iter().map(|entry| entry.group.object_id()));
    let mut groups: BTreeMap<String, Vec<DesiredGroup>> = BTreeMap::new();
    for entry in &source.groups {
        let label = entry.group.label();
        let Some(name) = entry.group.display_name.clone().filter(|name| !name.trim().is_empty()) else {
            desired
                .findings
                .push(finding(label, "The group has no readable name, so it is not provisioned."));
            continue;
        };
        if name.chars().count() > LONGEST_GROUP_NAME {
            desired
                .findings
                .push(finding(label, "The name is longer than 255 characters, which Databricks refuses."));
            continue;
        }
        if is_reserved(&name) {
            desired.findings.push(finding(
                label,
                "Databricks keeps this name for a group of its own, so the group is not provisioned.",
            ));
            continue;
        }
        let mut members = BTreeSet::new();
        let mut others: BTreeMap<&str, usize> = BTreeMap::new();
        for member in &entry.members {
            match member {
                Member::Person(person) if known.contains(&person.object_id()) => {
                    members.insert(person.object_id());
                }
                // Why this person is not provisioned was said above.
                Member::Person(_) => {}
                Member::Group(inner) if chosen.contains(&inner.object_id()) => desired.findings.push(finding(
                    label,
                    format!(
                        "The group \"{}\" inside it is provisioned by itself; its people do not become members here.",
                        inner.label()
                    ),
                )),
                Member::Group(inner) => desired.findings.push(finding(
                    label,
                    format!(
                        "The group \"{}\" inside it is not followed: pick it too if its people are wanted.",
                        inner.label()
                    ),
                )),
                Member::Other { kind, .. } => *others.entry(kind.as_str()).or_default() += 1,
            }
        }
        for (kind, count) in others {
            desired
                .findings
                .push(finding(label, format!("{count} of its members ({kind}) cannot be provisioned.")));
        }
        let group = DesiredGroup { entra: entry.group.object_id(), name, members, complete: entry.complete };
        groups.entry(group.name.clone()).or_default().push(group);
    }
    for (name, same) in groups {
        if same.len() > 1 {
            desired.findings.push(finding(
                &name,
                format!("{} groups in Entra have this name, and Databricks allows one: none of them is provisioned.", same.len()),
            ));
        } else {
            desired.groups.extend(same);
        }
    }
    desired
}

/// Whether a name belongs to a group of Databricks itself: it is never created, renamed or changed.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    ["admins", "users", "account users"].iter().any(|reserved| name.trim().eq_ignore_ascii_case(reserved))
}

enum Mapped {
    User(DesiredUser),
    Disabled,
    Not(String),
}

/// Guests go by their mail address, others by the user principal name; Databricks stores user names in lower case.
fn user(person: &Person) -> Mapped {
    if !person.is_readable() {
        return Mapped::Not(
            "The directory gave no details of this person: the permission User.Read.All seems to be missing. Nothing \
             is changed for this person."
                .to_owned(),
        );
    }
    if person.account_enabled == Some(false) {
        return Mapped::Disabled;
    }
    let source = if person.is_guest() { &person.mail } else { &person.user_principal_name };
    let Some(user_name) =
        source.as_deref().map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty())
    else {
        return Mapped::Not("A guest without a mail address cannot be provisioned.".to_owned());
    };
    if !is_mail(&user_name) {
        return Mapped::Not(format!(
            "The user name \"{user_name}\" is not a mail address, which Databricks asks for."
        ));
    }
    let part = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    Mapped::User(DesiredUser {
        entra: person.object_id(),
        display_name: part(&person.display_name),
        name: Name { given_name: part(&person.given_name), family_name: part(&person.surname) },
        user_name,
    })
}

fn is_mail(text: &str) -> bool {
    let shape = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.contains('@') && !domain.ends_with('.')
    });
    shape && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

pub(crate) fn unreadable(problem: &Problem) -> Finding {
    let details: Vec<_> = problem.raw.iter().map(|line| format!("{} {}", line.name, line.value)).collect();
    let text = format!(
        "{} {} Removals that depend on it are withheld. {}",
        problem.why,
        problem.remedy,
        details.join(", ")
    );
    finding(&problem.what, text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::directory::Group;
    use crate::entra::ids::Guid;
    use crate::sync::read::SourceGroup;

    fn id(n: u32) -> Guid {
        Guid::parse(&format!("00000000-0000-0000-0000-{n:012}")).unwrap()
    }

    fn person(n: u32, upn: &str) -> Person {
        Person {
            id: id(n),
            display_name: Some(format!("Person {n}")),
            given_name: Some("Person".to_owned()),
            surname: None,
            user_principal_name: Some(upn.to_owned()),
            mail: None,
            account_enabled: Some(true),
            user_type: Some("Member".to_owned()),
        }
    }

    fn source(people: &[Person], groups: Vec<SourceGroup>) -> Source {
        Source {
            people: people.iter().map(|person| (person.object_id(), person.clone())).collect(),
            groups,
            ..Source::default()
        }
    }

    fn findings(desired: &Desired) -> Vec<(&str, &str)> {
        desired.findings.iter().map(|finding| (finding.object.as_str(), finding.text.as_str())).collect()
    }

    #[test]
    fn guests_go_by_mail_others_by_principal_name() {
        let mut guest = person(2, "grace_fabrikam.example#EXT#@contoso.example");
        guest.user_type = Some("Guest".to_owned());
        guest.mail = Some("Grace@Fabrikam.example".to_owned());
        let desired = map(&source(&[person(1, "Ada@Contoso.example"), guest], Vec::new()));
        let names: Vec<_> = desired.users.iter().map(|user| user.user_name.as_str()).collect();
        assert_eq!(names, ["ada@contoso.example", "grace@fabrikam.example"]);
    }

    #[test]
    fn people_that_cannot_be_mapped_are_named() {
        let mut guest = person(1, "x#EXT#@contoso.example");
        guest.user_type = Some("Guest".to_owned());
        let mut hidden = person(2, "");
        hidden.user_principal_name = None;
        hidden.account_enabled = None;
        let mut disabled = person(3, "c@contoso.example");
        disabled.account_enabled = Some(false);
        let desired = map(&source(
            &[guest, hidden, disabled, person(4, "d@contoso.example"), person(5, "D@contoso.example")],
            Vec::new(),
        ));
        assert!(desired.users.is_empty());
        assert_eq!(desired.disabled.values().collect::<Vec<_>>(), ["Person 3"]);
        assert_eq!(
            findings(&desired),
            [
                ("Person 1", "A guest without a mail address cannot be provisioned."),
                (
                    "Person 2",
                    "The directory gave no details of this person: the permission User.Read.All seems to be missing. \
                 Nothing is changed for this person."
                ),
                (
                    "d@contoso.example",
                    "Person 4 and Person 5 would have the same user name, so none of them is provisioned."
                ),
            ]
        );
    }

    #[test]
    fn groups_keep_the_members_that_can_be_provisioned() {
        let group = |n: u32, name: &str, members: Vec<Member>| SourceGroup {
            group: Group {
                id: id(n),
                display_name: Some(name.to_owned()),
                security_enabled: Some(true),
                mail_enabled: None,
                group_types: None,
            },
            members,
            complete: true,
        };
        let ada = person(1, "ada@contoso.example");
        let inner = Group {
            id: id(9),
            display_name: Some("Inner".to_owned()),
            security_enabled: None,
            mail_enabled: None,
            group_types: None,
        };
        let other = Member::Other { kind: "device".to_owned(), name: "Laptop".to_owned() };
        let desired = map(&source(
            std::slice::from_ref(&ada),
            vec![
                group(10, "Analysts", vec![Member::Person(ada.clone()), Member::Group(inner), other]),
                group(11, "Admins", Vec::new()),
                group(12, "Twice", Vec::new()),
                group(13, "Twice", Vec::new()),
            ],
        ));
        assert_eq!(desired.groups.len(), 1);
        assert_eq!(desired.groups[0].members.len(), 1);
        assert_eq!(
            findings(&desired),
            [
                (
                    "Analysts",
                    "The group \"Inner\" inside it is not followed: pick it too if its people are wanted."
                ),
                ("Analysts", "1 of its members (device) cannot be provisioned."),
                (
                    "Admins",
                    "Databricks keeps this name for a group of its own, so the group is not provisioned."
                ),
                (
                    "Twice",
                    "2 groups in Entra have this name, and Databricks allows one: none of them is provisioned."
                ),
            ]
        );
    }
}
