//! Objects in scope: matched, created, or brought up to date.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::credentials::{Failure, is_list};
use super::mapping::{self, Values};
use super::object::{Demand, Link, Stop, Way, modified};
use super::outcome::{Action, Outcome, Reason, Status};
use super::source::{Kind, Source};
use super::target::{Target, Wire, patch};
use super::write::{WAIT, reason, sent};
use super::{Work, members, text};

impl Way<'_> {
    /// In scope and provisioned already: what differs from the last export is exported.
    pub(super) fn keep(
        &mut self,
        work: &mut Work<'_, '_>,
        link: &mut Link,
        source: &Source,
        wanted: &[(String, String)],
        demand: Option<&Demand<'_>>,
        mut outcome: Outcome,
    ) -> Result<Outcome, Stop> {
        outcome.target = Some(link.target.clone());
        // Cycles go by what was exported last; on demand the target is asked.
        let held = if demand.is_some() { self.read(work, source.kind, link)? } else { Some(Value::Null) };
        if held.is_some() {
            let words = format!("Retrieved '{}' from the target", outcome.name);
            outcome.step(("EntryImport", "matching"), Status::Success, words, &json!({ "id": link.target }));
        } else {
            let words = format!("'{}' was not found at the target under its id", outcome.name);
            outcome.step(("EntryImportObjectNotFound", "matching"), Status::Success, words, &Value::Null);
        }
        let values = match self.mapping.values(source, false, false) {
            Ok(values) => values,
            Err(text) => {
                return Ok(outcome.failed(("EntrySynchronizationUpdate", "processing"), unmapped(text)));
            }
        };
        let old: Values = match &held {
            Some(Value::Null) => link.sent.clone(),
            Some(found) => {
                values.keys().filter_map(|name| Some((name.clone(), mapping::held(found, name)?))).collect()
            }
            // Copies there lag too: the write will tell whether it is gone.
            None => Values::new(),
        };
        let matching = self.mapping.matching().unwrap_or_default();
        let changed: Values =
            values.iter().filter(|(name, value)| !same(&old, matching, name, value)).map(own).collect();
        self.update(work, link, source, (changed, &old), wanted, demand, outcome)
    }

    /// In scope and new to the service: found at the target, or created there.
    pub(super) fn enter(
        &mut self,
        work: &mut Work<'_, '_>,
        held: &mut Option<Link>,
        source: &Source,
        wanted: &[(String, String)],
        demand: Option<&Demand<'_>>,
        mut outcome: Outcome,
    ) -> Result<Outcome, Stop> {
        let values = match self.mapping.values(source, false, true) {
            Ok(values) => values,
            Err(text) => return Ok(outcome.failed(("EntrySynchronizationAdd", "processing"), unmapped(text))),
        };
        let matching = self.mapping.matching().unwrap_or_default();
        let Some(value) = values.get(matching) else {
            return Ok(outcome.skipped("ImportSkipped", "The object has no value in the matching attribute."));
        };
        let found = match self.find(work, source.kind, matching, value)? {
            Ok(found) => found,
            Err(reason) => return Ok(outcome.failed(("EntryImport", "matching"), reason)),
        };
        let mut link = Link {
            kind: source.kind,
            name: source.name.clone(),
            target: String::new(),
            sent: Values::new(),
            active: true,
            managed: true,
            members: BTreeMap::new(),
            seen: BTreeSet::new(),
        };
        let Some(found) = found else {
            outcome.step(
                ("EntryImportObjectNotFound", "matching"),
                Status::Success,
                "No match at the target",
                &Value::Null,
            );
            return self.create(work, held, link, source, &values, wanted, demand, outcome);
        };
        text(&found, "id").clone_into(&mut link.target);
        outcome.target = Some(link.target.clone());
        let words = format!("Retrieved '{}' from the target", outcome.name);
        outcome.step(("EntryImport", "matching"), Status::Success, words, &json!({ "id": link.target }));
        let old: Values =
            values.keys().filter_map(|name| Some((name.clone(), mapping::held(&found, name)?))).collect();
        let same = |name: &str, value: &str| same(&old, matching, name, value);
        let changed: Values = values.iter().filter(|(name, value)| !same(name, value)).map(own).collect();
        let kept: Values = values.iter().filter(|(name, value)| same(name, value)).map(own).collect();
        link.sent = kept;
        let result = self.update(work, &mut link, source, (changed, &old), wanted, demand, outcome);
        // The link stands even when the export failed: the object is known now.
        *held = Some(link);
        result
    }

    /// The object as the target holds it; none when it is not there.
    fn read(&self, work: &mut Work<'_, '_>, kind: Kind, link: &Link) -> Result<Option<Value>, Stop> {
        let path = format!("{}/{}", kind.path(), link.target);
        let mut wire = Wire { tenant: &mut *work.tenant, random: &mut *work.random, time: work.time };
        let reply = self.target.send(&mut wire, "GET", &path, None);
        let reply = reply.map_err(|it| Stop::Failed(Failure::unreachable(&it.0)))?;
        match reply.status {
            200 if reply.json => Ok(Some(reply.body)),
            404 if reply.json => Ok(None),
            429 => Err(Stop::Wait(reply.retry_after.unwrap_or(WAIT))),
            _ => Err(Stop::Failed(Failure::of(&reply, "GET"))),
        }
    }

    fn find(
        &self,
        work: &mut Work<'_, '_>,
        kind: Kind,
        matching: &str,
        value: &str,
    ) -> Result<Result<Option<Value>, Reason>, Stop> {
        // Names of users are kept in lower case there, and compared exactly.
        let value = if kind == Kind::User { value.to_lowercase() } else { value.to_owned() };
        let path = Target::search(kind.path(), matching, &value);
        let mut wire = Wire { tenant: &mut *work.tenant, random: &mut *work.random, time: work.time };
        let reply = self.target.send(&mut wire, "GET", &path, None);
        let reply = reply.map_err(|it| Stop::Failed(Failure::unreachable(&it.0)))?;
        match reply.status {
            429 => return Err(Stop::Wait(reply.retry_after.unwrap_or(WAIT))),
            400 | 422 => return Ok(Err(reason(400, &reply.text))),
            500.. => return Ok(Err(reason(reply.status, &reply.text))),
            _ if !is_list(&reply) => return Err(Stop::Failed(Failure::of(&reply, "GET"))),
            _ => {}
        }
        let found =
            reply.body.get("Resources").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Ok(match found {
            [] => Ok(None),
            [one] => Ok(Some(one.clone())),
            _ => Err(Reason {
                code: "DuplicateTargetEntries".to_owned(),
                text: format!("More than one object at the target has {matching} '{value}'."),
                advice: "Remove the duplicates at the target.".to_owned(),
            }),
        })
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one object's way")]
    fn create(
        &mut self,
        work: &mut Work<'_, '_>,
        held: &mut Option<Link>,
        mut link: Link,
        source: &Source,
        values: &Values,
        wanted: &[(String, String)],
        demand: Option<&Demand<'_>>,
        mut outcome: Outcome,
    ) -> Result<Outcome, Stop> {
        outcome.action = Action::Create;
        if !self.mapping.flows("Add") {
            return Ok(outcome.skipped("EntrySynchronizationSkipped", "The mapping does not add objects."));
        }
        let words = format!("{} will be created", source.kind.name());
        outcome.step(("EntrySynchronizationAdd", "processing"), Status::Success, words, &json!(values));
        let body = mapping::resource(source.kind, values);
        let made = match sent(work, &self.target, "POST", source.kind.path(), Some(&body))? {
            Err(reason) => return Ok(outcome.failed(("EntryExportAdd", "export"), reason)),
            Ok(made) => made,
        };
        text(&made, "id").clone_into(&mut link.target);
        link.sent.clone_from(values);
        outcome.target = Some(link.target.clone());
        outcome.writes += 1;
        outcome.modified.extend(values.iter().map(|(name, value)| modified(name, None, value)));
        let result = self.members(work, &mut link, source, wanted, demand, &mut outcome);
        *held = Some(link);
        if let Err(reason) = result? {
            return Ok(outcome.failed(("EntryExportAdd", "export"), reason));
        }
        let text = format!("{} '{}' was created", outcome.kind.name(), outcome.name);
        outcome.step(("EntryExportAdd", "export"), Status::Success, text, &Value::Null);
        Ok(outcome)
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one object's way")]
    fn update(
        &mut self,
        work: &mut Work<'_, '_>,
        link: &mut Link,
        source: &Source,
        (changed, old): (Values, &Values),
        wanted: &[(String, String)],
        demand: Option<&Demand<'_>>,
        mut outcome: Outcome,
    ) -> Result<Outcome, Stop> {
        let updates = self.mapping.flows("Update");
        if !changed.is_empty() && updates {
            outcome.action = Action::Update;
            let words = format!("{} will be updated", source.kind.name());
            outcome.step(
                ("EntrySynchronizationUpdate", "processing"),
                Status::Success,
                words,
                &json!(changed),
            );
            let path = format!("{}/{}", source.kind.path(), link.target);
            let body = patch(&mapping::operations(&changed));
            if let Err(reason) = sent(work, &self.target, "PATCH", &path, Some(&body))? {
                return Ok(outcome.failed(("EntryExportUpdate", "export"), reason));
            }
            outcome.writes += 1;
            for (name, value) in changed {
                outcome.modified.push(modified(&name, old.get(&name).map(String::as_str), &value));
                link.sent.insert(name, value);
            }
            (link.active, link.managed) = (true, true);
        }
        link.name.clone_from(&source.name);
        if updates && let Err(reason) = self.members(work, link, source, wanted, demand, &mut outcome)? {
            return Ok(outcome.failed(("EntryExportUpdate", "export"), reason));
        }
        if outcome.writes == 0 {
            return Ok(outcome.skipped(
                "RedundantExport",
                "The state of the object in both the source and target systems already match. No change currently needs to \
                 be made.",
            ));
        }
        outcome.action = Action::Update;
        let text = format!("{} '{}' was updated", outcome.kind.name(), outcome.name);
        outcome.step(("EntryExportUpdate", "export"), Status::Success, text, &Value::Null);
        Ok(outcome)
    }

    fn members(
        &self,
        work: &mut Work<'_, '_>,
        link: &mut Link,
        source: &Source,
        wanted: &[(String, String)],
        demand: Option<&Demand<'_>>,
        outcome: &mut Outcome,
    ) -> Result<Result<(), Reason>, Stop> {
        if source.kind == Kind::User || !self.mapping.has_members() {
            return Ok(Ok(()));
        }
        let only = demand.map(|it| it.members);
        let done = match members::export(work, &self.target, link, wanted, only, outcome) {
            // What was written is told of; the rest follows later in the cycle.
            Err(Stop::Wait(_)) if outcome.writes > 0 => {
                outcome.again = true;
                return Ok(Ok(()));
            }
            done => done?,
        };
        if only.is_none() && done.is_ok() {
            link.seen = source.members.iter().cloned().collect();
        }
        Ok(done)
    }
}

fn unmapped(text: String) -> Reason {
    Reason {
        code: "AttributeMappingFailure".to_owned(),
        text,
        advice: "Correct the attribute mapping.".to_owned(),
    }
}

fn own((name, value): (&String, &String)) -> (String, String) {
    (name.clone(), value.clone())
}

/// Whether the target holds a value already. The matching attribute is compared without regard to case: it was matched so.
fn same(held: &Values, matching: &str, name: &str, value: &str) -> bool {
    held.get(name).is_some_and(|it| it == value || (name == matching && it.eq_ignore_ascii_case(value)))
}
