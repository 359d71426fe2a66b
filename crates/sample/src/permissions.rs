//! The permissions of Microsoft Graph that the sample knows: names, ids and the need for an administrator, as in Microsoft's
//! permissions reference.

/// One permission, as a delegated scope, an application's role, or both.
#[derive(Debug)]
pub(crate) struct Permission {
    pub(crate) name: &'static str,
    /// The id of the delegated scope.
    pub(crate) scope: Option<&'static str>,
    /// The id of the application's role. It always needs an administrator.
    pub(crate) role: Option<&'static str>,
    /// Whether only an administrator may grant the scope.
    pub(crate) admin: bool,
    /// What the consent page says.
    pub(crate) text: &'static str,
}

const fn user(name: &'static str, scope: &'static str, text: &'static str) -> Permission {
    Permission { name, scope: Some(scope), role: None, admin: false, text }
}

const fn both(name: &'static str, scope: &'static str, role: &'static str, text: &'static str) -> Permission {
    Permission { name, scope: Some(scope), role: Some(role), admin: true, text }
}

const PERMISSIONS: [Permission; 26] = [
    user("openid", "37f7f235-527c-4136-accd-4a02d197296e", "Sign you in"),
    user("profile", "14dad69e-099b-42c9-810b-d002981feec1", "View your basic profile"),
    user("email", "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0", "View your email address"),
    user(
        "offline_access",
        "7427e0e9-2fba-42fe-b0c0-848c9e6a8182",
        "Maintain access to data you have given it access to",
    ),
    user("User.Read", "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "Sign you in and read your profile"),
    Permission {
        name: "User.ReadBasic.All",
        scope: Some("b340eb25-3456-403f-be2f-af7a0d370277"),
        role: Some("97235f07-e226-4f63-ace3-39588e11d3a1"),
        admin: false,
        text: "Read all users' basic profiles",
    },
    both(
        "User.Read.All",
        "a154be20-db9c-4678-8ab7-66f6cc099a59",
        "df021288-bdef-4463-88db-98f22de89214",
        "Read all users' full profiles",
    ),
    both(
        "Group.Read.All",
        "5f8c59db-677d-491f-a6b8-5f174b11ec1d",
        "5b567255-7703-4780-807c-7be8301ae99b",
        "Read all groups",
    ),
    both(
        "GroupMember.Read.All",
        "bc024368-1153-4739-b217-4326f2e966d0",
        "98830695-27a2-44f7-8c18-0c3ebc9698f6",
        "Read group memberships",
    ),
    both(
        "Member.Read.Hidden",
        "f6a3db3e-f7e8-4ed2-a414-557c8c9830be",
        "658aa5d8-239f-45c4-aa12-864f4fc7e490",
        "Read hidden memberships",
    ),
    both(
        "Directory.Read.All",
        "06da0dbc-49e2-44d2-8312-53f166ab848a",
        "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
        "Read directory data",
    ),
    both(
        "Directory.ReadWrite.All",
        "c5366453-9fb0-48a5-a156-24f0c49a4b84",
        "19dbc75e-c2e2-444c-a770-ec69d8559fc7",
        "Read and write directory data",
    ),
    both(
        "Organization.Read.All",
        "4908d5b9-3fb2-4b1e-9336-1888b7937185",
        "498476ce-e0fe-48b0-b801-37ba7e2685c6",
        "Read organization information",
    ),
    both(
        "Application.Read.All",
        "c79f8feb-a9db-4090-85f9-90d820caa0eb",
        "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
        "Read applications",
    ),
    both(
        "Application.ReadWrite.All",
        "bdfbf15f-ee85-4955-8675-146e8e5296b5",
        "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
        "Read and write all applications",
    ),
    Permission {
        name: "Application.ReadWrite.OwnedBy",
        scope: None,
        role: Some("18a4783c-866b-4cc7-a460-3d5e5662c884"),
        admin: true,
        text: "Manage apps that this app creates or owns",
    },
    both(
        "AppRoleAssignment.ReadWrite.All",
        "84bccea3-f856-4a8a-967b-dbe0a3d53a64",
        "06b708a9-e830-4db3-a914-8e69da51d44f",
        "Manage app permission grants and app role assignments",
    ),
    both(
        "DelegatedPermissionGrant.Read.All",
        "a197cdc4-a8e8-4d49-9d35-4ca7c83887b4",
        "81b4724a-58aa-41c1-8a55-84ef97466587",
        "Read delegated permission grants",
    ),
    both(
        "DelegatedPermissionGrant.ReadWrite.All",
        "41ce6ca6-6826-4807-84f1-1c82854f7ee5",
        "8e8e4742-1d95-4f68-9d56-6ee75648c72a",
        "Manage all delegated permission grants",
    ),
    both(
        "RoleManagement.Read.Directory",
        "741c54c3-0c1e-44a1-818b-3f97ab4e8c83",
        "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
        "Read directory role-based access control settings",
    ),
    both(
        "Synchronization.Read.All",
        "7aa02aeb-824f-4fbe-a3f7-611f751f5b55",
        "5ba43d2f-fa88-4db2-bd1c-a67c5f0fb1ce",
        "Read all Azure AD synchronization data",
    ),
    both(
        "Synchronization.ReadWrite.All",
        "7bb27fa3-ea8f-4d67-a916-87715b6188bd",
        "9b50c33d-700f-43b1-b2eb-87e89b703581",
        "Read and write all Azure AD synchronization data",
    ),
    both(
        "AuditLog.Read.All",
        "e4c9e354-4dc5-45b8-9e7c-e1393b0b1a20",
        "b0afded3-3588-46d8-8b3d-9842eff778da",
        "Read audit log data",
    ),
    both(
        "ProvisioningLog.Read.All",
        "95aec97b-cf27-4a8d-a67d-42f60b5b38ef",
        "091937d3-3e38-47a1-8649-b2f99d3035f1",
        "Read all provisioning log data",
    ),
    both(
        "Policy.Read.All",
        "572fea84-0151-49b2-9301-11cb16974376",
        "246dd0d5-5bd0-4def-940b-0421030a5b68",
        "Read your organization's policies",
    ),
    both(
        "Group.ReadBasic.All",
        "ba1917bc-a64b-4c71-b66d-229d4a520e66",
        "07d67222-3a10-4d3b-9ddc-b8aa43198a00",
        "Read all groups' basic properties",
    ),
];

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Permission> {
    PERMISSIONS.iter()
}

/// The delegated scope of that name, whatever its case.
pub(crate) fn scope(name: &str) -> Option<&'static Permission> {
    all().find(|it| it.scope.is_some() && it.name.eq_ignore_ascii_case(name))
}

/// The delegated scope with that id.
pub(crate) fn scope_with_id(id: &str) -> Option<&'static Permission> {
    all().find(|it| it.scope.is_some_and(|known| known.eq_ignore_ascii_case(id)))
}

/// The application's role of that name.
pub(crate) fn role(name: &str) -> Option<&'static Permission> {
    all().find(|it| it.role.is_some() && it.name == name)
}

/// The application's role with that id.
pub(crate) fn role_with_id(id: &str) -> Option<&'static Permission> {
    all().find(|it| it.role.is_some_and(|known| known.eq_ignore_ascii_case(id)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_id_stands_twice() {
        let ids: Vec<_> = all().flat_map(|it| it.scope.into_iter().chain(it.role)).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        assert!(ids.iter().all(|id| id.len() == 36));
    }

    #[test]
    fn a_permission_of_applications_alone_is_no_scope() {
        assert!(scope("Application.ReadWrite.OwnedBy").is_none());
        assert!(role("Application.ReadWrite.OwnedBy").is_some());
        assert!(role("User.Read").is_none());
    }
}
