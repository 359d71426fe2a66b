//! What stands against writing, object by object.

use super::compare::{Compared, Owned};
use crate::entra::connector::guard::{Lost, Owner};
use crate::entra::preflight::Licence;
use crate::setup::Picked;

/// What to do about a person whose token is used and who is provisioned already: in this order, since whoever leaves the scope is
/// deactivated in Databricks, and their token ends with that.
const FIRST: &str = "If this connector has provisioned them before, first enter the token of a service principal, test it and write it; only then \
                     take them out. Whoever leaves the scope is deactivated, and the token ends with them.";

/// Why nothing is taken away while the token's owner is among those who are assigned.
pub const OWNER_STAYS: &str = "The person whose token is used is among those who are assigned, directly or through a group. Whoever leaves the scope is \
                               deactivated in Databricks, and the token ends with them.";

impl Compared {
    /// Why nothing may be written; empty, when it may.
    #[must_use]
    pub fn stops(&self) -> Vec<String> {
        let mut stops = Vec::new();
        self.itself(&mut stops);
        self.others(&mut stops);
        self.owner(&mut stops);
        self.lost(&mut stops);
        self.scope(&mut stops);
        if self.lacks_token {
            stops.push(
                "Address, token and settings are told together, and the token is not in memory any more. Enter it at the step \
                 “Databricks workspace”."
                    .to_owned(),
            );
        }
        stops
    }

    /// Why no assignment may be taken away; nothing, where it may. Whoever leaves the scope is deactivated, and a token of theirs ends.
    #[must_use]
    pub fn keeps_assignments(&self) -> Option<&'static str> {
        match &self.examined.owner {
            _ if self.foreign.is_some() => Some("The enterprise application belongs to something else."),
            _ if self.connector.unread.is_some() => Some(
                "What the connector is now could not be read, so who would leave its scope is not known.",
            ),
            Owner::NotTold if self.owner == Owned::NotTold => {
                Some("Whose token it is was not said, so it may be of somebody who would leave.")
            }
            Owner::Unknown => Some(
                "Whether the person whose token is used is among those who are assigned could not be read to the end.",
            ),
            owner if owner.is_stop() => Some(OWNER_STAYS),
            Owner::NotTold | Owner::Outside | Owner::Everybody | Owner::Picked | Owner::Member { .. } => None,
        }
    }

    fn itself(&self, stops: &mut Vec<String>) {
        if let Some(entry) = &self.foreign {
            stops.push(format!(
                "The enterprise application “{}” was not made from “{entry}”, nor does it write to Databricks: it belongs to something else. \
                 Take a connector that is listed, or have a new one made.",
                self.connector.enterprise.display_name
            ));
        }
        if self.connector.jobs.len() > 1 {
            stops.push(format!(
                "The connector has {} jobs, which would work against each other. Remove all but one.",
                self.connector.jobs.len()
            ));
        }
        if self.connector.unread.is_some() {
            stops.push(
                "What the connector is now could not be read, so what would change is not known.".to_owned(),
            );
        }
        if let Some(address) = &self.elsewhere {
            stops.push(format!(
                "The connector writes to {address}. Turned to another target, people there would be left with nobody who looks after them. \
                 Take another connector, or enter that target."
            ));
        }
    }

    fn others(&self, stops: &mut Vec<String>) {
        stops.extend(against(&self.rivals, &self.dark, self.dark_list));
    }

    fn owner(&self, stops: &mut Vec<String>) {
        let works = !self.connector.jobs.is_empty();
        let stop = match &self.examined.owner {
            Owner::Picked if works => format!("The person whose token is used is picked or assigned. {FIRST}"),
            Owner::Picked => {
                "The person whose token is used is picked. Take them out: with them the token would go.".to_owned()
            }
            Owner::Member { group, nested: false } if works => {
                format!("The person whose token is used is a member of “{group}”. {FIRST}")
            }
            Owner::Member { group, nested: false } => format!(
                "The person whose token is used is a member of “{group}”. Take them out of it, or use a token of somebody who is not \
                 provisioned, such as a service principal."
            ),
            Owner::Member { group, nested: true } => format!(
                "The person whose token is used is in a group within “{group}”. Entra does not read it now, but would once it is \
                 assigned. Use a token of somebody who is not provisioned, such as a service principal."
            ),
            Owner::Everybody if works => {
                format!("Everybody is in scope, and so is the person whose token is used. {FIRST}")
            }
            Owner::Everybody => "Everybody is in scope, and so is the person whose token is used. Choose groups and people, or use a \
                                 token of a service principal."
                .to_owned(),
            Owner::Unknown => "Whether the person whose token is used is in scope could not be read to the end. Look again, or use a token \
                               of a service principal."
                .to_owned(),
            // Everybody is provisioned until the restart, also where an earlier visit said already that it shall be fewer.
            Owner::Outside if self.writes.restart && self.owner == Owned::Person => {
                format!("Everybody is provisioned now, and so is the person whose token is used. {FIRST}")
            }
            Owner::NotTold if self.owner == Owned::NotTold => "Whose token it is was not said: a person whose token is used must not be \
                                                               provisioned. Say it at the step “Databricks workspace”."
                .to_owned(),
            Owner::NotTold | Owner::Outside => return,
        };
        stops.push(stop);
    }

    /// The groups that would be assigned, as far as they could be read.
    #[must_use]
    pub fn groups_to_assign(&self) -> Vec<Picked> {
        let is_group = |it: &&Picked| self.examined.groups.iter().any(|found| found.group.id == it.id.0);
        self.writes.assign.iter().filter(is_group).cloned().collect()
    }

    /// Those who would be assigned, and of whom it is not known who they are. Their names are those of the choice, which may say anything.
    fn lost(&self, stops: &mut Vec<String>) {
        let open = |it: &&Lost| !self.assigned.iter().any(|known| known.principal == it.picked.id);
        stops.extend(self.examined.lost.iter().filter(open).map(lost));
    }

    fn scope(&self, stops: &mut Vec<String>) {
        let groups = self.groups_to_assign();
        if self.licence == Licence::Free && !groups.is_empty() {
            let names: Vec<String> = groups.iter().map(|it| format!("“{}”", it.name)).collect();
            stops.push(format!(
                "Groups take Entra ID P1, and this tenant has neither P1 nor P2: Entra would refuse {}. Choose their people in place of them.",
                names.join(", ")
            ));
        }
        if self.writes.restart && self.partly {
            stops.push(
                "Everybody is provisioned now, and who would be left could not be read to the end. Look again.".to_owned(),
            );
        } else if self.writes.restart && self.examined.totals.people == 0 {
            stops.push(
                "Everybody is provisioned now, and nobody is assigned: all of them would be deactivated in Databricks. Choose groups and \
                 people, or assign them first."
                    .to_owned(),
            );
        }
        let settings = self.writes.tell.as_ref().map(|told| &told.settings);
        if let Some(limit) = settings.filter(|it| it.mail.is_none()).and_then(|it| it.threshold) {
            stops.push(format!(
                "Deletions above {limit} are to be held back, and nobody is notified: then Entra holds nothing back. Enter a notification \
                 email at the step “Users and groups”, or take the limit away."
            ));
        }
    }
}

/// Why somebody who was picked is not assigned.
#[must_use]
pub fn lost(it: &Lost) -> String {
    let (Picked { id, name }, kind) = (&it.picked, it.kind.one());
    if it.error.status() == Some(404) {
        format!(
            "“{name}”, as the choice calls the {kind} {id}, would be assigned, and the directory has no {kind} of this id. Take it out at the \
             step “Users and groups”, or choose it again there."
        )
    } else {
        format!(
            "“{name}”, as the choice calls the {kind} {id}, would be assigned, and could not be read: who that is, is not known. Look again; \
             or take it out at the step “Users and groups”, or choose it again there."
        )
    }
}

/// What others that may write to the same target have against it.
pub(super) fn against(rivals: &[String], dark: &[Picked], dark_list: bool) -> Vec<String> {
    let mut stops = Vec::new();
    if dark_list {
        stops.push(
            "Whether another connector writes to the same target could not be read to the end. Look again."
                .to_owned(),
        );
    }
    stops.extend(dark.iter().map(|it| {
        let name = &it.name;
        format!("Whether “{name}” writes to the same target could not be read. Look again: one that was made just now takes a minute.")
    }));
    stops.extend(rivals.iter().map(|name| {
        format!("The connector “{name}” is switched on and writes to the same target. Switch it off, or use it in place of this one.")
    }));
    stops
}
