//! The engine behind a page: commands in, events out. It runs beside the page, in a Web Worker: long work never holds up
//! the screen, and tokens are in the worker's memory only. (The page hands over what it is given: the token that is typed, the
//! answer in its address, and the record that it kept for it.)
//!
//! Nothing here knows a browser: the sockets are `crates/worker`, the page's end is `src/browser/worker.rs`.

mod act;
pub mod action;
mod arrival;
mod connector;
mod consent;
mod desk;
mod failure;
mod identify;
pub mod message;
mod proving;
mod registering;
mod sync;
mod unattended;
mod work;

use std::cell::RefCell;
use std::rc::Rc;

use futures::channel::oneshot;

use self::action::Action;
use self::arrival::{Back, Own, Redeemed};
use self::desk::Desk;
use self::message::{Candidate, Command, Event, Hidden};
use crate::databricks::Connection;
use crate::entra::clouds::Cloud;
use crate::entra::consent::{SIGN_IN, needed};
use crate::entra::directory;
use crate::entra::graph::{Graph, GraphError};
use crate::entra::ids::ObjectId;
use crate::entra::sign_in::{Claims, Session};
use crate::env::Env;
use crate::guide;
use crate::problem::{Explain as _, Problem};
use crate::secret::Secret;
use crate::setup::{Picked, Step};
use crate::stop::{Control, Wish};
use crate::sync::journal::Journal;
use crate::sync::plan::Plan;
use crate::sync::report::Report;

/// Who is signed in, and where.
struct SignedIn {
    cloud: Cloud,
    session: Session,
    /// The scopes of the token in hand: more than at the sign-in, once more was consented to.
    scopes: RefCell<Vec<String>>,
}

#[derive(Default)]
struct Held {
    /// An answer of the sign-in service that belongs to this visit, until it is redeemed.
    arrived: Option<(Cloud, Own)>,
    signed_in: Option<Rc<SignedIn>>,
    /// What a service wants a token to prove: every sign-in carries it until one succeeds (identity platform:
    /// `claims-challenge`).
    wanted: Option<Claims>,
    connection: Option<Rc<Connection>>,
    /// The connector that was told this connection already.
    told: Option<(ObjectId, Rc<Connection>)>,
    plan: Option<Rc<Plan>>,
    report: Option<Rc<Report>>,
    /// The reading that is under way, of a kind: a newer one takes its place.
    redeeming: Control,
    searching: Control,
    testing: Control,
    planning: Control,
    managing: Control,
    /// The question whose a token is: what is read meanwhile does not cut it off, nor it that.
    asking: Control,
    watching: Control,
    /// The writing that is under way.
    applying: Option<Control>,
    /// Whether work on registrations is under way: it is never cut off by other work, only stopped.
    busy: bool,
    /// What was pressed or filled in last, and what of it is under way: digests, since what was filled in may be a secret in the wrong place.
    pressed: Option<u64>,
    doing: Option<u64>,
    /// Who waits until the page has put something on record.
    keeping: Vec<oneshot::Sender<()>>,
    desk: Desk,
}

/// The engine behind one page.
pub struct Worker<E, J> {
    env: E,
    journal: J,
    held: RefCell<Held>,
}

type Told = Result<Event, Problem>;

impl<E: Env, J: Journal> Worker<E, J> {
    /// A worker that knows nothing yet.
    pub fn new(env: E, journal: J) -> Self {
        Self { env, journal, held: RefCell::default() }
    }

    /// Carries out a command. What happens on the way is told; what comes of it is returned. `secret` is what came beside
    /// the command.
    pub async fn handle(&self, command: Command, secret: Option<Secret>, tell: &dyn Fn(Event)) -> Event {
        if self.is_doing(&command) {
            return Event::Superseded;
        }
        let end = match command {
            Command::SignIn { application, step, account } => {
                let scopes = if step == Step::Register { SIGN_IN } else { needed(application.way) };
                let wanted = self.held.borrow().wanted.clone();
                let account = account.as_deref();
                arrival::sign_in(&self.env, &application, step, account, scopes, wanted.as_ref()).map(leave)
            }
            Command::Identify { cloud, clouds, client, tenant } => {
                Ok(self.identify(&cloud, &clouds, &client, &tenant, tell).await)
            }
            Command::Consent { application, account } => {
                arrival::ask_consent(&self.env, &application, account).map(leave)
            }
            Command::Arrive { cloud, answer, kept } => {
                Ok(self.arrive(cloud, &answer.0, kept.as_ref().map(|kept| kept.0.as_str())))
            }
            Command::Redeem => Ok(self.redeem(tell).await),
            Command::Prove => self.prove(tell).await,
            Command::About(way) => Ok(Event::About(guide::about::all(way))),
            Command::Tenant => Ok(Event::Named(self.tenant_name().await)),
            Command::SignOut { redirect_uri } => self.sign_out(&redirect_uri),
            Command::Search { text } => self.search(&text, tell).await,
            Command::Connect { target, extra, relay } => self.connect(&target, &extra, relay, secret),
            Command::Test => self.test(tell).await,
            Command::Plan { tenant, scope } => self.plan(&tenant, &scope, tell).await,
            Command::Lines { part, limit } => {
                let lines = |plan: Rc<Plan>| guide::lines::sheet(part, plan.lines(part, limit)).draw();
                self.made_plan().map(lines).map(Event::Lines)
            }
            Command::Apply { approved } => self.apply(&approved, tell).await,
            Command::Want(wish) => {
                if let Some(control) = &self.held.borrow().applying {
                    control.set(wish);
                }
                Ok(Event::Done)
            }
            Command::Forget => self.forget(),
            Command::Write(file) => self.write(file),
            Command::Show { step, page } => Ok(self.show(step, *page)),
            Command::Kept => {
                // Whoever waits no more has been stopped.
                self.held.borrow_mut().keeping.drain(..).for_each(|kept| {
                    let _ = kept.send(());
                });
                Ok(Event::Done)
            }
            Command::Hide => {
                self.held.borrow_mut().desk.leave();
                Ok(Event::Done)
            }
            Command::Do(action) => match Action::from_text(&action) {
                Some(action) => self.act(action, tell).await,
                None => Ok(Event::Done),
            },
            Command::Fill { form, values } => self.fill(&form, &values, tell).await,
        };
        end.unwrap_or_else(Event::Failed)
    }

    fn arrive(&self, cloud: Cloud, answer: &str, kept: Option<&str>) -> Event {
        match arrival::sort(answer, kept) {
            None => Event::Done,
            Some(Back::Stray(arrival)) => Event::Arrived(*arrival),
            Some(Back::Own(own)) => {
                self.held.borrow_mut().arrived = Some((cloud, own));
                Event::Spent
            }
        }
    }

    async fn redeem(&self, tell: &dyn Fn(Event)) -> Event {
        let Some((cloud, own)) = self.held.borrow_mut().arrived.take() else { return Event::Done };
        let (transaction, answer) = match own {
            Own::Told(arrival) => return Event::Arrived(*arrival),
            Own::Declined(error) => {
                return Event::Arrived(arrival::refused(Step::Consent, &error, &cloud, None));
            }
            Own::Redeem(transaction, answer) => (transaction, answer),
        };
        let control = self.renew(|held| &mut held.redeeming);
        let redeemed = arrival::redeem(&self.env, &cloud, *transaction, *answer);
        let Ok(redeemed) = control.unless_stopped(redeemed).await else { return Event::Superseded };
        match redeemed {
            Redeemed::Told(arrival, wanted, elsewhere) => {
                self.held.borrow_mut().wanted = wanted;
                // What is said before the browser leaves is offered after it is back as well.
                self.offer(elsewhere, tell);
                Event::Arrived(*arrival)
            }
            Redeemed::Leave(address, kept) => leave((address, kept)),
            Redeemed::Session(step, session) => {
                if let Some(remark) = arrival::remark(step, &session) {
                    tell(Event::Arrived(remark));
                }
                let arrival = arrival::signed_in(step, &session);
                let mut held = self.held.borrow_mut();
                held.wanted = None;
                let scopes = RefCell::new(session.scopes.clone());
                held.signed_in = Some(Rc::new(SignedIn { cloud, session: *session, scopes }));
                Event::Arrived(arrival)
            }
        }
    }

    /// Tells the page when only a person can help: they sign in again, and what failed can be tried again.
    fn ended(&self, signed_in: &SignedIn, error: &GraphError, tell: &dyn Fn(Event)) {
        if let Some(error) = error.sign_in() {
            self.held.borrow_mut().wanted = error.claims();
            let account = signed_in.session.account.username.clone();
            tell(Event::Arrived(arrival::ended(&error, &signed_in.cloud, account)));
        }
    }

    /// The tenant's name is a courtesy: without it the id is shown.
    async fn tenant_name(&self) -> Option<String> {
        let signed_in = self.signed_in().ok()?;
        directory::tenant_name(&self.graph(&signed_in)).await.ok().flatten()
    }

    async fn search(&self, text: &str, tell: &dyn Fn(Event)) -> Told {
        let signed_in = self.signed_in()?;
        let control = self.renew(|held| &mut held.searching);
        let graph = self.graph(&signed_in);
        let Ok(found) = control.unless_stopped(directory::search(&graph, text)).await else {
            return Ok(Event::Superseded);
        };
        let (groups, people) = found.map_err(|error| {
            self.ended(&signed_in, &error, tell);
            error.explain()
        })?;
        let groups = groups.into_iter().map(|group| Candidate {
            picked: Picked { id: group.object_id(), name: group.label().to_owned() },
            says: guide::connector::groups::kind(&group),
        });
        let people = people.into_iter().map(|person| Candidate {
            picked: Picked { id: person.object_id(), name: person.label().to_owned() },
            says: person.user_principal_name.clone().unwrap_or_default(),
        });
        Ok(Event::Found { groups: groups.collect(), people: people.collect() })
    }

    fn forget(&self) -> Told {
        self.refuse_while_applying()?;
        self.refuse_while_busy()?;
        let held = self.held.take();
        for control in [
            held.redeeming,
            held.searching,
            held.testing,
            held.planning,
            held.managing,
            held.asking,
            held.watching,
        ] {
            control.set(Wish::Stop);
        }
        Ok(Event::Done)
    }

    fn sign_out(&self, redirect_uri: &str) -> Told {
        let signed_in = self.signed_in()?;
        self.forget()?;
        let address = signed_in.session.sign_out_url(&signed_in.cloud, redirect_uri);
        Ok(leave((address, String::new())))
    }

    fn graph<'w>(&'w self, signed_in: &'w SignedIn) -> Graph<'w, E> {
        Graph::new(&self.env, &signed_in.cloud, &signed_in.session.tokens)
    }

    fn signed_in(&self) -> Result<Rc<SignedIn>, Problem> {
        self.held.borrow().signed_in.clone().ok_or_else(|| {
            Problem::new(
                "Nobody is signed in.",
                "The directory is read as the person who signs in.",
                "Sign in at the step “Register the application”.",
            )
        })
    }

    fn renew(&self, of: impl Fn(&mut Held) -> &mut Control) -> Control {
        let fresh = Control::default();
        let before = std::mem::replace(of(&mut self.held.borrow_mut()), fresh.clone());
        before.set(Wish::Stop);
        fresh
    }
}

fn leave((address, kept): (String, String)) -> Event {
    Event::Leave { address, kept: Hidden(kept) }
}
