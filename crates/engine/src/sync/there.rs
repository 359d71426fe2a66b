//! Whether Databricks has those whom Entra's own provisioning should have brought: by identity first, then by name. It compares what was
//! read, and what could not be read is unknown.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::databricks::scim::{Group as ScimGroup, MemberKind, ScimId, User};
use crate::entra::connector::schema::{Mapping, Previewed, value_of};
use crate::entra::directory::{Group, Member, Person};
use crate::entra::ids::ObjectId;
use crate::sync::map::{Desired, DesiredGroup};
use crate::sync::read::{Observed, Source, SourceGroup};

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
    /// It is not there for use, and should not be: the account is disabled in the directory.
    Disabled,
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

    /// The user that somebody is there; none, where they are not.
    ///
    /// # Errors
    /// Why it is not known, in a sentence.
    pub fn has(&self, person: &Person) -> Result<Option<&'o User>, String> {
        self.look(&Sought::of(person, self.mapping))
    }

    fn look(&self, sought: &Sought<'_>) -> Result<Option<&'o User>, String> {
        match self.user(sought) {
            Some(user) => Ok(Some(user)),
            None if sought.names.is_empty() => {
                Err("Their user name could not be read in the directory.".to_owned())
            }
            None if !self.tells => Err("Nobody there has this user name, and Databricks tells of nobody whose externalId they have: they may be \
                 there under another name."
                .to_owned()),
            None => Ok(None),
        }
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
            Ok(None) if enabled == Some(false) => return There::Disabled,
            Ok(None) => return There::Absent,
            Err(why) => return There::Unknown(why),
        };
        if !self.tells {
            let why =
                "Somebody of this user name is there; Databricks does not tell whose externalId they have.";
            return There::Unknown(why.to_owned());
        }
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
            (Some(true), false) => how.push("They are deactivated there.".to_owned()),
            (Some(false), true) => {
                how.push("They are active there, and disabled in the directory.".to_owned());
            }
            (Some(false), false) if how.is_empty() => return There::Disabled,
            _ => {}
        }
        if how.is_empty() { There::Present(user.id.clone()) } else { There::Differs(user.id.clone(), how) }
    }

    /// Somebody of whom the directory told nothing but the id.
    #[must_use]
    pub fn identity(&self, id: &ObjectId) -> There {
        self.by_identity.get(&id.as_str().to_ascii_lowercase()).map_or_else(
            || There::Unknown("It could not be read in the directory.".to_owned()),
            |user| There::Present(user.id.clone()),
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
                There::Unknown(format!("Groups there could not be read ({many}): it may be one of them."))
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
        let within: BTreeSet<&ScimId> = members.iter().map(|it| &it.value).collect();
        let (mut absent, mut outside, mut known) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut people = 0;
        for member in &source.members {
            let Member::Person(person) = member else { continue };
            let comes = person.account_enabled != Some(false);
            people += usize::from(comes);
            match self.user(&Sought::of(person, self.mapping)) {
                Some(user) => {
                    known.insert(&user.id);
                    if comes && !within.contains(&user.id) {
                        outside.push(person.label());
                    }
                }
                None if comes => absent.push(person.label()),
                None => {}
            }
        }
        if !absent.is_empty() {
            how.push(format!(
                "Of its {people} people {} not in Databricks: {}.",
                are(absent.len()),
                named(&absent)
            ));
        }
        if !outside.is_empty() {
            how.push(format!(
                "Of its {people} people {} there, and not in the group: {}.",
                are(outside.len()),
                named(&outside)
            ));
        }
        let more = members.iter().filter(|it| it.kind() == MemberKind::User && !known.contains(&it.value));
        let more: Vec<&str> =
            more.map(|it| self.by_id.get(&it.value).map_or("somebody", |user| &user.user_name)).collect();
        // With half of the members of the directory nobody is one too many.
        if !more.is_empty() && source.complete {
            how.push(format!(
                "{} in the group there, and not in the directory: {}.",
                sentence(&are(more.len())),
                named(&more)
            ));
        }
        if !how.is_empty() {
            There::Differs(found.id.clone(), how)
        } else if source.complete {
            There::Present(found.id.clone())
        } else {
            There::Unknown(
                "It is there; its members could not be read in the directory to the end.".to_owned(),
            )
        }
    }

    fn find(&self, group: &Group) -> Option<&'o ScimGroup> {
        let groups = || self.observed.groups.iter();
        let same = |it: &&ScimGroup| {
            it.external_id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(group.id.as_str()))
        };
        groups().find(same).or_else(|| groups().find(|it| it.display_name == group.label()))
    }
}

/// What is not as it should be about an identity there.
fn identity(there: Option<&str>, wanted: &str) -> Option<String> {
    match there {
        Some(id) if id.eq_ignore_ascii_case(wanted) => None,
        Some(id) => Some(format!("Its externalId there is {id}, and not the object id.")),
        None => Some("It has no externalId there: Entra has not taken it for this one yet.".to_owned()),
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
