//! What the page may do on a person's behalf: which delegated scopes it needs, which are granted, how to ask.

use crate::entra::clouds::Cloud;
use crate::entra::ids::{ClientId, TenantId};
use crate::entra::sign_in;
use crate::env::Env;
use crate::http::query;

/// A delegated scope of Graph and what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The short name, such as `User.Read.All`.
    pub name: &'static str,
    /// What the page does with it.
    pub purpose: &'static str,
    /// Whether only an administrator may grant it.
    pub admin: bool,
}

/// What signing in itself needs.
pub const SIGN_IN: &[Scope] = &[Scope { name: "User.Read", purpose: "Know who signed in.", admin: false }];

/// What a direct sync needs (Graph's permission tables: the least for `GET /users` with `accountEnabled`, and for groups and
/// their members).
pub const DIRECT_SYNC: &[Scope] = &[
    Scope { name: "User.Read", purpose: "Know who signed in.", admin: false },
    Scope { name: "User.Read.All", purpose: "Read people: names, mail, whether enabled.", admin: true },
    Scope { name: "GroupMember.Read.All", purpose: "Read groups and who belongs to them.", admin: true },
];

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
    let holds = |name: &str| granted.iter().any(|scope| scope.eq_ignore_ascii_case(name));
    needed
        .iter()
        .map(|&scope| {
            let contained_in: &[&str] = match scope.name {
                "User.Read" => &["User.ReadWrite", "User.Read.All", "User.ReadWrite.All"],
                "User.Read.All" => &["User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
                "GroupMember.Read.All" => &[
                    "GroupMember.ReadWrite.All",
                    "Group.Read.All",
                    "Group.ReadWrite.All",
                    "Directory.Read.All",
                    "Directory.ReadWrite.All",
                ],
                _ => &[],
            };
            Grant { scope, granted: holds(scope.name) || contained_in.iter().any(|name| holds(name)) }
        })
        .collect()
}

/// The address of the v2 admin consent page for these scopes. The answer comes back in the query and proves nothing by itself.
#[must_use]
pub fn admin_consent_url(
    cloud: &Cloud,
    tenant: &TenantId,
    client: &ClientId,
    redirect_uri: &str,
    scopes: &[Scope],
    state: &str,
) -> String {
    let scopes: Vec<_> = scopes.iter().map(|scope| format!("{}/{}", cloud.graph, scope.name)).collect();
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
            DIRECT_SYNC,
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
