//! How long to wait until the next look at a job. Nothing is pushed, and Graph shares its patience with the rest of the tenant.

use std::time::Duration;

use super::health::State;

const MINUTE: Duration = Duration::from_secs(60);

/// How long to wait, by how long ago the job was started from here (none, when it was not), and how it was at the last look.
#[must_use]
pub const fn wait(started: Option<Duration>, state: &State) -> Duration {
    let seconds = match started {
        // Whatever it says now may be from before the start.
        Some(since) if since.as_secs() < MINUTE.as_secs() => 5,
        Some(since) if since.as_secs() < 6 * MINUTE.as_secs() && !is_settled(state) => 15,
        _ if matches!(state, State::FirstCycle { .. }) => 30,
        _ => 60,
    };
    Duration::from_secs(seconds)
}

/// Whether it stays so until the next cycle, or until somebody does something.
const fn is_settled(state: &State) -> bool {
    matches!(
        state,
        State::Healthy { .. }
            | State::HealthyWithFailures { .. }
            | State::Quarantined(_)
            | State::Disabled { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_become_rarer() {
        let first = State::FirstCycle { again: false, progress: None, since: None };
        let healthy = State::Healthy { last: None, next: None };
        let seconds = |started: Option<u64>, state| wait(started.map(Duration::from_secs), state).as_secs();
        let at = [Some(0), Some(59), Some(60), Some(359), Some(360), Some(7_200), None];
        assert_eq!(at.map(|at| seconds(at, &first)), [5, 5, 15, 15, 30, 30, 30]);
        assert_eq!(at.map(|at| seconds(at, &healthy)), [5, 5, 60, 60, 60, 60, 60]);
        assert_eq!(at.map(|at| seconds(at, &State::NotStarted)), [5, 5, 15, 15, 60, 60, 60]);
    }
}
