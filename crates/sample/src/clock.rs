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

/// As Graph's properties have it: `2026-11-23T10:15:00Z`.
pub(crate) fn zulu(since_epoch: Duration) -> String {
    format!("{}Z", date_time(since_epoch, 'T'))
}

/// Reads `2026-11-23T10:15:00Z`, with or without parts of a second; other zones are not read.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let numbers = |text: &str, separator: char| -> Option<[u64; 3]> {
        let parts: Option<Vec<u64>> = text.split(separator).map(|part| part.parse().ok()).collect();
        parts?.try_into().ok()
    };
    let time = time.split_once('.').map_or(time, |(whole, _)| whole);
    let ([year, month, day], [hour, minute, second]) = (numbers(date, '-')?, numbers(time, ':')?);
    if !(1970..10_000).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Howard Hinnant's days_from_civil, for days since 1970 only.
    let year = year - u64::from(month <= 2);
    let (era, yoe) = (year / 400, year % 400);
    let doy = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy;
    let days = days.checked_sub(719_468)?;
    Some(Duration::from_secs(days * 86_400 + hour * 3_600 + minute * 60 + second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(graph_date(Duration::ZERO), "1970-01-01T00:00:00");
        assert_eq!(graph_date(Duration::from_secs(1_709_209_845)), "2024-02-29T12:30:45");
        assert_eq!(token_date(Duration::from_secs(1_798_761_599)), "2026-12-31 23:59:59Z");
        assert_eq!(zulu(Duration::from_secs(1_740_819_600)), "2025-03-01T09:00:00Z");
    }

    #[test]
    fn what_is_written_is_read_back() {
        for seconds in [0, 1_709_209_845, 1_740_819_600, 1_798_761_599, 4_070_908_800] {
            let at = Duration::from_secs(seconds);
            assert_eq!(parse(&zulu(at)), Some(at));
        }
        assert_eq!(parse("2026-12-31T23:59:59.123Z"), Some(Duration::from_secs(1_798_761_599)));
        assert_eq!(parse("2026-13-31T23:59:59Z"), None);
        assert_eq!(parse("tomorrow"), None);
    }
}
