//! The whole set-up of a connector, as the page and the command line do it, against services that fail and lag, by a person who closes
//! the page at any point and keeps nothing but the record: whoever begins again gets to the end, and on the way there is never a second
//! connector, a lost secret, or a start before the test has passed.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use engine::databricks::target::Target;
use engine::databricks::token;
use engine::entra::connector::assignment::assignments;
use engine::entra::connector::schema::{self, Source};
use engine::entra::connector::secrets::{Mail, Settings};
use engine::entra::connector::set_up::{Compared, Token, Wanted, carry_out, compare};
use engine::entra::connector::{
    Cause, Credentials, Order, Refusal, TestError, create, jobs, kept, origin, read, template, validate,
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

use super::enterprise::{enters, id};
use super::scripted::Scripted;
use super::world::{Effect, World};

/// Seeds of a test run; `SETTING_UP_SEEDS` asks for more.
const SEEDS: u64 = 10_000;
const NAME: &str = "contoso-provisioning";
const NOTIFY: &str = r#"{"DeleteThresholdEnabled":true,"DeleteThresholdValue":50,"Enabled":true,"Recipients":"ops@contoso.example"}"#;

/// Somebody who sets a connector up, and what is kept of it between visits.
struct Somebody {
    seed: u64,
    world: World,
    env: Scripted,
    session: Session,
    target: Target,
    /// The whole token, as it was pasted.
    pasted: String,
    scope: Scope,
    settings: Settings,
    record: RefCell<ConnectorFacts>,
    /// Who was shown as the proof, visit by visit.
    proofs: RefCell<BTreeSet<ObjectId>>,
}

/// Why a visit did not get to its end, in words, and what the target made of the test, where it was that.
#[derive(Debug)]
struct End(String, Option<Cause>);

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
    fn of(seed: u64) -> Rc<Self> {
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
        let (record, proofs) = (RefCell::new(ConnectorFacts::default()), RefCell::default());
        Rc::new(Self { seed, world, env, session, target, pasted, scope, settings, record, proofs })
    }

    /// Runs something with Graph, and drops it when the patience ends: the page is closed, whatever is under way.
    fn run<T: 'static>(
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
    fn visit(self: &Rc<Self>, patience: Option<Duration>, pasted: &str) -> Option<Result<(), End>> {
        let token = token::parse(pasted, self.target.level()).unwrap();
        self.run(patience, async move |me, graph, control| me.sets_up(graph, control, &token).await)
    }

    async fn sets_up(
        &self,
        graph: &Graph<'_, Scripted>,
        control: &Control,
        token: &Secret,
    ) -> Result<(), End> {
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
        validate(graph, control, &waits, (&principal, &made_from), given).await.map_err(tested)?;
        let held = if self.seed.is_multiple_of(2) { Token::Told } else { Token::AtHand };
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
        let carried = carry_out(graph, control, &|_, _, _| (), &writes, Some(token), sent, record).await;
        let carried = carried.map_err(other)?;
        assert!(carried.assigned.is_none_or(|it| it.refused.is_empty()), "seed {}", self.seed);
        self.record.borrow_mut().job = Some(carried.job.id);
        Ok(())
    }

    async fn compares(
        &self,
        graph: &Graph<'_, Scripted>,
        control: &Control,
        principal: &ObjectId,
        token: Token,
    ) -> Result<Compared, End> {
        let from = origin(graph).await.map_err(other)?;
        let wanted = Wanted {
            principal,
            origin: &from,
            target: &self.target,
            scope: Some(&self.scope),
            settings: &self.settings,
            assignment_required: false,
            by_hand: false,
            owner: Some(&TokenOwner::NoPerson),
            token,
            restart_due: self.record.borrow().restart_due,
            others_unread: false,
        };
        compare(graph, control, &|_, _| (), &wanted).await.map_err(other)
    }

    /// The page takes a moment to write its record down.
    async fn puts_on_record(&self, change: impl FnOnce(&mut ConnectorFacts)) -> Result<(), Problem> {
        change(&mut self.record.borrow_mut());
        self.world.sleep(Duration::from_millis(5)).await;
        Ok(())
    }

    fn pass(&self, time: Duration) {
        let world = self.world.clone();
        self.world.run(async move { world.sleep(time).await });
    }

    fn level(&self) -> Level {
        if self.seed.is_multiple_of(2) { Level::Workspace } else { Level::Account }
    }

    fn address(&self) -> String {
        match self.level() {
            Level::Workspace => "http://127.0.0.1:9103/api/2.0/preview/scim".to_owned(),
            Level::Account => self.world.facts().account_scim_url,
        }
    }

    /// All secrets, as they have to be sent: the same each time, and the token never as stars.
    fn secrets(&self, effect: &Effect) {
        let pair = |key: &str, value: &str| json!({ "key": key, "value": value });
        let everybody = if self.scope == Scope::All { "true" } else { "false" };
        let mut all = vec![
            pair("BaseAddress", &self.address()),
            pair("SecretToken", &self.pasted),
            pair("SyncAll", everybody),
        ];
        if self.settings.mail.is_some() {
            all.push(pair("SyncNotificationSettings", NOTIFY));
        }
        assert_eq!(effect.body, json!({ "value": all }), "seed {}", self.seed);
    }

    /// What holds at any time, whatever was sent and lost by now. Says whether the job was started.
    fn holds(&self) -> bool {
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

    /// Who of the directory has been taken over into Databricks.
    fn provisioned(&self) -> BTreeSet<ObjectId> {
        let users = self.world.sample(|sample| sample.scim_users(self.level()));
        users.iter().filter_map(|it| it["externalId"].as_str()).map(id).collect()
    }
}

/// A group of three, and the fourth person.
fn chosen(world: &World) -> Scope {
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

/// A moment at which a person closes the page, from a seed: early ones more often.
fn moment(seed: u64, round: u64) -> Duration {
    let mixed = (seed ^ (round << 40)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    Duration::from_millis(mixed % (400 << (mixed % 10)))
}

/// From nothing to a job that runs, cut off up to four times.
fn all_of_it(seed: u64) {
    let somebody = Somebody::of(seed);
    if seed % 8 == 3 {
        refused_at_first(&somebody);
    }
    let mut rounds = (0..4).map(|round| Some(moment(seed, round))).chain([None; 12]);
    let mut last = String::new();
    let done = rounds.any(|patience| {
        let end = somebody.visit(patience, &somebody.pasted);
        somebody.holds();
        somebody.pass(moment(seed, 9) / 2);
        match end {
            Some(Ok(())) => return true,
            Some(Err(End(words, _))) => last = words,
            None => {}
        }
        false
    });
    assert!(done, "seed {seed}: never set up: {last}");
    assert!(somebody.holds(), "seed {seed}: not started");
    as_wanted(&somebody);
}

/// The first token is one that was revoked: nothing comes of it but an application.
fn refused_at_first(somebody: &Rc<Somebody>) {
    let level = somebody.level();
    let old = somebody.world.sample(|sample| {
        let token = sample.make_token(level);
        sample.end_token(&token);
        token
    });
    let refused = (0..12).any(|_| {
        let end = somebody.visit(None, &old);
        matches!(end, Some(Err(End(_, Some(Cause::Token)))))
    });
    assert!(refused, "seed {}: not refused", somebody.seed);
    let effects = somebody.world.effects();
    assert!(effects.iter().all(|it| it.path.ends_with("/instantiate")), "{effects:?}");
}

/// Everything is as it was chosen, once, and there is nothing left to write.
fn as_wanted(somebody: &Rc<Somebody>) {
    let seed = somebody.seed;
    somebody.pass(Duration::from_secs(60));
    let before = somebody.world.effects().len();
    let job = somebody.run(None, async move |me, graph, control| {
        let principal = me.record.borrow().id.clone().unwrap();
        let enterprise = read(graph, control, &|_| (), &principal).await.unwrap();
        let entry = if seed.is_multiple_of(5) { "8adf8e6e" } else { "9c9818d2" };
        assert!(enterprise.application_template_id.starts_with(entry), "seed {seed}");
        assert_eq!(enterprise.app_role_assignment_required, Some(false), "seed {seed}");
        for kind in ["applications", "servicePrincipals"] {
            let all =
                graph.pages::<Value>("count", &format!("/{kind}?$select=id,displayName&$top=999")).await;
            let named = all.items.iter().filter(|it| it["displayName"] == NAME).count();
            assert_eq!((named, all.broken), (1, None), "seed {seed}: {kind}");
        }

        let known = kept(graph, &principal).await.unwrap();
        let everybody = me.scope == Scope::All;
        assert!(known.has_token(), "seed {seed}");
        assert_eq!(
            (known.address(), known.everybody()),
            (Some(me.address().as_str()), everybody),
            "seed {seed}"
        );
        let wanted = (!seed.is_multiple_of(3)).then(|| "ops@contoso.example".to_owned());
        let threshold = wanted.is_some().then_some(50);
        assert_eq!(known.notifications(), (wanted, threshold), "seed {seed}");

        let assigned = assignments(graph, &enterprise).await;
        let who: BTreeSet<ObjectId> = assigned.items.iter().map(|it| it.principal.clone()).collect();
        let wanted: BTreeSet<ObjectId> = match &me.scope {
            Scope::All => BTreeSet::new(),
            Scope::Chosen { groups, people } => groups.iter().chain(people).map(|it| it.id.clone()).collect(),
        };
        assert_eq!((assigned.items.len(), who), (wanted.len(), wanted), "seed {seed}: assigned");

        let jobs = jobs(graph, &principal).await.unwrap();
        assert_eq!(jobs.len(), 1, "seed {seed}");
        assert!(jobs[0].schedule.is_active(), "seed {seed}: not started");
        let table = schema::Table::of(&schema::read(graph, &principal, &jobs[0].id).await.unwrap());
        for mapping in [table.people.unwrap(), table.groups.unwrap()] {
            let row = mapping.rows.iter().find(|it| it.target == "externalId").unwrap();
            assert_eq!(row.source, Source::Attribute("objectId".to_owned()), "seed {seed}");
        }

        let again = me.compares(graph, control, &principal, Token::Missing).await.unwrap();
        assert_eq!(again.stops(), [""; 0], "seed {seed}");
        assert!(again.writes.is_empty(), "seed {seed}: something is left: {:?}", again.writes);
        let made_from = template(graph, control, &|_| (), &principal).await.unwrap();
        validate(graph, control, &|_| (), (&principal, &made_from), Credentials::Saved).await.unwrap();
        jobs[0].id.clone()
    });
    assert_eq!(somebody.record.borrow().job, job, "seed {seed}");
    assert_eq!(somebody.proofs.borrow().len(), 1, "seed {seed}: several proofs");
    let later = &somebody.world.effects()[before..];
    assert!(later.iter().all(|it| it.path.ends_with("/validateCredentials")), "seed {seed}: {later:?}");
}

#[test]
fn whoever_begins_again_gets_to_the_end_and_nothing_is_there_twice() {
    let seeds = std::env::var("SETTING_UP_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SEEDS);
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
