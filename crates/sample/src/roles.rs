//! Entra's built-in directory roles, as far as they matter here.

/// A built-in directory role. Template ids are the same in every tenant (Entra's `permissions-reference`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectoryRole {
    /// May do everything.
    GlobalAdministrator,
    /// Hands out roles, and consents to everything.
    PrivilegedRoleAdministrator,
    /// Manages applications, and consents to all but Graph's application permissions.
    CloudApplicationAdministrator,
    /// Registers applications where people in general may not.
    ApplicationDeveloper,
}

impl DirectoryRole {
    /// The id of its template.
    #[must_use]
    pub const fn template_id(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "62e90394-69f5-4237-9190-012177145e10",
            Self::PrivilegedRoleAdministrator => "e8611ab8-c189-46e8-94e1-60213ab1f814",
            Self::CloudApplicationAdministrator => "158c047a-c907-4556-b7ef-446551a6b5f7",
            Self::ApplicationDeveloper => "cf1c38e5-3621-4004-a7cb-879624dced7c",
        }
    }

    /// The object id of the role in the tenant: never that of its template.
    pub(crate) const fn object_id(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "0b1f6b43-7d2a-4b0e-9d35-6d4c5b1d0a01",
            Self::PrivilegedRoleAdministrator => "0b1f6b43-7d2a-4b0e-9d35-6d4c5b1d0a02",
            Self::CloudApplicationAdministrator => "0b1f6b43-7d2a-4b0e-9d35-6d4c5b1d0a03",
            Self::ApplicationDeveloper => "0b1f6b43-7d2a-4b0e-9d35-6d4c5b1d0a04",
        }
    }

    /// Its name in the portal.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "Global Administrator",
            Self::PrivilegedRoleAdministrator => "Privileged Role Administrator",
            Self::CloudApplicationAdministrator => "Cloud Application Administrator",
            Self::ApplicationDeveloper => "Application Developer",
        }
    }

    /// What Graph says about it.
    pub(crate) const fn description(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => {
                "Can manage all aspects of Microsoft Entra ID and Microsoft services that use Microsoft Entra identities."
            }
            Self::PrivilegedRoleAdministrator => {
                "Can manage role assignments in Microsoft Entra ID, and all aspects of Privileged Identity Management."
            }
            Self::CloudApplicationAdministrator => {
                "Can create and manage all aspects of app registrations and enterprise apps except App Proxy."
            }
            Self::ApplicationDeveloper => {
                "Can create application registrations independent of the 'Users can register applications' setting."
            }
        }
    }

    /// Whether it may consent for the organisation to delegated permissions.
    pub(crate) const fn consents(self) -> bool {
        !matches!(self, Self::ApplicationDeveloper)
    }

    /// Whether it may grant Graph's application permissions (`grant-admin-consent`).
    pub(crate) const fn grants_graph_roles(self) -> bool {
        matches!(self, Self::GlobalAdministrator | Self::PrivilegedRoleAdministrator)
    }

    /// Whether it may change any application.
    pub(crate) const fn manages_applications(self) -> bool {
        matches!(self, Self::GlobalAdministrator | Self::CloudApplicationAdministrator)
    }
}
