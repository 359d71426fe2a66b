//! `externalId` from the object id, and nothing else.

use serde_json::{Value, json};

use super::findings::{EXTERNAL_ID, OBJECT_ID};
use super::{Schema, Table, text};
use crate::entra::connector::kind::Kind;

/// The schema with `externalId` of people and groups taken from the object id; none, where it is so already, or where there is no mapping
/// to repair. Everything else stays as it was, what is not known here too.
#[must_use]
pub fn repair_external_id(schema: &Schema) -> Option<Schema> {
    let table = Table::of(schema);
    let is_right = |kind: Kind| {
        let row = table.get(kind).and_then(|mapping| mapping.row(EXTERNAL_ID));
        row.is_some_and(|row| row.source.is_attribute(OBJECT_ID))
    };
    let mut repaired = schema.clone();
    let mut some = false;
    for kind in Kind::ALL.into_iter().filter(|kind| !is_right(*kind)) {
        some |= repair(&mut repaired, kind).is_some();
    }
    some.then_some(repaired)
}

fn repair(schema: &mut Schema, kind: Kind) -> Option<()> {
    let (rule, mapping) = schema.place(kind)?;
    let mapping = schema
        .0
        .pointer_mut(&format!("/synchronizationRules/{rule}/objectMappings/{mapping}"))?
        .as_object_mut()?;
    let rows = mapping.entry("attributeMappings").or_insert_with(|| json!([]));
    if rows.is_null() {
        *rows = json!([]);
    }
    let rows = rows.as_array_mut()?;
    let source = json!({
        "type": "Attribute", "name": OBJECT_ID, "expression": format!("[{OBJECT_ID}]"), "parameters": [],
    });
    let known =
        rows.iter_mut().find(|row| text(row, "targetAttributeName").eq_ignore_ascii_case(EXTERNAL_ID));
    match known.and_then(Value::as_object_mut) {
        Some(row) => {
            row.insert("source".to_owned(), source);
        }
        // As Graph documents a mapping (`synchronization-attributemapping`).
        None => rows.push(json!({
            "targetAttributeName": EXTERNAL_ID,
            "source": source,
            "defaultValue": null,
            "exportMissingReferences": false,
            "flowBehavior": "FlowWhenChanged",
            "flowType": "Always",
            "matchingPriority": 0,
        })),
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::connector::schema::{Concern, concerns};

    fn schema() -> Value {
        json!({
            "id": "scim", "unheard": { "deep": [1, { "kept": null }] },
            "directories": [{ "name": "x", "objects": [] }],
            "synchronizationRules": [{
                "id": "r", "priority": 1, "unheard": true,
                "objectMappings": [
                    { "sourceObjectName": "User", "enabled": true, "flowTypes": "Add, Update, Delete", "fresh": 7, "attributeMappings": [
                        { "targetAttributeName": "userName", "matchingPriority": 1, "unheard": "a",
                          "source": { "type": "Attribute", "name": "mail", "expression": "[mail]", "parameters": [] } },
                        { "targetAttributeName": "externalId", "matchingPriority": 2, "flowType": "ObjectAddOnly", "unheard": "b",
                          "source": { "type": "Function", "name": "Mid", "expression": "Mid([mail], 1, 2)", "parameters": [{ "key": "a" }] } },
                    ] },
                    { "sourceObjectName": "Group", "enabled": true, "flowTypes": "Add, Update, Delete", "attributeMappings": [
                        { "targetAttributeName": "displayName", "matchingPriority": 1,
                          "source": { "type": "Attribute", "name": "displayName" } },
                    ] },
                    { "sourceObjectName": "Device", "attributeMappings": [] },
                ],
            }],
        })
    }

    #[test]
    fn external_ids_are_repaired_and_nothing_else_is_changed() {
        let before = Schema::try_from(schema()).unwrap();
        let after = repair_external_id(&before).unwrap();
        let mut wanted = schema();
        let mappings = &mut wanted["synchronizationRules"][0]["objectMappings"];
        let source =
            json!({ "type": "Attribute", "name": "objectId", "expression": "[objectId]", "parameters": [] });
        mappings[0]["attributeMappings"][1]["source"] = source.clone();
        mappings[1]["attributeMappings"].as_array_mut().unwrap().push(json!({
            "targetAttributeName": "externalId", "source": source, "defaultValue": null, "exportMissingReferences": false,
            "flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0,
        }));
        assert_eq!(after.as_value(), &wanted);
        assert!(!concerns(&Table::of(&after)).iter().any(Concern::is_repaired));
        // Once is enough.
        assert_eq!(repair_external_id(&after), None);
    }

    #[test]
    fn what_cannot_be_repaired_is_left_alone() {
        for broken in [
            json!({}),
            json!({ "synchronizationRules": [] }),
            json!({ "synchronizationRules": [{ "objectMappings": [{ "sourceObjectName": "User", "attributeMappings": 7 }] }] }),
        ] {
            assert_eq!(repair_external_id(&Schema::try_from(broken).unwrap()), None);
        }
        let bare = json!({ "synchronizationRules": [{ "objectMappings": [{ "sourceObjectName": "User", "attributeMappings": null }] }] });
        let repaired = repair_external_id(&Schema::try_from(bare).unwrap()).unwrap();
        assert_eq!(Table::of(&repaired).people.unwrap().rows.len(), 1);
    }
}
