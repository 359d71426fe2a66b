//! The provisioning log, the newest first. Entries show minutes after they happened, and Graph takes five questions in ten seconds
//! (`throttling-limits`, identity reports); it is kept for 30 days, or 7 without a premium licence.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::trace::{Action, Status, Trace};
use crate::entra::graph::{Graph, GraphError, GraphErrorKind};
use crate::entra::ids::ObjectId;
use crate::env::{Env, Timestamp};
use crate::http::percent_encode;
use crate::problem::{Explain, Problem};
use crate::stop::{Control, Stopped};

/// The most that is asked for in a page.
const PAGE: usize = 500;
/// Pages are this far apart: the published limit, for one who asks alone.
const PACE: Duration = Duration::from_secs(2);
/// No more pages are read, however few entries they bring.
const PAGES: usize = 100;

/// Which entries.
#[derive(Clone, Copy, Debug)]
pub struct Query<'q> {
    /// Of this job.
    pub job: &'q str,
    /// Of this person or group.
    pub of: Option<&'q ObjectId>,
    /// With this action.
    pub action: Option<Action>,
    /// That ended so.
    pub status: Option<Status>,
    /// Not older than this.
    pub since: Option<Timestamp>,
}

impl<'q> Query<'q> {
    /// All entries of a job.
    #[must_use]
    pub const fn of(job: &'q str) -> Self {
        Self { job, of: None, action: None, status: None, since: None }
    }

    /// The filter in OData. The log compares with `eq` and `gt`, and all of it is case-sensitive (`provisioningobjectsummary-list`).
    fn filter(&self) -> String {
        let mut terms = vec![format!("jobId eq {}", literal(self.job))];
        terms.extend(self.of.map(|id| format!("sourceIdentity/id eq {}", literal(id.as_str()))));
        terms.extend(self.action.map(|it| format!("provisioningAction eq {}", literal(it.name()))));
        terms
            .extend(self.status.map(|it| format!("provisioningStatusInfo/status eq {}", literal(it.name()))));
        // Times are written to the second, and there is no "or at the same time".
        let before = |since: Timestamp| Timestamp(since.0.saturating_sub(1_000)).rfc3339();
        terms.extend(self.since.map(|it| format!("activityDateTime gt {}", before(it))));
        terms.join(" and ")
    }

    /// Whether an entry is one of these, as far as it tells.
    fn fits(&self, entry: &Entry) -> bool {
        self.action.is_none_or(|it| entry.trace.action == it)
            && self.status.is_none_or(|it| entry.trace.status == Some(it))
            && self.since.is_none_or(|it| entry.at.is_none_or(|at| at >= it))
            && self.of.is_none_or(|it| entry.trace.source.id.eq_ignore_ascii_case(it.as_str()))
    }
}

/// A text within OData: a quote in it is doubled.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What tells it from others.
    pub id: String,
    /// When it happened.
    pub at: Option<Timestamp>,
    /// The cycle in which it happened.
    pub cycle: String,
    /// What happened to which object.
    pub trace: Trace,
}

/// So long it may take until Databricks' lists show what was written (UCX of Databricks Labs waits as long after a deletion).
const LAG: Duration = Duration::from_secs(300);

/// Whether what was written at a time is so young that Databricks may not show it yet.
pub(crate) fn is_fresh(at: Option<Timestamp>, now: Timestamp) -> bool {
    at.is_some_and(|at| now.since(at) < LAG)
}

impl Entry {
    pub(crate) fn read(told: &Value) -> Self {
        let text = |name: &str| told.get(name).and_then(Value::as_str).unwrap_or_default();
        Self {
            id: text("id").to_owned(),
            at: Timestamp::parse(text("activityDateTime")),
            cycle: text("cycleId").to_owned(),
            trace: Trace::read(told),
        }
    }

    /// Why the object was not provisioned and what to do ([`Trace::problem`]), with the ids that support asks for.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let time = self.at.map(Timestamp::rfc3339).unwrap_or_default();
        let problem = self.trace.problem()?;
        Some(problem.detail("time", time).detail("cycle id", &self.cycle).detail("log entry", &self.id))
    }
}

/// A part of the log.
#[derive(Debug, PartialEq, Eq)]
pub struct Log {
    /// The entries, the newest first.
    pub entries: Vec<Entry>,
    /// Whether these are all.
    pub end: End,
}

/// Where reading the log ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// There are no more.
    Whole,
    /// There are more than were asked for.
    More,
    /// It broke off. What was read is good.
    Broken(LogError),
}

/// Why the log cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogError {
    /// The tenant has no licence for it.
    NoPremium(GraphError),
    /// A person stopped it.
    Stopped,
    /// Graph fails.
    Graph(GraphError),
}

impl From<GraphError> for LogError {
    fn from(error: GraphError) -> Self {
        if error.is_code("Authentication_RequestFromNonPremiumTenantOrB2CTenant") {
            Self::NoPremium(error)
        } else {
            Self::Graph(error)
        }
    }
}

impl From<Stopped> for LogError {
    fn from(Stopped: Stopped) -> Self {
        Self::Stopped
    }
}

impl Explain for LogError {
    fn explain(&self) -> Problem {
        match self {
            Self::NoPremium(error) => Problem {
                why: "Graph gives the provisioning log only to tenants with Entra ID P1 or P2, and this one has neither.".to_owned(),
                remedy: "Provision people on demand: the answer tells the same for each of them.".to_owned(),
                ..error.explain()
            },
            Self::Stopped => Problem::new(
                "Reading the provisioning log was stopped.",
                "Nothing is changed by reading.",
                "Read it again.",
            ),
            Self::Graph(error) => error.explain(),
        }
    }
}

#[derive(Deserialize)]
struct Page {
    value: Vec<Value>,
    #[serde(rename = "@odata.nextLink", default)]
    next: Option<String>,
}

/// Reads the log, the newest first, up to so many entries.
///
/// # Errors
/// [`LogError`], when not even the beginning can be read; what breaks later is told in [`Log::end`].
pub async fn read<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    query: &Query<'_>,
    limit: usize,
) -> Result<Log, LogError> {
    let mut path = format!(
        "/auditLogs/provisioning?$filter={}&$orderby={}&$top={}",
        percent_encode(&query.filter()),
        percent_encode("activityDateTime desc"),
        limit.clamp(1, PAGE)
    );
    let (mut entries, mut known) = (Vec::new(), BTreeSet::new());
    for number in 0..PAGES {
        let page = match page(graph, control, &path, number > 0).await {
            Ok(page) => page,
            Err(error) if number == 0 => return Err(error),
            Err(error) => return Ok(Log { entries, end: End::Broken(error) }),
        };
        // New entries push older ones onto the next page. An entry without an id is told from no other.
        let fresh = page.value.iter().map(Entry::read).filter(|entry| query.fits(entry));
        entries.extend(fresh.filter(|entry| entry.id.is_empty() || known.insert(entry.id.clone())));
        let more = entries.len() > limit;
        entries.truncate(limit);
        match page.next {
            _ if more => return Ok(Log { entries, end: End::More }),
            None => return Ok(Log { entries, end: End::Whole }),
            Some(_) if entries.len() == limit => return Ok(Log { entries, end: End::More }),
            Some(next) => match own(graph, &next) {
                Some(next) => next.clone_into(&mut path),
                None => {
                    let error = GraphError { doing: DOING.to_owned(), kind: GraphErrorKind::ForeignLink };
                    return Ok(Log { entries, end: End::Broken(error.into()) });
                }
            },
        }
    }
    Ok(Log { entries, end: End::More })
}

const DOING: &str = "read the provisioning log";

async fn page<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    path: &str,
    wait: bool,
) -> Result<Page, LogError> {
    if wait {
        control.sleep(graph.env, PACE).await?;
    }
    control.gate().await?;
    Ok(control.unless_stopped(graph.get(DOING, path)).await??)
}

/// The path of a next page, if it is Graph's own: the token belongs to Graph alone.
fn own<'l, E: Env>(graph: &Graph<'_, E>, link: &'l str) -> Option<&'l str> {
    link.strip_prefix(&graph.cloud.graph)?.strip_prefix("/v1.0").filter(|path| path.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::entra::ids::Guid;

    #[test]
    fn filters_are_written_as_the_log_takes_them() {
        let id = ObjectId(Guid::parse("00000000-0000-0000-0000-00000000000a").unwrap());
        assert_eq!(Query::of("dataBricks.it's").filter(), "jobId eq 'dataBricks.it''s'");
        let query = Query {
            of: Some(&id),
            action: Some(Action::StagedDelete),
            status: Some(Status::Failure),
            since: Some(Timestamp(1_795_392_000_500)),
            ..Query::of("j")
        };
        assert_eq!(
            query.filter(),
            "jobId eq 'j' and sourceIdentity/id eq '00000000-0000-0000-0000-00000000000a' and provisioningAction eq 'stagedDelete' and \
             provisioningStatusInfo/status eq 'failure' and activityDateTime gt 2026-11-22T23:59:59Z"
        );
    }

    #[test]
    fn an_entry_names_its_time_and_cycle() {
        let entry = Entry::read(&json!({
            "id": "e-1", "activityDateTime": "2026-11-23T00:00:00Z", "cycleId": "c-1", "provisioningAction": "create",
            "sourceIdentity": { "id": "g-1", "displayName": "Analysts", "identityType": "Group" },
            "provisioningStatusInfo": { "status": "failure", "errorInformation": { "errorCode": "Timeout" } },
        }));
        assert_eq!(entry.at, Some(Timestamp(1_795_392_000_000)));
        let problem = entry.problem().unwrap();
        assert_eq!(problem.what, "The group “Analysts” was not provisioned.");
        let raw: Vec<&str> = problem.raw.iter().map(|it| it.value.as_str()).collect();
        assert_eq!(raw, ["Timeout", "g-1", "2026-11-23T00:00:00Z", "c-1", "e-1"]);
        assert_eq!(Entry::read(&json!(null)).at, None);
    }

    #[test]
    fn a_missing_licence_is_told_as_such() {
        let error = GraphError {
            doing: DOING.to_owned(),
            kind: GraphErrorKind::Refused {
                status: 403,
                code: "Authentication_RequestFromNonPremiumTenantOrB2CTenant".to_owned(),
                message: "Neither tenant is B2C or tenant doesn't have premium license".to_owned(),
                request_id: "r".to_owned(),
            },
        };
        let told = LogError::from(error).explain();
        assert_eq!(told.what, "Could not read the provisioning log.");
        assert!(told.why.contains("Entra ID P1 or P2"));
        assert_eq!(told.raw[1].value, "Authentication_RequestFromNonPremiumTenantOrB2CTenant");
    }
}
