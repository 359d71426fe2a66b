//! A job that is set apart: why, until when, and the ways out (`application-provisioning-quarantine-status`).

use std::time::Duration;

use crate::entra::connector::wire::{Job, JobError, Quarantine};
use crate::env::Timestamp;
use crate::figures::grouped;
use crate::problem::{Explain, Problem};

/// So long after the first of a series of failures the job is switched off.
const GIVEN_UP: Duration = Duration::from_secs(28 * 86_400);

/// Why a job is set apart, by the names of Graph's `quarantineReason`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The target refuses the credentials or cannot be reached.
    Exception,
    /// Too many failures, before anything else was counted.
    BaseEscrows,
    /// Too many failures in all.
    TotalEscrows,
    /// Too large a part fails.
    EscrowProportion,
    /// Microsoft did it.
    OnDemand,
    /// More would be deleted than the threshold allows.
    TooManyDeletes,
    /// The directory could not be read to the end.
    Ingestion,
    /// Anything else, by its name.
    Other(String),
}

/// What can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayOut {
    /// Save a new token, test it, then restart.
    Token,
    /// See in the log what fails, mend it, then restart.
    Mend,
    /// Let all deletions go that are held back. All or nothing.
    Release,
    /// Assign again who should stay, then restart.
    AssignAgain,
    /// Restart.
    Restart,
    /// Ask Microsoft.
    Support,
}

impl Reason {
    fn of(name: &str) -> Self {
        match name {
            "EncounteredQuarantineException" => Self::Exception,
            "EncounteredBaseEscrowThreshold" => Self::BaseEscrows,
            "EncounteredTotalEscrowThreshold" => Self::TotalEscrows,
            "EncounteredEscrowProportionThreshold" => Self::EscrowProportion,
            "QuarantinedOnDemand" => Self::OnDemand,
            "TooManyDeletes" => Self::TooManyDeletes,
            "IngestionInterrupted" => Self::Ingestion,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The ways out, the likeliest first.
    #[must_use]
    pub const fn ways_out(&self) -> &'static [WayOut] {
        match self {
            Self::Exception => &[WayOut::Token, WayOut::Restart],
            Self::BaseEscrows | Self::TotalEscrows | Self::EscrowProportion => &[WayOut::Mend],
            Self::OnDemand => &[WayOut::Support],
            Self::TooManyDeletes => &[WayOut::AssignAgain, WayOut::Release],
            Self::Ingestion | Self::Other(_) => &[WayOut::Restart, WayOut::Support],
        }
    }
}

/// A job set apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Why.
    pub reason: Reason,
    /// Since when.
    pub since: Option<Timestamp>,
    /// When it is tried again by itself. A cycle that succeeds ends the quarantine.
    pub next: Option<Timestamp>,
    /// When the job is switched off, if it stays so.
    pub disabled_at: Option<Timestamp>,
    /// How often it was set apart in a row.
    pub in_a_row: u64,
    /// How many deletions a cycle may bring; none, where nobody set that.
    pub threshold: Option<u64>,
    /// What went wrong, in the service's own words.
    pub error: Option<JobError>,
}

/// How many deletions a cycle of a job may bring (`accidental-deletions`); none, where there is no such limit.
#[must_use]
pub fn delete_threshold(job: &Job) -> Option<u64> {
    let named = |name: &str| name.eq_ignore_ascii_case("QuarantineTooManyDeletesThreshold");
    let setting = job.synchronization_job_settings.iter().find(|it| named(&it.name))?;
    setting.value.trim().parse().ok()
}

impl Quarantined {
    pub(super) fn of(quarantine: &Quarantine, job: &Job) -> Self {
        let given_up = u64::try_from(GIVEN_UP.as_millis()).unwrap_or(u64::MAX);
        Self {
            reason: Reason::of(&quarantine.reason),
            since: quarantine.current_began,
            next: quarantine.next_attempt,
            disabled_at: quarantine.series_began.map(|began| Timestamp(began.0.saturating_add(given_up))),
            in_a_row: u64::try_from(quarantine.series_count).unwrap_or_default(),
            threshold: delete_threshold(job),
            error: quarantine.error.clone(),
        }
    }

    fn words(&self) -> (String, &'static str, &'static str) {
        const MANY: &str = "See in the provisioning log what fails most and mend that: mappings, names that are taken, rights of the token. \
                            Then restart.";
        let (what, why, remedy) = match &self.reason {
            Reason::Exception => (
                "Databricks does not let Entra in.",
                "The token was refused, or the address does not answer: the token has expired or was revoked, its owner has lost \
                 their rights, the address is another one now, or an IP access list shuts Entra out.",
                "Test the connection with what is saved. If it is refused, make a new token and save it; if there is no answer, check \
                 the address and the IP access list. Then restart.",
            ),
            Reason::BaseEscrows | Reason::EscrowProportion => (
                "Too many people and groups fail.",
                "More than two fifths of all fail, and 5,000 or more: Entra takes that for one common cause.",
                MANY,
            ),
            Reason::TotalEscrows => (
                "Too many people and groups fail.",
                "More than 40,000 fail, or 60,000 with those that are only missing as members.",
                MANY,
            ),
            Reason::OnDemand => (
                "Microsoft has set this job apart.",
                "Its support or its service has stopped the job; Graph does not say why.",
                "Ask Microsoft's support, with the id of the job and of this tenant. A restart alone may not be heard.",
            ),
            Reason::TooManyDeletes => {
                let limit = self.threshold.map_or_else(
                    || "More people and groups would be deactivated or deleted in one cycle than the threshold allows.".to_owned(),
                    |most| format!("More than {} people and groups would be deactivated or deleted in one cycle.", grouped(usize::try_from(most).unwrap_or(usize::MAX))),
                );
                return (
                    limit,
                    "They are no longer in scope: assignments or members of a group were removed, or a filter leaves them out. Entra \
                     has held all of it back; nobody has lost anything yet.",
                    "If they should stay, assign them again or mend the filter, then restart: nothing is deleted. If they should go, \
                     let all deletions go that are held back. That is all or nothing: single ones cannot be chosen.",
                );
            }
            Reason::Ingestion => (
                "Entra could not read its own directory to the end.",
                "What it had read by then was not enough to go by.",
                "Wait for the next try, or restart. If it happens again, ask Microsoft's support.",
            ),
            Reason::Other(_) => (
                "The job is in quarantine.",
                "Graph gives no reason that is known here; its own words are below.",
                "Go by those words, then restart. If it happens again, ask Microsoft's support.",
            ),
        };
        (what.to_owned(), why, remedy)
    }
}

impl Explain for Quarantined {
    fn explain(&self) -> Problem {
        let (what, why, remedy) = self.words();
        let mut problem = Problem::new(what, why, remedy);
        if let Reason::Other(name) = &self.reason {
            problem = problem.detail("reason", name);
        }
        if let Some(error) = &self.error {
            problem = problem.detail("code", &error.code).detail("message", &error.message);
        }
        if self.in_a_row > 1 {
            problem = problem.detail("in a row", self.in_a_row.to_string());
        }
        let dates = [("since", self.since), ("next try", self.next), ("switched off at", self.disabled_at)];
        dates.into_iter().fold(problem, |problem, (name, at)| {
            problem.detail(name, at.map(Timestamp::rfc3339).unwrap_or_default())
        })
    }
}
