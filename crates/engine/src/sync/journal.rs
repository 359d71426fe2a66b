//! What was done, noted as it happens, so that work that was cut off can go on where it was.

use std::cell::RefCell;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::databricks::scim::ScimId;
use crate::env::Timestamp;
use crate::problem::{Explain, Problem};
use crate::sync::plan::PlanHash;

/// One fact of a run. Facts are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "fact")]
pub enum Fact {
    /// A run of a plan began, for the first time or again.
    Began {
        /// Which plan.
        plan: PlanHash,
        /// When that plan was made: one that is made again may say the same and still mean new work.
        made: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// An operation succeeded: it is never done again.
    Done {
        /// The operation's number.
        operation: u32,
        /// What came of it.
        outcome: Success,
        /// When.
        at: Timestamp,
    },
    /// The run reached the end of the plan.
    Ended {
        /// When.
        at: Timestamp,
    },
}

/// How an operation succeeded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "outcome")]
pub enum Success {
    /// The object was created.
    Created {
        /// Its id.
        scim: ScimId,
    },
    /// The object was there already with this very identity: an earlier try had taken effect.
    Existed {
        /// Its id.
        scim: ScimId,
    },
    /// The object was changed.
    Changed,
    /// People joined the group.
    Added {
        /// How many.
        people: usize,
        /// User names of those who could not join, because they themselves were not created.
        #[serde(default, rename = "leftOut")]
        left_out: Vec<String>,
    },
}

impl Success {
    /// The id of an object that this success brought.
    #[must_use]
    pub const fn brought(&self) -> Option<&ScimId> {
        match self {
            Self::Created { scim } | Self::Existed { scim } => Some(scim),
            Self::Changed | Self::Added { .. } => None,
        }
    }
}

/// A journal that cannot be kept or read. Nothing is written to Databricks without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalError(pub String);

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for JournalError {}

impl Explain for JournalError {
    fn explain(&self) -> Problem {
        Problem::new(
            "The journal of this run cannot be kept.",
            "Without it an interrupted run could not go on where it was, so nothing more was written.",
            "Make room or allow storage, then go on.",
        )
        .detail("error", &self.0)
    }
}

/// Where the facts of a run are kept; separate from the world, because a kill is simulated at each append.
#[allow(async_fn_in_trait, reason = "flows run on one thread; a `Send` bound would shut the browser out")]
pub trait Journal {
    /// Adds a fact. When this returns, the fact survives a crash.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn append(&self, fact: &Fact) -> Result<(), JournalError>;

    /// All facts, in order.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn load(&self) -> Result<Vec<Fact>, JournalError>;
}

/// A journal in memory: it lives as long as the page.
#[derive(Debug, Default)]
pub struct MemoryJournal(RefCell<Vec<Fact>>);

impl Journal for MemoryJournal {
    async fn append(&self, fact: &Fact) -> Result<(), JournalError> {
        self.0.borrow_mut().push(fact.clone());
        Ok(())
    }

    async fn load(&self) -> Result<Vec<Fact>, JournalError> {
        Ok(self.0.borrow().clone())
    }
}
