//! Service principals, and the permission grants that consent leaves behind.

use crate::directory::ServicePrincipal;
use crate::http::Answer;

use super::entity::{APPLICATION_READERS, Entity, ListedGrant};
use super::errors::GraphError;
use super::paging::List;
use super::{Call, paging};

const GRAPH_APP: &str = "00000003-0000-0000-c000-000000000000";
const DATABRICKS_APP: &str = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";
const GRANT_READERS: &[&str] =
    &["DelegatedPermissionGrant.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.Read.All"];

/// The object id of an application's service principal: made from its application id, so that it needs no table.
fn object_id(app_id: &str) -> String {
    let flipped: String = app_id
        .chars()
        .map(|digit| match digit.to_digit(16) {
            Some(value) => char::from_digit(15 - value, 16).unwrap_or(digit),
            None => digit,
        })
        .collect();
    flipped
}

fn own(app_id: &str, name: &str) -> ServicePrincipal {
    ServicePrincipal { id: object_id(app_id), app_id: app_id.to_owned(), display_name: name.to_owned() }
}

pub(super) fn principals(call: &Call<'_>, path: &[&str]) -> Result<Answer, GraphError> {
    call.need(APPLICATION_READERS)?;
    let others = [
        own(&call.facts.client_id, "scim-setup"),
        own(&call.facts.sync_client_id, "scim-setup headless"),
        own(GRAPH_APP, "Microsoft Graph"),
        own(DATABRICKS_APP, "AzureDatabricks"),
    ];
    let all = || others.iter().chain(call.directory.service_principals());
    match path {
        [] => {
            let list = List {
                items: all().map(Entity::Principal).collect(),
                context: "servicePrincipals",
                filterable: &["id", "appId", "displayName", "accountEnabled", "servicePrincipalType"],
                mixed: false,
                advanced_filter: false,
            };
            Ok(call.ok(&paging::answer(list, call)?))
        }
        [id] => {
            let found = all().find(|it| it.id == *id).ok_or_else(|| GraphError::not_found(id))?;
            Ok(call.ok(&paging::single(Entity::Principal(found), "servicePrincipals", call)?))
        }
        _ => Err(call.unknown_segment()),
    }
}

/// `/servicePrincipals(appId='…')`.
pub(super) fn principal_by_app(call: &Call<'_>, app_id: &str) -> Result<Answer, GraphError> {
    let known = call.directory.service_principals().iter().find(|it| it.app_id == app_id);
    let id = known.map_or_else(|| object_id(app_id), |it| it.id.clone());
    principals(call, &[&id])
}

pub(super) fn grants(call: &Call<'_>) -> Result<Answer, GraphError> {
    call.need(GRANT_READERS)?;
    let listed: Vec<_> = call
        .sign_in
        .listed_grants(call.now)
        .into_iter()
        .map(|(person, scopes)| ListedGrant {
            id: object_id(person.as_deref().unwrap_or(&call.facts.tenant_id)).replace('-', ""),
            client: object_id(&call.facts.client_id),
            person,
            resource: object_id(GRAPH_APP),
            scope: scopes.join(" "),
        })
        .collect();
    let list = List {
        items: listed.iter().map(Entity::Grant).collect(),
        context: "oauth2PermissionGrants",
        filterable: &["id", "clientId", "consentType", "principalId", "resourceId"],
        mixed: false,
        advanced_filter: false,
    };
    Ok(call.ok(&paging::answer(list, call)?))
}
