//! The provisioning job of a connector: one for each, found before it is made, and what can be done with it.

use std::time::Duration;

use serde_json::json;

use super::wire::Job;
use crate::entra::graph::{Change, Graph, GraphError};
use crate::entra::ids::ObjectId;
use crate::entra::replication::{BUDGET, Gone, Settling, Tried, Waiting, until};
use crate::env::{Env, Timestamp};
use crate::problem::{Explain, Problem};
use crate::stop::Control;

/// Why there is not one job.
#[derive(Debug, PartialEq, Eq)]
pub enum JobError {
    /// There are several: two that write to one target work against each other.
    Several(Vec<Job>),
    /// That the request would be sent could not be put on record: nothing was sent.
    NotRecorded(Problem),
    /// Stopped, refused, or too slow to show.
    Gone(Gone),
}

impl From<Gone> for JobError {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

impl Explain for JobError {
    fn explain(&self) -> Problem {
        match self {
            Self::Several(jobs) => Problem::new(
                format!("This connector has {} provisioning jobs.", jobs.len()),
                "Two jobs that write to one target work against each other.",
                "Remove all but one, in the list of this connector’s jobs or in the Entra admin center.",
            )
            .detail("jobs", jobs.iter().map(|it| it.id.as_str()).collect::<Vec<_>>().join(", ")),
            Self::NotRecorded(problem) => problem.clone(),
            Self::Gone(gone) => gone.explain(),
        }
    }
}

fn base(principal: &ObjectId) -> String {
    format!("/servicePrincipals/{principal}/synchronization/jobs")
}

/// The path of one job. Ids have dots and letters only; others are not Graph's.
pub(super) fn path(principal: &ObjectId, job: &str) -> String {
    format!("{}/{}", base(principal), crate::http::percent_encode(job))
}

/// Reads the jobs of a connector.
///
/// # Errors
/// [`GraphError`].
pub async fn jobs<E: Env>(graph: &Graph<'_, E>, principal: &ObjectId) -> Result<Vec<Job>, GraphError> {
    let pages = graph.pages::<Job>("read the connector's provisioning jobs", &base(principal)).await;
    match pages.broken {
        Some(error) => Err(error),
        None => Ok(pages.items),
    }
}

/// Reads one job.
///
/// # Errors
/// [`GraphError`].
pub async fn job<E: Env>(graph: &Graph<'_, E>, principal: &ObjectId, id: &str) -> Result<Job, GraphError> {
    graph.get("read the provisioning job", &path(principal, id)).await
}

/// Finds the job, or makes it. `sent` is when an earlier visit sent the request; `record` puts on record that it is sent from now on,
/// or, given nothing, that it was refused.
///
/// # Errors
/// [`JobError`].
pub async fn ensure<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    (principal, template): (&ObjectId, &str),
    sent: Option<Timestamp>,
    record: impl AsyncFn(Option<Timestamp>) -> Result<(), Problem>,
) -> Result<Job, JobError> {
    // A date that is yet to come would be waited for for ever.
    let mut sent = sent.filter(|at| at.age(graph.env.wall()).is_some());
    until(graph.env, control, tell, async || {
        let found = match jobs(graph, principal).await {
            Ok(found) => found,
            Err(error) if Settling::Service.is_not_yet(&error) => return Ok(Tried::NotYet(Some(error))),
            Err(error) => return Err(error),
        };
        match found.as_slice() {
            [one] => return Ok(Tried::Ready(Ok(one.clone()))),
            [] => {}
            _ => return Ok(Tried::Ready(Err(JobError::Several(found)))),
        }
        let now = graph.env.wall();
        // One that is on its way shows within the time that everything takes to show.
        if sent.is_some_and(|sent| now.since(sent) <= BUDGET + Duration::from_secs(30)) {
            return Ok(Tried::NotYet(None));
        }
        if let Err(problem) = record(Some(now)).await {
            return Ok(Tried::Ready(Err(JobError::NotRecorded(problem))));
        }
        sent = Some(now);
        let path = base(principal);
        let change = Change::post("create the provisioning job", &path, json!({ "templateId": template }));
        match graph.change(change).await {
            Ok(()) => Ok(Tried::NotYet(None)),
            // 424 says that something which Graph asked for failed, and not what became of the job.
            Err(error) if error.is_unsure() || error.status() == Some(424) => Ok(Tried::NotYet(Some(error))),
            Err(error) => {
                // It was refused as a whole, so nothing is on its way: neither this visit nor the next one waits for it.
                sent = None;
                record(None).await.ok();
                if Settling::Service.is_not_yet(&error) { Ok(Tried::NotYet(Some(error))) } else { Err(error) }
            }
        }
    })
    .await?
}

/// What a restart forgets (`synchronization-synchronizationjobrestartcriteria`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Restart {
    /// What the portal’s restart does: everything is looked at anew, failures and quarantine are forgotten, links are kept.
    Usual,
    /// Links between source and target are forgotten too and found anew by matching. For experts.
    Full,
    /// The deletions that were held back are carried out, all of them.
    ForceDeletes,
}

/// Switches a job on: it runs at once, and from then on by itself. Reads until it shows.
///
/// # Errors
/// [`Gone`].
pub async fn start<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    principal: &ObjectId,
    id: &str,
) -> Result<Job, Gone> {
    switch(graph, control, tell, (principal, id), true).await
}

/// Switches a job off. A cycle that runs comes to its end all the same (`known-issues`).
///
/// # Errors
/// [`Gone`].
pub async fn pause<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    principal: &ObjectId,
    id: &str,
) -> Result<Job, Gone> {
    switch(graph, control, tell, (principal, id), false).await
}

async fn switch<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    (principal, id): (&ObjectId, &str),
    on: bool,
) -> Result<Job, Gone> {
    let (doing, action) =
        if on { ("start the provisioning job", "start") } else { ("pause the provisioning job", "pause") };
    let action = format!("{}/{action}", path(principal, id));
    until(graph.env, control, tell, async || {
        match job(graph, principal, id).await {
            Ok(job) if job.schedule.is_active() == on => return Ok(Tried::Ready(job)),
            Ok(_) => {}
            Err(error) if Settling::Service.is_not_yet(&error) => return Ok(Tried::NotYet(Some(error))),
            Err(error) => return Err(error),
        }
        // Sent twice it does no more than once.
        let change = Change {
            repeat: crate::entra::graph::Repeat::Safe,
            body: None,
            ..Change::post(doing, &action, json!({}))
        };
        later(graph.change(change).await)
    })
    .await
}

/// A failure that may be the service’s lag, or that leaves open whether it was done, is looked at again.
fn later<T>(result: Result<(), GraphError>) -> Result<Tried<T>, GraphError> {
    match result {
        Ok(()) => Ok(Tried::NotYet(None)),
        Err(error) if Settling::Service.is_not_yet(&error) || error.is_unsure() => {
            Ok(Tried::NotYet(Some(error)))
        }
        Err(error) => Err(error),
    }
}

/// Restarts a job. Nothing shows that it was done but the next cycle, so an answer that was lost is asked for again: restarting twice
/// forgets no more than once.
///
/// # Errors
/// [`Gone`].
pub async fn restart<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    (principal, id): (&ObjectId, &str),
    what: Restart,
) -> Result<(), Gone> {
    let scope = match what {
        Restart::Usual => "",
        Restart::Full => "Full",
        Restart::ForceDeletes => "ForceDeletes",
    };
    let criteria = if scope.is_empty() { json!({}) } else { json!({ "resetScope": scope }) };
    let action = format!("{}/restart", path(principal, id));
    until(graph.env, control, tell, async || {
        let change = Change::post("restart the provisioning job", &action, json!({ "criteria": criteria }));
        match graph.change(change).await {
            Ok(()) => Ok(Tried::Ready(())),
            Err(error) => later(Err(error)),
        }
    })
    .await
}

/// Removes a job: it stops, and what it knew is gone; accounts in the target stay.
///
/// # Errors
/// [`Gone`].
pub async fn remove_job<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    principal: &ObjectId,
    id: &str,
) -> Result<(), Gone> {
    let one = path(principal, id);
    until(graph.env, control, tell, async || {
        if !jobs(graph, principal).await?.iter().any(|job| job.id == id) {
            return Ok(Tried::Ready(()));
        }
        match graph.change(Change::delete("remove the provisioning job", &one)).await {
            Err(error) if error.status() == Some(404) => Ok(Tried::NotYet(None)),
            result => later(result),
        }
    })
    .await
}
