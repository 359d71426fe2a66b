//! When things go wrong for good: quarantine, held deletions, and what each restart forgets.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::client::NOW;
use crate::connector::{MINUTE, World};

const THRESHOLD: &str = "{\"Enabled\":true,\"Recipients\":\"ops@contoso.example\",\"DeleteThresholdEnabled\":true,\"DeleteThresholdValue\":2}";

/// A running job with some people, all provisioned, and their assignments.
fn running(count: usize, more: &[(&str, &str)]) -> (World, Vec<String>, Vec<String>) {
    let mut world = World::ready(60, 8);
    let settings: Vec<(&str, &str)> =
        [("SyncAll", "false")].into_iter().chain(more.iter().copied()).collect();
    world.save(&settings);
    let people: Vec<(String, String)> = (world.sample.directory().people().iter())
        .filter(|it| it.account_enabled && !it.guest && it.mail.as_deref() == Some(&it.user_principal_name))
        .skip(1)
        .take(count)
        .map(|it| (it.id.clone(), it.user_principal_name.to_lowercase()))
        .collect();
    let assignments = people.iter().map(|(id, _)| world.assign(id)).collect();
    world.start();
    world.pass(MINUTE * 5);
    assert_eq!(world.status()["code"], "Active");
    (world, people.into_iter().map(|(_, name)| name).collect(), assignments)
}

fn active(world: &World, names: &[String]) -> usize {
    names.iter().filter(|name| world.user_at_account(name).is_some_and(|it| it["active"] == true)).count()
}

#[test]
fn a_token_that_ends_sets_the_job_apart_and_a_new_one_brings_it_back() {
    let (mut world, ..) = running(3, &[]);
    let token = world.sample.facts().account_token.clone();
    world.sample.end_token(&token);
    let uma = world.person("uma");
    let known = world.user_at_account("uma@contoso.example").is_some();
    world.sample.directory_mut().rename_person(&uma, "Uma Renamed");
    if !known {
        world.assign(&uma);
    }
    world.pass(MINUTE * 40);
    let status = world.status();
    assert_eq!(status["code"], "Quarantine");
    let quarantine = &status["quarantine"];
    assert_eq!(
        (&quarantine["reason"], &quarantine["seriesCount"]),
        (&"EncounteredQuarantineException".into(), &1.into())
    );
    assert!(quarantine["error"]["message"].as_str().unwrap().contains("Unauthorized"));
    assert_eq!(status["lastExecution"]["state"], "Failed");
    assert_eq!(status["countSuccessiveCompleteFailures"], 1);
    // Tried again after 6, 12 and 24 hours.
    let hours = |world: &mut World| {
        let quarantine = world.status()["quarantine"].clone();
        let seconds = |name: &str| -> i64 {
            let text = quarantine[name].as_str().unwrap().to_owned();
            let (date, time) = text.trim_end_matches('Z').split_once('T').unwrap();
            let day: i64 = date.rsplit('-').next().unwrap().parse().unwrap();
            let parts: Vec<i64> = time.split(':').map(|it| it.parse().unwrap()).collect();
            day * 86_400 + parts[0] * 3_600 + parts[1] * 60 + parts[2]
        };
        (
            quarantine["seriesCount"].as_u64().unwrap(),
            (seconds("nextAttempt") - seconds("currentBegan")) / 3_600,
        )
    };
    assert_eq!(hours(&mut world), (1, 6));
    world.pass(MINUTE * 60 * 6);
    assert_eq!(hours(&mut world), (2, 12));
    let fresh = world.sample.make_token(sample::Level::Account);
    let base = world.sample.facts().account_scim_url.clone();
    world.save_for(&base, &fresh, &[("SyncAll", "false")]);
    assert_eq!(world.status()["code"], "Quarantine");
    world.restart("QuarantineState");
    world.pass(MINUTE);
    assert_eq!(
        (world.status()["code"].clone(), world.status()["quarantine"].clone()),
        ("Active".into(), Value::Null)
    );
    assert_eq!(world.user_at_account("uma@contoso.example").unwrap()["displayName"], "Uma Renamed");
}

#[test]
fn after_four_weeks_in_quarantine_a_job_is_disabled() {
    let mut world = World::ready(20, 8);
    let base = world.sample.facts().account_scim_url.clone();
    world.save_for(&base, "dsapi-wrong", &[("SyncAll", "false")]);
    let uma = world.person("uma");
    world.assign(&uma);
    world.start();
    world.pass(MINUTE);
    let status = world.status();
    assert_eq!(
        (&status["code"], &status["steadyStateFirstAchievedTime"]),
        (&"Quarantine".into(), &"0001-01-01T00:00:00Z".into())
    );
    // Tokens of Graph do not last so long: the waiting is skipped.
    let now = world.now;
    world.sample.skip(MINUTE * 60 * 24 * 27, now);
    assert_eq!(world.job()["schedule"]["state"], "Active");
    world.sample.skip(MINUTE * 60 * 24 * 3, now);
    assert_eq!(world.job()["schedule"]["state"], "Disabled");
}

#[test]
fn an_access_token_passes_the_test_and_fails_an_hour_later() {
    let mut world = World::made(20, 8);
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({ "aud": "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d", "exp": NOW.as_secs() + 3_600 });
    let token = format!("{}.{}.c2ln", part(&json!({ "alg": "RS256" })), part(&claims));
    let base = world.sample.facts().account_scim_url.clone();
    world.save_for(&base, &token, &[("SyncAll", "false")]);
    let path = format!("jobs/{}/validateCredentials", world.job);
    assert_eq!(world.post(&path, &json!({ "useSavedCredentials": true })).status, 204);
    let (uma, other) = (world.person("uma"), world.person("zoe.mueller"));
    world.assign(&uma);
    world.start();
    world.pass(MINUTE * 41);
    assert!(world.user_at_account("uma@contoso.example").is_some());
    assert_eq!(world.status()["code"], "Active");
    world.assign(&other);
    world.now = NOW + MINUTE * 59;
    let now = world.now;
    world.sample.skip(MINUTE * 30, now);
    assert_eq!(world.status()["quarantine"]["reason"], "EncounteredQuarantineException");
    assert!(world.user_at_account("zoe.mueller@contoso.example").is_none());
}

#[test]
fn too_many_deletions_are_held_and_let_go() {
    let (mut world, names, assignments) = running(4, &[("SyncNotificationSettings", THRESHOLD)]);
    for assignment in &assignments[..3] {
        world.unassign(assignment);
    }
    world.pass(MINUTE * 40);
    assert_eq!(active(&world, &names), 4);
    let status = world.status();
    assert_eq!(
        (&status["code"], &status["quarantine"]["reason"]),
        (&"Quarantine".into(), &"TooManyDeletes".into())
    );
    let staged = world.log_of(" and provisioningAction eq 'stagedDelete'");
    let mut held: Vec<&str> =
        staged.iter().map(|it| it["sourceIdentity"]["displayName"].as_str().unwrap()).collect();
    held.sort_unstable();
    let mut wanted: Vec<&str> = names[..3].iter().map(String::as_str).collect();
    wanted.sort_unstable();
    assert_eq!(held.iter().map(|it| it.to_lowercase()).collect::<Vec<_>>(), wanted);
    // An ordinary restart meets the same.
    world.restart("");
    world.pass(MINUTE * 2);
    assert_eq!(
        (world.status()["quarantine"]["reason"].clone(), active(&world, &names)),
        ("TooManyDeletes".into(), 4)
    );
    world.restart("ForceDeletes");
    world.pass(MINUTE * 2);
    assert_eq!((world.status()["code"].clone(), active(&world, &names)), ("Active".into(), 1));
}

#[test]
fn deletions_are_refused_by_assigning_again() {
    let (mut world, names, assignments) = running(4, &[("SyncNotificationSettings", THRESHOLD)]);
    for assignment in &assignments[..3] {
        world.unassign(assignment);
    }
    world.pass(MINUTE * 40);
    assert_eq!(world.status()["code"], "Quarantine");
    let ids: Vec<String> =
        names.iter().map(|it| world.sample.directory().person_named(it).unwrap().id.clone()).collect();
    for id in &ids[..3] {
        world.assign(id);
    }
    world.restart("");
    world.pass(MINUTE * 2);
    assert_eq!((world.status()["code"].clone(), active(&world, &names)), ("Active".into(), 4));
}

#[test]
fn deletions_at_the_threshold_pass() {
    let (mut world, names, assignments) = running(4, &[("SyncNotificationSettings", THRESHOLD)]);
    for assignment in &assignments[..2] {
        world.unassign(assignment);
    }
    world.pass(MINUTE * 40);
    assert_eq!((world.status()["code"].clone(), active(&world, &names)), ("Active".into(), 2));
}

#[test]
fn five_thousand_failures_that_are_most_set_the_job_apart() {
    let mut world = World::made(5_400, 0);
    let facts = world.sample.facts().clone();
    let base = format!("{}/api/2.0/preview/scim", facts.workspace_url);
    // The token of somebody who is no administrator: it finds, but may not write.
    world.save_for(&base, &facts.plain_token, &[("SyncAll", "true")]);
    world.start();
    let now = world.now;
    world.sample.skip(MINUTE * 60 * 5, now);
    let status = world.status();
    assert_eq!(status["quarantine"]["reason"], "EncounteredEscrowProportionThreshold");
    let failed = world.log_of(" and provisioningStatusInfo/status eq 'failure'");
    assert_eq!(failed[0]["provisioningStatusInfo"]["errorInformation"]["errorCode"], "InsufficientRights");
    assert_eq!(world.sample.writes(), 0);
}

#[test]
fn who_owns_the_token_and_is_deactivated_ends_the_provisioning() {
    let mut world = World::made(20, 8);
    let facts = world.sample.facts().clone();
    let base = format!("{}/api/2.0/preview/scim", facts.workspace_url);
    world.save_for(&base, &facts.workspace_token, &[("SyncAll", "false")]);
    let uma = world.person("uma");
    world.sample.directory_mut().rename_account(&uma, "pat-owner@contoso.example");
    let assignment = world.assign(&uma);
    world.start();
    world.pass(MINUTE * 2);
    world.unassign(&assignment);
    world.pass(MINUTE * 40);
    assert_eq!(world.status()["code"], "Active");
    let other = world.person("zoe.mueller");
    world.assign(&other);
    world.pass(MINUTE * 40);
    assert_eq!(world.status()["quarantine"]["reason"], "EncounteredQuarantineException");
}

#[test]
fn each_restart_forgets_what_it_names() {
    let (mut world, names, _) = running(3, &[]);
    let writes = world.sample.writes();
    // Somebody changes an account at Databricks: only a full restart compares again.
    let id = world.user_at_account(&names[0]).unwrap()["id"].as_str().unwrap().to_owned();
    let account = crate::client::account_path(&world.sample);
    let change = json!([{ "op": "replace", "path": "displayName", "value": "Changed There" }]);
    assert_eq!(
        crate::client::patch(&mut world.sample, &format!("{account}/Users/{id}"), &change).status,
        200
    );
    let name = |world: &World| world.user_at_account(&names[0]).unwrap()["displayName"].clone();
    for scope in ["", "Watermark", "Escrows, QuarantineState"] {
        world.restart(scope);
        world.pass(MINUTE * 2);
        assert_eq!((name(&world), world.sample.writes()), ("Changed There".into(), writes + 1), "{scope}");
    }
    world.restart("Full");
    world.pass(MINUTE * 2);
    assert_ne!(name(&world), "Changed There");
    assert_eq!(
        world.status()["synchronizedEntryCountByType"],
        json!([{ "key": "user to User", "value": 3 }])
    );
    // Somebody deletes an account there: it never comes back by itself.
    let path = format!("{account}/Users/{id}");
    let gone = crate::client::scim(&mut world.sample, "DELETE", &path, &Value::Null, world.now);
    assert_eq!(gone.status, 204);
    let person = world.sample.directory().person_named(&names[0]).unwrap().id.clone();
    world.restart("");
    world.pass(MINUTE * 2);
    assert!(world.user_at_account(&names[0]).is_none());
    world.sample.directory_mut().rename_person(&person, "New Name");
    world.pass(MINUTE * 40);
    let failed = world.log_of(" and provisioningStatusInfo/status eq 'failure'");
    assert_eq!(failed[0]["provisioningStatusInfo"]["errorInformation"]["errorCode"], "InvalidAnchor");
    world.restart("Full");
    world.pass(MINUTE * 2);
    assert_eq!(name(&world), "New Name");
    for (scope, status) in [("None", 400), ("Everything", 400)] {
        let path = format!("jobs/{}/restart", world.job);
        assert_eq!(world.post(&path, &json!({ "criteria": { "resetScope": scope } })).status, status);
    }
    let path = format!("jobs/{}/restart", world.job);
    assert_eq!(world.post(&path, &json!({ "criteria": {} })).status, 204);
}

#[test]
fn a_shut_door_is_told_with_its_reason() {
    let (mut world, ..) = running(2, &[]);
    world.sample.shut_out_entra(true);
    let person = world.person("zoe.mueller");
    world.assign(&person);
    world.restart("");
    world.pass(MINUTE * 2);
    let status = world.status();
    assert!(status["quarantine"]["error"]["message"].as_str().unwrap().contains("IP ACL"), "{status}");
    world.sample.shut_out_entra(false);
    // It leaves quarantine by itself at the next attempt.
    let now = world.now;
    world.sample.skip(Duration::from_secs(6 * 3_600 + 120), now);
    assert_eq!(world.status()["code"], "Active");
}
