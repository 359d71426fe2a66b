//! `GET /auditLogs/provisioning`.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::TenantKind;
use crate::http::{Answer, Params, Request};
use crate::registry::Key;
use crate::roles::DirectoryRole;
use crate::sign_in::Access;

use super::super::errors::GraphError;
use super::super::odata::Filter;
use super::super::{Graph, JSON};

/// Any of these (Graph's `provisioningobjectsummary-list`).
const READERS: [&str; 3] = ["ProvisioningLog.Read.All", "AuditLog.Read.All", "Directory.Read.All"];
const FILTERABLE: [&str; 20] = [
    "id",
    "activityDateTime",
    "tenantId",
    "jobId",
    "cycleId",
    "changeId",
    "provisioningAction",
    "durationInMilliseconds",
    "initiatedBy/id",
    "initiatedBy/displayName",
    "servicePrincipal/id",
    "servicePrincipal/displayName",
    "sourceSystem/displayName",
    "sourceIdentity/id",
    "sourceIdentity/displayName",
    "sourceIdentity/identityType",
    "targetIdentity/id",
    "targetIdentity/displayName",
    "targetSystem/displayName",
    "provisioningStatusInfo/status",
];
const KNOWN: [&str; 5] = ["$filter", "$orderby", "$top", "$skiptoken", "$select"];
const PAGE: usize = 100;
const LARGEST_PAGE: usize = 1_000;
/// An entry shows after so many times the tenant's delay: minutes, where directory objects take seconds.
const DELAY: u32 = 30;

pub(super) fn list(
    graph: &mut Graph<'_>,
    access: &Access,
    request: &Request,
    query: &Params,
) -> Result<Answer, GraphError> {
    let person = crate::registry::person(graph.directory, access.person.as_deref());
    let role =
        access.person.is_none() || person.is_some_and(|it| it.may(DirectoryRole::manages_applications));
    if !role || !READERS.iter().any(|it| access.scopes.contains(it)) {
        return Err(GraphError::denied());
    }
    if graph.options.published_limits && !graph.provisioning.reports.take(1, graph.now) {
        let mut error = GraphError::new(429, "TooManyRequests", "Too many requests");
        error.retry_after = Some(graph.provisioning.reports.wait(1).as_secs() + 1);
        return Err(error);
    }
    if graph.options.is(TenantKind::NoPremium) {
        return Err(GraphError::new(
            403,
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            "Neither tenant is B2C or tenant doesn't have premium license",
        ));
    }
    if let Some((name, _)) =
        query.0.iter().find(|(name, _)| name.starts_with('$') && !KNOWN.contains(&name.as_str()))
    {
        return Err(GraphError::bad_request(format!("'{name}' is not supported by the service.")));
    }
    let mut entries = entries(graph);
    if let Some(text) = query.get("$filter") {
        let filter = Filter::parse(text, &FILTERABLE)?;
        entries.retain(|it| filter.matches(it));
    }
    match query.get("$orderby").map(str::trim) {
        None | Some("activityDateTime desc") => {}
        Some("activityDateTime" | "activityDateTime asc") => entries.reverse(),
        Some(order) => {
            return Err(GraphError::bad_request(format!("Sorting by '{order}' is not supported.")));
        }
    }
    page(graph, request, query, &entries)
}

fn entries(graph: &Graph<'_>) -> Vec<Value> {
    let provisioning = &graph.provisioning;
    let name = |id: &str| {
        graph.registry.principal(Key::Id(id)).map(|it| it.display_name.clone()).unwrap_or_default()
    };
    let times = (provisioning.time(graph.now), provisioning.ahead());
    let delay: Duration = graph.options.replication * DELAY;
    provisioning.log().render((&graph.facts.tenant_id, &name), times, delay)
}

fn page(
    graph: &Graph<'_>,
    request: &Request,
    query: &Params,
    entries: &[Value],
) -> Result<Answer, GraphError> {
    let number = |name: &str| query.get(name).map(str::parse::<usize>);
    let top = match number("$top") {
        None => PAGE,
        Some(Ok(top @ 1..=LARGEST_PAGE)) => top,
        Some(_) => {
            return Err(GraphError::bad_request(format!(
                "The limit of '{LARGEST_PAGE}' for Top query has been exceeded."
            )));
        }
    };
    let start = match number("$skiptoken") {
        None => 0,
        Some(Ok(start)) => start,
        Some(Err(_)) => {
            return Err(GraphError::bad_request("The specified page token value has expired or is invalid."));
        }
    };
    let select: Option<Vec<&str>> = query.get("$select").map(|it| it.split(',').map(str::trim).collect());
    let shown = |it: &Value| match (&select, it.as_object()) {
        (Some(names), Some(object)) => {
            let kept = object.iter().filter(|(name, _)| names.contains(&name.as_str()));
            Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        _ => it.clone(),
    };
    let values: Vec<Value> = entries.iter().skip(start).take(top).map(shown).collect();
    let mut body = Map::new();
    let origin = &graph.options.graph;
    body.insert(
        "@odata.context".to_owned(),
        json!(format!("{origin}/v1.0/$metadata#auditLogs/provisioning")),
    );
    if start + top < entries.len() {
        let mut next = query.clone();
        next.set("$skiptoken", &(start + top).to_string());
        let path = request.path.split('?').next().unwrap_or_default();
        body.insert("@odata.nextLink".to_owned(), json!(format!("{origin}{path}?{}", next.encode())));
    }
    body.insert("value".to_owned(), Value::Array(values));
    Ok(Answer::json(200, JSON, &Value::Object(body)))
}
