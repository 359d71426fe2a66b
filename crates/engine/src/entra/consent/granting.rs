//! Granting through Graph, where the person may, and taking back.

use serde_json::json;

use super::grants::{DelegatedGrant, GraphApi, Standing, standing};
use crate::entra::graph::{Change, Graph, GraphError};
use crate::entra::ids::ObjectId;
use crate::entra::replication::{Gone, Settling, Tried, Waiting, until};
use crate::entra::sign_in::OPENID;
use crate::env::Env;
use crate::stop::Control;

/// What an application shall be able to do.
#[derive(Clone, Debug)]
pub struct Wanted<'w> {
    /// Its service principal.
    pub principal: &'w ObjectId,
    /// Delegated scopes, for the whole tenant.
    pub scopes: &'w [&'w str],
    /// Permissions that it holds by itself.
    pub roles: &'w [&'w str],
}

/// What came of granting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// What the application may do now, read back.
    pub standing: Standing,
    /// What was refused, and why. The rest was granted all the same.
    pub refused: Vec<(String, GraphError)>,
    /// What this cloud's Graph does not offer.
    pub unknown: Vec<String>,
}

/// Grants what is missing and nothing else, and reads it back. What is granted already stays as it is. With delegated scopes goes what signing
/// in itself asks for, as with Entra's own consent.
///
/// # Errors
/// [`Gone`] when it was stopped, took too long to show, or could not be read.
pub async fn grant<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    api: &GraphApi,
    wanted: &Wanted<'_>,
) -> Result<Granted, Gone> {
    let principal = wanted.principal;
    let (scopes, mut unknown) = known(wanted.scopes, |name| api.scope(name).is_some());
    let (roles, none) = known(wanted.roles, |name| api.role(name).is_some());
    unknown.extend(none);
    let mut refused: Vec<(String, GraphError)> = Vec::new();
    // Read, send what is missing, read again: whatever was lost on the way, nothing is done twice and nothing left out.
    let standing = until(graph.env, control, tell, async || {
        let now = match standing(graph, api, principal).await {
            Err(error) if Settling::Read.is_not_yet(&error) => return Ok(Tried::NotYet(Some(error))),
            read => read?,
        };
        let open = |name: &&str| !refused.iter().any(|(refused, _)| refused == name);
        let scopes: Vec<&str> =
            scopes.iter().copied().filter(|name| !now.has_scope(name)).filter(open).collect();
        let roles: Vec<&str> =
            roles.iter().copied().filter(|name| !now.has_role(name)).filter(open).collect();
        if scopes.is_empty() && roles.is_empty() {
            return Ok(Tried::Ready(now));
        }
        let mut last = None;
        if !scopes.is_empty() {
            match sent(add_scopes(graph, api, &now, principal, &scopes).await)? {
                Sent::Refused(error) => {
                    refused.extend(scopes.iter().map(|&name| (name.to_owned(), error.clone())));
                }
                Sent::Later(error) => last = error,
            }
        }
        for name in roles {
            match sent(add_role(graph, api, principal, name).await)? {
                Sent::Refused(error) => refused.push((name.to_owned(), error)),
                Sent::Later(error) => last = error.or(last),
            }
        }
        Ok(Tried::NotYet(last))
    })
    .await?;
    Ok(Granted { standing, refused, unknown })
}

/// What came of sending one grant.
enum Sent {
    /// It was refused: that ends this permission, not the others.
    Refused(GraphError),
    /// A later read shows what came of it.
    Later(Option<GraphError>),
}

fn sent(result: Result<(), GraphError>) -> Result<Sent, GraphError> {
    match result {
        Ok(()) => Ok(Sent::Later(None)),
        Err(error) if Settling::Reference.is_not_yet(&error) || error.is_unsure() => {
            Ok(Sent::Later(Some(error)))
        }
        // Somebody was faster, or our own first try was.
        Err(error) if error.status() == Some(409) => Ok(Sent::Later(Some(error))),
        // Graph tells this case by its words alone.
        Err(error) if error.says("Permission being assigned already exists") => Ok(Sent::Later(None)),
        Err(error) if matches!(error.status(), Some(400 | 403)) => Ok(Sent::Refused(error)),
        Err(error) => Err(error),
    }
}

fn known<'n>(names: &[&'n str], offered: impl Fn(&str) -> bool) -> (Vec<&'n str>, Vec<String>) {
    let (known, unknown): (Vec<_>, Vec<_>) = names.iter().copied().partition(|name| offered(name));
    (known, unknown.into_iter().map(str::to_owned).collect())
}

/// There is one grant for a client, a resource and the whole tenant: it is made once and then changed as a whole.
async fn add_scopes<E: Env>(
    graph: &Graph<'_, E>,
    api: &GraphApi,
    now: &Standing,
    principal: &ObjectId,
    missing: &[&str],
) -> Result<(), GraphError> {
    const DOING: &str = "grant the delegated permissions for the tenant";
    // Every sign-in and every renewal asks for these too. Where all consent was taken back, nobody has consented to them any more, and a
    // renewal would be refused although the permissions are on record.
    let sign_in = OPENID.into_iter().filter(|name| api.scope(name).is_some() && !now.has_scope(name));
    let missing = sign_in.chain(missing.iter().copied());
    let Some(grant) = now.tenant_wide() else {
        let body = json!({
            "clientId": principal.as_str(),
            "consentType": "AllPrincipals",
            "resourceId": api.id.as_str(),
            "scope": missing.collect::<Vec<_>>().join(" "),
        });
        return graph.change(Change::post(DOING, "/oauth2PermissionGrants", body)).await;
    };
    let scopes: Vec<&str> = grant.scopes.iter().map(String::as_str).chain(missing).collect();
    let path = format!("/oauth2PermissionGrants/{}", grant.id);
    graph.change(Change::patch(DOING, &path, json!({ "scope": scopes.join(" ") }))).await
}

async fn add_role<E: Env>(
    graph: &Graph<'_, E>,
    api: &GraphApi,
    principal: &ObjectId,
    name: &str,
) -> Result<(), GraphError> {
    let Some(role) = api.role(name) else { return Ok(()) };
    let doing = format!("grant the application permission {name}");
    let path = format!("/servicePrincipals/{}/appRoleAssignedTo", api.id);
    let body = json!({
        "principalId": principal.as_str(),
        "resourceId": api.id.as_str(),
        "appRoleId": role.as_str(),
    });
    graph.change(Change::post(&doing, &path, body)).await
}

/// Takes delegated scopes back, exactly those that were shown: of the tenant's grant, and of people's own, which would keep working for
/// those. What somebody consented to since stays, and is brought to be shown.
///
/// # Errors
/// [`Gone`].
pub async fn take_back<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    api: &GraphApi,
    principal: &ObjectId,
    shown: &[DelegatedGrant],
) -> Result<Standing, Gone> {
    let goes = |now: &DelegatedGrant, scope: &String| {
        shown.iter().any(|grant| grant.id == now.id && grant.lists(scope))
    };
    until(graph.env, control, tell, async || {
        let now = standing(graph, api, principal).await?;
        let mut open = false;
        for grant in &now.delegated {
            let keep: Vec<&str> =
                grant.scopes.iter().filter(|scope| !goes(grant, scope)).map(String::as_str).collect();
            if keep.len() == grant.scopes.len() {
                continue;
            }
            open = true;
            let path = format!("/oauth2PermissionGrants/{}", grant.id);
            let doing = "take delegated permissions back";
            let change = if keep.is_empty() {
                Change::delete(doing, &path)
            } else {
                Change::patch(doing, &path, json!({ "scope": keep.join(" ") }))
            };
            gone(graph.change(change).await)?;
        }
        // Only a later read shows whether it is gone.
        Ok(if open { Tried::NotYet(None) } else { Tried::Ready(now) })
    })
    .await
}

/// Removing what is gone already is success; a lost answer is looked at again.
fn gone(result: Result<(), GraphError>) -> Result<(), GraphError> {
    match result {
        Err(error) if error.status() == Some(404) || error.is_unsure() => Ok(()),
        other => other,
    }
}
