//! What an application proves itself with at the token endpoint: a secret, or the origin that its redirect URI stands for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::cors;
use crate::http::{Params, Request};
use crate::registry::{Application, Platform};

use super::Context;
use super::errors::SignInError;

pub(super) fn needs_secret() -> SignInError {
    let text =
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
    SignInError::new("invalid_client", 7_000_218, text)
}

/// What each platform may redeem with (`v2-oauth2-auth-code-flow`): a single-page application from a browser at one of its own
/// origins and without a secret; a web application outside browsers and with one; a public client outside browsers without one.
pub(super) fn check_platform(
    ctx: &Context<'_>,
    application: &Application,
    platform: Platform,
    form: &Params,
    request: &Request,
) -> Result<(), SignInError> {
    match (platform, request.header("origin")) {
        (Platform::Spa, _) => check_single_page(application, form, request),
        (_, Some(origin)) => Err(cross_origin(origin)),
        (Platform::Web, None) => {
            let secret = form.get("client_secret").ok_or_else(needs_secret)?;
            check_secret(ctx, application, secret)
        }
        (Platform::PublicClient, None) => Ok(()),
    }
}

fn check_single_page(application: &Application, form: &Params, request: &Request) -> Result<(), SignInError> {
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
        Some(origin) if cors::is_registered(origin, &application.spa) => Ok(()),
        Some(origin) => Err(cross_origin(origin)),
    }
}

pub(super) fn cross_origin(origin: &str) -> SignInError {
    SignInError::new(
        "invalid_request",
        9_002_326,
        format!(
            "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request \
             origin: '{origin}'."
        ),
    )
}

/// Whether a secret is the application's, has arrived here and has not ended.
pub(super) fn check_secret(
    ctx: &Context<'_>,
    application: &Application,
    secret: &str,
) -> Result<(), SignInError> {
    let known = application.secrets.iter().find(|it| it.text == secret && it.visible <= ctx.now);
    match known {
        Some(known) if ctx.now < known.ends => Ok(()),
        Some(known) => Err(SignInError::new(
            "invalid_client",
            7_000_222,
            format!(
                "The provided client secret keys for app '{}' are expired (key '{}').",
                application.app_id, known.key_id
            ),
        )),
        None => Err(SignInError::new(
            "invalid_client",
            7_000_215,
            format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret \
                 value, not the client secret ID, for a secret added to app '{}'.",
                application.app_id
            ),
        )),
    }
}

/// Client id and secret of a Basic authorisation (form-encoded inside, as RFC 6749 has it).
pub(super) fn basic(request: &Request) -> Option<(String, String)> {
    let (scheme, encoded) = request.header("authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let read = |text: &str| Params::parse(&format!("v={text}")).get("v").unwrap_or_default().to_owned();
    Some((read(id), read(secret)))
}
