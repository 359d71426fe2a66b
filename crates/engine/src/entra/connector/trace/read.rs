//! Reading what the service tells. It has been told under several names (`action` and `provisioningAction`, `statusInfo` and
//! `provisioningStatusInfo`), on demand as JSON within JSON; what is missing is left open.

use serde_json::Value;

use super::{Action, Fault, Kind, Modified, Party, Status, Step, StepKind, Trace};

impl Trace {
    /// Reads one object's way.
    pub(in crate::entra::connector) fn read(told: &Value) -> Self {
        let info = field(told, &["provisioningStatusInfo", "statusInfo", "statusinfo"]);
        let (source, target) = (field(told, &["sourceIdentity"]), field(told, &["targetIdentity"]));
        let steps: Vec<Step> = items(field(told, &["provisioningSteps"])).map(Step::read).collect();
        let kind = |party| Kind::named(&text(party, &["identityType", "type"]));
        let mut source_party = Party::read(source);
        if source_party.name.is_empty() {
            source_party.name = text(told, &["reportableIdentifier"]);
        }
        Self {
            status: status(info, "status"),
            action: Action::named(&text(told, &["provisioningAction", "action"])),
            kind: kind(source).or_else(|| kind(target)),
            change: text(told, &["changeId"]),
            source: source_party,
            target: Party::read(target),
            fault: Fault::read(info, &steps),
            modified: items(field(told, &["modifiedProperties"])).map(Modified::read).collect(),
            steps,
        }
    }

    /// Takes in what an answer on demand says beside the object's way.
    pub(in crate::entra::connector) fn take_in(&mut self, result: Option<Status>, details: &Value) {
        // The graver one counts: neither is taken for success while the other tells of a failure.
        self.status = self.status.max(result);
        let told = Fault {
            code: text(details, &["errorCode", "code"]),
            reason: text(details, &["errorMessage", "message", "reason"]),
            advice: text(details, &["recommendedAction"]),
        };
        let known = self.fault.take().unwrap_or_default();
        let first = |one: String, other: String| if one.is_empty() { other } else { one };
        let fault = Fault {
            code: first(told.code, known.code),
            reason: first(told.reason, known.reason),
            advice: first(told.advice, known.advice),
        };
        self.fault = Some(fault).filter(|fault| *fault != Fault::default());
    }
}

impl Step {
    fn read(told: &Value) -> Self {
        let details = field(told, &["details"]);
        let details = details.as_object().into_iter().flatten();
        Self {
            kind: StepKind::named(&text(told, &["provisioningStepType", "type"])),
            name: text(told, &["name"]),
            status: status(told, "status"),
            description: text(told, &["description"]),
            details: details.map(|(name, value)| (name.clone(), shown(value))).collect(),
        }
    }

    pub(super) fn detail(&self, name: &str) -> Option<&str> {
        let found = self.details.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

impl Party {
    fn read(told: &Value) -> Self {
        Self { id: text(told, &["id"]), name: text(told, &["displayName", "name"]) }
    }
}

impl Modified {
    fn read(told: &Value) -> Self {
        let value = |name| told.get(name).filter(|value| !value.is_null()).map(shown);
        Self { name: text(told, &["displayName", "name"]), old: value("oldValue"), new: value("newValue") }
    }
}

impl Fault {
    /// The fault as the status has it, or as the step has it at which the way ended.
    fn read(info: &Value, steps: &[Step]) -> Option<Self> {
        let inner = field(info, &["errorInformation"]);
        let info = if inner.is_object() { inner } else { info };
        let last =
            steps.iter().rev().find(|step| step.status.is_some_and(|status| status != Status::Success));
        let of_step = |name| last.and_then(|step| step.detail(name)).unwrap_or_default();
        let mut fault = Self {
            code: text(info, &["errorCode"]),
            reason: text(info, &["reason"]),
            advice: text(info, &["recommendedAction"]),
        };
        if fault.code.is_empty() {
            let codes = ["ErrorCode", "SkipReason"].map(of_step);
            codes.into_iter().find(|code| !code.is_empty()).unwrap_or_default().clone_into(&mut fault.code);
        }
        if fault.reason.is_empty() {
            fault.reason = last.map(|step| step.description.clone()).unwrap_or_default();
        }
        Some(fault).filter(|fault| *fault != Self::default())
    }
}

/// A value that may be JSON within a text, more than once.
pub(in crate::entra::connector) fn decoded(value: &Value) -> Option<Value> {
    const DEEPEST: usize = 3;
    let mut value = value.clone();
    for _ in 0..DEEPEST {
        match value {
            Value::String(text) => value = serde_json::from_str(text.trim()).ok()?,
            other => return Some(other),
        }
    }
    None
}

/// A status of that name, where there is one that is known.
pub(in crate::entra::connector) fn status(told: &Value, name: &str) -> Option<Status> {
    Status::named(&text(told, &[name]))
}

const NULL: &Value = &Value::Null;

/// The first field of these names that has a value.
fn field<'v>(value: &'v Value, names: &[&str]) -> &'v Value {
    names.iter().filter_map(|name| value.get(name)).find(|value| !value.is_null()).unwrap_or(NULL)
}

fn text(value: &Value, names: &[&str]) -> String {
    shown(field(value, names))
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
