//! The page's own registration: taken from what a command printed, looked at, mended.

use super::Worker;
use super::failure::{self, Failure};
use super::message::Event;
use super::unattended::owned;
use super::work::Work;
use crate::entra::consent::{graph_api, needed};
use crate::entra::graph::GraphError;
use crate::entra::preflight::Roles;
use crate::entra::redirect::RedirectUri;
use crate::entra::registration::command::Answer;
use crate::entra::registration::{
    Kind, MendError, NewOwner, Owner, Repair, Shape, extras, find, mend, own, ownership, principal, repairs,
    trim,
};
use crate::entra::replication::{Gone, Waiting};
use crate::env::Env;
use crate::guide::Page;
use crate::guide::register::{Absent, Looked};
use crate::problem::Problem;
use crate::setup::Step;
use crate::sync::journal::Journal;

impl<E: Env, J: Journal> Worker<E, J> {
    /// Reads the line that a command printed.
    pub(super) fn printed(&self, text: &str) -> Event {
        let base = self.held.borrow().desk.page.as_ref().map(|page| page.base.clone());
        let read = RedirectUri::parse(&base.unwrap_or_default())
            .map_err(|error| error.to_string())
            .and_then(|uri| Answer::parse(text, &uri).map_err(|error| error.to_string()));
        match read {
            Ok(Answer { cloud, tenant, client }) => {
                self.held.borrow_mut().desk.register.pasted = None;
                Event::Registered { cloud, tenant, client }
            }
            Err(error) => {
                self.held.borrow_mut().desk.register.pasted = Some((text.to_owned(), error));
                self.sheets(Step::Register)
            }
        }
    }

    pub(super) async fn look(
        &self,
        work: &Work<'_, E>,
        mended: bool,
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        self.working(Step::Register, "Looking at the registration", None, tell);
        let read = async {
            let api = graph_api(&work.graph).await?;
            let application = find(&work.graph, &work.client).await?;
            let principal = principal(&work.graph, &work.client).await?;
            let owned = match &application {
                Some(application) => owned(&work.graph, application).await,
                None => None,
            };
            Ok::<_, GraphError>((api, application, principal, owned))
        };
        let (api, application, principal, owners) =
            work.control.unless_stopped(read).await.map_err(Gone::from)??;
        if let Some(application) = application.as_ref().filter(|it| it.is(Kind::Page.other())) {
            self.held.borrow_mut().desk.register.looked = None;
            return Err(failure::other_kind(application, Kind::Page).into());
        }
        let scopes = names(&work.page);
        let you = self.you()?;
        let roles = self.held.borrow().desk.roles().unwrap_or(Roles::Unknown);
        let own = owners.as_ref().and_then(|owners| ownership(&you, owners, principal.is_some(), &roles));
        let looked = application.map(|application| Looked {
            name: application.display_name.clone(),
            repairs: repairs(&shape(&work.page, &scopes), &api, &application, principal.as_ref()),
            extras: extras(&shape(&work.page, &scopes), &application),
            secrets: application.password_credentials.len(),
            certificates: application.key_credentials.len(),
            roles: application
                .asked_roles()
                .map(|id| api.role_name(id).unwrap_or(id.as_str()).to_owned())
                .collect(),
            owners,
            own,
            mended,
        });
        let home =
            principal.and_then(|it| it.home).filter(|home| work.page.setup.tenant.as_ref() != Some(home));
        let known = &mut self.held.borrow_mut().desk.register;
        known.absent = looked.is_none().then(|| home.map_or(Absent::Unknown, Absent::Of));
        known.looked = looked;
        Ok(())
    }

    pub(super) async fn mend(
        &self,
        work: &Work<'_, E>,
        approved: &[Repair],
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        let wait = |waiting: Waiting| {
            self.working(Step::Register, "Changing the registration", Some(&waiting), tell);
        };
        self.working(Step::Register, "Changing the registration", None, tell);
        let (graph, control) = (&work.graph, work.control);
        if let [Repair::Owner(new)] = approved {
            return self.own_page(work, new, &wait, tell).await;
        }
        let api = graph_api(&work.graph).await?;
        let scopes = names(&work.page);
        let shape = shape(&work.page, &scopes);
        let mended = if approved.iter().all(Repair::is_extra) {
            trim(graph, control, &wait, &api, &work.client, &shape, approved).await
        } else {
            mend(graph, control, &wait, &api, &work.client, &shape, approved).await.map(drop)
        };
        self.mended(work, mended, tell).await
    }

    /// Makes the person who is signed in an owner. A button that was shown to somebody else does nothing.
    async fn own_page(
        &self,
        work: &Work<'_, E>,
        new: &NewOwner,
        wait: &dyn Fn(Waiting),
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        if self.you()?.id != new.id {
            return self.look(work, false, tell).await;
        }
        let ended = own(&work.graph, work.control, wait, &work.client, Kind::Page, new).await;
        self.mended(work, ended, tell).await
    }

    async fn mended(
        &self,
        work: &Work<'_, E>,
        ended: Result<(), MendError>,
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        match ended {
            // What is open now is shown anew: only what was seen is done.
            Ok(()) | Err(MendError::Changed(_)) => self.look(work, ended.is_ok(), tell).await,
            Err(MendError::OtherKind(application)) => {
                Err(failure::other_kind(&application, Kind::Page).into())
            }
            Err(MendError::Gone(gone)) => Err(gone.into()),
        }
    }

    /// Who is signed in, as an owner is named.
    fn you(&self) -> Result<Owner, Problem> {
        let signed_in = self.signed_in()?;
        let account = &signed_in.session.account;
        Ok(Owner { id: account.id.clone(), name: account.username.clone() })
    }
}

fn names(page: &Page) -> Vec<&'static str> {
    needed(page.setup.way).iter().map(|scope| scope.name).collect()
}

fn shape<'s>(page: &'s Page, scopes: &'s [&'static str]) -> Shape<'s> {
    Shape { kind: Kind::Page, redirect_uri: Some(&page.base), scopes, roles: &[] }
}
