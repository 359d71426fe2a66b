//! The sign-in service, shaped like Entra's: authorization code with PKCE, refresh, client credentials, consent.

mod admin_consent;
mod authorize;
mod errors;
mod grants;
mod jwt;
mod pages;
mod scopes;
mod token;

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use serde_json::json;

use crate::Options;
use crate::cors;
use crate::directory::{Directory, Person};
use crate::facts::Facts;
use crate::http::{Answer, Params, Request, Target};
use crate::portal;
use crate::random::Random;

use errors::SignInError;
use grants::Grants;

/// Who a token speaks for, and what it may do.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    /// The person; none for an application.
    pub(crate) person: Option<String>,
    /// Graph's permissions, by their short names.
    pub(crate) scopes: BTreeSet<&'static str>,
    pub(crate) expires: Duration,
}

/// An authorization code that was handed out.
#[derive(Clone)]
struct Code {
    person: String,
    redirect_uri: String,
    challenge: String,
    nonce: Option<String>,
    asked: Vec<&'static str>,
    /// Consented to in this very sign-in: the token knows of it at once.
    accepted: Vec<&'static str>,
    expires: Duration,
    used: bool,
}

/// A refresh token that was handed out.
#[derive(Clone)]
struct Refresh {
    person: String,
    asked: Vec<&'static str>,
    accepted: Vec<&'static str>,
    expires: Duration,
}

/// What the sign-in service remembers.
#[derive(Clone, Default)]
pub(crate) struct SignIn {
    grants: Grants,
    signed_in: BTreeSet<String>,
    codes: HashMap<String, Code>,
    refresh: HashMap<String, Refresh>,
    access: HashMap<String, Access>,
}

impl SignIn {
    /// What a token allows, if it was issued here.
    pub(crate) fn access(&self, token: &str) -> Option<&Access> {
        self.access.get(token)
    }

    /// The consents that Graph lists by now.
    pub(crate) fn listed_grants(&self, now: Duration) -> Vec<(Option<String>, Vec<&'static str>)> {
        self.grants.listed(now)
    }
}

/// Everything that one request at the sign-in service works with.
pub(crate) struct Context<'a> {
    pub(crate) options: &'a Options,
    pub(crate) facts: &'a Facts,
    pub(crate) directory: &'a Directory,
    pub(crate) random: &'a mut Random,
    pub(crate) state: &'a mut SignIn,
    pub(crate) now: Duration,
}

impl Context<'_> {
    /// Whether the tenant in the address is this one. `organizations` finds it through the account.
    fn check_tenant(&self, tenant: &str) -> Result<(), SignInError> {
        if tenant.eq_ignore_ascii_case(&self.facts.tenant_id)
            || tenant.eq_ignore_ascii_case(&self.facts.domain)
            || tenant == "organizations"
        {
            return Ok(());
        }
        if matches!(tenant, "common" | "consumers") {
            return Err(SignInError::new(
                "invalid_request",
                50_194,
                format!(
                    "Application '{}'(scim-setup) is not configured as a multi-tenant application. Usage of the \
                     /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific \
                     endpoint or configure the application to be multi-tenant.",
                    self.facts.client_id
                ),
            ));
        }
        Err(SignInError::new(
            "invalid_request",
            90_002,
            format!(
                "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into \
                 the correct cloud. Check with your subscription administrator, this may happen if there are no active \
                 subscriptions for the tenant."
            ),
        ))
    }

    /// The redirect URI of the request, once it is proved to belong to the application.
    fn check_redirect(&self, client_id: &str, params: &Params) -> Result<String, SignInError> {
        let Some(uri) = params.get("redirect_uri") else {
            return Err(SignInError::new("invalid_request", 900_971, "No reply address provided."));
        };
        if client_id == self.facts.client_id && self.options.redirect_uris.iter().any(|known| known == uri) {
            return Ok(uri.to_owned());
        }
        Err(SignInError::new(
            "invalid_request",
            50_011,
            format!(
                "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for \
                 the application '{client_id}'. Make sure the redirect URI sent in the request matches one added to \
                 your application in the Azure portal."
            ),
        ))
    }

    fn check_client<'p>(&self, params: &'p Params) -> Result<&'p str, SignInError> {
        let client_id = params.get("client_id").ok_or_else(|| SignInError::missing_parameter("client_id"))?;
        if client_id == self.facts.client_id || client_id == self.facts.sync_client_id {
            Ok(client_id)
        } else {
            Err(SignInError::unknown_application(client_id))
        }
    }

    /// The account that was picked, when it exists and may sign in.
    fn picked(&self, name: &str) -> Result<Person, String> {
        let Some(person) = self.directory.person_named(name) else {
            return Err(format!(
                "AADSTS50034: The user account {name} does not exist in the Contoso directory."
            ));
        };
        if person.account_enabled {
            Ok(person.clone())
        } else {
            Err("AADSTS50057: The user account is disabled.".to_owned())
        }
    }
}

/// Answers one request at the sign-in origin.
pub(crate) fn answer(ctx: &mut Context<'_>, request: &Request) -> Answer {
    let target = Target::parse(&request.path);
    let mut params = target.query.clone();
    let posted = request.method == "POST";
    if posted {
        params.0.splice(0..0, Params::parse(&String::from_utf8_lossy(&request.body)).0);
    }
    match (request.method.as_str(), target.segments().as_slice()) {
        ("GET", ["portal"]) => portal::answer(ctx.facts, ctx.options),
        ("GET" | "POST", [tenant, "oauth2", "v2.0", "authorize"]) => {
            authorize::answer(ctx, tenant, &params, posted)
        }
        ("GET" | "POST", [tenant, "v2.0", "adminconsent"]) => {
            admin_consent::answer(ctx, tenant, &params, posted)
        }
        ("OPTIONS", [_, "oauth2", "v2.0", "token"]) => {
            cors::token_preflight(request, &ctx.options.redirect_uris)
        }
        ("POST", [tenant, "oauth2", "v2.0", "token"]) => {
            let answer = token::answer(ctx, tenant, request);
            cors::token(answer, request, &ctx.options.redirect_uris)
        }
        ("GET", [tenant, "oauth2", "v2.0", "logout"]) => logout(ctx, tenant, &params),
        ("GET", [tenant, "v2.0", ".well-known", "openid-configuration"]) => configuration(ctx, tenant),
        ("GET", [_, "discovery", "v2.0", "keys"]) => {
            Answer::json(200, "application/json; charset=utf-8", &json!({ "keys": [] }))
        }
        _ => Answer::new(404),
    }
}

fn logout(ctx: &mut Context<'_>, tenant: &str, params: &Params) -> Answer {
    if let Err(error) = ctx.check_tenant(tenant) {
        return error.page(ctx);
    }
    match params.get("logout_hint").and_then(|hint| ctx.directory.person_named(hint)) {
        Some(person) => {
            ctx.state.signed_in.remove(&person.id);
        }
        None => ctx.state.signed_in.clear(),
    }
    match params.get("post_logout_redirect_uri") {
        Some(uri) if ctx.options.redirect_uris.iter().any(|known| known == uri) => Answer::redirect(uri),
        _ => pages::signed_out(),
    }
}

fn configuration(ctx: &mut Context<'_>, tenant: &str) -> Answer {
    if let Err(error) = ctx.check_tenant(tenant) {
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
