//! Scoping filters: which of the assigned are let through. The clauses of a filter must all hold, one of the filters suffices
//! (`define-conditional-rules-for-provisioning-user-accounts`, Graph's `synchronization-filter`).

use serde_json::Value;

use super::preview::{Attributes, NotHere};
use super::{list, text};
use crate::entra::directory::Person;

/// The filters of a mapping. Each set lets through what one of its filters lets through; an empty set lets through everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// The usual ones. Whoever leaves their scope is deprovisioned.
    pub scope: Vec<FilterGroup>,
    /// Experimental in Graph: whoever they keep out is not looked at, and stays as it is.
    pub input: Vec<FilterGroup>,
    /// Experimental in Graph: which objects belong to this mapping at all.
    pub category: Vec<FilterGroup>,
}

/// One filter: its clauses must all hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterGroup {
    /// What the administrator called it.
    pub name: String,
    /// The clauses.
    pub clauses: Vec<Clause>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// The attribute of the directory.
    pub attribute: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what.
    pub values: Vec<String>,
}

/// How a clause compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Letter by letter.
    Equals,
    /// Not that, letter by letter.
    NotEquals,
    /// There is no value.
    IsNull,
    /// There is a value.
    IsNotNull,
    /// Any other, by its name.
    Other(String),
}

/// What filters make of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Let through.
    Passes,
    /// Kept out.
    Fails,
    /// These clauses decide, and cannot be evaluated here.
    Unknown(Vec<String>),
}

impl Filters {
    pub(super) fn of(scope: &Value) -> Self {
        let set = |name| list(scope, name).map(FilterGroup::of).collect();
        Self { scope: set("groups"), input: set("inputFilterGroups"), category: set("categoryFilterGroups") }
    }

    /// Whether everything is let through.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sets().into_iter().all(<[FilterGroup]>::is_empty)
    }

    /// All filters, as one line each.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        self.sets().into_iter().flatten().map(FilterGroup::words).collect()
    }

    /// What they make of a person.
    #[must_use]
    pub fn verdict(&self, person: &Person) -> Verdict {
        let attributes = Attributes::of(person);
        all(self.sets().into_iter().map(|set| any(set.iter().map(|group| group.verdict(&attributes)))))
    }

    fn sets(&self) -> [&[FilterGroup]; 3] {
        [&self.category, &self.input, &self.scope]
    }
}

/// All of them must pass.
fn all(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let mut open = Vec::new();
    for verdict in verdicts {
        match verdict {
            Verdict::Passes => {}
            Verdict::Fails => return Verdict::Fails,
            Verdict::Unknown(clauses) => open.extend(clauses),
        }
    }
    if open.is_empty() { Verdict::Passes } else { Verdict::Unknown(open) }
}

/// One of them suffices; none at all lets everything through.
fn any(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let (mut open, mut some) = (Vec::new(), false);
    for verdict in verdicts {
        some = true;
        match verdict {
            Verdict::Passes => return Verdict::Passes,
            Verdict::Fails => {}
            Verdict::Unknown(clauses) => open.extend(clauses),
        }
    }
    match (some, open.is_empty()) {
        (false, _) => Verdict::Passes,
        (true, true) => Verdict::Fails,
        (true, false) => Verdict::Unknown(open),
    }
}

impl FilterGroup {
    fn of(group: &Value) -> Self {
        Self {
            name: text(group, "name").to_owned(),
            clauses: list(group, "clauses").map(Clause::of).collect(),
        }
    }

    /// The filter as one line.
    #[must_use]
    pub fn words(&self) -> String {
        let clauses: Vec<String> = self.clauses.iter().map(Clause::words).collect();
        let clauses = if clauses.is_empty() { "everybody".to_owned() } else { clauses.join(" and ") };
        if self.name.is_empty() { clauses } else { format!("{}: {clauses}", self.name) }
    }

    fn verdict(&self, attributes: &Attributes<'_>) -> Verdict {
        all(self.clauses.iter().map(|clause| match clause.holds(attributes) {
            Ok(true) => Verdict::Passes,
            Ok(false) => Verdict::Fails,
            Err(NotHere) => Verdict::Unknown(vec![clause.words()]),
        }))
    }
}

impl Clause {
    fn of(clause: &Value) -> Self {
        let name = text(clause, "operatorName").trim();
        // The portal writes these names with blanks, others with underscores.
        let operator = match name.to_ascii_uppercase().replace('_', " ").as_str() {
            "EQUALS" => Operator::Equals,
            "NOT EQUALS" => Operator::NotEquals,
            "IS NULL" => Operator::IsNull,
            "IS NOT NULL" => Operator::IsNotNull,
            _ => Operator::Other(name.to_owned()),
        };
        let values = list(clause.get("targetOperand").unwrap_or(&Value::Null), "values");
        Self {
            attribute: text(clause, "sourceOperandName").to_owned(),
            operator,
            values: values
                .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                .collect(),
        }
    }

    /// The clause in words.
    #[must_use]
    pub fn words(&self) -> String {
        let Self { attribute, operator, values } = self;
        let values: Vec<String> = values.iter().map(|value| format!("“{value}”")).collect();
        let values = values.join(" or ");
        match operator {
            Operator::Equals => format!("{attribute} is {values}"),
            Operator::NotEquals => format!("{attribute} is not {values}"),
            Operator::IsNull => format!("{attribute} is empty"),
            Operator::IsNotNull => format!("{attribute} is not empty"),
            Operator::Other(name) => format!("{attribute} {name} {values}").trim_end().to_owned(),
        }
    }

    /// Whether it holds. Comparisons are case-sensitive, and fail where there is no value. What several values mean is not
    /// documented, and a guest's principal name may be compared before or after Entra shortens it.
    fn holds(&self, attributes: &Attributes<'_>) -> Result<bool, NotHere> {
        let held = attributes.text(&self.attribute)?;
        match (&self.operator, self.values.as_slice()) {
            (Operator::IsNull, _) => Ok(held.is_none()),
            (Operator::IsNotNull, _) => Ok(held.is_some()),
            (Operator::Equals, [wanted]) => Ok(held.is_some_and(|held| held == wanted)),
            (Operator::NotEquals, [wanted]) => Ok(held.is_some_and(|held| held != wanted)),
            _ => Err(NotHere),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use serde_json::json;

    use super::*;

    fn clause(attribute: &str, operator: &str, values: &[&str]) -> Value {
        json!({ "sourceOperandName": attribute, "operatorName": operator, "targetOperand": { "values": values } })
    }

    fn filters(groups: &[&[Value]]) -> Filters {
        let groups: Vec<Value> =
            groups.iter().map(|clauses| json!({ "name": "", "clauses": clauses })).collect();
        Filters::of(&json!({ "groups": groups, "inputFilterGroups": null }))
    }

    fn person(fields: &Value) -> Person {
        let mut all = json!({ "id": "00000000-0000-0000-0000-000000000001", "displayName": "Ada Lovelace", "surname": "Lovelace",
            "givenName": null, "mail": "ada@contoso.example", "userPrincipalName": "ada@contoso.example",
            "accountEnabled": true, "userType": "Member" });
        for (name, value) in fields.as_object().unwrap() {
            all[name] = value.clone();
        }
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn filters_are_told_as_alternatives_of_conditions() {
        let scope = json!({
            "groups": [
                { "name": "Research", "clauses": [clause("department", "EQUALS", &["Research"]), clause("mail", "IS NOT NULL", &[])] },
                { "clauses": [clause("surname", "REGEX MATCH", &["A.*"])] },
                { "name": "All", "clauses": [] },
            ],
            "inputFilterGroups": [{ "clauses": [clause("mail", "NOT_EQUALS", &["a@b", "c@d"])] }],
        });
        let filters = Filters::of(&scope);
        assert_eq!(
            filters.words(),
            [
                "mail is not “a@b” or “c@d”",
                "Research: department is “Research” and mail is not empty",
                "surname REGEX MATCH “A.*”",
                "All: everybody"
            ]
        );
        assert!(!filters.is_empty());
        assert!(Filters::of(&Value::Null).is_empty());
    }

    #[test]
    fn what_can_be_evaluated_is() {
        let ada = person(&json!({}));
        let verdict = |groups: &[&[Value]]| filters(groups).verdict(&ada);
        assert_eq!(verdict(&[]), Verdict::Passes);
        assert_eq!(verdict(&[&[clause("surname", "EQUALS", &["Lovelace"])]]), Verdict::Passes);
        // Letters count.
        assert_eq!(verdict(&[&[clause("surname", "EQUALS", &["lovelace"])]]), Verdict::Fails);
        // What has no value is let through by nothing but IS NULL.
        assert_eq!(verdict(&[&[clause("givenName", "NOT EQUALS", &["Ada"])]]), Verdict::Fails);
        assert_eq!(verdict(&[&[clause("givenName", "IS NULL", &[])]]), Verdict::Passes);
        // All clauses of one, or one of several.
        let no = clause("surname", "EQUALS", &["Byron"]);
        let yes = clause("mail", "NOT EQUALS", &["x@contoso.example"]);
        assert_eq!(verdict(&[&[no.clone(), yes.clone()]]), Verdict::Fails);
        assert_eq!(verdict(&[&[no], &[yes]]), Verdict::Passes);
    }

    #[test]
    fn what_cannot_be_evaluated_is_named_where_it_decides() {
        let guest = person(
            &json!({ "userPrincipalName": "gina_fabrikam.example#EXT#@contoso.example", "userType": "Guest" }),
        );
        let open = |words: &str| Verdict::Unknown(vec![words.to_owned()]);
        let verdict = |groups: &[&[Value]]| filters(groups).verdict(&guest);
        let department = clause("department", "EQUALS", &["Sales"]);
        assert_eq!(verdict(&[from_ref(&department)]), open("department is “Sales”"));
        let no = clause("surname", "EQUALS", &["Byron"]);
        assert_eq!(verdict(&[&[department.clone(), no.clone()]]), Verdict::Fails);
        assert_eq!(verdict(&[from_ref(&department), &[no]]), open("department is “Sales”"));
        let yes = clause("surname", "EQUALS", &["Lovelace"]);
        assert_eq!(verdict(&[&[department], &[yes]]), Verdict::Passes);
        for clause in [
            clause("surname", "Includes", &["Love"]),
            clause("surname", "EQUALS", &["Lovelace", "Byron"]),
            clause("userPrincipalName", "EQUALS", &["gina@fabrikam.example"]),
            clause("accountEnabled", "IS TRUE", &[]),
        ] {
            assert!(matches!(verdict(&[from_ref(&clause)]), Verdict::Unknown(_)), "{clause}");
        }
        // Fields that could not be read are not empty.
        let hidden = person(&json!({ "userPrincipalName": null, "accountEnabled": null, "mail": null }));
        let filters = filters(&[&[clause("mail", "IS NULL", &[])]]);
        assert_eq!(filters.verdict(&hidden), open("mail is empty"));
    }
}
