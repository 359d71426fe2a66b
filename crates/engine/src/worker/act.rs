//! Carries out what is pressed and what is filled in, and shows the step anew.

use super::action::{Action, Rights};
use super::message::Event;
use super::work::{application, no_application};
use super::{Told, Worker, arrival, failure, leave};
use crate::entra::consent::{ASSIGN, MANAGE, PREFLIGHT, Scope, UNATTENDED, holds, needed};
use crate::entra::denied;
use crate::env::Env;
use crate::guide;
use crate::problem::Problem;
use crate::setup::Step;
use crate::sheet::Form;
use crate::stop::Wish;
use crate::sync::journal::Journal;

impl<E: Env, J: Journal> Worker<E, J> {
    pub(super) async fn act(&self, action: Action, tell: &dyn Fn(Event)) -> Told {
        let step = match &action {
            Action::SignIn { rights, step, account } => return self.further(*rights, *step, account),
            Action::OtherCloud { cloud, tenant, client } => {
                self.held.borrow_mut().desk.register.cloud = None;
                let (cloud, tenant, client) = (cloud.clone(), tenant.clone(), client.clone());
                return Ok(Event::Registered { cloud, tenant, client });
            }
            Action::Go(step) => return Ok(Event::Go(*step)),
            Action::Connector(action) => return self.of_connector(action, tell).await,
            Action::Stored => return self.back(true),
            Action::Reorder => return self.back(false),
            Action::Look | Action::Mend(_) | Action::Make { .. } | Action::List | Action::Remove { .. } => {
                Step::Register
            }
            Action::Standing | Action::Grant(_) | Action::TakeBack(_) | Action::Preflight => Step::Consent,
            Action::Stop => {
                let held = self.held.borrow();
                held.managing.set(Wish::Stop);
                held.asking.set(Wish::Stop);
                return Ok(Event::Done);
            }
        };
        let signed_in = self.signed_in()?;
        let under_way = self.begin()?;
        let control = self.renew(|held| &mut held.managing);
        let work = self.work(&signed_in, &control)?;
        let outcome = match &action {
            Action::Look => self.look(&work, false, tell).await,
            Action::Mend(approved) => self.mend(&work, approved, tell).await,
            Action::Standing => self.standing(&work, tell).await,
            Action::Grant(scopes) => self.grant(&signed_in, &work, scopes, tell).await,
            Action::TakeBack(shown) => self.take_back(&work, shown, tell).await,
            Action::Preflight => self.preflight(&work, tell).await,
            Action::Make { name, roles, adopt } => self.make(&work, name, roles, adopt.as_ref(), tell).await,
            Action::List => self.list(&work, tell).await,
            Action::Remove { client, sure } => self.remove(&work, client, *sure, tell).await,
            _ => Ok(()),
        };
        let outcome = outcome.map_err(|failure| failure.of(&failure::doing(&action, &work.client)));
        let problem = self.told(&signed_in, &work, failure::needs(&action), outcome, tell).await;
        match &action {
            Action::Make { .. } | Action::List | Action::Remove { .. } => self.note_unattended(problem),
            _ => {
                let desk = &mut self.held.borrow_mut().desk;
                match step {
                    Step::Register => (desk.register.working, desk.register.problem) = (None, problem),
                    _ => (desk.consent.working, desk.consent.problem) = (None, problem),
                }
            }
        }
        drop(under_way);
        Ok(self.sheets(step))
    }

    /// Leaves to sign in with further rights beside those that are held; an administrator consents to them there.
    fn further(&self, rights: Rights, step: Step, account: &str) -> Told {
        let application = self.held.borrow().desk.page.as_ref().and_then(application);
        let application = application.ok_or_else(no_application)?;
        let (asked, others) = match rights {
            Rights::Manage => (MANAGE, [PREFLIGHT, ASSIGN]),
            Rights::Preflight => (PREFLIGHT, [MANAGE, ASSIGN]),
            Rights::Assign => (ASSIGN, [MANAGE, PREFLIGHT]),
        };
        let other = others.concat();
        let signed_in = self.held.borrow().signed_in.clone();
        let has = |scope: &&Scope| {
            signed_in.as_ref().is_some_and(|signed_in| holds(scope.name, &signed_in.scopes.borrow()))
        };
        let scopes: Vec<_> =
            asked.iter().chain(needed(application.way)).chain(other.iter().filter(has)).copied().collect();
        let wanted = self.held.borrow().wanted.clone();
        arrival::sign_in(&self.env, &application, step, Some(account), &scopes, wanted.as_ref()).map(leave)
    }

    pub(super) async fn fill(&self, form: &str, values: &[(String, String)], tell: &dyn Fn(Event)) -> Told {
        let value =
            |id: &str| values.iter().find(|(key, _)| key == id).map_or("", |(_, value)| value.as_str());
        Ok(match Form::from_id(form) {
            None => Event::Done,
            Some(Form::Printed) => self.printed(value("printed")),
            Some(
                form @ (Form::Connector
                | Form::Settings
                | Form::Paste
                | Form::Log
                | Form::Why
                | Form::OnDemand),
            ) => {
                return self.fill_connector(form, values, tell).await;
            }
            Some(Form::Refused) => {
                let step = {
                    let desk = &mut self.held.borrow_mut().desk;
                    desk.refused = guide::refused::Known::read(value("refused-text"));
                    desk.step
                };
                self.sheets(step.unwrap_or(Step::Register))
            }
            Some(Form::Unattended) => {
                let ticked = |name: &str| !value(&format!("role-{name}")).is_empty();
                let roles = UNATTENDED.iter().map(|role| role.name).filter(|name| ticked(name));
                self.order(value("unattended-name"), roles.map(str::to_owned).collect())
            }
            Some(Form::Secret) => {
                let signed_in = self.signed_in()?;
                let under_way = self.begin()?;
                let control = self.renew(|held| &mut held.managing);
                let work = self.work(&signed_in, &control)?;
                let outcome = self.secret(&work, value("secret-life"), tell).await;
                let problem = self.told(&signed_in, &work, &denied::CHANGE, outcome, tell).await;
                self.note_unattended(problem);
                drop(under_way);
                self.sheets(Step::Register)
            }
        })
    }

    fn note_unattended(&self, problem: Option<Problem>) {
        let unattended = &mut self.held.borrow_mut().desk.unattended;
        (unattended.working, unattended.problem) = (None, problem);
    }
}
