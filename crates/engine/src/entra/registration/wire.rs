//! Applications and service principals as Graph gives them.

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::entra::graph::{Graph, GraphError};
use crate::entra::ids::{ClientId, Guid, ObjectId, TenantId};
use crate::env::Env;

const APPLICATION: &str = "id,appId,displayName,signInAudience,tags,spa,web,publicClient,requiredResourceAccess,passwordCredentials,\
                           keyCredentials";
const PRINCIPAL: &str = "id,appId,accountEnabled,appRoleAssignmentRequired,appOwnerOrganizationId,passwordCredentials,keyCredentials";

/// Where a redirect URI is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Platform {
    /// Single-page application: the only one that a page can redeem a code with.
    Spa,
    /// Web.
    Web,
    /// Mobile and desktop applications.
    PublicClient,
}

impl Platform {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Spa, Self::Web, Self::PublicClient];

    /// The property of a registration that holds its addresses.
    pub(super) const fn property(self) -> &'static str {
        match self {
            Self::Spa => "spa",
            Self::Web => "web",
            Self::PublicClient => "publicClient",
        }
    }

    /// What the portal calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spa => "Single-page application",
            Self::Web => "Web",
            Self::PublicClient => "Mobile and desktop applications",
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Redirects {
    redirect_uris: Vec<String>,
}

/// A secret of an application, without its value.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretNote {
    /// Its id, which is not its value.
    pub key_id: Guid,
    /// The name it was given.
    pub display_name: Option<String>,
    /// When it ends, as Graph writes it.
    pub end_date_time: Option<String>,
}

/// A certificate of an application: whoever has its key can act as the application, as with a secret.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CertificateNote {
    /// Its id.
    pub key_id: Option<Guid>,
}

/// One entry of the permissions that an application asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// The application id of the resource.
    pub resource_app_id: String,
    /// The permissions of it.
    pub resource_access: Vec<Access>,
}

/// A permission that an application asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Its id.
    pub id: Guid,
    /// `Scope` or `Role`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// An application's registration.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    id: Guid,
    app_id: Guid,
    /// Its name, for people.
    #[serde(default)]
    pub display_name: String,
    /// Whose accounts it takes.
    #[serde(default)]
    pub sign_in_audience: Option<String>,
    /// Free words; ours is among them.
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    spa: Redirects,
    #[serde(default)]
    web: Redirects,
    #[serde(default)]
    public_client: Redirects,
    /// What it asks for. Asking grants nothing.
    #[serde(default)]
    pub required_resource_access: Vec<Resource>,
    /// Its secrets, without their values.
    #[serde(default)]
    pub password_credentials: Vec<SecretNote>,
    /// Its certificates.
    #[serde(default)]
    pub key_credentials: Vec<CertificateNote>,
}

impl Application {
    /// The object id: what Graph's paths want.
    #[must_use]
    pub fn object_id(&self) -> ObjectId {
        ObjectId(self.id.clone())
    }

    /// The application (client) id: what signing in wants.
    #[must_use]
    pub fn client_id(&self) -> ClientId {
        ClientId(self.app_id.clone())
    }

    /// Whether it carries the tag of a kind.
    #[must_use]
    pub fn is(&self, kind: Kind) -> bool {
        self.tags.iter().any(|tag| tag == kind.tag())
    }

    /// The redirect URIs of a platform.
    #[must_use]
    pub fn redirects(&self, platform: Platform) -> &[String] {
        match platform {
            Platform::Spa => &self.spa.redirect_uris,
            Platform::Web => &self.web.redirect_uris,
            Platform::PublicClient => &self.public_client.redirect_uris,
        }
    }

    /// The permissions that it asks to hold by itself, of all resources.
    pub fn asked_roles(&self) -> impl Iterator<Item = &Guid> {
        self.required_resource_access
            .iter()
            .flat_map(|entry| &entry.resource_access)
            .filter(|access| access.kind.eq_ignore_ascii_case("Role"))
            .map(|access| &access.id)
    }

    /// Whether it asks for a permission.
    #[must_use]
    pub fn asks_for(&self, resource: &str, id: &Guid, kind: &str) -> bool {
        self.required_resource_access
            .iter()
            .filter(|entry| entry.resource_app_id.eq_ignore_ascii_case(resource))
            .flat_map(|entry| &entry.resource_access)
            .any(|access| access.id == *id && access.kind.eq_ignore_ascii_case(kind))
    }
}

/// An application's identity in the tenant: what grants and assignments hang on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Principal {
    id: Guid,
    /// Whether anybody can sign in with it.
    #[serde(default)]
    pub account_enabled: Option<bool>,
    /// Whether only assigned people can sign in with it.
    #[serde(default)]
    pub app_role_assignment_required: Option<bool>,
    /// The tenant that holds the registration, where Graph says it.
    #[serde(default, rename = "appOwnerOrganizationId")]
    pub home: Option<TenantId>,
    /// Its own secrets, beside those of the registration, without their values.
    #[serde(default)]
    pub password_credentials: Vec<SecretNote>,
    /// Its own certificates, likewise.
    #[serde(default)]
    pub key_credentials: Vec<CertificateNote>,
}

impl Principal {
    /// The object id.
    #[must_use]
    pub fn object_id(&self) -> ObjectId {
        ObjectId(self.id.clone())
    }
}

/// Reads the registration of a client id; none, when this tenant has none.
///
/// # Errors
/// [`GraphError`].
pub async fn find<E: Env>(
    graph: &Graph<'_, E>,
    client: &ClientId,
) -> Result<Option<Application>, GraphError> {
    let doing = format!("read the registration of the application {client}");
    there(graph.get(&doing, &format!("/applications(appId='{client}')?$select={APPLICATION}")).await)
}

/// Reads the registration that was made under an alternate key.
pub(super) async fn find_unique<E: Env>(
    graph: &Graph<'_, E>,
    unique_name: &str,
) -> Result<Option<Application>, GraphError> {
    let doing = format!("read the registration \"{unique_name}\"");
    there(
        graph.get(&doing, &format!("/applications(uniqueName='{unique_name}')?$select={APPLICATION}")).await,
    )
}

/// Reads all registrations that carry a tag.
///
/// # Errors
/// [`GraphError`] when the list could not be read to its end.
pub(super) async fn tagged<E: Env>(graph: &Graph<'_, E>, tag: &str) -> Result<Vec<Application>, GraphError> {
    let path =
        format!("/applications?$filter=tags/any(tag:tag eq '{tag}')&$select={APPLICATION}&$count=true");
    graph.pages("look for registrations that this wizard made", &path).await.whole()
}

/// Reads the service principal of a client id; none, when this tenant has none.
///
/// # Errors
/// [`GraphError`].
pub async fn principal<E: Env>(
    graph: &Graph<'_, E>,
    client: &ClientId,
) -> Result<Option<Principal>, GraphError> {
    let doing = format!("read the service principal of the application {client}");
    there(graph.get(&doing, &format!("/servicePrincipals(appId='{client}')?$select={PRINCIPAL}")).await)
}

fn there<T>(result: Result<T, GraphError>) -> Result<Option<T>, GraphError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.status() == Some(404) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_must_not_have_is_read() {
        let application: Application = serde_json::from_str(
            r#"{"id":"00000000-0000-0000-0000-000000000001","appId":"00000000-0000-0000-0000-000000000002",
                "keyCredentials":[{"keyId":"00000000-0000-0000-0000-000000000003","type":"AsymmetricX509Cert","usage":"Verify",
                    "key":null,"customKeyIdentifier":null},{"keyId":null}],
                "requiredResourceAccess":[{"resourceAppId":"00000003-0000-0000-c000-000000000000","resourceAccess":[
                    {"id":"e1fe6dd8-ba31-4d61-89e7-88639da4683d","type":"Scope"},
                    {"id":"df021288-bdef-4463-88db-98f22de89214","type":"Role"}]},
                    {"resourceAppId":"00000002-0000-0000-c000-000000000000","resourceAccess":[
                    {"id":"5778995a-e1bf-45b8-affa-663a9f3f4d04","type":"Role"}]}]}"#,
        )
        .unwrap();
        assert_eq!(application.key_credentials.len(), 2);
        let roles: Vec<&str> = application.asked_roles().map(Guid::as_str).collect();
        assert_eq!(roles, ["df021288-bdef-4463-88db-98f22de89214", "5778995a-e1bf-45b8-affa-663a9f3f4d04"]);
        let bare: Application = serde_json::from_str(
            r#"{"id":"00000000-0000-0000-0000-000000000001","appId":"00000000-0000-0000-0000-000000000002"}"#,
        )
        .unwrap();
        assert_eq!((bare.key_credentials.len(), bare.asked_roles().count()), (0, 0));
    }
}
