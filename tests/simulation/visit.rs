//! Somebody at the page who manages registrations, and closes it or presses *Stop* at any moment.

use std::cell::OnceCell;
use std::rc::Rc;
use std::time::Duration;

use engine::entra::consent::{
    self, DIRECT_SYNC, GraphApi, MANAGE, Scope, Standing, Wanted, graph_api, standing,
};
use engine::entra::graph::{Graph, GraphError};
use engine::entra::ids::{ClientId, Guid};
use engine::entra::registration::{
    Kind, Leftover, Life, Lost, Made, MakeError, MendError, NewSecret, Order, RemoveError, Repair,
    SecretError, SecretNote, Shape, find, leftovers, make, mend, new_secret, principal, remove, repairs,
    tidy,
};
use engine::entra::replication::Gone;
use engine::entra::sign_in::{self, Session, SignInRequest};
use engine::env::Env as _;
use engine::setup::Step;
use engine::stop::{Control, Wish};
use futures::future::{Either, LocalBoxFuture, join, select};
use sample::Options;

use super::browser::{Browser, PAGE, person};
use super::world::World;

pub(crate) const ROLES: [&str; 3] =
    ["User.Read.All", "GroupMember.Read.All", "Application.ReadWrite.OwnedBy"];
pub(crate) const SCOPES: [&str; 3] = ["User.Read", "User.Read.All", "GroupMember.Read.All"];

/// Somebody at the page, signed in with the scopes for managing registrations.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) world: World,
    pub(crate) session: Rc<Session>,
    /// Whether patience that is over presses *Stop*, rather than closing the page.
    pub(crate) stops: bool,
    /// What Graph offers, for looks from outside; flows read it for themselves.
    api: Rc<OnceCell<GraphApi>>,
}

impl Visit {
    pub(crate) fn of(options: Options, account: &str) -> Self {
        let world = World::new(options);
        let session = Rc::new(gets_in(&world, account));
        Self { session, world, stops: false, api: Rc::default() }
    }

    /// Somebody signs in to the same tenant, with nothing but what managing registrations needs.
    pub(crate) fn anew(&self, account: &str) -> Self {
        Self { session: Rc::new(signs_in(&self.world, account, MANAGE)), ..self.clone() }
    }

    pub(crate) fn client(&self) -> ClientId {
        ClientId(Guid::parse(&self.world.facts().client_id).unwrap())
    }

    /// Runs a flow, and at a moment that `patience` names drops it (the page is closed, whatever is under way) or stops it (what
    /// is under way comes to its end).
    pub(crate) fn run<T: 'static>(
        &self,
        patience: Option<Duration>,
        flow: impl for<'g> FnOnce(&'g Graph<'g, Browser>, &'g Control) -> LocalBoxFuture<'g, T> + 'static,
    ) -> Option<T> {
        let visit = self.clone();
        self.world.run(async move {
            let browser = Browser(visit.world.clone());
            let control = Control::default();
            let graph = Graph::new(&browser, visit.world.cloud(), &visit.session.tokens).under(&control);
            let work = flow(&graph, &control);
            match patience {
                None => Some(work.await),
                Some(patience) => match select(work, Box::pin(visit.world.sleep(patience))).await {
                    Either::Left((value, _)) => Some(value),
                    Either::Right((_, work)) if visit.stops => {
                        control.set(Wish::Stop);
                        Some(work.await)
                    }
                    Either::Right(_) => None,
                },
            }
        })
    }

    /// Looks from outside, and once more where a fault spoils it.
    pub(crate) fn look<T: 'static>(
        &self,
        look: impl for<'g> Fn(&'g Graph<'g, Browser>) -> LocalBoxFuture<'g, Result<T, GraphError>> + 'static,
    ) -> T {
        let look = Rc::new(look);
        let found = (0..12).find_map(|_| {
            let look = Rc::clone(&look);
            self.run(None, move |graph, _| look(graph)).unwrap().ok()
        });
        found.expect("nothing can be read")
    }

    fn api(&self) -> GraphApi {
        self.api.get_or_init(|| self.look(|graph| Box::pin(graph_api(graph)))).clone()
    }

    /// Makes it, and says yes to the one that is there already.
    pub(crate) fn make(&self, patience: Option<Duration>) -> Option<Result<Made, MakeError>> {
        match self.make_with(patience, None)? {
            Err(MakeError::There(found)) => self.make_with(patience, Some(found[0].client_id())),
            end => Some(end),
        }
    }

    pub(crate) fn make_with(
        &self,
        patience: Option<Duration>,
        accepted: Option<ClientId>,
    ) -> Option<Result<Made, MakeError>> {
        let page = self.client();
        self.run(patience, move |graph, control| {
            Box::pin(async move {
                let api = graph_api(graph).await.map_err(Gone::from)?;
                let accepted = accepted.as_ref();
                let (name, page) = ("Databricks SCIM Sync", Some(&page));
                let order = Order { name, roles: &ROLES, recorded: None, accepted, page };
                make(graph, control, &|_, _| (), &api, &order).await
            })
        })
    }

    pub(crate) fn leftovers(&self) -> Vec<Leftover> {
        self.look(|graph| Box::pin(leftovers(graph)))
    }

    /// What the page's application would have to be mended in.
    pub(crate) fn repairs(&self) -> Vec<Repair> {
        let (client, api) = (self.client(), self.api());
        self.look(move |graph| {
            let (client, api) = (client.clone(), api.clone());
            Box::pin(async move {
                let application = find(graph, &client).await?.expect("the page's application is gone");
                let principal = principal(graph, &client).await?;
                Ok(repairs(&shape(), &api, &application, principal.as_ref()))
            })
        })
    }

    pub(crate) fn mend(
        &self,
        approved: Vec<Repair>,
        patience: Option<Duration>,
    ) -> Option<Result<(), MendError>> {
        let client = self.client();
        self.run(patience, move |graph, control| {
            Box::pin(async move {
                let api = graph_api(graph).await.map_err(Gone::from)?;
                mend(graph, control, &|_| (), &api, &client, &shape(), &approved).await.map(drop)
            })
        })
    }

    pub(crate) fn standing(&self) -> Standing {
        let (client, api) = (self.client(), self.api());
        self.look(move |graph| {
            let (client, api) = (client.clone(), api.clone());
            Box::pin(async move {
                let principal =
                    principal(graph, &client).await?.expect("the page's service principal is gone");
                standing(graph, &api, &principal.object_id()).await
            })
        })
    }

    pub(crate) fn grant(&self, patience: Option<Duration>) -> Option<bool> {
        let client = self.client();
        self.run(patience, move |graph, control| {
            Box::pin(async move {
                let Ok(api) = graph_api(graph).await else { return false };
                let Ok(Some(principal)) = principal(graph, &client).await else { return false };
                let id = principal.object_id();
                let wanted = Wanted { principal: &id, scopes: &SCOPES, roles: &[] };
                consent::grant(graph, control, &|_| (), &api, &wanted)
                    .await
                    .is_ok_and(|granted| granted.refused.is_empty())
            })
        })
    }

    /// Takes scopes of the page's application back.
    pub(crate) fn take_back(
        &self,
        scopes: &'static [&'static str],
        patience: Option<Duration>,
    ) -> Option<bool> {
        let client = self.client();
        self.run(patience, move |graph, control| {
            Box::pin(async move {
                let Ok(api) = graph_api(graph).await else { return false };
                let Ok(Some(principal)) = principal(graph, &client).await else { return false };
                let id = principal.object_id();
                let Ok(mut shown) = standing(graph, &api, &id).await else { return false };
                for grant in &mut shown.delegated {
                    grant.scopes.retain(|scope| scopes.contains(&scope.as_str()));
                }
                let shown = &shown.delegated;
                consent::take_back(graph, control, &|_| (), &api, &id, shown).await.is_ok()
            })
        })
    }

    /// Removes a registration, while the page is signed in with another.
    pub(crate) fn remove(
        &self,
        client: ClientId,
        patience: Option<Duration>,
    ) -> Option<Result<(), RemoveError>> {
        let with = self.client();
        self.run(patience, move |graph, control| {
            Box::pin(async move { remove(graph, control, &|_| (), &client, &with).await })
        })
    }

    pub(crate) fn secret(&self, client: ClientId, days: u16) -> Result<NewSecret, SecretError> {
        self.secret_or_left(client, days, None).0
    }

    /// Asks for a secret, and tidies up; a person may stop it after a while.
    pub(crate) fn secret_or_left(
        &self,
        client: ClientId,
        days: u16,
        patience: Option<Duration>,
    ) -> (Result<NewSecret, SecretError>, Lost) {
        self.run(None, move |graph, control| {
            Box::pin(async move {
                let life = Life::days(days).unwrap();
                let work = async {
                    let (made, lost) = new_secret(graph, control, &|_| (), &client, life).await;
                    (made, tidy(graph, control, &client, lost).await)
                };
                let person = async {
                    if let Some(patience) = patience {
                        graph.env.sleep(patience).await;
                        control.set(Wish::Stop);
                    }
                };
                join(work, person).await.0
            })
        })
        .unwrap()
    }

    /// The secrets that an application has, once all is settled.
    pub(crate) fn secrets(&self, client: ClientId) -> Vec<SecretNote> {
        let inner = self.world.clone();
        self.world.run(async move { inner.sleep(Duration::from_secs(60)).await });
        let application = self.look(move |graph| {
            let client = client.clone();
            Box::pin(async move { find(graph, &client).await })
        });
        application.unwrap().password_credentials
    }
}

pub(crate) const fn shape() -> Shape<'static> {
    Shape { kind: Kind::Page, redirect_uri: Some(PAGE), scopes: &SCOPES, roles: &[] }
}

/// A fault may end a sign-in, or a token may not know of the consent yet; then the person tries again.
fn signs_in(world: &World, account: &str, scopes: &[Scope]) -> Session {
    let session = (0..40).find_map(|_| {
        let inner = world.clone();
        world.run(async move { inner.sleep(Duration::from_secs(2)).await });
        signed_in(world, account, scopes).filter(|session| session.scopes.len() >= MANAGE.len())
    });
    session.expect("nobody gets in")
}

/// Somebody signs in to all that there is to ask for.
pub(crate) fn gets_in(world: &World, account: &str) -> Session {
    let all: Vec<Scope> = MANAGE.iter().chain(DIRECT_SYNC).copied().collect();
    signs_in(world, account, &all)
}

pub(crate) fn signed_in(world: &World, account: &str, scopes: &[Scope]) -> Option<Session> {
    let client = ClientId(Guid::parse(&world.facts().client_id).unwrap());
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.name).collect();
    let request = SignInRequest {
        cloud: world.cloud(),
        tenant: &world.tenant(),
        client: &client,
        redirect_uri: PAGE,
        scopes: &scopes,
        step: Step::Register,
        login_hint: None,
        claims: None,
    };
    let (url, transaction) = sign_in::begin(world, &request).unwrap();
    let answer = sign_in::read_address(&person(world, &url, account, "accept")).unwrap();
    let inner = world.clone();
    world.run(async move {
        let cloud = inner.cloud().clone();
        sign_in::complete(&Browser(inner), &cloud, &transaction, answer).await.ok()
    })
}

/// A moment at which a person loses patience, from a seed: early ones more often.
pub(crate) fn moment(seed: u64, round: u64) -> Duration {
    let mixed = (seed ^ (round << 40)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    Duration::from_millis(mixed % (400 << (mixed % 7)))
}

/// A small tenant with faults in three of four seeds: among them tokens that Graph refuses for once.
pub(crate) fn options(seed: u64) -> Options {
    Options {
        seed,
        people: 2,
        groups: 1,
        faults: (!seed.is_multiple_of(4)).then_some(seed),
        refusals: true,
        replication: Duration::from_secs(seed % 7 * 3),
        ..Options::default()
    }
}
