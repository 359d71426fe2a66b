//! Of several jobs one is removed at the board, by somebody who may close the page.

use futures::future::{Either, select};

use super::*;

/// Asks for it and says so again. What is shown then; nothing, where the page was closed before.
pub(in super::super) fn removes_job(
    world: &World,
    facts: ConnectorFacts,
    patience: Option<Duration>,
    job: &str,
) -> Option<String> {
    let wizard = Wizard::visit(world, Setup { connector: Some(facts), ..Setup::default() });
    wizard.signs_in();
    wizard.shows(Step::Sync);
    let goes = Risky::RemoveJob(job.to_owned());
    wizard.does(OfConnector::Ask(goes.clone()));
    let (removal, closes) = (wizard.does_now(OfConnector::Sure(goes)), world.clone());
    let is_closed = world.run(async move {
        let Some(patience) = patience else {
            removal.await;
            return false;
        };
        matches!(select(Box::pin(removal), Box::pin(closes.sleep(patience))).await, Either::Right(_))
    });
    (!is_closed).then(|| wizard.shown().text())
}
