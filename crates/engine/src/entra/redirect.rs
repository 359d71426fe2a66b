//! The page's own address as Entra takes it for a redirect URI.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Entra takes no longer ones.
const LONGEST: usize = 256;

/// An address that can be registered as a redirect URI of a single-page application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUri(String);

/// Why Entra would not take an address (identity platform: "Redirect URI restrictions and limitations").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectError {
    /// Neither https nor `http://localhost`.
    Insecure,
    /// A loopback address in numbers: the portal refuses it for single-page applications.
    Numbers,
    /// A name under `localhost`.
    Subdomain,
    /// Longer than 256 characters.
    TooLong,
    /// A character that redirect URIs may not hold.
    Character(char),
    /// No address at all.
    Malformed,
}

impl fmt::Display for RedirectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Insecure => f.write_str("Entra takes https addresses only, and plain http on localhost. Serve the page with https."),
            Self::Numbers => f.write_str("Entra does not take loopback addresses in numbers here. Open the page as http://localhost instead."),
            Self::Subdomain => f.write_str("Entra takes \"localhost\" itself and no name below it. Open the page as http://localhost."),
            Self::TooLong => f.write_str("Entra takes no redirect URI of more than 256 characters. Serve the page under a shorter path."),
            Self::Character(c) => write!(f, "Entra does not take the character {c} in a redirect URI. Serve the page under another path."),
            Self::Malformed => f.write_str("This is no web address."),
        }
    }
}

impl std::error::Error for RedirectError {}

impl RedirectUri {
    /// Checks an address.
    ///
    /// # Errors
    /// [`RedirectError`] says what Entra would not take.
    pub fn parse(text: &str) -> Result<Self, RedirectError> {
        let (secure, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(RedirectError::Malformed),
        };
        if let Some(bad) = rest.chars().find(|c| !is_plain(*c)) {
            return Err(RedirectError::Character(bad));
        }
        if text.len() > LONGEST {
            return Err(RedirectError::TooLong);
        }
        let authority = rest.split('/').next().unwrap_or_default();
        let name = authority.split(':').next().unwrap_or_default();
        match name {
            "" => Err(RedirectError::Malformed),
            "127.0.0.1" => Err(RedirectError::Numbers),
            "localhost" => Ok(Self(text.to_owned())),
            _ if name.ends_with(".localhost") => Err(RedirectError::Subdomain),
            _ if secure => Ok(Self(text.to_owned())),
            _ => Err(RedirectError::Insecure),
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The characters that need no quoting anywhere: not in a shell, not in PowerShell, not in a query of Graph.
const fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '/' | ':' | '.' | '-' | '_' | '~' | '%')
}

impl TryFrom<String> for RedirectUri {
    type Error = RedirectError;

    fn try_from(text: String) -> Result<Self, RedirectError> {
        Self::parse(&text)
    }
}

impl From<RedirectUri> for String {
    fn from(uri: RedirectUri) -> Self {
        uri.0
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_entra_takes_is_told_from_what_it_refuses() {
        for good in [
            "http://localhost:8080/",
            "https://wizard.contoso.example/",
            "https://contoso.example/scim/setup/",
        ] {
            assert_eq!(RedirectUri::parse(good).map(String::from).as_deref(), Ok(good));
        }
        let long = format!("https://contoso.example/{}/", "a".repeat(256));
        let cases = [
            ("http://wizard.contoso.example/", RedirectError::Insecure),
            ("http://127.0.0.1:8080/", RedirectError::Numbers),
            ("http://scim.localhost:8080/", RedirectError::Subdomain),
            ("https://contoso.example/it's/", RedirectError::Character('\'')),
            ("https://contoso.example/(x)/", RedirectError::Character('(')),
            ("http://[::1]:8080/", RedirectError::Character('[')),
            ("file:///index.html", RedirectError::Malformed),
            ("", RedirectError::Malformed),
            (&long, RedirectError::TooLong),
        ];
        for (text, error) in cases {
            assert_eq!(RedirectUri::parse(text), Err(error), "{text}");
        }
    }
}
