//! Scoping filters: clauses of a group must all hold, one of the groups suffices (Graph's `synchronization-filter`).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::text;

/// The operators (`define-conditional-rules-for-provisioning-user-accounts`; their names in the API are those of Graph's
/// `synchronization-filterclause`), and how many operands they have besides the attribute.
const OPERATORS: [(&str, usize); 11] = [
    ("EQUALS", 1),
    ("NOT EQUALS", 1),
    ("IS NULL", 0),
    ("IS NOT NULL", 0),
    ("IS TRUE", 0),
    ("IS FALSE", 0),
    ("REGEX MATCH", 1),
    ("NOT REGEX MATCH", 1),
    ("Includes", 1),
    ("ENDS_WITH", 1),
    ("Greater_Than", 1),
];

/// What `filterOperators` answers (Graph's `filteroperatorschema`).
pub(crate) fn operators() -> Vec<Value> {
    let one = |(name, operands): &(&str, usize)| {
        json!({
            "id": name,
            "name": name,
            "arity": if *operands == 0 { "Unary" } else { "Binary" },
            "multivaluedComparisonType": "All",
            "supportedAttributeTypes": ["String", "Boolean"],
        })
    };
    OPERATORS.iter().map(one).collect()
}

/// Whether an object passes a filter. Attributes without a value pass nothing but what asks for that; regular expressions are
/// compared as wholes, which is what scope filters by name need here.
pub(super) fn passes(scope: Option<&Value>, attributes: &BTreeMap<&'static str, String>) -> bool {
    let groups: Vec<&Value> =
        scope.and_then(|it| it.get("groups")).and_then(Value::as_array).into_iter().flatten().collect();
    let clauses = |group: &&Value| -> Vec<Value> {
        group.get("clauses").and_then(Value::as_array).cloned().unwrap_or_default()
    };
    groups.is_empty() || groups.iter().any(|group| clauses(group).iter().all(|it| holds(it, attributes)))
}

fn holds(clause: &Value, attributes: &BTreeMap<&'static str, String>) -> bool {
    let name = text(clause, "sourceOperandName");
    let held = attributes
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str());
    let wanted: Vec<&str> = (clause.get("targetOperand").and_then(|it| it.get("values")))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let operator = text(clause, "operatorName").to_ascii_uppercase().replace('_', " ");
    match (operator.as_str(), held) {
        ("IS NULL", held) => held.is_none(),
        ("IS NOT NULL", held) => held.is_some(),
        (_, None) => false,
        ("IS TRUE", Some(held)) => held == "True",
        ("IS FALSE", Some(held)) => held == "False",
        ("EQUALS" | "REGEX MATCH", Some(held)) => wanted.contains(&held),
        ("NOT EQUALS" | "NOT REGEX MATCH", Some(held)) => !wanted.contains(&held),
        ("INCLUDES", Some(held)) => wanted.iter().any(|it| held.contains(it)),
        ("ENDS WITH", Some(held)) => wanted.iter().any(|it| held.ends_with(it)),
        ("GREATER THAN", Some(held)) => {
            wanted.iter().any(|it| held.parse::<i64>().ok() > it.parse::<i64>().ok())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_alternatives_and_their_clauses_go_together() {
        let clause = |name: &str, operator: &str, value: &str| json!({ "sourceOperandName": name, "operatorName": operator, "targetOperand": { "values": [value] } });
        let scope = json!({ "groups": [
            { "clauses": [clause("department", "EQUALS", "Research"), clause("jobTitle", "NOT EQUALS", "Manager")] },
            { "clauses": [clause("mail", "IS NULL", "")] }
        ] });
        let lets = |pairs: &[(&'static str, &str)]| {
            let attributes = pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
            passes(Some(&scope), &attributes)
        };
        assert!(lets(&[("department", "Research"), ("jobTitle", "Analyst"), ("mail", "a@b")]));
        assert!(!lets(&[("department", "Research"), ("jobTitle", "Manager"), ("mail", "a@b")]));
        assert!(!lets(&[("department", "research"), ("jobTitle", "Analyst"), ("mail", "a@b")]));
        assert!(lets(&[("department", "Sales")]));
        assert!(!lets(&[("department", "Research"), ("mail", "a@b")]));
        assert!(passes(None, &BTreeMap::new()));
    }
}
