//! Signing a person in: authorization code with PKCE, answered in the fragment, all on one page.
//!
//! [`begin`] makes the address to leave for and the [`Transaction`] to keep while away; [`complete`] turns the answer into a
//! [`Session`]. State, nonce and verifier are fresh each time and used once. Where a service wants more proof, the next
//! sign-in carries its [`Claims`].

mod answer;
mod claims;
mod elsewhere;
mod error;
mod id_token;
mod oauth;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;
mod server_error;
mod transaction;

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use oauth2::{
    AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, TokenResponse as _,
};

pub use answer::{Answer, read_address};
pub use claims::{Challenge, Claims};
pub use elsewhere::elsewhere;
pub use error::SignInError;
pub use id_token::{Account, Home};
pub use server_error::ServerError;
pub use transaction::Transaction;

pub(crate) use oauth::{Grant, TokenAnswer, client, redeem};

use crate::entra::clouds::Cloud;
use crate::entra::ids::{ClientId, TenantId};
use crate::env::Env;
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
    /// The account to go on with without asking, when one is known; else the service lets the person choose.
    pub login_hint: Option<&'r str>,
    /// What a service wants the token to prove.
    pub claims: Option<&'r Claims>,
}

/// A signed-in person and what the token may do.
#[derive(Debug)]
pub struct Session {
    /// Who signed in.
    pub account: Account,
    /// The delegated scopes that were granted, as the token endpoint states them.
    pub scopes: Vec<String>,
    /// Where the account comes from, when it is a guest of the tenant.
    pub guest: Option<Home>,
    /// A scope that was left out, because the service does not know it.
    pub dropped: Option<String>,
    /// The tokens, renewed as needed.
    pub tokens: super::tokens::Tokens,
    /// What ends this person's session at the service without asking whose.
    logout_hint: Option<String>,
}

impl Session {
    /// The address that ends the session at the sign-in service and comes back to the page. Without the optional claim
    /// `login_hint` in the ID token the service may ask which account is meant; a user name is not to stand in for it.
    #[must_use]
    pub fn sign_out_url(&self, cloud: &Cloud, redirect_uri: &str) -> String {
        let mut pairs = vec![("post_logout_redirect_uri", redirect_uri)];
        if let Some(hint) = &self.logout_hint {
            pairs.push(("logout_hint", hint));
        }
        let query = crate::http::query(&pairs);
        format!("{}/{}/oauth2/v2.0/logout?{query}", cloud.authority, self.account.tenant)
    }
}

/// Starts a sign-in: the address to navigate to, and what to keep meanwhile.
///
/// # Errors
/// [`SignInError::Address`] when the redirect URI or the cloud's address cannot be used.
pub fn begin(env: &impl Env, request: &SignInRequest<'_>) -> Result<(String, Transaction), SignInError> {
    let transaction = Transaction::new(env, request);
    Ok((address(request.cloud, &transaction)?, transaction))
}

/// Starts a sign-in once more without the one scope that the service does not know (AADSTS650053). Nothing, when the error is
/// another one, when that scope was not asked for, or when this was done before: it is done once, so that there is no loop.
///
/// # Errors
/// As for [`begin`].
pub fn begin_without(
    env: &impl Env,
    cloud: &Cloud,
    transaction: &Transaction,
    error: &ServerError,
) -> Result<Option<(String, Transaction)>, SignInError> {
    let Some(transaction) = error.unknown_scope().and_then(|scope| transaction.without(env, scope)) else {
        return Ok(None);
    };
    Ok(Some((address(cloud, &transaction)?, transaction)))
}

/// Where to send the browser for a transaction.
fn address(cloud: &Cloud, transaction: &Transaction) -> Result<String, SignInError> {
    let challenge =
        PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(transaction.verifier.clone()));
    let client = client(cloud, &transaction.tenant, &transaction.client)?
        .set_redirect_uri(redirect_url(&transaction.redirect_uri)?);
    let mut ask = client
        .authorize_url(|| CsrfToken::new(transaction.state.clone()))
        .set_pkce_challenge(challenge)
        .add_extra_param("response_mode", "fragment")
        .add_extra_param("nonce", transaction.nonce.as_str())
        .add_scopes(requested(cloud, &transaction.scopes));
    ask = match &transaction.login_hint {
        Some(hint) => ask.add_extra_param("login_hint", hint.as_str()),
        None => ask.add_extra_param("prompt", "select_account"),
    };
    if let Some(claims) = transaction.claims() {
        ask = ask.add_extra_param("claims", claims.as_str().to_owned());
    }
    Ok(ask.url().0.to_string())
}

/// Ends a sign-in: checks the answer against the transaction and redeems the code.
///
/// # Errors
/// [`SignInError`] when the answer is not for this transaction, is a refusal, or cannot be redeemed.
pub async fn complete(
    env: &impl Env,
    cloud: &Cloud,
    transaction: &Transaction,
    answer: Answer,
) -> Result<Session, SignInError> {
    let age = env.wall().0.saturating_sub(transaction.started.0);
    if answer.state() != transaction.state {
        return Err(SignInError::Foreign);
    }
    if u128::from(age) > TIME_LIMIT.as_millis() {
        return Err(SignInError::Late);
    }
    if cloud.id != transaction.cloud {
        return Err(SignInError::OtherCloud);
    }
    let expected = id_token::issuer(cloud, &transaction.tenant);
    // RFC 9207: checked where the server sends it, in errors too; Entra is not known to.
    if answer.issuer().is_some_and(|issuer| issuer != expected) {
        return Err(SignInError::Foreign);
    }
    let code = match answer {
        Answer::Code { code, .. } => code,
        Answer::Refused { error, .. } => return Err(SignInError::Refused(error)),
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
    let identity = id_token::check(
        raw.expose(),
        &id_token::Expected {
            issuer: &expected,
            tenant: &transaction.tenant,
            client: &transaction.client,
            nonce: &transaction.nonce,
            now: env.wall(),
        },
    )?;
    let scopes = granted(&tokens, &transaction.scopes);
    let tokens = super::tokens::Tokens::delegated(
        cloud.clone(),
        transaction.tenant.clone(),
        transaction.client.clone(),
        &tokens,
        asked_at,
    );
    Ok(Session {
        account: identity.account,
        scopes,
        guest: identity.guest,
        dropped: transaction.dropped.clone(),
        tokens,
        logout_hint: identity.logout_hint,
    })
}

/// 32 random bytes as text: 43 characters of the base64url alphabet, as RFC 7636 proposes for a verifier.
pub(crate) fn token(env: &impl Env) -> String {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    env.random(&mut *bytes);
    BASE64_URL_SAFE_NO_PAD.encode(*bytes)
}

/// What signing in itself asks for, beside Graph's permissions.
pub(crate) const OPENID: [&str; 3] = ["openid", "profile", "offline_access"];

/// Scopes as they are asked for: Graph's with the cloud's own Graph as prefix (a national cloud refuses the global one), the
/// OpenID ones bare.
pub(crate) fn requested(cloud: &Cloud, scopes: &[String]) -> Vec<oauth2::Scope> {
    OPENID
        .into_iter()
        .map(str::to_owned)
        .chain(scopes.iter().map(|scope| format!("{}/{scope}", cloud.graph)))
        .map(oauth2::Scope::new)
        .collect()
}

/// The granted scopes by their short names. Entra answers with full or short names; both are read. An answer that names none
/// grants what was asked for (RFC 6749, 5.1).
pub(crate) fn granted(tokens: &TokenAnswer, asked: &[String]) -> Vec<String> {
    let mut scopes: Vec<String> = match tokens.scopes() {
        Some(scopes) => scopes
            .iter()
            .map(|scope| scope.rsplit('/').next().unwrap_or_default().to_owned())
            .filter(|scope| !scope.is_empty())
            .collect(),
        None => asked.to_vec(),
    };
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

fn redirect_url(text: &str) -> Result<RedirectUrl, SignInError> {
    RedirectUrl::new(text.to_owned()).map_err(|_| SignInError::Address(text.to_owned()))
}
