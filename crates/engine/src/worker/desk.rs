//! What steps say, and what is pressed and filled in there: registrations and consent.

use std::cell::RefCell;

use super::action::{Action, Rights};
use super::failure::Failure;
use super::message::{Application, Event, Hidden};
use super::{Held, SignedIn, Told, Worker, arrival, failure, leave};
use crate::entra::consent::{MANAGE, PREFLIGHT, Scope, UNATTENDED, graph_api, holds, needed};
use crate::entra::denied;
use crate::entra::graph::{Graph, GraphError};
use crate::entra::ids::ClientId;
use crate::entra::preflight::Roles;
use crate::entra::redirect::RedirectUri;
use crate::entra::registration::command::Answer;
use crate::entra::registration::{Kind, MendError, Repair, Shape, find, mend, principal, repairs};
use crate::entra::replication::{Gone, Waiting};
use crate::env::Env;
use crate::guide::register::Looked;
use crate::guide::{self, Page, Signed};
use crate::problem::Problem;
use crate::setup::Step;
use crate::sheet::{Form, Sheet};
use crate::stop::{Control, Wish};
use crate::sync::journal::Journal;

/// What is shown, and what was found out for it.
#[derive(Default)]
pub(super) struct Desk {
    page: Option<Page>,
    /// The link for a colleague, and the application that it is for.
    link: Option<(Application, String)>,
    pub(super) register: guide::register::Known,
    pub(super) consent: guide::consent::Known,
    refused: guide::refused::Known,
    /// The step that is shown.
    step: Option<Step>,
    pub(super) unattended: guide::unattended::Known,
}

impl Desk {
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
            // Whoever goes on has it, or makes another one.
            desk.unattended.secret = None;
        }
        desk.step = Some(step);
        desk.page = Some(page);
        drop(held);
        self.sheets(step)
    }

    /// The sheets of a step, as things stand.
    pub(super) fn sheets(&self, step: Step) -> Event {
        let held = self.held.borrow();
        let signed = held.signed_in.as_ref().map_or_else(Signed::default, |signed| Signed {
            account: Some(signed.session.account.clone()),
            scopes: signed.session.scopes.clone(),
        });
        let (above, below) = match (&held.desk.page, step) {
            (Some(page), Step::Register) => (
                guide::register::routes(page, &held.desk.register, &held.desk.refused),
                guide::register::look(page, &signed, &held.desk.register, &held.desk.unattended),
            ),
            (Some(page), Step::Consent) => (
                guide::consent::sheet(page, &signed, &held.desk.consent, &held.desk.refused),
                Sheet::default(),
            ),
            _ => (Sheet::default(), Sheet::default()),
        };
        let busy = held.busy;
        Event::Sheets { step, above: Hidden(above.draw()), below: Hidden(below.draw()), busy }
    }

    pub(super) async fn fill(&self, form: &str, values: &[(String, String)], tell: &dyn Fn(Event)) -> Told {
        let value =
            |id: &str| values.iter().find(|(key, _)| key == id).map_or("", |(_, value)| value.as_str());
        Ok(match Form::from_id(form) {
            None => Event::Done,
            Some(Form::Printed) => self.printed(value("printed")),
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
            Action::Grant(scopes) => self.grant(&work, scopes, tell).await,
            Action::TakeBack(scopes) => self.take_back(&work, scopes, tell).await,
            Action::Preflight => self.preflight(&work, tell).await,
            Action::Make { name, roles, adopt } => self.make(&work, name, roles, adopt.as_ref(), tell).await,
            Action::List => self.list(&work, tell).await,
            Action::Remove { client, sure } => self.remove(&work, client, *sure, tell).await,
            _ => Ok(()),
        };
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
        let (asked, other) = match rights {
            Rights::Manage => (MANAGE, PREFLIGHT),
            Rights::Preflight => (PREFLIGHT, MANAGE),
        };
        let signed_in = self.held.borrow().signed_in.clone();
        let has = |scope: &&Scope| {
            signed_in.as_ref().is_some_and(|signed_in| holds(scope.name, &signed_in.session.scopes))
        };
        let scopes: Vec<_> =
            asked.iter().chain(needed(application.way)).chain(other.iter().filter(has)).copied().collect();
        let wanted = self.held.borrow().wanted.clone();
        arrival::sign_in(&self.env, &application, step, Some(account), &scopes, wanted.as_ref()).map(leave)
    }

    /// Begins work, where none is under way: what has begun to write goes on to its end, or until a person stops it.
    fn begin(&self) -> Result<UnderWay<'_>, Problem> {
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

    fn work<'w>(&'w self, signed_in: &'w SignedIn, control: &'w Control) -> Result<Work<'w, E>, Problem> {
        let page = self.held.borrow().desk.page.clone().ok_or_else(no_application)?;
        let client = page.setup.client.clone().ok_or_else(no_application)?;
        Ok(Work { graph: self.graph(signed_in), control, page, client })
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
            Ok::<_, GraphError>((api, application, principal))
        };
        let (api, application, principal) = work.control.unless_stopped(read).await.map_err(Gone::from)??;
        let scopes = names(&work.page);
        let looked = application.map(|application| Looked {
            name: application.display_name.clone(),
            repairs: repairs(&shape(&work.page, &scopes), &api, &application, principal.as_ref()),
            secrets: application.password_credentials.len(),
            mended,
        });
        let known = &mut self.held.borrow_mut().desk.register;
        known.elsewhere = looked.is_none();
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
        let mended = mend(&work.graph, work.control, &wait, &api, &work.client, &shape, approved).await;
        match mended {
            // What is open now is shown anew: only what was seen is done.
            Ok(_) | Err(MendError::Changed(_)) => self.look(work, mended.is_ok(), tell).await,
            Err(MendError::Gone(gone)) => Err(gone.into()),
        }
    }
}

/// Work on registrations that is under way, until this is dropped.
struct UnderWay<'u>(&'u RefCell<Held>);

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

fn application(page: &Page) -> Option<Application> {
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

fn no_application() -> Problem {
    Problem::new(
        "There is no application yet.",
        "Its two IDs are not known here.",
        "Register it at the step “Register the application”.",
    )
}
