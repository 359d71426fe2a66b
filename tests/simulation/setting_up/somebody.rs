//! Somebody who sets a connector up, and how one visit goes.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use engine::databricks::target::Target;
use engine::databricks::token;
use engine::entra::connector::secrets::{Mail, Settings};
use engine::entra::connector::set_up::{
    Compared, PassedOver, SetUpError, Token, Wanted, Watch, carry_out, compare,
};
use engine::entra::connector::{
    Cause, Credentials, Order, Refusal, TestError, create, origin, template, validate,
};
use engine::entra::consent::{ASSIGN, CONNECTOR};
use engine::entra::graph::Graph;
use engine::entra::ids::ObjectId;
use engine::entra::sign_in::Session;
use engine::env::Env as _;
use engine::http::Method;
use engine::problem::Problem;
use engine::secret::Secret;
use engine::setup::{ConnectorFacts, Picked, Scope, TokenOwner};
use engine::stop::Control;
use futures::future::{Either, select};
use sample::{Level, Options};
use serde_json::{Value, json};

use super::super::enterprise::{enters, id};
use super::super::scripted::Scripted;
use super::super::world::{Effect, World};

use super::NAME;

/// Somebody who sets a connector up, and what is kept of it between visits.
pub(super) struct Somebody {
    pub(super) seed: u64,
    pub(super) world: World,
    pub(super) env: Scripted,
    pub(super) session: Session,
    pub(super) target: Target,
    /// The whole token, as it was pasted.
    pub(super) pasted: RefCell<String>,
    /// Whether it takes the place of one that was told.
    pub(super) is_new: Cell<bool>,
    pub(super) scope: RefCell<Scope>,
    pub(super) settings: RefCell<Settings>,
    /// What somebody told it elsewhere, beside all that is told here.
    pub(super) beside: RefCell<Vec<Value>>,
    pub(super) record: RefCell<ConnectorFacts>,
    /// Who was shown as the proof, visit by visit.
    pub(super) proofs: RefCell<BTreeSet<ObjectId>>,
}

/// Why a visit did not get to its end, in words, and what the target made of the test, where it was that.
#[derive(Debug)]
pub(super) struct End(pub(super) String, pub(super) Option<Cause>);

fn other(error: impl std::fmt::Debug) -> End {
    End(format!("{error:?}"), None)
}

fn tested(error: TestError) -> End {
    match error {
        TestError::Refused(Refusal { cause, .. }) => End(format!("{error:?}"), Some(cause)),
        TestError::Gone(gone) => other(gone),
    }
}

impl Somebody {
    pub(super) fn of(seed: u64) -> Rc<Self> {
        let world = World::new(Options {
            seed,
            people: 4,
            groups: 2,
            faults: (!seed.is_multiple_of(4)).then_some(seed),
            replication: Duration::from_secs(seed % 7 * 3),
            gallery: !seed.is_multiple_of(5),
            ..Options::default()
        });
        let env = Scripted::new(&world, "/nothing");
        let scopes: Vec<&str> = CONNECTOR.iter().chain(ASSIGN).map(|scope| scope.name).collect();
        let session = enters(&world, &env, &scopes);
        let facts = world.facts();
        let (address, pasted) = if seed.is_multiple_of(2) {
            (facts.workspace_url, facts.workspace_token)
        } else {
            (facts.account_scim_url, facts.account_token)
        };
        let target = Target::parse(&address, &world.cloud().databricks).unwrap();
        let scope = if seed.is_multiple_of(11) { Scope::All } else { chosen(&world) };
        let settings = if seed.is_multiple_of(3) {
            Settings::default()
        } else {
            Settings { everybody: false, mail: Mail::parse("ops@contoso.example").ok(), threshold: Some(50) }
        };
        let facts = ConnectorFacts { name: NAME.to_owned(), ..ConnectorFacts::default() };
        Rc::new(Self {
            seed,
            world,
            env,
            session,
            target,
            pasted: RefCell::new(pasted),
            is_new: Cell::new(false),
            scope: RefCell::new(scope),
            settings: RefCell::new(settings),
            beside: RefCell::default(),
            record: RefCell::new(facts),
            proofs: RefCell::default(),
        })
    }

    /// Runs something with Graph, and drops it when the patience ends: the page is closed, whatever is under way.
    pub(super) fn run<T: 'static>(
        self: &Rc<Self>,
        patience: Option<Duration>,
        flow: impl AsyncFnOnce(&Self, &Graph<'_, Scripted>, &Control) -> T + 'static,
    ) -> Option<T> {
        let me = Rc::clone(self);
        self.world.run(async move {
            let control = Control::default();
            let graph = Graph::new(&me.env, me.world.cloud(), &me.session.tokens).under(&control);
            let work = Box::pin(flow(&me, &graph, &control));
            match patience {
                None => Some(work.await),
                Some(patience) => match select(work, Box::pin(me.world.sleep(patience))).await {
                    Either::Left((value, _)) => Some(value),
                    Either::Right(_) => None,
                },
            }
        })
    }

    /// One visit: finds what is there, and goes on from it.
    pub(super) fn visit(self: &Rc<Self>, patience: Option<Duration>) -> Option<Result<(), End>> {
        let token = self.token();
        self.run(patience, async move |me, graph, control| {
            me.tries(graph, control, &token).await?;
            me.writes(graph, control, &token).await
        })
    }

    pub(super) fn token(&self) -> Secret {
        token::parse(&self.pasted.borrow(), self.target.level()).unwrap()
    }

    /// The application is found or made, and address and token are tested.
    async fn tries(&self, graph: &Graph<'_, Scripted>, control: &Control, token: &Secret) -> Result<(), End> {
        let waits = |_| ();
        let facts = self.record.borrow().clone();
        let principal = match facts.id {
            Some(id) => id,
            None => {
                let from = origin(graph).await.map_err(other)?;
                let order = Order { origin: &from, name: NAME, sent: facts.sent };
                let made = create(graph, control, &waits, &order, async |at| {
                    self.puts_on_record(|facts| facts.sent = at).await
                });
                let id = made.await.map_err(other)?.object_id();
                self.record.borrow_mut().id = Some(id.clone());
                id
            }
        };
        let made_from = template(graph, control, &waits, &principal).await.map_err(other)?;
        let given = Credentials::Given(&self.target, token);
        validate(graph, control, &waits, (&principal, &made_from), given).await.map_err(tested)
    }

    /// What would change is looked at, and written.
    pub(super) async fn writes(
        &self,
        graph: &Graph<'_, Scripted>,
        control: &Control,
        token: &Secret,
    ) -> Result<(), End> {
        let principal = self.record.borrow().id.clone().unwrap();
        let told = self.is_new.get() || self.seed.is_multiple_of(2);
        let held = if told { Token::Told } else { Token::AtHand };
        let compared = self.compares(graph, control, &principal, held).await?;
        let (stops, writes) = (compared.stops(), compared.writes);
        if !stops.is_empty() {
            return Err(other(stops));
        }
        if writes.is_empty() {
            self.record.borrow_mut().job = writes.job;
            return Ok(());
        }
        self.proofs.borrow_mut().extend(writes.prove.iter().map(|it| it.id.clone()));
        let sent = self.record.borrow().job_sent;
        let record = async |at| self.puts_on_record(|facts| facts.job_sent = at).await;
        if writes.restart {
            self.puts_on_record(|facts| facts.restart_due = true).await.map_err(other)?;
        }
        let from = origin(graph).await.map_err(other)?;
        let watch = Watch { origin: &from, target: &self.target, owner: Some(&TokenOwner::NoPerson) };
        let parts = (&writes, &watch);
        let carried = carry_out(graph, control, &|_, _, _| (), parts, Some(token), sent, record).await;
        let carried = carried.map_err(|error| match error {
            SetUpError::Test(error) => tested(error),
            error => other(error),
        })?;
        assert!(carried.assigned.is_none_or(|it| it.refused.is_empty()), "seed {}", self.seed);
        let mut record = self.record.borrow_mut();
        (record.job, record.restart_due) = (Some(carried.job.id), false);
        Ok(())
    }

    pub(super) async fn compares(
        &self,
        graph: &Graph<'_, Scripted>,
        control: &Control,
        principal: &ObjectId,
        token: Token,
    ) -> Result<Compared, End> {
        let from = origin(graph).await.map_err(other)?;
        let (scope, facts) = (self.scope.borrow().clone(), self.record.borrow().clone());
        let settings = self.settings.borrow().clone();
        let wanted = Wanted {
            principal,
            origin: &from,
            target: &self.target,
            scope: Some(&scope),
            settings: &settings,
            assignment_required: false,
            by_hand: false,
            owner: Some(&TokenOwner::NoPerson),
            token,
            facts: &facts,
            unread: PassedOver::These(&[]),
        };
        compare(graph, control, &|_, _| (), &wanted).await.map_err(other)
    }

    /// Its service principal and its job.
    pub(super) fn runs(&self) -> (ObjectId, String) {
        let record = self.record.borrow();
        (record.id.clone().unwrap(), record.job.clone().unwrap())
    }

    /// The page takes a moment to write its record down.
    pub(super) async fn puts_on_record(
        &self,
        change: impl FnOnce(&mut ConnectorFacts),
    ) -> Result<(), Problem> {
        change(&mut self.record.borrow_mut());
        self.world.sleep(Duration::from_millis(5)).await;
        Ok(())
    }

    pub(super) fn pass(&self, time: Duration) {
        let world = self.world.clone();
        self.world.run(async move { world.sleep(time).await });
    }

    /// Who is chosen.
    pub(super) fn chosen(&self) -> BTreeSet<ObjectId> {
        match &*self.scope.borrow() {
            Scope::All => BTreeSet::new(),
            Scope::Chosen { groups, people } => groups.iter().chain(people).map(|it| it.id.clone()).collect(),
        }
    }

    pub(super) fn level(&self) -> Level {
        if self.seed.is_multiple_of(2) { Level::Workspace } else { Level::Account }
    }

    pub(super) fn address(&self) -> String {
        match self.level() {
            Level::Workspace => "http://127.0.0.1:9103/api/2.0/preview/scim".to_owned(),
            Level::Account => self.world.facts().account_scim_url,
        }
    }

    /// All secrets, as they have to be sent: the same each time, and the token never as stars.
    pub(super) fn told(&self) -> Value {
        let pair = |key: &str, value: &str| json!({ "key": key, "value": value });
        let everybody = if *self.scope.borrow() == Scope::All { "true" } else { "false" };
        let mut all = vec![
            pair("BaseAddress", &self.address()),
            pair("SecretToken", &self.pasted.borrow()),
            pair("SyncAll", everybody),
        ];
        if let Settings { mail: Some(mail), threshold: Some(most), .. } = &*self.settings.borrow() {
            let notify = json!({
                "DeleteThresholdEnabled": true, "DeleteThresholdValue": most, "Enabled": true, "Recipients": mail,
            });
            all.push(pair("SyncNotificationSettings", &notify.to_string()));
        }
        all.extend(self.beside.borrow().iter().cloned());
        json!({ "value": all })
    }

    /// They were sent so.
    pub(super) fn secrets(&self, effect: &Effect) {
        assert_eq!(effect.body, self.told(), "seed {}", self.seed);
    }

    /// What holds at any time, whatever was sent and lost by now. Says whether the job was started.
    pub(super) fn holds(&self) -> bool {
        let (seed, effects) = (self.seed, self.world.effects());
        let (mut applications, mut jobs, mut saved, mut tested, mut started) = (0, 0, false, false, false);
        for effect in &*effects {
            let path = effect.path.as_str();
            match effect.method {
                Method::Post if path.ends_with("/instantiate") => applications += 1,
                Method::Post if path.ends_with("/synchronization/jobs") => jobs += 1,
                Method::Put if path.ends_with("/secrets") => {
                    self.secrets(effect);
                    saved = true;
                }
                Method::Post if path.ends_with("/validateCredentials") => tested |= !effect.lost,
                Method::Post if path.ends_with("/start") => {
                    assert!(saved && tested, "seed {seed}: started before the test had passed");
                    started = true;
                }
                Method::Post if path.ends_with("/provisionOnDemand") => {
                    let who = &effect.body["parameters"][0]["subjects"][0]["objectId"];
                    let who = id(who.as_str().unwrap());
                    assert!(self.proofs.borrow().contains(&who), "seed {seed}: another one was provisioned");
                }
                Method::Post if path == "/$batch" => {}
                Method::Put if path.ends_with("/schema") => {}
                Method::Patch if path.starts_with("/servicePrincipals/") => {}
                _ => panic!("seed {seed}: nobody wanted {effect:?}"),
            }
        }
        assert!(applications <= 1, "seed {seed}: {applications} connectors");
        assert!(jobs <= 1, "seed {seed}: {jobs} jobs");
        if !started {
            let there = self.provisioned();
            assert!(there.is_subset(&self.proofs.borrow()), "seed {seed}: {there:?} before the start");
        }
        started
    }

    /// The names of everybody: with four people, the group and the fourth are all.
    pub(super) fn names(&self) -> BTreeSet<String> {
        let name = |it: &sample::Person| it.user_principal_name.to_lowercase();
        self.world.sample(|sample| sample.directory().people().iter().map(name).collect())
    }

    /// Who of the directory has been taken over into Databricks.
    pub(super) fn provisioned(&self) -> BTreeSet<ObjectId> {
        let users = self.world.sample(|sample| sample.scim_users(self.level()));
        users.iter().filter_map(|it| it["externalId"].as_str()).map(id).collect()
    }
}

/// A group of three, and the fourth person.
pub(super) fn chosen(world: &World) -> Scope {
    world.sample(|sample| {
        let (group, person) = (&sample.directory().groups()[0], &sample.directory().people()[3]);
        assert!(group.members.len() == 3 && group.members.iter().all(|it| it.id != person.id));
        let picked = |id_: &str, name: &str| Picked { id: id(id_), name: name.to_owned() };
        Scope::Chosen {
            groups: vec![picked(&group.id, &group.display_name)],
            people: vec![picked(&person.id, &person.display_name)],
        }
    })
}
