//! What is worth knowing before anything is written, and does not stand against it.

use super::compare::Compared;
use crate::databricks::target::{Level, Target};
use crate::entra::connector::existing::Connector;

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
