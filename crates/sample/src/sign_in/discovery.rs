//! The published description of the sign-in service: how a domain's tenant id is found.

use serde_json::json;

use crate::http::{Answer, Params};

use super::Context;

/// Answers `GET /{tenant}/v2.0/.well-known/openid-configuration`. Anybody may ask, from any origin; a tenant is found by its id
/// or by one of its domains, and the issuer names its id.
pub(super) fn answer(ctx: &mut Context<'_>, tenant: &str) -> Answer {
    if let Err(error) = ctx.check_tenant(tenant, &Params::default()) {
        return error.json(ctx);
    }
    let base = format!("{}/{}", ctx.options.sign_in, ctx.facts.tenant_id);
    Answer::json(
        200,
        "application/json; charset=utf-8",
        &json!({
            "issuer": format!("{base}/v2.0"),
            "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
            "token_endpoint": format!("{base}/oauth2/v2.0/token"),
            "end_session_endpoint": format!("{base}/oauth2/v2.0/logout"),
            "jwks_uri": format!("{base}/discovery/v2.0/keys"),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "tenant_region_scope": "EU",
        }),
    )
}
