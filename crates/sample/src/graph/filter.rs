//! `$filter` in the forms that clients use; everything else is refused as Graph refuses what it does not support.

use serde_json::Value;

use super::entity::{Entity, Visibility};
use super::errors::GraphError;

/// Graph refuses more alternatives than these in one filter.
const MOST_CLAUSES: usize = 15;

/// A parsed filter.
#[derive(Debug, PartialEq)]
pub(super) enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Equal(String, Value),
    In(String, Vec<Value>),
    StartsWith(String, String),
    EndsWith(String, String),
    /// `groupTypes/any(c:c eq 'Unified')`.
    Holds(String, Value),
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
}

impl Filter {
    /// Reads a filter. `fields` are the properties that may be filtered by; `advanced` allows what needs
    /// `ConsistencyLevel: eventual` with `$count=true`.
    pub(super) fn parse(text: &str, fields: &[&str], advanced: bool) -> Result<Self, GraphError> {
        let mut parser = Parser { tokens: tokens(text)?, at: 0, fields, advanced, clauses: 0 };
        let filter = parser.or()?;
        if parser.at < parser.tokens.len() {
            return Err(invalid(text));
        }
        if parser.clauses > MOST_CLAUSES {
            return Err(GraphError::unsupported(format!(
                "Too many child clauses specified in search filter expression containing 'OR' operators: {}. \
                 Max allowed: {MOST_CLAUSES}.",
                parser.clauses
            )));
        }
        Ok(filter)
    }

    pub(super) fn matches(&self, entity: Entity<'_>) -> bool {
        let value = |field: &str| entity.property(field, Visibility::Full).unwrap_or(Value::Null);
        match self {
            Self::And(all) => all.iter().all(|it| it.matches(entity)),
            Self::Or(any) => any.iter().any(|it| it.matches(entity)),
            Self::Not(it) => !it.matches(entity),
            Self::Equal(field, wanted) => same(&value(field), wanted),
            Self::In(field, any) => any.iter().any(|wanted| same(&value(field), wanted)),
            Self::StartsWith(field, start) => lower(&value(field)).starts_with(&start.to_lowercase()),
            Self::EndsWith(field, end) => lower(&value(field)).ends_with(&end.to_lowercase()),
            Self::Holds(field, wanted) => {
                value(field).as_array().is_some_and(|all| all.iter().any(|it| same(it, wanted)))
            }
        }
    }
}

fn lower(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_lowercase()
}

/// Graph compares texts without regard to case.
fn same(value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (Value::String(a), Value::String(b)) => a.to_lowercase() == b.to_lowercase(),
        _ => value == wanted,
    }
}

fn invalid(text: &str) -> GraphError {
    GraphError::new(400, "Request_BadRequest", format!("Invalid filter clause: '{text}'."))
}

fn unsupported(what: &str) -> GraphError {
    GraphError::unsupported(format!("Unsupported Query. {what}"))
}

fn tokens(text: &str) -> Result<Vec<Token>, GraphError> {
    let mut found = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' => {}
            '(' => found.push(Token::Open),
            ')' => found.push(Token::Close),
            ',' => found.push(Token::Comma),
            '\'' => {
                let mut value = String::new();
                loop {
                    match letters.next() {
                        Some('\'') if letters.peek() == Some(&'\'') => {
                            letters.next();
                            value.push('\'');
                        }
                        Some('\'') => break,
                        Some(other) => value.push(other),
                        None => return Err(invalid(text)),
                    }
                }
                found.push(Token::Text(value));
            }
            start => {
                let mut word = String::from(start);
                while let Some(next) = letters.next_if(|it| !" (),'".contains(*it)) {
                    word.push(next);
                }
                found.push(Token::Word(word));
            }
        }
    }
    Ok(found)
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    fields: &'a [&'a str],
    advanced: bool,
    clauses: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Result<Token, GraphError> {
        let token = self.tokens.get(self.at).cloned().ok_or_else(|| invalid("unexpected end"))?;
        self.at += 1;
        Ok(token)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found =
            matches!(self.tokens.get(self.at), Some(Token::Word(it)) if it.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, token: &Token) -> Result<(), GraphError> {
        if self.next()? == *token { Ok(()) } else { Err(invalid("unexpected token")) }
    }

    fn or(&mut self) -> Result<Filter, GraphError> {
        let mut any = vec![self.and()?];
        while self.take_word("or") {
            any.push(self.and()?);
        }
        Ok(single(any, Filter::Or))
    }

    fn and(&mut self) -> Result<Filter, GraphError> {
        let mut all = vec![self.one()?];
        while self.take_word("and") {
            all.push(self.one()?);
        }
        Ok(single(all, Filter::And))
    }

    fn one(&mut self) -> Result<Filter, GraphError> {
        match self.next()? {
            Token::Open => {
                let inner = self.or()?;
                self.expect(&Token::Close)?;
                Ok(inner)
            }
            Token::Word(word) if word.eq_ignore_ascii_case("not") => {
                self.need_advanced("not")?;
                Ok(Filter::Not(Box::new(self.one()?)))
            }
            Token::Word(word) => {
                self.clauses += 1;
                self.clause(&word)
            }
            _ => Err(invalid("unexpected token")),
        }
    }

    fn clause(&mut self, word: &str) -> Result<Filter, GraphError> {
        if let Some(collection) = word.strip_suffix("/any") {
            return self.any(collection);
        }
        let function = word.to_ascii_lowercase();
        if matches!(function.as_str(), "startswith" | "endswith") {
            self.expect(&Token::Open)?;
            let field = self.field()?;
            self.expect(&Token::Comma)?;
            let Token::Text(text) = self.next()? else { return Err(invalid(word)) };
            self.expect(&Token::Close)?;
            if function == "startswith" {
                return Ok(Filter::StartsWith(field, text));
            }
            self.need_advanced("endsWith")?;
            return Ok(Filter::EndsWith(field, text));
        }
        let field = self.known(word)?;
        let Token::Word(operator) = self.next()? else { return Err(invalid(word)) };
        match operator.to_ascii_lowercase().as_str() {
            "eq" => Ok(Filter::Equal(field, self.literal()?)),
            "ne" => {
                self.need_advanced("ne")?;
                Ok(Filter::Not(Box::new(Filter::Equal(field, self.literal()?))))
            }
            "in" => {
                self.expect(&Token::Open)?;
                let mut any = vec![self.literal()?];
                loop {
                    match self.next()? {
                        Token::Comma => any.push(self.literal()?),
                        Token::Close => break,
                        _ => return Err(invalid(word)),
                    }
                }
                self.clauses += any.len() - 1;
                Ok(Filter::In(field, any))
            }
            other => Err(unsupported(&format!("The operator '{other}' is not supported for '{field}'."))),
        }
    }

    /// `name/any(c:c eq 'value')`.
    fn any(&mut self, collection: &str) -> Result<Filter, GraphError> {
        if !matches!(collection, "groupTypes" | "tags" | "servicePrincipalNames")
            || !self.fields.contains(&collection)
        {
            return Err(unsupported(&format!("Property '{collection}' does not support filtering.")));
        }
        self.expect(&Token::Open)?;
        let (Token::Word(variable), Token::Word(operator)) = (self.next()?, self.next()?) else {
            return Err(invalid(collection));
        };
        if !variable.contains(':') || !operator.eq_ignore_ascii_case("eq") {
            return Err(unsupported("Only 'any' with 'eq' is supported."));
        }
        let value = self.literal()?;
        self.expect(&Token::Close)?;
        Ok(Filter::Holds(collection.to_owned(), value))
    }

    fn field(&mut self) -> Result<String, GraphError> {
        match self.next()? {
            Token::Word(word) => self.known(&word),
            _ => Err(invalid("a property is missing")),
        }
    }

    fn known(&self, word: &str) -> Result<String, GraphError> {
        if self.fields.contains(&word) {
            Ok(word.to_owned())
        } else {
            Err(unsupported(&format!("Filtering by '{word}' is not supported.")))
        }
    }

    fn literal(&mut self) -> Result<Value, GraphError> {
        match self.next()? {
            Token::Text(text) => Ok(Value::String(text)),
            Token::Word(word) => match word.as_str() {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                "null" => Ok(Value::Null),
                _ => Err(invalid(&word)),
            },
            _ => Err(invalid("a value is missing")),
        }
    }

    fn need_advanced(&self, what: &str) -> Result<(), GraphError> {
        if self.advanced {
            return Ok(());
        }
        Err(unsupported(&format!(
            "The '{what}' filter needs the header 'ConsistencyLevel: eventual' and the parameter '$count=true'."
        )))
    }
}

fn single(mut filters: Vec<Filter>, many: fn(Vec<Filter>) -> Filter) -> Filter {
    match filters.pop() {
        Some(only) if filters.is_empty() => only,
        Some(last) => {
            filters.push(last);
            many(filters)
        }
        None => many(filters),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &[&str] = &["displayName", "id", "securityEnabled", "groupTypes"];

    fn parse(text: &str, advanced: bool) -> Result<Filter, GraphError> {
        Filter::parse(text, FIELDS, advanced)
    }

    #[test]
    fn the_usual_forms_are_read() {
        let equal = |field: &str, text: &str| Filter::Equal(field.to_owned(), Value::String(text.to_owned()));
        assert_eq!(parse("displayName eq 'O''Neill'", false), Ok(equal("displayName", "O'Neill")));
        assert_eq!(
            parse("id eq 'a' or id eq 'b'", false),
            Ok(Filter::Or(vec![equal("id", "a"), equal("id", "b")]))
        );
        assert_eq!(
            parse("securityEnabled eq true and startswith(displayName,'Da')", false),
            Ok(Filter::And(vec![
                Filter::Equal("securityEnabled".to_owned(), Value::Bool(true)),
                Filter::StartsWith("displayName".to_owned(), "Da".to_owned())
            ]))
        );
        assert_eq!(
            parse("groupTypes/any(c:c eq 'Unified')", false),
            Ok(Filter::Holds("groupTypes".to_owned(), Value::String("Unified".to_owned())))
        );
    }

    #[test]
    fn what_graph_does_not_support_is_refused() {
        let code = |text, advanced| parse(text, advanced).map_err(|error| error.code);
        assert_eq!(code("displayName ne 'a'", false), Err("Request_UnsupportedQuery"));
        assert!(code("displayName ne 'a'", true).is_ok());
        assert_eq!(code("birthday eq 'a'", true), Err("Request_UnsupportedQuery"));
        assert_eq!(code("displayName eq 'a", true), Err("Request_BadRequest"));
        let many = vec!["id eq 'a'"; 16].join(" or ");
        assert_eq!(code(&many, true), Err("Request_UnsupportedQuery"));
    }
}
