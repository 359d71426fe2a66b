//! The relay: `relay/{host}/{path}` on the page's own origin, because Databricks sends no CORS headers.
//!
//! It sees the Databricks token in clear, so it does little and that little narrowly: exact hosts, a table of methods
//! and paths, vetted addresses, named headers, bounded sizes and times. It keeps nothing and follows nothing.

mod address;
mod admit;
mod alias;
mod allow;
mod body;
mod caller;
mod deliver;
mod headers;
mod id;
mod path;
mod rate;
mod reach;
mod refusal;
mod route;
mod tally;
mod upstream;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod played;
#[cfg(test)]
mod slow;
#[cfg(test)]
mod soak;
#[cfg(test)]
mod strict;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use engine::problem::Problem;
use hyper::body::{Body, Incoming};
use hyper::{Method, Request, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::admit::{Admitted, Line, loggable};
pub(crate) use self::alias::Alias;
pub(crate) use self::allow::AllowList;
use self::body::{Room, collect};
use self::id::Ids;
use self::rate::Limiter;
pub(crate) use self::reach::Reach;
use self::refusal::{Code, Refusal};
use self::tally::Tally;
use self::upstream::Upstream;
use crate::answers;
use crate::connections::Answer;
use crate::say;

/// Requests that are under way to the hosts at a time, with their answers in memory.
const CONCURRENT: usize = 16;
/// How long a request waits for one of these places, and for memory for its body.
const WAIT_TIME: Duration = Duration::from_secs(5);

/// The relay of one server.
pub(crate) struct Relay {
    allow: AllowList,
    alias: Option<Alias>,
    upstream: Option<Upstream>,
    limiter: Mutex<Limiter>,
    unread: Mutex<Tally>,
    room: Room,
    slots: Arc<Semaphore>,
    ids: Ids,
    log: Log,
    started: Instant,
}

/// Takes the lines of the log.
type Log = Box<dyn Fn(String) + Send + Sync>;

impl Relay {
    /// A relay to the hosts of an allow-list; with none and without the sample it is off.
    ///
    /// # Errors
    /// A [`Problem`] when the way to them cannot be used, or TLS cannot be set up.
    pub(crate) fn new(allow: AllowList, reach: &Reach, alias: Option<Alias>) -> Result<Self, Problem> {
        let upstream = reach.upstream(&allow)?;
        Ok(Self::with(allow, alias, upstream))
    }

    fn with(allow: AllowList, alias: Option<Alias>, upstream: Option<Upstream>) -> Self {
        Self {
            allow,
            alias,
            upstream,
            limiter: Mutex::new(Limiter::new()),
            unread: Mutex::new(Tally::new()),
            room: Room::new(),
            slots: Arc::new(Semaphore::new(CONCURRENT)),
            ids: Ids::new(),
            log: Box::new(say::log),
            started: Instant::now(),
        }
    }

    /// The same relay with another log.
    #[cfg(test)]
    pub(crate) fn logging(mut self, log: impl Fn(String) + Send + Sync + 'static) -> Self {
        self.log = Box::new(log);
        self
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
        let mut line = Line::new();
        let method = loggable(request.method());
        let outcome = self.judge(peer, own, request, &mut line).await;
        let told = outcome.as_ref().map_or_else(|refusal| self.note(refusal.code), |_| Some(String::new()));
        let mut answer = outcome.unwrap_or_else(Refusal::into_answer);
        headers::seal(answer.headers_mut());
        let id = self.ids.next();
        id::stamp(&id, answer.headers_mut());
        if let Some(note) = told {
            (self.log)(format!(
                "{id} {method} {} {} {} {}ms {}B{note}",
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
        admit::caller(own, &parts)?;
        self.take(peer)?;
        admit::framing(&parts)?;
        if parts.uri.path() == "/relay/" {
            return self.listing(&parts.method);
        }
        let Admitted { host, path, query, up } = admit::target(|host| self.reaches(host), &parts, line)?;
        let alias = self.alias.as_ref().filter(|alias| alias.host == host);
        // Given back when the answer is there: until then the body may be in memory.
        let taken = self.room.take(&parts, WAIT_TIME).await?;
        let body = collect(&parts, body, &taken).await?;
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

    fn reaches(&self, host: &str) -> bool {
        self.allow.admits(host) || self.alias.as_ref().is_some_and(|alias| alias.host == host)
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
        waited.ok().and_then(Result::ok).ok_or_else(Refusal::busy)
    }
}
