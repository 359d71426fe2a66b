//! Who proves it before anything starts, and what became of them.

use super::super::{button, buttons};
use super::log::ways;
use crate::entra::connector::on_demand::OnDemand;
use crate::entra::connector::set_up::{Compared, Proof};
use crate::sheet::Block;
use crate::worker::action::{Action, OfConnector};

/// Each stage of it, unfolded where one failed.
pub(super) fn stages(told: &OnDemand) -> Block {
    Block::Fold {
        id: "proof".to_owned(),
        summary: format!("What Entra did with “{}”, stage by stage", told.object.label()),
        open: told.problem().is_some(),
        blocks: ways(told).collect(),
    }
}

/// Others who may prove it.
pub(super) fn choice(compared: &Compared) -> Option<Block> {
    let others: Vec<Proof> =
        compared.proofs().into_iter().filter(|it| Some(&it.who) != compared.writes.prove.as_ref()).collect();
    if !compared.writes.start || others.is_empty() {
        return None;
    }
    let list = others.into_iter().map(|it| {
        let label = match &it.with {
            None => format!("Prove it with {}", it.who.name),
            Some(with) => {
                format!("Prove it with the group {} and {} of its members", it.who.name, with.len())
            }
        };
        button(&label, false, &Action::Connector(OfConnector::ProveBy(it.who.id)))
    });
    Some(Block::Fold {
        id: "who-proves".to_owned(),
        summary: "Somebody else as a proof".to_owned(),
        open: false,
        blocks: vec![
            Block::text(
                "Before it starts, Entra takes one person, or one group with up to five of its members, through all stages and writes them to \
                 Databricks for real. The person whose token is used is never among them.",
            ),
            buttons(list.collect()),
        ],
    })
}
