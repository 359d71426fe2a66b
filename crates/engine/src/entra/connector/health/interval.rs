//! Spans of time as Graph writes them: durations of ISO 8601.

use std::time::Duration;

/// Longer is never: a job that is not to run again has the longest span that .NET knows, some 29,000 years.
const LONGEST: Duration = Duration::from_secs(366 * 86_400);

/// How often a cycle begins; none for never, and for what cannot be read. Months and years have no length of their own and do not occur.
#[must_use]
pub fn interval(text: &str) -> Option<Duration> {
    let rest = text.trim().strip_prefix(['P', 'p'])?;
    let (days, times) = rest.split_once(['T', 't']).unwrap_or((rest, ""));
    let mut seconds = sum(days, &[('W', 7 * 86_400), ('D', 86_400)])?;
    seconds = seconds.checked_add(sum(times, &[('H', 3_600), ('M', 60), ('S', 1)])?)?;
    let span = Duration::from_secs(seconds);
    (!span.is_zero() && span <= LONGEST).then_some(span)
}

/// Adds up numbers with their units, in the order in which these may come.
fn sum(text: &str, units: &[(char, u64)]) -> Option<u64> {
    let (mut total, mut rest) = (0_u64, text);
    for (unit, seconds) in units {
        let Some((number, after)) = rest.split_once([*unit, unit.to_ascii_lowercase()]) else { continue };
        // Fractions of a second, written with either sign, change nothing.
        let whole = number.split(['.', ',']).next()?;
        if !number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',')) {
            return None;
        }
        total = total.checked_add(whole.parse::<u64>().ok()?.checked_mul(*seconds)?)?;
        rest = after;
    }
    rest.is_empty().then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_read_and_never_is_none() {
        let minutes = |text| interval(text).map(|span| span.as_secs() / 60);
        assert_eq!(
            ["PT40M", "PT20M", "pt1h20m", "P1D", "P1DT2H", "P1W", "PT2400S", "PT2400.5S"].map(minutes),
            [Some(40), Some(20), Some(80), Some(1_440), Some(1_560), Some(10_080), Some(40), Some(40)]
        );
        for never in [
            "P10675199DT2H48M5.4775807S",
            "P99999999999999999999D",
            "PT0S",
            "",
            "P",
            "40M",
            "PT",
            "PT40",
            "PT-40M",
            "PT4 0M",
            "P1Y",
            "PTM",
            "PT40M40H",
        ] {
            assert_eq!(interval(never), None, "{never}");
        }
    }
}
