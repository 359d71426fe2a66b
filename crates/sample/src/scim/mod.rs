//! Databricks SCIM at both levels: two stores, two base paths, two kinds of tokens, and never a CORS header.

mod access;
mod contents;
mod errors;
mod filter;
pub(crate) mod limits;
mod list;
mod nesting;
mod oauth;
mod patch;
mod record;
mod store;
mod values;
mod write;

use std::time::Duration;

use serde_json::Value;

use crate::Level;
use crate::directory::Directory;
use crate::facts::Facts;
use crate::http::{Answer, Params, Request, Target};
use crate::page;
use crate::random::Random;

use access::Doors;
use errors::SCIM_JSON;
pub(crate) use errors::ScimError;
use limits::{Class, Limits};
use oauth::Tokens;
use record::{Kind, Records, Shown};
use store::Store;

/// The Databricks side: an account and one workspace, kept apart.
#[derive(Clone, Debug)]
pub(crate) struct Databricks {
    workspace: Store,
    account: Store,
    workspace_limits: Limits,
    account_limits: Limits,
    /// Whether the limits are enforced.
    limited: bool,
    admins: u64,
    owner: u64,
    plain: u64,
    runner: u64,
    tokens: Tokens,
    doors: Doors,
    writes: usize,
}

/// What of a request is left once its base path is understood.
struct Route<'a> {
    level: Level,
    resource: &'a str,
    id: Option<&'a str>,
}

/// Whose token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Caller {
    /// May do everything at this level; otherwise names and ids may be read.
    admin: bool,
    /// The token's owner. Account SCIM tokens have none.
    owner: Option<u64>,
}

impl Databricks {
    pub(crate) fn new(
        directory: &Directory,
        facts: &Facts,
        replication: Duration,
        limited: bool,
        random: &mut Random,
    ) -> Self {
        let mut build =
            |level| contents::build(level, directory, replication, facts, Random::new(random.next()));
        let workspace = build(Level::Workspace);
        let account = build(Level::Account);
        Self {
            workspace: workspace.store,
            account: account.store,
            workspace_limits: Limits::new(Level::Workspace),
            account_limits: Limits::new(Level::Account),
            limited,
            admins: workspace.admins,
            owner: workspace.owner,
            plain: workspace.plain,
            runner: account.runner,
            tokens: Tokens::default(),
            doors: Doors::new(facts),
            writes: 0,
        }
    }

    pub(crate) const fn writes(&self) -> usize {
        self.writes
    }

    /// All resources of a kind, whole, as they are now.
    pub(crate) fn all(&self, level: Level, groups: bool) -> Vec<Value> {
        let store = match level {
            Level::Workspace => &self.workspace,
            Level::Account => &self.account,
        };
        let kind = if groups { Kind::Group } else { Kind::User };
        let parents = record::parents(store.records(), None);
        (store.records().values().filter(|it| it.kind == kind))
            .map(|it| record::render(it, level, &Shown::default(), store.records(), &parents))
            .collect()
    }

    const fn store(&mut self, level: Level) -> &mut Store {
        match level {
            Level::Workspace => &mut self.workspace,
            Level::Account => &mut self.account,
        }
    }

    /// Answers one request at Databricks' origin.
    pub(crate) fn answer(
        &mut self,
        request: &Request,
        facts: &Facts,
        random: &mut Random,
        now: Duration,
    ) -> Answer {
        let target = Target::parse(&request.path);
        let segments = target.segments();
        let (level, account, version, rest) = match segments.as_slice() {
            ["api", "2.0", "preview", "scim", "v2", rest @ ..] => (Level::Workspace, None, "2.0", rest),
            ["api", version @ ("2.0" | "2.1"), "accounts", id, "scim", "v2", rest @ ..] => {
                (Level::Account, Some(*id), *version, rest)
            }
            ["api", ..] => return no_endpoint(request),
            ["oidc", "accounts", id, rest @ ..] => {
                return self.tokens.answer(request, id, rest, facts, random, now);
            }
            [".well-known", "databricks-config"] => return oauth::host_config(facts),
            // What a browser would get.
            [] => return Answer::redirect("/login.html"),
            ["login.html"] => {
                return page::answer(200, "Sign in to Databricks", "<p>This is the sample workspace.</p>");
            }
            _ => return page::answer(404, "Not found", "<p>There is no such page.</p>"),
        };
        let caller = match self.authorise(level, version, request.bearer(), facts, now) {
            Ok(caller) => caller,
            Err(error) => return error.answer(),
        };
        if account.is_some_and(|id| !id.eq_ignore_ascii_case(&facts.account_id)) {
            let text = format!("Account {} does not exist", account.unwrap_or_default());
            return ScimError::Databricks(404, "RESOURCE_DOES_NOT_EXIST", text).answer();
        }
        let route = match rest {
            [resource] => Route { level, resource, id: None },
            [resource, id] => Route { level, resource, id: Some(id) },
            _ => return no_endpoint(request),
        };
        if self.limited {
            let class = Class::of(&request.method, route.id.is_some() || route.resource == "Me");
            let limits = match level {
                Level::Workspace => &mut self.workspace_limits,
                Level::Account => &mut self.account_limits,
            };
            if let Err(seconds) = limits.take(class, now) {
                return limits::too_many(seconds, random);
            }
        }
        let outcome = self.dispatch(request, &route, &target.query, caller, random, now);
        outcome.unwrap_or_else(|error| error.answer())
    }

    fn authorise(
        &self,
        level: Level,
        version: &str,
        token: Option<&str>,
        facts: &Facts,
        now: Duration,
    ) -> Result<Caller, ScimError> {
        let token = token.ok_or_else(ScimError::unauthenticated)?;
        if self.doors.is_ended(token) {
            return Err(ScimError::unauthenticated());
        }
        if access::is_entra(token, now) {
            // Entra's access tokens open both levels, for whoever they were issued to: an administrator, here.
            return Ok(Caller { admin: true, owner: None });
        }
        if level == Level::Account && self.tokens.holds(token, now) {
            // Unlike the SCIM token, it opens what its service principal may open, under both versions.
            let runner = self.account.records().get(&self.runner).filter(|it| it.active);
            let runner = runner.ok_or_else(ScimError::unauthenticated)?;
            return if runner.roles.iter().any(|role| role == "account_admin") {
                Ok(Caller { admin: true, owner: None })
            } else {
                Err(ScimError::denied("Only account admins can perform this operation"))
            };
        }
        if level == Level::Account {
            return match version {
                _ if !self.doors.opens(token, &facts.account_token) => Err(ScimError::unauthenticated()),
                "2.1" => Ok(Caller { admin: true, owner: None }),
                // The SCIM token opens one door only, and this is the other.
                _ => Err(ScimError::denied("This API is disabled for the provided SCIM token")),
            };
        }
        let owner = match token {
            _ if self.doors.opens(token, &facts.workspace_token) => self.owner,
            _ if token == facts.plain_token => self.plain,
            _ => return Err(ScimError::unauthenticated()),
        };
        let records = self.workspace.records();
        // A token dies with its owner, and has no more rights than its owner has.
        if records.get(&owner).is_none_or(|it| !it.active) {
            return Err(ScimError::unauthenticated());
        }
        let admin = records.get(&self.admins).is_some_and(|it| it.members.contains(&owner));
        Ok(Caller { admin, owner: Some(owner) })
    }

    fn dispatch(
        &mut self,
        request: &Request,
        route: &Route<'_>,
        query: &Params,
        caller: Caller,
        random: &mut Random,
        now: Duration,
    ) -> Result<Answer, ScimError> {
        let level = route.level;
        if (route.resource, route.id, level) == ("Me", None, Level::Workspace) && request.method == "GET" {
            let id = caller.owner.ok_or_else(ScimError::unauthenticated)?;
            return Ok(shown_record(200, self.workspace.records(), level, id, &list::shown(query)));
        }
        let kind = Kind::of_path(route.resource).ok_or_else(|| unknown(request))?;
        if !caller.admin && (request.method != "GET" || kind == Kind::ServicePrincipal) {
            return Err(ScimError::denied("Only workspace admins can perform this operation"));
        }
        let store = self.store(level);
        match (request.method.as_str(), route.id) {
            ("GET", None) => {
                let body = list::answer(store.replica(now), level, kind, query, !caller.admin)?;
                Ok(Answer::json(200, SCIM_JSON, &body))
            }
            ("GET", Some(id)) => {
                // One of two nodes answers, and one of them is behind.
                let records = if random.chance(50) { store.replica(now) } else { store.records() };
                let found = id.parse().ok().and_then(|id| records.get(&id)).filter(|it| it.kind == kind);
                let id = found.map(|it| it.id).ok_or_else(|| ScimError::not_found(kind.name(), id))?;
                let shown = if !caller.admin { list::names_only() } else { list::shown(query) };
                Ok(shown_record(200, records, level, id, &shown))
            }
            ("POST", None) => {
                let id = write::create(store, kind, &request.body, random, now)?;
                Ok(self.wrote(201, level, id))
            }
            ("PUT", Some(id)) => {
                let id = write::replace(store, kind, id, &request.body, now)?;
                Ok(self.wrote(200, level, id))
            }
            ("PATCH", Some(id)) => {
                let id = write::change(store, kind, id, &request.body, now)?;
                let answer = self.wrote(200, level, id);
                // Both are allowed, and clients meet both.
                let silent = kind == Kind::Group && level == Level::Workspace;
                Ok(if silent { Answer::new(204) } else { answer })
            }
            ("DELETE", Some(id)) => {
                write::delete(store, kind, id, now)?;
                self.writes += 1;
                Ok(Answer::new(204))
            }
            _ => Err(unknown(request)),
        }
    }

    fn wrote(&mut self, status: u16, level: Level, id: u64) -> Answer {
        self.writes += 1;
        let store = self.store(level);
        shown_record(status, store.records(), level, id, &Shown::default())
    }
}

fn shown_record(status: u16, records: &Records, level: Level, id: u64, shown: &Shown) -> Answer {
    let parents = record::parents(records, Some(id));
    match records.get(&id) {
        Some(it) => Answer::json(status, SCIM_JSON, &record::render(it, level, shown, records, &parents)),
        None => ScimError::not_found("Resource", &id.to_string()).answer(),
    }
}

fn unknown(request: &Request) -> ScimError {
    ScimError::no_endpoint(&request.method, request.path.split('?').next().unwrap_or_default())
}

/// An address that is no API. Strangers are not told which addresses are.
fn no_endpoint(request: &Request) -> Answer {
    if request.method == "OPTIONS" || request.bearer().is_none() {
        return ScimError::unauthenticated().answer();
    }
    unknown(request).answer()
}
