//! The identifiers that people copy out of the portal, checked before they are used.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::pasted::is_around;

/// A GUID in its usual form: lower case, with hyphens.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Guid(String);

/// Why a text is no GUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuidError {
    /// Nothing was given.
    Empty,
    /// A domain name stands where an id belongs.
    Domain,
    /// A web address stands where an id belongs.
    Address,
    /// Something that is longer than an id and looks like a secret.
    Secret,
    /// Anything else.
    Malformed,
}

impl GuidError {
    /// The message for a field that asks for the id called `name`.
    #[must_use]
    pub fn message(self, name: &str) -> String {
        let wrong = match self {
            Self::Empty => return format!("Enter the {name}."),
            Self::Domain => "This is a domain name",
            Self::Address => "This is a web address",
            Self::Secret => {
                "This looks like a secret, which is not needed here and should be kept away from pages"
            }
            Self::Malformed => "This is not an identifier",
        };
        format!(
            "{wrong}. The {name} has 36 characters, like 00000000-0000-0000-0000-000000000000: copy it from the \
             application's Overview page."
        )
    }
}

impl Guid {
    /// Reads a GUID as people paste it: blanks, quotes and braces around it are dropped, upper case is lowered.
    ///
    /// # Errors
    /// [`GuidError`] says what the text looks like instead.
    pub fn parse(text: &str) -> Result<Self, GuidError> {
        let trimmed = text.trim_matches(|c: char| is_around(c) || "{}()<>,;".contains(c));
        if trimmed.is_empty() {
            return Err(GuidError::Empty);
        }
        let groups: Vec<_> = trimmed.split('-').map(str::len).collect();
        let hex = trimmed.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
        if hex && groups == [8, 4, 4, 4, 12] {
            return Ok(Self(trimmed.to_ascii_lowercase()));
        }
        Err(if trimmed.contains("://") {
            GuidError::Address
        } else if trimmed.contains('~')
            || (!hex && trimmed.chars().count() > 36 && !trimmed.contains(char::is_whitespace))
        {
            GuidError::Secret
        } else if trimmed.contains('.') && trimmed.is_ascii() && !trimmed.contains(char::is_whitespace) {
            GuidError::Domain
        } else {
            GuidError::Malformed
        })
    }

    /// The one of zeros alone.
    #[must_use]
    pub fn zero() -> Self {
        Self("00000000-0000-0000-0000-000000000000".to_owned())
    }

    /// The GUID as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Guid {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|error| error.message("identifier"))
    }
}

impl From<Guid> for String {
    fn from(guid: Guid) -> Self {
        guid.0
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Guid);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// The Application (client) ID of a registration.
    ClientId
}
id! {
    /// The Directory (tenant) ID.
    TenantId
}
id! {
    /// The object id of a person, group or service principal in the directory. It never changes: identity hangs on it.
    ObjectId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_paste_is_read() {
        for pasted in [
            "2FF814A6-3304-4AB8-85CB-CD0E6F879C1D",
            " 2ff814a6-3304-4ab8-85cb-cd0e6f879c1d\n",
            "\"2ff814a6-3304-4ab8-85cb-cd0e6f879c1d\"",
            "{2ff814a6-3304-4ab8-85cb-cd0e6f879c1d}",
        ] {
            assert_eq!(Guid::parse(pasted).unwrap().as_str(), "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d");
        }
    }

    #[test]
    fn look_alikes_are_named() {
        assert_eq!(Guid::parse("  "), Err(GuidError::Empty));
        assert_eq!(Guid::parse("contoso.example"), Err(GuidError::Domain));
        assert_eq!(Guid::parse("https://portal.example/x"), Err(GuidError::Address));
        assert_eq!(Guid::parse("abc8Q~xYz.1234567890123456789012345678"), Err(GuidError::Secret));
        assert_eq!(Guid::parse("2ff814a6-3304-4ab8-85cb"), Err(GuidError::Malformed));
        assert_eq!(Guid::parse("2ff814a633044ab885cbcd0e6f879c1d"), Err(GuidError::Malformed));
    }
}
