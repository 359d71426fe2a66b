//! A job's schema: which objects are provisioned, which attributes they bring, and which of them are let through.
//!
//! Graph has no way to change a part of it: it is read, kept whole with all that is not known here, and written back whole
//! (`synchronization-configure-with-custom-target-attributes`). **Writing it makes the job begin anew**: everybody is looked at again in a full
//! cycle, which takes as long as the first one.

mod anew;
mod expression;
mod filters;
mod findings;
mod preview;
mod repair;
mod table;

use serde::Deserialize;
use serde_json::Value;

pub use anew::{of_template, reset_mended};
pub use filters::{Clause, FilterGroup, Filters, Operator, Verdict};
pub use findings::{Concern, concerns};
pub use preview::{Line, Previewed, preview, value_of};
pub use repair::repair_external_id;
pub use table::{Flow, FlowKinds, Mapping, Row, Source, Table};

use super::kind::Kind;
use crate::entra::graph::{Change, Graph, GraphError};
use crate::entra::ids::ObjectId;
use crate::entra::replication::{Gone, Settling, Tried, Waiting, settle, until};
use crate::env::Env;
use crate::http::percent_encode;
use crate::stop::Control;

/// A schema as Graph gave it, whole.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Value")]
pub struct Schema(Value);

impl TryFrom<Value> for Schema {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        if value.is_object() { Ok(Self(value)) } else { Err("a schema is an object") }
    }
}

impl Schema {
    /// The schema as Graph gave it.
    #[must_use]
    pub const fn as_value(&self) -> &Value {
        &self.0
    }

    /// Where the mapping of a kind stands: rules in the order of their priority, the lowest number first
    /// (`synchronization-synchronizationrule`).
    fn place(&self, kind: Kind) -> Option<(usize, usize)> {
        let priority = |rule: &Value| rule.get("priority").and_then(Value::as_i64).unwrap_or(0);
        let of_kind = |mapping: &Value| text(mapping, "sourceObjectName").eq_ignore_ascii_case(kind.source());
        let mut rules: Vec<(usize, &Value)> = list(&self.0, "synchronizationRules").enumerate().collect();
        rules.sort_by_key(|(_, rule)| priority(rule));
        rules.into_iter().find_map(|(at, rule)| Some((at, list(rule, "objectMappings").position(of_kind)?)))
    }

    /// The body of a change: annotations of the answer are no part of it.
    fn body(&self) -> Value {
        let mut body = self.0.clone();
        if let Some(object) = body.as_object_mut() {
            object.retain(|name, _| !name.ends_with("@odata.context"));
        }
        body
    }
}

fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn path(principal: &ObjectId, job: &str) -> String {
    format!("/servicePrincipals/{principal}/synchronization/jobs/{}/schema", percent_encode(job))
}

/// Reads the schema of a job.
///
/// # Errors
/// [`GraphError`]; of a job that was made a moment ago, it may be a copy's lag ([`Settling::Service`]).
pub async fn read<E: Env>(
    graph: &Graph<'_, E>,
    principal: &ObjectId,
    job: &str,
) -> Result<Schema, GraphError> {
    graph.get("read the attribute mappings of the provisioning job", &path(principal, job)).await
}

/// Writes a schema, whole, and reads until its mappings show. The job then begins a full new cycle, so this is for what a person has seen
/// and wants.
///
/// # Errors
/// [`Gone`].
pub async fn save<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    (principal, job): (&ObjectId, &str),
    schema: &Schema,
) -> Result<(), Gone> {
    let (path, wanted) = (path(principal, job), Table::of(schema));
    let mut sent = false;
    until(graph.env, control, tell, async || {
        let mut last = None;
        if !sent {
            let doing = "save the attribute mappings of the provisioning job";
            match graph.change(Change::put(doing, &path, schema.body())).await {
                Ok(()) => sent = true,
                // It may have been carried out. It is the whole schema: sending it again does no harm.
                Err(error) if Settling::Service.is_not_yet(&error) || error.is_unsure() => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        match read(graph, principal, job).await {
            // Before one was accepted, what shows is a copy that lags: to send it again is safe.
            Ok(found) if sent && Table::of(&found).maps_like(&wanted) => Ok(Tried::Ready(())),
            Ok(_) => Ok(Tried::NotYet(last)),
            Err(error) if Settling::Service.is_not_yet(&error) => Ok(Tried::NotYet(Some(error))),
            Err(error) => Err(error),
        }
    })
    .await
}

/// Brings back the schema of the template, with all that was changed by anybody undone. The job then begins a full new cycle.
///
/// # Errors
/// [`Gone`].
pub async fn reset<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    (principal, job): (&ObjectId, &str),
) -> Result<(), Gone> {
    let path = path(principal, job);
    settle(graph.env, control, Settling::Service, tell, async || {
        graph.change(Change::delete("reset the attribute mappings of the provisioning job", &path)).await
    })
    .await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_sent_is_what_was_read_without_the_answers_annotations() {
        let read = json!({
            "@odata.context": "https://graph.example/$metadata#x", "directories@odata.context": "y", "id": "s", "fresh": { "a": [1, null] },
            "synchronizationRules": [{ "@odata.type": "#microsoft.graph.synchronizationRule", "unheard": true }],
        });
        let schema: Schema = serde_json::from_value(read).unwrap();
        assert_eq!(
            schema.body(),
            json!({
                "id": "s", "fresh": { "a": [1, null] },
                "synchronizationRules": [{ "@odata.type": "#microsoft.graph.synchronizationRule", "unheard": true }],
            })
        );
        assert!(serde_json::from_value::<Schema>(json!([])).is_err());
    }

    #[test]
    fn the_rule_with_the_lowest_number_counts() {
        let rule = |priority: Value, kinds: &[&str]| {
            let mappings: Vec<Value> = kinds.iter().map(|kind| json!({ "sourceObjectName": kind })).collect();
            json!({ "priority": priority, "objectMappings": mappings })
        };
        let schema = Schema(
            json!({ "synchronizationRules": [rule(json!(3), &["User"]), rule(json!(2), &["Device", "user"]), rule(Value::Null, &[])] }),
        );
        assert_eq!((schema.place(Kind::Person), schema.place(Kind::Group)), (Some((1, 1)), None));
    }
}
