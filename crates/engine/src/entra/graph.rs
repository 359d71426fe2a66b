//! Microsoft Graph: one client for all reads. Follows pages, honours throttling, renews the token once on 401, and never
//! follows a link to another origin: the token belongs to Graph alone.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::entra::clouds::Cloud;
use crate::entra::sign_in::SignInError;
use crate::entra::tokens::Tokens;
use crate::env::Env;
use crate::http::{Method, Request, Response, SendError};
use crate::problem::{Explain, Problem};
use crate::{remedy, retry};

/// A client of Graph v1.0.
#[derive(Clone, Copy, Debug)]
pub struct Graph<'g, E> {
    /// The world outside.
    pub env: &'g E,
    /// Which cloud's Graph.
    pub cloud: &'g Cloud,
    /// Where tokens come from.
    pub tokens: &'g Tokens,
}

/// Why something could not be read from Graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphError {
    /// What was tried, such as `read the members of the group "Analysts"`.
    pub doing: String,
    /// How it failed.
    pub kind: GraphErrorKind,
}

/// How a call to Graph failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GraphErrorKind {
    /// No token could be had.
    SignIn(SignInError),
    /// No answer.
    Send(SendError),
    /// Graph refuses.
    Refused {
        /// The HTTP status.
        status: u16,
        /// Graph's code; may be empty.
        code: String,
        /// Graph's words.
        message: String,
        /// Graph's id of the request, for support.
        request_id: String,
    },
    /// An answer that cannot be read, with the reason.
    Malformed(String),
    /// A next link that leaves Graph. It is not followed.
    ForeignLink,
}

impl GraphError {
    /// Whether the token must be obtained anew by a person.
    #[must_use]
    pub const fn needs_sign_in(&self) -> bool {
        matches!(self.kind, GraphErrorKind::SignIn(_) | GraphErrorKind::Refused { status: 401, .. })
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = self.explain();
        write!(f, "{} {}", problem.what, problem.why)
    }
}

impl std::error::Error for GraphError {}

impl Explain for GraphError {
    fn explain(&self) -> Problem {
        let what = format!("Could not {}.", self.doing);
        match &self.kind {
            GraphErrorKind::SignIn(error) => {
                let inner = error.explain();
                Problem { what, ..inner }
            }
            GraphErrorKind::Send(error) => Problem::new(
                what,
                "Microsoft Graph did not answer, after several tries.",
                "Check the network (a proxy or filter may block Graph's address), then try again.",
            )
            .detail("error", error.to_string()),
            GraphErrorKind::Refused { status, code, message, request_id } => {
                let remedy = remedy::graph(*status, code);
                Problem::new(what, remedy.why, remedy.todo)
                    .detail("status", status.to_string())
                    .detail("code", code)
                    .detail("message", message)
                    .detail("request-id", request_id)
            }
            GraphErrorKind::Malformed(words) => Problem::new(
                what,
                "Microsoft Graph answered with something that cannot be read.",
                "Check that nothing between here and Graph rewrites answers, then try again.",
            )
            .detail("error", words),
            GraphErrorKind::ForeignLink => Problem::new(
                what,
                "The answer points to another server for its next page. The token is for Graph alone, so it was not \
                 followed.",
                "Check that nothing between here and Graph rewrites answers.",
            ),
        }
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
        let fail = |kind| GraphError { doing: doing.to_owned(), kind };
        let mut refused = None;
        let mut attempt = 0;
        loop {
            let token = match self.tokens.access(self.env).await {
                Ok(token) => token,
                // A token that cannot be renewed: what Graph said of it tells more.
                Err(error) => return Err(fail(refused.unwrap_or(GraphErrorKind::SignIn(error)))),
            };
            let request = Request::new(Method::Get, url)
                .header("accept", "application/json")
                // Searching and counting need it, and next links do not carry it; elsewhere it does no harm.
                .header("consistencylevel", "eventual")
                .bearer(&token);
            let last = attempt + 1 >= retry::ATTEMPTS;
            let wait = match self.env.send(request).await {
                Ok(answer) if answer.is_success() => {
                    return serde_json::from_slice(&answer.body)
                        .map_err(|error| fail(GraphErrorKind::Malformed(error.to_string())));
                }
                Ok(answer) if answer.status == 401 && refused.is_none() => {
                    refused = Some(refusal(&answer));
                    self.tokens.refused(&token).await;
                    continue;
                }
                Ok(answer) if retry::worth_repeating(&answer) && !last => answer.retry_after(),
                Ok(answer) => return Err(fail(refusal(&answer))),
                Err(error) if retry::worth_resending(&error) && !last => None,
                Err(error) => return Err(fail(GraphErrorKind::Send(error))),
            };
            self.env.sleep(retry::wait(self.env, attempt, wait)).await;
            attempt += 1;
        }
    }
}

fn read<T: DeserializeOwned>(doing: &str, value: Value) -> Result<T, GraphError> {
    serde_json::from_value(value).map_err(|error| GraphError {
        doing: doing.to_owned(),
        kind: GraphErrorKind::Malformed(error.to_string()),
    })
}

/// Graph's error object; a nested code is more exact than the outer one, which may be empty.
fn refusal(answer: &Response) -> GraphErrorKind {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let outer = text("/error/code");
    GraphErrorKind::Refused {
        status: answer.status,
        code: if outer.is_empty() { text("/error/innerError/code") } else { outer },
        message: text("/error/message"),
        request_id: answer
            .header("request-id")
            .map_or_else(|| text("/error/innerError/request-id"), str::to_owned),
    }
}
