//! What an application that works by itself lacks for a connector. Graph answers it with 401 and no word, as it answers who comes too
//! early: what its token holds, and who owns the connector's two objects, tell which it is.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::create::FIELDS;
use super::wire::Enterprise;
use crate::entra::consent::holds;
use crate::entra::graph::Graph;
use crate::entra::ids::{ClientId, Guid, ObjectId};
use crate::entra::registration::{find, owners, principal};
use crate::env::Env;
use crate::secret::Secret;

/// What works with every connector, whoever owns it.
pub const ANY: &str = "Synchronization.ReadWrite.All";
/// What works with connectors that the application owns.
pub const OWNED: &str = "Application.ReadWrite.OwnedBy";
const ALL: &str = "Application.ReadWrite.All";

/// What an application is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// To make a connector.
    Make,
    /// To work with the provisioning of one that is there.
    Work,
    /// To say who may sign in through it.
    SignIn,
    /// To assign people and groups.
    Assign,
    /// To read people and groups.
    Read,
}

/// One thing that lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// A permission that the application holds by itself.
    Permission(&'static str),
    /// Ownership of the connector's application registration.
    Registration,
    /// Ownership of the connector's service principal.
    Principal,
}

impl Lack {
    /// In words, with the name of the connector.
    #[must_use]
    pub fn words(self, connector: &str) -> String {
        match self {
            Self::Permission(name) => format!("the permission {name}"),
            Self::Registration => format!("ownership of the application registration “{connector}”"),
            Self::Principal => format!("ownership of the service principal “{connector}”"),
        }
    }
}

/// What an application may do with a connector, as far as it can be read. Nothing stands for unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// The permissions that it holds by itself.
    pub roles: Option<Vec<String>>,
    /// Whether it owns the connector's application registration.
    pub registration: Option<bool>,
    /// Whether it owns the connector's service principal.
    pub principal: Option<bool>,
}

impl Rights {
    /// What certainly lacks.
    #[must_use]
    pub fn lacks(&self, doing: Doing) -> Vec<Lack> {
        let Some(roles) = &self.roles else { return Vec::new() };
        let has = |name: &str| holds(name, roles);
        let named = |name: &str| roles.iter().any(|role| role == name);
        let mut lacks = Vec::new();
        let mut want = |there: bool, lack: Lack| {
            if !there {
                lacks.push(lack);
            }
        };
        match doing {
            // Who holds more than what it owns does not become an owner of what it makes (`permissions-reference`).
            Doing::Make => want(named(OWNED) || (named(ALL) && named(ANY)), Lack::Permission(OWNED)),
            Doing::Work if named(ANY) => {
                want(named(OWNED) || has("Application.Read.All"), Lack::Permission("Application.Read.All"));
            }
            Doing::Work => {
                want(named(OWNED), Lack::Permission(OWNED));
                want(self.registration != Some(false), Lack::Registration);
                want(self.principal != Some(false), Lack::Principal);
            }
            Doing::SignIn if named(ALL) => {}
            Doing::SignIn => {
                want(named(OWNED), Lack::Permission(OWNED));
                want(self.principal != Some(false), Lack::Principal);
            }
            Doing::Assign => {
                let name = "AppRoleAssignment.ReadWrite.All";
                want(named(name), Lack::Permission(name));
            }
            Doing::Read => {
                for name in ["User.Read.All", "GroupMember.Read.All"] {
                    want(has(name), Lack::Permission(name));
                }
            }
        }
        lacks
    }

    /// Whether it is known to hold and to own all that working with the connector takes.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let any = self.roles.as_ref().is_some_and(|roles| roles.iter().any(|role| role == ANY));
        self.roles.is_some()
            && self.lacks(Doing::Work).is_empty()
            && (any || (self.registration == Some(true) && self.principal == Some(true)))
    }
}

/// Reads what the application of the token may do with a connector. Nothing here fails: what cannot be read is unknown.
pub async fn rights<E: Env>(graph: &Graph<'_, E>, connector: Option<&ObjectId>) -> Rights {
    let token = graph.tokens.access(graph.env).await.ok();
    let Some(Claims { roles, own, client }) = token.as_ref().and_then(Claims::of) else {
        return Rights::default();
    };
    let unknown = Rights { roles: Some(roles), ..Rights::default() };
    let Some(connector) = connector else { return unknown };
    let own = match (own, client) {
        (Some(own), _) => Some(ObjectId(own)),
        (None, Some(client)) => {
            principal(graph, &ClientId(client)).await.ok().flatten().map(|it| it.object_id())
        }
        (None, None) => None,
    };
    let Some(own) = own else { return unknown };
    let path = format!("/servicePrincipals/{connector}?$select={FIELDS}");
    let read = graph.get::<Enterprise>("read the connector's enterprise application", &path).await;
    let Ok(enterprise) = read else { return unknown };
    match find(graph, &enterprise.client_id()).await {
        Ok(Some(application)) => match owners(graph, &application.object_id(), Some(connector)).await {
            Ok(owners) => Rights {
                registration: Some(owners.application.iter().any(|it| it.id == own)),
                principal: Some(owners.principal.iter().any(|it| it.id == own)),
                ..unknown
            },
            Err(_) => unknown,
        },
        // It is not in this tenant, or does not show yet.
        Ok(None) | Err(_) => unknown,
    }
}

/// What a token for Graph says of the application that it is for. Only Graph is meant to read it (`access-tokens`), so another form is no
/// failure, and nothing is decided by it: Graph has refused already.
struct Claims {
    roles: Vec<String>,
    /// The object id of its service principal.
    own: Option<Guid>,
    client: Option<Guid>,
}

impl Claims {
    /// Nothing, where it cannot be read, or is a person's.
    fn of(token: &Secret) -> Option<Self> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(default)]
            roles: Vec<String>,
            scp: Option<String>,
            oid: Option<String>,
            appid: Option<String>,
        }
        let payload = token.expose().split('.').nth(1)?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?;
        let wire: Wire = serde_json::from_slice(&bytes).ok()?;
        let id = |text: Option<String>| text.and_then(|it| Guid::parse(&it).ok());
        // Neither roles nor an application: then it is something else.
        let is_application = wire.scp.is_none() && (wire.appid.is_some() || !wire.roles.is_empty());
        is_application.then(|| Self { roles: wire.roles, own: id(wire.oid), client: id(wire.appid) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READERS: [&str; 2] = ["User.Read.All", "GroupMember.Read.All"];

    fn rights(roles: &[&str], registration: Option<bool>, principal: Option<bool>) -> Rights {
        let roles = roles.iter().map(|&name| name.to_owned()).collect();
        Rights { roles: Some(roles), registration, principal }
    }

    fn words(rights: &Rights, doing: Doing) -> Vec<String> {
        rights.lacks(doing).into_iter().map(|lack| lack.words("contoso-provisioning")).collect()
    }

    #[test]
    fn working_takes_the_permission_and_both_objects_or_the_permission_for_all() {
        let (registration, principal) = (
            "ownership of the application registration “contoso-provisioning”",
            "ownership of the service principal “contoso-provisioning”",
        );
        let (yes, no) = (Some(true), Some(false));
        for (rights, lacks, whole) in [
            (
                rights(&[], no, no),
                vec!["the permission Application.ReadWrite.OwnedBy", registration, principal],
                false,
            ),
            (rights(&[OWNED], no, no), vec![registration, principal], false),
            (rights(&[OWNED], no, yes), vec![registration], false),
            (rights(&[OWNED], yes, no), vec![principal], false),
            (rights(&[OWNED], yes, yes), vec![], true),
            // Unknown is not missing, and not there either.
            (rights(&[OWNED], None, None), vec![], false),
            // More than what it owns is not it (`synchronization-synchronizationjob-start`).
            (rights(&[ALL], yes, yes), vec!["the permission Application.ReadWrite.OwnedBy"], false),
            (rights(&[ANY], no, no), vec!["the permission Application.Read.All"], false),
            (rights(&[ANY, "Application.Read.All"], no, no), vec![], true),
            (rights(&[ANY, ALL], no, no), vec![], true),
            (rights(&[ANY, OWNED], None, None), vec![], true),
            (Rights { roles: None, registration: no, principal: no }, vec![], false),
        ] {
            assert_eq!(words(&rights, Doing::Work), lacks, "{rights:?}");
            assert_eq!(rights.is_whole(), whole, "{rights:?}");
        }
    }

    #[test]
    fn what_lacks_is_told_by_what_is_refused() {
        let owned = rights(&[OWNED, READERS[0], "Directory.Read.All"], Some(false), Some(false));
        assert_eq!(owned.lacks(Doing::Make), []);
        assert_eq!(rights(&[ALL], None, None).lacks(Doing::Make), [Lack::Permission(OWNED)]);
        assert_eq!(rights(&[ALL, ANY], None, None).lacks(Doing::Make), []);
        assert_eq!(owned.lacks(Doing::SignIn), [Lack::Principal]);
        assert_eq!(rights(&[ALL], None, Some(false)).lacks(Doing::SignIn), []);
        assert_eq!(owned.lacks(Doing::Assign), [Lack::Permission("AppRoleAssignment.ReadWrite.All")]);
        // A higher one contains it.
        assert_eq!(owned.lacks(Doing::Read), []);
        assert_eq!(rights(&[], None, None).lacks(Doing::Read), READERS.map(Lack::Permission));
    }

    #[test]
    fn only_an_applications_token_is_read() {
        let token =
            |claims: &str| Secret::new(format!("a.{}.c", BASE64_URL_SAFE_NO_PAD.encode(claims.as_bytes())));
        let id = "00000000-0000-0000-0000-00000000000a";
        let claims = Claims::of(&token(&format!(
            r#"{{"appid":"{id}","oid":"{id}","roles":["User.Read.All"],"idtyp":"app"}}"#
        )))
        .unwrap();
        assert_eq!(claims.roles, ["User.Read.All"]);
        let id = Guid::parse(id).unwrap();
        assert_eq!((claims.own, claims.client), (Some(id.clone()), Some(id)));
        // Entra leaves the list out where it is empty.
        let bare = Claims::of(&token(r#"{"appid":"00000000-0000-0000-0000-00000000000a"}"#)).unwrap();
        assert!(bare.roles.is_empty() && bare.own.is_none());
        let person = r#"{"appid":"00000000-0000-0000-0000-00000000000a","scp":"User.Read"}"#;
        for other in [token(person), token("{}"), token("[]"), Secret::new("opaque".to_owned())] {
            assert!(Claims::of(&other).is_none());
        }
    }
}
