//! Quarantine: when a job is set apart, when it is tried again, and when it is given up.

use std::time::Duration;

use serde_json::{Value, json};

use super::job::{Job, Schedule};
use super::{cycle, shown};

const HOUR: Duration = Duration::from_secs(3_600);
/// After so long the job is disabled (`application-provisioning-quarantine-status`).
const GIVEN_UP: Duration = Duration::from_secs(28 * 24 * 3_600);

/// Why, by the names of Graph's `quarantineReason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    Exception,
    TooManyDeletes,
    Proportion,
    Total,
}

impl Cause {
    const fn name(self) -> &'static str {
        match self {
            Self::Exception => "EncounteredQuarantineException",
            Self::TooManyDeletes => "TooManyDeletes",
            Self::Proportion => "EncounteredEscrowProportionThreshold",
            Self::Total => "EncounteredTotalEscrowThreshold",
        }
    }
}

/// A job set apart.
#[derive(Clone, Debug)]
pub(super) struct Quarantine {
    cause: Cause,
    series_began: Duration,
    current_began: Duration,
    count: u64,
    next: Duration,
    code: String,
    message: String,
}

impl Quarantine {
    pub(super) fn render(&self, ahead: Duration) -> Value {
        json!({
            "currentBegan": shown(self.current_began, ahead),
            "error": cycle::error(&self.code, &self.message),
            "nextAttempt": shown(self.next, ahead),
            "reason": self.cause.name(),
            "seriesBegan": shown(self.series_began, ahead),
            "seriesCount": self.count,
        })
    }
}

/// Sets a job apart, or keeps it so: tried again after 6, 12 and 24 hours, then daily.
pub(super) fn enter(job: &mut Job, cause: Cause, code: &str, message: &str, time: Duration) {
    let before = job.quarantine.as_ref();
    let count = before.map_or(0, |it| it.count) + 1;
    let series_began = before.map_or(time, |it| it.series_began);
    let hours = match count {
        1 => 6,
        2 => 12,
        _ => 24,
    };
    let next = time + HOUR * hours;
    job.quarantine = Some(Quarantine {
        cause,
        series_began,
        current_began: time,
        count,
        next,
        code: code.to_owned(),
        message: message.to_owned(),
    });
    job.next = Some(next);
    if time.saturating_sub(series_began) >= GIVEN_UP {
        (job.schedule, job.next) = (Schedule::Disabled, None);
    }
}

/// Whether so many failures set a job apart: 5,000 that are more than two fifths, or more than 40,000.
pub(super) const fn too_many(failed: u64, of: u64) -> Option<Cause> {
    if failed > 40_000 {
        Some(Cause::Total)
    } else if failed >= 5_000 && failed * 10 > of * 4 {
        Some(Cause::Proportion)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_the_published_ones() {
        assert_eq!(too_many(4_999, 4_999), None);
        assert_eq!(too_many(5_000, 12_500), None);
        assert_eq!(too_many(5_001, 12_500), Some(Cause::Proportion));
        assert_eq!(too_many(40_000, 1_000_000), None);
        assert_eq!(too_many(40_001, 1_000_000), Some(Cause::Total));
    }
}
