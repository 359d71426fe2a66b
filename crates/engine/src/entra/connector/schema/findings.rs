//! What is worth knowing about a schema before a job is started.

use super::table::{Mapping, Source, Table};
use crate::entra::connector::finding::Finding;
use crate::entra::connector::kind::Kind;

/// The attribute by which Databricks and Entra stay together when names change.
pub(super) const EXTERNAL_ID: &str = "externalId";
/// What it must be taken from.
pub(super) const OBJECT_ID: &str = "objectId";

/// Something about a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concern {
    /// There is no mapping for this kind.
    NoMapping(Kind),
    /// The mapping of this kind is switched off.
    Disabled(Kind),
    /// `externalId` comes from elsewhere than the object id; from where, if it comes at all.
    ExternalId(Kind, Option<Source>),
    /// Nothing says which existing objects are the same.
    NoMatching(Kind),
    /// Objects of this kind are not made.
    NoAdd(Kind),
    /// Changes do not flow.
    NoUpdate(Kind),
    /// What leaves stays as it is at the target.
    NoDelete(Kind),
    /// User name and mail address come from different sources; none, where one of them does not come at all.
    Address(Option<Source>, Option<Source>),
    /// Only some people or groups are let through; the filters, a line each.
    Filtered(Kind, Vec<String>),
}

/// Everything worth knowing about a schema, people first.
#[must_use]
pub fn concerns(table: &Table) -> Vec<Concern> {
    Kind::ALL
        .into_iter()
        .flat_map(|kind| table.get(kind).map_or_else(|| vec![Concern::NoMapping(kind)], of_mapping))
        .collect()
}

fn of_mapping(mapping: &Mapping) -> Vec<Concern> {
    let kind = mapping.kind;
    let mut found = Vec::new();
    let mut note = |holds: bool, concern: Concern| {
        if holds {
            found.push(concern);
        }
    };
    note(!mapping.enabled, Concern::Disabled(kind));
    let external = mapping.row(EXTERNAL_ID).map(|row| &row.source);
    let taken = external.is_some_and(|source| source.is_attribute(OBJECT_ID));
    note(!taken, Concern::ExternalId(kind, external.cloned()));
    note(mapping.matching().is_empty(), Concern::NoMatching(kind));
    note(!mapping.flows.add, Concern::NoAdd(kind));
    note(!mapping.flows.update, Concern::NoUpdate(kind));
    note(!mapping.flows.delete, Concern::NoDelete(kind));
    if kind == Kind::Person {
        let source = |row: Option<&super::Row>| row.map(|row| row.source.clone());
        let (name, mail) = (source(mapping.row("userName")), source(mapping.mail()));
        note(name.is_none() || name != mail, Concern::Address(name, mail));
    }
    note(!mapping.filters.is_empty(), Concern::Filtered(kind, mapping.filters.words()));
    found
}

impl Concern {
    /// Whether [`super::repair_external_id`] mends it.
    #[must_use]
    pub const fn is_repaired(&self) -> bool {
        matches!(self, Self::ExternalId(..))
    }

    /// What it means and what to do.
    #[must_use]
    pub fn told(&self) -> Finding {
        const MAPPINGS: &str = "in the Entra admin center under Provisioning, Mappings";
        match self {
            Self::NoMapping(kind) => Finding::bad(
                format!("The schema has no mapping for {}: none are provisioned.", kind.many()),
                "Reset the attribute mappings to their defaults.",
            ),
            Self::Disabled(Kind::Person) => Finding::bad(
                "The mapping of people is switched off: nobody is provisioned.",
                format!("Switch it on {MAPPINGS}."),
            ),
            Self::Disabled(Kind::Group) => Finding::warn(
                "The mapping of groups is switched off: members of assigned groups are provisioned, the groups are not.",
                format!("Leave it so if groups are made in Databricks; else switch it on {MAPPINGS}."),
            ),
            Self::ExternalId(kind, source) => Finding::bad(
                match source {
                    Some(source) => format!(
                        "externalId of {} comes from {}, not from the object id: what is renamed may come about twice.",
                        kind.many(),
                        source.words()
                    ),
                    None => format!(
                        "{} get no externalId: what is renamed may come about twice.",
                        capital(kind.many())
                    ),
                },
                "Repair it here: externalId is then taken from objectId, and nothing else is changed. The job begins a full new cycle.",
            ),
            Self::NoMatching(kind) => Finding::bad(
                format!(
                    "No attribute of {} is used for matching: those who are in Databricks already are not found.",
                    kind.many()
                ),
                format!(
                    "Match by {} {MAPPINGS}, or reset the attribute mappings.",
                    if *kind == Kind::Person { "userName" } else { "displayName" }
                ),
            ),
            Self::NoAdd(kind) => Finding::warn(
                format!("New {} are not made, existing ones are only kept up to date.", kind.many()),
                format!("If that is not meant, switch on Create {MAPPINGS}."),
            ),
            Self::NoUpdate(kind) => Finding::warn(
                format!(
                    "Changes of {} do not flow: {}.",
                    kind.many(),
                    match kind {
                        Kind::Person => "names stay as they were, and nobody is deactivated",
                        Kind::Group => "names and members stay as they were",
                    }
                ),
                format!("If that is not meant, switch on Update {MAPPINGS}."),
            ),
            Self::NoDelete(kind) => Finding::warn(
                format!("{} who leave stay in Databricks as they are.", capital(kind.many()))
                    .replace("Groups who", "Groups that"),
                format!("If that is not meant, switch on Delete {MAPPINGS}."),
            ),
            Self::Address(name, mail) => {
                let words =
                    |source: &Option<Source>| source.as_ref().map_or("nothing".to_owned(), Source::words);
                Finding::warn(
                    format!(
                        "The user name comes from {}, the mail address from {}. Databricks wants both to be the same, and may refuse people otherwise.",
                        words(name),
                        words(mail)
                    ),
                    "Look at the preview of people whose mail address differs from their principal name, and of guests. If they get two \
                     names, map both attributes from the same source.",
                )
            }
            Self::Filtered(kind, filters) => Finding::warn(
                format!("Scoping filters let through only some {}: {}.", kind.many(), filters.join("; or ")),
                "If somebody is missed, look here first.",
            ),
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::entra::connector::finding::Tone;
    use crate::entra::connector::schema::Schema;

    fn row(target: &str, name: &str, matching: i64) -> Value {
        json!({ "targetAttributeName": target, "source": { "type": "Attribute", "name": name }, "matchingPriority": matching })
    }

    fn table(people: &Value, groups: &Value) -> Table {
        let schema = json!({ "synchronizationRules": [{ "objectMappings": [people, groups] }] });
        Table::of(&Schema::try_from(schema).unwrap())
    }

    fn people(flows: &str, rows: &[Value]) -> Value {
        json!({ "sourceObjectName": "User", "enabled": true, "flowTypes": flows, "attributeMappings": rows })
    }

    fn groups() -> Value {
        json!({ "sourceObjectName": "Group", "enabled": true, "flowTypes": "Add, Update, Delete",
            "attributeMappings": [row("displayName", "displayName", 1), row("externalId", "objectId", 0)] })
    }

    #[test]
    fn a_schema_as_it_should_be_gives_nothing_to_say() {
        let mail = "emails[type eq \"work\"].value";
        let rows = [row("userName", "mail", 1), row(mail, "mail", 0), row("externalId", "objectId", 0)];
        assert_eq!(concerns(&table(&people("Add, Update, Delete", &rows), &groups())), []);
    }

    #[test]
    fn everything_that_may_be_wrong_is_told() {
        let rows =
            [row("userName", "userPrincipalName", 0), row("emails[type eq \"work\"].value", "mail", 0)];
        let mut off = people("", &rows);
        off["enabled"] = json!(false);
        off["scope"] = json!({ "groups": [{ "name": "", "clauses": [
            { "sourceOperandName": "department", "operatorName": "EQUALS", "targetOperand": { "values": ["Sales"] } }
        ] }] });
        let attribute = |name: &str| Some(Source::Attribute(name.to_owned()));
        let found = concerns(&table(&off, &json!({})));
        assert_eq!(
            found,
            [
                Concern::Disabled(Kind::Person),
                Concern::ExternalId(Kind::Person, None),
                Concern::NoMatching(Kind::Person),
                Concern::NoAdd(Kind::Person),
                Concern::NoUpdate(Kind::Person),
                Concern::NoDelete(Kind::Person),
                Concern::Address(attribute("userPrincipalName"), attribute("mail")),
                Concern::Filtered(Kind::Person, vec!["department is “Sales”".to_owned()]),
                Concern::NoMapping(Kind::Group),
            ]
        );
        let tones: Vec<Tone> = found.iter().map(|it| it.told().tone).collect();
        assert_eq!(tones[..3], [Tone::Bad, Tone::Bad, Tone::Bad]);
        assert_eq!(tones[3..8], [Tone::Warn; 5]);
        assert!(found.iter().all(|it| !it.told().todo.is_empty()));
        let repaired: Vec<&Concern> = found.iter().filter(|it| it.is_repaired()).collect();
        assert_eq!(repaired, [&Concern::ExternalId(Kind::Person, None)]);
    }

    #[test]
    fn words_name_where_values_come_from() {
        let nickname = Concern::ExternalId(Kind::Person, Some(Source::Attribute("mailNickname".to_owned())));
        assert_eq!(
            nickname.told().what,
            "externalId of people comes from mailNickname, not from the object id: what is renamed may come about twice."
        );
        let missing = Concern::ExternalId(Kind::Group, None);
        assert_eq!(missing.told().what, "Groups get no externalId: what is renamed may come about twice.");
        let address = Concern::Address(Some(Source::Attribute("userPrincipalName".to_owned())), None);
        assert_eq!(
            address.told().what,
            "The user name comes from userPrincipalName, the mail address from nothing. Databricks wants both to be the same, and may refuse people otherwise."
        );
        assert_eq!(
            Concern::NoDelete(Kind::Group).told().what,
            "Groups that leave stay in Databricks as they are."
        );
        assert_eq!(
            Concern::NoDelete(Kind::Person).told().what,
            "People who leave stay in Databricks as they are."
        );
    }
}
