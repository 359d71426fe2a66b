//! Comparing a registration with what it should be, and mending exactly what a person approved.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Kind;
use super::extras::THIS_TENANT;
use super::own::NewOwner;
use super::wire::{Access, Application, Platform, Principal, Resource, find, principal};
use crate::entra::consent::{GRAPH_APP, GraphApi};
use crate::entra::graph::{Change, Graph, GraphError};
use crate::entra::ids::ClientId;
use crate::entra::replication::{Gone, Settling, Tried, Waiting, until};
use crate::env::Env;
use crate::stop::Control;

/// What a registration should be.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'s> {
    /// Its kind.
    pub kind: Kind,
    /// The page's own address, where it is the page's.
    pub redirect_uri: Option<&'s str>,
    /// The delegated scopes that it should ask for.
    pub scopes: &'s [&'s str],
    /// The permissions of its own that it should ask for.
    pub roles: &'s [&'s str],
}

/// One thing to mend. Shown as it is before it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Repair {
    /// Register the page's address as a single-page application.
    Redirect {
        /// The address.
        uri: String,
        /// The platform that it stands under now: there it has to go.
        from: Option<Platform>,
    },
    /// Let the application ask for permissions. Asking grants nothing.
    Ask {
        /// The delegated scopes.
        scopes: Vec<String>,
        /// The permissions of its own.
        roles: Vec<String>,
    },
    /// Make the service principal: without it nothing can be granted.
    Principal,
    /// Mark the registration as this wizard's.
    Tag,
    /// Remove an address that is not this page's. Only ever picked by a person.
    Drop {
        /// The address.
        uri: String,
        /// The platform that it stands under.
        from: Platform,
    },
    /// Take accounts of this tenant only. Only ever picked by a person.
    Audience {
        /// Whose accounts it takes now, as Graph says it.
        from: String,
    },
    /// Make the person who is signed in an owner. Only ever picked by a person.
    Owner(NewOwner),
}

impl Repair {
    /// What is done, in a sentence.
    #[must_use]
    pub fn what(&self) -> String {
        match self {
            Self::Redirect { uri, from: None } => {
                format!("Add {uri} to the redirect URIs of the platform Single-page application.")
            }
            Self::Redirect { uri, from: Some(platform) } => format!(
                "Move the redirect URI {uri} from the platform {} to Single-page application.",
                platform.name()
            ),
            Self::Ask { scopes, roles } => {
                let names: Vec<&str> = scopes.iter().chain(roles).map(String::as_str).collect();
                format!("Add to the requested permissions: {}.", names.join(", "))
            }
            Self::Principal => "Create the application's service principal in this tenant.".to_owned(),
            Self::Tag => "Mark the registration with this wizard's tag.".to_owned(),
            Self::Drop { uri, from } => {
                format!("Remove the redirect URI {uri} from the platform {}.", from.name())
            }
            Self::Audience { from } => format!("Take accounts of this tenant only (now: {from})."),
            Self::Owner(NewOwner { name, both: true, .. }) => {
                format!("Make {name} an owner of the registration and of its service principal.")
            }
            Self::Owner(NewOwner { name, both: false, .. }) => {
                format!("Make {name} an owner of the registration.")
            }
        }
    }

    /// Whether a person has to pick it: nothing is wrong without.
    #[must_use]
    pub const fn is_extra(&self) -> bool {
        matches!(self, Self::Drop { .. } | Self::Audience { .. } | Self::Owner(_))
    }

    /// Why it is done.
    #[must_use]
    pub const fn why(&self) -> &'static str {
        match self {
            Self::Redirect { from: None, .. } => {
                "Without it Microsoft does not send anybody back to this page."
            }
            Self::Redirect { from: Some(_), .. } => {
                "A page can redeem a sign-in only for an address of the type Single-page application."
            }
            Self::Ask { .. } => "Asking grants nothing yet: an administrator consents at the next step.",
            Self::Principal => "Consent and assignments hang on it.",
            Self::Tag => "The wizard then finds it again, and does not make another one.",
            Self::Drop { .. } => {
                "Sign-ins can be made to end there. Whoever answers at that address then acts for the person, with all that was \
                 consented to."
            }
            Self::Audience { .. } => "People of other tenants can sign in with it as well.",
            Self::Owner(_) => {
                "An owner can mend it later without a role, and can add a secret to it: whoever takes over their account takes over \
                 the application as well."
            }
        }
    }
}

/// What is to be mended, from what was read. Redirect URIs are compared letter by letter, as Entra does.
#[must_use]
pub fn repairs(
    shape: &Shape<'_>,
    api: &GraphApi,
    application: &Application,
    principal: Option<&Principal>,
) -> Vec<Repair> {
    let mut found = Vec::new();
    if let Some(uri) = shape.redirect_uri {
        let stands = |platform| application.redirects(platform).iter().any(|known| known == uri);
        let from = [Platform::Web, Platform::PublicClient].into_iter().find(|platform| stands(*platform));
        if !stands(Platform::Spa) {
            found.push(Repair::Redirect { uri: uri.to_owned(), from });
        }
    }
    let unasked = |names: &[&str], kind: &str| -> Vec<String> {
        let id = |name: &str| if kind == SCOPE { api.scope(name) } else { api.role(name) };
        names
            .iter()
            .filter(|name| id(name).is_some_and(|id| !application.asks_for(GRAPH_APP, id, kind)))
            .map(|&name| name.to_owned())
            .collect()
    };
    let (scopes, roles) = (unasked(shape.scopes, SCOPE), unasked(shape.roles, ROLE));
    if !scopes.is_empty() || !roles.is_empty() {
        found.push(Repair::Ask { scopes, roles });
    }
    if principal.is_none() {
        found.push(Repair::Principal);
    }
    if !application.is(shape.kind) {
        found.push(Repair::Tag);
    }
    found
}

const SCOPE: &str = "Scope";
const ROLE: &str = "Role";

/// Why mending did not come to its end.
#[derive(Debug, PartialEq, Eq)]
pub enum MendError {
    /// It has changed since it was shown: this is what would be mended now. Nothing more was done.
    Changed(Vec<Repair>),
    /// It carries the tag of the other kind. Nothing was done.
    OtherKind(Box<Application>),
    /// Stopped, refused, or too slow to show.
    Gone(Gone),
}

impl From<Gone> for MendError {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

/// Mends what was approved and nothing else, and reads it back. Everything here can be sent twice.
///
/// # Errors
/// [`MendError`].
pub async fn mend<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    api: &GraphApi,
    client: &ClientId,
    shape: &Shape<'_>,
    approved: &[Repair],
) -> Result<(Application, Principal), MendError> {
    until(graph.env, control, tell, async || {
        let application = find(graph, client).await?;
        // It was shown a moment ago: a copy that lags is no proof that it has gone.
        let Some(application) = application else { return Ok(Tried::NotYet(None)) };
        if application.is(shape.kind.other()) {
            return Ok(Tried::Ready(Err(MendError::OtherKind(Box::new(application)))));
        }
        let principal = principal(graph, client).await?;
        let open = repairs(shape, api, &application, principal.as_ref());
        if open.iter().any(|repair| !covers(approved, repair)) {
            return Ok(Tried::Ready(Err(MendError::Changed(open))));
        }
        match principal {
            Some(principal) if open.is_empty() => return Ok(Tried::Ready(Ok((application, principal)))),
            _ => {}
        }
        let body = changes(&application, shape.kind, api, &open);
        let mut last = None;
        if body.as_object().is_some_and(|body| !body.is_empty()) {
            let doing = format!("mend the registration \"{}\"", application.display_name);
            let path = format!("/applications/{}", application.object_id());
            last = later(graph.change(Change::patch(&doing, &path, body)).await, Settling::Update)?;
        }
        if open.contains(&Repair::Principal) {
            last = later(create_principal(graph, client).await, Settling::Principal)?.or(last);
        }
        Ok(Tried::NotYet(last))
    })
    .await?
}

/// What remains of an approved repair once a part of it is done is approved too.
fn covers(approved: &[Repair], open: &Repair) -> bool {
    approved.iter().any(|approved| match (approved, open) {
        (Repair::Ask { scopes, roles }, Repair::Ask { scopes: left, roles: left_roles }) => {
            left.iter().all(|name| scopes.contains(name))
                && left_roles.iter().all(|name| roles.contains(name))
        }
        _ => approved == open,
    })
}

/// A failure that may be a copy's lag, or that leaves open whether it was done, is looked at again.
pub(super) fn later(
    result: Result<(), GraphError>,
    settling: Settling,
) -> Result<Option<GraphError>, GraphError> {
    match result {
        Ok(()) => Ok(None),
        Err(error) if settling.is_not_yet(&error) || error.is_unsure() => Ok(Some(error)),
        Err(error) => Err(error),
    }
}

/// Makes a service principal, unless there is one.
pub(super) async fn create_principal<E: Env>(
    graph: &Graph<'_, E>,
    client: &ClientId,
) -> Result<(), GraphError> {
    let doing = format!("create the service principal of the application {client}");
    // The tag makes the portal list it under "Enterprise applications". No upsert: that would write over the tags of one that is
    // there and only unseen. There is one at most for an application, so a second try is refused (409).
    let body = json!({ "appId": client.as_str(), "tags": ["WindowsAzureActiveDirectoryIntegratedApp"] });
    graph.change(Change::post(&doing, "/servicePrincipals", body)).await
}

/// Graph replaces lists as a whole, so what stands there is sent along.
pub(super) fn changes(application: &Application, kind: Kind, api: &GraphApi, open: &[Repair]) -> Value {
    let mut body = serde_json::Map::new();
    for platform in Platform::ALL {
        let before = application.redirects(platform);
        let after = addresses(before, platform, open);
        if after != before {
            body.insert(platform.property().to_owned(), json!({ "redirectUris": after }));
        }
    }
    for repair in open {
        match repair {
            Repair::Ask { scopes, roles } => {
                let asked = asking(application, api, scopes, roles);
                body.insert("requiredResourceAccess".to_owned(), json!(asked));
            }
            Repair::Tag => {
                let mut tags = application.tags.clone();
                tags.push(kind.tag().to_owned());
                body.insert("tags".to_owned(), json!(tags));
            }
            Repair::Audience { .. } => {
                body.insert("signInAudience".to_owned(), json!(THIS_TENANT));
            }
            Repair::Redirect { .. } | Repair::Drop { .. } | Repair::Principal | Repair::Owner(_) => {}
        }
    }
    Value::Object(body)
}

/// The addresses of a platform, once all is done.
fn addresses(before: &[String], platform: Platform, open: &[Repair]) -> Vec<String> {
    let goes = |known: &String| {
        open.iter().any(|repair| match repair {
            Repair::Redirect { uri, from } => *from == Some(platform) && uri == known,
            Repair::Drop { uri, from } => *from == platform && uri == known,
            _ => false,
        })
    };
    let comes = open.iter().filter_map(|repair| match repair {
        Repair::Redirect { uri, .. } if platform == Platform::Spa => Some(uri),
        _ => None,
    });
    before.iter().filter(|known| !goes(known)).chain(comes).cloned().collect()
}

fn asking(application: &Application, api: &GraphApi, scopes: &[String], roles: &[String]) -> Vec<Resource> {
    let added = access(api, scopes, roles);
    let mut all = application.required_resource_access.clone();
    match all.iter_mut().find(|entry| entry.resource_app_id.eq_ignore_ascii_case(GRAPH_APP)) {
        Some(graph) => graph.resource_access.extend(added),
        None => all.push(Resource { resource_app_id: GRAPH_APP.to_owned(), resource_access: added }),
    }
    all
}

/// Permissions as a registration lists them.
fn access(api: &GraphApi, scopes: &[String], roles: &[String]) -> Vec<Access> {
    let scopes = scopes.iter().filter_map(|name| api.scope(name)).map(|id| (id, SCOPE));
    let roles = roles.iter().filter_map(|name| api.role(name)).map(|id| (id, ROLE));
    scopes.chain(roles).map(|(id, kind)| Access { id: id.clone(), kind: kind.to_owned() }).collect()
}
