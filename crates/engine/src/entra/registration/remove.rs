//! Registrations of this wizard that are left over, half made or not needed any more.

use super::Kind;
use super::wire::{Application, find, find_unique, principal, tagged};
use crate::entra::graph::{Change, Graph, GraphError};
use crate::entra::ids::{ClientId, ObjectId};
use crate::entra::replication::{Gone, Tried, Waiting, until};
use crate::env::Env;
use crate::stop::Control;

/// A registration that carries a tag of this wizard, or stands under a key of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Its kind.
    pub kind: Kind,
    /// The registration.
    pub application: Application,
    /// Whether it carries the tag: without it, it is half made, or somebody took the tag away.
    pub is_tagged: bool,
    /// Whether it has a service principal: without one it is half made.
    pub has_principal: bool,
}

const KINDS: [Kind; 2] = [Kind::Page, Kind::Unattended];

/// Lists every registration that carries a tag of this wizard, and what stands under its keys without one.
///
/// # Errors
/// [`GraphError`] when a list could not be read to its end.
pub async fn leftovers<E: Env>(graph: &Graph<'_, E>) -> Result<Vec<Leftover>, GraphError> {
    let mut found = Vec::new();
    for kind in KINDS {
        let mut all: Vec<(Application, bool)> =
            tagged(graph, kind.tag()).await?.into_iter().map(|application| (application, true)).collect();
        if let Some(keyed) = find_unique(graph, kind.unique_name()).await?
            && !all.iter().any(|(known, _)| known.object_id() == keyed.object_id())
        {
            // The list may lag behind the key.
            let is_tagged = keyed.is(kind);
            all.push((keyed, is_tagged));
        }
        for (application, is_tagged) in all {
            let has_principal = principal(graph, &application.client_id()).await?.is_some();
            found.push(Leftover { kind, application, is_tagged, has_principal });
        }
    }
    Ok(found)
}

/// Whether it is this wizard's: by a tag, or by a key.
async fn is_ours<E: Env>(graph: &Graph<'_, E>, application: &Application) -> Result<bool, GraphError> {
    if KINDS.into_iter().any(|kind| application.is(kind)) {
        return Ok(true);
    }
    for kind in KINDS {
        let keyed = find_unique(graph, kind.unique_name()).await?;
        if keyed.is_some_and(|keyed| keyed.object_id() == application.object_id()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// So often one that was never seen has to be missing before it counts as removed by somebody else.
const MISSES: u32 = 4;

/// Why a registration was not removed.
#[derive(Debug, PartialEq, Eq)]
pub enum RemoveError {
    /// It neither carries the wizard's tag nor stands under its key: it is somebody else's.
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
        let id = application.object_id();
        if known.as_ref() != Some(&id) {
            if !is_ours(graph, &application).await? {
                return Ok(Tried::Ready(Err(RemoveError::NotOurs)));
            }
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
