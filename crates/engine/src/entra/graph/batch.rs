//! Many requests in one call (Graph: `json-batching`). Each is answered by itself: the call succeeds while some of it fails, and
//! what is throttled is repeated alone.

use std::collections::HashMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::refusal;
use super::{Change, Graph, GraphError, GraphErrorKind, Repeat};
use crate::entra::sign_in::{Challenge, SignInError};
use crate::env::Env;
use crate::http::{Method, Request, Response};
use crate::retry;

/// Graph takes no more requests in one call.
pub const MOST: usize = 20;

/// One request of a batch.
#[derive(Clone, Debug)]
pub struct BatchRequest {
    doing: String,
    method: Method,
    path: String,
    body: Option<Value>,
    repeat: Repeat,
}

impl BatchRequest {
    /// A read. `path` begins with a slash, after `/v1.0`.
    pub fn get(doing: impl Into<String>, path: impl Into<String>) -> Self {
        let (doing, path) = (doing.into(), path.into());
        Self { doing, method: Method::Get, path, body: None, repeat: Repeat::Safe }
    }

    /// A change. Upserts do not belong in a batch: the preference that makes one is not sent here.
    #[must_use]
    pub fn change(change: Change<'_>) -> Self {
        let Change { doing, method, path, body, upsert: _, repeat } = change;
        Self { doing: doing.to_owned(), method, path: path.to_owned(), body, repeat }
    }

    /// What it does, for messages.
    #[must_use]
    pub fn doing(&self) -> &str {
        &self.doing
    }

    fn failed<T>(&self, kind: GraphErrorKind) -> Result<T, GraphError> {
        Err(GraphError { doing: self.doing.clone(), kind })
    }

    /// As a batch writes it down.
    fn write(&self, id: usize) -> Value {
        let mut headers = Map::new();
        headers.insert("Accept".to_owned(), json!("application/json"));
        if self.method == Method::Get {
            headers.insert("ConsistencyLevel".to_owned(), json!("eventual"));
        }
        let mut part = json!({ "id": id.to_string(), "method": self.method.as_str(), "url": self.path });
        if let (Some(body), Some(part)) = (&self.body, part.as_object_mut()) {
            headers.insert("Content-Type".to_owned(), json!("application/json"));
            part.insert("body".to_owned(), body.clone());
        }
        if let Some(part) = part.as_object_mut() {
            part.insert("headers".to_owned(), Value::Object(headers));
        }
        part
    }

    /// What an answer means for it; no answer leaves open whether it was carried out.
    fn read(&self, part: Option<Part>, last: bool) -> Read {
        let Some(part) = part else {
            let lost = GraphErrorKind::Malformed("the batch holds no answer to this request".to_owned());
            let again = self.repeat == Repeat::Safe && !last;
            return if again { Read::Again(lost, None) } else { Read::Done(self.failed(lost)) };
        };
        let answer = part.alone();
        if answer.is_success() {
            return Read::Done(Ok(part.body));
        }
        if let Some(Challenge { claims }) = Challenge::of(&answer) {
            let request_id = answer.header("request-id").unwrap_or_default().to_owned();
            let challenged = SignInError::Challenged { claims, request_id };
            return Read::Done(self.failed(GraphErrorKind::SignIn(challenged)));
        }
        if self.repeat.allows(&answer) && !last {
            return Read::Again(refusal(&answer), answer.retry_after());
        }
        Read::Done(self.failed(refusal(&answer)))
    }
}

enum Read {
    Done(Result<Value, GraphError>),
    /// To be sent again: why, and after which wait, if one was asked for.
    Again(GraphErrorKind, Option<Duration>),
}

#[derive(Deserialize)]
struct Parts {
    responses: Vec<Value>,
}

#[derive(Deserialize)]
struct Part {
    id: String,
    status: u16,
    #[serde(default)]
    headers: Option<Map<String, Value>>,
    #[serde(default)]
    body: Value,
}

impl Part {
    /// As if it had come alone. Its headers stand in the body, where CORS hides none of them.
    fn alone(&self) -> Response {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let headers = self.headers.iter().flatten();
        Response {
            status: self.status,
            headers: headers.map(|(name, value)| (name.to_ascii_lowercase(), text(value))).collect(),
            body: self.body.to_string().into_bytes(),
        }
    }
}

impl<E: Env> Graph<'_, E> {
    /// Sends requests, up to [`MOST`] in a call, and brings what came of each, in their order. They run side by side: what depends on
    /// another one belongs in a later call.
    pub async fn batch(&self, requests: &[BatchRequest]) -> Vec<Result<Value, GraphError>> {
        let mut all = Vec::with_capacity(requests.len());
        for some in requests.chunks(MOST) {
            all.extend(self.at_once(some).await);
        }
        all
    }

    async fn at_once(&self, requests: &[BatchRequest]) -> Vec<Result<Value, GraphError>> {
        let mut done: Vec<Option<Result<Value, GraphError>>> = requests.iter().map(|_| None).collect();
        let mut attempt = 0;
        loop {
            let each = requests.iter().zip(&done).enumerate();
            let open: Vec<_> = each
                .filter(|(_, (_, done))| done.is_none())
                .map(|(id, (request, _))| (id, request))
                .collect();
            let mut answers = self.post(&open).await.map_err(|error| error.kind);
            let last = attempt + 1 >= retry::ATTEMPTS;
            let (mut again, mut asked) = (Vec::new(), None);
            for (id, (request, done)) in requests.iter().zip(&mut done).enumerate() {
                if done.is_some() {
                    continue;
                }
                match &mut answers {
                    // What became of the call became of each: after a lost answer nobody knows which were carried out.
                    Err(kind) => *done = Some(request.failed(kind.clone())),
                    Ok(answers) => match request.read(answers.remove(&id.to_string()), last) {
                        Read::Done(result) => *done = Some(result),
                        Read::Again(kind, wait) => {
                            asked = asked.max(wait);
                            again.push((request, done, kind));
                        }
                    },
                }
            }
            let Some((_, _, first)) = again.first() else { return done.into_iter().flatten().collect() };
            if let Err(end) = self.rest(retry::wait(self.env, attempt, asked), first.clone()).await {
                for (request, done, kind) in again {
                    // Without time for another attempt each has failed in its own way.
                    let kind = if end == GraphErrorKind::Stopped { end.clone() } else { kind };
                    *done = Some(request.failed(kind));
                }
                return done.into_iter().flatten().collect();
            }
            attempt += 1;
        }
    }

    async fn post(&self, open: &[(usize, &BatchRequest)]) -> Result<HashMap<String, Part>, GraphError> {
        const DOING: &str = "send several requests at once";
        let parts: Vec<Value> = open.iter().map(|(id, request)| request.write(*id)).collect();
        let safe = open.iter().all(|(_, request)| request.repeat == Repeat::Safe);
        let request = Request::new(Method::Post, format!("{}/v1.0/$batch", self.cloud.graph))
            .header("accept", "application/json")
            .body("application/json", json!({ "requests": parts }).to_string().into_bytes());
        let answer = self.call(DOING, request, if safe { Repeat::Safe } else { Repeat::Once }).await?;
        let parts: Parts = serde_json::from_slice(&answer.body).map_err(|error| GraphError {
            doing: DOING.to_owned(),
            kind: GraphErrorKind::Malformed(error.to_string()),
        })?;
        // A part that cannot be read is none.
        let parts = parts.responses.into_iter().filter_map(|part| serde_json::from_value::<Part>(part).ok());
        Ok(parts.map(|part| (part.id.clone(), part)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(value: Value) -> Option<Part> {
        Some(serde_json::from_value(value).unwrap())
    }

    fn status(read: Read) -> u16 {
        match read {
            Read::Done(Err(error)) => error.status().unwrap(),
            _ => panic!("no refusal"),
        }
    }

    #[test]
    fn a_part_says_what_a_request_alone_says_in_its_headers() {
        let read = BatchRequest::get("read", "/users/a?$select=id");
        assert_eq!(
            read.write(3),
            json!({ "id": "3", "method": "GET", "url": "/users/a?$select=id",
                "headers": { "Accept": "application/json", "ConsistencyLevel": "eventual" } })
        );
        let change = BatchRequest::change(Change::post("assign", "/x", json!({ "a": 1 })));
        assert_eq!(
            change.write(0),
            json!({ "id": "0", "method": "POST", "url": "/x", "body": { "a": 1 },
                "headers": { "Accept": "application/json", "Content-Type": "application/json" } })
        );
    }

    #[test]
    fn only_what_cannot_be_done_twice_is_sent_again() {
        let read = BatchRequest::get("read", "/users/a");
        let post = BatchRequest::change(Change::post("assign", "/x", Value::Null));
        let busy = || part(json!({ "id": "0", "status": 429, "headers": { "Retry-After": "7" } }));
        let broken = || part(json!({ "id": "0", "status": 503, "headers": {} }));
        for request in [&read, &post] {
            let Read::Again(_, wait) = request.read(busy(), false) else { panic!("429 is not repeated") };
            assert_eq!(wait, Some(Duration::from_secs(7)));
            assert_eq!(status(request.read(busy(), true)), 429);
        }
        assert!(matches!(read.read(broken(), false), Read::Again(_, None)));
        assert_eq!(status(post.read(broken(), false)), 503);
        assert!(matches!(read.read(None, false), Read::Again(_, None)));
    }

    #[test]
    fn no_answer_to_a_change_leaves_open_whether_it_was_made() {
        let post = BatchRequest::change(Change::post("assign Ada", "/x", Value::Null));
        let Read::Done(Err(error)) = post.read(None, false) else { panic!("not told") };
        assert_eq!((error.doing.as_str(), error.is_unsure()), ("assign Ada", true));
    }

    #[test]
    fn a_refusal_names_its_request_and_keeps_graphs_words() {
        let post = BatchRequest::change(Change::post("assign Ada", "/x", Value::Null));
        let refused = part(json!({
            "id": "0", "status": 400, "headers": { "request-id": "r1" },
            "body": { "error": { "code": "Request_BadRequest", "message": "No." } },
        }));
        let Read::Done(Err(error)) = post.read(refused, false) else { panic!("not refused") };
        let kind = GraphErrorKind::Refused {
            status: 400,
            code: "Request_BadRequest".to_owned(),
            message: "No.".to_owned(),
            request_id: "r1".to_owned(),
        };
        assert_eq!(error, GraphError { doing: "assign Ada".to_owned(), kind });
    }
}
