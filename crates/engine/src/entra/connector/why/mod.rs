//! Why is this person (not) in Databricks? Answered from everything that is known: nothing is read here, and what is not known is said.

mod evidence;
mod standing;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use super::finding::{Finding, Tone};
use super::log::Entry;
use super::on_demand::OnDemand;
use super::schema::Table;
use super::wire::Job;
use crate::entra::directory::Person;
use crate::env::Timestamp;

/// What is known of a person and the connector.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'f> {
    /// Now: what was written a moment ago may not show yet.
    pub now: Timestamp,
    /// The person.
    pub person: &'f Person,
    /// Whether Databricks has them.
    pub there: There<'f>,
    /// Who is meant to come.
    pub scope: Scope,
    /// Whether the person is assigned.
    pub assignment: &'f Assignment,
    /// What the job's schema does; nothing, where it could not be read.
    pub schema: Option<&'f Table>,
    /// What the job does.
    pub job: &'f JobState,
    /// The log's entries of this person, the newest first; nothing, where the log could not be read.
    pub log: Option<&'f [Entry]>,
    /// What provisioning on demand said, if that was tried a moment ago.
    pub on_demand: Option<&'f OnDemand>,
    /// When somebody was last provisioned on demand.
    pub came_at: Option<Timestamp>,
}

/// Whether Databricks has a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum There<'f> {
    /// They are there, and may sign in.
    Active,
    /// They are there, and deactivated.
    Inactive,
    /// They are there in another way: how.
    Differs(&'f str),
    /// They are not there.
    Absent,
    /// It was not asked, or not answered.
    Unknown {
        /// Why not.
        why: &'f str,
        /// What to do to know it.
        todo: &'f str,
    },
}

/// Who is meant to come (the secret `SyncAll`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Only who is assigned.
    Assigned,
    /// Everybody.
    Everybody,
    /// It could not be read.
    Unknown,
}

/// How a person is assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assignment {
    /// It could not be read, or not all of it.
    Unknown,
    /// All of it was read.
    Known {
        /// The person is assigned.
        direct: bool,
        /// Assigned groups that the person is a direct member of, by name.
        groups: Vec<String>,
        /// Assigned groups that the person belongs to only through another group.
        nested: Vec<Nested>,
    },
}

/// A membership that provisioning does not see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nested {
    /// The group that is assigned.
    pub assigned: String,
    /// The group within it that the person is a direct member of.
    pub inner: String,
}

impl Assignment {
    /// Whether provisioning counts the person as assigned; nothing, where that is not known.
    #[must_use]
    pub const fn counts(&self) -> Option<bool> {
        match self {
            Self::Unknown => None,
            Self::Known { direct, groups, .. } => Some(*direct || !groups.is_empty()),
        }
    }
}

/// What a job does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobState {
    /// It could not be read.
    Unknown,
    /// It has no credentials, and never ran.
    NotConfigured,
    /// It is switched off.
    Off,
    /// Its first cycle is not through.
    FirstCycle,
    /// It is set apart, for this reason of Graph's `quarantineReason`.
    Quarantined(String),
    /// It runs; when its last cycle ended.
    Running(Option<Timestamp>),
}

impl JobState {
    /// The state of a job as it was read.
    #[must_use]
    pub fn of(job: &Job) -> Self {
        let status = &job.status;
        let is = |code: &str| status.code.eq_ignore_ascii_case(code);
        if let Some(quarantine) = &status.quarantine {
            return Self::Quarantined(quarantine.reason.clone());
        }
        if is("Quarantine") {
            Self::Quarantined(String::new())
        } else if is("NotConfigured") {
            Self::NotConfigured
        } else if !job.schedule.is_active() {
            Self::Off
        } else if status.steady_state_first_achieved_time.is_none()
            && status.last_successful_execution.is_none()
        {
            Self::FirstCycle
        } else {
            Self::Running(status.last_execution.as_ref().and_then(|cycle| cycle.time_ended))
        }
    }
}

/// Where a finding stands among those of its tone: what decides for everybody comes before what decides for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    There,
    OnDemand,
    Job,
    Mapping,
    Account,
    Assignment,
    Filter,
    Log,
    Address,
    Guest,
    NotAsked,
    NotRead,
}

/// Everything that speaks for or against a person's being there: what keeps them out first, then what is to be looked at, then what is as
/// it should be; within these, what decides most comes first.
#[must_use]
pub fn why(facts: &Facts<'_>) -> Vec<Finding> {
    let mut found: Vec<(Rank, Finding)> = Vec::new();
    found.extend(evidence::there(facts).map(|it| (Rank::There, it)));
    found.extend(evidence::on_demand(facts).map(|it| (Rank::OnDemand, it)));
    found.push((Rank::Job, evidence::job(facts.job)));
    found.extend(standing::mapping(facts).map(|it| (Rank::Mapping, it)));
    found.extend(standing::account(facts.person).map(|it| (Rank::Account, it)));
    found.push((Rank::Assignment, standing::assignment(facts)));
    found.extend(standing::filter(facts).map(|it| (Rank::Filter, it)));
    found.extend(evidence::log(facts).map(|it| (Rank::Log, it)));
    found.extend(standing::address(facts).map(|it| (Rank::Address, it)));
    found.extend(standing::guest(facts).map(|it| (Rank::Guest, it)));
    found.extend(evidence::not_asked(facts).map(|it| (Rank::NotAsked, it)));
    found.extend(evidence::not_read(facts).map(|it| (Rank::NotRead, it)));
    // That somebody is there answers the question, whatever else is said.
    let answers = |rank: Rank, tone: Tone| rank == Rank::There && tone == Tone::Good;
    found.sort_by_key(|(rank, it)| (Reverse(answers(*rank, it.tone)), Reverse(it.tone), *rank));
    found.into_iter().map(|(_, it)| it).collect()
}
