//! Values that must never be seen.

use std::fmt;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroize;

/// A value that is never printed, never serialised, and wiped from memory when dropped.
///
/// There is no `Serialize`, no `Display` and no `PartialEq`; `Debug` shows a mark. What it cannot promise: copies that
/// the browser or the allocator make on the way (a `fetch` header, a grown string) are out of its reach.
#[derive(Clone)]
pub struct Secret<T: Zeroize = String>(T);

impl<T: Zeroize> Secret<T> {
    /// Takes a value into keeping.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Every use of this is a place to look at in a review.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl Secret {
    /// The value of an `Authorization` header with this secret as bearer token.
    #[must_use]
    pub fn bearer(&self) -> Self {
        Self(format!("Bearer {}", self.0))
    }

    /// Whether there is anything in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

// Taking a secret in is fine; there is no way to write one out.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Puts another text in the place of one that may hold a secret, and wipes that one first.
pub fn overwrite(text: &mut String, with: &str) {
    text.zeroize();
    text.push_str(with);
}

/// How tokens begin: of Databricks workspaces and accounts, OAuth secrets of service principals, and JWTs.
const BEGINNINGS: [&str; 5] = ["dapi", "dsapi", "dose", "dkea", "eyJ"];
/// Shorter words that begin so are no tokens.
const SHORTEST: usize = 16;

/// A text without what begins as tokens do: services repeat at times what they were sent, and their words are shown and kept.
/// A token without such a beginning is not known by its looks; nothing here is sent with one.
#[must_use]
pub fn scrub(text: &str) -> String {
    let inside =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '+' | '/' | '=' | '%');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = BEGINNINGS.iter().filter_map(|start| rest.find(start)).min() {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let end = from.find(|c| !inside(c)).unwrap_or(from.len());
        let (word, after) = from.split_at_checked(end).unwrap_or((from, ""));
        out.push_str(before);
        out.push_str(if word.len() >= SHORTEST { "[secret]" } else { word });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_taken_out_of_words() {
        for (text, expected) in [
            ("", ""),
            ("Invalid access token.", "Invalid access token."),
            ("Token dapi0123456789abcdef-2 is expired", "Token [secret] is expired"),
            ("token=dsapi0123456789abcdef&x=1", "token=[secret]&x=1"),
            ("\"eyJ0eXAiOiJKV1Qi.eyJhdWQi.sig_-\",", "\"[secret]\","),
            (
                "dapi is how tokens begin; see /api/2.0/preview/scim",
                "dapi is how tokens begin; see /api/2.0/preview/scim",
            ),
            ("token=eyJ0eXAiOiJKV1Qi.eyJhdWQi.c2ln==", "token=[secret]"),
            ("GET /api/2.0/token/dapi0123456789abcdef HTTP/1.1", "GET /api/2.0/token/[secret] HTTP/1.1"),
            ("authorization=Bearer%20dapi0123456789abcdef;", "authorization=Bearer%20[secret];"),
            ("für Zoë: dose0123456789abcdefé", "für Zoë: [secret]é"),
        ] {
            assert_eq!(scrub(text), expected);
        }
    }

    #[test]
    fn a_secret_is_wiped_when_it_is_dropped() {
        /// Notes that it was wiped.
        struct Probe(std::rc::Rc<std::cell::Cell<u8>>);
        impl Zeroize for Probe {
            fn zeroize(&mut self) {
                self.0.set(self.0.get() + 1);
            }
        }
        let wiped = std::rc::Rc::default();
        let secret = Secret::new(Probe(std::rc::Rc::clone(&wiped)));
        assert_eq!(wiped.get(), 0);
        drop(secret);
        assert_eq!(wiped.get(), 1);
    }

    #[test]
    fn what_is_put_in_the_place_of_a_secret_is_all_that_stands_there() {
        let mut text = "abc8Q~secret".to_owned();
        let place = text.as_ptr();
        overwrite(&mut text, "gone");
        // In the same place: the old text is under it, not beside it.
        assert_eq!((text.as_str(), text.as_ptr()), ("gone", place));
        overwrite(&mut text, "");
        assert!(text.is_empty());
    }

    #[test]
    fn debug_shows_a_mark_only() {
        assert_eq!(format!("{:?}", Secret::new("dapi123".to_owned())), "[secret]");
        assert_eq!(format!("{:?}", Some(Secret::new("dapi123".to_owned()).bearer())), "Some([secret])");
    }
}
