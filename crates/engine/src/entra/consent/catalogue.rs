//! Every permission of Microsoft Graph that is ever asked for, and what for. Names and privileges are Graph's own
//! (permissions reference); ids are looked up in the tenant, because national clouds may have others.

use crate::setup::Way;

/// A delegated scope of Graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The short name, such as `User.Read.All`.
    pub name: &'static str,
    /// Whether only an administrator may grant it.
    pub admin: bool,
}

const fn user(name: &'static str) -> Scope {
    Scope { name, admin: false }
}

const fn admin(name: &'static str) -> Scope {
    Scope { name, admin: true }
}

const WHO: Scope = user("User.Read");

/// What signing in itself needs.
pub const SIGN_IN: &[Scope] = &[WHO];

/// What a direct sync needs (Graph's permission tables: the least for `GET /users` with `accountEnabled`, and for groups and
/// their members).
pub const DIRECT_SYNC: &[Scope] = &[WHO, admin("User.Read.All"), admin("GroupMember.Read.All")];

/// What setting up and watching Entra's own provisioning needs.
pub const CONNECTOR: &[Scope] = &[
    WHO,
    admin("User.Read.All"),
    admin("Group.Read.All"),
    admin("Application.ReadWrite.All"),
    admin("Synchronization.ReadWrite.All"),
    admin("ProvisioningLog.Read.All"),
];

/// What assigning people and groups to the connector needs. It can give any application any permission, so nobody has to grant it: who
/// assigns by hand does without.
pub const ASSIGN: &[Scope] = &[admin("AppRoleAssignment.ReadWrite.All")];

/// What finding, mending and completing registrations and their grants needs. Asked for only when a person wants that.
pub const MANAGE: &[Scope] = &[
    WHO,
    admin("Application.ReadWrite.All"),
    admin("DelegatedPermissionGrant.ReadWrite.All"),
    admin("AppRoleAssignment.ReadWrite.All"),
];

/// What makes the checks before the work complete. Without them roles and licences are unknown, never missing.
pub const PREFLIGHT: &[Scope] = &[admin("RoleManagement.Read.Directory"), admin("Organization.Read.All")];

/// What a delegated scope is for. Apart from the names, which a page compares without the words.
#[must_use]
pub fn purpose(name: &str) -> &'static str {
    match name {
        "User.Read" => "Know who signed in.",
        "User.Read.All" => "Read people: names, mail, whether enabled.",
        "GroupMember.Read.All" => "Read groups and who belongs to them.",
        "Group.Read.All" => "Read groups and who belongs to them.",
        "Application.ReadWrite.All" => {
            "Make, mend and remove applications of this wizard, the connector’s among them."
        }
        "DelegatedPermissionGrant.ReadWrite.All" => {
            "See and set what applications may do on behalf of people."
        }
        "Synchronization.ReadWrite.All" => "Set up, test, start and watch the provisioning job.",
        "AppRoleAssignment.ReadWrite.All" => {
            "See and set what applications may do by themselves, and who is assigned to them."
        }
        "ProvisioningLog.Read.All" => "Read what was provisioned and what was not.",
        "RoleManagement.Read.Directory" => "See which directory roles you hold.",
        "Organization.Read.All" => "See whether the tenant has Entra ID P1 or P2.",
        _ => "",
    }
}

/// What a way needs of the person who signs in.
#[must_use]
pub const fn needed(way: Option<Way>) -> &'static [Scope] {
    match way {
        Some(Way::Connector) => CONNECTOR,
        Some(Way::Direct) | None => DIRECT_SYNC,
    }
}

/// A permission that an application holds by itself, without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppRole {
    /// The name, such as `User.Read.All`.
    pub name: &'static str,
    /// What the unattended runs do with it.
    pub purpose: &'static str,
    /// What it can do beyond that, where it should make people stop.
    pub risk: Option<&'static str>,
    /// Whether it is proposed.
    pub proposed: bool,
}

/// What an application for unattended runs may hold.
pub const UNATTENDED: &[AppRole] = &[
    AppRole {
        name: "User.Read.All",
        purpose: "Read people. Every unattended run needs it.",
        risk: None,
        proposed: true,
    },
    AppRole {
        name: "GroupMember.Read.All",
        purpose: "Read groups and their members. Every unattended run needs it.",
        risk: None,
        proposed: true,
    },
    AppRole {
        name: "Application.ReadWrite.OwnedBy",
        purpose: "Run Entra's provisioning job of a connector that this application owns. It cannot touch others.",
        risk: None,
        proposed: true,
    },
    AppRole {
        name: "Synchronization.ReadWrite.All",
        purpose: "Run the provisioning jobs of connectors that somebody else owns. Where this application owns its connector, nothing \
                  needs it.",
        risk: Some(
            "Whoever has this application's secret can turn every provisioning job of the tenant to another address, stop it, or let \
             it deactivate people.",
        ),
        proposed: false,
    },
    AppRole {
        name: "AppRoleAssignment.ReadWrite.All",
        purpose: "Assign people and groups to a connector. Where they are assigned by hand, nothing needs it.",
        risk: Some(
            "Whoever has this application's secret can give any permission to any application, to this one too, and so take the \
             tenant over.",
        ),
        proposed: false,
    },
    AppRole {
        name: "Application.ReadWrite.All",
        purpose: "Change every application of the tenant, whoever owns it. Older instructions ask for it; nothing here needs it.",
        risk: Some(
            "Whoever has this application's secret can add secrets to any application of the tenant, and so take the \
             tenant over.",
        ),
        proposed: false,
    },
];

/// The permission of that name that unattended runs may hold.
#[must_use]
pub fn unattended(name: &str) -> Option<&'static AppRole> {
    UNATTENDED.iter().find(|role| role.name == name)
}

/// Higher scopes that contain a lower one.
pub(super) fn containing(name: &str) -> &'static [&'static str] {
    match name {
        "User.Read" => &["User.ReadWrite", "User.Read.All", "User.ReadWrite.All"],
        "User.Read.All" => &["User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
        "GroupMember.Read.All" => &[
            "GroupMember.ReadWrite.All",
            "Group.Read.All",
            "Group.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
        "Group.Read.All" => &["Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
        "Application.Read.All" => {
            &["Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]
        }
        "DelegatedPermissionGrant.Read.All" => {
            &["DelegatedPermissionGrant.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]
        }
        "ProvisioningLog.Read.All" => &["AuditLog.Read.All", "Directory.Read.All"],
        "RoleManagement.Read.Directory" => {
            &["RoleManagement.ReadWrite.Directory", "Directory.Read.All", "Directory.ReadWrite.All"]
        }
        "Organization.Read.All" => {
            &["Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]
        }
        _ => &[],
    }
}
