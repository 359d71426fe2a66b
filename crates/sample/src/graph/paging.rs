//! The query options of lists: `$select`, `$top`, `$filter`, `$search`, `$count`, `$orderby` and pages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::http::Params;

use super::Call;
use super::entity::Entity;
use super::errors::GraphError;
use super::filter::Filter;

const DEFAULT_PAGE: usize = 100;
const LARGEST_PAGE: usize = 999;

/// A list before the query options.
pub(super) struct List<'a> {
    pub(super) items: Vec<Entity<'a>>,
    /// What the context names.
    pub(super) context: &'static str,
    /// What `$filter` may name.
    pub(super) filterable: &'static [&'static str],
    /// Whether objects of several types are listed: each then carries its type.
    pub(super) mixed: bool,
    /// Whether a filter needs the advanced query capabilities.
    pub(super) advanced_filter: bool,
}

/// Answers a list.
pub(super) fn answer(mut list: List<'_>, call: &Call<'_>) -> Result<Value, GraphError> {
    let query = call.query;
    for (name, _) in &query.0 {
        if name.starts_with('$') && !KNOWN.contains(&name.as_str()) {
            return Err(GraphError::bad_request(format!("'{name}' is not supported by the service.")));
        }
    }
    let counted = query.get("$count") == Some("true") && call.eventual;
    narrow(&mut list, call, counted)?;
    let top = match query.get("$top") {
        None => DEFAULT_PAGE,
        Some(text) => match text.parse() {
            Ok(top @ 1..=LARGEST_PAGE) => top,
            _ => {
                return Err(GraphError::bad_request(format!(
                    "Invalid page size specified: '{text}'. Must be between 1 and {LARGEST_PAGE} inclusive."
                )));
            }
        },
    };
    let start = match query.get("$skiptoken") {
        None => 0,
        Some(token) => read_token(token, list.items.len())?,
    };
    let select = select(query);
    let page = list.items.iter().skip(start).take(top);
    let values: Result<Vec<Value>, GraphError> =
        page.map(|entity| shape(*entity, select.as_deref(), list.mixed, call)).collect();
    let mut body = Map::new();
    body.insert("@odata.context".to_owned(), json!(context(call, list.context, select.as_deref())));
    if counted && start == 0 {
        body.insert("@odata.count".to_owned(), json!(list.items.len()));
    }
    if start + top < list.items.len() {
        let mut next = query.clone();
        next.set("$skiptoken", &write_token(start + top));
        body.insert(
            "@odata.nextLink".to_owned(),
            json!(format!("{}/v1.0/{}?{}", call.origin, call.path, next.encode())),
        );
    }
    body.insert("value".to_owned(), Value::Array(values?));
    Ok(Value::Object(body))
}

/// Answers `…/$count`: a number as plain text.
pub(super) fn count(mut list: List<'_>, call: &Call<'_>) -> Result<usize, GraphError> {
    if !call.eventual {
        return Err(GraphError::bad_request("$count is not currently supported."));
    }
    narrow(&mut list, call, true)?;
    Ok(list.items.len())
}

/// One object by itself.
pub(super) fn single(entity: Entity<'_>, context_name: &str, call: &Call<'_>) -> Result<Value, GraphError> {
    let select = select(call.query);
    let mut value = shape(entity, select.as_deref(), false, call)?;
    if let Some(object) = value.as_object_mut() {
        let context = context(call, context_name, select.as_deref());
        object.insert("@odata.context".to_owned(), json!(format!("{context}/$entity")));
    }
    Ok(value)
}

const KNOWN: [&str; 7] = ["$select", "$top", "$filter", "$search", "$count", "$orderby", "$skiptoken"];

fn narrow(list: &mut List<'_>, call: &Call<'_>, counted: bool) -> Result<(), GraphError> {
    let advanced = call.eventual && counted;
    if let Some(text) = call.query.get("$filter") {
        if list.advanced_filter && !advanced {
            return Err(GraphError::unsupported(
                "The specified filter needs the header 'ConsistencyLevel: eventual' and the parameter '$count=true'.",
            ));
        }
        let filter = Filter::parse(text, list.filterable, advanced)?;
        list.items.retain(|entity| filter.matches(*entity));
    }
    if let Some(text) = call.query.get("$search") {
        if !call.eventual {
            return Err(GraphError::unsupported(
                "Request with $search query parameter only works through MSGraph with a special request header: \
                 'ConsistencyLevel: eventual'",
            ));
        }
        let groups = search(text)?;
        list.items.retain(|entity| {
            groups.iter().all(|any| any.iter().any(|(field, words)| holds(*entity, field, words)))
        });
    }
    if let Some(order) = call.query.get("$orderby") {
        let mut parts = order.split_whitespace();
        let (field, direction) = (parts.next().unwrap_or_default(), parts.next());
        if !matches!(field, "displayName" | "userPrincipalName") {
            return Err(GraphError::unsupported(format!("Sorting by '{field}' is not supported.")));
        }
        if call.query.has("$filter") && !advanced {
            return Err(GraphError::unsupported("Sorting not supported for current query."));
        }
        let key = |entity: &Entity<'_>| {
            let value = entity.property(field, super::entity::Visibility::Full);
            value.and_then(|it| it.as_str().map(str::to_lowercase)).unwrap_or_default()
        };
        list.items.sort_by_cached_key(key);
        if direction == Some("desc") {
            list.items.reverse();
        }
    }
    Ok(())
}

/// A property, and the beginnings of words that it must hold, in lower case.
type Clause = (String, Vec<String>);

/// `"displayName:ada" OR "mail:ada"`: groups joined by AND, of alternatives joined by OR.
fn search(text: &str) -> Result<Vec<Vec<Clause>>, GraphError> {
    let wrong = || {
        GraphError::bad_request(format!(
            "Syntax error: search clauses are written as \"property:value\" in double quotes, not '{text}'."
        ))
    };
    let mut groups = vec![Vec::new()];
    let mut parts = text.split('"');
    if !parts.next().unwrap_or_default().trim().is_empty() {
        return Err(wrong());
    }
    while let (Some(clause), Some(joint)) = (parts.next(), parts.next()) {
        let (field, words) = clause.split_once(':').ok_or_else(wrong)?;
        if !matches!(
            field,
            "displayName" | "mail" | "userPrincipalName" | "description" | "givenName" | "surname"
        ) {
            return Err(GraphError::bad_request(format!("Searching by '{field}' is not supported.")));
        }
        let words = words.split_whitespace().map(str::to_lowercase).collect();
        if let Some(group) = groups.last_mut() {
            group.push((field.to_owned(), words));
        }
        match joint.trim() {
            "" | "OR" => {}
            "AND" => groups.push(Vec::new()),
            _ => return Err(wrong()),
        }
    }
    if groups.iter().any(Vec::is_empty) { Err(wrong()) } else { Ok(groups) }
}

/// Graph searches by the beginnings of words.
fn holds(entity: Entity<'_>, field: &str, words: &[String]) -> bool {
    let value = entity.property(field, super::entity::Visibility::Full);
    let text = value.and_then(|it| it.as_str().map(str::to_lowercase)).unwrap_or_default();
    words.iter().all(|word| {
        text.starts_with(word.as_str())
            || text
                .split(|letter: char| !letter.is_alphanumeric())
                .any(|part| part.starts_with(word.as_str()))
    })
}

fn select(query: &Params) -> Option<Vec<&str>> {
    query.get("$select").map(|text| text.split(',').map(str::trim).filter(|it| !it.is_empty()).collect())
}

fn shape(
    entity: Entity<'_>,
    select: Option<&[&str]>,
    mixed: bool,
    call: &Call<'_>,
) -> Result<Value, GraphError> {
    let visibility = entity.visibility(&call.access.scopes, call.access.person.as_deref());
    let mut object = Map::new();
    if mixed {
        object.insert("@odata.type".to_owned(), json!(format!("#microsoft.graph.{}", entity.kind())));
    }
    for name in select.map_or_else(|| entity.default_properties(), <[&str]>::to_vec) {
        match entity.property(name, visibility) {
            Some(value) => {
                object.insert(name.to_owned(), value);
            }
            None if mixed => {}
            None => {
                return Err(GraphError::new(
                    400,
                    "BadRequest",
                    format!(
                        "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type \
                         'microsoft.graph.{}'.",
                        entity.kind()
                    ),
                ));
            }
        }
    }
    Ok(Value::Object(object))
}

fn context(call: &Call<'_>, name: &str, select: Option<&[&str]>) -> String {
    let selected = select.map(|names| format!("({})", names.join(","))).unwrap_or_default();
    format!("{}/v1.0/$metadata#{name}{selected}", call.origin)
}

fn write_token(at: usize) -> String {
    format!("RFNwdA{}", URL_SAFE_NO_PAD.encode(format!("sample-page-{at}")))
}

fn read_token(token: &str, length: usize) -> Result<usize, GraphError> {
    let at = token
        .strip_prefix("RFNwdA")
        .and_then(|rest| URL_SAFE_NO_PAD.decode(rest).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.strip_prefix("sample-page-").and_then(|at| at.parse::<usize>().ok()));
    // The list may have become shorter since: an empty last page is what Graph then gives.
    at.map(|at| at.min(length)).ok_or_else(|| {
        GraphError::new(
            400,
            "Directory_ExpiredPageToken",
            "The specified page token value has expired or is invalid.",
        )
    })
}
