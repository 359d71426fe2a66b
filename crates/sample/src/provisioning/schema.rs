//! The schema that a job begins with. Databricks' own is not published: names follow Microsoft's generic SCIM connector, mappings follow
//! what Databricks' documentation establishes (mail, not the user principal name, as the address; object ids as external ids).

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::source::Kind;
use crate::random::Random;

/// Where objects come from, as schemas and logs call it.
pub(super) const SOURCE: &str = "Azure Active Directory";

/// What the target directory is called.
pub(super) fn target_name(template: &str) -> &'static str {
    if template == "scim" { "customappsso" } else { "dataBricks" }
}

/// The schema of a template, with ids of its own.
pub(crate) fn built_in(template: &str, random: &mut Random) -> Value {
    static KNOWN: LazyLock<[Value; 2]> = LazyLock::new(|| [plan("dataBricks"), plan("scim")]);
    let [databricks, scim] = &*KNOWN;
    let mut schema = if template == "scim" { scim.clone() } else { databricks.clone() };
    for place in ["/directories/0/id", "/directories/1/id", "/synchronizationRules/0/id"] {
        if let Some(id) = schema.pointer_mut(place) {
            *id = Value::String(random.guid());
        }
    }
    schema
}

/// What all schemas of a template have in common.
fn plan(template: &str) -> Value {
    let target = target_name(template);
    json!({
        "id": template,
        "version": "v1.0",
        "directories": [
            directory(SOURCE, true, &[
                ("User", &["objectId", "userPrincipalName", "originalUserPrincipalName", "displayName", "givenName", "surname",
                    "mail", "mailNickname", "accountEnabled", "department", "jobTitle", "IsSoftDeleted"]),
                ("Group", &["objectId", "displayName", "description", "members", "mailEnabled", "securityEnabled"]),
            ]),
            directory(
                target, false, &[
                (Kind::User.target_name(), &["id", "userName", "active", "displayName", "emails[type eq \"work\"].value",
                    "name.givenName", "name.familyName", "externalId"]),
                (Kind::Group.target_name(), &["id", "displayName", "externalId", "members"]),
            ]),
        ],
        "synchronizationRules": [{
            "id": null,
            "name": "USER_OUTBOUND_USER",
            "editable": true,
            "priority": 1,
            "sourceDirectoryName": SOURCE,
            "targetDirectoryName": target,
            "containerFilter": null,
            "groupFilter": null,
            "metadata": [{ "key": "supportsProvisionOnDemand", "value": "True" }],
            "objectMappings": [users(template), groups(template)],
        }],
    })
}

fn directory(name: &str, read_only: bool, objects: &[(&str, &[&str])]) -> Value {
    let objects: Vec<Value> = objects
        .iter()
        .map(|(name, attributes)| {
            let attributes: Vec<Value> = attributes.iter().map(|it| attribute(it)).collect();
            json!({ "name": name, "supportedApis": [], "metadata": [], "attributes": attributes })
        })
        .collect();
    json!({
        "id": null,
        "name": name,
        "readOnly": read_only,
        "version": "1",
        "discoverabilities": if read_only { "None" } else { "AttributeNames" },
        "discoveryDateTime": null,
        "objects": objects,
    })
}

fn attribute(name: &str) -> Value {
    let boolean =
        matches!(name, "active" | "accountEnabled" | "IsSoftDeleted" | "mailEnabled" | "securityEnabled");
    let kind = if name == "members" {
        "Reference"
    } else if boolean {
        "Boolean"
    } else {
        "String"
    };
    let referenced: &[Value] = &if name == "members" {
        vec![json!({ "referencedObjectName": "User", "referencedProperty": null })]
    } else {
        vec![]
    };
    json!({
        "name": name,
        "type": kind,
        "anchor": matches!(name, "id" | "objectId"),
        "caseExact": false,
        "defaultValue": null,
        "flowNullValues": false,
        "multivalued": name == "members",
        "mutability": if name == "id" { "ReadOnly" } else { "ReadWrite" },
        "required": matches!(name, "id" | "objectId" | "userName"),
        "apiExpressions": [],
        "metadata": [],
        "referencedObjects": referenced,
    })
}

fn object(kind: Kind, attributes: &[Value]) -> Value {
    json!({
        "name": format!("Provision {SOURCE} {}s", kind.name()),
        "enabled": true,
        "flowTypes": "Add, Update, Delete",
        "sourceObjectName": kind.name(),
        "targetObjectName": kind.target_name(),
        "metadata": [],
        "scope": null,
        "attributeMappings": attributes,
    })
}

fn mapped(target: &str, source: &Value, matching: i64) -> Value {
    json!({
        "targetAttributeName": target,
        "source": source,
        "defaultValue": null,
        "exportMissingReferences": false,
        "flowBehavior": "FlowWhenChanged",
        "flowType": "Always",
        "matchingPriority": matching,
    })
}

fn from(target: &str, name: &str) -> Value {
    mapped(target, &plain(name), 0)
}

fn plain(name: &str) -> Value {
    json!({ "type": "Attribute", "name": name, "expression": format!("[{name}]"), "parameters": [] })
}

fn users(template: &str) -> Value {
    let parameter = |key: &str, value: &Value| json!({ "key": key, "value": value });
    let active = json!({
        "type": "Function",
        "name": "Switch",
        "expression": "Switch([IsSoftDeleted], , \"False\", \"True\", \"True\", \"False\")",
        "parameters": [parameter("source", &plain("IsSoftDeleted"))],
    });
    // The generic connector's default for people is the nickname: the reason why the schema is looked at before a job is started.
    let external = if template == "scim" { "mailNickname" } else { "objectId" };
    object(
        Kind::User,
        &[
            mapped("userName", &plain("userPrincipalName"), 1),
            mapped("active", &active, 0),
            from("displayName", "displayName"),
            from("emails[type eq \"work\"].value", "mail"),
            from("name.givenName", "givenName"),
            from("name.familyName", "surname"),
            from("externalId", external),
        ],
    )
}

fn groups(template: &str) -> Value {
    // Databricks' documentation says that renamed groups keep their name there.
    let flow = if template == "scim" { "Always" } else { "ObjectAddOnly" };
    let mut name = mapped("displayName", &plain("displayName"), 1);
    if let Some(object) = name.as_object_mut() {
        object.insert("flowType".to_owned(), json!(flow));
    }
    object(Kind::Group, &[name, from("externalId", "objectId"), from("members", "members")])
}

/// Whether a body can be a schema at all; unknown properties are kept.
pub(crate) fn check(body: &Value) -> Result<(), String> {
    let rules = body.get("synchronizationRules").and_then(Value::as_array).filter(|all| !all.is_empty());
    let rules = rules.ok_or("The schema has no synchronizationRules.")?;
    let mappings = |rule: &Value| rule.get("objectMappings").is_some_and(Value::is_array);
    if rules.iter().all(mappings) && body.get("directories").is_some_and(Value::is_array) {
        return Ok(());
    }
    Err("The schema lacks directories, or a rule lacks objectMappings.".to_owned())
}

/// The part of the schema that stays the same when it is reset: the ids.
pub(crate) fn reset(held: &Value, template: &str, random: &mut Random) -> Value {
    let mut fresh = built_in(template, random);
    for list in ["directories", "synchronizationRules"] {
        let ids: Vec<Value> = (held.get(list).and_then(Value::as_array).into_iter().flatten())
            .filter_map(|it| it.get("id").cloned())
            .collect();
        let items = fresh.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten();
        for (item, id) in items.zip(ids) {
            if let Some(object) = item.as_object_mut() {
                object.insert("id".to_owned(), id);
            }
        }
    }
    fresh
}
