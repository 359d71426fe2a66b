//! What the page may do on a person's behalf, and an application by itself: what is needed, what is granted, how to ask.

mod catalogue;
mod granting;
mod grants;

pub use catalogue::{
    ASSIGN, AppRole, CONNECTOR, DIRECT_SYNC, MANAGE, PREFLIGHT, SIGN_IN, Scope, UNATTENDED, needed, purpose,
    unattended,
};
pub use granting::{Granted, Wanted, grant, take_back};
pub(crate) use grants::GRAPH_APP;
pub use grants::{DelegatedGrant, GraphApi, RoleGrant, Standing, graph_api, own_roles, standing};

use crate::entra::clouds::Cloud;
use crate::entra::ids::{ClientId, TenantId};
use crate::entra::sign_in;
use crate::env::Env;
use crate::http::query;

/// A scope and whether it is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The scope.
    pub scope: Scope,
    /// Whether the token in hand holds it.
    pub granted: bool,
}

/// Compares what is needed with what the token endpoint said the token is good for. Scope names are compared without case.
/// A higher scope stands for the lower ones it contains.
#[must_use]
pub fn compare(needed: &[Scope], granted: &[String]) -> Vec<Grant> {
    needed.iter().map(|&scope| Grant { scope, granted: holds(scope.name, granted) }).collect()
}

/// Whether the scopes of a token hold one, or a higher one that contains it. What the directory has on record is compared by name
/// instead ([`Standing::has_scope`]).
#[must_use]
pub fn holds(name: &str, granted: &[String]) -> bool {
    let has = |name: &str| granted.iter().any(|scope| scope.eq_ignore_ascii_case(name));
    has(name) || catalogue::containing(name).iter().any(|higher| has(higher))
}

/// The address of the v2 admin consent page for these scopes (identity platform: `v2-admin-consent`). The answer comes back in the
/// query, to a redirect URI of the application, and proves nothing by itself.
#[must_use]
pub fn admin_consent_url(
    cloud: &Cloud,
    tenant: &TenantId,
    client: &ClientId,
    redirect_uri: &str,
    scopes: &[&str],
    state: &str,
) -> String {
    let scopes: Vec<_> = scopes.iter().map(|scope| format!("{}/{scope}", cloud.graph)).collect();
    let query = query(&[
        ("client_id", client.as_str()),
        ("scope", &scopes.join(" ")),
        ("redirect_uri", redirect_uri),
        ("state", state),
    ]);
    format!("{}/{tenant}/v2.0/adminconsent?{query}", cloud.authority)
}

/// A fresh `state` for a consent link: it only says which visit an answer belongs to.
#[must_use]
pub fn consent_state(env: &impl Env) -> String {
    sign_in::token(env)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::clouds;
    use crate::entra::ids::Guid;

    #[test]
    fn granted_and_missing_come_from_the_tokens_scope() {
        let granted = ["user.read".to_owned(), "Group.Read.All".to_owned(), "openid".to_owned()];
        let grants: Vec<_> = compare(DIRECT_SYNC, &granted)
            .into_iter()
            .map(|grant| (grant.scope.name, grant.granted))
            .collect();
        assert_eq!(grants, [("User.Read", true), ("User.Read.All", false), ("GroupMember.Read.All", true)]);
    }

    #[test]
    fn the_consent_address_is_the_v2_one() {
        let id = |n: u8| Guid::parse(&format!("00000000-0000-0000-0000-00000000000{n}")).unwrap();
        let cloud = clouds::built_in().remove(0);
        let url = admin_consent_url(
            &cloud,
            &TenantId(id(1)),
            &ClientId(id(2)),
            "http://localhost:8080/",
            &["User.Read", "User.Read.All", "GroupMember.Read.All"],
            "s1",
        );
        assert_eq!(
            url,
            "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001/v2.0/adminconsent?client_id=\
             00000000-0000-0000-0000-000000000002&scope=https%3A%2F%2Fgraph.microsoft.com%2FUser.Read%20https%3A%2F%2F\
             graph.microsoft.com%2FUser.Read.All%20https%3A%2F%2Fgraph.microsoft.com%2FGroupMember.Read.All&\
             redirect_uri=http%3A%2F%2Flocalhost%3A8080%2F&state=s1"
        );
    }
}
