//! A synchronization job: what it remembers, and how Graph shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};

use super::cycle::{self, Execution, Run};
use super::object::Links;
use super::quarantine::Quarantine;
use super::restart::Scopes;
use super::source::Kind;
use super::{Secrets, Work, shown};

/// A cycle begins every 40 minutes; nobody can choose another interval (`known-issues`).
pub(super) const INTERVAL: Duration = Duration::from_secs(40 * 60);

/// Whether the administrator wants it to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Schedule {
    Active,
    Disabled,
    Paused,
}

impl Schedule {
    const fn name(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Disabled => "Disabled",
            Self::Paused => "Paused",
        }
    }
}

/// A job.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) template: &'static str,
    pub(crate) schema: Value,
    pub(crate) created: Duration,
    pub(super) schedule: Schedule,
    /// When the next cycle begins.
    pub(super) next: Option<Duration>,
    pub(super) running: Option<Run>,
    /// Whether a first cycle came to its end: from then on only what changed is looked at.
    pub(super) watermark: bool,
    /// Whether everybody was meant when the first cycle began; that this became fewer needs a restart (`known-issues`).
    pub(super) everybody: bool,
    /// What was provisioned. Shared with no other job.
    pub(super) links: Links,
    /// Objects that failed, with the time of the first failure; each cycle tries them again.
    pub(super) escrows: BTreeMap<String, (Kind, Duration)>,
    /// Groups that lack members which should come.
    pub(super) pending: BTreeSet<String>,
    /// Held deletions may go in the next cycle.
    pub(super) force_deletes: bool,
    pub(super) quarantine: Option<Quarantine>,
    pub(super) failures: u64,
    pub(super) last: Option<Execution>,
    pub(super) last_successful: Option<Execution>,
    pub(super) last_with_exports: Option<Execution>,
    pub(super) steady_first: Duration,
    pub(super) steady_last: Duration,
    /// People and groups ever provisioned: never fewer until the store is reset
    /// (`application-provisioning-when-will-provisioning-finish-specific-user`).
    pub(super) provisioned: BTreeSet<(Kind, String)>,
}

impl Job {
    pub(super) const fn new(id: String, template: &'static str, schema: Value, created: Duration) -> Self {
        Self {
            id,
            template,
            schema,
            created,
            schedule: Schedule::Disabled,
            next: None,
            running: None,
            watermark: false,
            everybody: false,
            links: Links::new(),
            escrows: BTreeMap::new(),
            pending: BTreeSet::new(),
            force_deletes: false,
            quarantine: None,
            failures: 0,
            last: None,
            last_successful: None,
            last_with_exports: None,
            steady_first: Duration::ZERO,
            steady_last: Duration::ZERO,
            provisioned: BTreeSet::new(),
        }
    }

    /// When there is something to do. A cycle that runs comes to its end even when the job is paused (`known-issues`).
    pub(super) fn due(&self) -> Option<Duration> {
        match &self.running {
            Some(run) => Some(run.time),
            None if self.schedule == Schedule::Active => self.next,
            None => None,
        }
    }

    pub(super) fn step(&mut self, work: &mut Work<'_, '_>) {
        match self.running.take() {
            Some(run) => cycle::proceed(self, run, work),
            None => cycle::begin(self, work),
        }
    }

    /// `start`, which also resumes.
    pub(crate) fn start(&mut self, time: Duration) {
        if self.schedule == Schedule::Active && self.quarantine.is_none() {
            return;
        }
        self.schedule = Schedule::Active;
        self.next = Some(time);
    }

    /// `pause`.
    pub(crate) const fn pause(&mut self) {
        self.schedule = Schedule::Paused;
    }

    /// `restart`: what is named is forgotten, and a cycle begins.
    pub(crate) fn restart(&mut self, scopes: Scopes, time: Duration) {
        if scopes.watermark {
            self.watermark = false;
            self.running = None;
        }
        if scopes.escrows {
            self.escrows.clear();
        }
        if scopes.quarantine {
            (self.quarantine, self.failures) = (None, 0);
        }
        if scopes.store {
            self.links.clear();
            self.provisioned.clear();
            self.pending.clear();
        }
        self.force_deletes |= scopes.force_deletes;
        self.schedule = Schedule::Active;
        self.next = Some(time);
    }

    /// A changed schema is worked through from the beginning (`synchronization-configure-with-custom-target-attributes`).
    pub(crate) fn set_schema(&mut self, schema: Value) {
        self.schema = schema;
        self.watermark = false;
    }

    fn code(&self, secrets: &Secrets) -> &'static str {
        match self.schedule {
            _ if self.quarantine.is_some() => "Quarantine",
            Schedule::Disabled if !secrets.complete() => "NotConfigured",
            Schedule::Disabled | Schedule::Paused => "Paused",
            Schedule::Active if self.steady_first.is_zero() => "NotRun",
            Schedule::Active => "Active",
        }
    }

    /// All properties, as Graph gives them.
    pub(crate) fn render(&self, secrets: &Secrets, ahead: Duration) -> Value {
        let execution = |it: &Option<Execution>| it.as_ref().map(|it| it.render(ahead));
        let of_kind = |kind| self.provisioned.iter().filter(|(it, _)| *it == kind).count();
        let counts: Vec<Value> = [("user to User", Kind::User), ("group to Group", Kind::Group)]
            .into_iter()
            .map(|(key, kind)| (key, of_kind(kind)))
            .filter(|(_, count)| *count > 0)
            .map(|(key, count)| json!({ "key": key, "value": count }))
            .collect();
        let mut settings = vec![
            json!({ "name": "AzureIngestionAttributeOptimization", "value": "False" }),
            json!({ "name": "LookaheadQueryEnabled", "value": "False" }),
        ];
        if let Some(threshold) = secrets.delete_threshold() {
            settings
                .push(json!({ "name": "QuarantineTooManyDeletesThreshold", "value": threshold.to_string() }));
        }
        json!({
            "id": self.id,
            "templateId": self.template,
            "schedule": { "expiration": null, "interval": "PT40M", "state": self.schedule.name() },
            "status": {
                "code": self.code(secrets),
                "countSuccessiveCompleteFailures": self.failures,
                "escrowsPruned": false,
                "lastExecution": execution(&self.last),
                "lastSuccessfulExecution": execution(&self.last_successful),
                "lastSuccessfulExecutionWithExports": execution(&self.last_with_exports),
                "progress": self.running.iter().filter(|it| it.initial).map(|it| it.progress(ahead)).collect::<Vec<_>>(),
                "quarantine": self.quarantine.as_ref().map(|it| it.render(ahead)),
                "steadyStateFirstAchievedTime": shown(self.steady_first, ahead),
                "steadyStateLastAchievedTime": shown(self.steady_last, ahead),
                "synchronizedEntryCountByType": counts,
                "troubleshootingUrl": null,
            },
            "synchronizationJobSettings": settings,
        })
    }
}
