//! What steps say, and what is pressed and filled in there: registrations and consent.

use std::cell::RefCell;

use super::action::{Action, Rights};
use super::failure::Failure;
use super::message::{Application, Event, Hidden};
use super::unattended::owned;
use super::{Held, SignedIn, Told, Worker, arrival, failure, leave};
use crate::entra::consent::{ASSIGN, MANAGE, PREFLIGHT, Scope, UNATTENDED, graph_api, holds, needed};
use crate::entra::denied;
use crate::entra::graph::{Graph, GraphError};
use crate::entra::ids::ClientId;
use crate::entra::preflight::Roles;
use crate::entra::redirect::RedirectUri;
use crate::entra::registration::command::Answer;
use crate::entra::registration::{
    Kind, MendError, Repair, Shape, extras, find, mend, principal, repairs, trim,
};
use crate::entra::replication::{Gone, Waiting};
use crate::env::Env;
use crate::guide::register::{Absent, Looked};
use crate::guide::{self, Page, Signed};
use crate::problem::Problem;
use crate::setup::{Step, Way};
use crate::sheet::{Form, Sheet};
use crate::stop::{Control, Wish};
use crate::sync::journal::Journal;

/// What is shown, and what was found out for it.
#[derive(Default)]
pub(super) struct Desk {
    pub(super) page: Option<Page>,
    /// The link for a colleague, and the application that it is for.
    link: Option<(Application, String)>,
    pub(super) register: guide::register::Known,
    pub(super) consent: guide::consent::Known,
    refused: guide::refused::Known,
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

/// What all work on registrations needs.
pub(super) struct Work<'w, E> {
    pub(super) graph: Graph<'w, E>,
    pub(super) control: &'w Control,
    pub(super) page: Page,
    pub(super) client: ClientId,
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
        let moved = desk.last != Some(step);
        (desk.step, desk.last) = (Some(step), Some(step));
        desk.page = Some(page);
        desk.connector.licence = desk.consent.preflight.as_ref().map(|(_, licence)| *licence);
        if moved && !held.busy {
            // What is read for the step before is of no use any more.
            held.desk.connector.working = None;
            std::mem::take(&mut held.managing).set(Wish::Stop);
        }
        if moved {
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

    /// Reads the line that a command printed.
    fn printed(&self, text: &str) -> Event {
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

    fn note_unattended(&self, problem: Option<Problem>) {
        let unattended = &mut self.held.borrow_mut().desk.unattended;
        (unattended.working, unattended.problem) = (None, problem);
    }

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
                self.held.borrow().managing.set(Wish::Stop);
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

    /// Begins work, where none is under way: what has begun to write goes on to its end, or until a person stops it.
    pub(super) fn begin(&self) -> Result<UnderWay<'_>, Problem> {
        self.refuse_while_busy()?;
        self.held.borrow_mut().busy = true;
        Ok(UnderWay(&self.held))
    }

    pub(super) fn refuse_while_busy(&self) -> Result<(), Problem> {
        if !self.held.borrow().busy {
            return Ok(());
        }
        Err(Problem::new(
            "Not now",
            "Something else is being done in the tenant, and this would cut it off in the middle.",
            "Wait until it has ended, or press “Stop waiting” there first.",
        ))
    }

    pub(super) fn work<'w>(
        &'w self,
        signed_in: &'w SignedIn,
        control: &'w Control,
    ) -> Result<Work<'w, E>, Problem> {
        let page = self.held.borrow().desk.page.clone().ok_or_else(no_application)?;
        let client = page.setup.client.clone().ok_or_else(no_application)?;
        let tenant = &signed_in.session.account.tenant;
        if page.setup.tenant.as_ref() != Some(tenant) || signed_in.session.tokens.client() != Some(&client) {
            return Err(signed_in_elsewhere(&client));
        }
        Ok(Work { graph: self.graph(signed_in).under(control), control, page, client })
    }

    /// Says what is under way, with the attempts where there are several.
    pub(super) fn working(&self, step: Step, words: &str, waiting: Option<&Waiting>, tell: &dyn Fn(Event)) {
        let words = self::words(words, waiting);
        {
            let mut held = self.held.borrow_mut();
            match step {
                Step::Register => held.desk.register.working = Some(words),
                _ => held.desk.consent.working = Some(words),
            }
        }
        tell(self.sheets(step));
    }

    async fn look(&self, work: &Work<'_, E>, mended: bool, tell: &dyn Fn(Event)) -> Result<(), Failure> {
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
            mended,
        });
        let home =
            principal.and_then(|it| it.home).filter(|home| work.page.setup.tenant.as_ref() != Some(home));
        let known = &mut self.held.borrow_mut().desk.register;
        known.absent = looked.is_none().then(|| home.map_or(Absent::Unknown, Absent::Of));
        known.looked = looked;
        Ok(())
    }

    async fn mend(
        &self,
        work: &Work<'_, E>,
        approved: &[Repair],
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        let wait = |waiting: Waiting| {
            self.working(Step::Register, "Changing the registration", Some(&waiting), tell);
        };
        self.working(Step::Register, "Changing the registration", None, tell);
        let api = graph_api(&work.graph).await?;
        let scopes = names(&work.page);
        let shape = shape(&work.page, &scopes);
        let (graph, control) = (&work.graph, work.control);
        let mended = if approved.iter().all(Repair::is_extra) {
            trim(graph, control, &wait, &api, &work.client, &shape, approved).await
        } else {
            mend(graph, control, &wait, &api, &work.client, &shape, approved).await.map(drop)
        };
        match mended {
            // What is open now is shown anew: only what was seen is done.
            Ok(()) | Err(MendError::Changed(_)) => self.look(work, mended.is_ok(), tell).await,
            Err(MendError::OtherKind(application)) => {
                Err(failure::other_kind(&application, Kind::Page).into())
            }
            Err(MendError::Gone(gone)) => Err(gone.into()),
        }
    }
}

/// Work on registrations that is under way, until this is dropped.
pub(super) struct UnderWay<'u>(&'u RefCell<Held>);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().busy = false;
    }
}

/// What is under way, with the attempts where there are several.
pub(super) fn words(words: &str, waiting: Option<&Waiting>) -> String {
    match waiting {
        Some(Waiting { attempts, waited, budget }) => format!(
            "{words}: attempt {}, {} of at most {} seconds",
            attempts + 1,
            waited.as_secs(),
            budget.as_secs()
        ),
        None => format!("{words}…"),
    }
}

pub(super) fn application(page: &Page) -> Option<Application> {
    Some(Application {
        cloud: page.cloud.clone(),
        tenant: page.setup.tenant.clone()?,
        client: page.setup.client.clone()?,
        redirect_uri: page.base.clone(),
        way: page.setup.way,
    })
}

fn names(page: &Page) -> Vec<&'static str> {
    needed(page.setup.way).iter().map(|scope| scope.name).collect()
}

fn shape<'s>(page: &'s Page, scopes: &'s [&'static str]) -> Shape<'s> {
    Shape { kind: Kind::Page, redirect_uri: Some(&page.base), scopes, roles: &[] }
}

/// The page has moved on to another application, and the sign-in has not.
fn signed_in_elsewhere(client: &ClientId) -> Problem {
    Problem::new(
        "You are signed in for another application.",
        "The setup has changed since, and nothing is done in one tenant for the sake of another. Nothing was changed.",
        "Sign in again at “Register the application”.",
    )
    .detail("application (client) ID of the setup", client.to_string())
}

pub(super) fn no_application() -> Problem {
    Problem::new(
        "There is no application yet.",
        "Its two IDs are not known here.",
        "Register it at the step “Register the application”.",
    )
}
