//! Times as the services write them. The time itself always comes with the request.

use std::time::Duration;

/// `2026-11-23T10:15:00` in UTC, without a zone.
fn date_time(since_epoch: Duration, separator: char) -> String {
    let seconds = since_epoch.as_secs();
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Howard Hinnant's civil_from_days, for days since 1970 only.
    let z = days + 719_468;
    let era = z / 146_097;
    let doe = z % 146_097;
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600, rest % 3_600 / 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}")
}

/// As Graph's `innerError.date` has it: `2026-11-23T10:15:00`.
pub(crate) fn graph_date(since_epoch: Duration) -> String {
    date_time(since_epoch, 'T')
}

/// As the token endpoint's `timestamp` has it: `2026-11-23 10:15:00Z`.
pub(crate) fn token_date(since_epoch: Duration) -> String {
    format!("{}Z", date_time(since_epoch, ' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(graph_date(Duration::ZERO), "1970-01-01T00:00:00");
        assert_eq!(graph_date(Duration::from_secs(1_709_209_845)), "2024-02-29T12:30:45");
        assert_eq!(token_date(Duration::from_secs(1_798_761_599)), "2026-12-31 23:59:59Z");
    }
}
