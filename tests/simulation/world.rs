//! The simulated world: the sample tenant behind `Env`, and a clock that jumps to the next timer when nothing else can go on.

use std::cell::{Cell, Ref, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use engine::databricks::scim::Scim;
use engine::databricks::target::Target;
use engine::databricks::{Connection, Route, token};
use engine::entra::clouds::Cloud;
use engine::entra::graph::Graph;
use engine::entra::ids::{ClientId, Guid, TenantId};
use engine::entra::tokens::Tokens;
use engine::env::{Env, Timestamp};
use engine::http::{Method, Request, Response, SendError, SendErrorKind};
use engine::secret::Secret;
use engine::setup::Scope;
use engine::stop::Control;
use engine::sync::journal::Journal;
use engine::sync::plan::Plan;
use engine::sync::report::Report;
use engine::sync::{Order, apply, prepare, verify};
use futures::executor::LocalPool;
use futures::task::LocalSpawnExt as _;
use sample::{Answer, Level, Options, Sample, Service};
use serde_json::Value;

/// The virtual run begins at this wall-clock time: 2026-01-05T08:00:00Z.
const DAWN: Duration = Duration::from_secs(1_767_600_000);
/// No run of these tests should take longer than a virtual week.
const PATIENCE: Duration = Duration::from_secs(7 * 86_400);

#[derive(Clone)]
pub(crate) struct World(Rc<Inner>);

struct Inner {
    sample: RefCell<Sample>,
    now: Cell<Duration>,
    timers: RefCell<BTreeMap<(Duration, u64), Waker>>,
    next_timer: Cell<u64>,
    random: Cell<u64>,
    requests: Cell<usize>,
    secrets: RefCell<BTreeSet<String>>,
    effects: RefCell<Vec<Effect>>,
    /// What the relay beside the page says of itself; nothing, where there is none.
    relay: RefCell<Option<String>>,
    cloud: Cloud,
}

/// A change that Graph carried out, whether or not its answer came back.
#[derive(Debug)]
pub(crate) struct Effect {
    pub(crate) method: Method,
    /// Without the version, and without a query.
    pub(crate) path: String,
    pub(crate) body: Value,
    /// Whether the answer was lost.
    pub(crate) lost: bool,
}

impl World {
    pub(crate) fn new(options: Options) -> Self {
        let cloud = Cloud {
            id: "sample".to_owned(),
            name: "Sample tenant".to_owned(),
            authority: options.sign_in.clone(),
            graph: options.graph.clone(),
            portal: format!("{}/portal", options.sign_in),
            databricks: vec![options.databricks.clone()],
        };
        Self(Rc::new(Inner {
            random: Cell::new(options.seed ^ 0x5eed),
            sample: RefCell::new(Sample::new(options)),
            now: Cell::new(Duration::ZERO),
            timers: RefCell::default(),
            next_timer: Cell::new(0),
            requests: Cell::new(0),
            secrets: RefCell::default(),
            effects: RefCell::default(),
            relay: RefCell::new(Some(r#"{"relay":"sample","hosts":[]}"#.to_owned())),
            cloud,
        }))
    }

    /// A tenant of this many people and groups, without faults.
    pub(crate) fn of(people: usize, groups: usize) -> Self {
        Self::new(Options { people, groups, ..Options::default() })
    }

    pub(crate) fn cloud(&self) -> &Cloud {
        &self.0.cloud
    }

    pub(crate) fn facts(&self) -> sample::Facts {
        self.0.sample.borrow().facts().clone()
    }

    pub(crate) fn sample<T>(&self, look: impl FnOnce(&mut Sample) -> T) -> T {
        look(&mut self.0.sample.borrow_mut())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.now.get()
    }

    pub(crate) fn requests(&self) -> usize {
        self.0.requests.get()
    }

    /// Every bearer token that was sent, and every token that an answer brought.
    pub(crate) fn sent_secrets(&self) -> BTreeSet<String> {
        self.0.secrets.borrow().clone()
    }

    /// Everything that was changed through Graph, in order. What went in a batch stands in its body.
    pub(crate) fn effects(&self) -> Ref<'_, [Effect]> {
        Ref::map(self.0.effects.borrow(), Vec::as_slice)
    }

    /// The hosts that the relay beside the page lets through; none, where there is no relay.
    pub(crate) fn relays(&self, hosts: Option<&[&str]>) {
        let hello = hosts.map(|hosts| serde_json::json!({ "relay": 1, "hosts": hosts }).to_string());
        *self.0.relay.borrow_mut() = hello;
    }

    pub(crate) fn relay(&self) -> Option<String> {
        self.0.relay.borrow().clone()
    }

    /// Does something at Databricks itself, as an administrator there does by hand.
    pub(crate) fn by_hand(&self, level: Level, method: &str, path: &str, body: &Value) {
        let connection = self.connection(level);
        let path = format!("{}{path}", connection.target.base_path());
        let request = sample::Request::new(method, &path)
            .with_header("authorization", &format!("Bearer {}", connection.token.expose()))
            .with_body("application/scim+json", body.to_string().into_bytes());
        let answer =
            self.0.sample.borrow_mut().answer(Service::Databricks, &request, DAWN + self.0.now.get());
        assert!(answer.status < 300, "{} {path}", answer.status);
    }

    fn note(&self, request: &Request, answer: &Answer) {
        let below = request.url.strip_prefix(&self.cloud().graph);
        if let Some(path) = below.filter(|_| request.method != Method::Get && answer.status < 300) {
            let path = path.split('?').next().unwrap_or_default().trim_start_matches("/v1.0").to_owned();
            let body = request.body.as_ref().map(|body| serde_json::from_slice(body).unwrap());
            let body: Value = body.unwrap_or_default();
            let parts = body["requests"].as_array();
            let (method, lost) = (request.method, answer.cut);
            if parts.is_none_or(|parts| parts.iter().any(|it| it["method"] != "GET")) {
                self.0.effects.borrow_mut().push(Effect { method, path, body, lost });
            }
        }
        let mut secrets = self.0.secrets.borrow_mut();
        secrets.extend(
            request
                .authorization
                .iter()
                .filter_map(|value| value.expose().strip_prefix("Bearer ").map(str::to_owned)),
        );
        if request.url.ends_with("/token") {
            let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            for name in ["access_token", "refresh_token", "id_token"] {
                secrets.extend(body[name].as_str().map(str::to_owned));
            }
        }
    }

    pub(crate) fn tenant(&self) -> TenantId {
        TenantId(Guid::parse(&self.facts().tenant_id).unwrap())
    }

    /// The headless application's tokens.
    pub(crate) fn tokens(&self) -> Tokens {
        let facts = self.facts();
        let client = ClientId(Guid::parse(&facts.sync_client_id).unwrap());
        Tokens::credentials(
            self.cloud().clone(),
            self.tenant(),
            client,
            Secret::new(facts.sync_client_secret),
        )
    }

    pub(crate) fn connection(&self, level: Level) -> Connection {
        let facts = self.facts();
        let (address, text) = match level {
            Level::Workspace => (facts.workspace_url, facts.workspace_token),
            Level::Account => (facts.account_scim_url, facts.account_token),
        };
        let target = Target::parse(&address, &self.cloud().databricks).unwrap();
        let token = token::parse(&text, target.level()).unwrap();
        Connection { target, token, route: Route::Direct }
    }

    /// Runs a flow to its end, moving the clock whenever everything waits.
    pub(crate) fn run<T: 'static>(&self, flow: impl Future<Output = T> + 'static) -> T {
        let mut pool = LocalPool::new();
        let result = Rc::new(RefCell::new(None));
        let slot = Rc::clone(&result);
        pool.spawner()
            .spawn_local(async move {
                let value = flow.await;
                *slot.borrow_mut() = Some(value);
            })
            .unwrap();
        loop {
            pool.run_until_stalled();
            if let Some(value) = result.borrow_mut().take() {
                return value;
            }
            let timer = self.0.timers.borrow_mut().pop_first();
            let Some(((at, _), waker)) = timer else { panic!("everything waits and no timer is set") };
            assert!(at < PATIENCE, "the run does not end");
            self.0.now.set(self.0.now.get().max(at));
            waker.wake();
        }
    }

    /// Makes a plan, as the program and the page do.
    pub(crate) fn plan(&self, level: Level, scope: Scope) -> Plan {
        let world = self.clone();
        self.run(async move {
            let (tokens, connection, tenant) = (world.tokens(), world.connection(level), world.tenant());
            let graph = Graph::new(&world, world.cloud(), &tokens);
            let scim = Scim::new(&world, &connection, Control::default());
            let order = Order { tenant: &tenant, scope: &scope, administrator: None };
            prepare(&graph, &scim, &order, |_| ()).await.unwrap()
        })
    }

    /// Applies a plan and reads back.
    pub(crate) fn apply(&self, level: Level, plan: &Plan, journal: Rc<impl Journal + 'static>) -> Report {
        let (world, plan) = (self.clone(), plan.clone());
        self.run(async move {
            let connection = world.connection(level);
            let control = Control::default();
            let scim = Scim::new(&world, &connection, control.clone());
            let mut report = apply::apply(&scim, &plan, &plan.hash(), &*journal, &control, |_| ()).await;
            report.verification = verify::verify(&scim, &plan, &report, &control).await.ok();
            report
        })
    }

    fn serve(&self, request: &Request) -> Answer {
        let address = &request.url;
        let cloud = self.cloud();
        let (service, path) = [
            (Service::SignIn, &cloud.authority),
            (Service::Graph, &cloud.graph),
            (Service::Databricks, &cloud.databricks[0]),
        ]
        .into_iter()
        .find_map(|(service, origin)| Some((service, address.strip_prefix(origin.as_str())?)))
        .unwrap_or_else(|| panic!("a request to somewhere else: {request:?}"));
        let mut headers: Vec<(String, String)> =
            request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        if let Some(authorization) = &request.authorization {
            headers.push(("authorization".to_owned(), authorization.expose().clone()));
        }
        let request = sample::Request {
            method: request.method.to_string(),
            path: path.to_owned(),
            headers,
            body: request.body.as_ref().map(|body| body.to_vec()).unwrap_or_default(),
        };
        self.0.sample.borrow_mut().answer(service, &request, DAWN + self.0.now.get())
    }
}

impl Env for World {
    async fn send(&self, request: Request) -> Result<Response, SendError> {
        self.0.requests.set(self.0.requests.get() + 1);
        let answer = self.serve(&request);
        self.note(&request, &answer);
        // Every answer takes a moment, so that requests under way at once really are.
        self.sleep(answer.delay.max(Duration::from_millis(80))).await;
        if answer.cut {
            return Err(SendError::new(SendErrorKind::Unreachable, "the connection was cut"));
        }
        if matches!(answer.status, 300..=399) {
            return Err(SendError::new(SendErrorKind::Redirected, ""));
        }
        Ok(Response { status: answer.status, headers: answer.headers, body: answer.body })
    }

    async fn sleep(&self, duration: Duration) {
        let at = self.0.now.get() + duration;
        let number = self.0.next_timer.get();
        self.0.next_timer.set(number + 1);
        poll_fn(|context| {
            if self.0.now.get() >= at {
                return Poll::Ready(());
            }
            self.0.timers.borrow_mut().insert((at, number), context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn wall(&self) -> Timestamp {
        Timestamp(u64::try_from((DAWN + self.0.now.get()).as_millis()).unwrap())
    }

    fn monotonic(&self) -> Duration {
        self.0.now.get()
    }

    fn random(&self, bytes: &mut [u8]) {
        for byte in bytes {
            // splitmix64
            let state = self.0.random.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
            self.0.random.set(state);
            let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (mixed ^ (mixed >> 31)).to_be_bytes()[0];
        }
    }
}
