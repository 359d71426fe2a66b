//! What the mappings make of a real person. Nothing is guessed: what cannot be worked out here says so.

use super::expression::{self, truth};
use super::table::{Mapping, Source};
use crate::entra::directory::Person;

/// It cannot be worked out here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotHere;

/// What an attribute becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Previewed {
    /// This value.
    Value(String),
    /// Nothing: what has no value is skipped, not cleared (`known-issues`).
    Skipped,
    /// It cannot be worked out here; the source as it is written.
    NotComputed(String),
}

impl Previewed {
    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Value(value) => value.clone(),
            Self::Skipped => "no value: skipped".to_owned(),
            Self::NotComputed(source) => format!("not computed here: {source}"),
        }
    }
}

/// One attribute of the target and what it becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The attribute.
    pub target: String,
    /// What it becomes.
    pub value: Previewed,
}

/// What the mapping of people makes of one, attribute by attribute.
#[must_use]
pub fn preview(mapping: &Mapping, person: &Person) -> Vec<Line> {
    let attributes = Attributes::of(person);
    let line = |row: &super::Row| Line { target: row.target.clone(), value: made(row, &attributes) };
    mapping.rows.iter().map(line).collect()
}

/// What one attribute of the target becomes.
#[must_use]
pub fn value_of(row: &super::Row, person: &Person) -> Previewed {
    made(row, &Attributes::of(person))
}

fn made(row: &super::Row, attributes: &Attributes<'_>) -> Previewed {
    let (value, written) = match &row.source {
        Source::Attribute(name) => (attributes.value(name), format!("[{name}]")),
        Source::Constant(value) => (Ok(Some(value.clone())), String::new()),
        Source::Expression(text) => (expression::value(text, &|name| attributes.value(name)), text.clone()),
        Source::Nothing => (Ok(None), String::new()),
    };
    match value {
        Err(NotHere) => Previewed::NotComputed(written),
        Ok(value) => value.or_else(|| row.default.clone()).map_or(Previewed::Skipped, Previewed::Value),
    }
}

/// What is known of a person, by the names that mappings use.
pub(super) struct Attributes<'p>(&'p Person);

impl<'p> Attributes<'p> {
    pub(super) const fn of(person: &'p Person) -> Self {
        Self(person)
    }

    /// An attribute as texts are compared; nothing, where it is empty. A guest's principal name is not among them: Entra shortens it
    /// somewhere on the way.
    pub(super) fn text(&self, name: &str) -> Result<Option<&'p str>, NotHere> {
        let person = self.0;
        let principal = person.user_principal_name.as_deref();
        let found = match name.to_ascii_lowercase().as_str() {
            "objectid" => Some(person.id.as_str()),
            "userprincipalname" if principal.is_some_and(|name| name.contains(MARK)) => return Err(NotHere),
            "userprincipalname" | "originaluserprincipalname" => principal,
            "displayname" => person.display_name.as_deref(),
            "givenname" => person.given_name.as_deref(),
            "surname" => person.surname.as_deref(),
            "mail" => person.mail.as_deref(),
            _ => return Err(NotHere),
        };
        match found.filter(|text| !text.is_empty()) {
            // For want of permission Graph answers with nulls: nothing is known then.
            None if !person.is_readable() => Err(NotHere),
            found => Ok(found),
        }
    }

    /// An attribute as mappings get it.
    fn value(&self, name: &str) -> Result<Option<String>, NotHere> {
        let enabled = self.0.account_enabled.ok_or(NotHere);
        match name.to_ascii_lowercase().as_str() {
            "accountenabled" => Ok(Some(truth(enabled?).to_owned())),
            // It stands for everything that takes somebody out of the scope, a disabled account too (`how-provisioning-works`). The preview
            // is of somebody who is in it.
            "issoftdeleted" => Ok(Some(truth(!enabled?).to_owned())),
            "userprincipalname" => match self.0.user_principal_name.as_deref() {
                Some(principal) if principal.contains(MARK) => home(principal).map(Some).ok_or(NotHere),
                _ => Ok(self.text(name)?.map(str::to_owned)),
            },
            _ => Ok(self.text(name)?.map(str::to_owned)),
        }
    }
}

/// What marks the principal names of guests.
const MARK: &str = "#EXT#@";

/// A guest's `alias_theirdomain#EXT#@ourdomain` is `alias@theirdomain` to the service (`how-provisioning-works`). Domains have no
/// underscore, so the last one stands for the sign.
fn home(principal: &str) -> Option<String> {
    let (name, _) = principal.split_once(MARK)?;
    let (alias, domain) = name.rsplit_once('_')?;
    (!alias.is_empty() && domain.contains('.')).then(|| format!("{alias}@{domain}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::entra::connector::schema::{Schema, Table};

    fn mapping(rows: &[(&str, Value)]) -> Mapping {
        let rows: Vec<Value> = rows
            .iter()
            .map(|(target, source)| json!({ "targetAttributeName": target, "source": source, "defaultValue": null }))
            .collect();
        let mapping = json!({ "sourceObjectName": "User", "attributeMappings": rows });
        let schema = json!({ "synchronizationRules": [{ "objectMappings": [mapping] }] });
        Table::of(&Schema::try_from(schema).unwrap()).people.unwrap()
    }

    fn plain(name: &str) -> Value {
        json!({ "type": "Attribute", "name": name, "expression": format!("[{name}]") })
    }

    fn function(text: &str) -> Value {
        json!({ "type": "Function", "name": "f", "expression": text })
    }

    fn person(principal: &str, mail: Option<&str>) -> Person {
        serde_json::from_value(json!({
            "id": "00000000-0000-0000-0000-00000000000a", "displayName": "Ada Lovelace", "givenName": "Ada", "surname": null,
            "userPrincipalName": principal, "mail": mail, "accountEnabled": true, "userType": null,
        }))
        .unwrap()
    }

    fn words(mapping: &Mapping, person: &Person) -> Vec<(String, String)> {
        preview(mapping, person).into_iter().map(|line| (line.target, line.value.words())).collect()
    }

    #[test]
    fn a_person_is_shown_as_databricks_will_get_them() {
        let mapping = mapping(&[
            ("userName", plain("userPrincipalName")),
            ("active", function(r#"Switch([IsSoftDeleted], , "False", "True", "True", "False")"#)),
            ("externalId", plain("objectId")),
            ("name.familyName", plain("surname")),
            ("emails[type eq \"work\"].value", function("Coalesce([mail], [userPrincipalName])")),
            ("title", plain("jobTitle")),
            ("nickName", function("Mid([givenName], 1, 2)")),
            ("locale", json!({ "type": "Constant", "name": "en-GB", "expression": "\"en-GB\"" })),
        ]);
        let ada = person("ada@contoso.example", None);
        let of = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            words(&mapping, &ada),
            [
                of("userName", "ada@contoso.example"),
                of("active", "True"),
                of("externalId", "00000000-0000-0000-0000-00000000000a"),
                of("name.familyName", "no value: skipped"),
                of("emails[type eq \"work\"].value", "ada@contoso.example"),
                of("title", "not computed here: [jobTitle]"),
                of("nickName", "not computed here: Mid([givenName], 1, 2)"),
                of("locale", "en-GB"),
            ]
        );
        let gone = Person { account_enabled: Some(false), ..ada.clone() };
        assert_eq!(words(&mapping, &gone)[1], of("active", "False"));
        // What could not be read is not empty.
        let hidden = Person { user_principal_name: None, account_enabled: None, ..ada };
        let shown: Vec<String> = words(&mapping, &hidden).into_iter().map(|(_, value)| value).collect();
        assert_eq!(shown[0], "not computed here: [userPrincipalName]");
        assert!(shown[1].starts_with("not computed here: Switch"));
        assert_eq!(shown[3], "not computed here: [surname]");
    }

    #[test]
    fn guests_have_the_name_of_their_home() {
        let mapping = mapping(&[
            ("userName", plain("userPrincipalName")),
            ("nickName", plain("originalUserPrincipalName")),
            ("title", function("ToUpper([userPrincipalName])")),
        ]);
        let shown = |principal: &str| -> Vec<String> {
            let guest = person(principal, Some("gina@fabrikam.example"));
            words(&mapping, &guest).into_iter().map(|(_, value)| value).collect()
        };
        assert_eq!(
            shown("gina_b_fabrikam.example#EXT#@contoso.example"),
            [
                "gina_b@fabrikam.example",
                "gina_b_fabrikam.example#EXT#@contoso.example",
                "GINA_B@FABRIKAM.EXAMPLE"
            ]
        );
        assert_eq!(shown("odd#EXT#@contoso.example")[0], "not computed here: [userPrincipalName]");
    }

    #[test]
    fn a_default_stands_in_for_nothing() {
        let schema = json!({ "synchronizationRules": [{ "objectMappings": [{ "sourceObjectName": "User", "attributeMappings": [
            { "targetAttributeName": "title", "source": plain("surname"), "defaultValue": "-" },
            { "targetAttributeName": "nickName", "source": null, "defaultValue": "" },
        ] }] }] });
        let mapping = Table::of(&Schema::try_from(schema).unwrap()).people.unwrap();
        let ada = person("ada@contoso.example", None);
        let values: Vec<Previewed> = preview(&mapping, &ada).into_iter().map(|line| line.value).collect();
        assert_eq!(values, [Previewed::Value("-".to_owned()), Previewed::Skipped]);
    }
}
