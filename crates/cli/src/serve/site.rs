//! One origin: the page's files, its `config.json`, its relay, and the headers on all of them.

use std::net::SocketAddr;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::HOST;
use hyper::{Method, Request, StatusCode};

use super::files::Files;
use super::headers::PageHeaders;
use super::host::{Names, is_local};
use super::relay::Relay;
use crate::answers;
use crate::connections::{Answer, Handler};

/// What the page's sockets answer.
pub(crate) struct Site {
    /// The names that it answers to.
    pub(crate) names: Names,
    /// The headers of every answer.
    pub(crate) headers: PageHeaders,
    /// The built page.
    pub(crate) files: Files,
    /// The configuration.
    pub(crate) config: Bytes,
    /// The relay, on or off.
    pub(crate) relay: Relay,
}

impl Handler for Site {
    async fn handle(&self, peer: SocketAddr, request: Request<Incoming>) -> Option<Answer> {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let local = host.is_some_and(is_local);
        let mut answer = self.answer(peer, request).await;
        self.headers.complete(&mut answer, local);
        Some(answer)
    }
}

impl Site {
    async fn answer(&self, peer: SocketAddr, request: Request<Incoming>) -> Answer {
        let host = match own_name(&self.names, &request) {
            Ok(host) => host,
            Err(refusal) => return *refusal,
        };
        match request.uri().path() {
            path if path == "/relay" || path.starts_with("/relay/") => {
                self.relay.answer(peer.ip(), &host, request).await
            }
            "/config.json" => self.config(request.method()),
            path => self.files.answer(request.method(), path, request.headers()).await,
        }
    }

    fn config(&self, method: &Method) -> Answer {
        if method != Method::GET && method != Method::HEAD {
            return answers::wrong_method("GET, HEAD");
        }
        answers::body(StatusCode::OK, "application/json", self.config.clone())
    }
}

/// The name under which the page is asked for: one of ours, in a request for a path.
///
/// # Errors
/// The answer to requests that are meant for a proxy or for another name.
pub(crate) fn own_name<B>(names: &Names, request: &Request<B>) -> Result<String, Box<Answer>> {
    if matches!(*request.method(), Method::CONNECT | Method::TRACE) {
        return Err(Box::new(answers::wrong_method("GET, HEAD")));
    }
    if request.uri().authority().is_some() {
        let text = "This server is no proxy: ask for a path.";
        return Err(Box::new(answers::text(StatusCode::BAD_REQUEST, text)));
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) {
        (Some(host), None) if names.admits(host) => Ok(host.to_owned()),
        _ => {
            let text = "This server does not answer under this name. Open it as localhost, or start it with --host and \
                        the name that stands in the browser's address.";
            Err(Box::new(answers::text(StatusCode::MISDIRECTED_REQUEST, text)))
        }
    }
}
