//! Cycles: what really arrives at Databricks, and when.

use std::time::Duration;

use serde_json::{Value, json};

use crate::connector::{MINUTE, World, members};

fn sorted(world: &World, group: &str) -> Vec<String> {
    let people = world.sample.directory().direct_people(&world.group(group));
    let mut names: Vec<String> = people
        .into_iter()
        .filter(|it| it.account_enabled)
        .map(|it| it.user_principal_name.to_lowercase())
        .collect();
    names.sort();
    names
}

#[test]
fn assigned_people_and_groups_arrive_with_what_the_mapping_says() {
    let mut world = World::ready(20, 8);
    let (uma, group) = (world.person("uma"), world.group("Data Scientists"));
    world.assign(&uma);
    world.assign(&group);
    world.start();
    world.pass(MINUTE * 20);
    let there = world.user_at_account("uma@contoso.example").unwrap();
    assert_eq!(
        [&there["displayName"], &there["active"], &there["externalId"], &there["name"]],
        [
            &json!("Uma Ordinary"),
            &json!(true),
            &json!(uma),
            &json!({ "givenName": "Uma", "familyName": "Ordinary" })
        ]
    );
    let made = world.group_at_account("Data Scientists").unwrap();
    assert_eq!(made["externalId"], group.as_str());
    let (wanted, held) = (sorted(&world, "Data Scientists"), members(&world, "Data Scientists"));
    assert!(!held.is_empty());
    assert!(
        held.iter().all(|it| wanted.contains(it) || it.ends_with("@fabrikam.example")),
        "{held:?} {wanted:?}"
    );
    let status = world.status();
    assert_eq!(status["code"], "Active");
    assert_ne!(status["steadyStateFirstAchievedTime"], "0001-01-01T00:00:00Z");
    assert_eq!(status["progress"], json!([]));
    assert_eq!(status["synchronizedEntryCountByType"][1], json!({ "key": "group to Group", "value": 1 }));
}

#[test]
fn a_first_cycle_takes_its_time_and_shows_how_far_it_is() {
    let mut world = World::ready(200, 8);
    let group = world.group("All Employees");
    world.assign(&group);
    let people = world.sample.directory().direct_people(&group).len();
    assert_eq!(people, 150);
    world.start();
    world.pass(Duration::from_secs(10 + 60));
    let job = world.job();
    assert_eq!((&job["status"]["code"], &job["status"]["lastExecution"]), (&"NotRun".into(), &Value::Null));
    let progress = &job["status"]["progress"][0];
    // 151 objects are eight pages of twenty; 26 objects are done after a minute of 2.4 seconds each.
    assert_eq!((&progress["totalUnits"], &progress["completedUnits"]), (&8.into(), &1.into()));
    // 151 objects of 2.4 seconds are six minutes and two seconds; 300 people and members allow 3 to 24 minutes.
    world.pass(MINUTE * 6);
    let status = world.status();
    assert_eq!(status["code"], "Active");
    let last = &status["lastExecution"];
    assert_eq!((&last["countEntitled"], &last["countImported"]), (&151.into(), &301.into()));
}

#[test]
fn a_cycle_begins_every_forty_minutes_and_exports_what_changed() {
    let mut world = World::ready(20, 8);
    let uma = world.person("uma");
    world.assign(&uma);
    world.start();
    world.pass(MINUTE);
    let writes = world.sample.writes();
    assert_eq!(writes, 1);
    world.sample.directory_mut().rename_person(&uma, "Uma Renamed");
    world.pass(MINUTE * 38);
    assert_eq!(world.user_at_account("uma@contoso.example").unwrap()["displayName"], "Uma Ordinary");
    world.pass(MINUTE * 2);
    assert_eq!(world.user_at_account("uma@contoso.example").unwrap()["displayName"], "Uma Renamed");
    let status = world.status();
    let last = &status["lastExecution"];
    assert_eq!(
        [&last["state"], &last["countExported"], &last["countExports"], &last["countImportedDeltas"]],
        [&json!("Succeeded"), &json!(1), &json!(1), &json!(1)]
    );
    world.pass(MINUTE * 40);
    let status = world.status();
    assert_eq!((world.sample.writes(), &status["lastExecution"]["countExports"]), (2, &0.into()));
    assert_ne!(
        status["lastSuccessfulExecutionWithExports"]["timeEnded"],
        status["lastSuccessfulExecution"]["timeEnded"]
    );
    assert_ne!(status["steadyStateFirstAchievedTime"], status["steadyStateLastAchievedTime"]);
}

#[test]
fn who_is_disabled_unassigned_or_deleted_goes_in_the_right_way() {
    let mut world = World::ready(40, 8);
    let ids: Vec<String> = (world.sample.directory().people().iter())
        .filter(|it| !it.guest && it.account_enabled && it.mail.as_deref() == Some(&it.user_principal_name))
        .filter(|it| it.display_name != "Ada Lovelace")
        .take(4)
        .map(|it| it.id.clone())
        .collect();
    let name = |world: &World, id: &str| {
        let person = world.sample.directory().person(id).unwrap();
        person.user_principal_name.to_lowercase()
    };
    let names: Vec<String> = ids.iter().map(|id| name(&world, id)).collect();
    let assignments: Vec<String> = ids.iter().map(|id| world.assign(id)).collect();
    world.start();
    world.pass(MINUTE * 2);
    let active = |world: &World, at: usize| world.user_at_account(&names[at]).map(|it| it["active"] == true);
    assert!((0..4).all(|at| active(&world, at) == Some(true)));

    world.sample.directory_mut().set_enabled(&ids[0], false);
    world.unassign(&assignments[1]);
    world.sample.directory_mut().delete_person(&ids[2]);
    world.pass(MINUTE * 40);
    assert_eq!(
        [0, 1, 2, 3].map(|at| active(&world, at)),
        [Some(false), Some(false), Some(false), Some(true)]
    );

    // After 30 days in the recycle bin the account goes; whoever was unassigned before is looked after no more.
    world.sample.directory_mut().delete_person(&ids[1]);
    world.sample.directory_mut().purge();
    world.sample.directory_mut().set_enabled(&ids[0], true);
    world.pass(MINUTE * 40);
    assert_eq!([0, 1, 2, 3].map(|at| active(&world, at)), [Some(true), Some(false), None, Some(true)]);
}

#[test]
fn accounts_that_leave_the_scope_can_be_kept() {
    let mut world = World::ready(20, 8);
    world.save(&[("SyncAll", "false"), ("SkipOutOfScopeDeletions", "True")]);
    let uma = world.person("uma");
    let assignment = world.assign(&uma);
    world.start();
    world.pass(MINUTE);
    world.unassign(&assignment);
    world.pass(MINUTE * 40);
    assert_eq!(world.user_at_account("uma@contoso.example").unwrap()["active"], true);
    world.sample.directory_mut().set_enabled(&uma, false);
    world.pass(MINUTE * 40);
    assert_eq!(world.user_at_account("uma@contoso.example").unwrap()["active"], false);
}

#[test]
fn nested_groups_are_not_read_and_members_follow_changes() {
    let mut world = World::ready(60, 16);
    let platform = world.group("Data Platform");
    world.assign(&platform);
    world.start();
    world.pass(MINUTE * 30);
    let direct = world.sample.directory().direct_people(&platform).len();
    let all = world.sample.directory().transitive_members(&platform).len();
    assert!(all > direct + 2, "{all} {direct}");
    let before = members(&world, "Data Platform");
    assert!(before.len() <= direct);
    assert!(world.group_at_account("Data Scientists").is_none());
    let uma = world.person("uma");
    assert!(!before.contains(&"uma@contoso.example".to_owned()));
    world.sample.directory_mut().add_member(&platform, &uma);
    world.pass(MINUTE * 40);
    assert!(members(&world, "Data Platform").contains(&"uma@contoso.example".to_owned()));
    world.sample.directory_mut().remove_member(&platform, &uma);
    world.pass(MINUTE * 40);
    assert_eq!(members(&world, "Data Platform"), before);
    assert_eq!(world.user_at_account("uma@contoso.example").unwrap()["active"], false);
    // A group that goes is deleted there.
    world.sample.directory_mut().delete_group(&platform);
    world.pass(MINUTE * 40);
    assert!(world.group_at_account("Data Platform").is_none());
}

#[test]
fn members_who_are_disabled_at_first_come_with_a_restart_only() {
    let mut world = World::ready(20, 8);
    let (uma, group) = (world.person("uma"), world.group("Empty Project"));
    world.sample.directory_mut().add_member(&group, &uma);
    world.sample.directory_mut().set_enabled(&uma, false);
    world.assign(&group);
    world.start();
    world.pass(MINUTE * 2);
    assert!(world.user_at_account("uma@contoso.example").is_none());
    world.sample.directory_mut().set_enabled(&uma, true);
    world.pass(MINUTE * 40);
    assert!(world.user_at_account("uma@contoso.example").is_some());
    assert_eq!(members(&world, "Empty Project"), Vec::<String>::new());
    world.restart("");
    world.pass(MINUTE * 5);
    assert_eq!(members(&world, "Empty Project"), ["uma@contoso.example"]);
}

#[test]
fn guests_have_their_own_address_and_others_fail_where_names_and_mail_differ() {
    let mut world = World::ready(600, 8);
    let people = world.sample.directory().people();
    let guest = people.iter().find(|it| it.display_name == "Gina Fabrikam").unwrap().id.clone();
    // One of the last: the first ones are at Databricks already.
    let differs = people
        .iter()
        .rev()
        .find(|it| {
            !it.guest
                && it.account_enabled
                && it.mail.as_ref().is_some_and(|mail| !mail.eq_ignore_ascii_case(&it.user_principal_name))
        })
        .unwrap()
        .id
        .clone();
    world.assign(&guest);
    world.assign(&differs);
    world.start();
    world.pass(MINUTE * 2);
    assert_eq!(world.user_at_account("gina@fabrikam.example").unwrap()["displayName"], "Gina Fabrikam");
    let status = world.status();
    let last = &status["lastExecution"];
    assert_eq!((&last["state"], &last["countEscrowed"]), (&"EntryLevelErrors".into(), &1.into()));
    assert_eq!(status["code"], "Active");
    let failed = world.log_of(" and provisioningStatusInfo/status eq 'failure'");
    assert_eq!(failed[0]["sourceIdentity"]["id"], differs.as_str());
    let information = &failed[0]["provisioningStatusInfo"]["errorInformation"];
    assert_eq!(information["errorCode"], "UnprocessableEntity");
    assert!(information["reason"].as_str().unwrap().contains("emails must be equal to the userName"));
    // It is tried again with each cycle, and leaves the list when it is mended.
    world.pass(MINUTE * 40);
    assert_eq!(world.log_of(" and provisioningStatusInfo/status eq 'failure'").len(), 2);
    let mail = world.sample.directory().person(&differs).unwrap().mail.clone().unwrap();
    world.sample.directory_mut().rename_account(&differs, &mail);
    world.pass(MINUTE * 40);
    assert_eq!(world.status()["lastExecution"]["countEscrowed"], 0);
    assert!(world.user_at_account(&mail.to_lowercase()).is_some());
}

#[test]
fn everybody_is_meant_until_a_restart_says_otherwise() {
    let mut world = World::ready(12, 3);
    let uma = world.person("uma");
    world.assign(&uma);
    world.save(&[("SyncAll", "true")]);
    world.start();
    world.pass(MINUTE * 5);
    let active = |world: &World| {
        let users = world.sample.scim_users(sample::Level::Account);
        users.iter().filter(|it| it["externalId"].is_string() && it["active"] == true).count()
    };
    let all = active(&world);
    assert!(all > 8, "{all}");
    world.save(&[("SyncAll", "false")]);
    world.pass(MINUTE * 40);
    assert_eq!(active(&world), all);
    world.restart("");
    world.pass(MINUTE * 5);
    assert_eq!(active(&world), 1);
}

#[test]
fn a_pause_lets_the_cycle_end_and_begins_no_other() {
    let mut world = World::ready(40, 8);
    let group = world.group("All Employees");
    world.assign(&group);
    world.start();
    world.pass(Duration::from_secs(30));
    let part = world.sample.writes();
    world.act("pause", &Value::Null);
    assert_eq!(world.status()["code"], "Paused");
    world.pass(MINUTE * 10);
    let whole = world.sample.writes();
    assert!(whole > part, "{whole} {part}");
    assert_ne!(world.status()["lastExecution"], Value::Null);
    let uma = world.person("uma");
    world.sample.directory_mut().rename_person(&uma, "Uma Renamed");
    world.pass(MINUTE * 200);
    assert_eq!(world.sample.writes(), whole);
    world.start();
    world.pass(MINUTE * 2);
    assert_eq!(world.sample.writes(), whole + 1);
}

#[test]
fn a_target_that_throttles_makes_a_cycle_longer_and_loses_nobody() {
    let mut world =
        World::bare(sample::Options { published_limits: true, ..crate::connector::options(40, 8) });
    world.instantiate();
    world.post("jobs", &json!({ "templateId": "dataBricks" })).value()["id"]
        .as_str()
        .unwrap()
        .clone_into(&mut world.job);
    let facts = world.sample.facts().clone();
    let base = format!("{}/api/2.0/preview/scim", facts.workspace_url);
    world.save_for(&base, &facts.workspace_token, &[("SyncAll", "false")]);
    for name in ["All Employees", "Data Engineers", "Data Scientists"] {
        let group = world.group(name);
        world.assign(&group);
    }
    world.start();
    world.pass(MINUTE * 39);
    assert_eq!(world.status()["code"], "Active");
    let groups = world.sample.scim_groups(sample::Level::Workspace);
    let group = groups.iter().find(|it| it["displayName"] == "All Employees").unwrap();
    let users = world.sample.scim_users(sample::Level::Workspace);
    let linked = users.iter().filter(|it| it["externalId"].is_string()).count();
    assert!(group["members"].as_array().unwrap().len() > 20);
    assert!(linked > 20, "{linked}");
}

#[test]
fn everybody_who_is_deleted_goes_for_good_and_renamed_groups_keep_their_name() {
    let mut world = World::ready(12, 3);
    world.save(&[("SyncAll", "true")]);
    let uma = world.person("uma");
    world.start();
    world.pass(MINUTE * 5);
    let group = world.group("Data Engineers");
    world.sample.directory_mut().rename_group(&group, "Data Crew");
    world.sample.directory_mut().delete_person(&uma);
    world.pass(MINUTE * 40);
    assert_eq!(world.user_at_account("uma@contoso.example").unwrap()["active"], false);
    assert!(
        world.group_at_account("Data Engineers").is_some() && world.group_at_account("Data Crew").is_none()
    );
    world.sample.directory_mut().purge();
    world.pass(MINUTE * 40);
    assert!(world.user_at_account("uma@contoso.example").is_none());
}

#[test]
fn two_jobs_may_write_to_one_target() {
    let mut world = World::ready(12, 3);
    let uma = world.person("uma");
    world.assign(&uma);
    world.start();
    world.pass(MINUTE);
    let first = std::mem::take(&mut world.principal);
    world.instantiate();
    assert_ne!(world.principal, first);
    let made = world.post("jobs", &json!({ "templateId": "dataBricks" }));
    made.value()["id"].as_str().unwrap().clone_into(&mut world.job);
    world.save(&[("SyncAll", "false")]);
    let assignment = world.assign(&uma);
    world.start();
    world.pass(MINUTE);
    // Both look after the same account, and the one takes away what the other gives.
    world.unassign(&assignment);
    world.pass(MINUTE * 40);
    assert_eq!(world.user_at_account("uma@contoso.example").unwrap()["active"], false);
}

#[test]
fn who_was_never_exported_and_is_unassigned_is_no_failure_any_more() {
    let mut world = World::ready(40, 8);
    let uma = world.person("uma");
    world.sample.directory_mut().rename_account(&uma, "not an address");
    let assignment = world.assign(&uma);
    world.start();
    world.pass(MINUTE * 2);
    assert_eq!(world.status()["lastExecution"]["countEscrowed"], 1);
    world.unassign(&assignment);
    world.pass(MINUTE * 40);
    assert_eq!(world.status()["lastExecution"]["countEscrowed"], 0);
}

#[test]
fn each_membership_is_counted_once_however_often_the_target_throttles() {
    let mut world =
        World::bare(sample::Options { published_limits: true, ..crate::connector::options(600, 8) });
    world.instantiate();
    let made = world.post("jobs", &json!({ "templateId": "dataBricks" }));
    made.value()["id"].as_str().unwrap().clone_into(&mut world.job);
    world.save(&[("SyncAll", "false")]);
    let group = world.group("All Employees");
    world.assign(&group);
    world.start();
    world.pass(MINUTE * 30);
    let references = world.status()["lastExecution"]["countImportedReferenceDeltas"].as_u64().unwrap();
    let held = members(&world, "All Employees").len() as u64;
    assert!(held > 400, "{held}");
    assert_eq!(references, held);
}
