//! Nothing but what was shown: what is there is compared with it once more, right before it is written.

use super::error::SetUpError;
use super::{Told, Writes};
use crate::entra::connector::assignment::{Assigned, assignments};
use crate::entra::connector::job::{JobError, jobs};
use crate::entra::connector::secrets::{Kept, kept};
use crate::entra::connector::wire::{Enterprise, Job};
use crate::entra::graph::Graph;
use crate::entra::ids::ObjectId;
use crate::entra::replication::{Gone, Settling, Tried, Waiting, settle, until};
use crate::env::Env;
use crate::setup::Picked;
use crate::stop::Control;

/// Ends it where somebody changed what the connector writes to, or whom it provisions, since that was shown.
pub(super) async fn unchanged<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    writes: &Writes,
) -> Result<(), SetUpError> {
    let now = settle(graph.env, control, Settling::Update, tell, async || {
        match kept(graph, &writes.principal).await {
            // It was told nothing yet.
            Err(error) if error.status() == Some(404) && writes.shown.address.is_none() => {
                Ok(Kept::default())
            }
            other => other,
        }
    })
    .await?;
    let as_shown =
        now.address() == writes.shown.address.as_deref() && now.everybody() == writes.shown.everybody;
    // An earlier attempt may have come so far.
    let as_told = |told: &Told| now.writes_to(&told.target) && now.settings() == told.settings;
    if as_shown || writes.tell.as_ref().is_some_and(as_told) { Ok(()) } else { Err(SetUpError::Changed(now)) }
}

/// The job that was shown, and no other. Where it does not show for long, none is made in its place.
pub(super) async fn the_job<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    principal: &ObjectId,
    shown: &str,
) -> Result<Job, SetUpError> {
    let found = until(graph.env, control, tell, async || {
        let found = match jobs(graph, principal).await {
            Ok(found) => found,
            Err(error) if Settling::Service.is_not_yet(&error) => return Ok(Tried::NotYet(Some(error))),
            Err(error) => return Err(error),
        };
        Ok(match found.as_slice() {
            [] => Tried::NotYet(None),
            [one] if one.id == shown => Tried::Ready(Ok(one.clone())),
            [other] => Tried::Ready(Err(SetUpError::OtherJob(Some(other.id.clone())))),
            _ => Tried::Ready(Err(SetUpError::Job(JobError::Several(found)))),
        })
    })
    .await;
    match found {
        Ok(found) => found,
        Err(Gone::TimeUp(None)) => Err(SetUpError::OtherJob(None)),
        Err(gone) => Err(gone.into()),
    }
}

/// While everybody is in scope an assignment does nothing, and somebody may tidy up. So before it is narrowed those who were shown as
/// assigned have to be so still.
pub(super) async fn still_assigned<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    enterprise: &Enterprise,
    writes: &Writes,
) -> Result<(), SetUpError> {
    let now = control.unless_stopped(assignments(graph, enterprise)).await.map_err(Gone::from)?;
    if let Some(error) = now.broken {
        return Err(error.into());
    }
    let gone = |it: &&Picked| !now.items.iter().any(|assigned| assigned.principal == it.id);
    let missing: Vec<_> =
        writes.shown.assigned.iter().filter(gone).map(|it| (it.name.clone(), None)).collect();
    if missing.is_empty() { Ok(()) } else { Err(SetUpError::Narrowed(missing)) }
}

/// Before a restart that takes all others out of scope, each of those who shall stay has to be assigned, and to show as such.
pub(super) fn everybody_assigned(assigned: Option<&Assigned>, writes: &Writes) -> Result<(), SetUpError> {
    let Some(assigned) = assigned else { return Ok(()) };
    let name = |id: &ObjectId| {
        let picked = writes.assign.iter().find(|picked| picked.id == *id);
        picked.map_or_else(|| id.to_string(), |picked| picked.name.clone())
    };
    let refused = assigned.refused.iter().map(|(id, error)| (name(id), Some(error.clone())));
    let late = assigned.late.iter().map(|id| (name(id), None));
    let missing: Vec<_> = refused.chain(late).collect();
    if missing.is_empty() { Ok(()) } else { Err(SetUpError::Narrowed(missing)) }
}
