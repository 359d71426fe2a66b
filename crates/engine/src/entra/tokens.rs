//! Tokens for Graph: kept in memory, renewed before they end, one renewal at a time. A renewal that fails for a passing
//! reason costs nothing; one that is refused for good is not tried again.

use std::time::Duration;

use futures::lock::Mutex;
use oauth2::TokenResponse as _;

use crate::entra::clouds::Cloud;
use crate::entra::ids::{ClientId, TenantId};
use crate::entra::sign_in::{
    Grant, ServerError, SignInError, TokenAnswer, client, granted, redeem, requested,
};
use crate::env::Env;
use crate::secret::Secret;

/// A token that ends within this time is renewed first (MSAL's own margin).
const MARGIN: Duration = Duration::from_secs(300);
/// Where it cannot be renewed for the moment, it still serves until this time before its end.
const LAST_MOMENT: Duration = Duration::from_secs(30);
/// When the service does not say how long a token lives.
const USUAL_LIFE: Duration = Duration::from_secs(3599);

/// A source of access tokens for Graph.
#[derive(Debug)]
pub struct Tokens {
    source: Source,
    held: Mutex<Held>,
}

#[derive(Debug)]
enum Source {
    Delegated { cloud: Cloud, tenant: TenantId, client: ClientId },
    Credentials { cloud: Cloud, tenant: TenantId, client: ClientId, secret: Secret },
    Given,
}

#[derive(Debug, Default)]
struct Held {
    access: Option<(Secret, Duration)>,
    refresh: Option<Secret>,
    /// Until when the token endpoint is left alone, because it is busy.
    quiet: Option<Duration>,
    /// Why nothing renews the session any more.
    ended: Option<Box<ServerError>>,
}

impl Tokens {
    pub(crate) fn delegated(
        cloud: Cloud,
        tenant: TenantId,
        client: ClientId,
        answer: &TokenAnswer,
        asked_at: Duration,
    ) -> Self {
        let mut held = Held::default();
        held.take(answer, asked_at);
        Self { source: Source::Delegated { cloud, tenant, client }, held: Mutex::new(held) }
    }

    /// The application that they are for; nothing, where one was given.
    #[must_use]
    pub const fn client(&self) -> Option<&ClientId> {
        match &self.source {
            Source::Delegated { client, .. } | Source::Credentials { client, .. } => Some(client),
            Source::Given => None,
        }
    }

    /// An application that proves itself with a secret. Never in a browser: Entra refuses secrets that come with an `Origin`.
    #[must_use]
    pub fn credentials(cloud: Cloud, tenant: TenantId, client: ClientId, secret: Secret) -> Self {
        Self { source: Source::Credentials { cloud, tenant, client, secret }, held: Mutex::default() }
    }

    /// A token that was given from outside and cannot be renewed.
    #[must_use]
    pub fn given(token: Secret) -> Self {
        let held = Held { access: Some((token, Duration::MAX)), ..Held::default() };
        Self { source: Source::Given, held: Mutex::new(held) }
    }

    /// A token that is good for some minutes at least; for less, where it cannot be renewed for the moment.
    ///
    /// # Errors
    /// [`SignInError::Ended`] when nothing can renew it; else why it cannot be renewed now.
    pub async fn access(&self, env: &impl Env) -> Result<Secret, SignInError> {
        // Whoever comes second waits here and finds the token that the first one fetched.
        let mut held = self.held.lock().await;
        if let Some(token) = held.lasting(env, MARGIN) {
            return Ok(token);
        }
        match self.renew(env, &mut held).await {
            Ok(token) => Ok(token),
            Err(error) => {
                let token = held.lasting(env, LAST_MOMENT).ok_or(error)?;
                // Not with every call: the next one that needs a token would ask again at once.
                held.quiet.get_or_insert(env.monotonic().saturating_add(LAST_MOMENT));
                Ok(token)
            }
        }
    }

    /// Asks for a fresh token with these scopes of Graph, whatever the one in hand is good for, and brings the scopes that it holds.
    /// A refusal costs nothing: the token in hand stays, and so does the session.
    ///
    /// # Errors
    /// [`SignInError`]; a refusal that [lacks consent](ServerError::lacks_consent) may pass by itself.
    pub async fn again(&self, env: &impl Env, scopes: &[&str]) -> Result<Vec<String>, SignInError> {
        let mut held = self.held.lock().await;
        held.may_ask(env)?;
        let scopes: Vec<String> = scopes.iter().map(|&scope| scope.to_owned()).collect();
        let asked_at = env.monotonic();
        let answer = self.ask(env, &held, &scopes).await.inspect_err(|error| held.heed(env, error))?;
        held.take(&answer, asked_at);
        Ok(granted(&answer, &scopes))
    }

    async fn renew(&self, env: &impl Env, held: &mut Held) -> Result<Secret, SignInError> {
        held.may_ask(env)?;
        let asked_at = env.monotonic();
        match self.ask(env, held, &[]).await {
            Ok(answer) => {
                held.take(&answer, asked_at);
                held.access.as_ref().map(|(token, _)| token.clone()).ok_or(SignInError::Malformed)
            }
            // The refresh token is worth nothing any more. (A secret that is refused may be mended outside, so it is kept.)
            Err(SignInError::Refused(error))
                if matches!(self.source, Source::Delegated { .. }) && error.ends_session() =>
            {
                held.refresh = None;
                held.ended = Some(error.clone());
                Err(SignInError::Ended(Some(error)))
            }
            Err(error) => {
                held.heed(env, &error);
                Err(error)
            }
        }
    }

    /// Asks the endpoint. Without scopes a person's token holds those of the one before.
    async fn ask(&self, env: &impl Env, held: &Held, scopes: &[String]) -> Result<TokenAnswer, SignInError> {
        match &self.source {
            Source::Given => Err(SignInError::Ended(None)),
            Source::Delegated { cloud, tenant, client: id } => {
                let refresh = held.refresh.as_ref().ok_or(SignInError::Ended(None))?;
                let refresh = oauth2::RefreshToken::new(refresh.expose().clone());
                let client = client(cloud, tenant, id)?;
                let mut request = client.exchange_refresh_token(&refresh);
                if !scopes.is_empty() {
                    request = request.add_scopes(requested(cloud, scopes));
                }
                redeem(env, Grant::Refresh(request)).await
            }
            Source::Credentials { cloud, tenant, client: id, secret } => {
                let client = client(cloud, tenant, id)?
                    .set_client_secret(oauth2::ClientSecret::new(secret.expose().clone()));
                let scope = oauth2::Scope::new(format!("{}/.default", cloud.graph));
                redeem(env, Grant::Credentials(client.exchange_client_credentials().add_scope(scope))).await
            }
        }
    }

    /// Forgets a token that a service refused with 401, whatever the clock says, so that the next call renews it. One that
    /// was renewed meanwhile stays.
    pub async fn refused(&self, token: &Secret) {
        let mut held = self.held.lock().await;
        if held.access.as_ref().is_some_and(|(current, _)| current.expose() == token.expose()) {
            held.access = None;
        }
    }
}

impl Held {
    /// Whether the endpoint may be asked: not after the session's end, and not while it wants to be left alone.
    fn may_ask(&self, env: &impl Env) -> Result<(), SignInError> {
        if let Some(error) = &self.ended {
            return Err(SignInError::Ended(Some(error.clone())));
        }
        match self.quiet.and_then(|until| until.checked_sub(env.monotonic())) {
            Some(wait) if !wait.is_zero() => Err(SignInError::Busy { wait, error: None }),
            _ => Ok(()),
        }
    }

    /// Leaves a busy endpoint alone for as long as it asks.
    fn heed(&mut self, env: &impl Env, error: &SignInError) {
        if let SignInError::Busy { wait, .. } = error {
            self.quiet = Some(env.monotonic().saturating_add(*wait));
        }
    }

    /// The token in hand, if it lasts for longer than this.
    fn lasting(&self, env: &impl Env, margin: Duration) -> Option<Secret> {
        let (token, ends) = self.access.as_ref()?;
        (*ends > env.monotonic().saturating_add(margin)).then(|| token.clone())
    }

    fn take(&mut self, answer: &TokenAnswer, asked_at: Duration) {
        self.quiet = None;
        let life = answer.expires_in().unwrap_or(USUAL_LIFE);
        self.access =
            Some((Secret::new(answer.access_token().secret().clone()), asked_at.saturating_add(life)));
        if let Some(refresh) = answer.refresh_token() {
            self.refresh = Some(Secret::new(refresh.secret().clone()));
        }
    }
}
