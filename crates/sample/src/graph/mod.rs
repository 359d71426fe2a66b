//! Microsoft Graph v1.0, as far as the directory goes: with scopes, paging and advanced queries; applications and what is granted to
//! them can be changed.

mod applications;
mod batch;
mod entity;
mod errors;
mod filter;
mod groups;
pub(crate) mod limits;
mod odata;
mod paging;
mod synchronization;
mod tenant;
mod users;
mod write;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::bucket::Bucket;
use crate::clock;
use crate::cors;
use crate::directory::Directory;
use crate::facts::Facts;
use crate::faults::{Fault, Faults};
use crate::http::{Answer, Params, Request, Target};
use crate::provisioning::Provisioning;
use crate::random::Random;
use crate::registry::Registry;
use crate::scim::Databricks;
use crate::sign_in::{self, Access, SignIn};
use crate::{Options, TenantKind};

use errors::GraphError;

const JSON: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// Everything that Graph works with.
pub(crate) struct Graph<'a> {
    pub(crate) options: &'a Options,
    pub(crate) facts: &'a Facts,
    pub(crate) directory: &'a Directory,
    pub(crate) sign_in: &'a SignIn,
    pub(crate) registry: &'a mut Registry,
    pub(crate) random: &'a mut Random,
    pub(crate) provisioning: &'a mut Provisioning,
    pub(crate) databricks: &'a mut Databricks,
    /// Resource units left; none when limits are not enforced.
    pub(crate) units: Option<&'a mut Bucket>,
    /// What goes wrong with the parts of a batch; with a request by itself it has gone wrong before it gets here.
    pub(crate) faults: Option<&'a mut Faults>,
    pub(crate) now: Duration,
}

/// One authorised request.
struct Call<'a> {
    options: &'a Options,
    facts: &'a Facts,
    directory: &'a Directory,
    registry: &'a Registry,
    access: &'a Access,
    /// Graph's own address.
    origin: &'a str,
    /// The path behind `/v1.0/`, as it came.
    path: &'a str,
    query: &'a Params,
    /// Whether the request has `ConsistencyLevel: eventual`.
    eventual: bool,
    now: Duration,
}

impl Call<'_> {
    /// Any one of the permissions is enough.
    fn need(&self, any: &[&str]) -> Result<(), GraphError> {
        if any.iter().any(|name| self.access.scopes.contains(name)) {
            Ok(())
        } else {
            Err(GraphError::denied())
        }
    }

    fn ok(&self, value: &Value) -> Answer {
        Answer::json(200, JSON, value)
    }

    fn number(&self, number: usize) -> Answer {
        Answer::text(200, "text/plain", number.to_string())
    }

    fn unknown_segment(&self) -> GraphError {
        let last = self.path.rsplit('/').next().unwrap_or_default();
        GraphError::new(400, "BadRequest", format!("Resource not found for the segment '{last}'."))
    }
}

/// Answers one request at Graph's origin.
pub(crate) fn answer(graph: &mut Graph<'_>, request: &Request) -> Answer {
    if request.method == "OPTIONS" {
        return cors::graph_preflight(request);
    }
    let path = request.path.split('?').next().unwrap_or_default();
    let answer = if path == "/v1.0/$batch" { graph.batch(request) } else { graph.one(request) };
    cors::graph(answer)
}

impl Graph<'_> {
    fn batch(&mut self, request: &Request) -> Answer {
        let outcome = self
            .access(request)
            .and_then(|()| if request.method == "POST" { Ok(()) } else { Err(method_not_allowed()) });
        let outcome = outcome.and_then(|()| batch::answer(self, request));
        let answer = outcome.map(|body| Answer::json(200, "application/json", &body));
        self.finish(request, answer)
    }

    /// Answers a single request, without CORS: a batch does so for each of its parts.
    fn one(&mut self, request: &Request) -> Answer {
        let outcome = self.route(request);
        self.finish(request, outcome)
    }

    fn finish(&mut self, request: &Request, outcome: Result<Answer, GraphError>) -> Answer {
        let request_id = self.random.guid();
        let client_id = request.header("client-request-id").unwrap_or(&request_id).to_owned();
        let answer = outcome.unwrap_or_else(|error| {
            let body = error.body(&clock::graph_date(self.now), &request_id, &client_id);
            let answer = Answer::json(error.status, "application/json", &body);
            match error.status {
                401 => answer.with("www-authenticate", &self.challenge(error.claims.as_deref())),
                429 => {
                    let seconds = error.retry_after.unwrap_or_else(|| self.wait());
                    answer.with("retry-after", &seconds.to_string())
                }
                _ => answer,
            }
        });
        answer
            .with("request-id", &request_id)
            .with("client-request-id", &client_id)
            .with("cache-control", "no-cache")
    }

    /// What a 401 asks for: a token, or one that proves more (identity platform: `claims-challenge`).
    fn challenge(&self, claims: Option<&str>) -> String {
        let Some(claims) = claims else { return "Bearer realm=\"\"".to_owned() };
        format!(
            "Bearer realm=\"\", authorization_uri=\"{}/common/oauth2/authorize\", error=\"insufficient_claims\", claims=\"{}\"",
            self.options.sign_in,
            STANDARD.encode(claims)
        )
    }

    /// Where a tenant wants a step-up, people list groups with a token that proves the authentication context only.
    fn admit(&self, access: &Access, path: &[&str]) -> Result<(), GraphError> {
        let guarded = self.options.is(TenantKind::StepUp) && path == ["groups"] && access.person.is_some();
        if !guarded || access.context {
            return Ok(());
        }
        Err(GraphError::insufficient_claims(sign_in::policy::wanted_context()))
    }

    /// Seconds until the bucket is full enough again.
    fn wait(&self) -> u64 {
        self.units.as_ref().map_or(1, |units| units.wait(5).as_secs() + 1)
    }

    fn access(&self, request: &Request) -> Result<(), GraphError> {
        self.find_access(request).map(|_| ())
    }

    fn find_access(&self, request: &Request) -> Result<&Access, GraphError> {
        let refuse = |message: &str| GraphError::new(401, "InvalidAuthenticationToken", message);
        let token = request.bearer().ok_or_else(|| refuse("Access token is empty."))?;
        let access = self.sign_in.access(token).ok_or_else(|| refuse("Access token validation failure."))?;
        if self.now < access.expires {
            Ok(access)
        } else {
            Err(refuse("Lifetime validation failed, the token is expired."))
        }
    }

    fn route(&mut self, request: &Request) -> Result<Answer, GraphError> {
        let target = Target::parse(&request.path);
        let segments = target.segments();
        let ["v1.0", path @ ..] = segments.as_slice() else {
            let version = segments.first().copied().unwrap_or_default();
            return Err(GraphError::new(400, "BadRequest", format!("Invalid version: {version}")));
        };
        let small =
            target.query.get("$top").and_then(|top| top.parse::<u32>().ok()).is_some_and(|top| top < 20);
        let cost = limits::cost(path, target.query.has("$select"), small);
        let access = self.find_access(request)?.clone();
        if let Some(units) = &mut self.units
            && !units.take(cost, self.now)
        {
            return Err(GraphError::new(429, "TooManyRequests", "Too many requests"));
        }
        self.admit(&access, path)?;
        if let Some(answer) = synchronization::answer(self, &access, request, path, &target.query) {
            return answer;
        }
        if request.method != "GET" {
            return write::answer(self, &access, request, path);
        }
        let raw = request.path.split('?').next().unwrap_or_default();
        let call = Call {
            options: self.options,
            facts: self.facts,
            directory: self.directory,
            registry: self.registry,
            access: &access,
            origin: &self.options.graph,
            path: raw.strip_prefix("/v1.0/").unwrap_or_default(),
            query: &target.query,
            eventual: request
                .header("consistencylevel")
                .is_some_and(|it| it.eq_ignore_ascii_case("eventual")),
            now: self.now,
        };
        dispatch(&call, path)
    }
}

fn dispatch(call: &Call<'_>, path: &[&str]) -> Result<Answer, GraphError> {
    match path {
        ["me", rest @ ..] => users::me(call, rest),
        ["organization"] => Ok(tenant::organization(call)),
        ["subscribedSkus"] => tenant::skus(call),
        [
            "roleManagement",
            "directory",
            "roleEligibilityScheduleInstances",
            "filterByCurrentUser(on='principal')",
        ] => tenant::eligible(call),
        ["users", rest @ ..] => users::route(call, rest),
        ["groups", rest @ ..] => groups::route(call, rest),
        ["applications", rest @ ..] => applications::applications(call, rest),
        ["servicePrincipals", rest @ ..] => applications::principals(call, rest),
        ["oauth2PermissionGrants"] => applications::grants(call),
        ["oauth2PermissionGrants", id] => applications::grant(call, id),
        [one, rest @ ..] => {
            if let Some(key) = applications::key(one, "applications") {
                applications::application(call, key, rest)
            } else if let Some(key) = applications::key(one, "servicePrincipals") {
                applications::principal(call, key, rest)
            } else {
                Err(call.unknown_segment())
            }
        }
        _ => Err(call.unknown_segment()),
    }
}

fn method_not_allowed() -> GraphError {
    GraphError::new(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
}

/// The answer of a Graph that fails. The gateway's own failures come without CORS headers half of the time, and then
/// look like a lost connection to a browser.
pub(crate) fn faulty(fault: Fault, random: &mut Random) -> Answer {
    let error = match fault {
        Fault::TooMany(_) => GraphError::new(429, "TooManyRequests", "Too many requests"),
        Fault::Internal => GraphError::new(500, "InternalServerError", "An internal server error occurred."),
        Fault::BadToken => {
            GraphError::new(401, "InvalidAuthenticationToken", "Access token validation failure.")
        }
        Fault::Unknown => GraphError::unknown(),
        _ => GraphError::new(503, "ServiceUnavailable", "The service is temporarily unavailable."),
    };
    let id = random.guid();
    let mut answer =
        Answer::json(error.status, "application/json", &error.body("", &id, &id)).with("request-id", &id);
    if let Fault::TooMany(Some(seconds)) = fault {
        answer = answer.with("retry-after", &seconds.to_string());
    }
    if error.status == 401 {
        answer = answer.with("www-authenticate", "Bearer realm=\"\"");
    }
    let bare = error.status == 503 && random.chance(50);
    if bare { answer } else { cors::graph(answer) }
}
