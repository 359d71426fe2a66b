//! Who may work with a service principal's synchronization, and from when on it can be worked with.

use crate::directory::Person;
use crate::registry::{GalleryTemplate, Key, Principal};
use crate::roles::DirectoryRole;
use crate::sign_in::Access;

use super::super::Graph;
use super::super::errors::GraphError;

/// The service principal's id, where it comes from, and whether the job service knows it.
pub(super) fn check(
    graph: &Graph<'_>,
    access: &Access,
    key: Key<'_>,
    reads: bool,
) -> Result<(String, Option<&'static GalleryTemplate>, bool), GraphError> {
    let found = graph.registry.principal(key).ok_or_else(|| GraphError::not_found(key.text()))?;
    if !may(graph, access, found, reads) {
        return Err(GraphError::unknown());
    }
    if found.visible > graph.now {
        return Err(early(&found.id));
    }
    // The job service hears of an application after the directory does.
    let ready = found.visible.is_zero() || found.visible + graph.registry.lag <= graph.now;
    Ok((found.id.clone(), found.template, ready))
}

/// People need a scope and a role that manages applications (`rbac-synchronization-apis`); applications the permission, or to own both the
/// application and the service principal. Who may not gets the same answer as who comes too early.
fn may(graph: &Graph<'_>, access: &Access, principal: &Principal, reads: bool) -> bool {
    let has = |name: &str| access.scopes.contains(name);
    let scope = has("Synchronization.ReadWrite.All") || (reads && has("Synchronization.Read.All"));
    let person: Option<&Person> = crate::registry::person(graph.directory, access.person.as_deref());
    if access.person.is_some() {
        return scope && person.is_some_and(|it| it.may(DirectoryRole::manages_applications));
    }
    let own =
        graph.registry.principal(Key::AppId(&access.client)).map(|it| it.id.as_str()).unwrap_or_default();
    let application = graph.registry.application(Key::AppId(&principal.app_id));
    let owns = |owners: &[String]| owners.iter().any(|it| it == own);
    let owns_both = owns(&principal.owners) && application.is_some_and(|it| owns(&it.owners));
    scope || (has("Application.ReadWrite.OwnedBy") && owns_both)
}

/// What copies say that have not heard of the service principal: one of three answers, by its id.
fn early(id: &str) -> GraphError {
    match id.chars().next().and_then(|digit| digit.to_digit(16)).unwrap_or(0) % 3 {
        0 => GraphError::unknown(),
        1 => GraphError::not_found(id),
        _ => GraphError::new(409, "Conflict", "The service principal is being created. Retry after waiting."),
    }
}
