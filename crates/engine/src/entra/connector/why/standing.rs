//! What the directory and the settings say: the account, the assignment, the filters, the mapping.

use super::{Assignment, Facts, Finding, Scope};
use crate::entra::connector::kind::Kind;
use crate::entra::connector::schema::{Concern, Mapping, Previewed, Row, Source, Verdict, value_of};
use crate::entra::directory::Person;

fn people<'f>(facts: &Facts<'f>) -> Option<&'f Mapping> {
    facts.schema.and_then(|table| table.people.as_ref())
}

/// What the schema does with people.
pub(super) fn mapping(facts: &Facts<'_>) -> Option<Finding> {
    let table = facts.schema?;
    match &table.people {
        None => Some(Concern::NoMapping(Kind::Person).told()),
        Some(mapping) if !mapping.enabled => Some(Concern::Disabled(Kind::Person).told()),
        Some(mapping) if !mapping.flows.add => Some(Concern::NoAdd(Kind::Person).told()),
        Some(mapping) if mapping.matching().is_empty() => Some(Concern::NoMatching(Kind::Person).told()),
        Some(_) => None,
    }
}

/// Whether the account is one that is provisioned at all.
pub(super) fn account(person: &Person) -> Option<Finding> {
    match person.account_enabled {
        Some(true) => None,
        Some(false) => Some(Finding::bad(
            "The account is disabled in the directory. Disabled people are not provisioned, and those who are there are deactivated.",
            "Enable the account if the person should have access.",
        )),
        None => Some(Finding::warn(
            "Whether the account is enabled could not be read.",
            "Sign in with the permission User.Read.All, then look again.",
        )),
    }
}

/// Whether the person is assigned, and how.
pub(super) fn assignment(facts: &Facts<'_>) -> Finding {
    if facts.scope == Scope::Everybody {
        return Finding::good("Everybody of the directory is in scope, assigned or not.");
    }
    let Assignment::Known { direct, groups, nested } = facts.assignment else {
        return Finding::warn(
            "Whether the person is assigned could not be read, or not completely.",
            "Look again. Reading assignments and groups takes Application.Read.All and GroupMember.Read.All.",
        );
    };
    let quoted = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
        names.join(", ")
    };
    match (*direct, groups.as_slice(), nested.as_slice()) {
        (true, [], _) => Finding::good("The person is assigned directly."),
        (true, groups, _) => {
            Finding::good(format!("The person is assigned directly, and as a member of {}.", quoted(groups)))
        }
        (false, [_, ..], _) => {
            Finding::good(format!("The person is assigned as a member of {}.", quoted(groups)))
        }
        (false, [], nested) => unassigned(facts.scope, nested),
    }
}

fn unassigned(scope: Scope, nested: &[super::Nested]) -> Finding {
    let (what, todo) = match nested {
        [] => (
            "The person is not assigned to the connector, neither directly nor through a group.".to_owned(),
            "Assign the person, or a group that the person is a direct member of.".to_owned(),
        ),
        [first, rest @ ..] => {
            let others = if rest.is_empty() { String::new() } else { format!(" (and {} more)", rest.len()) };
            (
                format!(
                    "The person belongs to the assigned group “{}” only through “{}”{others}. Provisioning does not read groups within groups.",
                    first.assigned, first.inner
                ),
                format!(
                    "Assign “{}” too, or make the person a direct member of “{}”.",
                    first.inner, first.assigned
                ),
            )
        }
    };
    if scope == Scope::Unknown {
        let todo =
            format!("{todo} The scope could not be read: if everybody is in scope, this does not matter.");
        return Finding::warn(what, todo);
    }
    Finding::bad(what, todo)
}

/// What the scoping filters make of the person.
pub(super) fn filter(facts: &Facts<'_>) -> Option<Finding> {
    let filters = &people(facts)?.filters;
    if filters.is_empty() {
        return None;
    }
    let all = filters.words().join("; or ");
    Some(match filters.verdict(facts.person) {
        Verdict::Passes => Finding::good(format!("The scoping filter lets the person through: {all}.")),
        Verdict::Fails => Finding::bad(
            format!("The scoping filter keeps the person out. Let through is: {all}."),
            "Change the filter, or the attribute that it looks at.",
        ),
        Verdict::Unknown(clauses) => Finding::warn(
            format!(
                "Whether the scoping filter lets the person through cannot be evaluated here: {}.",
                clauses.join("; ")
            ),
            "Provision the person on demand: its scoping step says it.",
        ),
    })
}

/// What the mappings make of user name and mail address.
pub(super) fn address(facts: &Facts<'_>) -> Option<Finding> {
    let Some(mapping) = people(facts) else {
        let (name, mail) = (facts.person.user_principal_name.as_ref()?, facts.person.mail.as_ref()?);
        return (!name.eq_ignore_ascii_case(mail) && !facts.person.is_guest()).then(|| {
            Finding::warn(
                format!("The mail address {mail} differs from the principal name {name}."),
                "Databricks wants user name and mail address to be the same: see from what the attribute mappings take them.",
            )
        });
    };
    let value = |row: Option<&Row>| row.map_or(Previewed::Skipped, |row| value_of(row, facts.person));
    let row = mapping.row("userName");
    let source = row.map_or(&Source::Nothing, |row| &row.source).words();
    match (value(row), value(mapping.mail())) {
        (Previewed::Skipped, _) => Some(Finding::bad(
            format!(
                "The person would have no user name in Databricks: it comes from {source}, and that is empty."
            ),
            "Fill in that attribute in the directory, or map the user name from one that everybody has.",
        )),
        (Previewed::Value(name), Previewed::Value(mail)) if !name.eq_ignore_ascii_case(&mail) => {
            Some(Finding::warn(
                format!(
                    "The user name becomes {name}, the mail address {mail}. Databricks wants both to be the same, and may refuse the person."
                ),
                "Map both attributes from the same source, or give the person one address.",
            ))
        }
        (Previewed::Value(name), Previewed::Skipped) => Some(Finding::warn(
            format!("The user name becomes {name}, and no mail address comes with it."),
            "Fill in the mail address in the directory, or map it from the same source as the user name.",
        )),
        _ => None,
    }
}

/// What becomes of a guest's name.
pub(super) fn guest(facts: &Facts<'_>) -> Option<Finding> {
    if !facts.person.is_guest() {
        return None;
    }
    let name =
        people(facts).and_then(|mapping| mapping.row("userName")).map(|row| value_of(row, facts.person));
    let name = match name {
        Some(Previewed::Value(name)) => format!("the user name in Databricks becomes {name}"),
        _ => "what the user name in Databricks becomes is not computed here".to_owned(),
    };
    Some(Finding::warn(
        format!("The person is a guest from another tenant: {name}."),
        "See that the person signs in to Databricks with this name.",
    ))
}
