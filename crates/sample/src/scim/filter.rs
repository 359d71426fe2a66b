//! SCIM filters as Databricks takes them: `eq`, `ne`, `co`, `sw`, joined by `and` and `or`, nothing else.

use super::errors::ScimError;
use super::record::{Kind, Record};

/// No filter may have more nodes: an attribute with its operator, a value, and each connective count one.
const MOST_NODES: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Comparison {
    attribute: &'static str,
    operator: Operator,
    value: String,
}

/// Alternatives of comparisons that must all hold: `and` binds tighter than `or`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filter(Vec<Vec<Comparison>>);

impl Filter {
    pub(super) fn parse(text: &str, kind: Kind) -> Result<Self, ScimError> {
        let words = words(text)?;
        let mut words = words.iter();
        let mut alternatives = vec![Vec::new()];
        let mut nodes = 0;
        loop {
            let (Some(Word::Bare(attribute)), Some(Word::Bare(operator))) = (words.next(), words.next())
            else {
                return Err(malformed(text));
            };
            let value = match words.next() {
                Some(Word::Quoted(value)) => value.clone(),
                Some(Word::Bare(value)) if matches!(value.as_str(), "true" | "false") => value.clone(),
                _ => return Err(malformed(text)),
            };
            nodes += 2;
            let comparison = Comparison {
                attribute: attribute_of(attribute, kind)?,
                operator: operator_of(operator)?,
                value,
            };
            if let Some(all) = alternatives.last_mut() {
                all.push(comparison);
            }
            match words.next() {
                None => break,
                Some(Word::Bare(and)) if and.eq_ignore_ascii_case("and") => {}
                Some(Word::Bare(or)) if or.eq_ignore_ascii_case("or") => alternatives.push(Vec::new()),
                Some(_) => return Err(malformed(text)),
            }
            nodes += 1;
        }
        if nodes > MOST_NODES {
            return Err(ScimError::Databricks(
                400,
                "INVALID_FILTER",
                format!("The filter has {nodes} nodes. At most {MOST_NODES} are allowed."),
            ));
        }
        Ok(Self(alternatives))
    }

    pub(super) fn matches(&self, record: &Record) -> bool {
        self.0.iter().any(|all| all.iter().all(|it| it.matches(record)))
    }
}

impl Comparison {
    fn matches(&self, record: &Record) -> bool {
        let id;
        let held: Vec<&str> = match self.attribute {
            "id" => {
                id = record.id.to_string();
                vec![&id]
            }
            "displayName" => vec![&record.display_name],
            "active" => vec![if record.active { "true" } else { "false" }],
            "roles" => record.roles.iter().map(String::as_str).collect(),
            _ => vec![&record.name],
        };
        // Compared as stored, in lower case: whoever asks with capitals finds nobody.
        let wanted = self.value.as_str();
        match self.operator {
            Operator::Equal => held.contains(&wanted),
            Operator::NotEqual => !held.contains(&wanted),
            Operator::Contains => held.iter().any(|it| it.contains(wanted)),
            Operator::StartsWith => held.iter().any(|it| it.starts_with(wanted)),
        }
    }
}

enum Word {
    Bare(String),
    Quoted(String),
}

fn malformed(text: &str) -> ScimError {
    ScimError::invalid_filter(format!("Given filter is not supported: {text}"))
}

/// Reads the one form of filter in a path, `value eq "…"`, and gives the value.
pub(super) fn value_filter(text: &str) -> Result<String, ScimError> {
    match words(text)?.as_slice() {
        [Word::Bare(attribute), Word::Bare(operator), Word::Quoted(value)]
            if attribute.eq_ignore_ascii_case("value") && operator.eq_ignore_ascii_case("eq") =>
        {
            Ok(value.clone())
        }
        _ => Err(ScimError::invalid_path(format!("The filter of the path is not supported: {text}"))),
    }
}

fn words(text: &str) -> Result<Vec<Word>, ScimError> {
    let mut found = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == ' ' {
            continue;
        }
        if letter == '"' {
            let mut value = String::new();
            loop {
                match letters.next() {
                    Some('"') => break,
                    Some('\\') => value.push(letters.next().ok_or_else(|| malformed(text))?),
                    Some(other) => value.push(other),
                    None => return Err(malformed(text)),
                }
            }
            found.push(Word::Quoted(value));
            continue;
        }
        let mut word = String::from(letter);
        while let Some(next) = letters.next_if(|it| !" \"".contains(*it)) {
            word.push(next);
        }
        // No grouping, and the quotes of other languages are not those of SCIM.
        if word.contains(['(', ')', '[', ']', '\'', '`']) {
            return Err(malformed(text));
        }
        found.push(Word::Bare(word));
    }
    Ok(found)
}

fn operator_of(text: &str) -> Result<Operator, ScimError> {
    match text.to_ascii_lowercase().as_str() {
        "eq" => Ok(Operator::Equal),
        "ne" => Ok(Operator::NotEqual),
        "co" => Ok(Operator::Contains),
        "sw" => Ok(Operator::StartsWith),
        _ => Err(ScimError::invalid_filter("Given filter operator is not supported")),
    }
}

fn attribute_of(text: &str, kind: Kind) -> Result<&'static str, ScimError> {
    let known: &[(&str, &'static str)] = match kind {
        Kind::User => &[
            ("username", "userName"),
            ("displayname", "displayName"),
            ("id", "id"),
            ("active", "active"),
            ("emails", "emails"),
            ("emails.value", "emails"),
            ("roles", "roles"),
            ("roles.value", "roles"),
        ],
        Kind::Group => &[("displayname", "displayName"), ("id", "id")],
        Kind::ServicePrincipal => {
            &[("applicationid", "applicationId"), ("displayname", "displayName"), ("id", "id")]
        }
    };
    let wanted = text.to_ascii_lowercase();
    known
        .iter()
        .find(|(name, _)| *name == wanted)
        .map(|(_, attribute)| *attribute)
        .ok_or_else(|| ScimError::invalid_filter(format!("Given filter attribute is not supported: {text}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> Record {
        Record::new(Kind::User, name, "Some Body")
    }

    fn matches(filter: &str, name: &str) -> bool {
        Filter::parse(filter, Kind::User).unwrap().matches(&user(name))
    }

    #[test]
    fn the_four_operators_work() {
        assert!(matches("userName eq \"a@x\"", "a@x"));
        assert!(matches("userName ne \"b@x\" AND userName co \"@\"", "a@x"));
        assert!(matches("userName sw \"zz\" or emails.value sw \"a\"", "a@x"));
        assert!(matches("userName eq \"q\\\"uote\"", "q\"uote"));
        assert!(matches("active eq true", "a@x"));
        assert!(!matches("userName eq \"A@x\"", "a@x"), "compared as stored");
    }

    #[test]
    fn everything_else_is_refused() {
        let detail = |text| match Filter::parse(text, Kind::User) {
            Err(ScimError::Scim(400, Some("invalidFilter"), detail)) => detail,
            other => panic!("{other:?}"),
        };
        assert_eq!(detail("userName gt \"a\""), "Given filter operator is not supported");
        assert_eq!(detail("externalId eq \"a\""), "Given filter attribute is not supported: externalId");
        for text in [
            "",
            "userName pr",
            "userName eq 'a'",
            "(userName eq \"a\")",
            "not userName eq \"a\"",
            "userName eq \"a",
        ] {
            assert!(!detail(text).is_empty());
        }
    }

    #[test]
    fn two_hundred_nodes_are_the_limit() {
        let terms = |many| vec!["userName eq \"a\""; many].join(" or ");
        assert!(Filter::parse(&terms(67), Kind::User).is_ok());
        assert!(matches!(
            Filter::parse(&terms(68), Kind::User),
            Err(ScimError::Databricks(400, "INVALID_FILTER", _))
        ));
    }
}
