//! The schema: what a job begins with, changes to it, and what they do.

use serde_json::{Value, json};

use crate::connector::{MINUTE, World};

fn schema(world: &mut World) -> Value {
    let path = format!("jobs/{}/schema", world.job);
    world.get(&path)
}

fn put(world: &mut World, schema: &Value) -> u16 {
    let path = format!("jobs/{}/schema", world.job);
    world.sync("PUT", &path, schema).status
}

/// One attribute mapping of people.
fn mapping<'s>(schema: &'s mut Value, target: &str) -> &'s mut Value {
    let all =
        schema["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"].as_array_mut().unwrap();
    all.iter_mut().find(|it| it["targetAttributeName"] == target).unwrap()
}

#[test]
fn the_default_maps_object_ids_and_matches_by_name() {
    let mut world = World::ready(20, 8);
    let schema = schema(&mut world);
    let mappings = schema["synchronizationRules"][0]["objectMappings"].as_array().unwrap();
    let read = |at: usize| -> Vec<(String, String, i64)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        mappings[at]["attributeMappings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| {
                (
                    text(&it["targetAttributeName"]),
                    text(&it["source"]["expression"]),
                    it["matchingPriority"].as_i64().unwrap(),
                )
            })
            .collect()
    };
    let row = |target: &str, source: &str, matching: i64| (target.to_owned(), source.to_owned(), matching);
    assert_eq!(
        read(0),
        [
            row("userName", "[userPrincipalName]", 1),
            row("active", "Switch([IsSoftDeleted], , \"False\", \"True\", \"True\", \"False\")", 0),
            row("displayName", "[displayName]", 0),
            row("emails[type eq \"work\"].value", "[mail]", 0),
            row("name.givenName", "[givenName]", 0),
            row("name.familyName", "[surname]", 0),
            row("externalId", "[objectId]", 0)
        ]
    );
    assert_eq!(
        read(1),
        [
            row("displayName", "[displayName]", 1),
            row("externalId", "[objectId]", 0),
            row("members", "[members]", 0)
        ]
    );
    let names: Vec<&str> =
        schema["directories"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Azure Active Directory", "dataBricks"]);
}

#[test]
fn a_changed_mapping_is_worked_through_and_unknown_fields_survive() {
    let mut world = World::ready(20, 8);
    let uma = world.person("uma");
    world.assign(&uma);
    world.start();
    world.pass(MINUTE);
    let before = world.user_at_account("uma@contoso.example").unwrap();
    assert_eq!(before["externalId"], uma.as_str());
    let mut changed = schema(&mut world);
    changed["provisioningTaskIdentifier"] = json!("kept");
    changed["synchronizationRules"][0]["objectMappings"][0]["newer"] = json!({ "a": [1] });
    let source = json!({ "type": "Function", "name": "Join", "expression": "Join(\", \", [surname], [givenName])", "parameters": [] });
    mapping(&mut changed, "displayName")["source"] = source;
    assert_eq!(put(&mut world, &changed), 204);
    world.pass(MINUTE * 40);
    assert_eq!(world.user_at_account("uma@contoso.example").unwrap()["displayName"], "Ordinary, Uma");
    let mut read = schema(&mut world);
    assert_eq!(read["provisioningTaskIdentifier"], "kept");
    assert_eq!(read["synchronizationRules"][0]["objectMappings"][0]["newer"], json!({ "a": [1] }));
    // What the expression cannot say fails for each object, by name.
    mapping(&mut read, "displayName")["source"] =
        json!({ "type": "Function", "expression": "Shuffle([surname])" });
    assert_eq!(put(&mut world, &read), 204);
    world.pass(MINUTE * 40);
    let failed = world.log_of(" and provisioningStatusInfo/status eq 'failure'");
    assert!(
        failed[0]["provisioningStatusInfo"]["errorInformation"]["reason"]
            .as_str()
            .unwrap()
            .contains("'Shuffle'")
    );
    let rule = read["synchronizationRules"][0]["id"].clone();
    let path = format!("jobs/{}/schema", world.job);
    assert_eq!(world.sync("DELETE", &path, &Value::Null).status, 204);
    let fresh = schema(&mut world);
    assert_eq!(
        (&fresh["synchronizationRules"][0]["id"], fresh.get("provisioningTaskIdentifier")),
        (&rule, None)
    );
    assert_eq!(put(&mut world, &json!({ "directories": [] })), 400);
}

#[test]
fn a_scoping_filter_decides_who_comes_and_who_goes() {
    let mut world = World::ready(40, 8);
    let group = world.group("All Employees");
    world.assign(&group);
    let mut filtered = schema(&mut world);
    let clause = json!({ "sourceOperandName": "department", "operatorName": "EQUALS", "targetOperand": { "values": ["Finance"] } });
    filtered["synchronizationRules"][0]["objectMappings"][0]["scope"] = json!({ "groups": [{ "name": "Finance only", "clauses": [clause] }], "inputFilterGroups": [], "categoryFilterGroups": [] });
    assert_eq!(put(&mut world, &filtered), 204);
    world.start();
    world.pass(MINUTE * 6);
    let departments = |world: &World| {
        let users = world.sample.scim_users(sample::Level::Account);
        let ids = users.iter().filter(|it| it["active"] == true).filter_map(|it| it["externalId"].as_str());
        let mut found: Vec<String> =
            ids.filter_map(|id| Some(world.sample.directory().person(id)?.department.clone())).collect();
        found.sort();
        found.dedup();
        found
    };
    assert_eq!(departments(&world), ["Finance"]);
    filtered["synchronizationRules"][0]["objectMappings"][0]["scope"]["groups"][0]["clauses"][0]["targetOperand"] =
        json!({ "values": ["Sales"] });
    assert_eq!(put(&mut world, &filtered), 204);
    world.pass(MINUTE * 42);
    assert_eq!(departments(&world), ["Sales"]);
    let path = format!("jobs/{}/schema/filterOperators", world.job);
    assert_eq!(
        world.get(&path)["value"][0],
        json!({ "id": "EQUALS", "name": "EQUALS", "arity": "Binary",
        "multivaluedComparisonType": "All", "supportedAttributeTypes": ["String", "Boolean"] })
    );
}

#[test]
fn groups_can_be_left_out_and_deletions_forbidden() {
    let mut world = World::ready(20, 8);
    let (uma, group) = (world.person("uma"), world.group("Data Scientists"));
    let assignment = world.assign(&uma);
    world.assign(&group);
    let mut changed = schema(&mut world);
    changed["synchronizationRules"][0]["objectMappings"][1]["enabled"] = json!(false);
    changed["synchronizationRules"][0]["objectMappings"][0]["flowTypes"] = json!("Add, Update");
    assert_eq!(put(&mut world, &changed), 204);
    world.start();
    world.pass(MINUTE * 5);
    assert!(world.user_at_account("uma@contoso.example").is_some());
    assert!(world.group_at_account("Data Scientists").is_none());
    world.unassign(&assignment);
    world.pass(MINUTE * 40);
    assert_eq!(world.user_at_account("uma@contoso.example").unwrap()["active"], true);
}
