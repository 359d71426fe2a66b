//! What the outside world gives the engine.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::http::{Request, Response, SendError};

/// A point in time on the wall clock: milliseconds since 1970-01-01T00:00:00Z. For people and records, never for pacing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The time as RFC 3339 in UTC, to the second.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let seconds = self.0 / 1000;
        let (days, rest) = (seconds / 86_400, seconds % 86_400);
        // Days to a civil date, after Howard Hinnant's `civil_from_days`; years before 1970 do not occur.
        let shifted = days + 719_468;
        let era = shifted / 146_097;
        let day_of_era = shifted % 146_097;
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        let (hour, minute, second) = (rest / 3600, rest % 3600 / 60, rest % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// Reads a time as RFC 3339 in UTC, as Graph writes it; none for other texts, and for times before 1970, which stand for never.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.trim().strip_suffix(['Z', 'z'])?.split_once(['T', 't', ' '])?;
        let number =
            |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
        let [year, month, day] = *date.split('-').map(number).collect::<Option<Vec<_>>>()? else {
            return None;
        };
        let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let [hour, minute, second] = *time.split(':').map(number).collect::<Option<Vec<_>>>()? else {
            return None;
        };
        let fits = (1970..10_000).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        if !fits || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        number(fraction)?;
        let millis = format!("{fraction:0<3}").get(..3)?.parse::<u64>().ok()?;
        // A civil date to days, after Howard Hinnant's `days_from_civil`.
        let shifted = year - u64::from(month <= 2);
        let (era, year_of_era) = (shifted / 400, shifted % 400);
        let shifted_month = if month > 2 { month - 3 } else { month + 9 };
        let day_of_era =
            year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + (153 * shifted_month + 2) / 5 + day - 1;
        let days = (era * 146_097 + day_of_era).checked_sub(719_468)?;
        Some(Self((days * 86_400 + hour * 3600 + minute * 60 + second) * 1000 + millis))
    }

    /// As people read it, to the second. It says the same however long it stands there.
    #[must_use]
    pub fn words(self) -> String {
        self.rfc3339().replace('T', " ").replace('Z', " UTC")
    }

    /// How long after another time this is; nothing, when it is not.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// How long ago this was; none, where it is yet to come: that is nobody's record, but came with a file, or from a clock that was wrong. A
    /// clock that is set right by a little while something is under way is no reason to send it twice, so what is ahead by less than clocks
    /// differ counts as now.
    #[must_use]
    pub fn age(self, now: Self) -> Option<Duration> {
        (self.since(now) <= CLOCKS_DIFFER).then(|| now.since(self))
    }
}

/// By so much the clocks of one computer differ before and after they are set right (as Kerberos has it).
const CLOCKS_DIFFER: Duration = Duration::from_secs(300);

/// Spans of time in messages: whole milliseconds.
pub(crate) mod millis {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

/// The world outside: one implementation for the browser, one native, one simulated.
#[allow(async_fn_in_trait, reason = "flows run on one thread; a `Send` bound would shut the browser out")]
pub trait Env {
    /// Sends a request and brings its answer, whatever the status. Redirects are never followed; cookies are never sent.
    ///
    /// # Errors
    /// [`SendError`] when no answer came; whether the request took effect is then unknown.
    async fn send(&self, request: Request) -> Result<Response, SendError>;

    /// Waits.
    async fn sleep(&self, duration: Duration);

    /// The wall clock.
    fn wall(&self) -> Timestamp;

    /// A clock that only goes forward, from an arbitrary start: for expiry and pacing.
    fn monotonic(&self) -> Duration;

    /// Fills the buffer with unpredictable bytes, good enough for keys.
    fn random(&self, bytes: &mut [u8]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_people_write_them() {
        assert_eq!(Timestamp(0).rfc3339(), "1970-01-01T00:00:00Z");
        assert_eq!(Timestamp(951_782_399_999).rfc3339(), "2000-02-28T23:59:59Z");
        assert_eq!(Timestamp(951_782_400_000).rfc3339(), "2000-02-29T00:00:00Z");
        assert_eq!(Timestamp(1_795_392_000_000).rfc3339(), "2026-11-23T00:00:00Z");
        assert_eq!(Timestamp(4_102_444_799_000).rfc3339(), "2099-12-31T23:59:59Z");
    }

    #[test]
    fn a_date_that_is_yet_to_come_has_no_age() {
        let now = Timestamp(1_795_392_000_000);
        let ahead = |seconds: u64| Timestamp(now.0 + seconds * 1000).age(now).map(|it| it.as_secs());
        assert_eq!(Timestamp(now.0 - 5_000).age(now).map(|it| it.as_secs()), Some(5));
        assert_eq!([0, 1, 300, 301, 31_536_000].map(ahead), [Some(0), Some(0), Some(0), None, None]);
    }

    #[test]
    fn times_are_read_as_services_write_them() {
        for time in
            [0, 951_782_399_000, 951_782_400_000, 1_795_392_000_000, 4_102_444_799_000, 1_078_012_800_000]
        {
            assert_eq!(Timestamp::parse(&Timestamp(time).rfc3339()), Some(Timestamp(time)));
        }
        assert_eq!(Timestamp::parse("2026-11-23T00:00:00.1234567Z"), Some(Timestamp(1_795_392_000_123)));
        assert_eq!(Timestamp::parse("2026-11-23T00:00:00.5Z"), Some(Timestamp(1_795_392_000_500)));
        for other in [
            "",
            "0001-01-01T00:00:00Z",
            "2026-11-23",
            "2026-13-01T00:00:00Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T00:00:00+01:00",
            "-1-1-1T1:1:1Z",
            "2026-11-23T00:00:00.Z",
            "2026-1+-23T00:00:00Z",
        ] {
            assert_eq!(Timestamp::parse(other), None, "{other}");
        }
    }
}
