//! Jobs, their secrets, and testing credentials.

use serde_json::{Value, json};

use crate::connector::{MINUTE, World};

#[test]
fn a_new_job_is_disabled_and_has_never_run() {
    let mut world = World::made(5, 2);
    let tenant = world.sample.facts().tenant_id.replace('-', "");
    let job = world.job();
    let (start, guid) = job["id"].as_str().unwrap().rsplit_once('.').unwrap();
    assert_eq!((start, guid.len()), (format!("dataBricks.{tenant}").as_str(), 36));
    assert_eq!(job["templateId"], "dataBricks");
    assert_eq!(job["schedule"], json!({ "expiration": null, "interval": "PT40M", "state": "Disabled" }));
    assert_eq!(
        job["status"],
        json!({
            "code": "NotConfigured",
            "countSuccessiveCompleteFailures": 0,
            "escrowsPruned": false,
            "lastExecution": null,
            "lastSuccessfulExecution": null,
            "lastSuccessfulExecutionWithExports": null,
            "progress": [],
            "quarantine": null,
            "steadyStateFirstAchievedTime": "0001-01-01T00:00:00Z",
            "steadyStateLastAchievedTime": "0001-01-01T00:00:00Z",
            "synchronizedEntryCountByType": [],
            "troubleshootingUrl": null
        })
    );
    assert_eq!(world.post("jobs", &json!({ "templateId": "scim" })).status, 400);
    assert_eq!(world.post("jobs", &json!({})).status, 400);
    world.save(&[]);
    assert_eq!(world.status()["code"], "Paused");
    world.start();
    assert_eq!(world.job()["schedule"]["state"], "Active");
    assert_eq!(world.status()["code"], "NotRun");
    world.act("pause", &Value::Null);
    assert_eq!(
        (&world.job()["schedule"]["state"], &world.status()["code"]),
        (&"Paused".into(), &"Paused".into())
    );
    let path = format!("jobs/{}", world.job);
    let active = json!({ "schedule": { "state": "Active" } });
    assert_eq!(world.sync("PATCH", &path, &active).status, 204);
    assert_eq!(world.job()["schedule"]["state"], "Active");
    assert_eq!(world.sync("PATCH", &path, &json!({ "templateId": "x" })).status, 400);
    assert_eq!(world.sync("DELETE", &path, &Value::Null).status, 204);
    assert_eq!(world.get("jobs")["value"], json!([]));
    assert_eq!(world.sync("DELETE", &path, &Value::Null).status, 404);
    // Secrets belong to the service principal, not to the job.
    assert_eq!(world.get("secrets")["value"].as_array().unwrap().len(), 2);
}

#[test]
fn secrets_are_replaced_as_a_whole_and_read_back_masked() {
    let mut world = World::made(5, 2);
    let settings = "{\"Enabled\":true,\"Recipients\":\"ops@contoso.example\",\"DeleteThresholdEnabled\":true,\"DeleteThresholdValue\":500}";
    world.save_for(
        "https://x.example/scim",
        "hush",
        &[("SyncAll", "false"), ("SyncNotificationSettings", settings)],
    );
    assert_eq!(
        world.get("secrets")["value"],
        json!([
            { "key": "BaseAddress", "value": "https://x.example/scim" },
            { "key": "SecretToken", "value": "*" },
            { "key": "SyncAll", "value": "false" },
            { "key": "SyncNotificationSettings", "value": settings }
        ])
    );
    let names = world.job()["synchronizationJobSettings"].clone();
    let threshold =
        names.as_array().unwrap().iter().find(|it| it["name"] == "QuarantineTooManyDeletesThreshold");
    assert_eq!(threshold.unwrap()["value"], "500");
    let one = json!({ "value": [{ "key": "SyncAll", "value": "true" }] });
    assert_eq!(world.sync("PUT", "secrets", &one).status, 204);
    assert_eq!(world.get("secrets")["value"], one["value"]);
    // The documentation's table names another property than its samples, which are right.
    assert_eq!(world.sync("PUT", "secrets", &json!({ "credentials": [] })).status, 400);
    let unknown = json!({ "value": [{ "key": "Token", "value": "x" }] });
    assert_eq!(world.sync("PUT", "secrets", &unknown).status, 400);
}

/// What a test of these credentials says: status, code and message.
fn tried(world: &mut World, base: &str, token: &str) -> (u16, String, String) {
    let body = json!({ "templateId": "dataBricks", "useSavedCredentials": false,
        "credentials": [{ "key": "BaseAddress", "value": base }, { "key": "SecretToken", "value": token }] });
    let answer = world.post("jobs/validateCredentials", &body);
    let error = answer.value()["error"].clone();
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (answer.status, text("code"), text("message"))
}

#[test]
fn credentials_are_tested_before_there_is_a_job() {
    let mut world = World::made(5, 2);
    let facts = world.sample.facts().clone();
    let workspace = format!("{}/api/2.0/preview/scim", facts.workspace_url);
    assert_eq!(tried(&mut world, &facts.account_scim_url, &facts.account_token).0, 204);
    assert_eq!(tried(&mut world, &workspace, &facts.workspace_token).0, 204);
    assert_eq!(tried(&mut world, &format!("{workspace}/"), &facts.workspace_token).0, 204);
    assert_eq!(world.sample.writes(), 0);

    let unavailable = "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable";
    let (status, code, message) = tried(&mut world, &workspace, "dapi-wrong");
    assert_eq!((status, code.as_str()), (400, unavailable));
    assert!(message.contains("/api/2.0/preview/scim/v2/Users?filter=userName%20eq%20%22"), "{message}");
    assert!(message.contains("Response Status Code: Unauthorized"), "{message}");
    assert!(message.contains("\"error_code\":\"UNAUTHENTICATED\""), "{message}");
    assert!(!message.contains("dapi-wrong"));

    let (_, code, message) = tried(&mut world, &facts.account_scim_url, &facts.workspace_token);
    assert_eq!(code, unavailable, "{message}");
    let wrong = format!("{}/api/2.1/scim/v2", facts.workspace_url);
    let (_, _, message) = tried(&mut world, &wrong, &facts.account_token);
    assert!(message.contains("Response Status Code: NotFound"), "{message}");
    let old = facts.account_scim_url.replace("2.1", "2.0");
    let (_, _, message) = tried(&mut world, &old, &facts.account_token);
    assert!(message.contains("Response Status Code: Forbidden"), "{message}");

    let (_, code, message) = tried(&mut world, "https://adb-1.1.example/api/2.0/preview/scim", "x");
    assert_eq!(code, "CredentialValidationUnavailable");
    assert!(message.contains("No such host is known. (adb-1.1.example)"), "{message}");
    let (_, _, message) = tried(&mut world, "http://127.0.0.1:9102/scim/v2", "x");
    assert!(message.contains("NotFound") && message.contains("<html>"), "{message}");
    let (_, code, _) = tried(&mut world, &format!("{}/login.html?", facts.workspace_url), "x");
    assert_eq!(code, "SystemForCrossDomainIdentityManagementServiceIncompatible");
    assert_eq!(tried(&mut world, "", "").1, "CredentialsMissing");

    world.sample.shut_out_entra(true);
    let (_, code, message) = tried(&mut world, &workspace, &facts.workspace_token);
    assert_eq!(code, unavailable);
    assert!(message.contains("is blocked by Databricks IP ACL for workspace"), "{message}");
    // The list shuts out Entra, not the wizard.
    assert_eq!(crate::client::read(&mut world.sample, "/api/2.0/preview/scim/v2/Me").status, 200);
}

#[test]
fn saved_credentials_are_tested_without_knowing_them() {
    let mut world = World::ready(5, 2);
    let saved = json!({ "templateId": "dataBricks", "useSavedCredentials": true,
        "credentials": [{ "key": "SecretToken", "value": "*" }] });
    let path = format!("jobs/{}/validateCredentials", world.job);
    assert_eq!(world.post(&path, &saved).status, 204);
    let token = world.sample.facts().account_token.clone();
    world.sample.end_token(&token);
    assert_eq!(world.post(&path, &saved).status, 400);
    let fresh = world.sample.make_token(sample::Level::Account);
    let base = world.sample.facts().account_scim_url.clone();
    world.save_for(&base, &fresh, &[("SyncAll", "false")]);
    assert_eq!(world.post(&path, &saved).status, 204);
    assert_eq!(world.post("jobs/validateCredentials", &json!({ "useSavedCredentials": true })).status, 400);
}

#[test]
fn masks_that_are_sent_back_are_the_new_token() {
    let mut world = World::ready(5, 2);
    let base = world.sample.facts().account_scim_url.clone();
    world.save_for(&base, "*", &[("SyncAll", "false")]);
    let path = format!("jobs/{}/validateCredentials", world.job);
    assert_eq!(world.post(&path, &json!({ "useSavedCredentials": true })).status, 400);
}

#[test]
fn removing_the_application_ends_its_jobs() {
    let mut world = World::ready(5, 2);
    world.start();
    let path = format!("/servicePrincipals/{}", world.principal);
    assert_eq!(world.graph("DELETE", &path, &Value::Null).status, 204);
    world.pass(MINUTE * 60);
    assert_eq!(world.sync("GET", "jobs", &Value::Null).status, 404);
    assert_eq!(world.sample.writes(), 0);
}
