//! Which tenant a name stands for, and which cloud it lives in. The sign-in service tells everybody: its published description
//! names the tenant's id, for an id as well as for a domain, and libraries read it from pages too (OpenID Connect Discovery;
//! identity platform: `v2-protocols-oidc`, "Find your app's OpenID configuration document URI").

use std::time::Duration;

use serde_json::Value;

use super::clouds::Cloud;
use super::ids::{Guid, GuidError, TenantId};
use crate::env::Env;
use crate::http::{Method, Request};
use crate::pasted::is_around;

/// Nobody waits longer than this before leaving to sign in: what cannot be asked is found out there.
const PATIENCE: Duration = Duration::from_secs(10);

/// What people enter to name a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TenantName {
    /// Its id.
    Id(TenantId),
    /// One of its domains, in small letters.
    Domain(String),
}

impl TenantName {
    /// Reads an id or a domain as people paste it; of an e-mail address the domain.
    ///
    /// # Errors
    /// [`GuidError`] says what the text looks like instead.
    pub fn parse(text: &str) -> Result<Self, GuidError> {
        let wrong = match Guid::parse(text) {
            Ok(guid) => return Ok(Self::Id(TenantId(guid))),
            Err(error) => error,
        };
        let name = text.trim_matches(|c: char| is_around(c) || "<>(),;".contains(c));
        let name = name.rsplit_once('@').map_or(name, |(_, domain)| domain).to_ascii_lowercase();
        if is_domain(&name) { Ok(Self::Domain(name)) } else { Err(wrong) }
    }

    /// The name as it stands in an address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Id(id) => id.as_str(),
            Self::Domain(name) => name,
        }
    }
}

/// Whether a text can be a domain. The last label has letters only (or is an encoded one), so that no secret with a dot in it
/// is ever sent as a name.
fn is_domain(name: &str) -> bool {
    let label = |label: &str| {
        matches!(label.len(), 1..=63)
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let Some((rest, last)) = name.rsplit_once('.') else { return false };
    let top =
        last.len() >= 2 && (last.bytes().all(|byte| byte.is_ascii_alphabetic()) || last.starts_with("xn--"));
    name.len() <= 253 && top && label(last) && rest.split('.').all(label)
}

/// What the sign-in service knows of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tenancy {
    /// It lives in the cloud that was asked.
    Here(TenantId),
    /// It lives in another one.
    Elsewhere(TenantId, Cloud),
    /// The cloud that was asked knows no such tenant (AADSTS90002).
    Nowhere,
    /// The service could not be asked, or its answer names no tenant: signing in will show.
    Unknown,
}

/// Asks the sign-in service of a cloud for a tenant. `clouds` are those that it may turn out to live in.
pub async fn find_tenant(env: &impl Env, cloud: &Cloud, clouds: &[Cloud], name: &TenantName) -> Tenancy {
    let address = format!("{}/{}/v2.0/.well-known/openid-configuration", cloud.authority, name.as_str());
    let mut request = Request::new(Method::Get, address).header("accept", "application/json");
    request.timeout = PATIENCE;
    let Ok(answer) = env.send(request).await else { return Tenancy::Unknown };
    let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |name: &str| told.get(name).and_then(Value::as_str).unwrap_or_default();
    if !answer.is_success() {
        let unknown = text("error") == "invalid_tenant" || text("error_description").contains("AADSTS90002");
        return if unknown { Tenancy::Nowhere } else { Tenancy::Unknown };
    }
    let endpoint = text("authorization_endpoint");
    let ids = text("issuer").split('/').chain(endpoint.split('/'));
    let Some(found) = ids.filter_map(|part| Guid::parse(part).ok()).map(TenantId).next() else {
        return Tenancy::Unknown;
    };
    if matches!(name, TenantName::Id(asked) if *asked != found) {
        return Tenancy::Unknown;
    }
    // The global service answers for tenants of national clouds too, and names their addresses.
    let graph = text("msgraph_host");
    let signs_in =
        |cloud: &Cloud| endpoint.strip_prefix(&cloud.authority).is_some_and(|rest| rest.starts_with('/'));
    let serves = |cloud: &Cloud| !graph.is_empty() && cloud.graph.strip_prefix("https://") == Some(graph);
    // Two clouds of one sign-in service cannot be told apart with certainty: neither is refused.
    if signs_in(cloud) || serves(cloud) {
        return Tenancy::Here(found);
    }
    let other =
        clouds.iter().find(|cloud| serves(cloud)).or_else(|| clouds.iter().find(|cloud| signs_in(cloud)));
    match other {
        Some(other) => Tenancy::Elsewhere(found, other.clone()),
        // A host may put a cloud behind names of its own.
        None => Tenancy::Here(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_taken_from_what_people_paste() {
        for (pasted, domain) in [
            ("contoso.example", "contoso.example"),
            (" Contoso.OnMicrosoft.com\n", "contoso.onmicrosoft.com"),
            ("\"contoso.example\"", "contoso.example"),
            ("ada@contoso.example", "contoso.example"),
            ("<ada@contoso.example>", "contoso.example"),
            (
                "a-company-with-a-very-long-name-indeed.onmicrosoft.com",
                "a-company-with-a-very-long-name-indeed.onmicrosoft.com",
            ),
            ("xn--contos-n4a.xn--p1ai", "xn--contos-n4a.xn--p1ai"),
        ] {
            assert_eq!(TenantName::parse(pasted), Ok(TenantName::Domain(domain.to_owned())), "{pasted}");
        }
        let id = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";
        assert_eq!(TenantName::parse(id).unwrap().as_str(), id);
    }

    #[test]
    fn what_is_no_name_is_never_asked_for() {
        for (pasted, error) in [
            ("", GuidError::Empty),
            ("contoso", GuidError::Malformed),
            ("https://contoso.example/", GuidError::Address),
            ("abc8Q~xYz.1234567890123456789012345678", GuidError::Secret),
            ("Zm9vYmFyYmF6cXV4cXV1eGNvcmdlZ3JhdWx0Z2FycGx5.d2FsZG8", GuidError::Secret),
            ("contoso.example/x", GuidError::Domain),
            ("contoso..example", GuidError::Domain),
            ("-contoso.example", GuidError::Domain),
            ("10.0.0.1", GuidError::Domain),
            ("cöntoso.example", GuidError::Malformed),
        ] {
            assert_eq!(TenantName::parse(pasted), Err(error), "{pasted}");
        }
    }
}
