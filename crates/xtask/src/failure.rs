//! What a chore says when it cannot be done.

use std::fmt;
use std::path::Path;

/// A failure in words: what happened, to what, why, and what to do.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// Makes a failure from its whole text.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Makes a failure of reading or writing `path`.
    pub(crate) fn file(what: &str, path: &Path, error: &std::io::Error) -> Self {
        Self(format!("Could not {what} {}: {error}.", path.display()))
    }

    /// Adds what to do about it, on a line of its own.
    #[must_use]
    pub(crate) fn advise(self, advice: &str) -> Self {
        Self(format!("{}\n{advice}", self.0))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
