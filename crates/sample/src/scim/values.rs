//! Sets a record's attributes from JSON, under the rules that POST, PUT and PATCH share.

use serde_json::Value;

use crate::Level;

use super::errors::ScimError;
use super::record::{Kind, Record};

/// What is done with an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Multi-valued attributes keep what they have.
    Add,
    Replace,
}

const ENTITLEMENTS: [&str; 5] = [
    "allow-cluster-create",
    "allow-instance-pool-create",
    "databricks-sql-access",
    "workspace-access",
    "workspace-consume",
];

/// Sets one attribute, named in lower case. Returns false when resources of this kind have no such attribute.
pub(super) fn set(
    record: &mut Record,
    level: Level,
    attribute: &str,
    change: Change,
    value: &Value,
) -> Result<bool, ScimError> {
    match (attribute, record.kind) {
        // Accepted and ignored: a user's name and addresses never change.
        ("username" | "emails", Kind::User) => {}
        ("displayname", Kind::Group) => rename_group(record, text(attribute, value)?)?,
        ("displayname", _) => record.display_name = text(attribute, value)?,
        ("externalid", _) => record.external_id = Some(external_id(value)?),
        ("active", Kind::User | Kind::ServicePrincipal) => record.active = boolean(value)?,
        ("name", Kind::User) => {
            let Some(name) = value.as_object() else { return Err(wrong("name")) };
            for (part, value) in name {
                set(record, level, &format!("name.{}", part.to_ascii_lowercase()), change, value)?;
            }
        }
        ("name.givenname", Kind::User) => record.given_name = Some(text(attribute, value)?),
        ("name.familyname", Kind::User) => record.family_name = Some(text(attribute, value)?),
        ("name.formatted", Kind::User) => {}
        ("roles", _) => merge(&mut record.roles, change, strings("roles", value)?),
        ("entitlements", _) => {
            let wanted = entitlements(level, value)?;
            merge(&mut record.entitlements, change, wanted);
        }
        ("members", Kind::Group) => {
            not_everybody(record)?;
            let ids: Result<Vec<u64>, _> =
                strings("members", value)?.iter().map(|id| member_id(id)).collect();
            merge(&mut record.members, change, ids?);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Clears one attribute, or takes single values out of it. Returns false when there is no such attribute.
pub(super) fn remove(
    record: &mut Record,
    level: Level,
    attribute: &str,
    only: Option<&str>,
) -> Result<bool, ScimError> {
    match (attribute, record.kind) {
        ("username" | "emails", Kind::User) => {}
        // Required of groups and service principals only.
        ("displayname", Kind::User) => record.display_name.clear(),
        ("displayname" | "active", _) => {
            return Err(ScimError::invalid_value(format!(
                "Attribute {attribute} is required and cannot be removed"
            )));
        }
        ("externalid", _) => record.external_id = None,
        ("name", Kind::User) => (record.given_name, record.family_name) = (None, None),
        ("name.givenname", Kind::User) => record.given_name = None,
        ("name.familyname", Kind::User) => record.family_name = None,
        ("roles", _) => record.roles.retain(|it| only.is_some_and(|only| only != it)),
        ("entitlements", _) => {
            if level == Level::Account {
                return Err(workspace_only());
            }
            record.entitlements.retain(|it| only.is_some_and(|only| only != it));
        }
        ("members", Kind::Group) => {
            not_everybody(record)?;
            let only = only.map(member_id).transpose()?;
            record.members.retain(|it| only.is_some_and(|only| only != *it));
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn merge<T: PartialEq>(held: &mut Vec<T>, change: Change, wanted: Vec<T>) {
    if change == Change::Replace {
        held.clear();
    }
    for value in wanted {
        if !held.contains(&value) {
            held.push(value);
        }
    }
}

fn rename_group(record: &mut Record, name: String) -> Result<(), ScimError> {
    if record.reserved && name != record.display_name {
        let text = format!("Group {} is reserved and cannot be renamed", record.display_name);
        return Err(ScimError::invalid_value(text));
    }
    if name.is_empty() || name.chars().count() > 255 {
        return Err(ScimError::invalid_value("displayName must have 1 to 255 characters"));
    }
    record.display_name = name;
    Ok(())
}

fn not_everybody(record: &Record) -> Result<(), ScimError> {
    if record.everybody {
        let text = format!("Members of the reserved group {} cannot be changed", record.display_name);
        return Err(ScimError::invalid_value(text));
    }
    Ok(())
}

fn wrong(attribute: &str) -> ScimError {
    ScimError::invalid_value(format!("The value of attribute {attribute} has the wrong type"))
}

pub(super) fn text(attribute: &str, value: &Value) -> Result<String, ScimError> {
    value.as_str().map(str::to_owned).ok_or_else(|| wrong(attribute))
}

fn external_id(value: &Value) -> Result<String, ScimError> {
    let id = text("externalId", value)?;
    if id.chars().count() > 64 {
        return Err(ScimError::invalid_value("externalId must have at most 64 characters"));
    }
    Ok(id)
}

/// Real booleans, and the texts that Terraform and Entra send.
fn boolean(value: &Value) -> Result<bool, ScimError> {
    match value {
        Value::Bool(value) => Ok(*value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(wrong("active")),
    }
}

/// The `value`s of a multi-valued attribute: a list of objects, or one object.
fn strings(attribute: &str, value: &Value) -> Result<Vec<String>, ScimError> {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        Value::Object(_) => std::slice::from_ref(value),
        _ => return Err(wrong(attribute)),
    };
    let read = |item: &Value| item.get("value").and_then(Value::as_str).map(str::to_owned);
    items.iter().map(|item| read(item).ok_or_else(|| wrong(attribute))).collect()
}

fn member_id(id: &str) -> Result<u64, ScimError> {
    id.parse().map_err(|_| ScimError::invalid_value(format!("Member id {id} is not a number")))
}

fn workspace_only() -> ScimError {
    ScimError::invalid_value("entitlements can only be managed at the workspace level")
}

fn entitlements(level: Level, value: &Value) -> Result<Vec<String>, ScimError> {
    if level == Level::Account {
        return Err(workspace_only());
    }
    let wanted = strings("entitlements", value)?;
    match wanted.iter().find(|it| !ENTITLEMENTS.contains(&it.as_str())) {
        Some(unknown) => Err(ScimError::invalid_value(format!("Entitlement {unknown} is not supported"))),
        None => Ok(wanted),
    }
}
