//! The provisioning log.

use std::time::Duration;

use sample::Options;
use serde_json::{Value, json};

use crate::client::encode;
use crate::connector::{MINUTE, World, options};

#[test]
fn entries_tell_everything_and_are_found_by_it() {
    let mut world = World::ready(20, 8);
    let uma = world.person("uma");
    world.assign(&uma);
    world.start();
    world.pass(MINUTE);
    let log = world.log();
    assert_eq!(log.len(), 1);
    let entry = &log[0];
    assert_eq!(
        [
            &entry["provisioningAction"],
            &entry["jobId"],
            &entry["tenantId"],
            &entry["servicePrincipal"]["displayName"]
        ],
        [
            &json!("create"),
            &json!(world.job),
            &json!(world.sample.facts().tenant_id),
            &json!("workspace-provisioning")
        ]
    );
    assert_eq!(entry["provisioningStatusInfo"], json!({ "status": "success", "errorInformation": null }));
    assert_eq!(entry["initiatedBy"]["initiatorType"], "system");
    assert_eq!(
        (&entry["sourceIdentity"]["identityType"], &entry["sourceIdentity"]["id"]),
        (&"User".into(), &uma.as_str().into())
    );
    let kinds: Vec<&str> = entry["provisioningSteps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["provisioningStepType"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["import", "scoping", "matching", "processing", "export"]);
    let name = entry["modifiedProperties"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["displayName"] == "userName")
        .unwrap();
    assert_eq!((&name["oldValue"], &name["newValue"]), (&Value::Null, &"uma@contoso.example".into()));

    world.sample.directory_mut().set_enabled(&uma, false);
    world.pass(MINUTE * 40);
    let actions = |world: &mut World, more: &str| -> Vec<String> {
        world.log_of(more).iter().map(|it| it["provisioningAction"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(actions(&mut world, ""), ["disable", "create"]);
    assert_eq!(actions(&mut world, " and provisioningAction eq 'disable'"), ["disable"]);
    let at = world.log()[0]["activityDateTime"].as_str().unwrap().to_owned();
    assert_eq!(actions(&mut world, &format!(" and activityDateTime lt {at}")), ["create"]);
    assert_eq!(actions(&mut world, &format!(" and activityDateTime ge {at}")), ["disable"]);
    assert_eq!(actions(&mut world, &format!(" and contains(sourceIdentity/id, '{uma}')")).len(), 2);
    assert_eq!(actions(&mut world, " and contains(tolower(sourceIdentity/displayName), 'uma@')").len(), 2);
    assert_eq!(
        actions(&mut world, " and contains(sourceIdentity/displayName, 'UMA@')"),
        Vec::<String>::new()
    );
}

#[test]
fn it_is_read_in_pages_and_in_order() {
    let mut world = World::ready(30, 8);
    let group = world.group("All Employees");
    world.assign(&group);
    world.start();
    world.pass(MINUTE * 5);
    let all = world.log();
    assert!(all.len() > 20);
    let filter = encode(&format!("jobId eq '{}'", world.job));
    let mut path = format!(
        "/auditLogs/provisioning?$filter={filter}&$top=7&$orderby=activityDateTime%20desc&$select=id"
    );
    let mut ids = Vec::new();
    loop {
        let page = world.graph("GET", &path, &Value::Null).value();
        ids.extend(page["value"].as_array().unwrap().iter().map(|it| it["id"].clone()));
        let Some(next) = page["@odata.nextLink"].as_str() else { break };
        next.strip_prefix("http://127.0.0.1:9102/v1.0").unwrap().clone_into(&mut path);
    }
    assert_eq!(ids, all.iter().map(|it| it["id"].clone()).collect::<Vec<_>>());
    let times: Vec<&str> = all.iter().map(|it| it["activityDateTime"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b));
    for wrong in ["$top=1001", "$expand=x", "$orderby=jobId", "$filter=shoeSize%20eq%201"] {
        assert_eq!(
            world.graph("GET", &format!("/auditLogs/provisioning?{wrong}"), &Value::Null).status,
            400,
            "{wrong}"
        );
    }
}

#[test]
fn entries_come_late_and_five_questions_in_ten_seconds_are_enough() {
    let lag = Duration::from_secs(2);
    let mut world = World::bare(Options { replication: lag, published_limits: true, ..options(20, 8) });
    world.instantiate();
    world.now += lag * 2;
    world.post("jobs", &json!({ "templateId": "dataBricks" })).value()["id"]
        .as_str()
        .unwrap()
        .clone_into(&mut world.job);
    world.save(&[("SyncAll", "false")]);
    let uma = world.person("uma");
    world.assign(&uma);
    world.now += lag * 2;
    world.start();
    world.pass(Duration::from_secs(30));
    assert!(world.user_at_account("uma@contoso.example").is_some());
    assert_eq!(world.log(), Vec::<Value>::new());
    world.pass(MINUTE);
    assert_eq!(world.log().len(), 1);
    let statuses: Vec<u16> =
        (0..5).map(|_| world.graph("GET", "/auditLogs/provisioning", &Value::Null).status).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 429]);
    world.now += Duration::from_secs(3);
    assert_eq!(world.graph("GET", "/auditLogs/provisioning", &Value::Null).status, 200);
}

#[test]
fn it_needs_a_permission_and_a_role() {
    let mut world = World::ready(20, 8);
    for (account, status) in [("nora@contoso.example", 403), ("grace@contoso.example", 200)] {
        let token = crate::client::sign_in(&mut world.sample, account, crate::connector::ALL);
        token["access_token"].as_str().unwrap().clone_into(&mut world.token);
        assert_eq!(world.graph("GET", "/auditLogs/provisioning", &Value::Null).status, status, "{account}");
    }
    let mut fresh = sample::Sample::new(options(5, 2));
    let token = crate::client::graph_token(&mut fresh, "User.Read Application.Read.All");
    assert_eq!(crate::client::graph(&mut fresh, &token, "/v1.0/auditLogs/provisioning", false).status, 403);
}
