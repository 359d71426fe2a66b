//! `POST /$batch`: up to twenty requests in one, answered in any order.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::Service;
use crate::faults::Fault;
use crate::http::{Answer, Request};

use super::Graph;
use super::errors::GraphError;

const MOST: usize = 20;

/// Answers a batch. Each part is authorised by the outer request.
pub(super) fn answer(graph: &mut Graph<'_>, outer: &Request) -> Result<Value, GraphError> {
    let body: Value = serde_json::from_slice(&outer.body)
        .map_err(|_| GraphError::new(400, "BadRequest", "Unable to read JSON request payload."))?;
    let Some(parts) = body.get("requests").and_then(Value::as_array) else {
        return Err(GraphError::new(400, "BadRequest", "The batch has no property 'requests'."));
    };
    if parts.len() > MOST {
        let text = format!("Number of batch request steps exceeds the maximum value of {MOST}.");
        return Err(GraphError::new(400, "BadRequest", text));
    }
    let mut statuses: HashMap<String, u16> = HashMap::new();
    let mut answers = Vec::new();
    for part in parts {
        let Some(id) = part.get("id").and_then(Value::as_str).filter(|id| !statuses.contains_key(*id)) else {
            return Err(GraphError::new(
                400,
                "BadRequest",
                "Request ids of a batch must be texts and unique.",
            ));
        };
        let depends = part.get("dependsOn").and_then(Value::as_array);
        let failed = depends
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .any(|on| statuses.get(on).is_none_or(|status| *status >= 400));
        let answer = if failed {
            let error =
                GraphError::new(424, "FailedDependency", "A request that this one depends on failed.");
            json!({ "id": id, "status": 424, "headers": {}, "body": error.body("", "", "") })
        } else {
            one(graph, outer, id, part)
        };
        let status = answer.get("status").and_then(Value::as_u64).unwrap_or(500);
        statuses.insert(id.to_owned(), u16::try_from(status).unwrap_or(500));
        answers.push(answer);
    }
    answers.reverse();
    Ok(json!({ "responses": answers }))
}

fn one(graph: &mut Graph<'_>, outer: &Request, id: &str, part: &Value) -> Value {
    let text = |name: &str| part.get(name).and_then(Value::as_str).unwrap_or_default();
    let url = text("url");
    let slash = if url.starts_with('/') { "" } else { "/" };
    let mut request = Request::new(text("method"), &format!("/v1.0{slash}{url}"));
    if let Some(authorization) = outer.header("authorization") {
        request = request.with_header("authorization", authorization);
    }
    for (name, value) in part.get("headers").and_then(Value::as_object).into_iter().flatten() {
        request = request.with_header(&name.to_lowercase(), value.as_str().unwrap_or_default());
    }
    if let Some(body) = part.get("body") {
        request.body = body.to_string().into_bytes();
    }
    let answer = if url.contains("$batch") { None } else { Some(served(graph, &request)) };
    let Some(answer) = answer else {
        return json!({ "id": id, "status": 400, "headers": {}, "body": null });
    };
    let headers: Map<String, Value> =
        answer.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({ "id": id, "status": answer.status, "headers": headers, "body": answer.value() })
}

/// A part may fail while the others do not. Where a request by itself would lose its answer, the gateway has none in time.
fn served(graph: &mut Graph<'_>, request: &Request) -> Answer {
    let Some(faults) = &mut graph.faults else { return graph.one(request) };
    match faults.next(Service::Graph, request) {
        None => graph.one(request),
        Some(Fault::CutBefore) => late(),
        Some(Fault::CutAfter) => {
            graph.one(request);
            late()
        }
        Some(fault) => super::faulty(fault, faults.random()),
    }
}

fn late() -> Answer {
    let error = GraphError::new(504, "GatewayTimeout", "The service did not answer in time.");
    Answer::json(504, "application/json", &error.body("", "", ""))
}
