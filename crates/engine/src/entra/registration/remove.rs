//! Registrations of this wizard that are left over, half made or not needed any more.

use super::Kind;
use super::wire::{Application, find, principal, tagged};
use crate::entra::graph::{Change, Graph, GraphError};
use crate::entra::ids::{ClientId, ObjectId};
use crate::entra::replication::{Gone, Tried, Waiting, until};
use crate::env::Env;
use crate::stop::Control;

/// A registration that carries a tag of this wizard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Its kind.
    pub kind: Kind,
    /// The registration.
    pub application: Application,
    /// Whether it has a service principal: without one it is half made.
    pub has_principal: bool,
}

/// Lists every registration that carries a tag of this wizard.
///
/// # Errors
/// [`GraphError`] when a list could not be read to its end.
pub async fn leftovers<E: Env>(graph: &Graph<'_, E>) -> Result<Vec<Leftover>, GraphError> {
    let mut found = Vec::new();
    for kind in [Kind::Page, Kind::Unattended] {
        for application in tagged(graph, kind.tag()).await? {
            let has_principal = principal(graph, &application.client_id()).await?.is_some();
            found.push(Leftover { kind, application, has_principal });
        }
    }
    Ok(found)
}

/// So often one that was never seen has to be missing before it counts as removed by somebody else.
const MISSES: u32 = 4;

/// Why a registration was not removed.
#[derive(Debug, PartialEq, Eq)]
pub enum RemoveError {
    /// It does not carry the wizard's tag: it is somebody else's.
    NotOurs,
    /// The page is signed in with it.
    InUse,
    /// Stopped, refused, or too slow to show.
    Gone(Gone),
}

impl From<Gone> for RemoveError {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

/// Removes a registration of this wizard, and with it its service principal and grants. Entra keeps it for 30 days, in which it
/// can be restored.
///
/// # Errors
/// [`RemoveError`].
pub async fn remove<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    client: &ClientId,
    signed_in_with: &ClientId,
) -> Result<(), RemoveError> {
    if client == signed_in_with {
        return Err(RemoveError::InUse);
    }
    let mut known: Option<ObjectId> = None;
    let mut missed = 0;
    until(graph.env, control, tell, async || {
        let Some(application) = find(graph, client).await? else {
            // Before it was ever seen, a copy that lags says the same as one that knows it gone.
            missed += 1;
            let gone = known.is_some() || missed > MISSES;
            return Ok(if gone { Tried::Ready(Ok(())) } else { Tried::NotYet(None) });
        };
        let ours = [Kind::Page, Kind::Unattended]
            .into_iter()
            .any(|kind| application.tags.iter().any(|tag| tag == kind.tag()));
        if !ours {
            return Ok(Tried::Ready(Err(RemoveError::NotOurs)));
        }
        let id = application.object_id();
        if known.as_ref() != Some(&id) {
            let doing = format!("remove the registration \"{}\"", application.display_name);
            let path = format!("/applications/{id}");
            match graph.change(Change::delete(&doing, &path)).await {
                Ok(()) => known = Some(id),
                Err(error) if matches!(error.status(), Some(404 | 409)) || error.is_unsure() => {
                    return Ok(Tried::NotYet(Some(error)));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Tried::NotYet(None))
    })
    .await?
}
