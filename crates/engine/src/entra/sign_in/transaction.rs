//! What must be remembered while the browser is away at the sign-in page.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize as _;

use super::{Claims, SignInRequest, token};
use crate::entra::ids::{ClientId, TenantId};
use crate::env::{Env, Timestamp};
use crate::setup::Step;

/// What must be remembered while the browser is away at the sign-in page, and forgotten afterwards. It is the one secret
/// that may stand in session storage. A newer attempt takes the place of an older one: there is one record.
#[derive(Clone, Serialize, Deserialize)]
pub struct Transaction {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    pub(super) cloud: String,
    /// The tenant.
    pub tenant: TenantId,
    /// The application that signs in.
    pub client: ClientId,
    pub(super) redirect_uri: String,
    pub(super) started: Timestamp,
    /// The step to come back to.
    pub step: Step,
    /// The scopes that are asked for, by their short names.
    pub(super) scopes: Vec<String>,
    /// The account that was to be used, where one was known.
    pub login_hint: Option<String>,
    /// What a service wants the token to prove.
    pub(super) claims: Option<String>,
    /// The scope that was left out at the second attempt.
    pub(super) dropped: Option<String>,
}

impl Transaction {
    pub(super) fn new(env: &impl Env, request: &SignInRequest<'_>) -> Self {
        Self {
            state: token(env),
            nonce: token(env),
            verifier: token(env),
            cloud: request.cloud.id.clone(),
            tenant: request.tenant.clone(),
            client: request.client.clone(),
            redirect_uri: request.redirect_uri.to_owned(),
            started: env.wall(),
            step: request.step,
            scopes: request.scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            login_hint: request.login_hint.map(str::to_owned),
            claims: request.claims.map(|claims| claims.as_str().to_owned()),
            dropped: None,
        }
    }

    /// The same once more without that scope, with fresh secrets. Nothing, when it was not asked for or one was left out
    /// before.
    pub(super) fn without(&self, env: &impl Env, scope: &str) -> Option<Self> {
        if self.dropped.is_some() {
            return None;
        }
        let at = self.scopes.iter().position(|asked| asked.eq_ignore_ascii_case(scope))?;
        let mut again = self.clone();
        let dropped = again.scopes.remove(at);
        again.renew(env);
        again.dropped = Some(dropped);
        Some(again)
    }

    /// What a service wants the token to prove. What stood in session storage meanwhile is checked like anything else that
    /// comes from outside.
    pub(crate) fn claims(&self) -> Option<Claims> {
        self.claims.as_deref().and_then(Claims::parse)
    }

    fn renew(&mut self, env: &impl Env) {
        self.wipe();
        self.state = token(env);
        self.nonce = token(env);
        self.verifier = token(env);
        self.started = env.wall();
    }

    fn wipe(&mut self) {
        self.state.zeroize();
        self.nonce.zeroize();
        self.verifier.zeroize();
    }
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Transaction for {}", self.step.id())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        self.wipe();
    }
}
