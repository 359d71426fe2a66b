//! Lists: filter, order, and pages that are never as large as one hopes.

use serde_json::{Map, Value, json};

use crate::Level;
use crate::http::Params;

use super::errors::ScimError;
use super::filter::Filter;
use super::record::{self, Kind, Record, Records, Shown};

/// The account level gives no more, whatever is asked for.
const ACCOUNT_PAGE: usize = 100;
/// What the workspace level gives at most.
const WORKSPACE_PAGE: usize = 10_000;

/// The attributes that the query asks to see.
pub(super) fn shown(query: &Params) -> Shown {
    Shown {
        only: query.get("attributes").map(Shown::names),
        without: query.get("excludedAttributes").map(Shown::names).unwrap_or_default(),
    }
}

/// Answers a list. `limited` shows names and ids only, to those who are no administrators.
pub(super) fn answer(
    records: &Records,
    level: Level,
    kind: Kind,
    query: &Params,
    limited: bool,
) -> Result<Value, ScimError> {
    let filter = query.get("filter").map(|text| Filter::parse(text, kind)).transpose()?;
    let mut found: Vec<&Record> = records
        .values()
        .filter(|it| it.kind == kind && filter.as_ref().is_none_or(|filter| filter.matches(it)))
        .collect();
    sort(&mut found, query)?;
    let start = usize::try_from(number(query, "startIndex")?.unwrap_or(1).max(1)).unwrap_or(usize::MAX);
    let most = if level == Level::Account { ACCOUNT_PAGE } else { WORKSPACE_PAGE };
    let count = match number(query, "count")? {
        Some(count) => usize::try_from(count.max(0)).unwrap_or(usize::MAX).min(most),
        None => most,
    };
    let mut shown = if limited { names_only() } else { shown(query) };
    if level == Level::Account && kind == Kind::Group {
        // Lists of account groups have lost everything but the name: members come with the single group only.
        shown = names_only();
        shown.only = query.get("attributes").map_or(shown.only, |text| {
            Some(Shown::names(text).into_iter().filter(|it| it.eq_ignore_ascii_case("displayName")).collect())
        });
    }
    let wants_groups = level == Level::Workspace && shown.has("groups");
    let parents = if wants_groups { record::parents(records, None) } else { record::Parents::new() };
    let page: Vec<Value> = (found.iter().skip(start - 1).take(count))
        .map(|it| record::render(it, level, &shown, records, &parents))
        .collect();
    let mut body = Map::new();
    body.insert("schemas".to_owned(), json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]));
    body.insert("totalResults".to_owned(), json!(found.len()));
    body.insert("startIndex".to_owned(), json!(start));
    body.insert("itemsPerPage".to_owned(), json!(page.len()));
    if !page.is_empty() {
        body.insert("Resources".to_owned(), Value::Array(page));
    }
    Ok(Value::Object(body))
}

/// What those see who are no administrators.
pub(super) fn names_only() -> Shown {
    let names = ["userName", "displayName", "applicationId"];
    Shown { only: Some(names.map(str::to_owned).into()), without: Vec::new() }
}

fn sort(found: &mut [&Record], query: &Params) -> Result<(), ScimError> {
    let Some(by) = query.get("sortBy") else { return Ok(()) };
    match by.to_ascii_lowercase().as_str() {
        "id" => {}
        "username" | "applicationid" => found.sort_by(|a, b| a.name.cmp(&b.name)),
        "displayname" => found.sort_by(|a, b| a.display_name.cmp(&b.display_name)),
        _ => return Err(ScimError::invalid_value(format!("Sorting by {by} is not supported"))),
    }
    if query.get("sortOrder").is_some_and(|order| order.eq_ignore_ascii_case("descending")) {
        found.reverse();
    }
    Ok(())
}

fn number(query: &Params, name: &str) -> Result<Option<i64>, ScimError> {
    let read = |text: &str| {
        text.parse().map_err(|_| ScimError::invalid_value(format!("{name} must be a number, not '{text}'")))
    };
    query.get(name).map(read).transpose()
}
