//! POST, PUT, PATCH and DELETE.

use std::time::Duration;

use serde_json::Value;

use crate::Level;
use crate::random::Random;

use super::errors::ScimError;
use super::record::{Kind, Record};
use super::store::Store;
use super::values::{self, Change};
use super::{nesting, patch};

fn object(body: &[u8]) -> Result<Value, ScimError> {
    let value: Value =
        serde_json::from_slice(body).map_err(|_| ScimError::invalid_syntax("Request is unparsable"))?;
    if value.is_object() { Ok(value) } else { Err(ScimError::invalid_syntax("Request is unparsable")) }
}

fn required(body: &Value, attribute: &str) -> Result<String, ScimError> {
    match body.get(attribute).filter(|it| !it.is_null()) {
        Some(value) => values::text(attribute, value),
        None => Err(ScimError::invalid_value(format!("Attribute {attribute} is required"))),
    }
}

/// Creates a resource. Returns its id.
pub(super) fn create(
    store: &mut Store,
    kind: Kind,
    body: &[u8],
    random: &mut Random,
    now: Duration,
) -> Result<u64, ScimError> {
    let body = object(body)?;
    let mut record = match kind {
        Kind::User => {
            let name = required(&body, "userName")?;
            if !name.contains('@') {
                return Err(ScimError::invalid_value(format!(
                    "userName {name} is not a valid email address"
                )));
            }
            check_emails(&name, &body)?;
            Record::new(kind, &name, &name)
        }
        Kind::ServicePrincipal => {
            let application = body.get("applicationId").and_then(Value::as_str);
            let application = application.map_or_else(|| random.guid(), str::to_owned);
            Record::new(kind, &application, &required(&body, "displayName")?)
        }
        Kind::Group => {
            required(&body, "displayName")?;
            Record::new(kind, "", "")
        }
    };
    fill(&mut record, store.level, &body)?;
    check(store, &record)?;
    Ok(store.create(record, now))
}

/// Takes over a whole resource's attributes. Those that the service does not keep are accepted and dropped.
fn fill(record: &mut Record, level: Level, body: &Value) -> Result<(), ScimError> {
    for (attribute, value) in body.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        values::set(record, level, &attribute.to_ascii_lowercase(), Change::Replace, value)?;
    }
    Ok(())
}

/// What must hold of a record before it is stored.
fn check(store: &Store, record: &Record) -> Result<(), ScimError> {
    check_unique(store, record)?;
    nesting::check(record, store.records())
}

fn check_emails(name: &str, body: &Value) -> Result<(), ScimError> {
    let emails = body.get("emails").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let differs = |email: &&Value| {
        email
            .get("value")
            .and_then(Value::as_str)
            .is_none_or(|value| value.to_lowercase() != name.to_lowercase())
    };
    match emails.iter().find(differs) {
        Some(_) => Err(ScimError::invalid_value(format!("emails must be equal to the userName {name}"))),
        None => Ok(()),
    }
}

/// Nobody else of this kind may have the name. The texts are those of the service, without apostrophes.
fn check_unique(store: &Store, record: &Record) -> Result<(), ScimError> {
    let mut others = store.records().values().filter(|it| it.kind == record.kind && it.id != record.id);
    let taken = match record.kind {
        Kind::Group => others.any(|it| it.display_name == record.display_name),
        _ => others.any(|it| it.name == record.name),
    };
    if !taken {
        return Ok(());
    }
    let name = record.name.replace('\'', "");
    Err(ScimError::conflict(match (record.kind, store.level) {
        (Kind::User, Level::Account) => format!(
            "User with email {name} already exists in this account. Note that email addresses are case-insensitive."
        ),
        (Kind::User, Level::Workspace) => format!("User with username {name} already exists."),
        (Kind::ServicePrincipal, _) => {
            format!("Service principal with application ID {name} already exists.")
        }
        (Kind::Group, _) => {
            format!("Group with name {} already exists.", record.display_name.replace('\'', ""))
        }
    }))
}

fn find(store: &Store, kind: Kind, id: &str) -> Result<Record, ScimError> {
    store.find(kind, id).cloned().ok_or_else(|| ScimError::not_found(kind.name(), id))
}

/// Applies a PATCH: all of it or nothing.
pub(super) fn change(
    store: &mut Store,
    kind: Kind,
    id: &str,
    body: &[u8],
    now: Duration,
) -> Result<u64, ScimError> {
    let mut record = find(store, kind, id)?;
    patch::apply(&mut record, store.level, &object(body)?)?;
    save(store, record, now)
}

/// Replaces a resource: what is left out is cleared, except that a user keeps name and addresses.
pub(super) fn replace(
    store: &mut Store,
    kind: Kind,
    id: &str,
    body: &[u8],
    now: Duration,
) -> Result<u64, ScimError> {
    let old = find(store, kind, id)?;
    let body = object(body)?;
    let display_name = match kind {
        Kind::User => old.name.clone(),
        Kind::Group | Kind::ServicePrincipal => {
            required(&body, "displayName")?;
            old.display_name
        }
    };
    let mut record = Record::new(kind, &old.name, &display_name);
    (record.id, record.reserved, record.everybody) = (old.id, old.reserved, old.everybody);
    fill(&mut record, store.level, &body)?;
    save(store, record, now)
}

fn save(store: &mut Store, record: Record, now: Duration) -> Result<u64, ScimError> {
    check(store, &record)?;
    let id = record.id;
    store.put(record, now);
    Ok(id)
}

/// Deletes a resource.
pub(super) fn delete(store: &mut Store, kind: Kind, id: &str, now: Duration) -> Result<(), ScimError> {
    let record = find(store, kind, id)?;
    if record.reserved {
        let text = format!("Group {} is reserved and cannot be deleted", record.display_name);
        return Err(ScimError::invalid_value(text));
    }
    store.delete(record.id, now);
    Ok(())
}
