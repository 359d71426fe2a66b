//! Filters of collections that are plain JSON: templates of the gallery, and the provisioning log.

use serde_json::Value;

use super::errors::GraphError;

/// A filter over JSON objects.
#[derive(Debug, PartialEq)]
pub(super) enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Compare(Operand, &'static str, Operand),
    Call(&'static str, Operand, Operand),
}

/// One side of a comparison.
#[derive(Debug, PartialEq)]
pub(super) enum Operand {
    /// `servicePrincipal/id`.
    Path(String),
    Literal(Value),
    Lower(Box<Operand>),
}

const COMPARISONS: [&str; 6] = ["eq", "ne", "gt", "ge", "lt", "le"];
const FUNCTIONS: [&str; 3] = ["contains", "startswith", "endswith"];

impl Filter {
    /// Reads a filter; only the named properties may stand in it.
    pub(super) fn parse(text: &str, properties: &[&str]) -> Result<Self, GraphError> {
        let mut parser = Parser { words: words(text)?, at: 0, properties };
        let filter = parser.or()?;
        if parser.at == parser.words.len() { Ok(filter) } else { Err(invalid(text)) }
    }

    pub(super) fn matches(&self, object: &Value) -> bool {
        match self {
            Self::And(all) => all.iter().all(|it| it.matches(object)),
            Self::Or(any) => any.iter().any(|it| it.matches(object)),
            Self::Not(it) => !it.matches(object),
            Self::Compare(left, how, right) => compare(&left.value(object), how, &right.value(object)),
            Self::Call(name, left, right) => {
                let (left, right) = (left.value(object), right.value(object));
                let wanted = right.as_str().unwrap_or_default();
                let holds = |text: &str| match *name {
                    "contains" => text.contains(wanted),
                    "startswith" => text.starts_with(wanted),
                    _ => text.ends_with(wanted),
                };
                match &left {
                    Value::Array(items) => items.iter().filter_map(Value::as_str).any(|it| it == wanted),
                    other => other.as_str().is_some_and(holds),
                }
            }
        }
    }
}

impl Operand {
    fn value(&self, object: &Value) -> Value {
        match self {
            Self::Path(path) => {
                path.split('/').try_fold(object, |value, part| value.get(part)).cloned().unwrap_or_default()
            }
            Self::Literal(value) => value.clone(),
            Self::Lower(inner) => match inner.value(object) {
                Value::String(text) => Value::String(text.to_lowercase()),
                other => other,
            },
        }
    }
}

/// Times compare as texts: all of them are in UTC and of one form, and a day alone comes before its hours.
fn compare(left: &Value, how: &str, right: &Value) -> bool {
    let order = match (left, right) {
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (a, b) => {
            return match how {
                "eq" => a == b,
                "ne" => a != b,
                _ => false,
            };
        }
    };
    match how {
        "eq" => order.is_eq(),
        "ne" => order.is_ne(),
        "gt" => order.is_gt(),
        "ge" => order.is_ge(),
        "lt" => order.is_lt(),
        _ => order.is_le(),
    }
}

fn invalid(text: &str) -> GraphError {
    GraphError::bad_request(format!("Invalid filter clause: '{text}'."))
}

#[derive(Clone, Debug, PartialEq)]
enum Word {
    Bare(String),
    Text(String),
    Sign(char),
}

fn words(text: &str) -> Result<Vec<Word>, GraphError> {
    let mut found = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' => {}
            '(' | ')' | ',' => found.push(Word::Sign(letter)),
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
                found.push(Word::Text(value));
            }
            start => {
                let mut word = String::from(start);
                while let Some(next) = letters.next_if(|it| !" (),'".contains(*it)) {
                    word.push(next);
                }
                found.push(Word::Bare(word));
            }
        }
    }
    Ok(found)
}

struct Parser<'a> {
    words: Vec<Word>,
    at: usize,
    properties: &'a [&'a str],
}

impl Parser<'_> {
    fn next(&mut self) -> Result<Word, GraphError> {
        let word = self.words.get(self.at).cloned().ok_or_else(|| invalid("unexpected end"))?;
        self.at += 1;
        Ok(word)
    }

    fn take(&mut self, wanted: &Word) -> bool {
        let found = self.words.get(self.at) == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn bare(&mut self, word: &str) -> bool {
        self.take(&Word::Bare(word.to_owned()))
    }

    fn sign(&mut self, sign: char) -> Result<(), GraphError> {
        if self.take(&Word::Sign(sign)) { Ok(()) } else { Err(invalid("unexpected token")) }
    }

    fn or(&mut self) -> Result<Filter, GraphError> {
        let mut any = vec![self.and()?];
        while self.bare("or") {
            any.push(self.and()?);
        }
        Ok(if any.len() == 1 { any.remove(0) } else { Filter::Or(any) })
    }

    fn and(&mut self) -> Result<Filter, GraphError> {
        let mut all = vec![self.one()?];
        while self.bare("and") {
            all.push(self.one()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Filter::And(all) })
    }

    fn one(&mut self) -> Result<Filter, GraphError> {
        if self.bare("not") {
            return Ok(Filter::Not(Box::new(self.one()?)));
        }
        if self.take(&Word::Sign('(')) {
            let inner = self.or()?;
            self.sign(')')?;
            return Ok(inner);
        }
        if let Some(Word::Bare(name)) = self.words.get(self.at)
            && let Some(function) = FUNCTIONS.into_iter().find(|it| name == it)
        {
            self.at += 1;
            self.sign('(')?;
            let left = self.operand()?;
            self.sign(',')?;
            let right = self.operand()?;
            self.sign(')')?;
            return Ok(Filter::Call(function, left, right));
        }
        let left = self.operand()?;
        let Word::Bare(how) = self.next()? else { return Err(invalid("an operator is missing")) };
        let how = COMPARISONS.into_iter().find(|it| *it == how).ok_or_else(|| invalid(&how))?;
        Ok(Filter::Compare(left, how, self.operand()?))
    }

    fn operand(&mut self) -> Result<Operand, GraphError> {
        let word = match self.next()? {
            Word::Text(text) => return Ok(Operand::Literal(Value::String(text))),
            Word::Bare(word) => word,
            Word::Sign(_) => return Err(invalid("unexpected token")),
        };
        if word == "tolower" {
            self.sign('(')?;
            let inner = self.operand()?;
            self.sign(')')?;
            return Ok(Operand::Lower(Box::new(inner)));
        }
        if self.properties.contains(&word.as_str()) {
            return Ok(Operand::Path(word));
        }
        match word.as_str() {
            "true" => Ok(Operand::Literal(Value::Bool(true))),
            "false" => Ok(Operand::Literal(Value::Bool(false))),
            "null" => Ok(Operand::Literal(Value::Null)),
            // Times are written without quotes.
            _ if word.starts_with(|it: char| it.is_ascii_digit()) => {
                Ok(Operand::Literal(Value::String(word)))
            }
            _ => Err(GraphError::bad_request(format!(
                "Invalid filter clause: no property '{word}' can be filtered by."
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_documented_form_is_read() {
        let properties = ["servicePrincipal/id", "activityDateTime", "jobId"];
        let text = "((contains(tolower(servicePrincipal/id), 'ab')) and activityDateTime gt 2026-11-01 and jobId eq 'J')";
        let filter = Filter::parse(text, &properties).unwrap();
        let entry = |id: &str, at: &str, job: &str| json!({ "servicePrincipal": { "id": id }, "activityDateTime": at, "jobId": job });
        assert!(filter.matches(&entry("xABx", "2026-11-01T00:00:00Z", "J")));
        assert!(!filter.matches(&entry("xABx", "2026-10-31T23:59:59Z", "J")));
        assert!(!filter.matches(&entry("xABx", "2026-11-02T00:00:00Z", "j")));
        assert!(Filter::parse("shoeSize eq 'x'", &properties).is_err());
        assert!(Filter::parse("jobId eq 'x", &properties).is_err());
    }
}
