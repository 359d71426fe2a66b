//! The application for unattended runs becomes an owner of the connector: with `Application.ReadWrite.OwnedBy` it may work with that, and
//! with nothing else.

use super::super::Worker;
use super::super::failure::Failure;
use super::super::message::Event;
use super::super::work::Work;
use crate::entra::connector::{Enterprise, FIELDS};
use crate::entra::registration::{add_owner, find, principal};
use crate::env::Env;
use crate::problem::Problem;
use crate::setup::Step;
use crate::sync::journal::Journal;

impl<E: Env, J: Journal> Worker<E, J> {
    /// Makes it an owner of the connector's registration and of its service principal, and reads both back.
    pub(super) async fn own(&self, work: &Work<'_, E>, tell: &dyn Fn(Event)) -> Result<(), Failure> {
        const WORDS: &str = "Making the application for unattended runs an owner";
        self.connecting(Step::Done, WORDS, None, tell);
        let facts = self.facts();
        let (Some(id), Some(unattended)) = (&facts.id, &work.page.setup.unattended) else { return Ok(()) };
        let path = format!("/servicePrincipals/{id}?$select={FIELDS}");
        let connector: Enterprise =
            work.graph.get("read the connector's enterprise application", &path).await?;
        let gone = |what: &str| {
            Problem::new(
                format!("Nobody was made an owner of “{}”.", connector.display_name),
                format!("This tenant does not show {what}."),
                "Look whether it is still there, in the Entra admin center or at the step “Register the application”; then try again.",
            )
        };
        let owner = principal(&work.graph, unattended).await?;
        let owner =
            owner.ok_or_else(|| gone("the service principal of the application for unattended runs"))?;
        let application = find(&work.graph, &connector.client_id()).await?;
        let application = application.ok_or_else(|| gone("the connector’s registration"))?;
        let wait = |waiting| self.connecting(Step::Done, WORDS, Some(&waiting), tell);
        let (application, connector) = (application.object_id(), connector.object_id());
        add_owner(&work.graph, work.control, &wait, &application, &connector, &owner.object_id()).await?;
        self.connector(|known| known.owned = true);
        Ok(())
    }
}
