//! Numbers as people read them.

use std::time::Duration;

/// A number with its thousands set apart.
#[must_use]
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How long something takes or is away, in the unit that fits: rounded, since people plan by it.
#[must_use]
pub fn span(span: Duration) -> String {
    let (count, unit) = parts(span);
    match count {
        0 => "less than a minute".to_owned(),
        1 => format!("1 {unit}"),
        count => format!("{} {unit}s", grouped(usize::try_from(count).unwrap_or(usize::MAX))),
    }
}

/// From one span to another; the unit is said once where it is the same.
#[must_use]
pub fn between(least: Duration, most: Duration) -> String {
    match (parts(least), parts(most)) {
        (_, (0, _)) => "less than a minute".to_owned(),
        ((0, _), _) => format!("up to {}", span(most)),
        (one, other) if one == other => format!("about {}", span(most)),
        ((count, unit), (_, same)) if unit == same => format!("{count} to {}", span(most)),
        _ => format!("{} to {}", span(least), span(most)),
    }
}

fn parts(span: Duration) -> (u64, &'static str) {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let seconds = span.as_secs();
    let rounded = |unit| (seconds + unit / 2) / unit;
    match seconds {
        0..MINUTE => (0, "minute"),
        _ if seconds < 2 * HOUR => (rounded(MINUTE), "minute"),
        _ if seconds < 2 * DAY => (rounded(HOUR), "hour"),
        _ => (rounded(DAY), "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_the_unit_that_fits() {
        let minutes = |count: u64| Duration::from_secs(count * 60);
        assert_eq!(span(Duration::from_secs(59)), "less than a minute");
        assert_eq!([1, 40, 119].map(minutes).map(span), ["1 minute", "40 minutes", "119 minutes"]);
        assert_eq!([120, 800, 60 * 47].map(minutes).map(span), ["2 hours", "13 hours", "47 hours"]);
        assert_eq!([60 * 48, 60 * 24 * 28].map(minutes).map(span), ["2 days", "28 days"]);
        let words = [(10, 80), (100, 800), (1_000, 8_000), (0, 2), (0, 0), (1, 1)];
        assert_eq!(
            words.map(|(least, most)| between(minutes(least), minutes(most))),
            [
                "10 to 80 minutes",
                "100 minutes to 13 hours",
                "17 hours to 6 days",
                "up to 2 minutes",
                "less than a minute",
                "about 1 minute"
            ]
        );
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
