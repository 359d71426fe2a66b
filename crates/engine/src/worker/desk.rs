//! What the steps show, and what was found out for it.

use super::message::{Application, Event, Hidden};
use super::work::application;
use super::{Worker, arrival};
use crate::entra::preflight::Roles;
use crate::env::Env;
use crate::guide::{self, Page, Signed};
use crate::setup::{Step, Way};
use crate::sheet::Sheet;
use crate::stop::Wish;
use crate::sync::journal::Journal;

/// What is shown, and what was found out for it.
#[derive(Default)]
pub(super) struct Desk {
    pub(super) page: Option<Page>,
    /// The link for a colleague, and the application that it is for.
    link: Option<(Application, String)>,
    pub(super) register: guide::register::Known,
    pub(super) consent: guide::consent::Known,
    pub(super) refused: guide::refused::Known,
    /// The step that is shown.
    pub(super) step: Option<Step>,
    /// The step that was shown last. The page tells that one is left only after it shows the next.
    pub(super) last: Option<Step>,
    pub(super) unattended: guide::unattended::Known,
    pub(super) connector: guide::connector::Known,
}

impl Desk {
    /// The step that was shown is left: a secret that stood there is forgotten. One that came while another step was shown waits.
    pub(super) fn leave(&mut self) {
        self.step = None;
        if self.unattended.secret.as_ref().is_some_and(|fresh| fresh.is_shown.get()) {
            self.unattended.secret = None;
        }
    }

    /// The roles of the person, where they were read.
    pub(super) fn roles(&self) -> Option<Roles> {
        self.consent.preflight.as_ref().map(|(roles, _)| roles.clone())
    }
}

impl<E: Env, J: Journal> Worker<E, J> {
    pub(super) fn show(&self, step: Step, page: Page) -> Event {
        let mut held = self.held.borrow_mut();
        let desk = &mut held.desk;
        let other = desk.page.as_ref().is_some_and(|before| {
            before.setup.client != page.setup.client || before.setup.tenant != page.setup.tenant
        });
        if other {
            desk.register = guide::register::Known::default();
            desk.consent = guide::consent::Known::default();
            desk.unattended = guide::unattended::Known::default();
            desk.connector = guide::connector::Known::default();
        }
        let chosen = |page: &Page| (page.setup.target.clone(), page.setup.scope.clone());
        if desk.page.as_ref().is_some_and(|before| chosen(before) != chosen(&page)) {
            desk.connector.forget_choice();
        }
        let application = application(&page);
        if desk.link.as_ref().map(|(known, _)| known) != application.as_ref() {
            // The answer to this link comes to a colleague's browser, so nothing is kept for it here.
            desk.link = application.and_then(|application| {
                let (address, _) = arrival::ask_consent(&self.env, &application, String::new()).ok()?;
                Some((application, address))
            });
        }
        desk.consent.link = desk.link.as_ref().map(|(_, address)| address.clone());
        if step != Step::Register {
            desk.leave();
        }
        let left = desk.last;
        let moved = left != Some(step);
        (desk.step, desk.last) = (Some(step), Some(step));
        desk.page = Some(page);
        desk.connector.licence = desk.consent.preflight.as_ref().map(|(_, licence)| *licence);
        if moved && !held.busy {
            if let Some(left) = left {
                held.desk.connector.leave(left);
            }
            // What is read for the step before is of no use any more.
            held.desk.connector.working = None;
            std::mem::take(&mut held.managing).set(Wish::Stop);
        }
        if moved {
            std::mem::take(&mut held.asking).set(Wish::Stop);
            std::mem::take(&mut held.watching).set(Wish::Stop);
        }
        drop(held);
        self.sheets(step)
    }

    /// The sheets of a step, as things stand.
    pub(super) fn sheets(&self, step: Step) -> Event {
        let held = self.held.borrow();
        let signed = held.signed_in.as_ref().map_or_else(Signed::default, |signed| Signed {
            account: Some(signed.session.account.clone()),
            scopes: signed.scopes.borrow().clone(),
        });
        let (above, below) = match (&held.desk.page, step) {
            (Some(page), Step::Register) => (
                guide::register::routes(page, &held.desk.register, &held.desk.refused),
                guide::register::look(
                    page,
                    &signed,
                    &held.desk.register,
                    &held.desk.unattended,
                    self.env.wall(),
                ),
            ),
            (Some(page), Step::Consent) => (
                guide::consent::sheet(page, &signed, &held.desk.consent, &held.desk.refused),
                Sheet::default(),
            ),
            (Some(page), _) if page.setup.way == Some(Way::Connector) => {
                let known = &held.desk.connector;
                let now = self.env.wall();
                guide::connector::sheets(step, page, &signed, held.connection.is_some(), known, now)
            }
            _ => (Sheet::default(), Sheet::default()),
        };
        let shown = step == Step::Register && held.desk.step == Some(step);
        if let Some(fresh) = held.desk.unattended.secret.as_ref().filter(|_| shown) {
            fresh.is_shown.set(true);
        }
        let busy = held.busy;
        Event::Sheets { step, above: Hidden(above.draw()), below: Hidden(below.draw()), busy }
    }
}
