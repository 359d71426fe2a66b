//! One cycle: who is looked at, one after the other, and what is left at the end.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

use super::credentials::Failure;
use super::job::{INTERVAL, Job, Schedule};
use super::object::{self, Stop};
use super::outcome::{Action, Outcome, Reason, Status};
use super::quarantine::{self, Cause};
use super::scope::{self, Entitled};
use super::source::{self, Kind};
use super::{Work, mapping, shown};

/// What a cycle takes before its first object.
const OPENING: Duration = Duration::from_secs(10);
/// What one object takes in a first cycle: 0.04 minutes, the middle of the published range (0.01 to 0.08 for each person, group and
/// member, `application-provisioning-when-will-provisioning-finish-specific-user`).
const FIRST: Duration = Duration::from_millis(2_400);
/// What one object takes in later cycles.
const LATER: Duration = Duration::from_secs(1);
/// So often is an object tried within a cycle while the target wants to be left alone.
const PATIENCE: u32 = 20;
/// Progress is counted in pages, not in objects.
const PAGE: usize = 20;

/// A cycle that runs.
#[derive(Clone, Debug)]
pub(super) struct Run {
    id: String,
    pub(super) initial: bool,
    began: Duration,
    /// When the next object is due.
    pub(super) time: Duration,
    queue: VecDeque<(Kind, String)>,
    total: usize,
    waits: u32,
    entitled: Entitled,
    done: Execution,
}

impl Run {
    pub(super) fn progress(&self, ahead: Duration) -> Value {
        let pages = |objects: usize| objects.div_ceil(PAGE);
        json!({
            "completedUnits": pages(self.total) - pages(self.queue.len()).min(pages(self.total)),
            "totalUnits": pages(self.total),
            "units": "pages",
            "progressObservationDateTime": shown(self.time, ahead),
        })
    }
}

/// What came out of a cycle.
#[derive(Clone, Debug, Default)]
pub(super) struct Execution {
    id: String,
    state: &'static str,
    error: Option<(String, String)>,
    began: Duration,
    ended: Duration,
    entitled: u64,
    eligible: u64,
    escrowed: u64,
    escrowed_raw: u64,
    exported: u64,
    exports: u64,
    imported: u64,
    deltas: u64,
    references: u64,
}

impl Execution {
    pub(super) fn render(&self, ahead: Duration) -> Value {
        json!({
            "activityIdentifier": self.id,
            "countEntitled": self.entitled,
            "countEntitledForProvisioning": self.eligible,
            "countEscrowed": self.escrowed,
            "countEscrowedRaw": self.escrowed_raw,
            "countExported": self.exported,
            "countExports": self.exports,
            "countImported": self.imported,
            "countImportedDeltas": self.deltas,
            "countImportedReferenceDeltas": self.references,
            "state": self.state,
            "error": self.error.as_ref().map(|(code, message)| error(code, message)),
            "timeBegan": shown(self.began, ahead),
            "timeEnded": shown(self.ended, ahead),
        })
    }
}

pub(super) fn error(code: &str, message: &str) -> Value {
    json!({ "code": code, "message": message, "tenantActionable": true })
}

/// Begins a cycle.
pub(super) fn begin(job: &mut Job, work: &mut Work<'_, '_>) {
    let initial = !job.watermark;
    job.everybody = work.secrets.everybody() || (job.everybody && !initial);
    let entitled = scope::entitled(work.tenant, &job.schema, work.principal, job.everybody, work.wall());
    // Who was unassigned before they ever arrived is nobody's failure any more.
    let links = &job.links;
    job.escrows.retain(|id, _| entitled.assigned(id) || links.contains_key(id));
    job.pending.retain(|id| links.contains_key(id));
    let queue = queue(job, work, &entitled, initial);
    let id = work.random.guid();
    let done = Execution {
        id: id.clone(),
        began: work.time,
        entitled: entitled.order.len() as u64,
        eligible: entitled.eligible_count(),
        imported: if initial { entitled.counted } else { queue.len() as u64 },
        ..Execution::default()
    };
    let time = work.time + OPENING;
    let total = queue.len();
    let run = Run { id, initial, began: work.time, time, queue, total, waits: 0, entitled, done };
    let deletions = deletions(job, work, &run.entitled);
    match work.secrets.delete_threshold() {
        _ if !work.secrets.complete() => abort(job, run, work, &Failure::missing()),
        Some(most) if deletions.len() as u64 > most && !job.force_deletes => {
            hold(job, run, work, &deletions, most);
        }
        _ => job.running = Some(run),
    }
}

/// Who is looked at: everybody in a first cycle, later those with changes, those that failed, and those that left.
fn queue(job: &Job, work: &Work<'_, '_>, entitled: &Entitled, initial: bool) -> VecDeque<(Kind, String)> {
    let differs = |kind: Kind, id: &str| -> bool {
        let Some(link) = job.links.get(id) else { return entitled.eligible(id) };
        let Some(source) = source::read(work.tenant.directory, kind, id) else { return true };
        if !entitled.eligible(id) {
            return link.active && !(source.active && work.secrets.keeps_out_of_scope());
        }
        let Some((mapping, _)) = mapping::find(&job.schema, kind) else { return false };
        let Ok(values) = mapping.values(&source, false, false) else { return true };
        values.iter().any(|(name, value)| link.sent.get(name) != Some(value))
            || source.members.iter().any(|it| !link.seen.contains(it))
            || link.seen.iter().any(|it| !source.members.contains(it))
    };
    let left =
        job.links.iter().filter(|(id, _)| !entitled.assigned(id)).map(|(id, link)| (link.kind, id.clone()));
    let mut all: Vec<(Kind, String)> = entitled.order.iter().cloned().chain(left).collect();
    all.sort_by_key(|(kind, _)| *kind);
    if !initial {
        let again = |id: &str| job.escrows.contains_key(id) || job.pending.contains(id);
        all.retain(|(kind, id)| again(id) || differs(*kind, id));
    }
    all.into()
}

/// Who would be deactivated or deleted.
fn deletions(job: &Job, work: &Work<'_, '_>, entitled: &Entitled) -> Vec<(Kind, String, String)> {
    let goes = |id: &str, link: &object::Link| {
        let Some(source) = source::read(work.tenant.directory, link.kind, id) else { return link.managed };
        let kept = source.active && work.secrets.keeps_out_of_scope();
        link.active && !entitled.eligible(id) && !kept
    };
    job.links
        .iter()
        .filter(|(id, link)| goes(id, link))
        .map(|(id, link)| (link.kind, id.clone(), link.name.clone()))
        .collect()
}

/// Too many deletions: nothing is exported, what was to go is staged (`accidental-deletions`).
fn hold(job: &mut Job, run: Run, work: &mut Work<'_, '_>, deletions: &[(Kind, String, String)], most: u64) {
    for (kind, id, name) in deletions {
        let mut outcome = Outcome::new(*kind, id, name, work.time);
        outcome.action = Action::StagedDelete;
        outcome.target = job.links.get(id).map(|it| it.target.clone());
        let words = format!("{} '{name}' was not removed: the deletion is held back", kind.name());
        outcome.step(("EntryExportDelete", "export"), Status::Skipped, words, &Value::Null);
        work.log.add(work.time, work.principal, &job.id, &run.id, &outcome, None, work.random);
    }
    let message = format!(
        "The number of deletions ({}) is above the threshold of {most} for accidental deletions. No object was exported.",
        deletions.len()
    );
    fail(job, run, work, Cause::TooManyDeletes, "TooManyDeletes", &message);
}

/// The target cannot be worked with: the cycle ends at once.
fn abort(job: &mut Job, run: Run, work: &mut Work<'_, '_>, failure: &Failure) {
    fail(job, run, work, Cause::Exception, failure.code, &failure.message);
}

fn fail(job: &mut Job, mut run: Run, work: &mut Work<'_, '_>, cause: Cause, code: &str, message: &str) {
    job.failures += 1;
    run.done.state = "Failed";
    run.done.error = Some((code.to_owned(), message.to_owned()));
    run.done.ended = work.time;
    run.done.escrowed = job.escrows.len() as u64;
    job.last = Some(run.done);
    quarantine::enter(job, cause, code, message, work.time);
}

/// Looks at the next object, or ends.
pub(super) fn proceed(job: &mut Job, mut run: Run, work: &mut Work<'_, '_>) {
    let Some((kind, id)) = run.queue.pop_front() else { return finish(job, run, work) };
    let processed = object::process(work, &job.schema, &mut job.links, (kind, &id), &run.entitled, None);
    let outcome = match processed {
        Err(Stop::Failed(failure)) => return abort(job, run, work, &failure),
        Err(Stop::Wait(seconds)) if run.waits < PATIENCE => {
            run.waits += 1;
            run.queue.push_front((kind, id));
            run.time += Duration::from_secs(seconds);
            job.running = Some(run);
            return;
        }
        Err(Stop::Wait(_)) => {
            let reason = Reason {
                code: "TooManyRequests".to_owned(),
                text: "StatusCode: 429 The target system takes no more requests.".to_owned(),
                advice: "This is tried again with the next cycle.".to_owned(),
            };
            Outcome::new(kind, &id, &id, work.time).failed(("EntryExport", "export"), reason)
        }
        Ok(outcome) => outcome,
    };
    run.waits = 0;
    run.time += if run.initial { FIRST } else { LATER };
    settle(job, &outcome, work.time);
    let Execution { exported, exports, deltas, references, escrowed_raw, .. } = &mut run.done;
    *exported += u64::from(outcome.writes > 0);
    *exports += outcome.writes;
    *deltas += u64::from(outcome.status != Status::Skipped);
    *references += outcome.references;
    *escrowed_raw += u64::from(outcome.status == Status::Failure);
    if outcome.again {
        run.queue.push_back((kind, id));
    }
    work.log.add(work.time, work.principal, &job.id, &run.id, &outcome, None, work.random);
    job.running = Some(run);
}

/// What the job remembers of an object's outcome.
pub(super) fn settle(job: &mut Job, outcome: &Outcome, time: Duration) {
    if outcome.status == Status::Failure {
        job.escrows.entry(outcome.id.clone()).or_insert((outcome.kind, time));
    } else {
        job.escrows.remove(&outcome.id);
    }
    if outcome.pending {
        job.pending.insert(outcome.id.clone());
    } else {
        job.pending.remove(&outcome.id);
    }
    if job.links.contains_key(&outcome.id) {
        job.provisioned.insert((outcome.kind, outcome.id.clone()));
    }
}

fn finish(job: &mut Job, mut run: Run, work: &mut Work<'_, '_>) {
    let escrowed = job.escrows.len() as u64;
    let failed = run.done.escrowed_raw > 0;
    run.done.state = if failed { "EntryLevelErrors" } else { "Succeeded" };
    run.done.escrowed = escrowed;
    run.done.ended = work.time;
    job.last = Some(run.done.clone());
    (job.watermark, job.force_deletes, job.failures) = (true, false, 0);
    let looked_at = run.entitled.order.len() as u64;
    if let Some(cause) = quarantine::too_many(escrowed, looked_at) {
        let message = format!("{escrowed} of {looked_at} objects failed.");
        quarantine::enter(job, cause, "EscrowThreshold", &message, work.time);
        return;
    }
    // A good cycle ends a quarantine by itself.
    job.quarantine = None;
    if job.steady_first.is_zero() {
        job.steady_first = work.time;
    }
    job.steady_last = work.time;
    if !failed {
        if run.done.exports > 0 {
            job.last_with_exports = Some(run.done.clone());
        }
        job.last_successful = Some(run.done);
    }
    let next = (run.began + INTERVAL).max(work.time);
    job.next = (job.schedule != Schedule::Disabled).then_some(next);
}
