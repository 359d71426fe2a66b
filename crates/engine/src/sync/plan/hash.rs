//! The hash of a plan, and plans as files.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Plan;

/// The version of the file's form.
const VERSION: u32 = 1;

/// SHA-256 over everything that decides what is written and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanHash(String);

impl PlanHash {
    /// Eight characters of it, for people to compare.
    #[must_use]
    pub fn short(&self) -> String {
        let start: String = self.0.chars().take(8).collect();
        match start.split_at_checked(4) {
            Some((first, second)) => format!("{first}·{second}"),
            None => start,
        }
    }

    /// All of it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a plan's file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanFileError {
    /// It cannot be read, with the parser's words.
    Malformed(String),
    /// It was written by another version.
    Version(u32),
    /// It is not the plan that was made: its content does not bear its hash.
    Changed,
}

impl fmt::Display for PlanFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(words) => write!(f, "the plan cannot be read: {words}"),
            Self::Version(version) => {
                write!(
                    f,
                    "the plan has version {version}, and this program reads version {VERSION}: make it again"
                )
            }
            Self::Changed => {
                write!(f, "the plan was changed after it was made (its hash does not match): make it again")
            }
        }
    }
}

impl std::error::Error for PlanFileError {}

#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    hash: PlanHash,
    plan: Plan,
}

impl Plan {
    /// The plan's hash. The time of making and what is merely said about the plan are left out.
    #[must_use]
    pub fn hash(&self) -> PlanHash {
        let decisive = (VERSION, &self.target, &self.tenant, &self.operations);
        let bytes = serde_json::to_vec(&decisive).unwrap_or_default();
        let mut text = String::with_capacity(64);
        for byte in Sha256::digest(&bytes) {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
        }
        PlanHash(text)
    }

    /// The plan as a file, with its hash.
    #[must_use]
    pub fn to_file(&self) -> String {
        let file = File { version: VERSION, hash: self.hash(), plan: self.clone() };
        serde_json::to_string_pretty(&file).unwrap_or_default()
    }

    /// Reads a plan's file and checks its hash.
    ///
    /// # Errors
    /// [`PlanFileError`].
    pub fn from_file(text: &str) -> Result<Self, PlanFileError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let malformed = |error: serde_json::Error| PlanFileError::Malformed(error.to_string());
        let Versioned { version } = serde_json::from_str(text).map_err(malformed)?;
        if version != VERSION {
            return Err(PlanFileError::Version(version));
        }
        let File { hash, plan, .. } = serde_json::from_str(text).map_err(malformed)?;
        if plan.hash() == hash { Ok(plan) } else { Err(PlanFileError::Changed) }
    }
}
