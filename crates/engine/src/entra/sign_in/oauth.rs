//! The `oauth2` crate, fitted to Entra and to [`Env`]: Entra's own error body, the ID token, our own transport.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use oauth2::basic::{BasicRevocationErrorResponse, BasicTokenType};
use oauth2::{
    AsyncHttpClient, AuthUrl, ClientCredentialsTokenRequest, CodeTokenRequest, EndpointNotSet, EndpointSet,
    ExtraTokenFields, HttpRequest, HttpResponse, RefreshTokenRequest, RequestTokenError,
    StandardRevocableToken, StandardTokenIntrospectionResponse, StandardTokenResponse, TokenResponse as _,
    TokenUrl,
};
use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroize as _;

use crate::entra::clouds::Cloud;
use crate::entra::ids::{ClientId, TenantId};
use crate::entra::sign_in::{ServerError, SignInError};
use crate::env::Env;
use crate::http::{Method, Request, Response, SendError, SendErrorKind};
use crate::retry;
use crate::secret::Secret;

/// What Entra's token answer holds beyond the standard.
#[derive(Debug, Deserialize)]
pub(crate) struct Extra {
    #[serde(default, deserialize_with = "id_token")]
    pub(crate) id_token: Option<Secret>,
}

// The crate asks for it but never calls it; a token is not for writing anywhere.
impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl ExtraTokenFields for Extra {}

fn id_token<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(Secret::new))
}

pub(crate) type TokenAnswer = StandardTokenResponse<Extra, BasicTokenType>;
type Introspection = StandardTokenIntrospectionResponse<Extra, BasicTokenType>;

/// A public client of one tenant: its addresses are known, nothing else is used.
pub(crate) type Client = oauth2::Client<
    ServerError,
    TokenAnswer,
    Introspection,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

pub(crate) fn client(cloud: &Cloud, tenant: &TenantId, client: &ClientId) -> Result<Client, SignInError> {
    let address = |end: &str| format!("{}/{tenant}/oauth2/v2.0/{end}", cloud.authority);
    let bad = |_| SignInError::Address(cloud.authority.clone());
    Ok(oauth2::Client::new(oauth2::ClientId::new(client.as_str().to_owned()))
        .set_auth_uri(AuthUrl::new(address("authorize")).map_err(bad)?)
        .set_token_uri(TokenUrl::new(address("token")).map_err(bad)?)
        // Entra reads a secret from the body as well as from a header, and a public client has only the body.
        .set_auth_type(oauth2::AuthType::RequestBody))
}

/// The three ways to a token.
pub(crate) enum Grant<'g> {
    Code(CodeTokenRequest<'g, ServerError, TokenAnswer>),
    Refresh(RefreshTokenRequest<'g, ServerError, TokenAnswer>),
    Credentials(ClientCredentialsTokenRequest<'g, ServerError, TokenAnswer>),
}

/// How often the endpoint is asked for one token. Beyond that it is left alone (MSAL does not ask twice at all; a run of hours
/// should survive one bad answer).
const ATTEMPTS: u32 = 4;
/// Nobody waits longer than this inside one attempt to get a token; asked for more, the caller is told instead.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a busy endpoint is left alone when it does not say, and at most (MSAL's own numbers).
const QUIET: Duration = Duration::from_secs(60);
const LONGEST_QUIET: Duration = Duration::from_secs(3600);

/// Asks the token endpoint. A code is used once, so it is sent once; the other two ways may be tried again when the endpoint
/// is busy or out of reach, as it says and a few times only.
pub(crate) async fn redeem(env: &impl Env, grant: Grant<'_>) -> Result<TokenAnswer, SignInError> {
    let http = Http { env, attempts: if matches!(grant, Grant::Code(_)) { 1 } else { ATTEMPTS } };
    let answer = match grant {
        Grant::Code(request) => request.request_async(&http).await,
        Grant::Refresh(request) => request.request_async(&http).await,
        Grant::Credentials(request) => request.request_async(&http).await,
    };
    let answer = answer.map_err(|error| match error {
        RequestTokenError::ServerResponse(error) if error.is_passing() => {
            SignInError::Busy { wait: QUIET, error: Some(Box::new(error)) }
        }
        RequestTokenError::ServerResponse(error) => SignInError::Refused(Box::new(error)),
        RequestTokenError::Request(NoAnswer::Send(error)) => SignInError::Send(error),
        RequestTokenError::Request(NoAnswer::Busy(wait, error)) => SignInError::Busy { wait, error },
        // The body may hold tokens: it is wiped, not shown.
        RequestTokenError::Parse(_, mut body) => {
            body.zeroize();
            SignInError::Malformed
        }
        RequestTokenError::Other(_) => SignInError::Malformed,
    })?;
    // A token of a type that is not understood must not be used (RFC 6749, 7.1).
    match answer.token_type() {
        BasicTokenType::Bearer => Ok(answer),
        BasicTokenType::Mac | BasicTokenType::Extension(_) => Err(SignInError::Malformed),
    }
}

/// Why there is nothing for the `oauth2` crate to read.
#[derive(Debug)]
enum NoAnswer {
    Send(SendError),
    Busy(Duration, Option<Box<ServerError>>),
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(error) => error.fmt(f),
            Self::Busy(..) => f.write_str("the sign-in service is busy"),
        }
    }
}

impl std::error::Error for NoAnswer {}

struct Http<'e, E> {
    env: &'e E,
    attempts: u32,
}

impl<E: Env> Http<'_, E> {
    async fn ask(&self, request: Request) -> Result<Response, NoAnswer> {
        let mut attempt = 0;
        loop {
            let last = attempt + 1 >= self.attempts;
            let asked = match self.env.send(request.clone()).await {
                Ok(answer) if retry::worth_repeating(&answer) => {
                    let asked = answer.retry_after().map(|wait| wait.min(LONGEST_QUIET));
                    if last || asked.is_some_and(|wait| wait > PATIENCE) {
                        // A gateway answers with something that is no error of OAuth.
                        let error = serde_json::from_slice(&answer.body).ok().map(Box::new);
                        return Err(NoAnswer::Busy(asked.unwrap_or(QUIET), error));
                    }
                    asked
                }
                Ok(answer) => return Ok(answer),
                Err(error) if retry::worth_resending(&error) && !last => None,
                Err(error) => return Err(NoAnswer::Send(error)),
            };
            self.env.sleep(retry::wait(self.env, attempt, asked)).await;
            attempt += 1;
        }
    }
}

impl<'c, E: Env> AsyncHttpClient<'c> for Http<'_, E> {
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoAnswer>> + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let plain = Request::new(Method::Post, parts.uri.to_string())
                .header("accept", "application/json")
                .body("application/x-www-form-urlencoded", body);
            let answer = self.ask(plain).await?;
            let kind = answer.header("content-type").unwrap_or("application/json").to_owned();
            oauth2::http::Response::builder()
                .status(answer.status)
                .header("content-type", kind)
                .body(answer.body)
                .map_err(|error| NoAnswer::Send(SendError::new(SendErrorKind::Unsendable, error.to_string())))
        })
    }
}
