//! Mappings, provisioning on demand, the log and its answers, against a connector that really provisions.

mod log;
mod on_demand;
mod schema;
mod why;

use std::cell::OnceCell;
use std::rc::Rc;
use std::time::Duration;

use engine::entra::consent::{ASSIGN, CONNECTOR};
use engine::entra::directory::Person;
use engine::entra::graph::{Change, Graph, Repeat};
use engine::entra::ids::{ClientId, Guid, ObjectId};
use engine::entra::replication::{Settling, settle};
use engine::entra::sign_in::{self, SignInRequest};
use engine::entra::tokens::Tokens;
use engine::env::Env as _;
use engine::setup::Step;
use engine::stop::Control;
use sample::{Level, Options};
use serde_json::{Value, json};

use super::browser::{PAGE, person};
use super::scripted::Scripted;
use super::world::World;

const GALLERY: &str = "9c9818d2-2900-49e8-8ba4-22688be7c675";
const USER_ROLE: &str = "a34c49f1-a169-404b-a890-00b3bfdbc1d6";

/// Somebody who manages a connector that is ready to be started: saved credentials of the account, only those assigned.
#[derive(Clone)]
struct Connector(Rc<Inner>);

struct Inner {
    world: World,
    env: Scripted,
    tokens: Tokens,
    principal: OnceCell<ObjectId>,
    job: OnceCell<String>,
}

impl Inner {
    /// The job, as the engine's flows take it.
    fn place(&self) -> (&ObjectId, &str) {
        (self.principal.get().unwrap(), self.job.get().unwrap())
    }
}

/// A tenant in which everything shows at once, without limits.
fn calm(people: usize, groups: usize) -> Options {
    Options { people, groups, published_limits: false, replication: Duration::ZERO, ..Options::default() }
}

fn signed_in(world: &World, account: &str) -> Tokens {
    let client = ClientId(Guid::parse(&world.facts().client_id).unwrap());
    let scopes: Vec<&str> = CONNECTOR.iter().chain(ASSIGN).map(|scope| scope.name).collect();
    let session = (0..20).find_map(|_| {
        // A token may not know of the consent yet.
        let inner = world.clone();
        world.run(async move { inner.sleep(Duration::from_secs(3)).await });
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
        let (env, cloud) = (super::browser::Browser(world.clone()), world.cloud().clone());
        let session =
            world.run(async move { sign_in::complete(&env, &cloud, &transaction, answer).await }).unwrap();
        (session.scopes.len() >= scopes.len()).then_some(session)
    });
    session.expect("nobody gets in").tokens
}

impl Connector {
    /// A test may answer requests whose address ends so.
    fn ready(options: Options, ending: &'static str) -> Self {
        let world = World::new(options);
        let env = Scripted::new(&world, ending);
        let tokens = signed_in(&world, "ada@contoso.example");
        let (principal, job) = (OnceCell::new(), OnceCell::new());
        let connector = Self(Rc::new(Inner { world, env, tokens, principal, job }));
        connector.run(async |graph, me| {
            let path = format!("/applicationTemplates/{GALLERY}/instantiate");
            let body = json!({ "displayName": "workspace-provisioning" });
            let made: Value = graph.change_for(Change::post("make it", &path, body)).await.unwrap();
            let id = made["servicePrincipal"]["id"].as_str().unwrap();
            me.principal.set(ObjectId(Guid::parse(id).unwrap())).unwrap();
            let jobs = format!("/servicePrincipals/{id}/synchronization/jobs");
            let make = async || {
                let body = json!({ "templateId": "dataBricks" });
                graph.change_for::<Value>(Change::post("make the job", &jobs, body)).await
            };
            let made =
                settle(graph.env, &Control::default(), Settling::Service, &|_| (), make).await.unwrap();
            me.job.set(made["id"].as_str().unwrap().to_owned()).unwrap();
        });
        let token = connector.0.world.facts().account_token;
        connector.save(&token, false);
        connector
    }

    /// Runs a flow of the engine.
    fn run<T: 'static>(&self, flow: impl AsyncFnOnce(&Graph<'_, Scripted>, &Inner) -> T + 'static) -> T {
        let me = Rc::clone(&self.0);
        self.0.world.run(async move {
            let graph = Graph::new(&me.env, me.world.cloud(), &me.tokens);
            flow(&graph, &me).await
        })
    }

    /// Sends a change until the service knows what it is about.
    fn change(&self, change: Change<'static>) {
        let control = Control::default();
        self.run(async move |graph, _| {
            let send = async || graph.change(change.clone()).await;
            settle(graph.env, &control, Settling::Service, &|_| (), send).await.unwrap();
        });
    }

    fn below(&self, rest: &str) -> &'static str {
        format!("/servicePrincipals/{}/{rest}", self.0.place().0).leak()
    }

    fn save(&self, token: &str, everybody: bool) {
        let pair = |key: &str, value: &str| json!({ "key": key, "value": value });
        let facts = self.0.world.facts();
        let all = [
            pair("BaseAddress", &facts.account_scim_url),
            pair("SecretToken", token),
            pair("SyncAll", if everybody { "true" } else { "false" }),
        ];
        let path = self.below("synchronization/secrets");
        self.change(Change::put("save", path, json!({ "value": all })));
    }

    fn assign(&self, id: &ObjectId) {
        let body = json!({ "principalId": id, "resourceId": self.0.place().0, "appRoleId": USER_ROLE });
        let path = self.below("appRoleAssignedTo");
        self.change(Change { repeat: Repeat::Once, ..Change::post("assign", path, body) });
    }

    /// Starts the job, and lets time pass.
    fn cycle(&self, minutes: u64) {
        let path = self.below(&format!("synchronization/jobs/{}/start", self.0.place().1));
        self.change(Change::post("start", path, json!({})));
        self.pass(minutes);
    }

    fn pass(&self, minutes: u64) {
        self.run(async move |graph, _| {
            graph.env.sleep(Duration::from_secs(minutes * 60)).await;
            // The sample does what is due when it is asked for something.
            graph.get::<Value>("look around", "/organization").await.unwrap();
        });
    }

    /// The id of the person with that name before the sign.
    fn person(&self, name: &str) -> ObjectId {
        let name = format!("{name}@contoso.example");
        let id = self.0.world.sample(|it| it.directory().person_named(&name).unwrap().id.clone());
        ObjectId(Guid::parse(&id).unwrap())
    }

    /// The person as the engine reads them.
    fn read(&self, id: &ObjectId) -> Person {
        let id = id.clone();
        self.run(async move |graph, _| engine::entra::directory::person(graph, &id).await.unwrap())
    }

    fn group(&self, name: &str) -> ObjectId {
        let id = self.0.world.sample(|it| it.directory().group_named(name).unwrap().id.clone());
        ObjectId(Guid::parse(&id).unwrap())
    }

    /// The account at Databricks of somebody with this object id.
    fn at_databricks(&self, id: &ObjectId) -> Option<Value> {
        let users = self.0.world.sample(|it| it.scim_users(Level::Account));
        users.into_iter().find(|it| it["externalId"] == id.as_str())
    }
}
