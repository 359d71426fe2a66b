//! `POST /{tenant}/oauth2/v2.0/token`: codes, refresh tokens and client credentials against tokens.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::cors;
use crate::directory::Person;
use crate::http::{Answer, Params, Request};

use super::authorize::challenge_of;
use super::errors::SignInError;
use super::scopes::{self, APPLICATION_ROLES};
use super::{Access, Context, Refresh, jwt};

/// What `expires_in` says, in seconds.
const ACCESS_LIFE: u64 = 3_599;
/// Refresh tokens of single-page applications, and those got with them, end a day after the sign-in.
const REFRESH_LIFE: Duration = Duration::from_secs(86_400);

pub(super) fn answer(ctx: &mut Context<'_>, tenant: &str, request: &Request) -> Answer {
    let form = Params::parse(&String::from_utf8_lossy(&request.body));
    let outcome = ctx.check_tenant(tenant).and_then(|()| match form.get("grant_type") {
        Some("authorization_code") => redeem(ctx, &form, request),
        Some("refresh_token") => refresh(ctx, &form, request),
        Some("client_credentials") => client_credentials(ctx, &form, request),
        Some(other) => {
            let text = format!("The app requested an unsupported grant type '{other}'.");
            Err(SignInError::new("unsupported_grant_type", 70_003, text))
        }
        None => Err(SignInError::missing_parameter("grant_type")),
    });
    let answer = match outcome {
        Ok(body) => Answer::json(200, "application/json; charset=utf-8", &body),
        Err(error) => error.json(ctx),
    };
    let id = ctx.random.guid();
    answer.with("cache-control", "no-store, no-cache").with("pragma", "no-cache").with("x-ms-request-id", &id)
}

fn needed<'p>(form: &'p Params, name: &str) -> Result<&'p str, SignInError> {
    form.get(name).filter(|value| !value.is_empty()).ok_or_else(|| SignInError::missing_parameter(name))
}

/// A single-page application redeems from a browser, at one of its own origins, and has no secret.
fn check_public_client(ctx: &Context<'_>, form: &Params, request: &Request) -> Result<(), SignInError> {
    let client_id = ctx.check_client(form)?;
    if client_id != ctx.facts.client_id {
        let text =
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
        return Err(SignInError::new("invalid_client", 7_000_218, text));
    }
    if form.has("client_secret") || form.has("client_assertion") || request.header("authorization").is_some()
    {
        let text = "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.";
        return Err(SignInError::new("invalid_client", 700_025, text));
    }
    match request.header("origin") {
        None => Err(SignInError::new(
            "invalid_request",
            9_002_327,
            "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
        )),
        Some(origin) if cors::is_registered(origin, &ctx.options.redirect_uris) => Ok(()),
        Some(origin) => Err(cross_origin(origin)),
    }
}

fn cross_origin(origin: &str) -> SignInError {
    SignInError::new(
        "invalid_request",
        9_002_326,
        format!(
            "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request \
             origin: '{origin}'."
        ),
    )
}

fn redeem(ctx: &mut Context<'_>, form: &Params, request: &Request) -> Result<Value, SignInError> {
    check_public_client(ctx, form, request)?;
    let (code, verifier) = (needed(form, "code")?, needed(form, "code_verifier")?);
    let uri = needed(form, "redirect_uri")?;
    let invalid = |number, text: &str| Err(SignInError::new("invalid_grant", number, text));
    let Some(kept) = ctx.state.codes.get_mut(code) else {
        return invalid(9_002_313, "Invalid request. Request is malformed or invalid.");
    };
    if kept.used {
        return invalid(
            54_005,
            "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing \
             refresh token.",
        );
    }
    if ctx.now >= kept.expires {
        return invalid(
            70_008,
            "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive \
             authorization request for this user and resource.",
        );
    }
    if uri != kept.redirect_uri {
        return invalid(
            50_011,
            "The redirect URI specified in the request does not match the one the code was issued for.",
        );
    }
    if challenge_of(verifier) != kept.challenge {
        return invalid(
            501_481,
            "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
        );
    }
    let asked = match form.get("scope") {
        Some(text) => parse(ctx.options.graph.as_str(), &ctx.facts.client_id, text)?,
        None => kept.asked.clone(),
    };
    kept.used = true;
    let kept = kept.clone();
    let ends = ctx.now + REFRESH_LIFE;
    let grant = Refresh { person: kept.person, asked, accepted: kept.accepted, expires: ends };
    issue(ctx, &grant, kept.nonce.as_deref())
}

fn parse(graph: &str, client_id: &str, text: &str) -> Result<Vec<&'static str>, SignInError> {
    scopes::parse(text, graph).map_err(|error| SignInError::scope(error, client_id))
}

fn refresh(ctx: &mut Context<'_>, form: &Params, request: &Request) -> Result<Value, SignInError> {
    check_public_client(ctx, form, request)?;
    let token = needed(form, "refresh_token")?;
    let Some(kept) = ctx.state.refresh.get(token).cloned() else {
        let text = "The refresh token is malformed or was not issued here.";
        return Err(SignInError::new("invalid_grant", 9_002_313, text));
    };
    if ctx.now >= kept.expires {
        return Err(SignInError::new(
            "invalid_grant",
            700_084,
            "The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of \
             1.00:00:00, which can not be extended. It is now expired and a new sign in request must be sent by the \
             SPA to the sign in page.",
        ));
    }
    let asked = match form.get("scope") {
        Some(text) => parse(ctx.options.graph.as_str(), &ctx.facts.client_id, text)?,
        None => kept.asked.clone(),
    };
    let visible = ctx.state.grants.visible(&kept.person, ctx.now);
    let missing = asked.iter().find(|scope| !visible.contains(*scope) && !kept.accepted.contains(scope));
    if missing.is_some() {
        let mut error = SignInError::new(
            "invalid_grant",
            65_001,
            format!(
                "The user or administrator has not consented to use the application with ID '{}' named 'scim-setup'. \
                 Send an interactive authorization request for this user and resource.",
                ctx.facts.client_id
            ),
        );
        error.suberror = Some("consent_required");
        return Err(error);
    }
    issue(ctx, &Refresh { asked, ..kept }, None)
}

/// Issues tokens for a person. The refresh token given in stays valid.
fn issue(ctx: &mut Context<'_>, grant: &Refresh, nonce: Option<&str>) -> Result<Value, SignInError> {
    let Some(person) = ctx.directory.person(&grant.person).filter(|it| it.account_enabled).cloned() else {
        return Err(SignInError::new("invalid_grant", 50_057, "The user account is disabled."));
    };
    let mut granted: BTreeSet<&'static str> = ctx.state.grants.visible(&person.id, ctx.now);
    granted.extend(&grant.accepted);
    let graph: BTreeSet<&'static str> =
        granted.iter().filter(|name| !scopes::is_sign_in(name)).copied().collect();
    let sign_in = ["openid", "profile", "email"].into_iter().filter(|name| {
        granted.contains(name) && (grant.asked.contains(&"openid") || grant.asked.contains(name))
    });
    let names: Vec<&str> = graph.iter().copied().chain(sign_in).collect();
    let claims = access_claims(ctx, Some(&person), &graph);
    let access = new_access(ctx, &claims, Some(person.id.clone()), graph);
    let mut body = json!({
        "token_type": "Bearer",
        "scope": names.join(" "),
        "expires_in": ACCESS_LIFE,
        "ext_expires_in": ACCESS_LIFE,
        "access_token": access,
    });
    let Some(object) = body.as_object_mut() else { return Ok(body) };
    if grant.asked.contains(&"offline_access") {
        let token = format!("1.{}", ctx.random.opaque(120));
        object.insert("refresh_token".to_owned(), json!(token));
        ctx.state.refresh.insert(token, grant.clone());
    }
    if grant.asked.contains(&"openid") {
        let claims = id_claims(ctx, &person, nonce);
        object.insert("id_token".to_owned(), json!(jwt::token(&claims, ctx.random)));
    }
    Ok(body)
}

fn new_access(
    ctx: &mut Context<'_>,
    claims: &Value,
    person: Option<String>,
    scopes: BTreeSet<&'static str>,
) -> String {
    let token = jwt::token(claims, ctx.random);
    let expires = ctx.now + Duration::from_secs(ACCESS_LIFE);
    ctx.state.access.insert(token.clone(), Access { person, scopes, expires });
    token
}

fn access_claims(ctx: &mut Context<'_>, person: Option<&Person>, scopes: &BTreeSet<&str>) -> Value {
    let names: Vec<&str> = scopes.iter().copied().collect();
    let mut claims = json!({
        "aud": "00000003-0000-0000-c000-000000000000",
        "iss": format!("{}/{}/", ctx.options.sign_in, ctx.facts.tenant_id),
        "iat": ctx.now.as_secs(),
        "nbf": ctx.now.as_secs(),
        "exp": ctx.now.as_secs() + ACCESS_LIFE,
        "tid": ctx.facts.tenant_id,
        "uti": ctx.random.opaque(22),
        "ver": "1.0",
    });
    if let Some(object) = claims.as_object_mut() {
        match person {
            Some(person) => {
                object.insert("appid".to_owned(), json!(ctx.facts.client_id));
                object.insert("oid".to_owned(), json!(person.id));
                object.insert("scp".to_owned(), json!(names.join(" ")));
                object.insert("upn".to_owned(), json!(person.user_principal_name));
            }
            None => {
                object.insert("appid".to_owned(), json!(ctx.facts.sync_client_id));
                object.insert("roles".to_owned(), json!(names));
            }
        }
    }
    claims
}

fn id_claims(ctx: &Context<'_>, person: &Person, nonce: Option<&str>) -> Value {
    let mut claims = json!({
        "aud": ctx.facts.client_id,
        "iss": format!("{}/{}/v2.0", ctx.options.sign_in, ctx.facts.tenant_id),
        "iat": ctx.now.as_secs(),
        "nbf": ctx.now.as_secs(),
        "exp": ctx.now.as_secs() + ACCESS_LIFE,
        "name": person.display_name,
        "oid": person.id,
        "preferred_username": person.user_principal_name,
        "sub": person.id,
        "tid": ctx.facts.tenant_id,
        "ver": "2.0",
    });
    if let (Some(nonce), Some(object)) = (nonce, claims.as_object_mut()) {
        object.insert("nonce".to_owned(), json!(nonce));
    }
    claims
}

fn client_credentials(ctx: &mut Context<'_>, form: &Params, request: &Request) -> Result<Value, SignInError> {
    if let Some(origin) = request.header("origin") {
        return Err(cross_origin(origin));
    }
    let mut form = form.clone();
    if let Some((id, secret)) = basic(request) {
        form.set("client_id", &id);
        form.set("client_secret", &secret);
    }
    let client_id = ctx.check_client(&form)?;
    let secret = form.get("client_secret").ok_or_else(|| {
        let text =
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
        SignInError::new("invalid_client", 7_000_218, text)
    })?;
    if client_id != ctx.facts.sync_client_id || secret != ctx.facts.sync_client_secret {
        return Err(SignInError::new(
            "invalid_client",
            7_000_215,
            format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret \
                 value, not the client secret ID, for a secret added to app '{client_id}'."
            ),
        ));
    }
    let scope = needed(&form, "scope")?;
    let is_default = scopes::is_default_only(scope, &ctx.options.graph)
        .map_err(|error| SignInError::scope(error, client_id))?;
    if !is_default {
        return Err(SignInError::new(
            "invalid_scope",
            1_002_012,
            format!(
                "The provided value for scope {scope} is not valid. Client credential flows must have a scope value \
                 with /.default suffixed to the resource identifier (application ID URI)."
            ),
        ));
    }
    let roles: BTreeSet<&'static str> = APPLICATION_ROLES.into_iter().collect();
    let claims = access_claims(ctx, None, &roles);
    let access = new_access(ctx, &claims, None, roles);
    Ok(json!({
        "token_type": "Bearer",
        "expires_in": ACCESS_LIFE,
        "ext_expires_in": ACCESS_LIFE,
        "access_token": access,
    }))
}

/// Client id and secret of a Basic authorisation (form-encoded inside, as RFC 6749 has it).
fn basic(request: &Request) -> Option<(String, String)> {
    let (scheme, encoded) = request.header("authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let read = |text: &str| Params::parse(&format!("v={text}")).get("v").unwrap_or_default().to_owned();
    Some((read(id), read(secret)))
}
