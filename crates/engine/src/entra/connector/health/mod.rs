//! How a job is, from what Graph says of it.

mod cycle;
mod interval;
mod quarantine;
#[cfg(test)]
mod tests;
mod words;

pub use cycle::{Cycle, End};
pub use interval::interval;
pub use quarantine::{Quarantined, Reason, WayOut, delete_threshold};

use super::wire::{Count, Job, Status};
use crate::env::Timestamp;

/// How a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Its state.
    pub state: State,
    /// The state in a few words.
    pub headline: String,
    /// What it means, in a sentence or two.
    pub sentence: String,
    /// The last cycle, where there was one.
    pub last: Option<Cycle>,
    /// How many objects of each kind are in sync. They do not become fewer when some are deleted.
    pub counts: Vec<Count>,
}

/// The state of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It has no credentials.
    NotConfigured,
    /// It was never started.
    NotStarted,
    /// All are worked through.
    FirstCycle {
        /// Whether they were before: after a restart, or a change of mappings.
        again: bool,
        /// How far it is. Graph counts pages, not objects.
        progress: Option<Fraction>,
        /// Since when, where Graph says so.
        since: Option<Timestamp>,
    },
    /// The last cycle came to its end, and everything with it.
    Healthy {
        /// When it ended.
        last: Option<Timestamp>,
        /// When the next one is expected. A cycle may take longer than that.
        next: Option<Timestamp>,
    },
    /// The last cycle came to its end, but some objects fail.
    HealthyWithFailures {
        /// How many: they are tried again.
        escrowed: u64,
        /// When the next cycle is expected.
        next: Option<Timestamp>,
    },
    /// The last cycle failed as a whole. The job is not set apart yet.
    Failing {
        /// How often in a row.
        in_a_row: u64,
        /// When the next cycle is expected.
        next: Option<Timestamp>,
    },
    /// Somebody stopped it.
    Paused,
    /// It is switched off.
    Disabled {
        /// Why it was given up; none when somebody did it.
        given_up: Option<Quarantined>,
    },
    /// It is set apart after failures.
    Quarantined(Quarantined),
    /// Graph gives a code that is not known here.
    Unknown(String),
}

impl State {
    /// Whether cycles come to their end.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        matches!(self, Self::Healthy { .. } | Self::HealthyWithFailures { .. })
    }

    /// Whether it is switched off: no cycle comes.
    #[must_use]
    pub const fn is_off(&self) -> bool {
        matches!(self, Self::NotConfigured | Self::NotStarted | Self::Paused | Self::Disabled { .. })
    }
}

/// A part of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    /// So many.
    pub done: u64,
    /// Of so many, at least one.
    pub of: u64,
}

impl Fraction {
    /// In the hundred, rounded down: all of it is all of it.
    #[must_use]
    pub fn percent(self) -> u64 {
        self.done.saturating_mul(100).checked_div(self.of).unwrap_or_default()
    }
}

/// How a job is at this moment.
#[must_use]
pub fn health(job: &Job, now: Timestamp) -> Health {
    let state = state(job);
    let (headline, sentence) = words::of(&state, now);
    Health {
        headline,
        sentence,
        last: job.status.last_execution.as_ref().map(Cycle::of),
        counts: job.status.synchronized_entry_count_by_type.clone(),
        state,
    }
}

fn state(job: &Job) -> State {
    let status = &job.status;
    let code = |name: &str| status.code.eq_ignore_ascii_case(name);
    let switched = |name: &str| job.schedule.state.eq_ignore_ascii_case(name);
    // A quarantine that is over may leave an empty one behind: without a beginning it is none.
    let set_apart = status.quarantine.as_ref().filter(|it| code("Quarantine") || it.current_began.is_some());
    match set_apart {
        Some(it) if switched("Disabled") => {
            return State::Disabled { given_up: Some(Quarantined::of(it, job)) };
        }
        Some(it) => return State::Quarantined(Quarantined::of(it, job)),
        None if code("Quarantine") => {
            return State::Quarantined(Quarantined::of(&super::wire::Quarantine::default(), job));
        }
        None => {}
    }
    // What somebody switched and what happened are two things; the first decides, where Graph tells it.
    let off = !job.schedule.is_active() && (!job.schedule.state.is_empty() || code("Paused"));
    if code("NotConfigured") {
        return State::NotConfigured;
    }
    if switched("Disabled") && has_run(status) {
        return State::Disabled { given_up: None };
    }
    if off {
        return if has_run(status) || switched("Paused") { State::Paused } else { State::NotStarted };
    }
    if !["", "NotRun", "Active", "Paused"].into_iter().any(code) {
        return State::Unknown(status.code.clone());
    }
    if job.schedule.state.is_empty() && status.code.is_empty() {
        return State::Unknown(String::new());
    }
    running(job)
}

/// Whether it ever did something.
fn has_run(status: &Status) -> bool {
    status.last_execution.is_some()
        || status.steady_state_first_achieved_time.is_some()
        || status.synchronized_entry_count_by_type.iter().any(|it| it.value > 0)
        || status.progress.iter().any(|it| it.completed_units > 0)
}

/// A job that is switched on.
fn running(job: &Job) -> State {
    let status = &job.status;
    let last = status.last_execution.as_ref();
    let next =
        last.and_then(|it| it.time_began).zip(interval(&job.schedule.interval)).map(|(began, span)| {
            Timestamp(began.0.saturating_add(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)))
        });
    let through = status.steady_state_first_achieved_time.is_some()
        || status.last_successful_execution.is_some()
        || status.code.eq_ignore_ascii_case("Active");
    let progress = progress(status);
    // Progress of a cycle that has ended may stay behind; it is whole then.
    let under_way = progress.is_some_and(|it| it.done < it.of);
    let end = last.map(|it| Cycle::of(it).end);
    if under_way || (!through && end != Some(End::Failed)) {
        let since = last.filter(|it| it.time_ended.is_none()).and_then(|it| it.time_began);
        return State::FirstCycle { again: through, progress, since };
    }
    let escrowed = last.map_or(0, |it| u64::try_from(it.count_escrowed).unwrap_or_default());
    match end {
        Some(End::Failed) => {
            let in_a_row = u64::try_from(status.count_successive_complete_failures).unwrap_or_default();
            State::Failing { in_a_row: in_a_row.max(1), next }
        }
        Some(End::WithFailures) => State::HealthyWithFailures { escrowed, next },
        _ if escrowed > 0 => State::HealthyWithFailures { escrowed, next },
        _ => State::Healthy { last: last.and_then(|it| it.time_ended), next },
    }
}

fn progress(status: &Status) -> Option<Fraction> {
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    let sum = |of: fn(&super::wire::Progress) -> i64| {
        status.progress.iter().fold(0_u64, |sum, it| sum.saturating_add(count(of(it))))
    };
    let of = sum(|it| it.total_units);
    (of > 0).then(|| Fraction { done: sum(|it| it.completed_units).min(of), of })
}
