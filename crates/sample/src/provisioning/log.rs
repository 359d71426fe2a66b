//! The provisioning log (Graph's `provisioningobjectsummary`).

use std::time::Duration;

use serde_json::{Value, json};

use super::outcome::{Outcome, Reason, Status, Step};
use super::schema::{SOURCE, target_name};
use super::shown;
use crate::random::Random;

/// The log is kept for 30 days.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3_600);

/// One entry.
#[derive(Clone, Debug)]
struct Entry {
    id: String,
    change: String,
    time: Duration,
    principal: String,
    job: String,
    cycle: String,
    outcome: Outcome,
    /// Who asked for it; none for the service itself.
    person: Option<(String, String)>,
}

/// The log of all jobs.
#[derive(Clone, Debug)]
pub(crate) struct Log(Vec<Entry>);

impl Log {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    #[expect(clippy::too_many_arguments, reason = "one entry")]
    pub(super) fn add(
        &mut self,
        time: Duration,
        principal: &str,
        job: &str,
        cycle: &str,
        outcome: &Outcome,
        person: Option<(String, String)>,
        random: &mut Random,
    ) {
        self.0.push(Entry {
            id: random.guid(),
            change: random.guid(),
            time,
            principal: principal.to_owned(),
            job: job.to_owned(),
            cycle: cycle.to_owned(),
            outcome: outcome.clone(),
            person,
        });
    }

    /// What has reached the log by now, the newest first. `delay` is how long an entry takes to show.
    pub(crate) fn render(
        &self,
        (tenant, names): (&str, &dyn Fn(&str) -> String),
        (time, ahead): (Duration, Duration),
        delay: Duration,
    ) -> Vec<Value> {
        let seen = |it: &&Entry| it.time + delay <= time && it.time + KEPT > time;
        self.0.iter().rev().filter(seen).map(|it| it.render(tenant, &names(&it.principal), ahead)).collect()
    }
}

impl Entry {
    fn render(&self, tenant: &str, name: &str, ahead: Duration) -> Value {
        let it = &self.outcome;
        let template = self.job.split('.').next().unwrap_or_default();
        let (id, display, kind) = match &self.person {
            Some((id, display)) => (id.as_str(), display.as_str(), "user"),
            None => ("", "Azure AD Provisioning Service", "system"),
        };
        let identity = |id: &str, kind: &str| json!({ "id": id, "displayName": it.name, "identityType": kind, "details": {} });
        let modified: Vec<Value> = it
            .modified
            .iter()
            .map(|it| json!({ "displayName": it.name, "oldValue": it.old, "newValue": it.new }))
            .collect();
        json!({
            "id": self.id,
            "activityDateTime": shown(self.time, ahead),
            "tenantId": tenant,
            "jobId": self.job,
            "cycleId": self.cycle,
            "changeId": self.change,
            "provisioningAction": it.action.name(),
            "durationInMilliseconds": 1_000,
            "initiatedBy": { "id": id, "displayName": display, "initiatorType": kind },
            "servicePrincipal": { "id": self.principal, "displayName": name },
            "sourceSystem": { "id": null, "displayName": SOURCE, "details": {} },
            "targetSystem": { "id": null, "displayName": target_name(template), "details": {} },
            "sourceIdentity": identity(&it.id, it.kind.name()),
            "targetIdentity": identity(it.target.as_deref().unwrap_or_default(), it.kind.target_name()),
            "modifiedProperties": modified,
            "provisioningSteps": it.steps.iter().map(step).collect::<Vec<_>>(),
            "provisioningStatusInfo": status(it.status, it.reason.as_ref()),
        })
    }
}

fn step(it: &Step) -> Value {
    json!({
        "name": it.name,
        "provisioningStepType": it.kind,
        "status": it.status.name(),
        "description": it.description,
        "details": it.details,
    })
}

fn status(status: Status, reason: Option<&Reason>) -> Value {
    let information = reason.map(|it| {
        json!({
            "errorCode": it.code,
            "reason": it.text,
            "additionalDetails": null,
            "errorCategory": if status == Status::Failure { "failure" } else { "nonServiceFailure" },
            "recommendedAction": it.advice,
        })
    });
    json!({ "status": status.name(), "errorInformation": information })
}
