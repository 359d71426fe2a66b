//! Assigning people and groups, and taking assignments away: what is missing is sent in batches, and read back until it shows.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::errand::{Errand, Outcome, Reached, Verdict, once};
use super::{Assignment, Holder, assignments, role};
use crate::entra::connector::wire::{Enterprise, Role, or_default};
use crate::entra::graph::{BatchRequest, Change, Graph, GraphError};
use crate::entra::ids::{Guid, ObjectId};
use crate::entra::replication::{Gone, Settling, settle};
use crate::env::Env;
use crate::http::percent_encode;
use crate::problem::{Explain, Problem};
use crate::stop::Control;

/// What came of assigning.
pub type Assigned = Outcome<ObjectId>;
/// What came of taking assignments away.
pub type TakenAway = Outcome<String>;

/// Why not everybody was assigned.
#[derive(Debug, PartialEq, Eq)]
pub enum AssignError {
    /// The application of this name has roles, but none for people and groups.
    NoRole(String),
    /// Stopped, or something failed that ends all of it. What was assigned by then stays, and is found again.
    Gone(Gone),
}

impl From<Gone> for AssignError {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

impl Explain for AssignError {
    fn explain(&self) -> Problem {
        match self {
            Self::NoRole(name) => Problem::new(
                format!("Nobody can be assigned to \"{name}\"."),
                "The application has roles, but none that is enabled and meant for people and groups.",
                "In its app registration, under App roles, enable a role whose allowed member types are Users/Groups. Or make a \
                 new connector from the gallery.",
            ),
            Self::Gone(gone) => gone.explain(),
        }
    }
}

/// Assigns people and groups, and reads back. Who is assigned already, with whatever role, stays as they are. Begun again after an
/// interruption it goes on where it ended; nobody is assigned twice.
///
/// # Errors
/// [`AssignError`].
pub async fn assign<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Reached),
    enterprise: &Enterprise,
    wanted: &[ObjectId],
) -> Result<Assigned, AssignError> {
    let errand = Errand { graph, control, tell };
    let waits = |waiting| tell(Reached { done: 0, of: wanted.len(), waiting: Some(waiting) });
    let (id, name) = (enterprise.object_id(), &enterprise.display_name);
    let role = settle(graph.env, control, Settling::Read, &waits, async || role_of(graph, enterprise).await);
    let role = role.await?.ok_or_else(|| AssignError::NoRole(name.clone()))?;
    let holders = async || holders(graph, enterprise).await;
    let before = settle(graph.env, control, Settling::Read, &waits, holders).await?;
    let request = |person: &ObjectId| {
        let doing = format!("assign {person} to \"{name}\"");
        let path = format!("/servicePrincipals/{id}/appRoleAssignedTo");
        let (principal, resource, role) = (person.as_str(), id.as_str(), role.as_str());
        let body = json!({ "principalId": principal, "resourceId": resource, "appRoleId": role });
        BatchRequest::change(Change::post(&doing, &path, body))
    };
    Ok(errand.run(once(wanted), before, holders, request, assigned).await?)
}

/// Takes assignments away, by their ids, and reads back. What it means is told by [`UNASSIGNED`](super::UNASSIGNED).
///
/// # Errors
/// [`Gone`].
pub async fn take_away<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Reached),
    enterprise: &Enterprise,
    ids: &[String],
) -> Result<TakenAway, Gone> {
    let errand = Errand { graph, control, tell };
    let (wanted, name) = (once(ids), &enterprise.display_name);
    let absent = async || {
        let listed = complete(graph, enterprise).await?;
        let listed: BTreeSet<String> = listed.into_iter().map(|it| it.id).collect();
        Ok(wanted.iter().filter(|id| !listed.contains(*id)).cloned().collect())
    };
    let request = |id: &String| {
        let doing = format!("take an assignment to \"{name}\" away");
        let id = percent_encode(id);
        let path = format!("/servicePrincipals/{}/appRoleAssignedTo/{id}", enterprise.object_id());
        BatchRequest::change(Change::delete(&doing, &path))
    };
    // A copy that lags may not list what is there: none counts as gone before its removal was asked for.
    errand.run(wanted.clone(), BTreeSet::new(), absent, request, taken_away).await
}

/// The role to assign with. An application that was made a moment ago may show its roles late, so that none is looked at again.
async fn role_of<E: Env>(graph: &Graph<'_, E>, enterprise: &Enterprise) -> Result<Option<Guid>, GraphError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Roles {
        #[serde(default, deserialize_with = "or_default")]
        app_roles: Vec<Role>,
    }
    if !enterprise.app_roles.is_empty() {
        return Ok(role(&enterprise.app_roles));
    }
    let doing = format!("read the roles of \"{}\"", enterprise.display_name);
    let path = format!("/servicePrincipals/{}?$select=appRoles", enterprise.object_id());
    Ok(role(&graph.get::<Roles>(&doing, &path).await?.app_roles))
}

/// Everybody who is assigned. An incomplete list would look like people who are missing.
async fn complete<E: Env>(
    graph: &Graph<'_, E>,
    enterprise: &Enterprise,
) -> Result<Vec<Assignment>, GraphError> {
    let pages = assignments(graph, enterprise).await;
    pages.broken.map_or(Ok(pages.items), Err)
}

async fn holders<E: Env>(
    graph: &Graph<'_, E>,
    enterprise: &Enterprise,
) -> Result<BTreeSet<ObjectId>, GraphError> {
    let all = complete(graph, enterprise).await?.into_iter();
    Ok(all.filter(|it| it.holder != Holder::Other).map(|it| it.principal).collect())
}

fn assigned(result: Result<Value, GraphError>) -> Result<Verdict, GraphError> {
    match result {
        Ok(_) => Ok(Verdict::Taken),
        // Graph tells this case by its words alone: somebody was faster, or our own first try was.
        Err(error) if error.says("Permission being assigned already exists") => Ok(Verdict::Taken),
        Err(error) if Settling::Reference.is_not_yet(&error) => Ok(Verdict::Open(error)),
        Err(error) => judge(error),
    }
}

fn taken_away(result: Result<Value, GraphError>) -> Result<Verdict, GraphError> {
    match result {
        Ok(_) => Ok(Verdict::Taken),
        // It has gone already, unless a list still shows it.
        Err(error) if error.status() == Some(404) => Ok(Verdict::Open(error)),
        Err(error) => judge(error),
    }
}

fn judge(error: GraphError) -> Result<Verdict, GraphError> {
    match error.status() {
        // A group without Entra ID P1, or one that is no security group.
        Some(400 | 403) => Ok(Verdict::Refused(error)),
        Some(409 | 429) => Ok(Verdict::Open(error)),
        _ if error.is_unsure() => Ok(Verdict::Open(error)),
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::graph::GraphErrorKind;

    fn refused(status: u16, message: &str) -> GraphError {
        let (code, message) = ("Request_BadRequest".to_owned(), message.to_owned());
        let kind = GraphErrorKind::Refused { status, code, message, request_id: String::new() };
        GraphError { doing: "assign".to_owned(), kind }
    }

    #[test]
    fn a_refusal_ends_one_and_a_lagging_copy_none() {
        let verdict = |status, message| match assigned(Err(refused(status, message))) {
            Ok(Verdict::Taken) => "taken",
            Ok(Verdict::Refused(_)) => "refused",
            Ok(Verdict::Open(_)) => "open",
            Err(_) => "end",
        };
        assert_eq!(verdict(400, "Permission being assigned already exists on the object"), "taken");
        assert_eq!(verdict(400, "Only groups that are security enabled can be assigned."), "refused");
        assert_eq!(verdict(403, ""), "refused");
        assert_eq!(verdict(400, "Not a valid reference update."), "open");
        assert_eq!([404, 409, 429, 503].map(|status| verdict(status, "")), ["open"; 4]);
        assert_eq!(verdict(401, ""), "end");
    }

    #[test]
    fn what_is_gone_already_is_looked_for_once_more() {
        assert!(matches!(taken_away(Err(refused(404, ""))), Ok(Verdict::Open(_))));
        assert!(matches!(taken_away(Err(refused(403, ""))), Ok(Verdict::Refused(_))));
    }
}
