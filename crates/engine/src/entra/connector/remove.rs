//! Removing a connector: its application, and with it the service principal, its assignments, job and secrets.

use super::create::FIELDS;
use super::wire::Enterprise;
use crate::entra::graph::{Change, Graph};
use crate::entra::replication::{Gone, Tried, Waiting, until};
use crate::env::Env;
use crate::stop::Control;

/// Removes a connector, and looks until it is gone. People and groups stay in the target; Entra keeps the application for 30 days.
///
/// # Errors
/// [`Gone`].
pub async fn remove<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    enterprise: &Enterprise,
) -> Result<(), Gone> {
    let (application, principal) = (
        format!("/applications(appId='{}')", enterprise.client_id()),
        format!("/servicePrincipals/{}", enterprise.object_id()),
    );
    let looked = format!("{principal}?$select={FIELDS}");
    let doing = format!("remove the connector \"{}\"", enterprise.display_name);
    until(graph.env, control, tell, async || {
        match graph.get::<Enterprise>("look whether the connector is gone", &looked).await {
            Ok(_) => {}
            Err(error) if error.status() == Some(404) => return Ok(Tried::Ready(())),
            Err(error) => return Err(error),
        }
        // The service principal goes with its application; one without an application has to go by itself.
        for path in [&application, &principal] {
            match graph.change(Change::delete(&doing, path)).await {
                Ok(()) => {}
                Err(error) if error.status() == Some(404) || error.is_unsure() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Tried::NotYet(None))
    })
    .await
}
