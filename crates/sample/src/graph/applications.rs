//! Reading applications, service principals, and what was granted to them.

use crate::http::Answer;
use crate::registry::{Key, Principal};

use super::entity::{APPLICATION_READERS, Entity, Object};
use super::errors::GraphError;
use super::paging::List;
use super::{Call, paging};

const GRANT_READERS: &[&str] =
    &["DelegatedPermissionGrant.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.Read.All"];

/// How a segment such as `applications(appId='…')` names an object of a collection.
pub(super) fn key<'s>(segment: &'s str, collection: &str) -> Option<Key<'s>> {
    let inner = segment.strip_prefix(collection)?.strip_prefix('(')?.strip_suffix(')')?;
    let text = |name: &str| inner.strip_prefix(name)?.strip_prefix("='")?.strip_suffix('\'');
    text("appId").map(Key::AppId).or_else(|| text("uniqueName").map(Key::UniqueName))
}

/// `/applications` and below.
pub(super) fn applications(call: &Call<'_>, path: &[&str]) -> Result<Answer, GraphError> {
    call.need(APPLICATION_READERS)?;
    let objects = || -> Vec<Object> {
        let seen = call.registry.applications.iter().filter(|it| it.visible <= call.now);
        seen.map(|it| Object::new("application", it.render(call.now))).collect()
    };
    let filterable = &["id", "appId", "displayName", "uniqueName", "signInAudience", "tags"];
    match path {
        [] => listed(call, &objects(), "applications", filterable),
        ["$count"] => counted(call, &objects(), "applications", filterable),
        [id, rest @ ..] => application(call, Key::Id(id), rest),
    }
}

/// One application, its owners, and what is trusted to act as it.
pub(super) fn application(call: &Call<'_>, key: Key<'_>, rest: &[&str]) -> Result<Answer, GraphError> {
    call.need(APPLICATION_READERS)?;
    let found = call.registry.seen_application(key, call.now);
    let found = found.ok_or_else(|| GraphError::not_found(key.text()))?;
    match rest {
        [] => {
            let object = Object::new("application", found.render(call.now));
            Ok(call.ok(&paging::single(Entity::Object(&object), "applications", call)?))
        }
        ["owners"] => owners(call, &found.owners),
        ["federatedIdentityCredentials"] => {
            let all = found.federated.iter();
            let objects: Vec<Object> =
                all.map(|it| Object::new("federatedIdentityCredential", it.render())).collect();
            listed(call, &objects, "federatedIdentityCredentials", &["id", "name", "issuer", "subject"])
        }
        _ => Err(call.unknown_segment()),
    }
}

fn owners(call: &Call<'_>, ids: &[String]) -> Result<Answer, GraphError> {
    let principals: Vec<Object> = ids
        .iter()
        .filter_map(|id| call.registry.seen_principal(Key::Id(id), call.now))
        .map(|it| rendered(call, it))
        .collect();
    let people = ids.iter().filter_map(|id| call.directory.person(id)).map(Entity::Person);
    let list = List {
        items: people.chain(principals.iter().map(Entity::Object)).collect(),
        context: "directoryObjects",
        filterable: &["id"],
        mixed: true,
        advanced_filter: true,
    };
    Ok(call.ok(&paging::answer(list, call)?))
}

fn rendered(call: &Call<'_>, principal: &Principal) -> Object {
    Object::new("servicePrincipal", principal.render(&call.facts.tenant_id))
}

/// `/servicePrincipals` and below.
pub(super) fn principals(call: &Call<'_>, path: &[&str]) -> Result<Answer, GraphError> {
    call.need(APPLICATION_READERS)?;
    match path {
        [] | ["$count"] => {
            let seen = call.registry.principals.iter().filter(|it| it.visible <= call.now);
            let registered: Vec<Object> = seen.map(|it| rendered(call, it)).collect();
            let others = call.directory.service_principals().iter().map(Entity::Principal);
            let list = List {
                items: registered.iter().map(Entity::Object).chain(others).collect(),
                context: "servicePrincipals",
                filterable: &[
                    "id",
                    "appId",
                    "displayName",
                    "accountEnabled",
                    "servicePrincipalType",
                    "servicePrincipalNames",
                    "tags",
                ],
                mixed: false,
                advanced_filter: false,
            };
            if path.is_empty() {
                Ok(call.ok(&paging::answer(list, call)?))
            } else {
                Ok(call.number(paging::count(list, call)?))
            }
        }
        [id, rest @ ..] => principal(call, Key::Id(id), rest),
    }
}

/// One service principal, and what hangs on it.
pub(super) fn principal(call: &Call<'_>, key: Key<'_>, rest: &[&str]) -> Result<Answer, GraphError> {
    call.need(APPLICATION_READERS)?;
    let Some(found) = call.registry.seen_principal(key, call.now) else { return other(call, key, rest) };
    match rest {
        [] => {
            let object = rendered(call, found);
            Ok(call.ok(&paging::single(Entity::Object(&object), "servicePrincipals", call)?))
        }
        ["owners"] => owners(call, &found.owners),
        ["oauth2PermissionGrants"] => grants_of(call, Some(&found.id)),
        ["appRoleAssignments"] => assignments(call, |principal, _| principal == found.id),
        ["appRoleAssignedTo"] => assignments(call, |_, resource| resource == found.id),
        _ => Err(call.unknown_segment()),
    }
}

/// A service principal of the tenant's own applications, on which nothing hangs.
fn other(call: &Call<'_>, key: Key<'_>, rest: &[&str]) -> Result<Answer, GraphError> {
    let mut all = call.directory.service_principals().iter();
    let found = all.find(|it| match key {
        Key::Id(id) => it.id == id,
        Key::AppId(id) => it.app_id == id,
        Key::UniqueName(_) => false,
    });
    let found = found.ok_or_else(|| GraphError::not_found(key.text()))?;
    match rest {
        [] => Ok(call.ok(&paging::single(Entity::Principal(found), "servicePrincipals", call)?)),
        ["owners"] => owners(call, &[]),
        ["appRoleAssignments" | "appRoleAssignedTo"] => assignments(call, |_, _| false),
        ["oauth2PermissionGrants"] => grants_of(call, Some(&found.id)),
        _ => Err(call.unknown_segment()),
    }
}

/// What a person or a group is assigned to.
pub(super) fn assignments_of(call: &Call<'_>, holder: &str) -> Result<Answer, GraphError> {
    call.need(&["Directory.Read.All", "AppRoleAssignment.ReadWrite.All", "Application.Read.All"])?;
    assignments(call, |principal, _| principal == holder)
}

fn assignments(call: &Call<'_>, wanted: impl Fn(&str, &str) -> bool) -> Result<Answer, GraphError> {
    let objects: Vec<Object> = (call.registry.assignments.iter())
        .filter(|it| it.visible <= call.now && wanted(&it.principal, &it.resource))
        .map(|it| Object::new("appRoleAssignment", call.registry.render_assignment(it)))
        .collect();
    listed(call, &objects, "appRoleAssignments", &["id", "appRoleId", "principalId", "resourceId"])
}

/// `/oauth2PermissionGrants`.
pub(super) fn grants(call: &Call<'_>) -> Result<Answer, GraphError> {
    call.need(GRANT_READERS)?;
    grants_of(call, None)
}

/// `/oauth2PermissionGrants/{id}`.
pub(super) fn grant(call: &Call<'_>, id: &str) -> Result<Answer, GraphError> {
    call.need(GRANT_READERS)?;
    let found = call.registry.grants.iter().find(|it| it.id == id && it.is_seen(call.now));
    let found = found.ok_or_else(|| GraphError::not_found(id))?;
    let object = Object::new("oAuth2PermissionGrant", found.render(call.now));
    Ok(call.ok(&paging::single(Entity::Object(&object), "oauth2PermissionGrants", call)?))
}

fn grants_of(call: &Call<'_>, client: Option<&str>) -> Result<Answer, GraphError> {
    let objects: Vec<Object> = (call.registry.grants.iter())
        .filter(|it| it.is_seen(call.now) && client.is_none_or(|client| it.client == client))
        .map(|it| Object::new("oAuth2PermissionGrant", it.render(call.now)))
        .collect();
    let filterable = &["id", "clientId", "consentType", "principalId", "resourceId"];
    listed(call, &objects, "oauth2PermissionGrants", filterable)
}

fn list<'a>(objects: &'a [Object], context: &'static str, filterable: &'static [&'static str]) -> List<'a> {
    let items = objects.iter().map(Entity::Object).collect();
    List { items, context, filterable, mixed: false, advanced_filter: false }
}

fn listed(
    call: &Call<'_>,
    objects: &[Object],
    context: &'static str,
    filterable: &'static [&'static str],
) -> Result<Answer, GraphError> {
    Ok(call.ok(&paging::answer(list(objects, context, filterable), call)?))
}

fn counted(
    call: &Call<'_>,
    objects: &[Object],
    context: &'static str,
    filterable: &'static [&'static str],
) -> Result<Answer, GraphError> {
    Ok(call.number(paging::count(list(objects, context, filterable), call)?))
}
