//! The gallery's mappings brought back, and `externalId` from the object id all the same.

use serde_json::{Value, json};

use super::{Schema, read, repair_external_id, reset, save};
use crate::entra::connector::kind::Kind;
use crate::entra::connector::template;
use crate::entra::connector::wire::Job;
use crate::entra::graph::{Graph, GraphError};
use crate::entra::ids::ObjectId;
use crate::entra::replication::{Gone, Settling, Waiting, settle};
use crate::env::Env;
use crate::http::percent_encode;
use crate::stop::Control;

/// Reads the mappings that jobs of a template begin with.
///
/// # Errors
/// [`GraphError`].
pub async fn of_template<E: Env>(
    graph: &Graph<'_, E>,
    principal: &ObjectId,
    template: &str,
) -> Result<Schema, GraphError> {
    let template = percent_encode(template);
    let path = format!("/servicePrincipals/{principal}/synchronization/templates/{template}/schema");
    graph.get("read the attribute mappings that the job begins with", &path).await
}

/// Brings back the mappings of the template, but for `externalId`. Where the template has another one, its mappings are written mended, in
/// one: to reset first and to mend then would leave a while in which people are written by another identity, and a cycle that runs takes
/// no pause. The job then begins a full new cycle.
///
/// # Errors
/// [`Gone`].
pub async fn reset_mended<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    (principal, job): (&ObjectId, &Job),
) -> Result<(), Gone> {
    // What is known before need not be asked for.
    let made_from = match job.template_id.as_str() {
        "" => template(graph, control, tell, principal).await?,
        known => known.to_owned(),
    };
    let begins = settle(graph.env, control, Settling::Service, tell, async || {
        of_template(graph, principal, &made_from).await
    })
    .await?;
    let place = (principal, job.id.as_str());
    let Some(mended) = repair_external_id(&begins) else {
        return reset(graph, control, tell, place).await;
    };
    let now =
        settle(graph.env, control, Settling::Service, tell, async || read(graph, principal, &job.id).await)
            .await?;
    save(graph, control, tell, place, &with_mappings(&now, &mended)).await
}

/// A job's schema with the mappings of another one for people and groups. The ids of its rules stay: provisioning on demand names them.
fn with_mappings(own: &Schema, other: &Schema) -> Schema {
    let mut schema = own.clone();
    for kind in Kind::ALL {
        let theirs = other.place(kind).and_then(|(rule, mapping)| other.0.pointer(&pointer(rule, mapping)));
        let Some(theirs) = theirs else { continue };
        if let Some((rule, mapping)) = schema.place(kind) {
            if let Some(place) = schema.0.pointer_mut(&pointer(rule, mapping)) {
                theirs.clone_into(place);
            }
        } else if let Some(rule) =
            schema.0.pointer_mut("/synchronizationRules/0").and_then(Value::as_object_mut)
            && let Some(mappings) = rule.entry("objectMappings").or_insert_with(|| json!([])).as_array_mut()
        {
            mappings.push(theirs.clone());
        }
    }
    schema
}

fn pointer(rule: usize, mapping: usize) -> String {
    format!("/synchronizationRules/{rule}/objectMappings/{mapping}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(rule: &str, mappings: &Value) -> Schema {
        Schema::try_from(json!({
            "id": rule, "directories": [{ "name": rule }],
            "synchronizationRules": [{ "id": rule, "objectMappings": mappings }],
        }))
        .unwrap()
    }

    #[test]
    fn mappings_change_and_the_ids_of_rules_stay() {
        let own = schema(
            "own",
            &json!([{ "sourceObjectName": "Contact", "x": 1 }, { "sourceObjectName": "User", "x": 1 }]),
        );
        let other = schema(
            "other",
            &json!([{ "sourceObjectName": "User", "x": 2 }, { "sourceObjectName": "Group", "x": 2 }]),
        );
        let wanted = schema(
            "own",
            &json!([
                { "sourceObjectName": "Contact", "x": 1 },
                { "sourceObjectName": "User", "x": 2 },
                { "sourceObjectName": "Group", "x": 2 },
            ]),
        );
        assert_eq!(with_mappings(&own, &other), wanted);
    }
}
