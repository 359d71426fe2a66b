//! Signing a person in: authorization code with PKCE, answered in the fragment, all on one page.
//!
//! [`begin`] makes the address to leave for and the [`Transaction`] to keep while away; [`complete`] turns the answer into a
//! [`Session`]. State, nonce and verifier are fresh each time and used once.

mod answer;
mod error;
mod id_token;
mod oauth;

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use oauth2::{
    AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, TokenResponse as _,
};
use serde::{Deserialize, Serialize};

pub use answer::{Answer, read_address};
pub use error::{ServerError, SignInError};
pub use id_token::Account;
pub(crate) use oauth::{Grant, TokenAnswer, client, redeem};

use crate::entra::clouds::Cloud;
use crate::entra::ids::{ClientId, TenantId};
use crate::env::{Env, Timestamp};
use crate::setup::Step;

/// How long a person may stay at the sign-in page: longer ago, and the answer is not for this visit.
const TIME_LIMIT: Duration = Duration::from_secs(600);

/// Who is asked to sign in, where, and for what.
#[derive(Clone, Debug)]
pub struct SignInRequest<'r> {
    /// The tenant's cloud.
    pub cloud: &'r Cloud,
    /// The tenant.
    pub tenant: &'r TenantId,
    /// The application that signs in.
    pub client: &'r ClientId,
    /// The page's own address, exactly as registered.
    pub redirect_uri: &'r str,
    /// Delegated scopes of Graph, by their short names.
    pub scopes: &'r [&'r str],
    /// The step to come back to.
    pub step: Step,
    /// The account to go on with without asking, when one is known.
    pub login_hint: Option<&'r str>,
}

/// What must be remembered while the browser is away at the sign-in page, and forgotten afterwards. It is the one secret
/// that may stand in session storage.
#[derive(Clone, Serialize, Deserialize)]
pub struct Transaction {
    state: String,
    nonce: String,
    verifier: String,
    cloud: String,
    tenant: TenantId,
    client: ClientId,
    redirect_uri: String,
    started: Timestamp,
    /// The step to come back to.
    pub step: Step,
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Transaction for {}", self.step.id())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        use zeroize::Zeroize as _;
        self.state.zeroize();
        self.nonce.zeroize();
        self.verifier.zeroize();
    }
}

/// A signed-in person and what the token may do.
#[derive(Debug)]
pub struct Session {
    /// Who signed in.
    pub account: Account,
    /// The delegated scopes that were granted, as the token endpoint states them.
    pub scopes: Vec<String>,
    /// The tokens, renewed as needed.
    pub tokens: super::tokens::Tokens,
}

/// Starts a sign-in: the address to navigate to, and what to keep meanwhile.
///
/// # Errors
/// [`SignInError::Address`] when the redirect URI or the cloud's address cannot be used.
pub fn begin(env: &impl Env, request: &SignInRequest<'_>) -> Result<(String, Transaction), SignInError> {
    let transaction = Transaction {
        state: token(env),
        nonce: token(env),
        verifier: token(env),
        cloud: request.cloud.id.clone(),
        tenant: request.tenant.clone(),
        client: request.client.clone(),
        redirect_uri: request.redirect_uri.to_owned(),
        started: env.wall(),
        step: request.step,
    };
    let challenge =
        PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(transaction.verifier.clone()));
    let client = client(request.cloud, request.tenant, request.client)?
        .set_redirect_uri(redirect_url(request.redirect_uri)?);
    let mut ask = client
        .authorize_url(|| CsrfToken::new(transaction.state.clone()))
        .set_pkce_challenge(challenge)
        .add_extra_param("response_mode", "fragment")
        .add_extra_param("nonce", transaction.nonce.as_str())
        .add_scopes(requested(request.cloud, request.scopes));
    ask = match request.login_hint {
        Some(hint) => ask.add_extra_param("login_hint", hint),
        None => ask.add_extra_param("prompt", "select_account"),
    };
    Ok((ask.url().0.to_string(), transaction))
}

/// Ends a sign-in: checks the answer against the transaction and redeems the code.
///
/// # Errors
/// [`SignInError`] when the answer is not for this transaction, is a refusal, or cannot be redeemed.
pub async fn complete(
    env: &impl Env,
    cloud: &Cloud,
    transaction: Transaction,
    answer: Answer,
) -> Result<Session, SignInError> {
    let age = env.wall().0.saturating_sub(transaction.started.0);
    if answer.state() != transaction.state {
        return Err(SignInError::Foreign);
    }
    if u128::from(age) > TIME_LIMIT.as_millis() || cloud.id != transaction.cloud {
        return Err(SignInError::Late);
    }
    let code = match answer {
        Answer::Code { code, issuer, .. } => {
            let expected = id_token::issuer(cloud, &transaction.tenant);
            // RFC 9207: checked where the server sends it; Entra is not known to.
            if issuer.is_some_and(|issuer| issuer != expected) {
                return Err(SignInError::Foreign);
            }
            code
        }
        Answer::Refused { error, .. } => return Err(SignInError::Refused(Box::new(error))),
        Answer::Consent { .. } => return Err(SignInError::Foreign),
    };
    let asked_at = env.monotonic();
    let client = client(cloud, &transaction.tenant, &transaction.client)?
        .set_redirect_uri(redirect_url(&transaction.redirect_uri)?);
    let grant = client
        .exchange_code(AuthorizationCode::new(code.expose().clone()))
        .set_pkce_verifier(PkceCodeVerifier::new(transaction.verifier.clone()));
    let tokens = redeem(env, Grant::Code(grant)).await?;
    let raw = tokens.extra_fields().id_token.as_ref().ok_or(SignInError::NoIdToken)?;
    let account = id_token::check(
        raw.expose(),
        &id_token::Expected {
            issuer: &id_token::issuer(cloud, &transaction.tenant),
            client: &transaction.client,
            nonce: &transaction.nonce,
            now: env.wall(),
        },
    )?;
    let scopes = granted(&tokens);
    let session = super::tokens::Tokens::delegated(
        cloud.clone(),
        transaction.tenant.clone(),
        transaction.client.clone(),
        &tokens,
        asked_at,
    );
    Ok(Session { account, scopes, tokens: session })
}

/// The address that ends the session at the sign-in service and comes back to the page.
#[must_use]
pub fn sign_out_url(cloud: &Cloud, tenant: &TenantId, redirect_uri: &str) -> String {
    let query = crate::http::query(&[("post_logout_redirect_uri", redirect_uri)]);
    format!("{}/{tenant}/oauth2/v2.0/logout?{query}", cloud.authority)
}

/// 32 random bytes as text: 43 characters of the base64url alphabet, as RFC 7636 proposes for a verifier.
pub(crate) fn token(env: &impl Env) -> String {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    env.random(&mut *bytes);
    BASE64_URL_SAFE_NO_PAD.encode(*bytes)
}

/// Scopes as they are asked for: Graph's with the cloud's own Graph as prefix (a national cloud refuses the global one), the
/// OpenID ones bare.
fn requested(cloud: &Cloud, scopes: &[&str]) -> Vec<oauth2::Scope> {
    ["openid", "profile", "offline_access"]
        .into_iter()
        .map(str::to_owned)
        .chain(scopes.iter().map(|scope| format!("{}/{scope}", cloud.graph)))
        .map(oauth2::Scope::new)
        .collect()
}

/// The granted scopes by their short names. Entra answers with full or short names; both are read.
fn granted(tokens: &TokenAnswer) -> Vec<String> {
    let mut scopes: Vec<String> = tokens
        .scopes()
        .into_iter()
        .flatten()
        .map(|scope| scope.rsplit('/').next().unwrap_or_default().to_owned())
        .filter(|scope| !scope.is_empty())
        .collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

fn redirect_url(text: &str) -> Result<RedirectUrl, SignInError> {
    RedirectUrl::new(text.to_owned()).map_err(|_| SignInError::Address(text.to_owned()))
}
