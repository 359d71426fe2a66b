//! How far a run is, how fast, and how long it will take.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::env::millis;

/// How far the work is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Requests done, of this and of earlier runs.
    pub done: usize,
    /// Requests in all.
    pub total: usize,
    /// Operations that failed so far.
    pub failed: usize,
    /// Requests done in this run.
    pub fresh: usize,
    /// Time since this run began.
    #[serde(with = "millis")]
    pub elapsed: Duration,
}

impl Progress {
    /// Requests per minute in this run.
    #[must_use]
    pub fn per_minute(&self) -> u64 {
        let millis = u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
        (self.fresh as u64).saturating_mul(60_000) / millis
    }

    /// The time left, if it goes on like this; unknown until something was done.
    #[must_use]
    pub fn left(&self) -> Option<Duration> {
        let fresh = u32::try_from(self.fresh).ok().filter(|fresh| *fresh > 0)?;
        let left = u32::try_from(self.total.saturating_sub(self.done)).ok()?;
        Some(self.elapsed / fresh * left)
    }
}
