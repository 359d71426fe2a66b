//! The gallery's mappings brought back, and `externalId` from the object id all the same.

use super::{Schema, read, repair_external_id, reset, save};
use crate::entra::connector::job::{pause, start};
use crate::entra::connector::template;
use crate::entra::connector::wire::Job;
use crate::entra::graph::{Graph, GraphError};
use crate::entra::ids::ObjectId;
use crate::entra::replication::{Gone, Settling, Tried, Waiting, settle, until};
use crate::env::Env;
use crate::http::percent_encode;
use crate::problem::{Explain, Problem};
use crate::stop::Control;

/// Why mappings were not reset, or not to the end.
#[derive(Debug, PartialEq, Eq)]
pub enum ResetError {
    /// They are as they were, and so is the job.
    Gone(Gone),
    /// That `externalId` would have to be mended could not be put on record: nothing was sent.
    NotRecorded(Problem),
    /// They are as they were, and the job was paused for it and did not resume.
    Paused(Gone),
    /// They are reset, or may be, and `externalId` is not mended. The job is off.
    Unmended(Gone),
    /// They are reset and mended, and the job was paused for it and did not resume.
    Unresumed(Gone),
}

impl From<Gone> for ResetError {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

impl Explain for ResetError {
    fn explain(&self) -> Problem {
        const RESUME: &str =
            "Look at the changes at the step “Review changes”, and start provisioning there again.";
        let (what, why, remedy, gone) = match self {
            Self::Gone(gone) => return gone.explain_for("reset the attribute mappings"),
            Self::NotRecorded(problem) => return problem.clone(),
            Self::Paused(gone) => (
                "The attribute mappings were not reset, and provisioning is paused.",
                "It was paused so that nothing is written with mappings that are half done, and could not be resumed.",
                RESUME,
                gone,
            ),
            Self::Unmended(gone) => (
                "The attribute mappings are reset, and externalId is not taken from the object id.",
                "The gallery has it otherwise, and it was not mended. Provisioning is off, so that nobody is written like this.",
                "Look at the changes at the step “Review changes”: it mends externalId before it starts provisioning again. Do not start it \
                 elsewhere before.",
                gone,
            ),
            Self::Unresumed(gone) => (
                "The attribute mappings are reset, and provisioning is paused.",
                "It was paused so that nothing is written with mappings that are half done, and could not be resumed.",
                RESUME,
                gone,
            ),
        };
        let cause = gone.explain_for("change the provisioning job");
        let problem =
            Problem::new(what, why, remedy).detail("cause", format!("{} {}", cause.what, cause.why));
        cause.raw.iter().fold(problem, |problem, it| problem.detail(&it.name, &it.value))
    }
}

/// Reads the mappings that jobs of a template begin with.
///
/// # Errors
/// [`GraphError`].
pub async fn of_template<E: Env>(
    graph: &Graph<'_, E>,
    principal: &ObjectId,
    template: &str,
) -> Result<Schema, GraphError> {
    let template = percent_encode(template);
    let path = format!("/servicePrincipals/{principal}/synchronization/templates/{template}/schema");
    graph.get("read the attribute mappings that the job begins with", &path).await
}

/// Resets the mappings, and mends them at once where the template has another `externalId`. A job that is on would write that one, so it is
/// paused meanwhile: cut off on the way, nobody is written. `record` puts on record, before anything is sent, that a mend is due from now on;
/// or, given `false`, that none is.
///
/// # Errors
/// [`ResetError`].
pub async fn reset_mended<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    (principal, job): (&ObjectId, &Job),
    record: impl AsyncFn(bool) -> Result<(), Problem>,
) -> Result<(), ResetError> {
    // What is known before need not be waited for: a copy that lags would show the mended mappings of before.
    let made_from = match job.template_id.as_str() {
        "" => template(graph, control, tell, principal).await?,
        known => known.to_owned(),
    };
    let begins = settle(graph.env, control, Settling::Service, tell, async || {
        of_template(graph, principal, &made_from).await
    })
    .await?;
    let place = (principal, job.id.as_str());
    if repair_external_id(&begins).is_none() {
        return Ok(reset(graph, control, tell, place).await?);
    }
    let runs = job.schedule.is_active();
    record(true).await.map_err(ResetError::NotRecorded)?;
    if runs && let Err(gone) = pause(graph, control, tell, principal, &job.id).await {
        // It may be paused by now, and says so itself.
        record(false).await.ok();
        return Err(gone.into());
    }
    let resume = async || match runs {
        true => start(graph, control, tell, principal, &job.id).await.map(drop),
        false => Ok(()),
    };
    match reset(graph, control, tell, place).await {
        Ok(()) => {}
        Err(Gone::Failed(error)) if !error.is_unsure() => {
            // It was refused, so they are as they were.
            record(false).await.ok();
            resume().await.map_err(ResetError::Paused)?;
            return Err(Gone::Failed(error).into());
        }
        Err(gone) => return Err(ResetError::Unmended(gone)),
    }
    mend(graph, control, tell, place).await.map_err(ResetError::Unmended)?;
    // Where this does not reach the record, it is looked at once more than it takes.
    record(false).await.ok();
    resume().await.map_err(ResetError::Unresumed)
}

async fn mend<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    place: (&ObjectId, &str),
) -> Result<(), Gone> {
    let mended = until(graph.env, control, tell, async || match read(graph, place.0, place.1).await {
        Ok(now) => Ok(repair_external_id(&now).map_or(Tried::NotYet(None), Tried::Ready)),
        Err(error) if Settling::Service.is_not_yet(&error) => Ok(Tried::NotYet(Some(error))),
        Err(error) => Err(error),
    })
    .await?;
    save(graph, control, tell, place, &mended).await
}
