//! How a failure is told to a person: what, which object, why, what to do.

use serde::{Deserialize, Serialize};

use crate::secret::scrub;

/// A failure in words, the same in the page, the command line and the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What did not work, with the name of the object.
    pub what: String,
    /// What it means.
    pub why: String,
    /// What to do about it.
    pub remedy: String,
    /// The service's own words, without secrets.
    pub raw: Vec<Detail>,
}

/// One line of the details that support asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Such as `status`, `code`, `request-id`.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Problem {
    /// A problem without details.
    pub fn new(what: impl Into<String>, why: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into(), remedy: remedy.into(), raw: Vec::new() }
    }

    /// Adds a detail; an empty one is left out, a long one is cut, and tokens are taken out of it.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl AsRef<str>) -> Self {
        /// Longer answers are pages, not messages.
        const LONGEST: usize = 600;
        let value = scrub(value.as_ref());
        let value = value.trim();
        if !value.is_empty() {
            let mut cut: String = value.chars().take(LONGEST).collect();
            if cut.len() < value.len() {
                cut.push('…');
            }
            self.raw.push(Detail { name: name.to_owned(), value: cut });
        }
        self
    }

    /// All of it as lines of text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n  {}\n  What to do: {}", self.what, self.why, self.remedy);
        for Detail { name, value } in &self.raw {
            text.push_str("\n  ");
            text.push_str(name);
            text.push_str(": ");
            text.push_str(value);
        }
        text
    }
}

/// An error that can be told to a person.
pub trait Explain {
    /// The error in words.
    fn explain(&self) -> Problem;
}
