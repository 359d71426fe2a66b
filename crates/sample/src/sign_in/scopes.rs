//! The delegated permissions of Microsoft Graph that the sample knows, and how requests spell them.

/// One delegated permission.
pub(crate) struct Scope {
    pub(crate) name: &'static str,
    /// Whether only an administrator may grant it.
    pub(crate) admin: bool,
    /// What the consent page says.
    pub(crate) text: &'static str,
}

const fn scope(name: &'static str, admin: bool, text: &'static str) -> Scope {
    Scope { name, admin, text }
}

/// Names and the need for an administrator as in Microsoft's permissions reference.
const SCOPES: [Scope; 23] = [
    scope("openid", false, "Sign you in"),
    scope("profile", false, "View your basic profile"),
    scope("email", false, "View your email address"),
    scope("offline_access", false, "Maintain access to data you have given it access to"),
    scope("User.Read", false, "Sign you in and read your profile"),
    scope("User.ReadBasic.All", false, "Read all users' basic profiles"),
    scope("User.Read.All", true, "Read all users' full profiles"),
    scope("Group.Read.All", true, "Read all groups"),
    scope("GroupMember.Read.All", true, "Read group memberships"),
    scope("Member.Read.Hidden", true, "Read hidden memberships"),
    scope("Directory.Read.All", true, "Read directory data"),
    scope("Organization.Read.All", true, "Read organization information"),
    scope("Application.Read.All", true, "Read applications"),
    scope("Application.ReadWrite.All", true, "Read and write all applications"),
    scope("AppRoleAssignment.ReadWrite.All", true, "Manage app permission grants and app role assignments"),
    scope("DelegatedPermissionGrant.Read.All", true, "Read delegated permission grants"),
    scope("DelegatedPermissionGrant.ReadWrite.All", true, "Manage all delegated permission grants"),
    scope("RoleManagement.Read.Directory", true, "Read directory role-based access control settings"),
    scope("Synchronization.Read.All", true, "Read all Azure AD synchronization data"),
    scope("Synchronization.ReadWrite.All", true, "Read and write all Azure AD synchronization data"),
    scope("AuditLog.Read.All", true, "Read audit log data"),
    scope("ProvisioningLog.Read.All", true, "Read all provisioning log data"),
    scope("Policy.Read.All", true, "Read your organization's policies"),
];

/// What the application declares in its `requiredResourceAccess`, and so what `/.default` stands for. Consent for the
/// organisation covers the sign-in scopes too, as Entra's does.
pub(crate) const DECLARED: [&str; 8] = [
    "openid",
    "profile",
    "email",
    "offline_access",
    "User.Read",
    "User.Read.All",
    "GroupMember.Read.All",
    "Application.Read.All",
];

/// The application permissions that the headless application was granted.
pub(crate) const APPLICATION_ROLES: [&str; 4] =
    ["User.Read.All", "GroupMember.Read.All", "Application.Read.All", "Organization.Read.All"];

/// Why a scope cannot be asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ScopeError {
    /// The permission does not exist at Graph.
    Unknown(String),
    /// The resource is not in the tenant.
    Resource(String),
}

/// The permission of that name, whatever its case.
pub(crate) fn find(name: &str) -> Option<&'static Scope> {
    SCOPES.iter().find(|it| it.name.eq_ignore_ascii_case(name))
}

/// Whether the permission belongs to sign-in rather than to Graph.
pub(crate) fn is_sign_in(name: &str) -> bool {
    matches!(name, "openid" | "profile" | "email" | "offline_access")
}

/// Reads a `scope` parameter: short names, or names behind the address of Graph; `.default` is what is declared.
pub(crate) fn parse(text: &str, graph: &str) -> Result<Vec<&'static str>, ScopeError> {
    let mut found = Vec::new();
    for asked in text.split_whitespace() {
        let name = short_name(asked, graph)?;
        if name == ".default" {
            found.extend(DECLARED);
        } else {
            found.push(find(name).ok_or_else(|| ScopeError::Unknown(name.to_owned()))?.name);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Whether the parameter asks for Graph's application permissions, the only form that client credentials allow.
pub(crate) fn is_default_only(text: &str, graph: &str) -> Result<bool, ScopeError> {
    Ok(short_name(text.trim(), graph)? == ".default")
}

fn short_name<'a>(asked: &'a str, graph: &str) -> Result<&'a str, ScopeError> {
    for resource in [graph, "https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"] {
        if let Some(rest) = asked.strip_prefix(resource).and_then(|rest| rest.strip_prefix('/')) {
            return Ok(rest.trim_start_matches('/'));
        }
    }
    match asked.rsplit_once('/') {
        Some((resource, _)) => Err(ScopeError::Resource(resource.to_owned())),
        None => Ok(asked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAPH: &str = "http://127.0.0.1:9102";

    #[test]
    fn every_spelling_of_a_scope_is_the_same_scope() {
        let spelt =
            "User.Read.All https://graph.microsoft.com/user.read http://127.0.0.1:9102/User.Read openid";
        assert_eq!(parse(spelt, GRAPH), Ok(vec!["User.Read", "User.Read.All", "openid"]));
        assert_eq!(parse("http://127.0.0.1:9102/.default", GRAPH).map(|it| it.len()), Ok(8));
    }

    #[test]
    fn what_does_not_exist_is_refused() {
        assert_eq!(parse("User.Reed", GRAPH), Err(ScopeError::Unknown("User.Reed".to_owned())));
        assert_eq!(
            parse("2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default", GRAPH),
            Err(ScopeError::Resource("2ff814a6-3304-4ab8-85cb-cd0e6f879c1d".to_owned()))
        );
    }
}
