//! What is worth knowing before anything is written, and does not stand against it.

use super::compare::Compared;
use crate::databricks::target::{Level, Target};
use crate::entra::connector::existing::Connector;
use crate::entra::connector::guard::{Examined, GroupFinding, NAMES, Named};
use crate::figures::grouped;
use crate::sync::map::is_reserved;

/// Those of other connectors that write to a workspace, with its host, where the wanted target is the account. Which workspaces belong to it
/// is not known here.
pub(super) fn beside(others: &[Connector], target: &Target, extra: &[String]) -> Vec<(String, String)> {
    if target.level() != Level::Account {
        return Vec::new();
    }
    let workspace = |it: &Connector| {
        let address = it.kept.address()?.split('?').next()?;
        let target = Target::parse(address, extra).ok()?;
        (target.level() == Level::Workspace)
            .then(|| (it.enterprise.display_name.clone(), target.host().to_owned()))
    };
    others.iter().filter_map(workspace).collect()
}

impl Compared {
    /// What is worth knowing of other connectors; empty, when nothing is.
    #[must_use]
    pub fn notes_of_others(&self) -> Vec<String> {
        let beside = self.beside.iter().map(|(name, host)| {
            format!(
                "The connector “{name}” is switched on and writes to the workspace {host}. One for the account serves all its workspaces: if \
                 this is one of them, switch that connector off before this one starts."
            )
        });
        beside.collect()
    }

    /// All that is worth knowing, in sentences; empty, when nothing is.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        [self.notes_of_others(), notes_of(&self.examined)].concat()
    }
}

/// What is worth knowing of those whom a choice brings, group by group and then of all people: who would be missed, and who comes in another
/// way than one thinks.
#[must_use]
pub fn notes_of(examined: &Examined) -> Vec<String> {
    let mut notes: Vec<String> = examined.groups.iter().flat_map(of_group).collect();
    let people = &examined.people;
    for (named, what, then) in [
        (&people.disabled, "Disabled, and so not provisioned", ""),
        (
            &people.guests,
            "Guests",
            " Entra takes #EXT# and the tenant’s domain out of their user name. Whether they can sign in depends on their mail address being \
             their name in Databricks.",
        ),
        (
            &people.without_mail,
            "People without a mail address",
            " Databricks knows people by an address: without one they are known by their user name only.",
        ),
        (
            &people.other_mail,
            "People whose mail address is not their user name",
            " Databricks knows them by the one that is mapped to userName, and wants the address to be the same.",
        ),
    ] {
        if named.count > 0 {
            notes.push(format!("{what}: {}.{then}", listed(named)));
        }
    }
    if people.unreadable > 0 {
        notes.push(format!(
            "People whose properties could not be read, so that nothing is known of them: {}.",
            grouped(people.unreadable)
        ));
    }
    notes
}

fn of_group(found: &GroupFinding) -> Vec<String> {
    let name = found.group.label();
    let mut notes = Vec::new();
    if found.is_assignable() == Some(false) {
        notes.push(format!(
            "“{name}” is no security group: Entra refuses to assign it, and nobody comes through it."
        ));
    }
    if is_reserved(name) {
        notes.push(format!(
            "“{name}” is a name that Databricks keeps for a group of its own: its people come, and the group itself is refused in each cycle."
        ));
    }
    if let Some(nested) = &found.nested {
        let missed = match (nested.missed.count, nested.complete) {
            (0, true) => "nobody is missed by that".to_owned(),
            (0, false) => "whether anybody is missed by that could not be read to the end".to_owned(),
            (_, true) => format!("missed by that: {}", listed(&nested.missed)),
            (_, false) => format!("missed by that, and there may be more: {}", listed(&nested.missed)),
        };
        let inner: Vec<String> = nested.inner.iter().map(|it| format!("“{}”", it.label())).collect();
        let then = if inner.is_empty() {
            "All groups within it are chosen.".to_owned()
        } else {
            format!("Chosen too, these bring their people: {}.", inner.join(", "))
        };
        notes.push(format!("“{name}” holds other groups, which Entra does not read; {missed}. {then}"));
    }
    if !found.others.is_empty() {
        let kinds: Vec<String> = found.others.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        notes.push(format!("“{name}” holds what Entra does not provision: {}.", kinds.join(", ")));
    }
    notes
}

/// How many, and the first of them by name.
fn listed(named: &Named) -> String {
    let names: Vec<&str> = named.names.iter().take(NAMES).map(String::as_str).collect();
    let hidden = named.count.saturating_sub(names.len());
    let more = if hidden > 0 { format!(", and {} more", grouped(hidden)) } else { String::new() };
    format!("{} ({}{more})", grouped(named.count), names.join(", "))
}
