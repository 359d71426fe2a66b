//! Who owns an application and its service principal. Owners may change what they own without any role, and add secrets to it; an
//! application with `Application.ReadWrite.OwnedBy` may work with what it owns, and needs to own both.

use serde::Deserialize;
use serde_json::json;

use crate::entra::graph::{Change, Graph, GraphError};
use crate::entra::ids::{Guid, ObjectId};
use crate::entra::replication::{Gone, Settling, Tried, Waiting, until};
use crate::env::Env;
use crate::stop::Control;

/// Somebody, or an application, who owns an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The object id.
    pub id: ObjectId,
    /// The user name, else the name, else the id.
    pub name: String,
}

/// The owners of an application and of its service principal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owners {
    /// Of the registration.
    pub application: Vec<Owner>,
    /// Of the service principal, where there is one.
    pub principal: Vec<Owner>,
}

/// Reads the owners of both.
///
/// # Errors
/// [`GraphError`] when a list could not be read to its end.
pub async fn owners<E: Env>(
    graph: &Graph<'_, E>,
    application: &ObjectId,
    principal: Option<&ObjectId>,
) -> Result<Owners, GraphError> {
    Ok(Owners {
        application: list(graph, &of_application(application)).await?,
        principal: match principal {
            Some(principal) => list(graph, &of_principal(principal)).await?,
            None => Vec::new(),
        },
    })
}

/// Makes somebody, or an application by its service principal, an owner of both objects, or of the registration only. Who is one
/// already stays one.
///
/// # Errors
/// [`Gone`] when it was stopped, refused, or took too long to show.
pub async fn add_owner<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    application: &ObjectId,
    principal: Option<&ObjectId>,
    owner: &ObjectId,
) -> Result<(), Gone> {
    for path in [Some(of_application(application)), principal.map(of_principal)].into_iter().flatten() {
        add(graph, control, tell, &path, owner).await?;
    }
    Ok(())
}

fn of_application(id: &ObjectId) -> String {
    format!("/applications/{id}/owners")
}

fn of_principal(id: &ObjectId) -> String {
    format!("/servicePrincipals/{id}/owners")
}

async fn list<E: Env>(graph: &Graph<'_, E>, path: &str) -> Result<Vec<Owner>, GraphError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Found {
        id: Guid,
        user_principal_name: Option<String>,
        display_name: Option<String>,
    }
    let pages = graph.pages::<Found>("read who owns the application", path).await;
    if let Some(error) = pages.broken {
        return Err(error);
    }
    let named = |it: Found| {
        let name =
            [it.user_principal_name, it.display_name].into_iter().flatten().find(|name| !name.is_empty());
        Owner { name: name.unwrap_or_else(|| it.id.to_string()), id: ObjectId(it.id) }
    };
    Ok(pages.items.into_iter().map(named).collect())
}

/// Reads, adds what is missing, and reads again until it shows.
async fn add<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    path: &str,
    owner: &ObjectId,
) -> Result<(), Gone> {
    let reference = format!("{path}/$ref");
    until(graph.env, control, tell, async || {
        let now = match list(graph, path).await {
            Err(error) if Settling::Read.is_not_yet(&error) => return Ok(Tried::NotYet(Some(error))),
            read => read?,
        };
        if now.iter().any(|it| it.id == *owner) {
            return Ok(Tried::Ready(()));
        }
        let body = json!({ "@odata.id": format!("{}/v1.0/directoryObjects/{owner}", graph.cloud.graph) });
        match graph.change(Change::post("make somebody an owner of the application", &reference, body)).await
        {
            Ok(()) => Ok(Tried::NotYet(None)),
            // "One or more added object references already exist": our own first try was faster than this copy.
            Err(error) if error.status() == Some(400) && error.says("already exist") => Ok(Tried::Ready(())),
            Err(error)
                if Settling::Reference.is_not_yet(&error)
                    || Settling::Update.is_not_yet(&error)
                    || error.is_unsure() =>
            {
                Ok(Tried::NotYet(Some(error)))
            }
            Err(error) => Err(error),
        }
    })
    .await
}
