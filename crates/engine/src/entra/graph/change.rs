//! Changes to the directory. Reads may be repeated at will; a change only where repeating it cannot do it twice.

use std::io::{self, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{Graph, GraphError, GraphErrorKind};
use crate::env::Env;
use crate::http::{Method, Request, Response};
use crate::retry;

/// When a request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Whenever it is worth while: sent twice it does no more than sent once.
    Safe,
    /// Only after an answer that says it was not carried out (429): it might be done twice.
    Once,
}

impl Repeat {
    pub(super) const fn allows(self, answer: &Response) -> bool {
        match self {
            Self::Safe => retry::worth_repeating(answer),
            Self::Once => answer.status == 429,
        }
    }
}

/// A change to send.
#[derive(Clone, Debug)]
pub struct Change<'c> {
    /// What it does, such as `register the application "Sync"`.
    pub doing: &'c str,
    /// How.
    pub method: Method,
    /// Where; begins with a slash, after `/v1.0`.
    pub path: &'c str,
    /// With what.
    pub body: Option<Value>,
    /// Whether an object that is not there is made: Graph's upsert by an alternate key (`Prefer: create-if-missing`).
    pub upsert: bool,
    /// When it may be sent again.
    pub repeat: Repeat,
}

impl<'c> Change<'c> {
    /// Sets properties of an object to given values.
    #[must_use]
    pub const fn patch(doing: &'c str, path: &'c str, body: Value) -> Self {
        Self { doing, method: Method::Patch, path, body: Some(body), upsert: false, repeat: Repeat::Safe }
    }

    /// Sets properties of the object that an alternate key names, and makes it if there is none. Sent twice it still makes
    /// one (`application-upsert`, `serviceprincipal-upsert` of Graph v1.0, in all clouds).
    #[must_use]
    pub const fn upsert(doing: &'c str, path: &'c str, body: Value) -> Self {
        Self { doing, method: Method::Patch, path, body: Some(body), upsert: true, repeat: Repeat::Safe }
    }

    /// Adds something, or calls an action.
    #[must_use]
    pub const fn post(doing: &'c str, path: &'c str, body: Value) -> Self {
        Self { doing, method: Method::Post, path, body: Some(body), upsert: false, repeat: Repeat::Once }
    }

    /// Replaces something as a whole.
    #[must_use]
    pub const fn put(doing: &'c str, path: &'c str, body: Value) -> Self {
        Self { doing, method: Method::Put, path, body: Some(body), upsert: false, repeat: Repeat::Safe }
    }

    /// Removes something.
    #[must_use]
    pub const fn delete(doing: &'c str, path: &'c str) -> Self {
        Self { doing, method: Method::Delete, path, body: None, upsert: false, repeat: Repeat::Safe }
    }
}

impl<E: Env> Graph<'_, E> {
    /// Sends a change. What it brought is read back by the caller: upserts answer with nothing when the object was there.
    ///
    /// # Errors
    /// [`GraphError`]. After [`GraphError::is_unsure`] nobody knows whether it was carried out: look before sending it again.
    pub async fn change(&self, change: Change<'_>) -> Result<(), GraphError> {
        self.send(change).await.map(drop)
    }

    /// Sends an upsert, and says whether this one made the object (201) or found it there (204). After a lost answer the second
    /// try finds what the first one made.
    ///
    /// # Errors
    /// As [`Graph::change`].
    pub async fn make(&self, change: Change<'_>) -> Result<bool, GraphError> {
        self.send(change).await.map(|answer| answer.status == 201)
    }

    /// Sends a change whose answer says what cannot be read back, and wipes the answer as it came.
    ///
    /// # Errors
    /// As [`Graph::change`]; an answer that cannot be read is unsure too.
    pub async fn change_for<T: DeserializeOwned>(&self, change: Change<'_>) -> Result<T, GraphError> {
        let doing = change.doing;
        let answer = self.send(change).await?;
        let body = Zeroizing::new(answer.body);
        serde_json::from_slice(&body).map_err(|error| GraphError {
            doing: doing.to_owned(),
            kind: GraphErrorKind::Malformed(error.to_string()),
        })
    }

    /// Sends a body that holds a secret, and that may be sent twice. It is written into memory that is wiped, and stands in no value on the way.
    ///
    /// # Errors
    /// As [`Graph::change`].
    pub async fn hand_over(
        &self,
        doing: &str,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<(), GraphError> {
        let unwritten = |error: serde_json::Error| GraphError {
            doing: doing.to_owned(),
            kind: GraphErrorKind::Malformed(error.to_string()),
        };
        // A buffer that grows would leave copies behind.
        let mut length = Length(0);
        serde_json::to_writer(&mut length, body).map_err(unwritten)?;
        let mut bytes = Vec::with_capacity(length.0);
        serde_json::to_writer(&mut bytes, body).map_err(unwritten)?;
        let request = Request::new(method, format!("{}/v1.0{path}", self.cloud.graph))
            .header("accept", "application/json")
            .body("application/json", bytes);
        self.call(doing, request, Repeat::Safe).await.map(drop)
    }

    async fn send(&self, change: Change<'_>) -> Result<Response, GraphError> {
        let Change { doing, method, path, body, upsert, repeat } = change;
        let mut request = Request::new(method, format!("{}/v1.0{path}", self.cloud.graph))
            .header("accept", "application/json");
        if upsert {
            request = request.header("prefer", "create-if-missing");
        }
        if let Some(body) = body {
            request = request.body("application/json", body.to_string().into_bytes());
        }
        self.call(doing, request, repeat).await
    }
}

/// Counts what is written.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
