//! PATCH, as strict as the library behind the service: an operation that is not exactly right fails the whole request.

use serde_json::Value;

use crate::Level;

use super::errors::ScimError;
use super::filter::value_filter;
use super::record::Record;
use super::values::{self, Change};

const SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:";

/// A path such as `members`, `name.givenName`, `members[value eq "1"]`.
struct Path {
    /// The attribute in lower case.
    attribute: String,
    /// The filter's value.
    only: Option<String>,
}

/// Applies all operations to the record, or says why not one of them is applied.
pub(super) fn apply(record: &mut Record, level: Level, body: &Value) -> Result<(), ScimError> {
    let schemas = body.get("schemas").and_then(Value::as_array);
    if !schemas.is_some_and(|all| all.iter().any(|it| it.as_str() == Some(SCHEMA))) {
        return Err(ScimError::invalid_syntax(format!("The request needs the schema {SCHEMA}")));
    }
    let operations = body.get("Operations").and_then(Value::as_array).filter(|it| !it.is_empty());
    let Some(operations) = operations else {
        return Err(ScimError::invalid_syntax("The request has no Operations"));
    };
    operations.iter().try_for_each(|operation| one(record, level, operation))
}

fn unrecognised(field: &str, class: &str) -> ScimError {
    ScimError::invalid_syntax(format!(
        "Unrecognized field \"{field}\" (class com.unboundid.scim2.common.messages.PatchOperation${class}), not marked \
         as ignorable"
    ))
}

fn one(record: &mut Record, level: Level, operation: &Value) -> Result<(), ScimError> {
    let Some(object) = operation.as_object() else {
        return Err(ScimError::invalid_syntax("An operation is not an object"));
    };
    let op = object.get("op").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let class = match op.as_str() {
        "add" => "AddOperation",
        "replace" => "ReplaceOperation",
        "remove" => "RemoveOperation",
        _ => return Err(ScimError::invalid_syntax("op must be one of add, remove, replace")),
    };
    if let Some(unknown) = object.keys().find(|key| !matches!(key.as_str(), "op" | "path" | "value")) {
        return Err(unrecognised(unknown, class));
    }
    let path = match object.get("path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) => Some(parse(path)?),
        Some(_) => return Err(ScimError::invalid_path("path must be a text")),
    };
    if op == "remove" {
        if object.contains_key("value") {
            return Err(unrecognised("value", class));
        }
        let path =
            path.ok_or_else(|| ScimError::Scim(400, Some("noTarget"), "remove needs a path".to_owned()))?;
        let known = values::remove(record, level, &path.attribute, path.only.as_deref())?;
        return if known { Ok(()) } else { Err(unknown_path(&path.attribute)) };
    }
    let change = if op == "add" { Change::Add } else { Change::Replace };
    let value = object.get("value").filter(|it| !it.is_null());
    let value = value.ok_or_else(|| ScimError::invalid_syntax("value field must not be null"))?;
    match path {
        Some(path) if path.only.is_some() => {
            // Not what a client would hope for, but what was seen.
            let text = "Error in performing the patch operation on resource";
            Err(ScimError::Databricks(500, "INTERNAL_ERROR", text.to_owned()))
        }
        Some(path) => {
            let known = values::set(record, level, &path.attribute, change, value)?;
            if known { Ok(()) } else { Err(unknown_path(&path.attribute)) }
        }
        None => {
            let Some(attributes) = value.as_object() else {
                return Err(ScimError::invalid_syntax("Without a path the value must be an object"));
            };
            for (name, value) in attributes {
                let name = name.to_ascii_lowercase();
                if matches!(name.as_str(), "id" | "schemas") {
                    continue;
                }
                if !values::set(record, level, &name, change, value)? {
                    return Err(unknown_path(&name));
                }
            }
            Ok(())
        }
    }
}

fn unknown_path(attribute: &str) -> ScimError {
    if matches!(attribute, "id" | "schemas" | "meta" | "groups" | "applicationid") {
        ScimError::mutability(format!("Attribute {attribute} is read only"))
    } else {
        ScimError::invalid_path(format!("Attribute {attribute} is undefined"))
    }
}

fn parse(path: &str) -> Result<Path, ScimError> {
    let rest = path.strip_prefix(CORE).and_then(|rest| rest.split_once(':')).map_or(path, |(_, rest)| rest);
    let Some((attribute, filter)) = rest.split_once('[') else {
        return Ok(Path { attribute: rest.to_ascii_lowercase(), only: None });
    };
    let Some((filter, sub)) = filter.rsplit_once(']') else {
        return Err(ScimError::invalid_path(format!("The path is malformed: {path}")));
    };
    let attribute = attribute.to_ascii_lowercase();
    if attribute == "emails" {
        // Whatever is meant, addresses never change.
        return Ok(Path { attribute, only: None });
    }
    if !sub.is_empty() {
        return Err(ScimError::invalid_path(format!("The path is not supported: {path}")));
    }
    Ok(Path { attribute, only: Some(value_filter(filter)?) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::record::Kind;
    use super::*;

    fn group() -> Record {
        let mut group = Record::new(Kind::Group, "", "Team");
        group.members = vec![1, 2];
        group
    }

    fn patch(record: &mut Record, operation: &Value) -> Result<(), ScimError> {
        apply(record, Level::Workspace, &json!({ "schemas": [SCHEMA], "Operations": [operation] }))
    }

    #[test]
    fn the_forms_in_use_work() {
        let mut it = group();
        patch(
            &mut it,
            &json!({ "op": "add", "path": "members", "value": [{ "value": "3" }, { "value": "1" }] }),
        )
        .unwrap();
        assert_eq!(it.members, [1, 2, 3]);
        patch(&mut it, &json!({ "op": "Add", "value": { "members": [{ "value": "4" }] } })).unwrap();
        patch(&mut it, &json!({ "op": "remove", "path": "members[value eq \"2\"]" })).unwrap();
        assert_eq!(it.members, [1, 3, 4]);
        patch(&mut it, &json!({ "op": "replace", "path": "displayName", "value": "Crew" })).unwrap();
        patch(&mut it, &json!({ "op": "replace", "value": { "externalId": "x" } })).unwrap();
        assert_eq!((it.display_name.as_str(), it.external_id.as_deref()), ("Crew", Some("x")));
        patch(&mut it, &json!({ "op": "remove", "path": "members" })).unwrap();
        assert_eq!(it.members, Vec::<u64>::new());
    }

    #[test]
    fn a_boolean_may_be_a_text() {
        let mut it = Record::new(Kind::User, "a@x", "A");
        patch(&mut it, &json!({ "op": "replace", "path": "active", "value": "False" })).unwrap();
        assert!(!it.active);
        patch(&mut it, &json!({ "op": "replace", "value": { "active": true } })).unwrap();
        assert!(it.active);
    }

    #[test]
    fn names_and_addresses_of_users_are_ignored_without_a_word() {
        let mut it = Record::new(Kind::User, "a@x", "A");
        patch(&mut it, &json!({ "op": "replace", "path": "userName", "value": "b@x" })).unwrap();
        patch(&mut it, &json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "b@x" }))
            .unwrap();
        assert_eq!(it.name, "a@x");
    }

    #[test]
    fn what_the_strict_parser_refuses() {
        let status = |operation: Value| match patch(&mut group(), &operation) {
            Ok(()) => 200,
            Err(ScimError::Scim(status, ..) | ScimError::Databricks(status, ..)) => status,
        };
        assert_eq!(status(json!({ "op": "remove", "path": "members[value eq \"1\"]", "value": "" })), 400);
        assert_eq!(status(json!({ "op": "remove", "path": "members", "value": [{ "value": "1" }] })), 400);
        assert_eq!(status(json!({ "op": "remove" })), 400);
        assert_eq!(status(json!({ "op": "add", "path": "members[value eq \"1\"]", "value": "1" })), 500);
        assert_eq!(status(json!({ "op": "replace", "path": "shoeSize", "value": 42 })), 400);
        assert_eq!(status(json!({ "op": "replace", "path": "displayName", "value": null })), 400);
        assert_eq!(status(json!({ "op": "replace", "path": "displayName", "value": "" })), 400);
        assert_eq!(status(json!({ "op": "move", "path": "displayName", "value": "x" })), 400);
        assert_eq!(
            status(json!({ "op": "add", "path": "members", "value": [{ "value": "1" }], "extra": 1 })),
            400
        );
    }
}
