//! Other connectors that may write to the same target: looked for when it is compared, and once more right before something begins.

use super::Writes;
use super::error::SetUpError;
use super::notes::beside;
use super::stops::against;
use crate::databricks::target::Target;
use crate::entra::connector::existing::{Connector, may_write};
use crate::entra::connector::gallery::Origin;
use crate::entra::connector::guard::{Standing, standing};
use crate::entra::connector::wire::Enterprise;
use crate::entra::graph::{Graph, GraphError, Pages};
use crate::entra::ids::ObjectId;
use crate::entra::replication::Gone;
use crate::env::Env;
use crate::setup::{Picked, TokenOwner};
use crate::stop::Control;

/// What is looked at once more right before a job starts or begins anew, and before one that is on is told anything or gets more people.
#[derive(Clone, Copy, Debug)]
pub struct Watch<'w> {
    /// What the connector was made from.
    pub origin: &'w Origin,
    /// Where it writes.
    pub target: &'w Target,
    /// Whose token it uses.
    pub owner: Option<&'w TokenOwner>,
}

/// What is known of the others.
#[derive(Clone, Debug, Default)]
pub(super) struct Others {
    /// Those that are switched on and write to the same target, by name.
    pub rivals: Vec<String>,
    /// Those that are switched on, and where they write could not be read.
    pub dark: Vec<Picked>,
    /// Those that are switched on and write to a workspace, with its host, where the target is an account.
    pub beside: Vec<(String, String)>,
    /// Why there may be more.
    pub broken: Option<GraphError>,
}

/// Reads the others. One that runs nothing is no rival, whatever it was told.
pub(super) async fn others<E: Env>(
    graph: &Graph<'_, E>,
    (origin, target): (&Origin, &Target),
    principal: Option<&ObjectId>,
) -> Others {
    let Pages { mut items, mut broken } = may_write(graph, origin).await;
    // What was made by hand from the entry for any SCIM application may write to Databricks too.
    if let Some(generic) = origin.generic() {
        let more = may_write(graph, &generic).await;
        items.extend(more.items);
        broken = broken.or(more.broken);
    }
    items.retain(|it| Some(&it.enterprise.object_id()) != principal);
    let name = |it: &Connector| it.enterprise.display_name.clone();
    Others {
        rivals: items.iter().filter(|it| it.unread.is_none() && it.writes_to(target)).map(name).collect(),
        dark: items
            .iter()
            .filter(|it| it.unread.is_some())
            .map(|it| Picked { id: it.enterprise.object_id(), name: name(it) })
            .collect(),
        beside: beside(&items, target, &graph.cloud.databricks),
        broken,
    }
}

/// What stands against a new connector to the target, in sentences: others that write there, or may. Of those that cannot be read nothing is
/// said where a person passes them over.
pub async fn rivals<E: Env>(
    graph: &Graph<'_, E>,
    (origin, target): (&Origin, &Target),
    passing_over: bool,
) -> Vec<String> {
    let found = others(graph, (origin, target), None).await;
    let dark = if passing_over { &[] } else { found.dark.as_slice() };
    against(&found.rivals, dark, found.broken.is_some())
}

/// Ends it where another connector came to write to this target, or the token's owner came into scope, since the changes were shown.
pub(super) async fn still_clear<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    watch: &Watch<'_>,
    enterprise: &Enterprise,
    writes: &Writes,
) -> Result<(), SetUpError> {
    let reading = others(graph, (watch.origin, watch.target), Some(&writes.principal));
    let found = control.unless_stopped(reading).await.map_err(Gone::from)?;
    if let Some(error) = found.broken {
        return Err(error.into());
    }
    let passed = |it: &&Picked| writes.shown.passed_over.iter().any(|known| known.id == it.id);
    if !found.rivals.is_empty() {
        return Err(SetUpError::Rival(found.rivals));
    }
    let dark: Vec<String> = found.dark.iter().filter(|it| !passed(it)).map(|it| it.name.clone()).collect();
    if !dark.is_empty() {
        return Err(SetUpError::Dark(dark));
    }
    let Some(TokenOwner::Person(owner)) = watch.owner else { return Ok(()) };
    let everybody = writes.tell.as_ref().map_or(writes.shown.everybody, |told| told.settings.everybody);
    let stands = standing(graph, enterprise, everybody, &owner.id, &writes.assign);
    match control.unless_stopped(stands).await.map_err(Gone::from)? {
        Standing::Outside => Ok(()),
        Standing::Unknown(error) => Err(error.into()),
        Standing::Everybody | Standing::Assigned | Standing::Member(_) => {
            Err(SetUpError::Owner(owner.name.clone()))
        }
    }
}
