//! Connectors and their jobs as Graph gives them (Graph v1.0 metadata: `synchronizationJob` and what it consists of).
//!
//! Fields that are missing or unknown are no errors: services behind Graph leave out what has no value yet.

use serde::{Deserialize, Deserializer, Serialize};

use crate::entra::ids::{ClientId, Guid, ObjectId};
use crate::env::Timestamp;

/// An entry of the application gallery.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GalleryEntry {
    /// Its id: what is instantiated.
    pub id: Guid,
    /// Its name.
    #[serde(default)]
    pub display_name: String,
    /// `sync`, where its applications can be provisioned.
    #[serde(default)]
    pub supported_provisioning_types: Vec<String>,
}

/// An enterprise application that provisioning can hang on: a service principal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Enterprise {
    // The beta of Graph said `objectId`.
    #[serde(alias = "objectId")]
    id: Guid,
    app_id: Guid,
    /// Its name, for people. Several may have the same.
    #[serde(default, deserialize_with = "or_default")]
    pub display_name: String,
    /// The gallery entry that it was made from.
    #[serde(default, deserialize_with = "or_default")]
    pub application_template_id: String,
    /// Whether only those who are assigned may sign in.
    #[serde(default)]
    pub app_role_assignment_required: Option<bool>,
    /// The roles that people and groups can be assigned to.
    #[serde(default, deserialize_with = "or_default")]
    pub app_roles: Vec<Role>,
}

impl Enterprise {
    /// The object id of the service principal: what Graph's paths want.
    #[must_use]
    pub fn object_id(&self) -> ObjectId {
        ObjectId(self.id.clone())
    }

    /// The application (client) id.
    #[must_use]
    pub fn client_id(&self) -> ClientId {
        ClientId(self.app_id.clone())
    }
}

/// A role of an enterprise application.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// Its id.
    pub id: Guid,
    /// Its name, such as `User`.
    #[serde(default, deserialize_with = "or_default")]
    pub display_name: String,
    /// Whether it can be assigned at all.
    #[serde(default)]
    pub is_enabled: bool,
    /// `User` stands for people and groups.
    #[serde(default, deserialize_with = "or_default")]
    pub allowed_member_types: Vec<String>,
}

/// A provisioning job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Job {
    /// Its id, such as `dataBricks.<tenant>.<guid>`.
    pub id: String,
    /// The synchronization template, such as `dataBricks`.
    pub template_id: String,
    /// What the administrator switched.
    #[serde(deserialize_with = "or_default")]
    pub schedule: Schedule,
    /// What happened.
    #[serde(deserialize_with = "or_default")]
    pub status: Status,
    /// Names and values; the deletion threshold is among them.
    #[serde(deserialize_with = "or_default")]
    pub synchronization_job_settings: Vec<Setting>,
}

impl Job {
    /// When its last cycle began, where it had one.
    #[must_use]
    pub fn last_began(&self) -> Option<Timestamp> {
        self.status.last_execution.as_ref().and_then(|it| it.time_began)
    }
}

/// A setting of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Setting {
    /// Such as `QuarantineTooManyDeletesThreshold`.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// Its value.
    #[serde(deserialize_with = "or_default")]
    pub value: String,
}

/// Whether a job is to run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Schedule {
    /// `Active`, `Disabled` or `Paused`.
    #[serde(deserialize_with = "or_default")]
    pub state: String,
    /// An ISO 8601 duration, such as `PT40M`; a huge one for never.
    #[serde(deserialize_with = "or_default")]
    pub interval: String,
}

impl Schedule {
    /// Whether it is switched on.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state.eq_ignore_ascii_case("active")
    }
}

/// What happened to a job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Status {
    /// `NotConfigured`, `NotRun`, `Active`, `Paused` or `Quarantine`.
    #[serde(deserialize_with = "or_default")]
    pub code: String,
    /// How many cycles in a row failed as a whole.
    #[serde(deserialize_with = "or_default")]
    pub count_successive_complete_failures: i64,
    /// The last cycle.
    pub last_execution: Option<Execution>,
    /// The last one that succeeded.
    pub last_successful_execution: Option<Execution>,
    /// The last one that succeeded and sent something.
    pub last_successful_execution_with_exports: Option<Execution>,
    /// How far the first cycle is.
    #[serde(deserialize_with = "or_default")]
    pub progress: Vec<Progress>,
    /// Why it is set apart, if it is.
    pub quarantine: Option<Quarantine>,
    /// When a cycle first came to its end with everything done.
    #[serde(deserialize_with = "time")]
    pub steady_state_first_achieved_time: Option<Timestamp>,
    /// When one last did.
    #[serde(deserialize_with = "time")]
    pub steady_state_last_achieved_time: Option<Timestamp>,
    /// How many objects of each kind are in sync. They do not become fewer when some are deleted.
    #[serde(deserialize_with = "or_default")]
    pub synchronized_entry_count_by_type: Vec<Count>,
}

/// How many of something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Count {
    /// Such as `user to User`.
    #[serde(deserialize_with = "or_default")]
    pub key: String,
    /// How many.
    #[serde(deserialize_with = "or_default")]
    pub value: i64,
}

/// A cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Execution {
    /// What tells it from others.
    #[serde(deserialize_with = "or_default")]
    pub activity_identifier: String,
    /// `Succeeded`, `Failed` or `EntryLevelErrors`.
    #[serde(deserialize_with = "or_default")]
    pub state: String,
    /// When it began.
    #[serde(deserialize_with = "time")]
    pub time_began: Option<Timestamp>,
    /// When it ended.
    #[serde(deserialize_with = "time")]
    pub time_ended: Option<Timestamp>,
    /// What went wrong with the cycle as a whole.
    pub error: Option<JobError>,
    /// How many objects are in scope.
    #[serde(deserialize_with = "or_default")]
    pub count_entitled: i64,
    /// How many of them are to be provisioned.
    #[serde(deserialize_with = "or_default")]
    pub count_entitled_for_provisioning: i64,
    /// How many failed and are tried again.
    #[serde(deserialize_with = "or_default")]
    pub count_escrowed: i64,
    /// How many were sent.
    #[serde(deserialize_with = "or_default")]
    pub count_exported: i64,
    /// How many were read.
    #[serde(deserialize_with = "or_default")]
    pub count_imported: i64,
}

/// What went wrong with a job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobError {
    /// A code.
    #[serde(deserialize_with = "or_default")]
    pub code: String,
    /// The service's words.
    #[serde(deserialize_with = "or_default")]
    pub message: String,
    /// Whether the tenant's administrators can mend it.
    #[serde(deserialize_with = "or_default")]
    pub tenant_actionable: bool,
}

/// How far something is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Progress {
    /// So many are done.
    #[serde(deserialize_with = "or_default")]
    pub completed_units: i64,
    /// Of so many.
    #[serde(deserialize_with = "or_default")]
    pub total_units: i64,
    /// Of what: pages rather than objects.
    #[serde(deserialize_with = "or_default")]
    pub units: String,
    /// When it was looked.
    #[serde(deserialize_with = "time")]
    pub progress_observation_date_time: Option<Timestamp>,
}

/// Why a job is set apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Quarantine {
    /// A name of Graph's `quarantineReason`.
    #[serde(deserialize_with = "or_default")]
    pub reason: String,
    /// When this one began.
    #[serde(deserialize_with = "time")]
    pub current_began: Option<Timestamp>,
    /// When it is tried again.
    #[serde(deserialize_with = "time")]
    pub next_attempt: Option<Timestamp>,
    /// When the series of failures began: 28 days later the job is disabled.
    #[serde(deserialize_with = "time")]
    pub series_began: Option<Timestamp>,
    /// How many there were in a row.
    #[serde(deserialize_with = "or_default")]
    pub series_count: i64,
    /// What went wrong.
    pub error: Option<JobError>,
}

/// A key and a value of what a connector is told (`synchronizationSecretKeyStringValuePair`), as it is read: what is secret is masked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pair {
    /// The key.
    #[serde(deserialize_with = "or_default")]
    pub key: String,
    /// The value, or stars in its place.
    #[serde(deserialize_with = "or_default")]
    pub value: String,
}

/// Takes `null` for the default.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

/// A time; none for `null`, for what is no time, and for the year 1, which stands for never.
fn time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    Ok(text.as_deref().and_then(Timestamp::parse))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_job_is_read_whatever_it_lacks() {
        let empty: Job = serde_json::from_value(json!({ "id": "dataBricks.x.y" })).unwrap();
        assert_eq!(empty, Job { id: "dataBricks.x.y".to_owned(), ..Job::default() });
        let nulls = json!({
            "id": "j", "templateId": "dataBricks", "schedule": null, "synchronizationJobSettings": null,
            "status": { "code": "NotRun", "lastExecution": null, "progress": null, "quarantine": null,
                "steadyStateFirstAchievedTime": "0001-01-01T00:00:00Z", "synchronizedEntryCountByType": null, "fresh": 7 },
        });
        let job: Job = serde_json::from_value(nulls).unwrap();
        assert_eq!((job.status.code.as_str(), job.status.steady_state_first_achieved_time), ("NotRun", None));
        assert!(!job.schedule.is_active());
    }

    #[test]
    fn a_cycle_has_its_times_and_counts() {
        let cycle: Execution = serde_json::from_value(json!({
            "activityIdentifier": "a", "state": "EntryLevelErrors", "timeBegan": "2026-11-23T00:00:00Z",
            "timeEnded": "2026-11-23T00:01:00.5Z", "error": null, "countEntitled": 3, "countEscrowed": 1, "countExports": 9,
        }))
        .unwrap();
        assert_eq!(cycle.time_began, Some(Timestamp(1_795_392_000_000)));
        assert_eq!(cycle.time_ended, Some(Timestamp(1_795_392_060_500)));
        assert_eq!((cycle.count_entitled, cycle.count_escrowed, cycle.count_exported), (3, 1, 0));
    }

    #[test]
    fn an_object_id_may_have_its_older_name() {
        let id = "00000000-0000-0000-0000-00000000000a";
        let app = "00000000-0000-0000-0000-00000000000b";
        let old: Enterprise =
            serde_json::from_value(json!({ "objectId": id, "appId": app, "appRoles": null })).unwrap();
        assert_eq!((old.object_id().as_str(), old.client_id().as_str()), (id, app));
    }
}
