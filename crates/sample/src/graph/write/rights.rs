//! Who may change what: the token's permissions and, for a person, directory roles or ownership as well.

use std::time::Duration;

use crate::directory::{Directory, Person};
use crate::registry::{GRAPH_APP, Key, Registry};
use crate::roles::DirectoryRole;
use crate::sign_in::Access;

use super::super::errors::GraphError;

/// Who asks.
pub(super) struct Actor<'a> {
    access: &'a Access,
    /// The person; none for an application.
    pub(super) person: Option<&'a Person>,
    /// The object id of the application's own service principal, where it asks by itself.
    pub(super) principal: Option<String>,
}

impl<'a> Actor<'a> {
    pub(super) fn new(
        access: &'a Access,
        directory: &'a Directory,
        registry: &Registry,
        now: Duration,
    ) -> Self {
        let person = crate::registry::person(directory, access.person.as_deref());
        let principal = registry.seen_principal(Key::AppId(&access.client), now).map(|it| it.id.clone());
        Self { access, person, principal: principal.filter(|_| access.person.is_none()) }
    }

    fn has(&self, permission: &str) -> bool {
        self.access.scopes.contains(permission)
    }

    /// The object id of who asks.
    fn id(&self) -> Option<&str> {
        self.person.map(|it| it.id.as_str()).or(self.principal.as_deref())
    }

    fn owns(&self, owners: &[String]) -> bool {
        self.id().is_some_and(|id| owners.iter().any(|owner| owner == id))
    }

    /// Whether who asks may register applications: members of a tenant may unless it says otherwise, guests may not.
    pub(super) fn may_register(&self) -> Result<(), GraphError> {
        let allowed = match self.person {
            Some(person) => self.has("Application.ReadWrite.All") && !person.guest,
            None => self.has("Application.ReadWrite.All") || self.has("Application.ReadWrite.OwnedBy"),
        };
        if allowed { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// Whether who asks may make applications from the gallery: people need a role that manages applications.
    pub(super) fn may_instantiate(&self) -> Result<(), GraphError> {
        self.may_register()?;
        let allowed = self.person.is_none_or(|person| person.may(DirectoryRole::manages_applications));
        if allowed { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// Who owns what is registered now. Holders of the application administrator roles do not become owners (Entra's
    /// `permissions-reference`), everybody else does; of applications only those that are confined to what they own.
    pub(super) fn first_owners(&self) -> Vec<String> {
        let none = match self.person {
            Some(person) => person.roles.contains(&DirectoryRole::CloudApplicationAdministrator),
            None => self.has("Application.ReadWrite.All"),
        };
        if none { Vec::new() } else { self.id().map(str::to_owned).into_iter().collect() }
    }

    /// Whether who asks may change an application or service principal with these owners.
    pub(super) fn may_change(&self, owners: &[String]) -> Result<(), GraphError> {
        let allowed = match self.person {
            Some(person) => {
                self.has("Application.ReadWrite.All")
                    && (person.may(DirectoryRole::manages_applications) || self.owns(owners))
            }
            None => {
                self.has("Application.ReadWrite.All")
                    || (self.has("Application.ReadWrite.OwnedBy") && self.owns(owners))
            }
        };
        if allowed { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// Whether who asks may grant delegated permissions for the organisation (Graph's `oauth2permissiongrant-post`).
    pub(super) fn may_grant_scopes(&self) -> Result<(), GraphError> {
        let allowed = self.has("DelegatedPermissionGrant.ReadWrite.All")
            && self.person.is_none_or(|person| person.may(DirectoryRole::consents));
        if allowed { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// Whether who asks may assign roles of a resource. Those of Graph need more (`grant-admin-consent`).
    pub(super) fn may_assign(&self, resource_app: &str) -> Result<(), GraphError> {
        let suffices = if resource_app == GRAPH_APP {
            DirectoryRole::grants_graph_roles
        } else {
            DirectoryRole::consents
        };
        let allowed = self.has("AppRoleAssignment.ReadWrite.All")
            && self.person.is_none_or(|person| person.may(suffices));
        if allowed { Ok(()) } else { Err(GraphError::denied()) }
    }
}
