//! Provisioning on demand: one person, or one group with a few members, at once and for real.

use serde_json::{Value, json};

use super::object::{self, Demand, Stop};
use super::outcome::{Outcome, Reason, Status, Step};
use super::schema::{SOURCE, target_name};
use super::source::Kind;
use super::{Job, Work, cycle, mapping, members, scope, shown, text};

/// Who is asked for.
#[derive(Debug)]
pub(crate) struct Asked {
    kind: Kind,
    id: String,
    members: Vec<String>,
}

/// Why nothing is done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) String);

impl Asked {
    /// Reads the body of a request.
    pub(crate) fn read(body: &Value, job: &Job) -> Result<Self, Refused> {
        let refuse = |words: &str| Err(Refused(words.to_owned()));
        let list = |value: &Value, name: &str| {
            value.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
        };
        let parameters = list(body, "parameters");
        let [parameter] = parameters.as_slice() else {
            return refuse("Exactly one entry of parameters is needed.");
        };
        let subjects = list(parameter, "subjects");
        let [subject] = subjects.as_slice() else {
            return refuse("Only one subject can be provisioned on demand.");
        };
        let Some(kind) = Kind::named(text(subject, "objectTypeName")) else {
            return refuse("The objectTypeName of the subject must be User or Group.");
        };
        let Some((_, rule)) = mapping::find(&job.schema, kind) else {
            return refuse("The schema has no mapping for objects of this type.");
        };
        if text(parameter, "ruleId") != rule {
            return refuse("The ruleId is not that of a synchronization rule for objects of this type.");
        }
        let links = subject.get("links").map(|links| list(links, "members")).unwrap_or_default();
        if links.len() > members::ON_DEMAND {
            return Err(Refused(format!(
                "At most {} members can be provisioned on demand with a group.",
                members::ON_DEMAND
            )));
        }
        let members = links.iter().map(|it| text(it, "objectId").to_owned()).collect();
        Ok(Self { kind, id: text(subject, "objectId").to_owned(), members })
    }
}

/// Provisions, and tells of it as the service does: JSON in texts, in one form for people and in another for groups, both of which are
/// documented (`synchronizationjob-provisionondemand`).
pub(crate) fn provision(
    job: &mut Job,
    work: &mut Work<'_, '_>,
    asked: &Asked,
    person: Option<&(String, String)>,
) -> Value {
    let everybody = work.secrets.everybody();
    let entitled = scope::entitled(work.tenant, &job.schema, work.principal, everybody, work.wall());
    let cycle = work.random.guid();
    let mut results = Vec::new();
    let people = asked.members.iter().map(|id| (Kind::User, id.as_str()));
    // Members that are not there yet come first, so that the group can hold them.
    let missing: Vec<(Kind, &str)> = people.filter(|(_, id)| !job.links.contains_key(*id)).collect();
    for (kind, id) in missing.into_iter().chain([(asked.kind, asked.id.as_str())]) {
        let demand = Demand { members: &asked.members };
        let processed =
            object::process(work, &job.schema, &mut job.links, (kind, id), &entitled, Some(&demand));
        let outcome = processed.unwrap_or_else(|stop| {
            let reason = match stop {
                Stop::Failed(failure) => Reason {
                    code: failure.code.to_owned(),
                    text: failure.message,
                    advice: "Test the connection, and save credentials that work.".to_owned(),
                },
                Stop::Wait(_) => Reason {
                    code: "TooManyRequests".to_owned(),
                    text: "StatusCode: 429 The target system takes no more requests.".to_owned(),
                    advice: "Try again in a minute.".to_owned(),
                },
            };
            Outcome::new(kind, id, id, work.time).failed(("EntryExport", "export"), reason)
        });
        // Cycles look at what a request on demand left out.
        let complete = outcome.status == Status::Failure || kind == Kind::User;
        cycle::settle(job, &outcome, work.time);
        if !complete {
            job.pending.insert(id.to_owned());
        }
        work.log.add(work.time, work.principal, &job.id, &cycle, &outcome, person.cloned(), work.random);
        results.push(outcome);
    }
    results.reverse();
    let change = work.random.guid();
    let told: Vec<Value> = results.iter().map(|it| told(it, &change, job.template, work)).collect();
    match (asked.kind, results.first()) {
        (Kind::User, Some(first)) => json!({
            "key": result(first).to_string(),
            "value": told.first().cloned().unwrap_or_default().to_string(),
        }),
        _ => json!({
            "key": "Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo",
            "value": Value::Array(told).to_string(),
        }),
    }
}

/// Names are spelt with a capital here, other than in the log.
fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn result(outcome: &Outcome) -> Value {
    let details = outcome
        .reason
        .as_ref()
        .map_or_else(|| json!({}), |it| json!({ "errorCode": it.code, "errorMessage": it.text }));
    json!({ "result": capital(outcome.status.name()), "details": details })
}

fn told(it: &Outcome, change: &str, template: &str, work: &Work<'_, '_>) -> Value {
    let time = shown(it.began, work.ahead);
    let step = |step: &Step| {
        json!({
            "name": step.name,
            "type": capital(step.kind),
            "status": capital(step.status.name()),
            "description": step.description,
            "timestamp": shown(step.time, work.ahead),
            "details": step.details,
        })
    };
    let modified: Vec<Value> = it
        .modified
        .iter()
        .map(|it| json!({ "displayName": it.name, "oldValue": it.old, "newValue": it.new }))
        .collect();
    let reason = it.reason.as_ref();
    json!({
        "action": capital(it.action.name()),
        "changeId": change,
        "startTime": time,
        "endTime": time,
        "reportableIdentifier": it.name,
        "modifiedProperties": modified,
        "provisioningSteps": it.steps.iter().map(step).collect::<Vec<_>>(),
        "statusInfo": {
            "status": capital(it.status.name()),
            "errorCode": reason.map(|it| &it.code),
            "reason": reason.map(|it| &it.text),
            "additionalDetails": null,
            "errorCategory": null,
            "recommendedAction": reason.map(|it| &it.advice),
        },
        "sourceIdentity": { "id": it.id, "type": it.kind.name(), "displayName": it.name, "details": null },
        "sourceSystem": { "id": null, "name": SOURCE, "details": null },
        "targetIdentity": { "id": it.target, "type": it.kind.target_name(), "displayName": it.name, "details": null },
        "targetSystem": { "id": null, "name": target_name(template), "details": null },
    })
}
