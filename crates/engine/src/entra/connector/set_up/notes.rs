//! What is worth knowing before anything is written, and does not stand against it.

use super::compare::{Compared, Wanted};
use crate::databricks::target::{Level, Target};
use crate::entra::connector::existing::Connector;

/// Others that are switched on and write to a workspace, where the wanted target is the account. Which workspaces belong to it is not known
/// here.
pub(super) fn beside(others: &[Connector], wanted: &Wanted<'_>, extra: &[String]) -> Vec<(String, String)> {
    if wanted.target.level() != Level::Account {
        return Vec::new();
    }
    let on = |it: &&Connector| it.jobs.iter().any(|job| job.schedule.is_active());
    let other = |it: &&Connector| it.enterprise.object_id() != *wanted.principal;
    let workspace = |it: &Connector| {
        let address = it.kept.address()?.split('?').next()?;
        let target = Target::parse(address, extra).ok()?;
        (target.level() == Level::Workspace)
            .then(|| (it.enterprise.display_name.clone(), target.host().to_owned()))
    };
    others.iter().filter(other).filter(on).filter_map(workspace).collect()
}

impl Compared {
    /// What is worth knowing; empty, when nothing is.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let beside = self.beside.iter().map(|(name, host)| {
            format!(
                "The connector “{name}” is switched on and writes to the workspace {host}. One for the account serves all its workspaces: if \
                 this is one of them, switch that connector off before this one starts."
            )
        });
        beside.collect()
    }
}
