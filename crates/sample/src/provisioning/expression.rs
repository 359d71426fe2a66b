//! Attribute expressions: attributes in brackets, constants in quotes, and the functions that mappings into Databricks use
//! (Entra's `functions-for-customizing-application-data`).

use std::collections::BTreeMap;

/// Why an expression has no value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong(pub(super) String);

/// No expression may be longer (`known-issues`).
const LONGEST: usize = 10_000;

/// The value of an expression; none when it is null.
pub(super) fn value(
    text: &str,
    attributes: &BTreeMap<&'static str, String>,
) -> Result<Option<String>, Wrong> {
    if text.chars().count() > LONGEST {
        return Err(Wrong(format!("The expression has more than {LONGEST} characters.")));
    }
    let mut parser = Parser { rest: text.trim(), attributes };
    let value = parser.one()?;
    if parser.rest.trim().is_empty() { Ok(value) } else { Err(parser.unexpected()) }
}

struct Parser<'a> {
    rest: &'a str,
    attributes: &'a BTreeMap<&'static str, String>,
}

impl Parser<'_> {
    fn unexpected(&self) -> Wrong {
        Wrong(format!("The expression cannot be read at '{}'.", self.rest.trim()))
    }

    fn take(&mut self, start: char) -> bool {
        let rest = self.rest.trim_start();
        let found = rest.strip_prefix(start);
        self.rest = found.unwrap_or(rest);
        found.is_some()
    }

    fn until(&mut self, end: char) -> Result<String, Wrong> {
        let (text, rest) = self.rest.split_once(end).ok_or_else(|| self.unexpected())?;
        self.rest = rest;
        Ok(text.to_owned())
    }

    fn one(&mut self) -> Result<Option<String>, Wrong> {
        if self.take('[') {
            let name = self.until(']')?;
            let found = self.attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name));
            return Ok(found.map(|(_, value)| value.clone()));
        }
        if self.take('"') {
            return self.until('"').map(Some);
        }
        // A missing argument, as in `Switch([IsSoftDeleted], , "False", …)`.
        if self.rest.trim_start().starts_with([',', ')']) {
            return Ok(None);
        }
        if !self.rest.contains('(') {
            return Err(self.unexpected());
        }
        let name = self.until('(')?;
        let mut arguments = vec![self.one()?];
        while self.take(',') {
            arguments.push(self.one()?);
        }
        if !self.take(')') {
            return Err(self.unexpected());
        }
        call(name.trim(), &arguments)
    }
}

fn call(name: &str, arguments: &[Option<String>]) -> Result<Option<String>, Wrong> {
    let all = || arguments.iter().flatten();
    let first = arguments.first().cloned().flatten();
    Ok(match (name.to_ascii_lowercase().as_str(), arguments) {
        ("switch", [source, default, pairs @ ..]) => {
            let same = |key: &Option<String>| {
                key.as_deref().unwrap_or_default() == source.as_deref().unwrap_or_default()
            };
            let found = pairs.chunks_exact(2).find_map(|pair| match pair {
                [key, value] if same(key) => Some(value.clone()),
                _ => None,
            });
            found.unwrap_or_else(|| default.clone())
        }
        ("coalesce", _) => all().find(|value| !value.is_empty()).cloned(),
        ("append", [_, suffix]) => first.map(|text| text + suffix.as_deref().unwrap_or_default()),
        ("join", [separator, parts @ ..]) => {
            let parts: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
            Some(parts.join(separator.as_deref().unwrap_or_default()))
        }
        ("tolower", _) => first.map(|text| text.to_lowercase()),
        ("toupper", _) => first.map(|text| text.to_uppercase()),
        ("trim" | "stripspaces", _) => first.map(|text| text.replace(' ', "")),
        ("not", [_]) => first.map(|text| super::source::truth(!text.eq_ignore_ascii_case("true"))),
        _ => {
            return Err(Wrong(format!(
                "The function '{name}' is not known here, or its arguments are wrong."
            )));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Option<String>, Wrong> {
        let attributes = [("IsSoftDeleted", "False"), ("givenName", "Ada"), ("surname", "Lovelace")];
        value(text, &attributes.map(|(name, value)| (name, value.to_owned())).into())
    }

    fn some(text: &str) -> Result<Option<String>, Wrong> {
        Ok(Some(text.to_owned()))
    }

    #[test]
    fn the_forms_of_default_mappings_are_read() {
        assert_eq!(of(r#"Switch([IsSoftDeleted], , "False", "True", "True", "False")"#), some("True"));
        assert_eq!(of("Not([IsSoftDeleted])"), some("True"));
        assert_eq!(of(r#"Join(" ", [givenName], [surname])"#), some("Ada Lovelace"));
        assert_eq!(of(r#"Coalesce([mail], ToLower([givenName]))"#), some("ada"));
        assert_eq!(of(r#"Append([givenName], "@contoso.example")"#), some("Ada@contoso.example"));
        assert_eq!(of("[mail]"), Ok(None));
    }

    #[test]
    fn what_cannot_be_read_says_so() {
        assert!(of("Shuffle([givenName])").unwrap_err().0.contains("'Shuffle'"));
        assert!(of("[givenName").is_err());
        assert!(of("[givenName] [surname]").is_err());
    }
}
