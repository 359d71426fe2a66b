//! Somebody at the page with a connector that was just made: what tests of assigning and watching begin with.

use std::rc::Rc;
use std::time::Duration;

use engine::entra::connector::wire::{Enterprise, Job};
use engine::entra::consent::{ASSIGN, CONNECTOR};
use engine::entra::graph::{Change, Graph, Repeat};
use engine::entra::ids::{ClientId, Guid, ObjectId};
use engine::entra::sign_in::{self, Session, SignInRequest};
use engine::env::Env as _;
use engine::http::Method;
use engine::setup::Step;
use engine::stop::Control;
use futures::future::{Either, LocalBoxFuture, select};
use sample::Options;
use serde_json::{Value, json};

use super::browser::{PAGE, person};
use super::scripted::Scripted;
use super::world::World;

/// The gallery's entry of Databricks' connector.
const GALLERY: &str = "9c9818d2-2900-49e8-8ba4-22688be7c675";

/// A visit, signed in with the scopes of the connector. Answers to batches may be given by the test.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) world: World,
    pub(crate) env: Scripted,
    session: Rc<Session>,
    pub(crate) enterprise: Rc<Enterprise>,
}

impl Visit {
    /// Ada, who may manage applications and assign to them, in a tenant of this kind. What a test gives are answers to requests that end
    /// in `ending`.
    pub(crate) fn of(options: Options, ending: &'static str) -> Self {
        let scopes: Vec<&str> = CONNECTOR.iter().chain(ASSIGN).map(|scope| scope.name).collect();
        Self::with(options, ending, &scopes)
    }

    /// The same with these scopes.
    pub(crate) fn with(options: Options, ending: &'static str, scopes: &[&str]) -> Self {
        let world = World::new(options);
        let env = Scripted::new(&world, ending);
        let session = Rc::new(enters(&world, &env, scopes));
        let enterprise = (0..40).find_map(|_| made(&world, &env, &session)).expect("no connector");
        Self { world, env, session, enterprise: Rc::new(enterprise) }
    }

    /// Runs a flow, and drops it at a moment that `patience` names: the page is closed, whatever is under way.
    pub(crate) fn run_for<T: 'static>(
        &self,
        patience: Option<Duration>,
        flow: impl for<'g> FnOnce(&'g Graph<'g, Scripted>, &'g Control) -> LocalBoxFuture<'g, T> + 'static,
    ) -> Option<T> {
        let visit = self.clone();
        self.world.run(async move {
            let control = Control::default();
            let graph = Graph::new(&visit.env, visit.world.cloud(), &visit.session.tokens).under(&control);
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

    /// Runs a flow to its end.
    pub(crate) fn run<T: 'static>(
        &self,
        flow: impl for<'g> FnOnce(&'g Graph<'g, Scripted>, &'g Control) -> LocalBoxFuture<'g, T> + 'static,
    ) -> T {
        self.run_for(None, flow).unwrap()
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, time: Duration) {
        let world = self.world.clone();
        self.world.run(async move { world.sleep(time).await });
    }

    pub(crate) fn person(&self, name: &str) -> ObjectId {
        let address = format!("{name}@contoso.example");
        self.world.sample(|sample| id(&sample.directory().person_named(&address).unwrap().id))
    }

    pub(crate) fn group(&self, name: &str) -> ObjectId {
        self.world.sample(|sample| id(&sample.directory().group_named(name).unwrap().id))
    }

    /// Sends something to the synchronization of the connector.
    pub(crate) fn sync(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let path = format!("/servicePrincipals/{}/synchronization/{path}", self.enterprise.object_id());
        self.run(move |graph, _| {
            Box::pin(async move {
                let doing = "set the connector up";
                let repeat = Repeat::Once;
                let change = Change { doing, method, path: &path, body, upsert: false, repeat };
                if method == Method::Get {
                    graph.get::<Value>(doing, &path).await.unwrap()
                } else if path.ends_with("/jobs") {
                    graph.change_for::<Value>(change).await.unwrap()
                } else {
                    graph.change(change).await.unwrap();
                    Value::Null
                }
            })
        })
    }

    /// Makes the job, and brings its id.
    pub(crate) fn make_job(&self) -> String {
        let job = self.sync(Method::Post, "jobs", Some(json!({ "templateId": "dataBricks" })));
        job["id"].as_str().unwrap().to_owned()
    }

    /// Saves the account's address and a token, and more.
    pub(crate) fn save(&self, token: &str, more: &[(&str, &str)]) {
        let base = self.world.facts().account_scim_url;
        let pairs = [("BaseAddress", base.as_str()), ("SecretToken", token), ("SyncAll", "false")];
        let pairs = pairs.iter().chain(more).map(|(key, value)| json!({ "key": key, "value": value }));
        self.sync(Method::Put, "secrets", Some(json!({ "value": pairs.collect::<Vec<_>>() })));
    }

    /// The job as it is now.
    pub(crate) fn job(&self, id: &str) -> Job {
        serde_json::from_value(self.sync(Method::Get, &format!("jobs/{id}"), None)).unwrap()
    }
}

pub(crate) fn id(text: &str) -> ObjectId {
    ObjectId(Guid::parse(text).unwrap())
}

/// Ada signs in with these scopes. A fault may end that, or a token may not know of the consent yet; then she tries again.
pub(crate) fn enters(world: &World, env: &Scripted, scopes: &[&str]) -> Session {
    let session = (0..40).find_map(|_| {
        let inner = world.clone();
        world.run(async move { inner.sleep(Duration::from_secs(2)).await });
        signed_in(world, env, scopes).filter(|session| session.scopes.len() >= scopes.len())
    });
    session.expect("nobody gets in")
}

fn signed_in(world: &World, env: &Scripted, scopes: &[&str]) -> Option<Session> {
    let client = ClientId(Guid::parse(&world.facts().client_id).unwrap());
    let request = SignInRequest {
        cloud: world.cloud(),
        tenant: &world.tenant(),
        client: &client,
        redirect_uri: PAGE,
        scopes,
        step: Step::Register,
        login_hint: None,
        claims: None,
    };
    let (url, transaction) = sign_in::begin(world, &request).unwrap();
    let answer = sign_in::read_address(&person(world, &url, "ada@contoso.example", "accept")).unwrap();
    let (inner, env) = (world.clone(), env.clone());
    world.run(async move { sign_in::complete(&env, inner.cloud(), &transaction, answer).await.ok() })
}

/// Makes a connector, and waits until it shows. After a lost answer there are two of that name, of which one is taken.
fn made(world: &World, env: &Scripted, session: &Rc<Session>) -> Option<Enterprise> {
    let (inner, env, session) = (world.clone(), env.clone(), Rc::clone(session));
    world.run(async move {
        let graph = Graph::new(&env, inner.cloud(), &session.tokens);
        let path = format!("/applicationTemplates/{GALLERY}/instantiate");
        let body = json!({ "displayName": "workspace-provisioning" });
        let made: Value = graph.change_for(Change::post("make a connector", &path, body)).await.ok()?;
        let id = made["servicePrincipal"]["id"].as_str()?.to_owned();
        // The provisioning service hears of it some time after everybody else.
        inner.sleep(Duration::from_secs(60)).await;
        let path = format!("/servicePrincipals/{id}?$select=id,appId,displayName,appRoles");
        graph.get("read the connector", &path).await.ok()
    })
}
