//! Claims challenges: a service wants a token that proves more than the one it was given (identity platform:
//! `claims-challenge`). What it asks for is carried to the next sign-in as it came; nothing here reads meaning into it.
//!
//! The page does not declare the capability (`cp1`) that would make Graph send challenges, but Conditional Access and
//! authentication contexts may bring them all the same.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::http::Response;

/// Longer requests for claims do not fit into an address beside the rest.
const LONGEST: usize = 4096;
/// A header that is longer than this is not read.
const LONGEST_HEADER: usize = 16 * 1024;

/// A request for claims: a JSON object of bounded size, as `authorize` takes it (OpenID Connect Core, 5.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims(String);

impl Claims {
    /// Reads a request for claims. Nothing, when it is no JSON object, is empty or is too large.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > LONGEST {
            return None;
        }
        let value: Value = serde_json::from_str(text).ok()?;
        value.as_object().filter(|object| !object.is_empty())?;
        Some(Self(text.to_owned()))
    }

    /// Reads one that is packed in base64, with either alphabet, with or without padding.
    #[must_use]
    pub fn unpack(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('=');
        if text.len() > LONGEST * 2 {
            return None;
        }
        let bytes =
            BASE64_STANDARD_NO_PAD.decode(text).or_else(|_| BASE64_URL_SAFE_NO_PAD.decode(text)).ok()?;
        Self::parse(&String::from_utf8(bytes).ok()?)
    }

    /// The JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A service refused a token because it proves too little.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// What the next token must prove; nothing, where the service does not say it in a form that can be read.
    pub claims: Option<Claims>,
}

impl Challenge {
    /// The challenge in an answer of Graph. It comes with 401 (`claims-challenge`), and at times with 403.
    #[must_use]
    pub fn of(answer: &Response) -> Option<Self> {
        if !matches!(answer.status, 401 | 403) {
            return None;
        }
        answer
            .headers
            .iter()
            .filter(|(name, text)| name == "www-authenticate" && text.len() <= LONGEST_HEADER)
            .flat_map(|(_, text)| challenges(text))
            .find(|parameters| value(parameters, "error") == Some("insufficient_claims"))
            .map(|parameters| Self {
                // The page on challenges packs them in base64; plain JSON is read too.
                claims: value(&parameters, "claims")
                    .and_then(|text| Claims::unpack(text).or_else(|| Claims::parse(text))),
            })
    }
}

type Parameters = Vec<(String, String)>;

fn value<'p>(parameters: &'p Parameters, name: &str) -> Option<&'p str> {
    parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The parameters of each challenge in a `WWW-Authenticate` header (RFC 9110, 11.6.1). A word without a value is a scheme and
/// begins the next challenge: browsers join several headers with a comma.
fn challenges(text: &str) -> Vec<Parameters> {
    let mut all: Vec<Parameters> = Vec::new();
    let mut rest = text.trim_start_matches([' ', '\t', ',']);
    while !rest.is_empty() {
        let (word, after) = cut(rest, [' ', '\t', ',', '=', '"']);
        let after = after.trim_start();
        if let Some(value) = after.strip_prefix('=').filter(|_| !word.is_empty()) {
            let (value, after) = parameter(value.trim_start());
            if all.is_empty() {
                all.push(Parameters::new());
            }
            if let Some(last) = all.last_mut() {
                last.push((word.to_ascii_lowercase(), value));
            }
            rest = after;
        } else if word.is_empty() {
            // Nothing that means anything: go on behind it.
            let mut characters = after.chars();
            characters.next();
            rest = characters.as_str();
        } else {
            all.push(Parameters::new());
            rest = after;
        }
        rest = rest.trim_start_matches([' ', '\t', ',']);
    }
    all
}

/// A value, in quotes or bare, and what follows it.
fn parameter(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, rest) = cut(text, [' ', '\t', ',']);
        return (value.to_owned(), rest);
    };
    let mut value = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => value.extend(characters.next()),
            other => value.push(other),
        }
    }
    (value, characters.as_str())
}

/// The text before the first of these characters, and the rest that begins with it.
fn cut<const N: usize>(text: &str, at: [char; N]) -> (&str, &str) {
    text.find(at).and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the page `claims-challenge`.
    const HEADER: &str = "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", \
        error=\"insufficient_claims\", \
        claims=\"eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiY3AxIn19fQ==\"";
    const WANTED: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"cp1"}}}"#;

    fn answer(status: u16, headers: &[&str]) -> Response {
        let headers =
            headers.iter().map(|text| ("www-authenticate".to_owned(), (*text).to_owned())).collect();
        Response { status, headers, body: Vec::new() }
    }

    fn wanted(status: u16, headers: &[&str]) -> Option<Option<String>> {
        Challenge::of(&answer(status, headers))
            .map(|challenge| challenge.claims.map(|claims| claims.as_str().to_owned()))
    }

    #[test]
    fn a_challenge_is_read_with_its_claims() {
        assert_eq!(wanted(401, &[HEADER]), Some(Some(WANTED.to_owned())));
        assert_eq!(wanted(403, &[HEADER]), Some(Some(WANTED.to_owned())));
        // Beside another challenge, in one header or in two, and in the other order.
        let other = "Negotiate, Bearer error=\"invalid_token\", claims=\"e30\"";
        assert_eq!(wanted(401, &[&format!("{other}, {HEADER}")]), Some(Some(WANTED.to_owned())));
        assert_eq!(wanted(401, &[other, HEADER]), Some(Some(WANTED.to_owned())));
        let bare = "Bearer claims=eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiY3AxIn19fQ==,error=insufficient_claims";
        assert_eq!(wanted(401, &[bare]), Some(Some(WANTED.to_owned())));
        let plain =
            r#"Bearer error="insufficient_claims", claims="{\"access_token\":{\"nbf\":{\"value\":\"1\"}}}""#;
        assert_eq!(wanted(401, &[plain]), Some(Some(r#"{"access_token":{"nbf":{"value":"1"}}}"#.to_owned())));
    }

    #[test]
    fn a_challenge_whose_claims_cannot_be_read_is_still_one() {
        for claims in [
            "",
            ", claims=\"\"",
            ", claims=\"%%%\"",
            ", claims=\"W10=\"",
            ", claims=\"e30=\"",
            ", claims=\"e",
        ] {
            assert_eq!(
                wanted(401, &[&format!("Bearer error=\"insufficient_claims\"{claims}")]),
                Some(None),
                "{claims}"
            );
        }
    }

    #[test]
    fn other_refusals_are_no_challenges() {
        assert_eq!(wanted(200, &[HEADER]), None);
        assert_eq!(wanted(429, &[HEADER]), None);
        assert_eq!(wanted(401, &[]), None);
        for text in [
            "Bearer",
            "Bearer error=\"invalid_token\"",
            "error",
            "===",
            "\"",
            "Bearer x=\"insufficient_claims\"",
        ] {
            assert_eq!(wanted(401, &[text]), None, "{text}");
        }
        let long = format!("Bearer x=\"{}\", error=\"insufficient_claims\"", "a".repeat(LONGEST_HEADER));
        assert_eq!(wanted(401, &[&long]), None);
    }

    #[test]
    fn claims_are_an_object_of_bounded_size() {
        assert_eq!(Claims::parse(WANTED).unwrap().as_str(), WANTED);
        assert_eq!(Claims::parse(&format!(" {WANTED}\r\n")).unwrap().as_str(), WANTED);
        for text in ["", "{}", "[]", "null", "\"x\"", "{", "{\"a\":1}x"] {
            assert_eq!(Claims::parse(text), None, "{text}");
        }
        let of = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
        assert!(Claims::parse(&of(4096)).is_some());
        assert!(Claims::parse(&of(4097)).is_none());
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(1000), "]".repeat(1000));
        assert_eq!(Claims::parse(&deep), None);
    }
}
