//! Whether Databricks has those whom Entra's own provisioning should have brought: by identity first, then by name. It compares what was
//! read, and what could not be read is unknown.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::databricks::scim::{Group as ScimGroup, Member as ScimMember, MemberKind, ScimId, User};
use crate::entra::connector::schema::{Mapping, Previewed, value_of};
use crate::entra::directory::{Group, Member, Person};
use crate::entra::ids::ObjectId;
use crate::sync::map::{Desired, DesiredGroup};
use crate::sync::read::{Observed, Source, SourceGroup};

/// Said of who may not sign in there.
pub const DEACTIVATED: &str = "They are deactivated there.";

/// So many names stand in a sentence.
const NAMES: usize = 10;

/// What Databricks has of somebody or something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum There {
    /// It is there as it should be.
    Present(ScimId),
    /// It is there in another way: how.
    Differs(ScimId, Vec<String>),
    /// It is not there.
    Absent,
    /// It is not there for use, and should not be: the account is disabled in the directory. Who is there is deactivated.
    Disabled(Option<ScimId>),
    /// It is not known: why.
    Unknown(String),
}

/// Somebody, by what the connector calls them.
struct Sought<'p> {
    person: &'p Person,
    /// The user names that they may have there.
    names: Vec<String>,
    /// Whether the name was worked out from the mappings.
    sure: bool,
}

impl<'p> Sought<'p> {
    fn of(person: &'p Person, mapping: Option<&Mapping>) -> Self {
        let mapped = mapping.and_then(|it| it.row("userName")).map(|row| value_of(row, person));
        let (names, sure) = match mapped {
            Some(Previewed::Value(name)) => (vec![name], true),
            Some(Previewed::Skipped | Previewed::NotComputed(_)) | None => {
                let both = [&person.user_principal_name, &person.mail];
                (both.into_iter().flatten().cloned().collect(), false)
            }
        };
        Self { person, names, sure }
    }
}

/// What was read of Databricks, to look people and groups up in.
pub struct Index<'o> {
    observed: &'o Observed,
    mapping: Option<&'o Mapping>,
    by_identity: BTreeMap<String, &'o User>,
    by_name: BTreeMap<String, &'o User>,
    by_id: BTreeMap<&'o ScimId, &'o User>,
    /// Whether the list of users tells identities at all: to who is no administrator it gives names and ids only.
    tells: bool,
}

/// The groups as they are to be looked for.
#[must_use]
pub fn sought(source: &Source) -> Desired {
    let group = |it: &SourceGroup| DesiredGroup {
        entra: it.group.object_id(),
        name: it.group.label().to_owned(),
        members: BTreeSet::new(),
        complete: it.complete,
    };
    Desired { groups: source.groups.iter().map(group).collect(), ..Desired::default() }
}

impl<'o> Index<'o> {
    /// Puts what was read in order. The mapping says what people are called there.
    #[must_use]
    pub fn of(observed: &'o Observed, mapping: Option<&'o Mapping>) -> Self {
        let users = observed.users.iter();
        Self {
            observed,
            mapping,
            by_identity: users
                .clone()
                .filter_map(|it| Some((it.external_id.as_ref()?.to_ascii_lowercase(), it)))
                .collect(),
            by_name: users.clone().map(|it| (it.user_name.to_lowercase(), it)).collect(),
            by_id: users.clone().map(|it| (&it.id, it)).collect(),
            tells: observed.users.is_empty() || users.into_iter().any(|it| it.external_id.is_some()),
        }
    }

    /// The user that somebody is there; none, where they are not. A name tells only where it is known to be theirs, and identities are told.
    ///
    /// # Errors
    /// Why it is not known, in a sentence.
    fn look(&self, sought: &Sought<'_>) -> Result<Option<&'o User>, String> {
        let unknown = match self.user(sought) {
            Some(user) if self.tells => return Ok(Some(user)),
            Some(_) => {
                "Somebody of this user name is there; Databricks does not tell whose externalId they have."
            }
            None if sought.names.is_empty() => "Their user name could not be read in the directory.",
            None if !self.tells => {
                "Nobody there has this user name, and Databricks tells of nobody whose externalId they have: they may be there under another \
                 name."
            }
            None if !sought.sure => {
                "Nobody there has their object id, and what the connector calls them is not known here: they may be there under another name."
            }
            None => return Ok(None),
        };
        Err(unknown.to_owned())
    }

    fn user(&self, sought: &Sought<'_>) -> Option<&'o User> {
        let identity = sought.person.id.as_str().to_ascii_lowercase();
        self.by_identity
            .get(&identity)
            .copied()
            .or_else(|| sought.names.iter().find_map(|name| self.by_name.get(&name.to_lowercase()).copied()))
    }

    /// A person.
    #[must_use]
    pub fn person(&self, person: &Person) -> There {
        let sought = Sought::of(person, self.mapping);
        let enabled = person.account_enabled;
        let user = match self.look(&sought) {
            Ok(Some(user)) => user,
            Ok(None) if enabled == Some(false) => return There::Disabled(None),
            Ok(None) => return There::Absent,
            Err(why) => return There::Unknown(why),
        };
        let own = identity(user.external_id.as_deref(), person.id.as_str());
        let mut how: Vec<String> = own.into_iter().collect();
        if let Some(name) = sought.names.first().filter(|_| sought.sure)
            && !name.eq_ignore_ascii_case(&user.user_name)
        {
            how.push(format!(
                "The user name there is {}, and would be {name}: Databricks does not change user names.",
                user.user_name
            ));
        }
        match (enabled, user.active != Some(false)) {
            (Some(true) | None, false) => how.push(DEACTIVATED.to_owned()),
            (Some(false), true) => {
                how.push("They are active there, and disabled in the directory.".to_owned());
            }
            (Some(false), false) if how.is_empty() => return There::Disabled(Some(user.id.clone())),
            _ => {}
        }
        if how.is_empty() { There::Present(user.id.clone()) } else { There::Differs(user.id.clone(), how) }
    }

    /// Somebody of whom the directory told nothing but the id.
    #[must_use]
    pub fn identity(&self, id: &ObjectId) -> There {
        self.by_identity.get(&id.as_str().to_ascii_lowercase()).map_or_else(
            || There::Unknown("It could not be read in the directory.".to_owned()),
            |user| match user.active {
                Some(false) => There::Differs(user.id.clone(), vec![DEACTIVATED.to_owned()]),
                _ => There::Present(user.id.clone()),
            },
        )
    }

    /// A group, with its members.
    #[must_use]
    pub fn group(&self, source: &SourceGroup) -> There {
        let group = &source.group;
        let Some(found) = self.find(group) else {
            return if self.observed.unread.is_empty() {
                There::Absent
            } else {
                let many = self.observed.unread.len();
                There::Unknown(format!("Groups there were not read ({many}): it may be one of them."))
            };
        };
        let Some(members) = self.observed.members.get(&found.id) else {
            return There::Unknown("It is there, and could not be read.".to_owned());
        };
        let own = identity(found.external_id.as_deref(), group.id.as_str());
        let mut how: Vec<String> = own.into_iter().collect();
        if found.display_name != group.label() {
            how.push(format!("Its name there is “{}”: a new name does not come along.", found.display_name));
        }
        let people = self.members(source, members);
        how.extend(people.differing(source.complete));
        if !how.is_empty() {
            There::Differs(found.id.clone(), how)
        } else if !source.complete {
            There::Unknown(
                "It is there; its members could not be read in the directory to the end.".to_owned(),
            )
        } else if people.untold > 0 {
            let of =
                format!("Of its {} people {} not known to be there or not.", people.all, are(people.untold));
            There::Unknown(format!("It is there. {of}"))
        } else {
            There::Present(found.id.clone())
        }
    }

    /// The members of a group on both sides.
    fn members<'s>(&'s self, source: &'s SourceGroup, members: &'s [ScimMember]) -> People<'s> {
        let within: BTreeSet<&ScimId> = members.iter().map(|it| &it.value).collect();
        let (mut people, mut known) = (People::default(), BTreeSet::new());
        for member in &source.members {
            let Member::Person(person) = member else { continue };
            let comes = person.account_enabled != Some(false);
            people.all += usize::from(comes);
            match self.look(&Sought::of(person, self.mapping)) {
                Ok(Some(user)) => {
                    known.insert(&user.id);
                    if identity(user.external_id.as_deref(), person.id.as_str()).is_some() {
                        people.others.push(person.label());
                    } else if comes && user.active == Some(false) {
                        people.inactive.push(person.label());
                    }
                    if comes && !within.contains(&user.id) {
                        people.outside.push(person.label());
                    }
                }
                Ok(None) if comes => people.absent.push(person.label()),
                Ok(None) => {}
                Err(_) if comes => people.untold += 1,
                Err(_) => people.hidden += 1,
            }
        }
        let more = members.iter().filter(|it| it.kind() == MemberKind::User && !known.contains(&it.value));
        people.more =
            more.map(|it| self.by_id.get(&it.value).map_or("somebody", |user| &user.user_name)).collect();
        people
    }

    fn find(&self, group: &Group) -> Option<&'o ScimGroup> {
        let groups = || self.observed.groups.iter();
        let same = |it: &&ScimGroup| {
            it.external_id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(group.id.as_str()))
        };
        // Where groups were not read, the one of this identity may be among them, and another one have its name.
        let named = || {
            groups().filter(|_| self.observed.unread.is_empty()).find(|it| it.display_name == group.label())
        };
        groups().find(same).or_else(named)
    }
}

/// What is not as it should be about the people of a group.
#[derive(Default)]
struct People<'p> {
    /// How many should come.
    all: usize,
    absent: Vec<&'p str>,
    outside: Vec<&'p str>,
    inactive: Vec<&'p str>,
    /// Those whose account there bears another identity, or none.
    others: Vec<&'p str>,
    /// Those who are members there, and not in the directory.
    more: Vec<&'p str>,
    /// Of so many it is not known whether they are there.
    untold: usize,
    /// The same, of those who are disabled.
    hidden: usize,
}

impl People<'_> {
    fn differing(&self, complete: bool) -> Vec<String> {
        let of = |names: &[&str], how: &str| {
            let words =
                || format!("Of its {} people {} {how}: {}.", self.all, are(names.len()), named(names));
            (!names.is_empty()).then(words)
        };
        // With half of the members of the directory nobody is one too many; nor with somebody who may be there under any name.
        let more = complete && self.untold + self.hidden == 0 && !self.more.is_empty();
        let more = more.then(|| {
            let many = sentence(&are(self.more.len()));
            format!("{many} in the group there, and not in the directory: {}.", named(&self.more))
        });
        [
            of(&self.absent, "not in Databricks"),
            of(&self.outside, "there, and not in the group"),
            of(&self.inactive, "deactivated there"),
            of(&self.others, "there without their identity"),
            more,
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// What is not as it should be about an identity there.
fn identity(there: Option<&str>, wanted: &str) -> Option<String> {
    match there {
        Some(id) if id.eq_ignore_ascii_case(wanted) => None,
        Some(id) => Some(format!("Its externalId there is {id}, and not the object id.")),
        None => Some("It has no externalId there: nothing has matched it with Entra yet.".to_owned()),
    }
}

fn are(many: usize) -> String {
    if many == 1 { "one is".to_owned() } else { format!("{many} are") }
}

fn sentence(words: &str) -> String {
    words.strip_prefix("one").map_or_else(|| words.to_owned(), |rest| format!("One{rest}"))
}

fn named(names: &[&str]) -> String {
    let first: Vec<&str> = names.iter().take(NAMES).copied().collect();
    match names.len() - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
