//! Assigning people and groups to the connector.

use sample::{Options, TenantKind};
use serde_json::{Value, json};

use crate::connector::{USER_ROLE, World, options};

fn body(world: &World, principal: &str, role: &str) -> Value {
    json!({ "principalId": principal, "resourceId": world.principal, "appRoleId": role })
}

fn post(world: &mut World, body: &Value) -> (u16, String) {
    let path = format!("/servicePrincipals/{}/appRoleAssignedTo", world.principal);
    let answer = world.graph("POST", &path, body);
    (answer.status, answer.value()["error"]["message"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn people_and_groups_are_assigned_listed_and_taken_away() {
    let mut world = World::made(20, 8);
    let (uma, group) = (world.person("uma"), world.group("Data Engineers"));
    let first = world.assign(&uma);
    world.assign(&group);
    let path = format!("/servicePrincipals/{}/appRoleAssignedTo", world.principal);
    let listed = world.graph("GET", &path, &Value::Null).value();
    let rows: Vec<(&str, &str, &str)> = listed["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            ["principalType", "principalDisplayName", "resourceDisplayName"]
                .map(|name| it[name].as_str().unwrap())
                .into()
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("User", "Uma Ordinary", "workspace-provisioning"),
            ("Group", "Data Engineers", "workspace-provisioning")
        ]
    );
    let of_uma = world.graph("GET", &format!("/users/{uma}/appRoleAssignments"), &Value::Null).value();
    assert_eq!(of_uma["value"][0]["id"], first.as_str());
    let of_group = world.graph("GET", &format!("/groups/{group}/appRoleAssignments"), &Value::Null).value();
    assert_eq!(of_group["value"][0]["appRoleId"], USER_ROLE);
    world.unassign(&first);
    assert_eq!(world.graph("GET", &path, &Value::Null).value()["value"].as_array().unwrap().len(), 1);
    let gone = world.graph("DELETE", &format!("{path}/{first}"), &Value::Null);
    assert_eq!(gone.status, 404);
    // From the other end.
    let request = body(&world, &uma, USER_ROLE);
    let made = world.graph("POST", &format!("/users/{uma}/appRoleAssignments"), &request);
    assert_eq!((made.status, &made.value()["principalType"]), (201, &"User".into()));
}

#[test]
fn wrong_roles_and_groups_are_refused() {
    let mut world = World::made(20, 8);
    let uma = world.person("uma");
    let request = body(&world, &uma, "00000000-0000-0000-0000-000000000000");
    let (status, message) = post(&mut world, &request);
    assert_eq!(status, 400);
    assert!(message.contains("was not found on application"), "{message}");
    world.assign(&uma);
    let request = body(&world, &uma, USER_ROLE);
    let (status, message) = post(&mut world, &request);
    assert_eq!((status, message.as_str()), (400, "Permission being assigned already exists on the object"));
    let mail = world.group("Contoso Announcements");
    let request = body(&world, &mail, USER_ROLE);
    assert_eq!(post(&mut world, &request).0, 400);
    let request = body(&world, "11111111-1111-4111-8111-111111111111", USER_ROLE);
    assert_eq!(post(&mut world, &request).0, 404);
}

#[test]
fn without_premium_there_are_people_only() {
    let mut world = World::bare(Options { kinds: vec![TenantKind::NoPremium], ..options(20, 8) });
    world.instantiate();
    let (uma, group) = (world.person("uma"), world.group("Data Engineers"));
    world.assign(&uma);
    let request = body(&world, &group, USER_ROLE);
    let (status, message) = post(&mut world, &request);
    assert_eq!(status, 403);
    assert!(message.contains("P1"), "{message}");
    let log = world.graph("GET", "/auditLogs/provisioning", &Value::Null);
    assert_eq!(log.status, 403);
    assert_eq!(log.value()["error"]["code"], "Authentication_RequestFromNonPremiumTenantOrB2CTenant");
}

#[test]
fn twenty_are_assigned_in_one_batch() {
    let mut world = World::made(40, 8);
    let people: Vec<String> =
        world.sample.directory().people().iter().skip(1).take(20).map(|it| it.id.clone()).collect();
    let requests: Vec<Value> = people
        .iter()
        .enumerate()
        .map(|(at, id)| {
            json!({ "id": at.to_string(), "method": "POST", "url": format!("/servicePrincipals/{}/appRoleAssignedTo", world.principal),
                "headers": { "Content-Type": "application/json" }, "body": body(&world, id, USER_ROLE) })
        })
        .collect();
    let answer = world.graph("POST", "/$batch", &json!({ "requests": requests })).value();
    let parts = answer["responses"].as_array().unwrap();
    assert_eq!((parts.len(), parts.iter().filter(|it| it["status"] == 201).count()), (20, 20));
}
