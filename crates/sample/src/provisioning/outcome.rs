//! What became of one object: the five steps, what was changed, and what went wrong.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::source::Kind;

/// What was done, by the names of Graph's `provisioningAction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Other,
    Create,
    Update,
    Disable,
    Delete,
    StagedDelete,
}

impl Action {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Create => "create",
            Self::Update => "update",
            Self::Disable => "disable",
            Self::Delete => "delete",
            Self::StagedDelete => "stagedDelete",
        }
    }
}

/// How it ended, by the names of Graph's `provisioningResult`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Success,
    Failure,
    Skipped,
}

impl Status {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Skipped => "skipped",
        }
    }
}

/// One step.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) name: &'static str,
    /// By the names of Graph's `provisioningStepType`.
    pub(super) kind: &'static str,
    pub(super) status: Status,
    pub(super) description: String,
    pub(super) details: Map<String, Value>,
    pub(super) time: Duration,
}

/// Why an object was not provisioned.
#[derive(Clone, Debug, Default)]
pub(super) struct Reason {
    pub(super) code: String,
    pub(super) text: String,
    pub(super) advice: String,
}

/// One property, before and after.
#[derive(Clone, Debug)]
pub(super) struct Modified {
    pub(super) name: String,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
}

/// What became of one object.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) target: Option<String>,
    pub(super) action: Action,
    pub(super) status: Status,
    pub(super) reason: Option<Reason>,
    pub(super) steps: Vec<Step>,
    pub(super) modified: Vec<Modified>,
    /// Successful writes at the target.
    pub(super) writes: u64,
    /// Memberships that changed.
    pub(super) references: u64,
    /// Whether members are missing that should come with a later cycle.
    pub(super) pending: bool,
    /// Whether the rest is to be done later in the same cycle.
    pub(super) again: bool,
    pub(super) began: Duration,
}

impl Outcome {
    pub(super) fn new(kind: Kind, id: &str, name: &str, began: Duration) -> Self {
        Self {
            kind,
            id: id.to_owned(),
            name: name.to_owned(),
            target: None,
            action: Action::Other,
            status: Status::Success,
            reason: None,
            steps: Vec::new(),
            modified: Vec::new(),
            writes: 0,
            references: 0,
            pending: false,
            again: false,
            began,
        }
    }

    pub(super) fn step(
        &mut self,
        (name, kind): (&'static str, &'static str),
        status: Status,
        description: impl Into<String>,
        details: &Value,
    ) {
        self.steps.push(Step {
            name,
            kind,
            status,
            description: description.into(),
            details: details.as_object().cloned().unwrap_or_default(),
            time: self.began,
        });
    }

    /// Ends as skipped.
    pub(super) fn skipped(mut self, code: &str, text: &str) -> Self {
        self.step(
            ("EntrySynchronizationSkip", "export"),
            Status::Skipped,
            text,
            &json!({ "SkipReason": code }),
        );
        self.status = Status::Skipped;
        self.reason = Some(Reason { code: code.to_owned(), text: text.to_owned(), advice: String::new() });
        self
    }

    /// Ends as failed.
    pub(super) fn failed(mut self, step: (&'static str, &'static str), reason: Reason) -> Self {
        let details = json!({ "ErrorCode": reason.code });
        self.step(step, Status::Failure, reason.text.clone(), &details);
        self.status = Status::Failure;
        self.reason = Some(reason);
        self
    }
}
