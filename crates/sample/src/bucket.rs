//! A token bucket on the clock that comes with the requests.

use std::time::Duration;

/// So many requests in a period, at most that many at once.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    capacity: u32,
    period: Duration,
    /// What is taken and not yet given back, in parts of a request.
    taken: f64,
    at: Duration,
}

impl Bucket {
    pub(crate) const fn new(capacity: u32, period: Duration) -> Self {
        Self { capacity, period, taken: 0.0, at: Duration::ZERO }
    }

    /// Takes so many, if they are there.
    pub(crate) fn take(&mut self, many: u32, now: Duration) -> bool {
        let passed = now.saturating_sub(self.at).as_secs_f64() / self.period.as_secs_f64();
        self.taken = (self.taken - passed * f64::from(self.capacity)).max(0.0);
        self.at = self.at.max(now);
        // Rounding must not withhold what is there to a millionth.
        if self.taken + f64::from(many) > f64::from(self.capacity) + 1e-6 {
            return false;
        }
        self.taken += f64::from(many);
        true
    }

    /// How long until so many are there, counted from the last try.
    pub(crate) fn wait(&self, many: u32) -> Duration {
        let short = self.taken + f64::from(many) - f64::from(self.capacity);
        self.period.mul_f64((short / f64::from(self.capacity)).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_bucket_gives_its_number_and_then_one_by_one() {
        let mut bucket = Bucket::new(35, Duration::from_secs(60));
        let start = Duration::from_secs(1_800_000_000);
        assert!((0..35).all(|_| bucket.take(1, start)));
        assert!(!bucket.take(1, start));
        assert!(bucket.wait(1) <= Duration::from_millis(1_715));
        assert!(!bucket.take(1, start + Duration::from_millis(1_700)));
        assert!(bucket.take(1, start + Duration::from_millis(1_715)));
        assert!((0..35).all(|_| bucket.take(1, start + Duration::from_secs(120))));
    }
}
