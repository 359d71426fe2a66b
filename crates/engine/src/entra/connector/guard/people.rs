//! What the usual mapping makes of people.

use super::{NAMES, Named};
use crate::entra::directory::Person;
use crate::entra::ids::ObjectId;

/// People who come in another way than one thinks, or not at all. Somebody may be in several of these lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleFinding {
    /// How many people were looked at.
    pub all: usize,
    /// Disabled: they are not provisioned. They are in none of the other lists.
    pub disabled: Named,
    /// Guests. Entra takes `#EXT#` and this tenant's domain out of their name (`how-provisioning-works`).
    pub guests: Named,
    /// Without a mail address.
    pub without_mail: Named,
    /// Members whose mail address is not the name they sign in with, letter case apart. Databricks refuses people whose mail address
    /// is not their user name there, and lets them in by that name alone: what counts is which of the two is mapped.
    pub other_mail: Named,
    /// The first of those who are guests, or whose mail address is not their user name or missing, to try the mapping on.
    pub stand_out: Vec<Person>,
    /// How many they are.
    pub standing_out: usize,
    /// Whose properties the directory did not show: about them nothing is known.
    pub unreadable: usize,
}

impl PeopleFinding {
    /// Looks at everybody, by name.
    pub(super) fn of<'p>(people: impl IntoIterator<Item = &'p Person>) -> Self {
        let mut people: Vec<&Person> = people.into_iter().collect();
        people.sort_by_cached_key(|person| (person.label().to_lowercase(), person.id.clone()));
        let mut found = Self { all: people.len(), ..Self::default() };
        for person in people {
            found.look_at(person);
        }
        found
    }

    fn look_at(&mut self, person: &Person) {
        let name = person.label();
        if !person.is_readable() {
            self.unreadable += 1;
            return;
        }
        if person.account_enabled == Some(false) {
            self.disabled.add(name);
            return;
        }
        if person.is_guest() {
            self.guests.add(name);
        }
        let set = |value: &'_ Option<String>| {
            value.as_deref().map(str::trim).filter(|it| !it.is_empty()).map(str::to_lowercase)
        };
        let same = match (set(&person.mail), set(&person.user_principal_name)) {
            (None, _) => {
                self.without_mail.add(name);
                false
            }
            // A guest's never are the same: the list of guests says it.
            (Some(mail), Some(sign_in)) if mail != sign_in && !person.is_guest() => {
                self.other_mail.add(name);
                false
            }
            _ => true,
        };
        if !same || person.is_guest() {
            self.standing_out += 1;
            if self.stand_out.len() < NAMES {
                self.stand_out.push(person.clone());
            }
        }
    }
}

/// So many are taken to try the mapping on.
pub(super) const SAMPLES: usize = 3;

/// People whom nothing speaks against, by name; those whose mail address is their user name first.
pub(super) fn samples<'p>(
    people: impl IntoIterator<Item = &'p Person>,
    owner: Option<&ObjectId>,
    most: usize,
) -> Vec<Person> {
    let fit = |person: &&Person| {
        let mail = person.mail.as_deref().is_some_and(|mail| !mail.trim().is_empty());
        person.is_readable()
            && person.account_enabled == Some(true)
            && !person.is_guest()
            && mail
            && owner.is_none_or(|owner| person.object_id() != *owner)
    };
    let other = |person: &Person| {
        let lower = |text: &Option<String>| text.as_deref().map(str::to_lowercase);
        lower(&person.mail) != lower(&person.user_principal_name)
    };
    let mut fit: Vec<&Person> = people.into_iter().filter(fit).collect();
    fit.sort_by_cached_key(|person| (other(person), person.label().to_lowercase(), person.id.clone()));
    fit.into_iter().take(most).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn person(name: &str, changes: &Value) -> Person {
        let mut person = json!({
            "id": "00000000-0000-0000-0000-000000000001", "displayName": name, "userPrincipalName": "ada@contoso.example",
            "mail": "ada@contoso.example", "accountEnabled": true, "userType": "Member",
        });
        for (key, value) in changes.as_object().unwrap() {
            person[key] = value.clone();
        }
        serde_json::from_value(person).unwrap()
    }

    #[test]
    fn each_is_in_the_lists_that_they_belong_to() {
        let people = [
            person("Zoë", &json!({})),
            person("Case", &json!({ "mail": "ADA@Contoso.example" })),
            person("Nomail", &json!({ "mail": null })),
            person("Blank", &json!({ "mail": " " })),
            person("Staff", &json!({ "mail": "staff@contoso.example" })),
            person("Gina", &json!({ "userType": "Guest", "mail": "gina@fabrikam.example" })),
            person("Dieter", &json!({ "accountEnabled": false, "mail": null, "userType": "Guest" })),
            person("Hidden", &json!({ "accountEnabled": null, "mail": null, "userType": null })),
        ];
        let found = PeopleFinding::of(&people);
        let named = |list: &[&str]| Named {
            count: list.len(),
            names: list.iter().map(|&it| it.to_owned()).collect(),
        };
        let expected = PeopleFinding {
            all: 8,
            disabled: named(&["Dieter"]),
            guests: named(&["Gina"]),
            without_mail: named(&["Blank", "Nomail"]),
            other_mail: named(&["Staff"]),
            stand_out: [3, 5, 2, 4].map(|at| people[at].clone()).to_vec(),
            standing_out: 4,
            unreadable: 1,
        };
        assert_eq!(found, expected);
    }
}
