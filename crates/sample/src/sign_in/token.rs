//! `POST /{tenant}/oauth2/v2.0/token`: codes, refresh tokens and client credentials against tokens.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::directory::Person;
use crate::http::{Answer, Params, Request};
use crate::registry::{Application, Key, Platform};

use super::authorize::challenge_of;
use super::credentials::{basic, check_platform, check_secret, cross_origin, needs_secret};
use super::errors::{HOME, SignInError};
use super::{Access, Context, Refresh, jwt, policy, scopes};

/// What `expires_in` says, in seconds.
const ACCESS_LIFE: u64 = 3_599;
const ACCESS: Duration = Duration::from_secs(ACCESS_LIFE);
/// Refresh tokens of single-page applications, and those got with them, end a day after the sign-in.
const REFRESH_LIFE: Duration = Duration::from_secs(86_400);

pub(super) fn answer(ctx: &mut Context<'_>, tenant: &str, request: &Request) -> Answer {
    let form = Params::parse(&String::from_utf8_lossy(&request.body));
    let known = ctx.check_tenant(tenant, &form).and_then(|()| policy::cloud(ctx, tenant));
    let outcome = known.and_then(|()| match form.get("grant_type") {
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

fn redeem(ctx: &mut Context<'_>, form: &Params, request: &Request) -> Result<Value, SignInError> {
    let application = ctx.check_client(form)?;
    // Where the redirect URI is not registered, the application's own kind decides what is wrong first.
    let platform = form.get("redirect_uri").and_then(|uri| application.platform(uri));
    let platform = platform.or_else(|| (!application.spa.is_empty()).then_some(Platform::Spa));
    check_platform(ctx, &application, platform.unwrap_or(Platform::Web), form, request)?;
    let (code, verifier) = (needed(form, "code")?, needed(form, "code_verifier")?);
    let uri = needed(form, "redirect_uri")?;
    let invalid = |number, text: &str| Err(SignInError::new("invalid_grant", number, text));
    let of_client = ctx.state.codes.get_mut(code).filter(|kept| kept.client == application.app_id);
    let Some(kept) = of_client else {
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
    kept.used = true;
    let kept = kept.clone();
    let asked = match form.get("scope") {
        Some(text) => ctx.scopes(&application, text).inspect_err(|_| {
            // What is refused uses no code up.
            if let Some(kept) = ctx.state.codes.get_mut(code) {
                kept.used = false;
            }
        })?,
        None => kept.asked,
    };
    let grant = Refresh {
        client: kept.client,
        platform: platform.unwrap_or(Platform::Web),
        person: kept.person,
        asked,
        accepted: kept.accepted,
        claims: kept.claims,
        expires: ctx.now + REFRESH_LIFE,
    };
    policy::admit(ctx, &grant, "interaction_required")?;
    issue(ctx, &application, &grant, kept.nonce.as_deref())
}

fn refresh(ctx: &mut Context<'_>, form: &Params, request: &Request) -> Result<Value, SignInError> {
    let application = ctx.check_client(form)?;
    let token = form.get("refresh_token").filter(|value| !value.is_empty());
    let kept = token.and_then(|token| ctx.state.refresh.get(token)).cloned();
    let kept = kept.filter(|kept| kept.client == application.app_id);
    let own = if application.spa.is_empty() { Platform::Web } else { Platform::Spa };
    let platform = kept.as_ref().map_or(own, |kept| kept.platform);
    check_platform(ctx, &application, platform, form, request)?;
    needed(form, "refresh_token")?;
    let Some(kept) = kept else {
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
        Some(text) => ctx.scopes(&application, text)?,
        None => kept.asked.clone(),
    };
    let granted = granted(ctx, &application, &kept);
    if asked.iter().any(|scope| !granted.contains(scope)) {
        let mut error = SignInError::consent_required("invalid_grant", &application);
        error.suberror = Some("consent_required");
        return Err(error);
    }
    policy::admit(ctx, &kept, "invalid_grant")?;
    issue(ctx, &application, &Refresh { asked, ..kept }, None)
}

/// What tokens of this sign-in may hold now: consent that has arrived here, and what was consented to in this very sign-in. Consent
/// that was taken away since is neither.
fn granted(ctx: &Context<'_>, application: &Application, grant: &Refresh) -> BTreeSet<&'static str> {
    let Some(client) = ctx.registry.principal_id(&application.app_id) else { return BTreeSet::new() };
    let mut granted = ctx.registry.tokens_hold(client, &grant.person, ctx.now);
    let gone = ctx.registry.missing(client, &grant.person, &grant.accepted);
    granted.extend(grant.accepted.iter().filter(|name| !gone.contains(name)));
    granted
}

/// Issues tokens for a person. The refresh token given in stays valid.
fn issue(
    ctx: &mut Context<'_>,
    application: &Application,
    grant: &Refresh,
    nonce: Option<&str>,
) -> Result<Value, SignInError> {
    let Some(person) = ctx.directory.person(&grant.person).filter(|it| it.account_enabled).cloned() else {
        return Err(SignInError::new("invalid_grant", 50_057, "The user account is disabled."));
    };
    let granted = granted(ctx, application, grant);
    let graph: BTreeSet<&'static str> =
        granted.iter().filter(|name| !scopes::is_sign_in(name)).copied().collect();
    let sign_in = ["openid", "profile", "email"].into_iter().filter(|name| {
        granted.contains(name) && (grant.asked.contains(&"openid") || grant.asked.contains(name))
    });
    let names: Vec<&str> = graph.iter().copied().chain(sign_in).collect();
    let mut claims = access_claims(ctx, &application.app_id, Holder::Person(&person), &graph);
    let context = policy::context(grant);
    if context && let Some(object) = claims.as_object_mut() {
        object.insert("acrs".to_owned(), json!([policy::CONTEXT]));
    }
    let access = new_access(
        ctx,
        &claims,
        Access {
            person: Some(person.id.clone()),
            client: application.app_id.clone(),
            scopes: graph,
            context,
            expires: ctx.now + ACCESS,
        },
    );
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
        let claims = id_claims(ctx, &application.app_id, &person, nonce);
        object.insert("id_token".to_owned(), json!(jwt::token(&claims, ctx.random)));
    }
    Ok(body)
}

fn new_access(ctx: &mut Context<'_>, claims: &Value, access: Access) -> String {
    let token = jwt::token(claims, ctx.random);
    ctx.state.access.insert(token.clone(), access);
    token
}

/// Whose an access token is.
#[derive(Clone, Copy)]
enum Holder<'h> {
    Person(&'h Person),
    /// The service principal of an application that signs in by itself.
    Application(&'h str),
}

fn access_claims(ctx: &mut Context<'_>, client: &str, holder: Holder<'_>, scopes: &BTreeSet<&str>) -> Value {
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
        object.insert("appid".to_owned(), json!(client));
        match holder {
            Holder::Person(person) => {
                object.insert("oid".to_owned(), json!(person.id));
                object.insert("scp".to_owned(), json!(names.join(" ")));
                object.insert("upn".to_owned(), json!(person.user_principal_name));
            }
            Holder::Application(principal) => {
                object.insert("idtyp".to_owned(), json!("app"));
                object.insert("oid".to_owned(), json!(principal));
                object.insert("roles".to_owned(), json!(names));
            }
        }
    }
    claims
}

fn id_claims(ctx: &Context<'_>, client: &str, person: &Person, nonce: Option<&str>) -> Value {
    let mut claims = json!({
        "aud": client,
        "iss": format!("{}/{}/v2.0", ctx.options.sign_in, ctx.facts.tenant_id),
        "iat": ctx.now.as_secs(),
        "nbf": ctx.now.as_secs(),
        "exp": ctx.now.as_secs() + ACCESS_LIFE,
        "name": person.display_name,
        "oid": person.id,
        "preferred_username": person.sign_in_name(),
        "sub": person.id,
        "tid": ctx.facts.tenant_id,
        "ver": "2.0",
        // An optional claim (`optional-claims-reference`): 0 for members, 1 for guests.
        "acct": u8::from(person.guest),
    });
    if let Some(object) = claims.as_object_mut() {
        object.extend(nonce.map(|nonce| ("nonce".to_owned(), json!(nonce))));
        // Differs from the issuer for guests only (`id-token-claims-reference`).
        let home = format!("https://sts.windows.net/{HOME}/");
        object.extend(person.guest.then(|| ("idp".to_owned(), json!(home))));
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
    let application = ctx.check_client(&form)?;
    let secret = form.get("client_secret").ok_or_else(needs_secret)?;
    check_secret(ctx, &application, secret)?;
    let scope = needed(&form, "scope")?;
    let is_default = scopes::is_default_only(scope, &ctx.options.graph)
        .map_err(|error| SignInError::scope(error, &application.display_name))?;
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
    let client = application.app_id.as_str();
    let Some(principal) = ctx.registry.seen_principal(Key::AppId(client), ctx.now) else {
        return Err(SignInError::new(
            "invalid_client",
            7_000_229,
            format!(
                "The client application {client} is missing service principal in the tenant {}.",
                ctx.facts.tenant_id
            ),
        ));
    };
    let own = principal.id.clone();
    let roles = ctx.registry.roles(&own, ctx.now);
    let claims = access_claims(ctx, client, Holder::Application(&own), &roles);
    let access = Access {
        person: None,
        client: client.to_owned(),
        scopes: roles,
        context: false,
        expires: ctx.now + ACCESS,
    };
    let access = new_access(ctx, &claims, access);
    Ok(json!({
        "token_type": "Bearer",
        "expires_in": ACCESS_LIFE,
        "ext_expires_in": ACCESS_LIFE,
        "access_token": access,
    }))
}
