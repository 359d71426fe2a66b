//! What stands between a person and a token although everything is right with the request: the tenant lives in another cloud, or
//! its Conditional Access wants more or admits nobody.

use serde_json::{Value, json};

use crate::TenantKind;
use crate::roles::DirectoryRole;

use super::errors::SignInError;
use super::{Context, Refresh};

/// The cloud of a tenant that lives elsewhere (`authentication-national-cloud`).
pub(super) const NATIONAL: &str = "microsoftonline.us";
/// The sign-in service of that cloud.
pub(super) const NATIONAL_HOST: &str = "login.microsoftonline.us";
/// Microsoft Graph of that cloud.
pub(super) const NATIONAL_GRAPH: &str = "graph.microsoft.us";
/// What comes with the answer that names another cloud, as MSAL reads it (`instance_aware`).
pub(super) const CLOUD_HINTS: [(&str, &str); 3] = [
    ("cloud_instance_name", NATIONAL),
    ("cloud_instance_host_name", NATIONAL_HOST),
    ("msgraph_host", NATIONAL_GRAPH),
];

/// The policy of Conditional Access.
const POLICY: &str = "c0a1d5e2-6b1f-4d3a-8f57-0e4b8a7c9d10";
/// The authentication context that Graph asks for.
pub(super) const CONTEXT: &str = "c1";

/// Whether the tenant lives in this cloud.
pub(super) fn cloud(ctx: &Context<'_>, tenant: &str) -> Result<(), SignInError> {
    if !ctx.options.is(TenantKind::National) {
        return Ok(());
    }
    // The words as others have recorded them; Microsoft's list of numbers has others.
    let text = format!("Tenant '{tenant}' request is being redirected to the National Cloud '{NATIONAL}'.");
    Err(SignInError::new("invalid_request", 90_038, text))
}

/// Whether Conditional Access lets a person have tokens. `more` is the error where further proof would do: the service is known to
/// answer with either.
pub(super) fn admit(ctx: &mut Context<'_>, grant: &Refresh, more: &'static str) -> Result<(), SignInError> {
    if ctx.options.is(TenantKind::ConditionalAccess) {
        // Emergency accounts are left out of such policies, as Microsoft advises.
        let spared = |role| role == DirectoryRole::GlobalAdministrator;
        if ctx.directory.person(&grant.person).is_none_or(|person| !person.may(spared)) {
            return Err(SignInError {
                suberror: Some("message_only"),
                claims: Some(wanted_policy()),
                ..SignInError::new(
                    "invalid_grant",
                    53_003,
                    "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
                )
            });
        }
    }
    if ctx.options.is(TenantKind::StepUp) {
        if asks(grant, "capolids", POLICY) {
            ctx.state.proved.insert(grant.person.clone());
        }
        if !ctx.state.proved.contains(&grant.person) {
            return Err(SignInError {
                suberror: Some("basic_action"),
                claims: Some(wanted_policy()),
                ..SignInError::new(
                    more,
                    50_076,
                    "Due to a configuration change made by your administrator, or because you moved to a new location, you \
                     must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'.",
                )
            });
        }
    }
    Ok(())
}

/// Whether a sign-in asked for the authentication context, and so proved it.
pub(super) fn context(grant: &Refresh) -> bool {
    asks(grant, "acrs", CONTEXT)
}

/// The claims with which a sign-in proves the authentication context.
pub(crate) fn wanted_context() -> String {
    json!({ "access_token": { "acrs": { "essential": true, "value": CONTEXT } } }).to_string()
}

fn wanted_policy() -> String {
    json!({ "access_token": { "capolids": { "essential": true, "values": [POLICY] } } }).to_string()
}

/// Whether the request for claims of a sign-in (OpenID Connect Core, 5.5) names this value of a claim.
fn asks(grant: &Refresh, claim: &str, value: &str) -> bool {
    let Some(claims) = grant.claims.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok())
    else {
        return false;
    };
    let Some(wanted) = claims.get("access_token").and_then(|it| it.get(claim)) else { return false };
    let among = wanted.get("values").and_then(Value::as_array).into_iter().flatten();
    among.chain(wanted.get("value")).any(|it| it == value)
}
