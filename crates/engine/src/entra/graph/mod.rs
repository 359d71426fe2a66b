//! Microsoft Graph: one client for all calls. Follows pages, honours throttling, renews the token once on 401, and never
//! follows a link to another origin: the token belongs to Graph alone. Where a person may stop the work, its waits end with it.

mod batch;
mod change;
mod error;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use batch::{BatchRequest, MOST};
pub use change::{Change, Repeat};
pub use error::{GraphError, GraphErrorKind};

use crate::entra::clouds::Cloud;
use crate::entra::sign_in::{Challenge, SignInError};
use crate::entra::tokens::Tokens;
use crate::env::Env;
use crate::http::{Method, Request, Response};
use crate::retry;
use crate::stop::{Control, Stopped};

/// A client of Graph v1.0.
#[derive(Clone, Copy, Debug)]
pub struct Graph<'g, E> {
    /// The world outside.
    pub env: &'g E,
    /// Which cloud's Graph.
    pub cloud: &'g Cloud,
    /// Where tokens come from.
    pub tokens: &'g Tokens,
    /// What ends a wait for Graph early; nothing, where it lasts as long as Graph asks for.
    control: Option<&'g Control>,
}

impl<'g, E> Graph<'g, E> {
    /// A client whose waits last as long as Graph asks for.
    #[must_use]
    pub const fn new(env: &'g E, cloud: &'g Cloud, tokens: &'g Tokens) -> Self {
        Self { env, cloud, tokens, control: None }
    }

    /// The same client, whose waits end when a person stops the work or its time is up. Nothing is under way during one.
    #[must_use]
    pub const fn under(self, control: &'g Control) -> Self {
        Self { control: Some(control), ..self }
    }
}

#[derive(Deserialize)]
struct Page<T> {
    value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

/// How far a list was read.
#[derive(Clone, Debug)]
pub struct Pages<T> {
    /// What was read, in order.
    pub items: Vec<T>,
    /// What ended the reading early. The items before it are good, but others may be missing.
    pub broken: Option<GraphError>,
}

impl<T> Pages<T> {
    /// All of it, or what ended the reading: for lists where one that is missing would count as none.
    ///
    /// # Errors
    /// [`GraphError`].
    pub fn whole(self) -> Result<Vec<T>, GraphError> {
        self.broken.map_or(Ok(self.items), Err)
    }
}

impl<E: Env> Graph<'_, E> {
    /// Reads one object. `path` begins with a slash, after `/v1.0`.
    ///
    /// # Errors
    /// [`GraphError`], after the retries.
    pub async fn get<T: DeserializeOwned>(&self, doing: &str, path: &str) -> Result<T, GraphError> {
        let value = self.value(doing, &format!("{}/v1.0{path}", self.cloud.graph)).await?;
        read(doing, value)
    }

    /// Reads a list to its end, page by page. Never fails as a whole: what was read so far is kept and the break is named.
    pub async fn pages<T: DeserializeOwned>(&self, doing: &str, path: &str) -> Pages<T> {
        let mut items = Vec::new();
        let mut url = format!("{}/v1.0{path}", self.cloud.graph);
        let mut seen = BTreeSet::new();
        loop {
            let page = match self.value(doing, &url).await.and_then(|value| read::<Page<T>>(doing, value)) {
                Ok(page) => page,
                Err(error) => return Pages { items, broken: Some(error) },
            };
            items.extend(page.value);
            match page.next {
                None => return Pages { items, broken: None },
                Some(next) if !seen.insert(next.clone()) => {
                    let kind = GraphErrorKind::Malformed("its pages go round in a circle".to_owned());
                    return Pages { items, broken: Some(GraphError { doing: doing.to_owned(), kind }) };
                }
                Some(next) if !self.own(&next) => {
                    let error = GraphError { doing: doing.to_owned(), kind: GraphErrorKind::ForeignLink };
                    return Pages { items, broken: Some(error) };
                }
                Some(next) => url = next,
            }
        }
    }

    fn own(&self, url: &str) -> bool {
        url.strip_prefix(&self.cloud.graph).is_some_and(|rest| rest.starts_with('/'))
    }

    async fn value(&self, doing: &str, url: &str) -> Result<Value, GraphError> {
        let request = Request::new(Method::Get, url)
            .header("accept", "application/json")
            // Searching and counting need it, and next links do not carry it; elsewhere it does no harm.
            .header("consistencylevel", "eventual");
        let answer = self.call(doing, request, Repeat::Safe).await?;
        serde_json::from_slice(&answer.body).map_err(|error| GraphError {
            doing: doing.to_owned(),
            kind: GraphErrorKind::Malformed(error.to_string()),
        })
    }

    /// Sends a request with a token, again where that is worth while, and takes only success for an answer.
    async fn call(&self, doing: &str, request: Request, repeat: Repeat) -> Result<Response, GraphError> {
        let fail = |kind| GraphError { doing: doing.to_owned(), kind };
        let mut refused = None;
        let mut attempt = 0;
        loop {
            let token = match self.tokens.access(self.env).await {
                Ok(token) => token,
                // A token that cannot be renewed: what Graph said of it tells more.
                Err(error) => return Err(fail(refused.unwrap_or(GraphErrorKind::SignIn(error)))),
            };
            let last = attempt + 1 >= retry::ATTEMPTS;
            let answer = self.env.send(request.clone().bearer(&token)).await;
            if let Ok(answer) = &answer
                && let Some(Challenge { claims }) = Challenge::of(answer)
            {
                // No renewal brings what only a person can prove.
                let request_id = answer.header("request-id").unwrap_or_default().to_owned();
                return Err(fail(GraphErrorKind::SignIn(SignInError::Challenged { claims, request_id })));
            }
            let (kind, asked) = match answer {
                Ok(answer) if answer.is_success() => return Ok(answer),
                Ok(answer) if refused.is_none() && error::is_bad_token(&answer) => {
                    refused = Some(error::refusal(&answer));
                    self.tokens.refused(&token).await;
                    continue;
                }
                Ok(answer) if repeat.allows(&answer) && !last => {
                    (error::refusal(&answer), answer.retry_after())
                }
                Ok(answer) => return Err(fail(error::refusal(&answer))),
                Err(error) if repeat == Repeat::Safe && retry::worth_resending(&error) && !last => {
                    (GraphErrorKind::Send(error), None)
                }
                Err(error) => return Err(fail(GraphErrorKind::Send(error))),
            };
            self.rest(retry::wait(self.env, attempt, asked), kind).await.map_err(fail)?;
            attempt += 1;
        }
    }

    /// Waits before the next attempt. A wait that the work has no time for is not begun: then the last failure stands.
    async fn rest(&self, wait: Duration, last: GraphErrorKind) -> Result<(), GraphErrorKind> {
        let Some(control) = self.control else {
            self.env.sleep(wait).await;
            return Ok(());
        };
        if control.ends().is_some_and(|end| self.env.monotonic().saturating_add(wait) > end) {
            return Err(last);
        }
        control.sleep(self.env, wait).await.map_err(|Stopped| GraphErrorKind::Stopped)
    }
}

/// Takes an answer apart.
pub(super) fn read<T: DeserializeOwned>(doing: &str, value: Value) -> Result<T, GraphError> {
    serde_json::from_value(value).map_err(|error| GraphError {
        doing: doing.to_owned(),
        kind: GraphErrorKind::Malformed(error.to_string()),
    })
}
