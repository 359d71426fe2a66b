//! The published description of the sign-in service: how a domain's tenant id and the tenant's cloud are found.

use serde_json::{Value, json};

use crate::TenantKind;
use crate::http::{Answer, Params};

use super::Context;
use super::policy::{NATIONAL, NATIONAL_GRAPH, NATIONAL_HOST};

/// Answers `GET /{tenant}/v2.0/.well-known/openid-configuration`. Anybody may ask, from any origin; a tenant is found by its id
/// or by one of its domains, and the issuer names its id. One that lives in another cloud is told with the addresses of that
/// cloud; the addresses for all tenants name none.
pub(super) fn answer(ctx: &mut Context<'_>, tenant: &str) -> Answer {
    let shared = matches!(tenant, "organizations" | "common" | "consumers");
    if !shared && let Err(error) = ctx.check_tenant(tenant, &Params::default()) {
        return error.json(ctx);
    }
    let host = |origin: &str| origin.split("://").nth(1).unwrap_or(origin).to_owned();
    let (authority, cloud, graph, region) = if ctx.options.is(TenantKind::National) && !shared {
        (format!("https://{NATIONAL_HOST}"), NATIONAL.to_owned(), NATIONAL_GRAPH.to_owned(), "USGov")
    } else {
        let own = host(&ctx.options.sign_in);
        let cloud = own.strip_prefix("login.").unwrap_or(&own).to_owned();
        (ctx.options.sign_in.clone(), cloud, host(&ctx.options.graph), "EU")
    };
    let (named, issued) =
        if shared { (tenant, "{tenantid}") } else { (&*ctx.facts.tenant_id, &*ctx.facts.tenant_id) };
    let base = format!("{authority}/{named}");
    Answer::json(
        200,
        "application/json; charset=utf-8",
        &json!({
            "issuer": format!("{authority}/{issued}/v2.0"),
            "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
            "token_endpoint": format!("{base}/oauth2/v2.0/token"),
            "end_session_endpoint": format!("{base}/oauth2/v2.0/logout"),
            "jwks_uri": format!("{base}/discovery/v2.0/keys"),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "tenant_region_scope": if shared { Value::Null } else { json!(region) },
            "cloud_instance_name": cloud,
            "msgraph_host": graph,
        }),
    )
}
