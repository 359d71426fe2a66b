//! Times as people read them.

use crate::env::Timestamp;
use crate::figures::grouped;

/// How long ago, in words.
pub(super) fn ago(then: Timestamp, now: Timestamp) -> String {
    span(now.since(then).as_secs()).map_or_else(|| "just now".to_owned(), |span| format!("{span} ago"))
}

fn span(seconds: u64) -> Option<String> {
    let of = |count: u64, one: &str, many: &str| {
        if count == 1 {
            format!("1 {one}")
        } else {
            format!("{} {many}", grouped(usize::try_from(count).unwrap_or(usize::MAX)))
        }
    };
    match seconds {
        0..60 => None,
        60..7_200 => Some(of(seconds / 60, "minute", "minutes")),
        7_200..172_800 => Some(of(seconds / 3_600, "hour", "hours")),
        _ => Some(of(seconds / 86_400, "day", "days")),
    }
}

/// When something is expected, in words.
pub(super) fn ahead(then: Timestamp, now: Timestamp) -> String {
    match span(then.since(now).as_secs()) {
        Some(span) => format!("in {span}"),
        None if then >= now => "within a minute".to_owned(),
        None => {
            span(now.since(then).as_secs()).map_or_else(|| "now".to_owned(), |late| format!("due for {late}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        let time = |text: &str| Timestamp::parse(text).unwrap();
        let noon = time("2026-01-05T12:00:00Z");
        assert_eq!(noon.words(), "2026-01-05 12:00:00 UTC");
        assert_eq!(ago(time("2026-01-05T11:59:30Z"), noon), "just now");
        assert_eq!(ago(time("2026-01-05T11:20:00Z"), noon), "40 minutes ago");
        assert_eq!(ahead(time("2026-01-05T15:00:00Z"), noon), "in 3 hours");
        assert_eq!(ahead(time("2026-01-05T11:55:00Z"), noon), "due for 5 minutes");
    }
}
