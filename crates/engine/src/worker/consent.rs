//! Consent as the directory has it: read, granted, taken back; and what the person may do about it.

use serde::Deserialize;

use super::failure::Failure;
use super::message::Event;
use super::work::Work;
use super::{SignedIn, Worker};
use crate::entra::consent::{self, DelegatedGrant, GraphApi, Wanted, graph_api, standing};
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
        signed_in: &SignedIn,
        work: &Work<'_, E>,
        scopes: &[String],
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        const WORDS: &str = "Granting for the tenant";
        self.working(Step::Consent, WORDS, None, tell);
        let (api, id) = self.subject(work).await?;
        own(signed_in, work, &id).await?;
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let wanted = Wanted { principal: &id, scopes: &scopes, roles: &[] };
        let wait = |waiting: Waiting| self.working(Step::Consent, WORDS, Some(&waiting), tell);
        let granted = consent::grant(&work.graph, work.control, &wait, &api, &wanted).await?;
        self.held.borrow_mut().desk.consent.standing = Some(granted.standing);
        let names: Vec<&str> = granted.refused.iter().map(|(name, _)| name.as_str()).collect();
        if let Some((_, error)) = granted.refused.first() {
            self.held.borrow_mut().desk.consent.outcome = None;
            let doing = format!("grant for the tenant: {}", names.join(", "));
            return Err(GraphError { doing, ..error.clone() }.into());
        }
        if !granted.unknown.is_empty() {
            self.held.borrow_mut().desk.consent.outcome = Some((
                Tone::Bad,
                format!("Not granted: {}", granted.unknown.join(", ")),
                "Microsoft Graph in this cloud does not offer it. The rest is on record.".to_owned(),
            ));
            return Ok(());
        }
        // On record is not in the token. However this wait ends, the grant stands.
        let way = work.page.setup.way;
        let held =
            consent::needed(way).iter().all(|scope| consent::holds(scope.name, &signed_in.scopes.borrow()));
        // What the token in hand holds needs no waiting.
        let ended = if held { Ok(()) } else { self.await_token(signed_in, way, work.control, tell).await };
        let text = match ended {
            Ok(()) if held => "It is on record, and the token in hand holds it.",
            Ok(()) => "It is on record, and a fresh token holds it.",
            Err(_) => "It is on record. No fresh token holds it yet: press Check again.",
        };
        self.held.borrow_mut().desk.consent.outcome =
            Some((Tone::Good, "Granted, and read back".to_owned(), text.to_owned()));
        Ok(())
    }

    pub(super) async fn take_back(
        &self,
        work: &Work<'_, E>,
        shown: &[DelegatedGrant],
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        const WORDS: &str = "Taking the consent back";
        self.working(Step::Consent, WORDS, None, tell);
        let (api, id) = self.subject(work).await?;
        let wait = |waiting: Waiting| self.working(Step::Consent, WORDS, Some(&waiting), tell);
        let left = consent::take_back(&work.graph, work.control, &wait, &api, &id, shown).await?;
        let (tone, title, text) = if left.delegated.is_empty() {
            let text = "What was listed is not on record any more. The token in hand works until it ends, within the hour.";
            (Tone::Good, "Taken back", text)
        } else {
            let text = "What was listed is not on record any more, but somebody has consented meanwhile. Look at what is on \
                        record now.";
            (Tone::Warn, "There is more on record than was shown", text)
        };
        let desk = &mut self.held.borrow_mut().desk.consent;
        desk.standing = Some(left);
        desk.outcome = Some((tone, title.to_owned(), text.to_owned()));
        Ok(())
    }

    /// What is under way at this step, and what failed.
    pub(super) fn note_consent(&self, working: Option<String>, problem: Option<Problem>) {
        let known = &mut self.held.borrow_mut().desk.consent;
        (known.working, known.problem) = (working, problem);
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
            let problem = Problem::new(
                "This tenant does not show a service principal of the application.",
                "Consent hangs on it. It may be missing, or have been made a moment ago: there was one look, and nothing was waited \
                 for.",
                "Look at the registration at “Register the application”, which finds a missing one and makes it; else try again in a \
                 minute.",
            );
            return Err(problem.into());
        };
        Ok((api, found.object_id()))
    }
}

/// Whether the application is registered in this very tenant: consent to somebody else's would let them read the directory.
/// Where Graph does not say whose it is, nothing is granted either.
async fn own<E: Env>(signed_in: &SignedIn, work: &Work<'_, E>, principal: &ObjectId) -> Result<(), Failure> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Owned {
        app_owner_organization_id: Option<TenantId>,
    }
    let path = format!("/servicePrincipals/{principal}?$select=id,appOwnerOrganizationId");
    let read = work.graph.get::<Owned>("read whose application it is", &path);
    let owned = work.control.unless_stopped(read).await.map_err(Gone::from)??;
    if owned.app_owner_organization_id.as_ref() == Some(&signed_in.session.account.tenant) {
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
