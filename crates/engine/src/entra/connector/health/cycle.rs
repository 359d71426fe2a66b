//! What one cycle brought.

use crate::entra::connector::wire::{Execution, JobError};
use crate::env::Timestamp;

/// How a cycle ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// With everything done.
    Succeeded,
    /// Some objects failed.
    WithFailures,
    /// As a whole.
    Failed,
    /// Not yet, or in a way that is not known here.
    Other(String),
}

/// A cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// How it ended.
    pub end: End,
    /// When it began.
    pub began: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// How many objects are in scope.
    pub entitled: u64,
    /// How many were sent.
    pub exported: u64,
    /// How many failed and are tried again.
    pub escrowed: u64,
    /// What went wrong with it as a whole.
    pub error: Option<JobError>,
}

impl Cycle {
    pub(super) fn of(it: &Execution) -> Self {
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        let end = match it.state.to_ascii_lowercase().as_str() {
            "succeeded" => End::Succeeded,
            "entrylevelerrors" => End::WithFailures,
            "failed" => End::Failed,
            _ => End::Other(it.state.clone()),
        };
        Self {
            end,
            began: it.time_began,
            ended: it.time_ended,
            entitled: count(it.count_entitled),
            exported: count(it.count_exported),
            escrowed: count(it.count_escrowed),
            error: it.error.clone(),
        }
    }
}
