//! Answers as people read them.

use serde_json::{Value, json};

use super::*;
use crate::entra::connector::schema::Schema;
use crate::entra::connector::trace::Trace;

fn person(fields: &Value) -> Person {
    let mut all = json!({ "id": "00000000-0000-0000-0000-000000000001", "displayName": "Ada Lovelace", "givenName": "Ada",
        "surname": "Lovelace", "mail": "ada@contoso.example", "userPrincipalName": "ada@contoso.example",
        "accountEnabled": true, "userType": "Member" });
    for (name, value) in fields.as_object().unwrap() {
        all[name] = value.clone();
    }
    serde_json::from_value(all).unwrap()
}

fn table(change: impl FnOnce(&mut Value)) -> Table {
    let row = |target: &str, name: &str, matching: i64| json!({ "targetAttributeName": target, "source": { "type": "Attribute", "name": name }, "matchingPriority": matching });
    let mut mapping = json!({ "sourceObjectName": "User", "enabled": true, "flowTypes": "Add, Update, Delete", "attributeMappings": [
        row("userName", "userPrincipalName", 1), row("emails[type eq \"work\"].value", "mail", 0), row("externalId", "objectId", 0),
    ] });
    change(&mut mapping);
    Table::of(
        &Schema::try_from(json!({ "synchronizationRules": [{ "objectMappings": [mapping] }] })).unwrap(),
    )
}

fn assigned(direct: bool, groups: &[&str], nested: &[(&str, &str)]) -> Assignment {
    let nested = nested
        .iter()
        .map(|(assigned, inner)| Nested { assigned: (*assigned).to_owned(), inner: (*inner).to_owned() });
    Assignment::Known {
        direct,
        groups: groups.iter().map(|&name| name.to_owned()).collect(),
        nested: nested.collect(),
    }
}

fn entry(action: &str, info: &Value, steps: &Value) -> Entry {
    let told = json!({ "provisioningAction": action, "provisioningStatusInfo": info, "provisioningSteps": steps,
        "sourceIdentity": { "id": "u-1", "displayName": "Ada Lovelace", "identityType": "User" } });
    Entry {
        id: "e".to_owned(),
        at: Some(Timestamp(1_795_392_000_000)),
        cycle: "c".to_owned(),
        trace: Trace::read(&told),
    }
}

fn failed(code: &str) -> Value {
    json!({ "status": "failure", "errorInformation": { "errorCode": code, "reason": "x" } })
}

fn scoping(active: &str, assigned: &str) -> Value {
    json!([{ "provisioningStepType": "scoping", "status": "skipped",
        "details": { "SkipReason": "NotEffectivelyEntitled", "IsActive": active, "Assigned to the application": assigned } }])
}

/// All that can be known, and all of it well.
struct Known {
    person: Person,
    there: There<'static>,
    scope: Scope,
    assignment: Assignment,
    schema: Option<Table>,
    job: JobState,
    log: Option<Vec<Entry>>,
    on_demand: Option<OnDemand>,
}

fn known() -> Known {
    Known {
        person: person(&json!({})),
        there: There::Active,
        scope: Scope::Assigned,
        assignment: assigned(true, &[], &[]),
        schema: Some(table(|_| ())),
        job: JobState::Running(Some(Timestamp(1_795_392_000_000))),
        log: Some(vec![entry("create", &json!({ "status": "success" }), &json!([]))]),
        on_demand: None,
    }
}

impl Known {
    fn facts(&self) -> Facts<'_> {
        Facts {
            now: Timestamp(1_795_392_000_000 + 301_000),
            person: &self.person,
            there: self.there,
            scope: self.scope,
            assignment: &self.assignment,
            schema: self.schema.as_ref(),
            job: &self.job,
            log: self.log.as_deref(),
            on_demand: self.on_demand.as_ref(),
            came_at: None,
        }
    }

    fn all(&self) -> Vec<Finding> {
        why(&self.facts())
    }

    /// The findings that are not good, in their order.
    fn against(&self) -> Vec<String> {
        let all = self.all();
        let open = all.iter().filter(|it| it.tone != Tone::Good);
        open.map(|it| format!("{:?}: {}", it.tone, it.what)).collect()
    }

    fn good(&self) -> Vec<String> {
        self.all().into_iter().filter(|it| it.tone == Tone::Good).map(|it| it.what).collect()
    }
}

#[test]
fn where_all_is_well_it_says_so() {
    let known = known();
    assert_eq!(known.against(), Vec::<String>::new());
    assert_eq!(
        known.good(),
        [
            "The person is in Databricks.",
            "Provisioning runs; its last cycle ended at 2026-11-23 00:00:00 UTC.",
            "The person is assigned directly.",
            "At 2026-11-23 00:00:00 UTC the person was created without an error.",
        ]
    );
}

#[test]
fn what_keeps_somebody_out_comes_first_and_what_decides_most_comes_first_of_these() {
    let filtered = |mapping: &mut Value| {
        mapping["enabled"] = json!(false);
        mapping["scope"] = json!({ "groups": [{ "clauses": [
            { "sourceOperandName": "surname", "operatorName": "EQUALS", "targetOperand": { "values": ["Byron"] } }
        ] }] });
    };
    let known = Known {
        person: person(&json!({ "accountEnabled": false, "mail": "ada.lovelace@contoso.example" })),
        there: There::Absent,
        assignment: assigned(false, &[], &[]),
        schema: Some(table(filtered)),
        job: JobState::Quarantined("EncounteredQuarantineException".to_owned()),
        log: Some(vec![entry("create", &failed("EntryConflict"), &json!([]))]),
        ..known()
    };
    assert_eq!(
        known.against(),
        [
            "Bad: Provisioning is in quarantine (EncounteredQuarantineException): it is tried again rarely, and then disabled.",
            "Bad: The mapping of people is switched off: nobody is provisioned.",
            "Bad: The account is disabled in the directory. Disabled people are not provisioned, and those who are there are deactivated.",
            "Bad: The person is not assigned to the connector, neither directly nor through a group.",
            "Bad: The scoping filter keeps the person out. Let through is: surname is “Byron”.",
            "Bad: At 2026-11-23 00:00:00 UTC: The person “Ada Lovelace” was not provisioned. Databricks has another object with this name \
             already, and the matching attribute does not lead to it. In the service's words: x",
            "Warn: The person is not in Databricks.",
            "Warn: The user name becomes ada@contoso.example, the mail address ada.lovelace@contoso.example. Databricks wants both to be \
             the same, and may refuse the person.",
        ]
    );
    assert!(known.all().iter().filter(|it| it.tone != Tone::Good).all(|it| !it.todo.is_empty()));
    assert_eq!(known.all(), known.all());
}

#[test]
fn assignments_are_told_apart() {
    let what = |assignment, scope| {
        let known = Known { assignment, scope, ..known() };
        let all = known.all();
        let found = all.iter().find(|it| {
            it.what.contains("assigned") || it.what.contains("Everybody") || it.what.contains("only through")
        });
        found.map(|it| (it.tone, it.what.clone())).unwrap()
    };
    let of = |tone, text: &str| (tone, text.to_owned());
    assert_eq!(
        what(assigned(true, &["Analysts"], &[]), Scope::Assigned),
        of(Tone::Good, "The person is assigned directly, and as a member of “Analysts”.")
    );
    assert_eq!(
        what(assigned(false, &["Analysts", "Engineers"], &[("All", "Some")]), Scope::Assigned),
        of(Tone::Good, "The person is assigned as a member of “Analysts”, “Engineers”.")
    );
    assert_eq!(
        what(assigned(false, &[], &[("All", "Some"), ("B", "C")]), Scope::Assigned),
        of(
            Tone::Bad,
            "The person belongs to the assigned group “All” only through “Some” (and 1 more). Provisioning does not read groups within groups."
        )
    );
    assert_eq!(what(assigned(false, &[], &[]), Scope::Unknown).0, Tone::Warn);
    assert_eq!(
        what(assigned(false, &[], &[]), Scope::Everybody),
        of(Tone::Good, "Everybody of the directory is in scope, assigned or not.")
    );
    assert_eq!(
        what(Assignment::Unknown, Scope::Assigned),
        of(Tone::Warn, "Whether the person is assigned could not be read, or not completely.")
    );
}

#[test]
fn filters_are_evaluated_or_said_not_to_be() {
    let with = |operator: &str, attribute: &str, value: &str| {
        let clause = json!({ "sourceOperandName": attribute, "operatorName": operator, "targetOperand": { "values": [value] } });
        let schema = table(|mapping| mapping["scope"] = json!({ "groups": [{ "clauses": [clause] }] }));
        Known { schema: Some(schema), ..known() }
    };
    assert_eq!(
        with("EQUALS", "surname", "Lovelace").good()[3],
        "The scoping filter lets the person through: surname is “Lovelace”."
    );
    assert_eq!(
        with("REGEX MATCH", "surname", "L.*").against(),
        [
            "Warn: Whether the scoping filter lets the person through cannot be evaluated here: surname REGEX MATCH “L.*”."
        ]
    );
}

#[test]
fn names_are_told_by_what_the_mappings_make_of_them() {
    let guest = |mail: Value| {
        let fields = json!({ "userPrincipalName": "gina_fabrikam.example#EXT#@contoso.example", "mail": mail, "userType": "Guest" });
        Known { person: person(&fields), ..known() }
    };
    let told = "Warn: The person is a guest from another tenant: the user name in Databricks becomes gina@fabrikam.example.";
    assert_eq!(guest(json!("gina@fabrikam.example")).against(), [told]);
    assert_eq!(
        guest(Value::Null).against(),
        ["Warn: The user name becomes gina@fabrikam.example, and no mail address comes with it.", told]
    );
    let by_mail = table(|mapping| mapping["attributeMappings"][0]["source"]["name"] = json!("mail"));
    let nobody = Known { person: person(&json!({ "mail": null })), schema: Some(by_mail), ..known() };
    assert_eq!(
        nobody.against(),
        ["Bad: The person would have no user name in Databricks: it comes from mail, and that is empty."]
    );
    let unread = Known { person: person(&json!({ "mail": "al@contoso.example" })), schema: None, ..known() };
    assert_eq!(
        unread.against(),
        [
            "Warn: The mail address al@contoso.example differs from the principal name ada@contoso.example.",
            "Warn: This answer does without the attribute mappings: not read."
        ]
    );
}

#[test]
fn the_services_own_word_counts() {
    let on_demand = |status: &str, entry: Entry| {
        let mut object = entry.trace;
        object.take_in(None, &Value::Null);
        let result =
            if status == "failure" { super::super::trace::Status::Failure } else { object.status.unwrap() };
        Some(OnDemand { result, object, others: Vec::new() })
    };
    let skipped = json!({ "status": "skipped" });
    // A fresh assignment.
    let fresh = || entry("other", &skipped, &scoping("True", "False"));
    let known_fresh = Known { on_demand: on_demand("skipped", fresh()), ..known() };
    assert_eq!(
        known_fresh.against(),
        [
            "Warn: Provisioned on demand, the person was skipped as not assigned, while the directory shows them in scope."
        ]
    );
    // What the assignment says already is not said again, and neither is a disabled account.
    let none = Known { assignment: assigned(false, &[], &[]), log: Some(vec![fresh()]), ..known() };
    assert_eq!(none.against().len(), 1);
    let disabled = Known {
        person: person(&json!({ "accountEnabled": false })),
        log: Some(vec![entry("other", &skipped, &scoping("False", "True"))]),
        ..known()
    };
    assert_eq!(disabled.against().len(), 1);
    // A failure on demand comes before everything else; a success makes the log's older word void.
    let wrong = Known {
        on_demand: on_demand("failure", entry("create", &failed("Unauthorized"), &json!([]))),
        job: JobState::Off,
        ..known()
    };
    assert!(wrong.against()[0].starts_with("Bad: Provisioned on demand: The person “Ada Lovelace” was not provisioned. Databricks does not accept the token"));
    let mended = Known {
        on_demand: on_demand("success", entry("create", &json!({ "status": "success" }), &json!([]))),
        log: Some(vec![entry("create", &failed("Unauthorized"), &json!([]))]),
        ..known()
    };
    assert_eq!(mended.against(), Vec::<String>::new());
    assert_eq!(mended.good()[1], "Provisioned on demand, the person got through all steps.");
}

#[test]
fn the_last_entry_of_the_log_counts() {
    let success = json!({ "status": "success" });
    let with = |entries: Vec<Entry>| Known { log: Some(entries), ..known() }.against();
    let created = || entry("create", &success, &json!([]));
    assert_eq!(
        with(vec![entry("disable", &success, &json!([])), created()]),
        ["Bad: At 2026-11-23 00:00:00 UTC Entra deactivated the person in Databricks."]
    );
    assert_eq!(with(vec![created(), entry("create", &failed("Timeout"), &json!([]))]), Vec::<String>::new());
    assert_eq!(
        with(vec![entry("stagedDelete", &json!({ "status": "skipped" }), &json!([]))]),
        [
            "Warn: At 2026-11-23 00:00:00 UTC Entra held back a deletion of the person: more were due than the threshold allows."
        ]
    );
    assert_eq!(with(Vec::new()), ["Warn: The provisioning log has nothing about the person."]);
}

#[test]
fn who_is_absent_was_removed_or_never_came() {
    let absent = || Known { there: There::Absent, ..known() };
    let removed = "Bad: Entra provisioned the person, and Databricks does not have them: they were removed in Databricks. Entra does not make \
                   them anew by itself.";
    assert_eq!(absent().against(), [removed]);
    // Once the service has something to write it says so itself.
    let missed = entry("update", &failed("InvalidAnchor"), &json!([]));
    assert_eq!(Known { log: Some(vec![missed]), ..absent() }.against()[0], removed);
    let plain = "Warn: The person is not in Databricks.".to_owned();
    let failed = Known { log: Some(vec![entry("create", &failed("Timeout"), &json!([]))]), ..absent() };
    assert!(failed.against().contains(&plain), "{:?}", failed.against());
    // Whoever is assigned no longer is missed by nobody.
    let out = Known { assignment: assigned(false, &[], &[]), ..absent() };
    assert!(out.against().contains(&plain), "{:?}", out.against());
    let unlogged = Known { log: Some(Vec::new()), ..absent() };
    let long_ago = "Warn: The person is not in Databricks, and the log of the last 30 days does not name them: they never came, or were \
                    removed in Databricks longer ago.";
    assert_eq!(unlogged.against()[0], long_ago);
    assert_eq!(Known { job: JobState::Off, ..unlogged }.against()[1], plain);
    let fresh = |known: &Known| {
        let facts = Facts { now: Timestamp(1_795_392_000_000 + 299_000), ..known.facts() };
        why(&facts).first().unwrap().what.clone()
    };
    let not_yet = "Entra provisioned the person a moment ago, and Databricks does not show them yet.";
    assert_eq!(fresh(&absent()), not_yet);
    // What Entra took away itself it sends again.
    let gone =
        Known { log: Some(vec![entry("delete", &json!({ "status": "success" }), &json!([]))]), ..absent() };
    assert!(gone.against().contains(&plain), "{:?}", gone.against());
    let inactive = Known { there: There::Inactive, ..known() };
    assert_eq!(inactive.against(), ["Warn: The person is in Databricks, and deactivated there."]);
}

#[test]
fn that_databricks_was_not_asked_is_said() {
    let not_asked =
        Known { there: There::Unknown { why: "Databricks was not asked.", todo: "x" }, ..known() };
    assert_eq!(not_asked.against(), ["Warn: Databricks was not asked."]);
}

#[test]
fn what_is_not_known_is_said() {
    let nothing = Known {
        person: person(&json!({ "accountEnabled": null })),
        scope: Scope::Unknown,
        assignment: Assignment::Unknown,
        schema: None,
        job: JobState::Unknown,
        log: None,
        ..known()
    };
    assert_eq!(
        nothing.against(),
        [
            "Warn: What the provisioning job does could not be read.",
            "Warn: Whether the account is enabled could not be read.",
            "Warn: Whether the person is assigned could not be read, or not completely.",
            "Warn: This answer does without the attribute mappings and the provisioning log: not read.",
        ]
    );
}

#[test]
fn a_jobs_state_is_read_from_what_it_tells() {
    let state = |schedule: &str, status: &Value| {
        let job = json!({ "id": "j", "schedule": { "state": schedule }, "status": status });
        JobState::of(&serde_json::from_value(job).unwrap())
    };
    assert_eq!(state("Disabled", &json!({ "code": "NotConfigured" })), JobState::NotConfigured);
    assert_eq!(state("Paused", &json!({ "code": "Paused" })), JobState::Off);
    let never = json!({ "code": "NotRun", "steadyStateFirstAchievedTime": "0001-01-01T00:00:00Z" });
    assert_eq!(state("Active", &never), JobState::FirstCycle);
    let steady = json!({ "code": "Active", "steadyStateFirstAchievedTime": "2026-11-23T00:00:00Z",
        "lastExecution": { "timeEnded": "2026-11-23T00:00:00Z" } });
    assert_eq!(state("Active", &steady), JobState::Running(Some(Timestamp(1_795_392_000_000))));
    let apart = json!({ "code": "Quarantine", "quarantine": { "reason": "TooManyDeletes" } });
    assert_eq!(state("Active", &apart), JobState::Quarantined("TooManyDeletes".to_owned()));
    assert_eq!(state("Disabled", &json!({ "code": "Quarantine" })), JobState::Quarantined(String::new()));
}
