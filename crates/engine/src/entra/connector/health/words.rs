//! A state in words. Times are told by how far they are from now: that is the same in every time zone.

use super::{Quarantined, State};
use crate::env::Timestamp;
use crate::figures::{grouped, span};
use crate::problem::Explain as _;

/// The headline and the sentence.
pub(super) fn of(state: &State, now: Timestamp) -> (String, String) {
    let (headline, sentence) = match state {
        State::NotConfigured => (
            "Not configured",
            "The job has no address and no token of Databricks yet. It can be started once they are saved.".to_owned(),
        ),
        State::NotStarted => {
            ("Not started", "Nothing is provisioned before the job is started.".to_owned())
        }
        State::FirstCycle { again, progress, .. } => {
            let far = match progress {
                None => "Graph does not say yet how far it is.".to_owned(),
                Some(it) => format!("It is {} % through. That counts pages, which are not all alike.", it.percent()),
            };
            if *again {
                ("Everybody is worked through again", format!("After a restart or a change all people and groups in scope are looked at anew. {far}"))
            } else {
                ("The first cycle is running", far)
            }
        }
        State::Healthy { last, next } => {
            let ended = last.map(|at| format!("The last cycle ended {}. ", ago(at, now))).unwrap_or_default();
            ("Healthy", format!("{ended}{}", expected(*next, now)))
        }
        State::HealthyWithFailures { escrowed, next } => {
            let who = match escrowed {
                0 => "Some people or groups fail".to_owned(),
                1 => "One person or group fails".to_owned(),
                many => format!("{} people or groups fail", grouped(usize::try_from(*many).unwrap_or(usize::MAX))),
            };
            let words = format!("{who}; all others are provisioned. What fails is tried again, and the log says why. ");
            ("Running, with failures", words + &expected(*next, now))
        }
        State::Failing { in_a_row, next } => {
            let which = match in_a_row {
                0 | 1 => "The last cycle failed as a whole.".to_owned(),
                many => format!("The last {many} cycles failed as a whole."),
            };
            ("Failing", format!("{which} If that goes on, Entra sets the job apart. {}", expected(*next, now)))
        }
        State::Paused => (
            "Stopped",
            "Nothing is provisioned until it is started again. A cycle that was running when it was stopped comes to its end.".to_owned(),
        ),
        State::Disabled { given_up: None } => {
            ("Switched off", "Nothing is provisioned until it is started again.".to_owned())
        }
        State::Disabled { given_up: Some(quarantined) } => (
            "Given up",
            format!(
                "Entra has switched the job off after failures that lasted. {} Mend that, then start it again.",
                quarantined.explain().what
            ),
        ),
        State::Quarantined(quarantined) => ("In quarantine", set_apart(quarantined, now)),
        State::Unknown(code) if code.is_empty() => {
            ("Not known", "Graph does not say how the job is. That may come when it is looked at again.".to_owned())
        }
        State::Unknown(code) => ("Not known", format!("Graph calls the state of the job \"{code}\", which is not known here.")),
    };
    (headline.to_owned(), sentence)
}

fn set_apart(it: &Quarantined, now: Timestamp) -> String {
    let next = it.next.map(|at| format!(" It is tried again {}.", later(at, now))).unwrap_or_default();
    let off = it
        .disabled_at
        .map(|at| format!(" If it stays so, it is switched off {}.", later(at, now)))
        .unwrap_or_default();
    format!("{}{next}{off}", it.explain().what)
}

fn ago(at: Timestamp, now: Timestamp) -> String {
    format!("{} ago", span(now.since(at)))
}

fn later(at: Timestamp, now: Timestamp) -> String {
    if at <= now { "at any moment".to_owned() } else { format!("in {}", span(at.since(now))) }
}

/// A cycle that takes longer than the interval puts the next one off.
fn expected(next: Option<Timestamp>, now: Timestamp) -> String {
    match next {
        None => "When the next cycle begins is not known.".to_owned(),
        Some(at) if at <= now => "The next cycle is due or running.".to_owned(),
        Some(at) => format!("The next cycle is expected {}.", later(at, now)),
    }
}
