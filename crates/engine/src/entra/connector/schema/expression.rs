//! Expressions of attribute mappings (`functions-for-customizing-application-data`), as far as their documentation leaves nothing to guess.

use super::preview::NotHere;

/// No expression goes deeper; the stack of a page is small.
const DEEPEST: usize = 40;

/// An expression.
#[derive(Debug, PartialEq, Eq)]
enum Expression<'t> {
    /// `[mail]`.
    Attribute(&'t str),
    /// `"text"`.
    Text(String),
    /// An argument that was left out, as in `Switch([IsSoftDeleted], , "False", …)`.
    Missing,
    /// `Name(…)`.
    Call(&'t str, Vec<Expression<'t>>),
}

/// The value of an expression; nothing, when it is null. `attribute` brings what the object has.
pub(super) fn value(
    text: &str,
    attribute: &dyn Fn(&str) -> Result<Option<String>, NotHere>,
) -> Result<Option<String>, NotHere> {
    let mut parser = Parser { rest: text };
    let expression = parser.one(0)?;
    if !parser.rest.trim().is_empty() {
        return Err(NotHere);
    }
    evaluate(&expression, attribute)
}

struct Parser<'t> {
    rest: &'t str,
}

impl<'t> Parser<'t> {
    fn take(&mut self, sign: char) -> bool {
        let rest = self.rest.trim_start();
        let found = rest.strip_prefix(sign);
        self.rest = found.unwrap_or(rest);
        found.is_some()
    }

    fn until(&mut self, end: char) -> Result<&'t str, NotHere> {
        let (text, rest) = self.rest.split_once(end).ok_or(NotHere)?;
        self.rest = rest;
        Ok(text)
    }

    /// A constant; a quotation mark and a backslash are escaped by a backslash.
    fn text(&mut self) -> Result<String, NotHere> {
        let mut letters = self.rest.chars();
        let mut text = String::new();
        loop {
            match letters.next().ok_or(NotHere)? {
                '"' => break,
                '\\' => {
                    let escaped = letters.next().filter(|letter| matches!(letter, '"' | '\\'));
                    text.push(escaped.ok_or(NotHere)?);
                }
                letter => text.push(letter),
            }
        }
        self.rest = letters.as_str();
        Ok(text)
    }

    fn one(&mut self, depth: usize) -> Result<Expression<'t>, NotHere> {
        if depth > DEEPEST {
            return Err(NotHere);
        }
        if self.take('[') {
            return self.until(']').map(Expression::Attribute);
        }
        if self.take('"') {
            return self.text().map(Expression::Text);
        }
        if self.rest.starts_with([',', ')']) {
            return Ok(Expression::Missing);
        }
        let name = self.until('(')?.trim();
        if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric()) {
            return Err(NotHere);
        }
        let mut arguments = vec![self.one(depth + 1)?];
        while self.take(',') {
            arguments.push(self.one(depth + 1)?);
        }
        if self.take(')') { Ok(Expression::Call(name, arguments)) } else { Err(NotHere) }
    }
}

fn evaluate(
    expression: &Expression<'_>,
    attribute: &dyn Fn(&str) -> Result<Option<String>, NotHere>,
) -> Result<Option<String>, NotHere> {
    let of = |expression: &Expression<'_>| evaluate(expression, attribute);
    // What these do with a null is not documented.
    let given = |expression: &Expression<'_>| of(expression)?.ok_or(NotHere);
    match expression {
        Expression::Attribute(name) => attribute(name),
        Expression::Text(text) => Ok(Some(text.clone())),
        Expression::Missing => Ok(None),
        Expression::Call(name, arguments) => match (*name, arguments.as_slice()) {
            ("Switch", [source, default, pairs @ ..]) if pairs.len() % 2 == 0 => {
                // A source that is empty is met by a key that is empty.
                let source = of(source)?.unwrap_or_default();
                for pair in pairs.chunks_exact(2) {
                    if let [key, value] = pair
                        && given(key)? == source
                    {
                        return of(value);
                    }
                }
                of(default)
            }
            ("Coalesce", sources) => {
                for source in sources {
                    if let Some(value) = of(source)? {
                        return Ok(Some(value));
                    }
                }
                Ok(None)
            }
            ("Join", [separator, sources @ ..]) if !sources.is_empty() => {
                let separator = given(separator)?;
                let sources = sources.iter().map(given).collect::<Result<Vec<String>, NotHere>>()?;
                Ok(Some(sources.join(&separator)))
            }
            ("Append", [source, suffix]) => Ok(Some(given(source)? + &given(suffix)?)),
            ("ToLower", [source]) => cased(&given(source)?, char::to_lowercase).map(Some),
            ("ToUpper", [source]) => cased(&given(source)?, char::to_uppercase).map(Some),
            ("StripSpaces", [source]) => Ok(Some(given(source)?.replace(' ', ""))),
            ("Not", [source]) => {
                let is = of(source)?.is_some_and(|text| text.eq_ignore_ascii_case("true"));
                Ok(Some(truth(!is).to_owned()))
            }
            _ => Err(NotHere),
        },
    }
}

/// Booleans as the service spells them.
pub(super) const fn truth(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// Case by letters. Where a letter becomes several, .NET and Unicode differ.
fn cased<I: Iterator<Item = char>>(text: &str, case: impl Fn(char) -> I) -> Result<String, NotHere> {
    let one = |letter| {
        let mut letters = case(letter);
        match (letters.next(), letters.next()) {
            (Some(letter), None) => Ok(letter),
            _ => Err(NotHere),
        }
    };
    text.chars().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Option<String>, NotHere> {
        value(text, &|name| match name {
            "IsSoftDeleted" => Ok(Some("False".to_owned())),
            "givenName" => Ok(Some("Ada".to_owned())),
            "surname" => Ok(Some("King Lovelace".to_owned())),
            "mail" => Ok(None),
            _ => Err(NotHere),
        })
    }

    #[test]
    fn documented_functions_have_their_values() {
        for (text, wanted) in [
            (r#"Switch([IsSoftDeleted], , "False", "True", "True", "False")"#, Some("True")),
            (r#"Switch([givenName], "none", "ada", "1")"#, Some("none")),
            (r#"Switch([mail], "none", "", "no mail")"#, Some("no mail")),
            (r#"Switch([givenName], , "Grace", "1")"#, None),
            ("Not([IsSoftDeleted])", Some("True")),
            ("Not([mail])", Some("True")),
            ("Coalesce([mail], [givenName])", Some("Ada")),
            (r#"Coalesce([mail], "")"#, Some("")),
            ("Coalesce([mail])", None),
            (r#"Join(", ", [surname], [givenName])"#, Some("King Lovelace, Ada")),
            (r#"Append(ToLower([givenName]), "@contoso.example")"#, Some("ada@contoso.example")),
            ("ToUpper(StripSpaces([surname]))", Some("KINGLOVELACE")),
            (r#" Append( "a\"b\\" , "c(),[]" ) "#, Some(r#"a"b\c(),[]"#)),
            ("[mail]", None),
        ] {
            assert_eq!(of(text), Ok(wanted.map(str::to_owned)), "{text}");
        }
    }

    #[test]
    fn nothing_is_guessed() {
        let deep = format!("{}[givenName]{}", "Not(".repeat(5_000), ")".repeat(5_000));
        for text in [
            // Functions and attributes that are not known here, and arguments that are not documented.
            "Mid([givenName], 1, 2)",
            "Coalesce([department], [givenName])",
            "tolower([givenName])",
            r#"ToLower([givenName], "tr-TR")"#,
            "ToLower([mail])",
            r#"Join(" ", [givenName], [mail])"#,
            r#"Join(" ")"#,
            r#"Append([mail], "x")"#,
            r#"Switch([givenName], "none", "Ada")"#,
            r#"ToUpper("Straße")"#,
            // What is no expression.
            "",
            "[givenName",
            "[givenName] [surname]",
            "IIF([givenName]=\"Ada\",\"1\",\"2\")",
            r#"Append("a\d", "b")"#,
            r#"Append("a, "b")"#,
            "Join(\"\", 1000, [givenName])",
            deep.as_str(),
        ] {
            assert_eq!(of(text), Err(NotHere), "{text}");
        }
    }
}
