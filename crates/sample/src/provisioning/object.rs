//! One object's way: import, scope, matching, processing, export.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::credentials::Failure;
use super::mapping::{self, ObjectMapping, Values};
use super::outcome::{Action, Modified, Outcome, Status};
use super::scope::Entitled;
use super::source::{self, Kind, Source};
use super::target::{Target, patch};
use super::write::sent;
use super::{Work, members, schema, scoping};

/// What the service remembers of an object that it provisioned.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// The id at the target.
    pub(super) target: String,
    /// What was exported last.
    pub(super) sent: Values,
    pub(super) active: bool,
    /// Still looked after: somebody unassigned is not, and nothing more is sent of them (`how-provisioning-works`).
    pub(super) managed: bool,
    /// Members at the target, by their id in the directory.
    pub(super) members: BTreeMap<String, String>,
    /// Members of the directory that were looked at, whether or not they could be exported.
    pub(super) seen: BTreeSet<String>,
}

pub(super) type Links = BTreeMap<String, Link>;

/// Why one object stops everything.
pub(super) enum Stop {
    /// The target cannot be worked with.
    Failed(Failure),
    /// The target wants to be left alone, for so many seconds.
    Wait(u64),
}

/// An object that is asked for on demand.
pub(super) struct Demand<'d> {
    /// The members to bring along.
    pub(super) members: &'d [String],
}

/// Provisions one object.
pub(super) fn process(
    work: &mut Work<'_, '_>,
    schema: &Value,
    links: &mut Links,
    (kind, id): (Kind, &str),
    entitled: &Entitled,
    demand: Option<&Demand<'_>>,
) -> Result<Outcome, Stop> {
    let source = source::read(work.tenant.directory, kind, id);
    let known = source.as_ref().map(|it| it.name.clone()).or_else(|| links.get(id).map(|it| it.name.clone()));
    let mut outcome = Outcome::new(kind, id, &known.unwrap_or_else(|| id.to_owned()), work.time);
    let Some((mapping, _)) = mapping::find(schema, kind).filter(|(it, _)| it.enabled()) else {
        let text = format!("Objects of type {} are not provisioned by the mappings.", kind.name());
        return Ok(outcome.skipped("EntrySynchronizationSkipped", &text));
    };
    let target = Target::new(work.secrets).ok_or_else(|| Stop::Failed(Failure::missing()))?;
    let mut way = Way { mapping, target, entitled };
    imported(&mut outcome, source.as_ref());
    let link = links.remove(id);
    let mut held = link.clone();
    let outcome = match source {
        None => way.gone(work, &mut held, outcome),
        Some(source) => {
            let (wanted, pending) = members::resolve(&source, links, entitled);
            outcome.pending = pending && kind == Kind::Group;
            way.present(work, &mut held, &source, &wanted, demand, outcome)
        }
    };
    if let Some(held) = held {
        links.insert(id.to_owned(), held);
    }
    outcome
}

fn imported(outcome: &mut Outcome, source: Option<&Source>) {
    let text = match source {
        Some(_) => format!("Retrieved {} '{}' from {}", outcome.kind.name(), outcome.name, schema::SOURCE),
        None => format!("{} '{}' no longer exists in {}", outcome.kind.name(), outcome.name, schema::SOURCE),
    };
    let details = source.map_or(Value::Null, |it| json!(it.attributes));
    outcome.step(("EntryImport", "import"), Status::Success, text, &details);
}

/// What one object goes by.
pub(super) struct Way<'w> {
    pub(super) mapping: ObjectMapping<'w>,
    pub(super) target: Target,
    entitled: &'w Entitled,
}

impl Way<'_> {
    /// Gone for good: the account goes too, if it is still looked after.
    fn gone(
        &mut self,
        work: &mut Work<'_, '_>,
        held: &mut Option<Link>,
        outcome: Outcome,
    ) -> Result<Outcome, Stop> {
        match held.as_ref() {
            Some(link) if link.managed && self.mapping.flows("Delete") => self.delete(work, held, outcome),
            _ => {
                *held = None;
                Ok(outcome.skipped("EntrySynchronizationSkipped", "The object is not managed any more."))
            }
        }
    }

    fn present(
        &mut self,
        work: &mut Work<'_, '_>,
        held: &mut Option<Link>,
        source: &Source,
        wanted: &[(String, String)],
        demand: Option<&Demand<'_>>,
        mut outcome: Outcome,
    ) -> Result<Outcome, Stop> {
        let assigned = self.entitled.assigned(&source.id);
        let passes = scoping::passes(self.mapping.scope(), &source.attributes);
        let eligible = assigned && passes && source.active;
        let details = json!({
            "Active in the source system": source::truth(source.active),
            "Assigned to the application": source::truth(assigned),
            "Scoping filter evaluation passed": source::truth(passes),
            "IsEffectivelyEntitledForProvisioning": source::truth(eligible),
        });
        let status = if eligible { Status::Success } else { Status::Skipped };
        let words =
            format!("Determine if {} in scope by evaluating against each scoping filter", source.kind.name());
        outcome.step(("EntrySynchronizationScoping", "scoping"), status, words, &details);
        match held {
            None if !eligible => {
                Ok(outcome.skipped("EntrySynchronizationSkipped", out_of_scope(assigned, source)))
            }
            Some(_) if !eligible => self.leave(work, held, assigned && passes, source, outcome),
            Some(link) => self.keep(work, link, source, wanted, demand, outcome),
            None => self.enter(work, held, source, wanted, demand, outcome),
        }
    }

    /// Out of scope, disabled or in the recycle bin: people are deactivated, groups are deleted.
    fn leave(
        &mut self,
        work: &mut Work<'_, '_>,
        held: &mut Option<Link>,
        in_scope: bool,
        source: &Source,
        mut outcome: Outcome,
    ) -> Result<Outcome, Stop> {
        let Some(link) = held.as_mut() else { return Ok(outcome) };
        outcome.target = Some(link.target.clone());
        if !in_scope && source.active && work.secrets.keeps_out_of_scope() {
            return Ok(
                outcome.skipped("EntrySynchronizationSkipped", "Accounts that leave the scope are kept.")
            );
        }
        if !link.active || !self.mapping.flows("Delete") {
            return Ok(outcome.skipped("EntrySynchronizationSkipped", "There is nothing to deprovision."));
        }
        if source.kind == Kind::Group {
            return self.delete(work, held, outcome);
        }
        outcome.action = Action::Disable;
        let operations = [json!({ "op": "Replace", "path": "active", "value": false })];
        let path = format!("{}/{}", source.kind.path(), link.target);
        match sent(work, &self.target, "PATCH", &path, Some(&patch(&operations)))? {
            Err(reason) => Ok(outcome.failed(("EntryExportDisable", "export"), reason)),
            Ok(_) => {
                (link.active, link.managed) = (false, in_scope || source.deleted);
                link.sent.insert("active".to_owned(), source::truth(false));
                outcome.writes += 1;
                outcome.modified.push(modified("active", Some("True"), "False"));
                let text = format!("User '{}' was disabled in {}", outcome.name, "the target");
                outcome.step(("EntryExportDisable", "export"), Status::Success, text, &Value::Null);
                Ok(outcome)
            }
        }
    }

    fn delete(
        &mut self,
        work: &mut Work<'_, '_>,
        held: &mut Option<Link>,
        mut outcome: Outcome,
    ) -> Result<Outcome, Stop> {
        let Some(link) = held.as_ref() else { return Ok(outcome) };
        outcome.action = Action::Delete;
        outcome.target = Some(link.target.clone());
        let path = format!("{}/{}", outcome.kind.path(), link.target);
        match sent(work, &self.target, "DELETE", &path, None)? {
            // It is gone, whoever removed it.
            Err(reason) if reason.code != "InvalidAnchor" => {
                Ok(outcome.failed(("EntryExportDelete", "export"), reason))
            }
            _ => {
                *held = None;
                outcome.writes += 1;
                let text = format!("{} '{}' was deleted", outcome.kind.name(), outcome.name);
                outcome.step(("EntryExportDelete", "export"), Status::Success, text, &Value::Null);
                Ok(outcome)
            }
        }
    }
}

fn out_of_scope(assigned: bool, source: &Source) -> &'static str {
    match (assigned, source.active) {
        (false, _) => "The object is not assigned to the application (not effectively entitled).",
        (true, false) => "The object is disabled in the source system.",
        (true, true) => "The object is not let through by the scoping filter.",
    }
}

pub(super) fn modified(name: &str, old: Option<&str>, new: &str) -> Modified {
    Modified { name: name.to_owned(), old: old.map(str::to_owned), new: Some(new.to_owned()) }
}
