//! From an object of the directory to what the target should hold, by the schema's attribute mappings.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::source::{Kind, Source, truth};
use super::{expression, text};

/// The mapping of one kind of objects, as it stands in the schema.
#[derive(Clone, Copy, Debug)]
pub(super) struct ObjectMapping<'s>(&'s Value);

/// Target attributes with their values; references are not among them.
pub(super) type Values = BTreeMap<String, String>;

/// The first mapping of that kind, rules in the order of their priority; with the rule's id.
pub(super) fn find(schema: &Value, kind: Kind) -> Option<(ObjectMapping<'_>, &str)> {
    let mut rules: Vec<&Value> = list(schema, "synchronizationRules").collect();
    rules.sort_by_key(|rule| rule.get("priority").and_then(Value::as_i64).unwrap_or(0));
    rules.into_iter().find_map(|rule| {
        let of_kind = |it: &&Value| text(it, "sourceObjectName").eq_ignore_ascii_case(kind.name());
        list(rule, "objectMappings").find(of_kind).map(|it| (ObjectMapping(it), text(rule, "id")))
    })
}

fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

impl<'s> ObjectMapping<'s> {
    pub(super) fn enabled(self) -> bool {
        self.0.get("enabled").and_then(Value::as_bool).unwrap_or(true)
    }

    /// Whether objects may be added, updated or deleted: `Add, Update, Delete`.
    pub(super) fn flows(self, what: &str) -> bool {
        text(self.0, "flowTypes").split(',').any(|it| it.trim().eq_ignore_ascii_case(what))
    }

    /// The scoping filter.
    pub(super) fn scope(self) -> Option<&'s Value> {
        self.0.get("scope").filter(|it| !it.is_null())
    }

    fn attributes(self) -> impl Iterator<Item = &'s Value> {
        list(self.0, "attributeMappings")
    }

    /// Whether members flow.
    pub(super) fn has_members(self) -> bool {
        self.attributes().any(|it| text(it, "targetAttributeName") == "members")
    }

    /// The target attribute by which objects are matched first.
    pub(super) fn matching(self) -> Option<&'s str> {
        let priority = |it: &&Value| it.get("matchingPriority").and_then(Value::as_i64).filter(|it| *it > 0);
        let mut all: Vec<(i64, &Value)> =
            self.attributes().filter_map(|it| Some((priority(&it)?, it))).collect();
        all.sort_by_key(|(priority, _)| *priority);
        all.first().map(|(_, it)| text(it, "targetAttributeName"))
    }

    /// What the target should hold. Attributes without a value are skipped, not cleared (`known-issues`). `new` also gives what
    /// flows at creation only.
    pub(super) fn values(self, source: &Source, deleted: bool, new: bool) -> Result<Values, String> {
        let mut attributes = source.attributes.clone();
        attributes.insert("IsSoftDeleted", truth(deleted));
        let mut values = Values::new();
        for mapping in self.attributes() {
            let target = text(mapping, "targetAttributeName");
            let add_only = text(mapping, "flowType").eq_ignore_ascii_case("ObjectAddOnly");
            if target.is_empty() || target == "members" || (add_only && !new) {
                continue;
            }
            let value =
                flowed(mapping, &attributes).map_err(|it| format!("Attribute '{target}': {}", it.0))?;
            let default = mapping.get("defaultValue").and_then(Value::as_str).filter(|it| !it.is_empty());
            if let Some(value) = value.filter(|it| !it.is_empty()).or_else(|| default.map(str::to_owned)) {
                values.insert(target.to_owned(), value);
            }
        }
        Ok(values)
    }
}

fn flowed(
    mapping: &Value,
    attributes: &BTreeMap<&'static str, String>,
) -> Result<Option<String>, expression::Wrong> {
    let Some(source) = mapping.get("source") else { return Ok(None) };
    let (kind, name, written) = (text(source, "type"), text(source, "name"), text(source, "expression"));
    match kind.to_ascii_lowercase().as_str() {
        "constant" => Ok(Some(name)
            .filter(|it| !it.is_empty())
            .or(Some(written))
            .map(|it| it.trim_matches('"').to_owned())),
        "attribute" if written.is_empty() => expression::value(&format!("[{name}]"), attributes),
        _ => expression::value(written, attributes),
    }
}

/// Values as the body of a SCIM resource.
pub(super) fn resource(kind: Kind, values: &Values) -> Value {
    let mut body = Map::new();
    body.insert(
        "schemas".to_owned(),
        json!([format!("urn:ietf:params:scim:schemas:core:2.0:{}", kind.name())]),
    );
    for (target, value) in values {
        if let Some((list, rest)) = target.split_once("[type eq \"") {
            let name = rest.split('"').next().unwrap_or_default();
            body.insert(list.to_owned(), json!([{ "type": name, "value": value, "primary": true }]));
        } else if let Some((urn, name)) = target.rsplit_once(':') {
            nested(&mut body, urn, name, json!(value));
        } else if let Some((outer, inner)) = target.split_once('.') {
            nested(&mut body, outer, inner, json!(value));
        } else {
            body.insert(target.clone(), wire(target, value));
        }
    }
    Value::Object(body)
}

fn nested(body: &mut Map<String, Value>, outer: &str, inner: &str, value: Value) {
    if let Some(object) = body.entry(outer).or_insert_with(|| json!({})).as_object_mut() {
        object.insert(inner.to_owned(), value);
    }
}

fn wire(target: &str, value: &str) -> Value {
    if target == "active" { json!(value.eq_ignore_ascii_case("true")) } else { json!(value) }
}

/// The operations that bring values about.
pub(super) fn operations(values: &Values) -> Vec<Value> {
    let one = |(path, value): (&String, &String)| json!({ "op": "Replace", "path": path, "value": wire(path, value) });
    values.iter().map(one).collect()
}

/// What a resource of the target holds of an attribute.
pub(super) fn held(resource: &Value, target: &str) -> Option<String> {
    let found = if let Some((list, rest)) = target.split_once("[type eq \"") {
        let name = rest.split('"').next().unwrap_or_default();
        resource.get(list)?.as_array()?.iter().find(|it| text(it, "type") == name)?.get("value")?
    } else {
        target.split('.').try_fold(resource, |value, part| value.get(part))?
    };
    match found {
        Value::Bool(value) => Some(truth(*value)),
        Value::String(value) => Some(value.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_a_resource_and_are_found_in_one() {
        let values: Values = [
            ("userName", "ada@contoso.example"),
            ("active", "True"),
            ("emails[type eq \"work\"].value", "ada@contoso.example"),
            ("name.givenName", "Ada"),
            ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "Research"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let body = resource(Kind::User, &values);
        assert_eq!(
            body,
            json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "userName": "ada@contoso.example",
                "active": true,
                "emails": [{ "type": "work", "value": "ada@contoso.example", "primary": true }],
                "name": { "givenName": "Ada" },
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Research" }
            })
        );
        for name in ["userName", "active", "emails[type eq \"work\"].value", "name.givenName"] {
            assert_eq!(held(&body, name).as_ref(), values.get(name));
        }
    }
}
