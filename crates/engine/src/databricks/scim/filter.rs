//! Filters. Databricks knows only simple expressions: `eq`, `ne`, `co`, `sw`, joined by `and` and `or`.

/// `attribute eq "value"`, the value quoted as JSON quotes it (RFC 7644 3.4.2.2).
#[must_use]
pub fn equals(attribute: &str, value: &str) -> String {
    format!("{attribute} eq {}", serde_json::Value::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_cannot_leave_the_value() {
        assert_eq!(equals("displayName", r#"a" or id pr \"#), r#"displayName eq "a\" or id pr \\""#);
        assert_eq!(equals("userName", "o'neill@contoso.example"), r#"userName eq "o'neill@contoso.example""#);
    }
}
