//! What the registration of a page has beside what it should: addresses to which sign-ins may lead as well, and accounts of other
//! tenants. Another page may need it, and so may whoever planted it: it is shown, and taken away when a person picks it.

use super::mend::{MendError, Repair, Shape, changes, later};
use super::wire::{Application, Platform, find};
use crate::entra::consent::GraphApi;
use crate::entra::graph::{Change, Graph};
use crate::entra::ids::ClientId;
use crate::entra::replication::{Settling, Tried, Waiting, until};
use crate::env::Env;
use crate::stop::Control;

/// The audience that takes this tenant's accounts only (Graph: `signInAudience`).
pub(super) const THIS_TENANT: &str = "AzureADMyOrg";

/// What it has beside what it should.
#[must_use]
pub fn extras(shape: &Shape<'_>, application: &Application) -> Vec<Repair> {
    let Some(own) = shape.redirect_uri else { return Vec::new() };
    let addresses = Platform::ALL.into_iter().flat_map(|from| {
        let others = application.redirects(from).iter().filter(|uri| *uri != own);
        others.map(move |uri| Repair::Drop { uri: uri.clone(), from })
    });
    let audience = application.sign_in_audience.iter().filter(|audience| *audience != THIS_TENANT);
    addresses.chain(audience.map(|from| Repair::Audience { from: from.clone() })).collect()
}

/// Takes away what a person picked and nothing else, and reads it back. It can be sent twice.
///
/// # Errors
/// [`MendError`].
pub async fn trim<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    api: &GraphApi,
    client: &ClientId,
    shape: &Shape<'_>,
    picked: &[Repair],
) -> Result<(), MendError> {
    until(graph.env, control, tell, async || {
        let Some(application) = find(graph, client).await? else { return Ok(Tried::NotYet(None)) };
        if application.is(shape.kind.other()) {
            return Ok(Tried::Ready(Err(MendError::OtherKind(Box::new(application)))));
        }
        let open: Vec<Repair> =
            extras(shape, &application).into_iter().filter(|extra| picked.contains(extra)).collect();
        if open.is_empty() {
            return Ok(Tried::Ready(Ok(())));
        }
        let doing = format!("mend the registration \"{}\"", application.display_name);
        let path = format!("/applications/{}", application.object_id());
        let body = changes(&application, shape.kind, api, &open);
        let last = later(graph.change(Change::patch(&doing, &path, body)).await, Settling::Update)?;
        Ok(Tried::NotYet(last))
    })
    .await?
}
