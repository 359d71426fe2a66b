//! Provisioning on demand: at once, for real, and told in JSON within JSON.

use sample::Options;
use serde_json::{Value, json};

use crate::connector::{MINUTE, World, members, options};

fn rule(world: &mut World) -> String {
    let path = format!("jobs/{}/schema", world.job);
    world.get(&path)["synchronizationRules"][0]["id"].as_str().unwrap().to_owned()
}

fn ask(world: &mut World, subject: &Value) -> sample::Answer {
    let rule = rule(world);
    let body = json!({ "parameters": [{ "ruleId": rule, "subjects": [subject] }] });
    let path = format!("jobs/{}/provisionOnDemand", world.job);
    world.post(&path, &body)
}

fn user(id: &str) -> Value {
    json!({ "objectId": id, "objectTypeName": "User" })
}

fn inner(answer: &Value, name: &str) -> Value {
    serde_json::from_str(answer[name].as_str().unwrap()).unwrap()
}

fn steps(value: &Value) -> Vec<(&str, &str, &str)> {
    let all = value["provisioningSteps"].as_array().unwrap();
    assert!(all.iter().all(|it| it["description"].as_str().is_some_and(|it| !it.is_empty())));
    all.iter()
        .map(|it| {
            (it["name"].as_str().unwrap(), it["type"].as_str().unwrap(), it["status"].as_str().unwrap())
        })
        .collect()
}

#[test]
fn a_person_is_provisioned_in_five_steps() {
    let mut world = World::ready(20, 8);
    let uma = world.person("uma");
    world.assign(&uma);
    let answer = ask(&mut world, &user(&uma));
    assert_eq!(answer.status, 200);
    let answer = answer.value();
    assert_eq!(inner(&answer, "key"), json!({ "result": "Success", "details": {} }));
    let value = inner(&answer, "value");
    assert_eq!(
        steps(&value),
        [
            ("EntryImport", "Import", "Success"),
            ("EntrySynchronizationScoping", "Scoping", "Success"),
            ("EntryImportObjectNotFound", "Matching", "Success"),
            ("EntrySynchronizationAdd", "Processing", "Success"),
            ("EntryExportAdd", "Export", "Success")
        ]
    );
    assert_eq!((&value["action"], &value["sourceIdentity"]["id"]), (&"Create".into(), &uma.as_str().into()));
    let there = world.user_at_account("uma@contoso.example").unwrap();
    assert_eq!(value["targetIdentity"]["id"], there["id"]);
    // Once more there is nothing to do.
    let again = ask(&mut world, &user(&uma)).value();
    assert_eq!(inner(&again, "key")["details"]["errorCode"], "RedundantExport");
    assert_eq!(inner(&again, "value")["statusInfo"]["status"], "Skipped");
    assert_eq!(world.sample.writes(), 1);
    // The job need not run, and does not run for it.
    assert_eq!(world.status()["code"], "Paused");
    let log = world.log();
    assert_eq!(
        (&log[1]["initiatedBy"]["displayName"], &log[1]["provisioningAction"]),
        (&"Ada Lovelace".into(), &"create".into())
    );
}

#[test]
fn who_is_not_assigned_or_disabled_is_skipped() {
    let mut world = World::ready(20, 8);
    let uma = world.person("uma");
    let answer = ask(&mut world, &user(&uma)).value();
    assert_eq!(inner(&answer, "key")["result"], "Skipped");
    let value = inner(&answer, "value");
    assert_eq!(steps(&value)[1], ("EntrySynchronizationScoping", "Scoping", "Skipped"));
    assert_eq!(value["provisioningSteps"][1]["details"]["Assigned to the application"], "False");
    world.assign(&uma);
    world.sample.directory_mut().set_enabled(&uma, false);
    let value = inner(&ask(&mut world, &user(&uma)).value(), "value");
    assert_eq!(value["provisioningSteps"][1]["details"]["Active in the source system"], "False");
    assert_eq!(world.sample.writes(), 0);
}

#[test]
fn a_group_brings_five_members_along() {
    let mut world = World::ready(60, 8);
    let group = world.group("All Employees");
    world.assign(&group);
    let people: Vec<String> = (world.sample.directory().direct_people(&group).iter())
        .filter(|it| it.account_enabled && !it.guest && it.mail.as_deref() == Some(&it.user_principal_name))
        .take(6)
        .map(|it| it.id.clone())
        .collect();
    let subject = |count: usize| {
        let links: Vec<Value> = people.iter().take(count).map(|id| user(id)).collect();
        json!({ "objectId": group, "objectTypeName": "Group", "links": { "members": links } })
    };
    assert_eq!(ask(&mut world, &subject(6)).status, 400);
    let answer = ask(&mut world, &subject(5)).value();
    assert_eq!(answer["key"], "Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo");
    let value = inner(&answer, "value");
    assert_eq!(value.as_array().unwrap().len(), 6);
    assert_eq!(value[0]["sourceIdentity"]["type"], "Group");
    assert_eq!(members(&world, "All Employees").len(), 5);
    // The first cycle brings the rest.
    world.start();
    world.pass(MINUTE * 10);
    assert!(members(&world, "All Employees").len() > 20);
}

#[test]
fn wrong_questions_and_too_many_are_refused() {
    let mut world = World::ready(20, 8);
    let uma = world.person("uma");
    let path = format!("jobs/{}/provisionOnDemand", world.job);
    let wrong = json!({ "parameters": [{ "ruleId": "x", "subjects": [user(&uma)] }] });
    assert_eq!(world.post(&path, &wrong).status, 400);
    assert_eq!(ask(&mut world, &json!({ "objectId": uma, "objectTypeName": "Device" })).status, 400);
    let mut world = World::bare(Options { published_limits: true, ..options(20, 8) });
    world.instantiate();
    world.post("jobs", &json!({ "templateId": "dataBricks" })).value()["id"]
        .as_str()
        .unwrap()
        .clone_into(&mut world.job);
    world.save(&[("SyncAll", "false")]);
    let uma = world.person("uma");
    let answers: Vec<sample::Answer> = (0..6).map(|_| ask(&mut world, &user(&uma))).collect();
    let statuses: Vec<u16> = answers.iter().map(|it| it.status).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429]);
    assert_eq!(answers[5].header("retry-after"), Some("3"));
    world.now += std::time::Duration::from_secs(3);
    assert_eq!(ask(&mut world, &user(&uma)).status, 200);
}

#[test]
fn credentials_that_do_not_work_are_told_as_a_failure() {
    let mut world = World::ready(20, 8);
    let uma = world.person("uma");
    world.assign(&uma);
    let base = world.sample.facts().account_scim_url.clone();
    world.save_for(&base, "dsapi-wrong", &[("SyncAll", "false")]);
    let answer = ask(&mut world, &user(&uma)).value();
    let key = inner(&answer, "key");
    assert_eq!(key["result"], "Failure");
    assert!(key["details"]["errorMessage"].as_str().unwrap().contains("Unauthorized"));
}

#[test]
fn an_assignment_is_honoured_after_a_while() {
    let lag = std::time::Duration::from_secs(3);
    let mut slow = World::bare(Options { replication: lag, ..options(20, 8) });
    let uma = slow.person("uma");
    slow.instantiate();
    slow.now += lag * 2;
    slow.post("jobs", &json!({ "templateId": "dataBricks" })).value()["id"]
        .as_str()
        .unwrap()
        .clone_into(&mut slow.job);
    slow.save(&[("SyncAll", "false")]);
    slow.now += lag;
    slow.assign(&uma);
    slow.now += lag;
    let answer = ask(&mut slow, &user(&uma)).value();
    assert_eq!(inner(&answer, "key")["result"], "Skipped");
    slow.now += lag;
    let answer = ask(&mut slow, &user(&uma)).value();
    assert_eq!(inner(&answer, "key")["result"], "Success");
}

#[test]
fn the_target_is_asked_and_what_was_removed_there_is_told() {
    let mut world = World::ready(20, 8);
    let uma = world.person("uma");
    world.assign(&uma);
    ask(&mut world, &user(&uma));
    let id = world.user_at_account("uma@contoso.example").unwrap()["id"].as_str().unwrap().to_owned();
    let path = format!("{}/Users/{id}", crate::client::account_path(&world.sample));
    let change = json!([{ "op": "replace", "path": "displayName", "value": "Changed There" }]);
    assert_eq!(crate::client::patch(&mut world.sample, &path, &change).status, 200);
    let value = inner(&ask(&mut world, &user(&uma)).value(), "value");
    assert_eq!(
        value["modifiedProperties"],
        json!([{ "displayName": "displayName", "oldValue": "Changed There", "newValue": "Uma Ordinary" }])
    );
    assert_eq!(world.user_at_account("uma@contoso.example").unwrap()["displayName"], "Uma Ordinary");
    let gone = crate::client::scim(&mut world.sample, "DELETE", &path, &Value::Null, world.now);
    assert_eq!(gone.status, 204);
    let answer = ask(&mut world, &user(&uma)).value();
    let key = inner(&answer, "key");
    assert_eq!((&key["result"], &key["details"]["errorCode"]), (&"Failure".into(), &"InvalidAnchor".into()));
}
