//! Whether the person whose token is used is provisioned as things are now: one question, for the board and right before something starts.

use crate::databricks::target::Target;
use crate::entra::connector::assignment::assignments;
use crate::entra::connector::wire::Enterprise;
use crate::entra::directory;
use crate::entra::graph::{Graph, GraphError};
use crate::entra::ids::ObjectId;
use crate::env::Env;
use crate::setup::Picked;

/// Where somebody stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not in scope: all of it was read.
    Outside,
    /// In scope, because everybody is.
    Everybody,
    /// Assigned themselves.
    Assigned,
    /// In a group of this name that is assigned, however deep.
    Member(String),
    /// It could not be read to its end.
    Unknown(GraphError),
}

/// Reads where somebody stands. `everybody` is whether the connector provisions everybody, `soon` who is assigned next.
pub async fn standing<E: Env>(
    graph: &Graph<'_, E>,
    enterprise: &Enterprise,
    everybody: bool,
    person: &ObjectId,
    soon: &[Picked],
) -> Standing {
    if everybody {
        return Standing::Everybody;
    }
    let assigned = assignments(graph, enterprise).await;
    let next = soon.iter().any(|it| it.id == *person);
    if next || assigned.items.iter().any(|it| it.principal == *person) {
        return Standing::Assigned;
    }
    let groups = async {
        let person = directory::person(graph, person).await?;
        directory::memberships(graph, &person).await
    };
    let all = match groups.await {
        Ok((_, all)) => all,
        Err(error) => return Standing::Unknown(error),
    };
    let within = |id: &ObjectId| all.iter().any(|group| group.object_id() == *id);
    let group = assigned.items.iter().find(|it| within(&it.principal)).map(|it| &it.name);
    let group = group.or_else(|| soon.iter().find(|it| within(&it.id)).map(|it| &it.name));
    match (group, assigned.broken) {
        (Some(group), _) => Standing::Member(group.clone()),
        // Who is not in the part that was read may be in the rest.
        (None, Some(error)) => Standing::Unknown(error),
        (None, None) => Standing::Outside,
    }
}

/// Whether a token for this address may be a person's. The account's own SCIM token belongs to nobody.
#[must_use]
pub fn may_be_a_persons(address: &str, extra: &[String]) -> bool {
    let target = Target::parse(address.split('?').next().unwrap_or_default(), extra);
    target.map_or(true, |target| target.account_id().is_none())
}
