//! The application for unattended runs becomes an owner of the connector: with `Application.ReadWrite.OwnedBy` it may work with that, and
//! with nothing else. Whoever owns something can add secrets to it, so both are read and shown by name before anything is written.

use super::super::Worker;
use super::super::failure::Failure;
use super::super::message::Event;
use super::super::work::Work;
use crate::entra::connector::{Enterprise, FIELDS, origin};
use crate::entra::ids::ObjectId;
use crate::entra::registration::{Kind, add_owner, find, principal};
use crate::entra::replication::Gone;
use crate::env::Env;
use crate::guide::connector::Owning;
use crate::problem::Problem;
use crate::setup::Step;
use crate::sync::journal::Journal;

/// Both objects of the connector, and who is to own them.
struct Parties {
    application: ObjectId,
    connector: ObjectId,
    owner: ObjectId,
    shown: Owning,
}

impl<E: Env, J: Journal> Worker<E, J> {
    /// Shows whom it would make an owner of what; or does so, where exactly that was shown.
    pub(super) async fn own(
        &self,
        work: &Work<'_, E>,
        shown: Option<&Owning>,
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        self.connecting(
            Step::Done,
            "Reading the connector and the application for unattended runs",
            None,
            tell,
        );
        let parties = self.parties(work).await?;
        if shown != Some(&parties.shown) {
            self.connector(|known| known.owning = Some(parties.shown));
            return Ok(());
        }
        let Parties { application, connector, owner, shown } = parties;
        let wait = |waiting| {
            self.connecting(
                Step::Done,
                "Making the application for unattended runs an owner",
                Some(&waiting),
                tell,
            );
        };
        add_owner(&work.graph, work.control, &wait, &application, Some(&connector), &owner).await?;
        self.connector(|known| known.owning = Some(Owning { done: true, ..shown }));
        Ok(())
    }

    /// Reads both, and refuses what is not what it should be: the setup may come from elsewhere.
    async fn parties(&self, work: &Work<'_, E>) -> Result<Parties, Failure> {
        let refused = |why: String| {
            let remedy = "Take a connector that is listed at the step “Databricks workspace”, and an application for unattended runs that the step \
                          “Register the application” made; then try again.";
            Problem::new("Nobody was made an owner.", why, remedy)
        };
        let facts = self.facts();
        let (Some(id), Some(unattended)) = (&facts.id, &work.page.setup.unattended) else {
            return Err(
                refused("There is no connector, or no application for unattended runs.".to_owned()).into()
            );
        };
        let path = format!("/servicePrincipals/{id}?$select={FIELDS}");
        let connector: Enterprise =
            work.graph.get("read the connector's enterprise application", &path).await?;
        let from = work.control.unless_stopped(origin(&work.graph)).await.map_err(Gone::from)?;
        self.is_ours(work, &from.map_err(Gone::Failed)?, &connector).await?;
        let registered = find(&work.graph, unattended).await?.filter(|it| it.is(Kind::Unattended));
        let registered = registered.ok_or_else(|| {
            refused(format!(
                "The application {unattended} is not there, or was not made here for unattended runs."
            ))
        })?;
        let owner = principal(&work.graph, unattended).await?;
        let owner = owner.ok_or_else(|| {
            refused(format!("This tenant shows no service principal of “{}”.", registered.display_name))
        })?;
        let application = find(&work.graph, &connector.client_id()).await?;
        let application = application.ok_or_else(|| {
            refused(format!("This tenant shows no registration of “{}”.", connector.display_name))
        })?;
        Ok(Parties {
            application: application.object_id(),
            connector: connector.object_id(),
            owner: owner.object_id(),
            shown: Owning {
                owner: registered.display_name,
                client: unattended.clone(),
                connector: connector.display_name.clone(),
                id: connector.object_id(),
                done: false,
            },
        })
    }
}
