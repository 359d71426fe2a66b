//! What is asked once more before it is done.

use super::super::{button, buttons};
use super::board::Board;
use super::{Known, held};
use crate::entra::connector::Restart;
use crate::sheet::Block;
use crate::worker::action::{Action, OfConnector, Risky};

/// The question, and its two buttons.
pub(super) fn sure(risky: &Risky, board: &Board, known: &Known) -> Vec<Block> {
    let name = &board.connector.enterprise.display_name;
    let (title, text, label) = match risky {
        Risky::Pause => (
            "Pause provisioning?".to_owned(),
            "Nobody comes and nobody goes until it is resumed. A cycle that runs comes to its end all the same.",
            "Pause it".to_owned(),
        ),
        Risky::Restart(Restart::Usual) => (
            "Clear the current state and restart synchronisation?".to_owned(),
            "Everybody in scope is looked at anew, failures and quarantine are forgotten. Who is in Databricks already is found again. It takes \
             as long as a first cycle.",
            "Restart it".to_owned(),
        ),
        Risky::Restart(Restart::Full) => (
            "Restart in full?".to_owned(),
            "Entra also forgets who belongs to whom in Databricks and finds it anew by name. Who has another name by now is made a second time. \
             For experts: it mends objects that were removed in Databricks.",
            "Restart in full".to_owned(),
        ),
        Risky::Restart(Restart::ForceDeletes) => (
            "Let all held deletions go?".to_owned(),
            "All of them are carried out, not some. People are deactivated in Databricks, and jobs that run as them stop. Groups are deleted \
             there, and with them what was granted to them in Databricks: that cannot be taken back, and a group that is assigned again \
             comes back without it.",
            "Delete and deactivate all of them".to_owned(),
        ),
        Risky::Reset => (
            "Reset the attribute mappings?".to_owned(),
            "They become what the gallery gives; changes of yours are lost. Only externalId is taken from the object id again, where the gallery \
             has it otherwise. Everybody is looked at anew.",
            "Reset them".to_owned(),
        ),
        Risky::Remove => (
            format!("Remove “{name}”?"),
            "Provisioning stops, and the enterprise application goes with its assignments, its token and its log. People and groups stay in \
             Databricks as they are, and nobody looks after them any more. Entra keeps the application for 30 days under “Deleted applications”.",
            format!("Remove {name}"),
        ),
        Risky::TakeAway(_) => return Vec::new(),
        Risky::RemoveJob(id) => (
            "Remove this job?".to_owned(),
            "It stops, and what it knew is gone. People and groups stay in Databricks.",
            format!("Remove the job {id}"),
        ),
    };
    let mut blocks = vec![Block::Question { title, text: text.to_owned() }];
    let mut list = vec![button(&label, false, &Action::Connector(OfConnector::Sure(risky.clone())))];
    if *risky == Risky::Restart(Restart::ForceDeletes) {
        let read = held::read(known, board);
        blocks.extend(held::listed(read));
        let show = || button(held::SHOW, false, &Action::Connector(OfConnector::Held));
        list.extend(read.is_none_or(|it| it.found.is_err()).then(show));
    }
    list.push(button("Leave it as it is", true, &Action::Connector(OfConnector::Keep)));
    blocks.push(buttons(list));
    blocks
}
