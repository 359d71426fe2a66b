//! What the signed-in person may do, and what the tenant has: found out before anything fails. What cannot be read is unknown,
//! never missing.

use serde::Deserialize;

use super::graph::{Graph, GraphError};
use super::ids::Guid;
use crate::env::Env;

/// A directory role that matters here, by its template id: that is the same in every tenant (Entra's built-in roles).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// May do everything.
    GlobalAdministrator,
    /// May consent to everything, and hand out roles.
    PrivilegedRoleAdministrator,
    /// Manages applications and the application proxy.
    ApplicationAdministrator,
    /// Manages applications.
    CloudApplicationAdministrator,
    /// Registers applications where people in general may not.
    ApplicationDeveloper,
    /// Reads the directory.
    DirectoryReaders,
    /// Reads everything.
    GlobalReader,
}

impl Role {
    const ALL: [(Self, &'static str, &'static str); 7] = [
        (Self::GlobalAdministrator, "62e90394-69f5-4237-9190-012177145e10", "Global Administrator"),
        (
            Self::PrivilegedRoleAdministrator,
            "e8611ab8-c189-46e8-94e1-60213ab1f814",
            "Privileged Role Administrator",
        ),
        (Self::ApplicationAdministrator, "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "Application Administrator"),
        (
            Self::CloudApplicationAdministrator,
            "158c047a-c907-4556-b7ef-446551a6b5f7",
            "Cloud Application Administrator",
        ),
        (Self::ApplicationDeveloper, "cf1c38e5-3621-4004-a7cb-879624dced7c", "Application Developer"),
        (Self::DirectoryReaders, "88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "Directory Readers"),
        (Self::GlobalReader, "f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader"),
    ];

    fn of(template: &Guid) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, id, _)| *id == template.as_str()).map(|(role, ..)| role)
    }

    /// Its name in the portal.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(role, ..)| *role == self).map_or("", |(_, _, name)| name)
    }

    /// Whether it may consent for the tenant to what applications do on behalf of people.
    #[must_use]
    pub const fn consents_for_people(self) -> bool {
        matches!(
            self,
            Self::GlobalAdministrator
                | Self::PrivilegedRoleAdministrator
                | Self::ApplicationAdministrator
                | Self::CloudApplicationAdministrator
        )
    }

    /// Whether it may grant what applications may do with Microsoft Graph by themselves.
    #[must_use]
    pub const fn grants_application_permissions(self) -> bool {
        matches!(self, Self::GlobalAdministrator | Self::PrivilegedRoleAdministrator)
    }

    /// Whether it may change any registration.
    #[must_use]
    pub const fn manages_applications(self) -> bool {
        matches!(
            self,
            Self::GlobalAdministrator | Self::ApplicationAdministrator | Self::CloudApplicationAdministrator
        )
    }
}

/// The roles of the person who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Roles {
    /// They could not be read.
    Unknown,
    /// These, of those that matter here.
    Known {
        /// Held now, directly or through a group.
        held: Vec<Role>,
        /// Not held now, but the person may activate them (Privileged Identity Management); nothing, where that could not be read.
        eligible: Option<Vec<Role>>,
    },
}

impl Roles {
    /// Whether a held role suffices; unknown is not no, and neither is a role that may be there to activate.
    #[must_use]
    pub fn suffice(&self, does: impl Fn(Role) -> bool) -> Option<bool> {
        match self {
            Self::Unknown => None,
            Self::Known { held, .. } if held.iter().copied().any(does) => Some(true),
            Self::Known { eligible, .. } => eligible.is_some().then_some(false),
        }
    }

    /// A role that would suffice once activated.
    #[must_use]
    pub fn to_activate(&self, does: impl Fn(Role) -> bool) -> Option<Role> {
        match self {
            Self::Unknown => None,
            Self::Known { eligible, .. } => eligible.iter().flatten().copied().find(|role| does(*role)),
        }
    }
}

/// Reads the roles of the person who is signed in, through groups too.
///
/// # Errors
/// [`GraphError`] when Graph fails; what it merely does not show is [`Roles::Unknown`].
pub async fn roles<E: Env>(graph: &Graph<'_, E>) -> Result<Roles, GraphError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Held {
        role_template_id: Option<Guid>,
    }
    let read = graph.pages::<Held>(
        "read your directory roles",
        "/me/transitiveMemberOf/microsoft.graph.directoryRole?$select=id,roleTemplateId&$count=true",
    );
    let pages = read.await;
    match pages.broken {
        // A cast in a cloud that does not take it: nothing is known then either.
        Some(error) if matches!(error.status(), Some(400 | 403)) => return Ok(Roles::Unknown),
        Some(error) => return Err(error),
        None => {}
    }
    // Without the permission Graph gives roles with nothing but their ids.
    if pages.items.iter().any(|held| held.role_template_id.is_none()) {
        return Ok(Roles::Unknown);
    }
    let held = named(pages.items.iter().filter_map(|held| held.role_template_id.as_ref()));
    let mut eligible = eligible(graph).await;
    if let Some(eligible) = &mut eligible {
        eligible.retain(|role| !held.contains(role));
    }
    Ok(Roles::Known { held, eligible })
}

/// Roles that may be activated. Tenants without the licence for that answer with an error of that name, and then there are none;
/// what cannot be read for another reason is unknown.
async fn eligible<E: Env>(graph: &Graph<'_, E>) -> Option<Vec<Role>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Eligible {
        role_definition_id: Option<Guid>,
    }
    let read = graph.pages::<Eligible>(
        "read the roles you may activate",
        "/roleManagement/directory/roleEligibilityScheduleInstances/filterByCurrentUser(on='principal')",
    );
    let pages = read.await;
    match &pages.broken {
        None => {}
        Some(error) if error.is_code("AadPremiumLicenseRequired") => return Some(Vec::new()),
        Some(_) => return None,
    }
    // The definition's id of a built-in role is its template's.
    Some(named(pages.items.iter().filter_map(|it| it.role_definition_id.as_ref())))
}

fn named<'g>(ids: impl Iterator<Item = &'g Guid>) -> Vec<Role> {
    let mut roles: Vec<Role> = ids.filter_map(Role::of).collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// Which Entra ID licence the tenant has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Licence {
    /// It could not be read.
    Unknown,
    /// Neither P1 nor P2.
    Free,
    /// Entra ID P1.
    P1,
    /// Entra ID P2.
    P2,
}

/// Reads the tenant's licence.
///
/// # Errors
/// [`GraphError`] when Graph fails; what it merely does not show is [`Licence::Unknown`].
pub async fn licence<E: Env>(graph: &Graph<'_, E>) -> Result<Licence, GraphError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Plan {
        service_plan_name: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Sku {
        capability_status: Option<String>,
        #[serde(default)]
        service_plans: Vec<Plan>,
    }
    let pages = graph.pages::<Sku>("read the tenant's licences", "/subscribedSkus").await;
    match pages.broken {
        Some(error) if error.status() == Some(403) => return Ok(Licence::Unknown),
        Some(error) => return Err(error),
        None => {}
    }
    // A licence that is in its grace period still works.
    let live = |sku: &&Sku| matches!(sku.capability_status.as_deref(), Some("Enabled" | "Warning") | None);
    let has = |name: &str| {
        pages
            .items
            .iter()
            .filter(live)
            .flat_map(|sku| &sku.service_plans)
            .any(|plan| plan.service_plan_name.as_deref() == Some(name))
    };
    Ok(match (has("AAD_PREMIUM_P2"), has("AAD_PREMIUM")) {
        (true, _) => Licence::P2,
        (false, true) => Licence::P1,
        (false, false) => Licence::Free,
    })
}
