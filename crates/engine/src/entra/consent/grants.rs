//! What applications may do, as the directory has it: the only proof of consent beside a token.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::entra::graph::{Graph, GraphError};
use crate::entra::ids::{Guid, ObjectId};
use crate::env::Env;

/// The application id of Microsoft Graph, in every cloud.
pub(crate) const GRAPH_APP: &str = "00000003-0000-0000-c000-000000000000";

/// Microsoft Graph as the tenant knows it. The ids of permissions are read here and nowhere else.
#[derive(Clone, Debug)]
pub struct GraphApi {
    /// The object id of its service principal.
    pub id: ObjectId,
    scopes: BTreeMap<String, Guid>,
    roles: BTreeMap<String, Guid>,
}

impl GraphApi {
    /// The id of a delegated scope; none, when this cloud's Graph has no such scope.
    #[must_use]
    pub fn scope(&self, name: &str) -> Option<&Guid> {
        self.scopes.get(name)
    }

    /// The id of a permission for applications.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&Guid> {
        self.roles.get(name)
    }

    /// The name of a permission for applications.
    #[must_use]
    pub fn role_name(&self, id: &Guid) -> Option<&str> {
        self.roles.iter().find(|(_, known)| *known == id).map(|(name, _)| name.as_str())
    }
}

/// Reads Microsoft Graph's own service principal.
///
/// # Errors
/// [`GraphError`].
pub async fn graph_api<E: Env>(graph: &Graph<'_, E>) -> Result<GraphApi, GraphError> {
    #[derive(Deserialize)]
    struct Permission {
        id: Guid,
        value: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Principal {
        id: Guid,
        #[serde(default)]
        oauth2_permission_scopes: Vec<Permission>,
        #[serde(default)]
        app_roles: Vec<Permission>,
    }
    let path = format!("/servicePrincipals(appId='{GRAPH_APP}')?$select=id,appRoles,oauth2PermissionScopes");
    let found: Principal = graph.get("read the permissions that Microsoft Graph offers", &path).await?;
    let named = |list: Vec<Permission>| {
        list.into_iter().filter_map(|it| it.value.filter(|name| !name.is_empty()).map(|name| (name, it.id)))
    };
    Ok(GraphApi {
        id: ObjectId(found.id),
        scopes: named(found.oauth2_permission_scopes).collect(),
        roles: named(found.app_roles).collect(),
    })
}

/// A grant of delegated scopes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegatedGrant {
    /// Its id, which is no GUID.
    pub id: String,
    /// Whose it is; none, when it is the whole tenant's.
    pub person: Option<ObjectId>,
    /// The scopes, by their short names.
    pub scopes: Vec<String>,
}

impl DelegatedGrant {
    /// Whether it lists a scope, by its own name.
    #[must_use]
    pub fn lists(&self, name: &str) -> bool {
        self.scopes.iter().any(|scope| scope.eq_ignore_ascii_case(name))
    }
}

/// A permission that an application holds by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleGrant {
    /// The assignment's id, which is no GUID.
    pub id: String,
    /// The name of the permission; its id, where Graph no longer offers it, and behind the name of another resource.
    pub name: String,
}

/// What an application may do in this tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// With Microsoft Graph on behalf of people.
    pub delegated: Vec<DelegatedGrant>,
    /// With Microsoft Graph by itself.
    pub roles: Vec<RoleGrant>,
    /// By itself with other resources.
    pub others: Vec<RoleGrant>,
}

impl Standing {
    /// The grant for the whole tenant; there is one at most for each client and resource.
    #[must_use]
    pub fn tenant_wide(&self) -> Option<&DelegatedGrant> {
        self.delegated.iter().find(|grant| grant.person.is_none())
    }

    /// Whether the whole tenant granted a scope, by its own name. Entra compares names: it asks again for a lower scope although a
    /// higher one is granted.
    #[must_use]
    pub fn has_scope(&self, name: &str) -> bool {
        self.tenant_wide().is_some_and(|grant| grant.lists(name))
    }

    /// Whether the application holds a permission of Microsoft Graph by itself.
    #[must_use]
    pub fn has_role(&self, name: &str) -> bool {
        self.roles.iter().any(|role| role.name == name)
    }
}

/// Reads what a service principal may do.
///
/// # Errors
/// [`GraphError`] when either list could not be read to its end: an incomplete one would look like missing consent.
pub async fn standing<E: Env>(
    graph: &Graph<'_, E>,
    api: &GraphApi,
    principal: &ObjectId,
) -> Result<Standing, GraphError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Delegated {
        id: String,
        principal_id: Option<Guid>,
        resource_id: Guid,
        scope: Option<String>,
    }
    let path = format!("/oauth2PermissionGrants?$filter=clientId eq '{principal}'");
    let delegated = graph.pages::<Delegated>("read what was consented to", &path).await.whole()?;
    let (roles, others) = assignments(graph, api, principal).await?;
    Ok(Standing {
        delegated: delegated
            .into_iter()
            .filter(|grant| grant.resource_id == api.id.0)
            .map(|grant| DelegatedGrant {
                id: grant.id,
                person: grant.principal_id.map(ObjectId),
                scopes: grant.scope.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
            })
            .collect(),
        roles,
        others,
    })
}

/// Reads what a service principal holds by itself, of Microsoft Graph and then of other resources.
///
/// # Errors
/// [`GraphError`] when the list could not be read to its end.
pub async fn own_roles<E: Env>(
    graph: &Graph<'_, E>,
    api: &GraphApi,
    principal: &ObjectId,
) -> Result<Vec<RoleGrant>, GraphError> {
    let (mut roles, others) = assignments(graph, api, principal).await?;
    roles.extend(others);
    Ok(roles)
}

async fn assignments<E: Env>(
    graph: &Graph<'_, E>,
    api: &GraphApi,
    principal: &ObjectId,
) -> Result<(Vec<RoleGrant>, Vec<RoleGrant>), GraphError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Role {
        id: String,
        app_role_id: Guid,
        resource_id: Guid,
        resource_display_name: Option<String>,
    }
    let path = format!("/servicePrincipals/{principal}/appRoleAssignments");
    let all = graph.pages::<Role>("read what the application may do by itself", &path).await.whole()?;
    let (own, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|role| role.resource_id == api.id.0);
    let named = |role: Role| RoleGrant {
        name: api.role_name(&role.app_role_id).unwrap_or(role.app_role_id.as_str()).to_owned(),
        id: role.id,
    };
    let foreign = |role: Role| {
        let resource = role.resource_display_name.unwrap_or_else(|| role.resource_id.to_string());
        RoleGrant { name: format!("{resource}: {}", role.app_role_id), id: role.id }
    };
    Ok((own.into_iter().map(named).collect(), others.into_iter().map(foreign).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_record_only_a_scope_of_the_same_name_counts() {
        let grant = |person: Option<&str>, scopes: &[&str]| DelegatedGrant {
            id: "g".to_owned(),
            person: person.map(|id| ObjectId(Guid::parse(id).unwrap())),
            scopes: scopes.iter().map(|&name| name.to_owned()).collect(),
        };
        let person = Some("00000000-0000-0000-0000-000000000001");
        let standing = Standing {
            delegated: vec![
                grant(person, &["GroupMember.Read.All"]),
                grant(None, &["user.read", "Directory.Read.All", "Group.Read.All"]),
            ],
            ..Standing::default()
        };
        assert!(standing.has_scope("User.Read") && standing.has_scope("Directory.Read.All"));
        // Higher ones are there: Entra asks again all the same.
        assert!(!standing.has_scope("User.Read.All") && !standing.has_scope("GroupMember.Read.All"));
    }
}
