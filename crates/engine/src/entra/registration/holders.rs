//! Who can act as an application: whoever has one of its secrets or certificates, whom a federated credential trusts, and who owns
//! it and can add any of these. Read before one is used that somebody else may have made.

use serde::Deserialize;

use super::owners::{Owners, owners};
use super::wire::{Application, principal};
use crate::entra::consent::{GraphApi, own_roles};
use crate::entra::graph::{Graph, GraphError, GraphErrorKind};
use crate::env::Env;

/// Who can act as an application, and what that is worth. What could not be read is nothing here, which is unknown and not absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holders {
    /// How many secrets there are, of the registration and of its service principal: both sign in.
    pub secrets: Option<usize>,
    /// How many certificates, likewise.
    pub certificates: Option<usize>,
    /// Whose tokens are taken for its own: issuer and subject.
    pub federated: Option<Vec<String>>,
    /// Who owns it and its service principal.
    pub owners: Option<Owners>,
    /// What it holds by itself already, of all resources.
    pub roles: Option<Vec<String>>,
}

/// Reads who can act as an application.
///
/// # Errors
/// [`GraphError`] when nothing more can be read: somebody has to sign in again, or stopped it.
pub async fn holders<E: Env>(
    graph: &Graph<'_, E>,
    api: &GraphApi,
    application: &Application,
) -> Result<Holders, GraphError> {
    let principal = known(principal(graph, &application.client_id()).await)?;
    // Without one there is nothing that could hold anything.
    let roles = match &principal {
        None => None,
        Some(None) => Some(Vec::new()),
        Some(Some(principal)) => known(own_roles(graph, api, &principal.object_id()).await)?,
    };
    let id = principal.as_ref().and_then(Option::as_ref).map(super::Principal::object_id);
    let owners = match &principal {
        None => None,
        Some(_) => known(owners(graph, &application.object_id(), id.as_ref()).await)?,
    };
    let federated = known(federated(graph, application).await)?;
    let of_principal = |count: fn(&super::Principal) -> usize| {
        principal.as_ref().map(|principal| principal.as_ref().map_or(0, count))
    };
    Ok(Holders {
        secrets: of_principal(|it| it.password_credentials.len())
            .map(|more| more + application.password_credentials.len()),
        certificates: of_principal(|it| it.key_credentials.len())
            .map(|more| more + application.key_credentials.len()),
        federated,
        owners,
        roles: roles.map(|roles| roles.into_iter().map(|role| role.name).collect()),
    })
}

/// A list that cannot be read is no reason to end here; that somebody has to sign in, or stopped it, is.
fn known<T>(read: Result<T, GraphError>) -> Result<Option<T>, GraphError> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.sign_in().is_some() || error.kind == GraphErrorKind::Stopped => Err(error),
        Err(_) => Ok(None),
    }
}

async fn federated<E: Env>(
    graph: &Graph<'_, E>,
    application: &Application,
) -> Result<Vec<String>, GraphError> {
    #[derive(Deserialize)]
    struct Found {
        issuer: Option<String>,
        subject: Option<String>,
    }
    let doing = format!("read the federated credentials of the application \"{}\"", application.display_name);
    let path = format!("/applications/{}/federatedIdentityCredentials", application.object_id());
    let found = graph.pages::<Found>(&doing, &path).await.whole()?;
    // A subject may be left out where an expression stands in its place (Graph: `federatedIdentityCredential`).
    let named = |it: Found| {
        let subject = it.subject.unwrap_or_else(|| "any subject that its rule takes".to_owned());
        format!("{subject} of {}", it.issuer.unwrap_or_else(|| "an unknown issuer".to_owned()))
    };
    Ok(found.into_iter().map(named).collect())
}
