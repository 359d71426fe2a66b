//! Registrations and consent against services that fail and lag, by a person who closes the page at any point: whoever begins
//! again gets to the end, and nothing is there twice.

use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use engine::entra::consent::{self, DIRECT_SYNC, MANAGE, Standing, Wanted, graph_api, standing};
use engine::entra::graph::{Change, Graph};
use engine::entra::ids::{ClientId, Guid};
use engine::entra::registration::{
    Kind, Leftover, Life, Made, MakeError, MendError, NewSecret, Order, Platform, Repair, SecretError, Shape,
    find, leftovers, make, mend, new_secret, principal, remove, repairs,
};
use engine::entra::sign_in::{self, Session, SignInRequest};
use engine::env::Env as _;
use engine::setup::Step;
use engine::stop::Control;
use futures::future::{Either, LocalBoxFuture, select};
use sample::{Options, TenantKind};

use super::browser::{Browser, PAGE, person};
use super::world::World;

/// Seeds of a test run; `REGISTRATION_SEEDS` asks for more.
const SEEDS: u64 = 10_000;
const ROLES: [&str; 3] = ["User.Read.All", "GroupMember.Read.All", "Application.ReadWrite.OwnedBy"];
const SCOPES: [&str; 3] = ["User.Read", "User.Read.All", "GroupMember.Read.All"];

/// Somebody at the page, signed in with the scopes for managing registrations.
#[derive(Clone)]
struct Visit {
    world: World,
    session: Rc<Session>,
}

impl Visit {
    fn of(options: Options, account: &str) -> Self {
        let world = World::new(options);
        // A fault may end a sign-in, or a token may not know of the consent yet; then the person tries again.
        let session = (0..40).find_map(|_| {
            let inner = world.clone();
            world.run(async move { inner.sleep(Duration::from_secs(2)).await });
            signed_in(&world, account).filter(|session| session.scopes.len() >= MANAGE.len())
        });
        let session = session.expect("nobody gets in");
        Self { session: Rc::new(session), world }
    }

    fn client(&self) -> ClientId {
        ClientId(Guid::parse(&self.world.facts().client_id).unwrap())
    }

    /// Runs a flow, and drops it at a moment that `patience` names: the page is closed, whatever is under way.
    fn run<T: 'static>(
        &self,
        patience: Option<Duration>,
        flow: impl for<'g> FnOnce(&'g Graph<'g, Browser>, &'g Control) -> LocalBoxFuture<'g, T> + 'static,
    ) -> Option<T> {
        let visit = self.clone();
        self.world.run(async move {
            let browser = Browser(visit.world.clone());
            let graph = Graph { env: &browser, cloud: visit.world.cloud(), tokens: &visit.session.tokens };
            let control = Control::default();
            let work = flow(&graph, &control);
            match patience {
                None => Some(work.await),
                Some(patience) => match select(work, Box::pin(visit.world.sleep(patience))).await {
                    Either::Left((value, _)) => Some(value),
                    Either::Right(_) => None,
                },
            }
        })
    }

    /// Makes it, and says yes to the one that is there already.
    fn make(&self, patience: Option<Duration>) -> Option<Result<Made, MakeError>> {
        match self.make_with(patience, None)? {
            Err(MakeError::There(found)) => self.make_with(patience, Some(found[0].client_id())),
            end => Some(end),
        }
    }

    fn make_with(
        &self,
        patience: Option<Duration>,
        accepted: Option<ClientId>,
    ) -> Option<Result<Made, MakeError>> {
        self.run(patience, move |graph, control| {
            Box::pin(async move {
                let api = match graph_api(graph).await {
                    Ok(api) => api,
                    Err(error) => {
                        return Err(MakeError::Gone(engine::entra::replication::Gone::Failed(error)));
                    }
                };
                let accepted = accepted.as_ref();
                let order = Order { name: "Databricks SCIM Sync", roles: &ROLES, recorded: None, accepted };
                make(graph, control, &|_, _| (), &api, &order).await
            })
        })
    }

    fn leftovers(&self) -> Vec<Leftover> {
        self.run(None, |graph, _| Box::pin(async move { leftovers(graph).await.unwrap() })).unwrap()
    }

    /// What the page's application would have to be mended in.
    fn repairs(&self) -> Vec<Repair> {
        let client = self.client();
        self.run(None, move |graph, _| {
            Box::pin(async move {
                let api = graph_api(graph).await.unwrap();
                let application =
                    find(graph, &client).await.unwrap().expect("the page's application is gone");
                let principal = principal(graph, &client).await.unwrap();
                repairs(&shape(), &api, &application, principal.as_ref())
            })
        })
        .unwrap()
    }

    fn mend(&self, approved: Vec<Repair>, patience: Option<Duration>) -> Option<Result<(), MendError>> {
        let client = self.client();
        self.run(patience, move |graph, control| {
            Box::pin(async move {
                let api = graph_api(graph)
                    .await
                    .map_err(|error| MendError::Gone(engine::entra::replication::Gone::Failed(error)))?;
                mend(graph, control, &|_| (), &api, &client, &shape(), &approved).await.map(drop)
            })
        })
    }

    fn standing(&self) -> Standing {
        let client = self.client();
        self.run(None, move |graph, _| {
            Box::pin(async move {
                let api = graph_api(graph).await.unwrap();
                let principal = principal(graph, &client).await.unwrap().unwrap();
                standing(graph, &api, &principal.object_id()).await.unwrap()
            })
        })
        .unwrap()
    }

    fn grant(&self, patience: Option<Duration>) -> Option<bool> {
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

    fn secret(&self, client: ClientId, days: u16) -> Result<NewSecret, SecretError> {
        self.run(None, move |graph, control| {
            Box::pin(
                async move { new_secret(graph, control, &|_| (), &client, Life::days(days).unwrap()).await },
            )
        })
        .unwrap()
    }

    /// How many secrets an application has, once all is settled.
    fn secrets(&self, client: ClientId) -> usize {
        let application = self.run(None, move |graph, _| {
            Box::pin(async move {
                graph.env.sleep(Duration::from_secs(60)).await;
                find(graph, &client).await.unwrap().unwrap()
            })
        });
        application.unwrap().password_credentials.len()
    }
}

const fn shape() -> Shape<'static> {
    Shape { kind: Kind::Page, redirect_uri: Some(PAGE), scopes: &SCOPES, roles: &[] }
}

fn signed_in(world: &World, account: &str) -> Option<Session> {
    let client = ClientId(Guid::parse(&world.facts().client_id).unwrap());
    let scopes: Vec<&str> = MANAGE.iter().chain(DIRECT_SYNC).map(|scope| scope.name).collect();
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

/// A moment at which a person closes the page, from a seed: early ones more often.
fn moment(seed: u64, round: u64) -> Duration {
    let mixed = (seed ^ (round << 40)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    Duration::from_millis(mixed % (400 << (mixed % 7)))
}

fn options(seed: u64) -> Options {
    Options {
        seed,
        people: 2,
        groups: 1,
        faults: (!seed.is_multiple_of(4)).then_some(seed),
        replication: Duration::from_secs(seed % 7 * 3),
        ..Options::default()
    }
}

/// Everything from a tenant with the page's application to one with both, each part cut off up to three times.
fn all_of_it(seed: u64) {
    let visit = Visit::of(options(seed), "grace@contoso.example");
    let mut rounds = (0..3).map(|round| Some(moment(seed, round))).chain([None; 12]);
    let made = rounds.find_map(|patience| visit.make(patience)?.ok());
    let made = made.unwrap_or_else(|| panic!("seed {seed}: never made"));
    assert!(made.granted.refused.is_empty(), "seed {seed}: {:?}", made.granted.refused);
    assert!(ROLES.iter().all(|role| made.granted.standing.has_role(role)), "seed {seed}");
    assert_eq!(made.granted.standing.roles.len(), ROLES.len(), "seed {seed}: a permission twice");

    let mut rounds = (3..6).map(|round| Some(moment(seed, round))).chain([None; 12]);
    let approved = visit.repairs();
    assert!(!approved.is_empty());
    let mended = rounds.any(|patience| matches!(visit.mend(approved.clone(), patience), Some(Ok(()))));
    assert!(mended, "seed {seed}: never mended");
    assert_eq!(visit.repairs(), [], "seed {seed}");

    let mut rounds = (6..9).map(|round| Some(moment(seed, round))).chain([None; 12]);
    assert!(rounds.any(|patience| visit.grant(patience) == Some(true)), "seed {seed}: never granted");
    let standing = visit.standing();
    assert!(SCOPES.iter().all(|scope| standing.has_scope(scope)), "seed {seed}: {standing:?}");
    let tenant_wide = standing.delegated.iter().filter(|grant| grant.person.is_none()).count();
    assert_eq!(tenant_wide, 1, "seed {seed}: a grant twice");

    let client = made.application.client_id();
    let secret = (0..12).find_map(|_| visit.secret(client.clone(), 180).ok());
    assert!(secret.is_some(), "seed {seed}: never a secret");
    let tagged = visit.leftovers();
    let kinds: Vec<Kind> = tagged.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [Kind::Page, Kind::Unattended], "seed {seed}: something twice");
    assert!(tagged.iter().all(|it| it.has_principal), "seed {seed}: half made");
}

#[test]
fn whoever_begins_again_gets_to_the_end_and_nothing_is_there_twice() {
    let seeds = std::env::var("REGISTRATION_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SEEDS);
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
            scope.spawn(|| {
                loop {
                    match next.fetch_add(1, Ordering::Relaxed) {
                        seed if seed < seeds => all_of_it(seed),
                        _ => break,
                    }
                }
            });
        }
    });
}

#[test]
fn a_secret_whose_answer_was_lost_does_not_stay() {
    for seed in 0..200 {
        let visit = Visit::of(Options { faults: Some(seed), ..options(seed) }, "grace@contoso.example");
        let Some(made) = (0..12).find_map(|_| visit.make(None)?.ok()) else {
            panic!("seed {seed}: never made")
        };
        let client = made.application.client_id();
        // A try that fails as a whole may leave one behind; one that brings a secret leaves that one only.
        if let Ok(secret) = visit.secret(client.clone(), 90) {
            assert!(secret.value.expose().len() >= 16);
            assert_eq!(visit.secrets(client), 1, "seed {seed}");
        }
    }
}

#[test]
fn policies_against_secrets_are_told_apart() {
    let made = |kind| {
        let visit = Visit::of(Options { kinds: vec![kind], ..options(0) }, "grace@contoso.example");
        let made = visit.make(None).unwrap().unwrap();
        (visit, made.application.client_id())
    };
    let (visit, client) = made(TenantKind::NoSecrets);
    assert_eq!(visit.secret(client, 90).unwrap_err(), SecretError::Forbidden);
    let (visit, client) = made(TenantKind::ShortSecrets);
    assert_eq!(visit.secret(client.clone(), 365).unwrap_err(), SecretError::TooLong);
    assert!(visit.secret(client, 180).is_ok());
}

#[test]
fn a_wrong_platform_is_named_and_mended() {
    // Nobody can redeem a code for it.
    let world = World::new(Options { kinds: vec![TenantKind::WrongPlatform], ..options(0) });
    assert!(signed_in(&world, "grace@contoso.example").is_none());
    // Somebody who is signed in already sees it, and moves the address.
    let visit = Visit::of(options(0), "grace@contoso.example");
    let client = visit.client();
    let moved = visit.run(None, move |graph, _| {
        Box::pin(async move {
            let application = find(graph, &client).await.unwrap().unwrap();
            let path = format!("/applications/{}", application.object_id());
            let body =
                serde_json::json!({ "spa": { "redirectUris": [] }, "web": { "redirectUris": [PAGE] } });
            graph.change(Change::patch("move the address", &path, body)).await
        })
    });
    assert_eq!(moved, Some(Ok(())));
    let found = visit.repairs();
    assert_eq!(found[0], Repair::Redirect { uri: PAGE.to_owned(), from: Some(Platform::Web) });
    assert_eq!(visit.mend(found, None), Some(Ok(())));
    let client = visit.client();
    let application = visit.run(None, move |graph, _| Box::pin(async move { find(graph, &client).await }));
    let application = application.unwrap().unwrap().unwrap();
    assert_eq!(application.redirects(Platform::Spa), [PAGE]);
    assert_eq!(application.redirects(Platform::Web), [""; 0]);
}

#[test]
fn only_what_was_shown_is_mended() {
    let visit = Visit::of(options(0), "grace@contoso.example");
    let shown = visit.repairs();
    let (left_out, approved) = shown.split_first().unwrap();
    let end = visit.mend(approved.to_vec(), None).unwrap();
    let Err(MendError::Changed(open)) = end else { panic!("{end:?}") };
    assert!(open.contains(left_out));
    assert_eq!(visit.repairs(), shown, "something was changed");
}

#[test]
fn somebody_without_the_role_gets_refusals_and_changes_nothing_else() {
    let visit = Visit::of(options(0), "ada@contoso.example");
    let made = visit.make(None).unwrap().unwrap();
    let refused: Vec<&str> = made.granted.refused.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(refused, ROLES);
    assert!(made.granted.standing.roles.is_empty());
    // Somebody who may goes on with the same one.
    let client = made.application.client_id();
    let again =
        Visit { session: Rc::new(signed_in(&visit.world, "grace@contoso.example").unwrap()), ..visit };
    let made = again.make(None).unwrap().unwrap();
    assert!(made.adopted && made.granted.refused.is_empty());
    assert_eq!(made.application.client_id(), client);
}

#[test]
fn what_somebody_else_planted_gets_nothing_without_a_yes() {
    let visit = Visit::of(options(0), "grace@contoso.example");
    let planted = visit.run(None, |graph, _| {
        Box::pin(async move {
            let key = Kind::Unattended.unique_name();
            let body = serde_json::json!({ "displayName": "Databricks SCIM Sync", "tags": [Kind::Unattended.tag()] });
            let path = format!("/applications(uniqueName='{key}')");
            graph.change(Change::upsert("plant one", &path, body)).await
        })
    });
    assert_eq!(planted, Some(Ok(())));
    let before = visit.leftovers();
    let Some(Err(MakeError::There(found))) = visit.make_with(None, None) else {
        panic!("taken without asking")
    };
    assert_eq!(found.len(), 1);
    assert_eq!(visit.leftovers(), before, "something was changed");
    // A yes to another one, even the page's own, is no yes to this one.
    let end = visit.make_with(None, Some(visit.client())).unwrap();
    assert!(matches!(end, Err(MakeError::There(_))));
    assert_eq!(visit.leftovers(), before, "something was changed");
}

#[test]
fn removing_takes_only_what_is_ours() {
    let visit = Visit::of(options(0), "grace@contoso.example");
    let made = visit.make(None).unwrap().unwrap();
    let (page, headless) = (visit.client(), made.application.client_id());
    let sync = ClientId(Guid::parse(&visit.world.facts().sync_client_id).unwrap());
    let end = |client: ClientId, with: ClientId| {
        visit
            .run(None, move |graph, control| {
                Box::pin(async move { remove(graph, control, &|_| (), &client, &with).await.is_ok() })
            })
            .unwrap()
    };
    assert!(!end(page.clone(), page.clone()), "removed what it is signed in with");
    assert!(!end(sync, page.clone()), "removed what is not ours");
    assert!(end(headless, page));
    assert!(visit.leftovers().iter().all(|it| it.kind == Kind::Page));
}
