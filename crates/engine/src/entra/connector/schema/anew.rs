//! The gallery's mappings brought back, and `externalId` from the object id all the same.

use super::{Schema, read, repair_external_id, reset, save};
use crate::entra::connector::template;
use crate::entra::connector::wire::Job;
use crate::entra::graph::{Graph, GraphError};
use crate::entra::ids::ObjectId;
use crate::entra::replication::{Gone, Settling, Tried, Waiting, settle, until};
use crate::env::Env;
use crate::http::percent_encode;
use crate::stop::Control;

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

/// Resets the mappings, and mends them at once where the template has another `externalId`: a job that runs would write that one.
///
/// # Errors
/// [`Gone`].
pub async fn reset_mended<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    (principal, job): (&ObjectId, &Job),
) -> Result<(), Gone> {
    // What is known before need not be waited for: a copy that lags would show the mended mappings of before.
    let made_from = match job.template_id.as_str() {
        "" => template(graph, control, tell, principal).await?,
        known => known.to_owned(),
    };
    let begins = settle(graph.env, control, Settling::Service, tell, async || {
        of_template(graph, principal, &made_from).await
    })
    .await?;
    reset(graph, control, tell, (principal, &job.id)).await?;
    if repair_external_id(&begins).is_none() {
        return Ok(());
    }
    let mended = until(graph.env, control, tell, async || match read(graph, principal, &job.id).await {
        Ok(now) => Ok(repair_external_id(&now).map_or(Tried::NotYet(None), Tried::Ready)),
        Err(error) if Settling::Service.is_not_yet(&error) => Ok(Tried::NotYet(Some(error))),
        Err(error) => Err(error),
    })
    .await?;
    save(graph, control, tell, (principal, &job.id), &mended).await
}
