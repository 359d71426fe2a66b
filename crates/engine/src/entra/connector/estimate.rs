//! How long the first cycle takes, from how many there are.
//!
//! Microsoft gives it for assigned people and groups: between 0.01 and 0.08 minutes for each person, group and member of a group, and
//! about twice as long when all people are new at the target
//! (`application-provisioning-when-will-provisioning-finish-specific-user`).

use std::time::Duration;

use super::guard::Totals;
use crate::figures::{between, grouped};

/// 0.01 minutes.
const LEAST: Duration = Duration::from_millis(600);
/// 0.08 minutes.
const MOST: Duration = Duration::from_millis(4_800);

/// What belongs beside it, for people.
pub const NOTE: &str = "It takes about twice as long when all people are new at Databricks. Later cycles bring only what has changed, and take minutes.";

/// How long the first cycle takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// How many people, groups and memberships there are.
    pub objects: usize,
    /// Whether that is all of them; otherwise there are more.
    pub exact: bool,
    /// The least time.
    pub least: Duration,
    /// The most.
    pub most: Duration,
}

impl Estimate {
    /// From what was counted.
    #[must_use]
    pub fn of(totals: &Totals) -> Self {
        Self { exact: totals.is_exact(), ..Self::for_objects(totals.objects()) }
    }

    /// For so many.
    #[must_use]
    pub fn for_objects(objects: usize) -> Self {
        let count = u32::try_from(objects).unwrap_or(u32::MAX);
        Self { objects, exact: true, least: LEAST * count, most: MOST * count }
    }

    /// When all people are new at Databricks.
    #[must_use]
    pub fn all_new(self) -> Self {
        Self { least: self.least * 2, most: self.most * 2, ..self }
    }

    /// In words, such as `10 to 80 minutes for 1,000 people, groups and memberships`.
    #[must_use]
    pub fn words(&self) -> String {
        let more = if self.exact { "" } else { "at least " };
        format!(
            "{} for {more}{} people, groups and memberships",
            between(self.least, self.most),
            grouped(self.objects)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_the_published_one() {
        let words = |objects| Estimate::for_objects(objects).words();
        assert_eq!(words(1_000), "10 to 80 minutes for 1,000 people, groups and memberships");
        assert_eq!(words(10_000), "100 minutes to 13 hours for 10,000 people, groups and memberships");
        assert_eq!(words(100_000), "17 hours to 6 days for 100,000 people, groups and memberships");
        assert_eq!(words(30), "up to 2 minutes for 30 people, groups and memberships");
        let new = Estimate::for_objects(1_000).all_new();
        assert_eq!(new.words(), "20 minutes to 3 hours for 1,000 people, groups and memberships");
    }

    #[test]
    fn what_was_not_read_makes_it_longer() {
        let totals = Totals { people: 900, picked: 0, groups: 100, memberships: None, complete: true };
        let words = Estimate::of(&totals).words();
        assert_eq!(words, "10 to 80 minutes for at least 1,000 people, groups and memberships");
    }
}
