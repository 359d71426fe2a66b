//! States, from what Graph says.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::problem::Explain as _;

/// 2026-11-23T01:00:00Z
const NOW: Timestamp = Timestamp(1_795_395_600_000);

fn job(schedule: &str, status: &Value) -> Job {
    serde_json::from_value(json!({
        "id": "j", "schedule": { "state": schedule, "interval": "PT40M" }, "status": status,
        "synchronizationJobSettings": [{ "name": "QuarantineTooManyDeletesThreshold", "value": "500" }],
    }))
    .unwrap()
}

fn at(time: &str) -> Timestamp {
    Timestamp::parse(&format!("2026-11-23T{time}:00Z")).unwrap()
}

fn cycle(state: &str, escrowed: u32) -> Value {
    json!({ "activityIdentifier": "a", "state": state, "timeBegan": "2026-11-23T00:40:00Z", "timeEnded": "2026-11-23T00:45:00Z",
        "countEntitled": 20, "countExported": 3, "countEscrowed": escrowed })
}

fn told(job: &Job) -> (State, String, String) {
    let Health { state, headline, sentence, .. } = health(job, NOW);
    (state, headline, sentence)
}

#[test]
fn a_job_that_never_ran_is_not_configured_or_not_started() {
    let (state, headline, _) = told(&job("Disabled", &json!({ "code": "NotConfigured" })));
    assert_eq!((state, headline.as_str()), (State::NotConfigured, "Not configured"));
    for status in [json!({ "code": "Paused" }), json!({ "code": "NotRun", "progress": [] }), json!(null)] {
        assert_eq!(told(&job("Disabled", &status)).0, State::NotStarted);
    }
}

#[test]
fn the_first_cycle_tells_how_far_it_is() {
    let progress = json!([{ "completedUnits": 3, "totalUnits": 8, "units": "pages" }]);
    let (state, headline, sentence) =
        told(&job("Active", &json!({ "code": "NotRun", "progress": progress })));
    let far = Some(Fraction { done: 3, of: 8 });
    assert_eq!(state, State::FirstCycle { again: false, progress: far, since: None });
    assert_eq!(headline, "The first cycle is running");
    assert_eq!(sentence, "It is 37 % through. That counts pages, which are not all alike.");
    let begun = json!({ "code": "NotRun", "lastExecution": { "timeBegan": "2026-11-23T00:40:00Z", "timeEnded": "0001-01-01T00:00:00Z" } });
    let since = Some(at("00:40"));
    assert_eq!(told(&job("Active", &begun)).0, State::FirstCycle { again: false, progress: None, since });
}

#[test]
fn after_a_restart_everybody_is_worked_through_again() {
    let status = |done: u32| json!({ "code": "Active", "lastExecution": cycle("Succeeded", 0), "progress": [{ "completedUnits": done, "totalUnits": 8 }] });
    let (state, headline, _) = told(&job("Active", &status(1)));
    assert!(matches!(state, State::FirstCycle { again: true, .. }), "{state:?}");
    assert_eq!(headline, "Everybody is worked through again");
    assert!(matches!(told(&job("Active", &status(8))).0, State::Healthy { .. }));
}

#[test]
fn a_healthy_job_tells_of_its_last_and_next_cycle() {
    let status = json!({ "code": "Active", "lastExecution": cycle("Succeeded", 0),
        "synchronizedEntryCountByType": [{ "key": "user to User", "value": 19 }] });
    let found = health(&job("Active", &status), NOW);
    assert_eq!(found.state, State::Healthy { last: Some(at("00:45")), next: Some(at("01:20")) });
    assert_eq!(
        found.sentence,
        "The last cycle ended 15 minutes ago. The next cycle is expected in 20 minutes."
    );
    let last = found.last.unwrap();
    assert_eq!((last.end, last.entitled, last.exported, last.escrowed), (End::Succeeded, 20, 3, 0));
    assert_eq!((last.began, last.ended), (Some(at("00:40")), Some(at("00:45"))));
    assert_eq!((found.counts[0].key.as_str(), found.counts[0].value), ("user to User", 19));
}

#[test]
fn a_cycle_may_take_longer_and_never_is_not_expected() {
    let late = Timestamp(NOW.0 + 3_600_000);
    let mut job = job("Active", &json!({ "code": "Active", "lastExecution": cycle("Succeeded", 0) }));
    assert_eq!(
        health(&job, late).sentence,
        "The last cycle ended 75 minutes ago. The next cycle is due or running."
    );
    job.schedule.interval = "P10675199DT2H48M5.4775807S".to_owned();
    assert_eq!(health(&job, NOW).state, State::Healthy { last: Some(at("00:45")), next: None });
}

#[test]
fn failures_of_some_and_of_all_are_told_apart() {
    let next = Some(at("01:20"));
    let (state, headline, sentence) =
        told(&job("Active", &json!({ "code": "Active", "lastExecution": cycle("EntryLevelErrors", 12) })));
    assert_eq!(
        (state, headline.as_str()),
        (State::HealthyWithFailures { escrowed: 12, next }, "Running, with failures")
    );
    assert_eq!(
        sentence,
        "12 people or groups fail; all others are provisioned. What fails is tried again, and the log says why. \
         The next cycle is expected in 20 minutes."
    );
    // A cycle that brought nothing new says nothing of those that failed before; their number does.
    let quiet = job("Active", &json!({ "code": "Active", "lastExecution": cycle("Succeeded", 1) }));
    assert_eq!(told(&quiet).0, State::HealthyWithFailures { escrowed: 1, next });
    let status = json!({ "code": "NotRun", "countSuccessiveCompleteFailures": 2, "lastExecution": cycle("Failed", 0) });
    assert_eq!(told(&job("Active", &status)).0, State::Failing { in_a_row: 2, next });
}

#[test]
fn stopped_and_switched_off_are_told_apart() {
    let status = |code| json!({ "code": code, "lastExecution": cycle("Succeeded", 0) });
    assert_eq!(told(&job("Paused", &status("Paused"))).0, State::Paused);
    assert_eq!(told(&job("Paused", &json!({ "code": "NotRun" }))).0, State::Paused);
    assert_eq!(told(&job("", &status("Paused"))).0, State::Paused);
    assert_eq!(told(&job("Disabled", &status("Paused"))).0, State::Disabled { given_up: None });
}

#[test]
fn what_graph_does_not_say_is_not_known() {
    assert_eq!(told(&job("", &json!(null))).0, State::Unknown(String::new()));
    assert_eq!(told(&job("Active", &json!({ "code": "Thinking" }))).0, State::Unknown("Thinking".to_owned()));
}

fn quarantine(reason: &str) -> Value {
    json!({ "code": "Quarantine", "lastExecution": cycle("Failed", 0), "quarantine": {
        "reason": reason, "currentBegan": "2026-11-23T00:45:00Z", "nextAttempt": "2026-11-23T06:45:00Z",
        "seriesBegan": "2026-11-20T00:45:00Z", "seriesCount": 3,
        "error": { "code": "InvalidCredentials", "message": "Token dapi0123456789abcdef is expired" } } })
}

#[test]
fn a_quarantine_has_its_reason_its_dates_and_its_end() {
    let (state, headline, sentence) = told(&job("Active", &quarantine("EncounteredQuarantineException")));
    let State::Quarantined(found) = state else { panic!("{state:?}") };
    assert_eq!(headline, "In quarantine");
    assert_eq!(
        sentence,
        "Databricks does not let Entra in. It is tried again in 6 hours. If it stays so, it is switched off in 25 days."
    );
    assert_eq!((found.reason.clone(), found.in_a_row), (Reason::Exception, 3));
    assert_eq!(found.disabled_at, Timestamp::parse("2026-12-18T00:45:00Z"));
    assert_eq!(found.reason.ways_out(), [WayOut::Token, WayOut::Restart]);
    let raw = found.explain().raw;
    let detail = |name: &str| raw.iter().find(|it| it.name == name).map(|it| it.value.as_str());
    assert_eq!(detail("message"), Some("Token [secret] is expired"));
    assert_eq!(detail("next try"), Some("2026-11-23T06:45:00Z"));
}

#[test]
fn held_deletions_have_two_ways_out() {
    let State::Quarantined(found) = told(&job("Active", &quarantine("TooManyDeletes"))).0 else { panic!() };
    assert_eq!(found.threshold, Some(500));
    assert_eq!(found.reason.ways_out(), [WayOut::AssignAgain, WayOut::Release]);
    let problem = found.explain();
    assert_eq!(problem.what, "More than 500 people and groups would be deactivated or deleted in one cycle.");
    assert!(problem.remedy.contains("all or nothing"));
}

#[test]
fn every_reason_has_words_and_a_way_out() {
    for (name, reason) in [
        ("EncounteredQuarantineException", Reason::Exception),
        ("EncounteredBaseEscrowThreshold", Reason::BaseEscrows),
        ("EncounteredTotalEscrowThreshold", Reason::TotalEscrows),
        ("EncounteredEscrowProportionThreshold", Reason::EscrowProportion),
        ("QuarantinedOnDemand", Reason::OnDemand),
        ("TooManyDeletes", Reason::TooManyDeletes),
        ("IngestionInterrupted", Reason::Ingestion),
        ("Unknown", Reason::Other("Unknown".to_owned())),
    ] {
        let State::Quarantined(found) = told(&job("Active", &quarantine(name))).0 else { panic!("{name}") };
        assert_eq!(found.reason, reason);
        let problem = found.explain();
        assert!(!problem.what.is_empty() && !problem.why.is_empty() && !problem.remedy.is_empty(), "{name}");
        assert!(!found.reason.ways_out().is_empty(), "{name}");
    }
}

#[test]
fn a_job_that_was_given_up_says_why() {
    let (state, headline, sentence) = told(&job("Disabled", &quarantine("EncounteredQuarantineException")));
    assert!(matches!(state, State::Disabled { given_up: Some(_) }));
    assert_eq!(headline, "Given up");
    assert!(sentence.contains("Databricks does not let Entra in."), "{sentence}");
}

#[test]
fn a_quarantine_that_is_over_is_none() {
    let empty = json!({ "reason": "Unknown", "currentBegan": "0001-01-01T00:00:00Z" });
    let status = json!({ "code": "Active", "lastExecution": cycle("Succeeded", 0), "quarantine": empty });
    assert!(matches!(told(&job("Active", &status)).0, State::Healthy { .. }));
    // Without any details it is one, as long as the code says so.
    let bare = json!({ "code": "Quarantine", "quarantine": null });
    let State::Quarantined(found) = told(&job("Active", &bare)).0 else { panic!() };
    assert_eq!((found.reason, found.next, found.disabled_at), (Reason::Other(String::new()), None, None));
}

#[test]
fn a_part_of_all_is_rounded_down() {
    assert_eq!(Fraction { done: 999, of: 1_000 }.percent(), 99);
    assert_eq!(Fraction { done: 8, of: 8 }.percent(), 100);
    assert_eq!(NOW.since(at("00:45")), Duration::from_secs(900));
}
