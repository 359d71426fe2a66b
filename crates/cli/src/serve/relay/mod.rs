//! The relay: `relay/{host}/{path}` on the page's own origin, because Databricks sends no CORS headers.
//!
//! It sees the Databricks token in clear, so it does little and that little narrowly: exact hosts, a table of methods
//! and paths, vetted addresses, named headers, bounded sizes and times. It keeps nothing and follows nothing.

mod address;
mod alias;
mod allow;
mod caller;
mod deliver;
mod headers;
mod path;
mod rate;
mod refusal;
mod tally;
mod upstream;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod played;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use engine::problem::Problem;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::header::CONTENT_LENGTH;
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::address::Opened;
pub(crate) use self::alias::Alias;
pub(crate) use self::allow::AllowList;
use self::rate::Limiter;
use self::refusal::{Code, Refusal};
use self::tally::Tally;
use self::upstream::{System, Upstream};
use crate::answers;
use crate::connections::Answer;
use crate::say;

/// The largest body of a request, in bytes.
const LARGEST_BODY: usize = 1024 * 1024;
/// A client that has not sent its body by then is let go.
const BODY_TIME: Duration = Duration::from_secs(15);
/// Requests that are under way to the hosts at a time, with their answers in memory.
const CONCURRENT: usize = 16;
/// How long a request waits for one of these places.
const WAIT_TIME: Duration = Duration::from_secs(5);

/// The relay of one server.
pub(crate) struct Relay {
    allow: AllowList,
    alias: Option<Alias>,
    upstream: Option<Upstream>,
    limiter: Mutex<Limiter>,
    unread: Mutex<Tally>,
    slots: Arc<Semaphore>,
    started: Instant,
}

/// What the log says of a request: nothing that was not checked.
struct Line {
    host: String,
    template: &'static str,
}

impl Relay {
    /// A relay to the hosts of an allow-list; with none and without the sample it is off.
    ///
    /// # Errors
    /// A [`Problem`] when a private range is none, or TLS cannot be set up.
    pub(crate) fn new(allow: AllowList, private: &[String], alias: Option<Alias>) -> Result<Self, Problem> {
        let opened = Opened::parse(private)?;
        let upstream = if allow.hosts().is_empty() { None } else { Some(Upstream::new(System, opened)?) };
        Ok(Self::with(allow, alias, upstream))
    }

    fn with(allow: AllowList, alias: Option<Alias>, upstream: Option<Upstream>) -> Self {
        Self {
            allow,
            alias,
            upstream,
            limiter: Mutex::new(Limiter::new()),
            unread: Mutex::new(Tally::new()),
            slots: Arc::new(Semaphore::new(CONCURRENT)),
            started: Instant::now(),
        }
    }

    /// The hosts that it reaches, the sample's too.
    pub(crate) fn hosts(&self) -> Vec<&str> {
        let allowed = self.allow.hosts().iter().map(String::as_str);
        allowed.chain(self.alias.iter().map(|alias| alias.host.as_str())).collect()
    }

    /// Answers a request for an address under `/relay`, and writes at most one line to the log. `own` is the admitted `Host`
    /// header.
    pub(crate) async fn answer(&self, peer: IpAddr, own: &str, request: Request<Incoming>) -> Answer {
        let started = Instant::now();
        let mut line = Line { host: "-".to_owned(), template: "-" };
        let method = loggable(request.method());
        let outcome = self.judge(peer, own, request, &mut line).await;
        let told = outcome.as_ref().map_or_else(|refusal| self.note(refusal.code), |_| Some(String::new()));
        let mut answer = outcome.unwrap_or_else(Refusal::into_answer);
        headers::seal(answer.headers_mut());
        if let Some(note) = told {
            say::log(format!(
                "{method} {} {} {} {}ms {}B{note}",
                line.host,
                line.template,
                answer.status().as_u16(),
                started.elapsed().as_millis(),
                answer.body().size_hint().lower(),
            ));
        }
        answer
    }

    /// What a line of the log ends with after a refusal; `None` when it gets none.
    fn note(&self, code: Code) -> Option<String> {
        if !matches!(code, Code::Off | Code::Caller | Code::Rate) {
            return Some(format!(" {}", code.as_str()));
        }
        let now = self.started.elapsed();
        let more = self.unread.lock().unwrap_or_else(PoisonError::into_inner).count(now)?;
        let more =
            if more == 0 { String::new() } else { format!(" (and {more} before it: off, caller or rate)") };
        Some(format!(" {}{more}", code.as_str()))
    }

    /// Everything that is checked, in order; what is cheap and says least to strangers comes first.
    async fn judge(
        &self,
        peer: IpAddr,
        own: &str,
        request: Request<Incoming>,
        line: &mut Line,
    ) -> Result<Answer, Refusal> {
        if self.hosts().is_empty() {
            let message = "The relay is off: this server was started without --allow and a Databricks host. The page \
                           needs it to reach Databricks; the command line does not.";
            return Err(Refusal::new(Code::Off, message));
        }
        let (parts, body) = request.into_parts();
        caller::check(&parts.headers, own).map_err(|why| {
            let message = format!("Only the page of this address may use the relay, and {why}.");
            Refusal::new(Code::Caller, message)
        })?;
        self.take(peer)?;
        headers::check_framing(&parts.method, &parts.headers).map_err(|why| malformed(&parts.method, why))?;
        if parts.uri.path() == "/relay/" {
            return self.listing(&parts.method);
        }
        let (host, path) = path::split(parts.uri.path()).map_err(|fault| misplaced(&parts.method, fault))?;
        let alias = self.alias.as_ref().filter(|alias| alias.host == host);
        if alias.is_none() && !self.allow.admits(host) {
            let message = format!(
                "This relay does not reach {host}. Whoever runs it can start it with --allow and exactly that host."
            );
            return Err(Refusal::new(Code::Host, message));
        }
        host.clone_into(&mut line.host);
        line.template =
            path::find(parts.method.as_str(), path).map_err(|fault| misplaced(&parts.method, fault))?;
        let query = parts.uri.query();
        path::query(query.unwrap_or_default()).map_err(|fault| misplaced(&parts.method, fault))?;
        let up = headers::up(&parts.headers).map_err(|why| malformed(&parts.method, why))?;
        let body = collect(&parts, body).await?;
        let slot = self.slot().await?;
        let received = match (alias, &self.upstream) {
            (Some(alias), _) => alias.ask(&parts.method, (path, query), &up, body).await?,
            (None, Some(upstream)) => {
                upstream.send(parts.method.clone(), (host, path, query), up, body).await?
            }
            (None, None) => return Err(Refusal::new(Code::Off, "The relay reaches the sample tenant only.")),
        };
        deliver::deliver(host, received, slot)
    }

    fn take(&self, peer: IpAddr) -> Result<(), Refusal> {
        let now = self.started.elapsed();
        let taken = self.limiter.lock().unwrap_or_else(PoisonError::into_inner).take(peer, now);
        taken.map_err(|wait| {
            Refusal::new(Code::Rate, "Too many requests for this relay. Wait a moment.").wait(wait)
        })
    }

    fn listing(&self, method: &Method) -> Result<Answer, Refusal> {
        if method != Method::GET {
            return Err(Refusal::method("GET"));
        }
        let listing = serde_json::json!({ "relay": 1, "hosts": self.hosts() });
        Ok(answers::body(StatusCode::OK, "application/json", listing.to_string()))
    }

    async fn slot(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let waited = tokio::time::timeout(WAIT_TIME, Arc::clone(&self.slots).acquire_owned()).await;
        waited.ok().and_then(Result::ok).ok_or_else(|| {
            let message = "The relay is busy with other requests. Wait a moment and repeat this one.";
            Refusal::new(Code::Busy, message).wait(Duration::from_secs(1))
        })
    }
}

/// Methods are free text; the log shows those that mean something here.
fn loggable(method: &Method) -> &'static str {
    for known in ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"] {
        if method.as_str() == known {
            return known;
        }
    }
    "OTHER"
}

fn malformed(method: &Method, why: &str) -> Refusal {
    let message = format!("The relay does not pass this {} request on: {why}.", loggable(method));
    Refusal::new(Code::BadRequest, message)
}

fn misplaced(method: &Method, fault: path::Fault) -> Refusal {
    match fault {
        path::Fault::Malformed(why) => malformed(method, why),
        path::Fault::Method(allowed) => Refusal::method(allowed),
        path::Fault::Unknown => {
            let message = "The relay passes on the SCIM calls of provisioning only (users and groups of a \
                           workspace or an account), and this address is none of them.";
            Refusal::new(Code::Path, message)
        }
    }
}

/// Reads the body of a request, within its limits.
async fn collect<B>(parts: &Parts, body: B) -> Result<Vec<u8>, Refusal>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let too_large = || {
        let message = "The body of the request is larger than 1 MiB. Send fewer members at a time.";
        Refusal::new(Code::TooLarge, message)
    };
    let announced =
        parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > LARGEST_BODY as u64) {
        return Err(too_large());
    }
    match tokio::time::timeout(BODY_TIME, Limited::new(body, LARGEST_BODY).collect()).await {
        Err(_) => Err(Refusal::slow_client()),
        Ok(Ok(body)) => Ok(body.to_bytes().to_vec()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(malformed(&parts.method, "its body is broken")),
    }
}
