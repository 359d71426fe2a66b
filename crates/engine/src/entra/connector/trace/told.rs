//! What one object's way means, and what to do about it.

use super::{Action, Fault, Kind, Scoping, Status, StepKind, Trace};
use crate::problem::Problem;
use crate::remedy::{Remedy, provisioning, provisioning_unknown};

/// What the service says of somebody who is not assigned, or whose assignment it has not heard of.
const UNASSIGNED: [&str; 3] =
    ["not assigned to the application", "not effectively entitled", "required entitlement"];
const ENTITLED: &str = "NotEffectivelyEntitled";

impl Trace {
    /// Whether the object was written to the target.
    #[must_use]
    pub fn wrote_it(&self) -> bool {
        self.status == Some(Status::Success) && matches!(self.action, Action::Create | Action::Update)
    }

    /// Whether the service takes the object for one that is in the target from then on.
    #[must_use]
    pub fn left_it_there(&self) -> bool {
        // It says so itself once it has something to write.
        self.wrote_it() || self.code().eq_ignore_ascii_case("InvalidAnchor") || self.is_unchanged()
    }

    /// The code of what kept it from being provisioned; empty, where nothing did.
    #[must_use]
    pub fn code(&self) -> &str {
        self.fault.as_ref().map_or("", |fault| fault.code.as_str())
    }

    /// A name for messages: whatever is there.
    #[must_use]
    pub fn label(&self) -> &str {
        [&self.source.name, &self.target.name, &self.source.id, &self.target.id]
            .into_iter()
            .find(|text| !text.is_empty())
            .map_or("(no name)", String::as_str)
    }

    /// Whether both sides held the same already.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.status == Some(Status::Skipped) && self.code() == "RedundantExport"
    }

    /// What the scoping step says. Its details have had several names, all of them documented or reported.
    #[must_use]
    pub fn scoping(&self) -> Scoping {
        let mut found = Scoping::default();
        // Steps before and after tell attributes of the object, which may have the same names.
        let skipped = |status: Option<Status>| status == Some(Status::Skipped);
        let steps = self.steps.iter().filter(|step| step.kind == StepKind::Scoping || skipped(step.status));
        for (name, value) in steps.flat_map(|step| &step.details) {
            let is = match value.to_ascii_lowercase().as_str() {
                "true" => true,
                "false" => false,
                _ => continue,
            };
            let name: String =
                name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
            let place = match name.as_str() {
                "isactive" | "activeinsourcesystem" | "activeinthesourcesystem" => &mut found.active,
                "assigned" | "assignedtoapplication" | "assignedtotheapplication" => &mut found.assigned,
                "isinprovisioningscope" | "scopingfilterevaluationpassed" => &mut found.passes,
                "iseffectivelyentitledforprovisioning" => &mut found.entitled,
                _ => continue,
            };
            place.get_or_insert(is);
        }
        found
    }

    /// Whether it was skipped because it is not assigned, or because the service has not heard of the assignment yet: that takes up to a
    /// few minutes (`provision-on-demand`). Disabled people are not entitled either, and waiting does not help them.
    #[must_use]
    pub fn is_not_entitled(&self) -> bool {
        let Scoping { active, assigned, passes, entitled } = self.scoping();
        if self.status != Some(Status::Skipped) || active == Some(false) || assigned == Some(true) {
            return false;
        }
        let says = |text: &str| UNASSIGNED.iter().any(|words| text.to_ascii_lowercase().contains(words));
        let said = says(self.fault.as_ref().map_or("", |fault| fault.reason.as_str()))
            || self.steps.iter().any(|step| says(&step.description));
        let refused = entitled == Some(false) || self.code() == ENTITLED || said;
        assigned == Some(false) || (refused && passes != Some(false))
    }

    /// Why it was not provisioned and what to do; nothing, where it was, or where there was nothing to do.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        if self.status == Some(Status::Success) || self.is_unchanged() {
            return None;
        }
        let one = self.kind.map_or("object", Kind::one);
        let label = self.label();
        let what = match self.status {
            Some(Status::Skipped) => format!("The {one} “{label}” was skipped."),
            Some(Status::Warning) => format!("The {one} “{label}” was provisioned, with a warning."),
            Some(Status::Failure) => format!("The {one} “{label}” was not provisioned."),
            _ => format!("It is not told what became of the {one} “{label}”."),
        };
        let Fault { code, reason, advice } = self.fault.clone().unwrap_or_default();
        let Remedy { why, todo } = self.skipped().or_else(|| provisioning(&code)).unwrap_or_else(|| {
            let unknown = provisioning_unknown();
            // The service's own words tell more.
            let or = |told: &String, other| if told.is_empty() { other } else { told.clone() };
            Remedy { why: or(&reason, unknown.why), todo: or(&advice, unknown.todo) }
        });
        Some(
            Problem::new(what, why, todo)
                .detail("code", code)
                .detail("reason", reason)
                .detail("recommended action", advice)
                .detail("object id", &self.source.id)
                .detail("id in Databricks", &self.target.id)
                .detail("change id", &self.change),
        )
    }

    /// The remedy that the scoping step knows for what was skipped.
    fn skipped(&self) -> Option<Remedy> {
        if self.status != Some(Status::Skipped) {
            return None;
        }
        let Scoping { active, assigned, passes, .. } = self.scoping();
        let say = |why: &str, todo: &str| Some(Remedy { why: why.to_owned(), todo: todo.to_owned() });
        if active == Some(false) {
            say(
                "The account is disabled or deleted in the directory. Disabled people are not provisioned.",
                "Enable the account if the person should have access.",
            )
        } else if self.is_not_entitled() {
            say(
                "It is not assigned to the connector, neither directly nor through a group that is assigned itself; or it was assigned a \
                 moment ago.",
                "Assign it. If it is assigned, wait a few minutes; if it stays so, take the assignment away and assign again.",
            )
        } else if assigned == Some(true) && self.code() == ENTITLED && passes != Some(false) {
            say(
                "It is assigned, and Entra does not honour the assignment.",
                "Take the assignment away and assign again.",
            )
        } else if passes == Some(false) {
            say(
                "A scoping filter keeps it out.",
                "Change the scoping filter, or the attribute that it looks at.",
            )
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::entra::connector::trace::{Action, Modified};

    fn skipped(code: &str, reason: &str, details: &Value) -> Trace {
        Trace::read(&json!({
            "statusInfo": { "status": "Skipped", "errorCode": code, "reason": reason },
            "sourceIdentity": { "id": "u-1", "type": "User", "displayName": "Ada" },
            "provisioningSteps": [{ "type": "Scoping", "status": "Skipped", "details": details }],
        }))
    }

    #[test]
    fn a_log_entry_is_read_by_its_new_and_its_old_names() {
        let new = json!({
            "changeId": "c-1", "provisioningAction": "create",
            "sourceIdentity": { "id": "u-1", "displayName": "Ada", "identityType": "User", "details": {} },
            "targetIdentity": { "id": "7", "displayName": "Ada", "identityType": "urn:ietf:params:scim:schemas:core:2.0:User" },
            "modifiedProperties": [{ "displayName": "active", "oldValue": null, "newValue": "True" }],
            "provisioningSteps": [
                { "name": "EntryExportAdd", "provisioningStepType": "export", "status": "failure", "description": "Failed.",
                  "details": { "n": 7, "o": { "a": 1 }, "none": null } },
                { "name": "New", "provisioningStepType": "unheardOf", "status": "unheardOf", "details": null },
            ],
            "provisioningStatusInfo": { "status": "failure", "errorInformation":
                { "errorCode": "EntryConflict", "reason": "409", "recommendedAction": null } },
        });
        let old = json!({
            "changeId": "c-1", "action": "Create",
            "sourceIdentity": { "id": "u-1", "name": "Ada", "type": "user" },
            "targetIdentity": { "id": "7", "displayName": "Ada" },
            "modifiedProperties": [{ "name": "active", "newValue": "True" }],
            "provisioningSteps": [
                { "name": "EntryExportAdd", "type": "Export", "status": "Failure", "description": "Failed.",
                  "details": { "n": "7", "o": "{\"a\":1}", "none": "" } },
                { "name": "New", "type": "Other" },
            ],
            "statusinfo": { "@odata.type": "#microsoft.graph.statusDetails", "status": "Failure", "errorCode": "EntryConflict",
                "reason": "409", "additionalDetails": "" },
        });
        let trace = Trace::read(&new);
        assert_eq!(trace, Trace::read(&old));
        assert_eq!(
            (trace.status, trace.action, trace.kind),
            (Some(Status::Failure), Action::Create, Some(Kind::Person))
        );
        assert_eq!((trace.source.id.as_str(), trace.target.id.as_str(), trace.label()), ("u-1", "7", "Ada"));
        let active = Modified { name: "active".to_owned(), old: None, new: Some("True".to_owned()) };
        assert_eq!(trace.modified, [active]);
        assert_eq!((trace.steps[0].kind, trace.steps[1].kind), (StepKind::Export, StepKind::Other));
        assert_eq!(trace.steps[1].status, None);
        let problem = trace.problem().unwrap();
        assert_eq!(problem.what, "The person “Ada” was not provisioned.");
        let raw: Vec<(&str, &str)> =
            problem.raw.iter().map(|it| (it.name.as_str(), it.value.as_str())).collect();
        assert_eq!(
            raw,
            [
                ("code", "EntryConflict"),
                ("reason", "409"),
                ("object id", "u-1"),
                ("id in Databricks", "7"),
                ("change id", "c-1")
            ]
        );
    }

    #[test]
    fn nothing_told_is_nothing_known() {
        for empty in
            [json!({}), json!(null), json!([1]), json!({ "provisioningStatusInfo": { "status": "fresh" } })]
        {
            let trace = Trace::read(&empty);
            assert_eq!(
                (trace.status, trace.action, trace.kind, &trace.fault),
                (None, Action::Other, None, &None)
            );
            assert_eq!(
                trace.problem().unwrap().what,
                "It is not told what became of the object “(no name)”."
            );
        }
    }

    #[test]
    fn codes_without_words_keep_those_of_the_service() {
        let failed = |info: Value| Trace::read(&json!({ "statusInfo": info })).problem().unwrap();
        let told = failed(
            json!({ "status": "Failure", "errorCode": "Fresh", "reason": "Something new.", "recommendedAction": "Do it." }),
        );
        assert_eq!((told.why.as_str(), told.remedy.as_str()), ("Something new.", "Do it."));
        assert_eq!(told.raw[0].value, "Fresh");
        let told = failed(json!({ "status": "Failure" }));
        assert_eq!(told.why, "Entra's provisioning service gives a code that is not known here.");
    }

    #[test]
    fn not_entitled_is_told_from_disabled_and_from_filtered() {
        let entitled = |active: &str, assigned: &str, scope: &str| {
            json!({ "SkipReason": "NotEffectivelyEntitled", "IsActive": active, "Assigned to the application": assigned,
                "IsInProvisioningScope": scope })
        };
        let why = |trace: &Trace| trace.problem().unwrap().why;
        // As it is reported from tenants.
        let unassigned = skipped("", "", &entitled("True", "False", "True"));
        assert!(unassigned.is_not_entitled());
        assert_eq!(unassigned.code(), "NotEffectivelyEntitled");
        assert!(why(&unassigned).starts_with("It is not assigned to the connector"));
        let disabled = skipped("NotEffectivelyEntitled", "", &entitled("False", "True", "True"));
        assert!(!disabled.is_not_entitled());
        assert!(why(&disabled).starts_with("The account is disabled"));
        let broken = skipped("NotEffectivelyEntitled", "", &entitled("True", "True", "True"));
        assert!(!broken.is_not_entitled());
        assert_eq!(why(&broken), "It is assigned, and Entra does not honour the assignment.");
        let filtered = skipped("NotEffectivelyEntitled", "", &entitled("True", "True", "False"));
        assert!(!filtered.is_not_entitled());
        assert_eq!(why(&filtered), "A scoping filter keeps it out.");
        // By names of another answer, and by words alone.
        let short = skipped("", "", &json!({ "IsActive": "True", "Assigned": "False" }));
        assert!(short.is_not_entitled());
        let words = "The User 'Ada' will be skipped due to the following reasons: 1) This object is not assigned to the application.";
        assert!(skipped("", words, &json!({})).is_not_entitled());
        assert!(skipped("NotEffectivelyEntitled", "", &Value::Null).is_not_entitled());
        // Other reasons to skip.
        assert!(!skipped("RedundantExport", "", &json!({ "Assigned": "True" })).is_not_entitled());
        assert!(!skipped("ImportSkipped", "", &Value::Null).is_not_entitled());
    }

    #[test]
    fn where_both_sides_are_alike_there_is_no_problem() {
        let same = skipped("RedundantExport", "", &json!({ "Assigned": "True" }));
        assert!(same.is_unchanged());
        assert_eq!(same.problem(), None);
    }
}
