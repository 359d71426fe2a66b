//! Consent as the directory has it: read, granted, taken back; and what the person may do about it.

use serde::Deserialize;

use super::Worker;
use super::desk::Work;
use super::failure::Failure;
use super::message::Event;
use crate::entra::consent::{self, GraphApi, Wanted, graph_api, standing};
use crate::entra::graph::GraphError;
use crate::entra::ids::{ObjectId, TenantId};
use crate::entra::preflight::{licence, roles};
use crate::entra::registration::principal;
use crate::entra::replication::{Gone, Waiting};
use crate::env::Env;
use crate::problem::Problem;
use crate::setup::Step;
use crate::sheet::Tone;
use crate::sync::journal::Journal;

impl<E: Env, J: Journal> Worker<E, J> {
    pub(super) async fn standing(&self, work: &Work<'_, E>, tell: &dyn Fn(Event)) -> Result<(), Failure> {
        self.working(Step::Consent, "Reading what was consented to", None, tell);
        let (api, id) = self.subject(work).await?;
        let now = standing(&work.graph, &api, &id).await?;
        let desk = &mut self.held.borrow_mut().desk;
        desk.consent.standing = Some(now);
        desk.consent.outcome = None;
        Ok(())
    }

    pub(super) async fn grant(
        &self,
        work: &Work<'_, E>,
        scopes: &[String],
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        const WORDS: &str = "Granting for the tenant";
        self.working(Step::Consent, WORDS, None, tell);
        let (api, id) = self.subject(work).await?;
        own(work, &id).await?;
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let wanted = Wanted { principal: &id, scopes: &scopes, roles: &[] };
        let wait = |waiting: Waiting| self.working(Step::Consent, WORDS, Some(&waiting), tell);
        let granted = consent::grant(&work.graph, work.control, &wait, &api, &wanted).await?;
        let desk = &mut self.held.borrow_mut().desk.consent;
        desk.standing = Some(granted.standing);
        let names: Vec<&str> = granted.refused.iter().map(|(name, _)| name.as_str()).collect();
        if let Some((_, error)) = granted.refused.first() {
            desk.outcome = None;
            let doing = format!("grant for the tenant: {}", names.join(", "));
            return Err(GraphError { doing, ..error.clone() }.into());
        }
        if !granted.unknown.is_empty() {
            desk.outcome = Some((
                Tone::Bad,
                format!("Not granted: {}", granted.unknown.join(", ")),
                "Microsoft Graph in this cloud does not offer it. The rest is on record.".to_owned(),
            ));
            return Ok(());
        }
        desk.outcome = Some((
            Tone::Good,
            "Granted, and read back".to_owned(),
            "It is on record. Press Check again: a fresh token then holds it, after some minutes at most."
                .to_owned(),
        ));
        Ok(())
    }

    pub(super) async fn take_back(
        &self,
        work: &Work<'_, E>,
        scopes: &[String],
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        const WORDS: &str = "Taking the consent back";
        self.working(Step::Consent, WORDS, None, tell);
        let (api, id) = self.subject(work).await?;
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let taken = Wanted { principal: &id, scopes: &scopes, roles: &[] };
        let wait = |waiting: Waiting| self.working(Step::Consent, WORDS, Some(&waiting), tell);
        let left = consent::take_back(&work.graph, work.control, &wait, &api, &taken).await?;
        let desk = &mut self.held.borrow_mut().desk.consent;
        desk.standing = Some(left);
        desk.outcome = Some((
            Tone::Good,
            "Taken back".to_owned(),
            "What was listed is not on record any more. The token in hand works until it ends, within the hour."
                .to_owned(),
        ));
        Ok(())
    }

    pub(super) async fn preflight(&self, work: &Work<'_, E>, tell: &dyn Fn(Event)) -> Result<(), Failure> {
        self.working(Step::Consent, "Reading your roles and the licence", None, tell);
        let read = async { Ok::<_, GraphError>((roles(&work.graph).await?, licence(&work.graph).await?)) };
        let found = work.control.unless_stopped(read).await.map_err(Gone::from)??;
        self.held.borrow_mut().desk.consent.preflight = Some(found);
        Ok(())
    }

    /// Microsoft Graph in this tenant, and the page's own service principal.
    async fn subject(&self, work: &Work<'_, E>) -> Result<(GraphApi, ObjectId), Failure> {
        let read = async {
            let api = graph_api(&work.graph).await?;
            Ok::<_, GraphError>((api, principal(&work.graph, &work.client).await?))
        };
        let (api, found) = work.control.unless_stopped(read).await.map_err(Gone::from)??;
        let Some(found) = found else {
            return Err(Gone::TimeUp(None).into());
        };
        Ok((api, found.object_id()))
    }
}

/// Whether the application is registered in this very tenant: consent to somebody else's would let them read the directory.
/// Where Graph does not say whose it is, nothing is granted either.
async fn own<E: Env>(work: &Work<'_, E>, principal: &ObjectId) -> Result<(), Failure> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Owned {
        app_owner_organization_id: Option<TenantId>,
    }
    let path = format!("/servicePrincipals/{principal}?$select=id,appOwnerOrganizationId");
    let read = work.graph.get::<Owned>("read whose application it is", &path);
    let owned = work.control.unless_stopped(read).await.map_err(Gone::from)??;
    if owned.app_owner_organization_id.is_some() && owned.app_owner_organization_id == work.page.setup.tenant
    {
        return Ok(());
    }
    let whose =
        owned.app_owner_organization_id.map_or_else(|| "nobody knows which".to_owned(), |it| it.to_string());
    let problem = Problem::new(
        "This application is not registered in your tenant.",
        "Whoever registered it could read your directory with what you grant. Nothing was granted.",
        "At “Register the application”, enter the IDs of an application of your own tenant, or register one as described there.",
    );
    Err(problem.detail("registered in the tenant", whose).into())
}
