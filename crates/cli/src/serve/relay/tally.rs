//! Requests that are refused before the rate limit. Any website can make a browser send them, so they are counted, and
//! the log gets a line now and then.

use std::time::Duration;

/// The log gets no more than one line in this time.
const PAUSE: Duration = Duration::from_secs(60);

/// How many there were since the log had a line.
pub(crate) struct Tally {
    told: Option<Duration>,
    untold: u64,
}

impl Tally {
    /// None yet.
    pub(crate) const fn new() -> Self {
        Self { told: None, untold: 0 }
    }

    /// Counts one, at a time since any fixed start. Gives how many were passed over since the last line when this one
    /// is to be told.
    pub(crate) fn count(&mut self, now: Duration) -> Option<u64> {
        if self.told.is_some_and(|told| now.saturating_sub(told) < PAUSE) {
            self.untold += 1;
            return None;
        }
        self.told = Some(now);
        Some(std::mem::take(&mut self.untold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_one_line_a_minute() {
        let mut tally = Tally::new();
        assert_eq!(tally.count(Duration::from_secs(5)), Some(0));
        for _ in 0..1000 {
            assert_eq!(tally.count(Duration::from_secs(64)), None);
        }
        assert_eq!(tally.count(Duration::from_secs(65)), Some(1000));
        assert_eq!(tally.count(Duration::from_secs(66)), None);
        assert_eq!(tally.count(Duration::from_secs(600)), Some(1));
    }
}
