//! Applications, their service principals, and what was granted to them: one store for the sign-in service and for Graph.

mod application;
mod gallery;
mod grants;
mod presets;
mod principal;

use std::time::Duration;

use crate::directory::{Directory, Person};

pub(crate) use application::{Application, Federated, Platform, Secret};
pub(crate) use gallery::{DEFAULT_ACCESS, GalleryTemplate};
pub(crate) use grants::{Assignment, Grant, Holder};
pub(crate) use principal::Principal;

/// Microsoft Graph's application id, the same everywhere.
pub(crate) const GRAPH_APP: &str = "00000003-0000-0000-c000-000000000000";
/// Azure Databricks' application id, the same everywhere.
pub(crate) const DATABRICKS_APP: &str = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";

/// How a path names an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key<'k> {
    /// `/applications/{id}`.
    Id(&'k str),
    /// `/applications(appId='…')`.
    AppId(&'k str),
    /// `/applications(uniqueName='…')`.
    UniqueName(&'k str),
}

impl<'k> Key<'k> {
    pub(crate) const fn text(self) -> &'k str {
        match self {
            Self::Id(text) | Self::AppId(text) | Self::UniqueName(text) => text,
        }
    }
}

/// The store. Objects made a moment ago are in it, but not seen before their time: ask with the time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    pub(crate) applications: Vec<Application>,
    pub(crate) principals: Vec<Principal>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) assignments: Vec<Assignment>,
    /// How long a change stays unknown to readers.
    pub(crate) lag: Duration,
}

impl Registry {
    /// The application, whether it is seen everywhere or not.
    pub(crate) fn application(&self, key: Key<'_>) -> Option<&Application> {
        self.applications.iter().find(|it| it.is(key))
    }

    /// The application, to change it.
    pub(crate) fn application_mut(&mut self, key: Key<'_>) -> Option<&mut Application> {
        self.applications.iter_mut().find(|it| it.is(key))
    }

    /// The application, once it is seen.
    pub(crate) fn seen_application(&self, key: Key<'_>, now: Duration) -> Option<&Application> {
        self.application(key).filter(|it| it.visible <= now)
    }

    /// The service principal, whether it is seen everywhere or not.
    pub(crate) fn principal(&self, key: Key<'_>) -> Option<&Principal> {
        self.principals.iter().find(|it| it.is(key))
    }

    /// The service principal, to change it.
    pub(crate) fn principal_mut(&mut self, key: Key<'_>) -> Option<&mut Principal> {
        self.principals.iter_mut().find(|it| it.is(key))
    }

    /// The service principal, once it is seen.
    pub(crate) fn seen_principal(&self, key: Key<'_>, now: Duration) -> Option<&Principal> {
        self.principal(key).filter(|it| it.visible <= now)
    }

    /// The object id of an application's service principal.
    pub(crate) fn principal_id(&self, app_id: &str) -> Option<&str> {
        self.principal(Key::AppId(app_id)).map(|it| it.id.as_str())
    }

    /// Removes an application with its service principal and all that hangs on it. Returns whether it was there. Entra keeps it
    /// for 30 days; nobody restores anything here.
    pub(crate) fn remove_application(&mut self, id: &str) -> bool {
        let Some(at) = self.applications.iter().position(|it| it.id == id) else { return false };
        let application = self.applications.remove(at);
        let principal = self.principal_id(&application.app_id).map(str::to_owned);
        if let Some(principal) = principal {
            self.remove_principal(&principal);
        }
        true
    }

    /// Removes a service principal with its grants and assignments. Returns whether it was there.
    pub(crate) fn remove_principal(&mut self, id: &str) -> bool {
        let before = self.principals.len();
        self.principals.retain(|it| it.id != id);
        self.grants.retain(|it| it.client != id && it.resource != id);
        self.assignments.retain(|it| it.principal != id && it.resource != id);
        self.principals.len() < before
    }

    /// The single-page redirect URIs of all applications: their origins may ask the token endpoint.
    pub(crate) fn spa_uris(&self) -> Vec<String> {
        self.applications.iter().flat_map(|it| it.spa.iter().cloned()).collect()
    }
}

/// The person that an object id names, where it is one.
pub(crate) fn person<'d>(directory: &'d Directory, id: Option<&str>) -> Option<&'d Person> {
    directory.person(id?)
}
