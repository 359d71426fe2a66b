//! When the secret of the unattended application ends, told in time.

use crate::env::Timestamp;
use crate::problem::Problem;

/// So many days before its end a secret is worth a warning.
const SOON: u64 = 30;
const DAY: u64 = 86_400;

/// What to know about a secret that ends then; nothing, where there is time yet, and where the date cannot be read.
#[must_use]
pub fn ending(ends: &str, now: Timestamp) -> Option<Problem> {
    let end = Timestamp::parse(ends)?;
    let day = day(ends);
    let left = end.since(now).as_secs();
    let what = if left == 0 {
        format!("The client secret of the application for runs on a schedule ended on {day}.")
    } else if left <= SOON * DAY {
        format!("The client secret of the application for runs on a schedule ends on {day}.")
    } else {
        return None;
    };
    let why = match left.div_ceil(DAY) {
        0 => "Runs that sign in with it fail (AADSTS7000222).".to_owned(),
        1 => "Within a day, runs that sign in with it begin to fail (AADSTS7000222).".to_owned(),
        days => format!("In {days} days, runs that sign in with it begin to fail (AADSTS7000222)."),
    };
    Some(Problem::new(
        what,
        why,
        "Make another secret at “Register the application” under “An application for runs on a schedule”, and put it into the \
         place of the old one.",
    ))
}

/// The day of a time, as Graph writes it.
#[must_use]
pub fn day(ends: &str) -> &str {
    ends.split('T').next().unwrap_or(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_comes_thirty_days_before_the_end_and_stays() {
        let told = |now: &str| {
            let found = ending("2026-03-01T12:00:00Z", Timestamp::parse(now).unwrap());
            found.map(|Problem { what, why, .. }| {
                (
                    what.trim_start_matches("The client secret of the application for runs on a schedule ")
                        .to_owned(),
                    why,
                )
            })
        };
        assert_eq!(told("2026-01-30T11:59:59Z"), None);
        for (now, what, why) in [
            (
                "2026-01-30T12:00:00Z",
                "ends on 2026-03-01.",
                "In 30 days, runs that sign in with it begin to fail (AADSTS7000222).",
            ),
            (
                "2026-02-28T11:00:00Z",
                "ends on 2026-03-01.",
                "In 2 days, runs that sign in with it begin to fail (AADSTS7000222).",
            ),
            (
                "2026-03-01T00:00:00Z",
                "ends on 2026-03-01.",
                "Within a day, runs that sign in with it begin to fail (AADSTS7000222).",
            ),
            (
                "2026-03-01T12:00:00Z",
                "ended on 2026-03-01.",
                "Runs that sign in with it fail (AADSTS7000222).",
            ),
            (
                "2027-01-01T00:00:00Z",
                "ended on 2026-03-01.",
                "Runs that sign in with it fail (AADSTS7000222).",
            ),
        ] {
            assert_eq!(told(now), Some((what.to_owned(), why.to_owned())), "{now}");
        }
    }

    #[test]
    fn what_is_no_date_warns_of_nothing() {
        for ends in ["", "soon", "9999-99-99T00:00:00Z"] {
            assert_eq!(ending(ends, Timestamp(u64::MAX / 2)), None, "{ends}");
        }
    }
}
