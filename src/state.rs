//! What the page knows. All of it lives as long as the page, so that a late answer never meets a signal that is gone.

use engine::config::Config;
use engine::databricks::connection::StageResult;
use engine::databricks::target::Target;
use engine::entra::clouds::{self, Cloud};
use engine::entra::sign_in::Account;
use engine::guide::about;
use engine::problem::Problem;
use engine::secret::Secret;
use engine::setup::{Live, Scope, Setup, Step, StepState, Way, from_bookmark, state};
use engine::worker::message::{Candidate, Command, Event, NOT_NOW, Note};
use leptos::prelude::*;

use crate::browser::relay::Relay;
use crate::browser::worker::{Engine, Ticket};
use crate::browser::{clock, navigation, storage};
use crate::guide::{self, Guide};
use crate::parts::Tone;
use crate::run::{self, Run};

/// What a search of the directory brought.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Found {
    /// Nothing was looked for yet.
    Nothing,
    /// It is being looked for.
    Searching,
    /// These were found.
    These(Vec<Candidate>, Vec<Candidate>),
    /// The search failed.
    Failed(Problem),
}

/// Everything that the page knows.
#[derive(Clone, Copy)]
pub(crate) struct App {
    /// What the host presets.
    pub(crate) config: StoredValue<Config>,
    /// The step that is shown.
    pub(crate) step: RwSignal<Step>,
    /// The facts gathered so far; kept in this tab.
    pub(crate) setup: RwSignal<Setup>,
    /// What is proved now.
    pub(crate) live: RwSignal<Live>,
    /// The tenant's own name.
    pub(crate) tenant_name: RwSignal<Option<String>>,
    /// Something to know at a step, such as what came of a trip to the sign-in service.
    pub(crate) notice: RwSignal<Option<(Step, Tone, Note)>>,
    /// What is shown in place of all steps to somebody who only came to consent.
    pub(crate) thanks: RwSignal<Option<Problem>>,
    /// Whether the token in hand was asked for at the step of the permissions: then it shows what was granted a moment ago.
    pub(crate) checked: RwSignal<bool>,
    /// Whether the page is waiting for the sign-in service or leaving for it.
    pub(crate) away: RwSignal<bool>,
    /// The step to come back to from signing in at the step of the application.
    pub(crate) after: RwSignal<Step>,
    /// What was noted of the trip to the sign-in service that the browser came back from.
    pub(crate) mark: StoredValue<&'static str>,
    /// Whether a relay answers beside the page.
    pub(crate) relay: RwSignal<Relay>,
    /// The stages of the test that is running or has ended.
    pub(crate) stages: RwSignal<Vec<StageResult>>,
    /// Whether a test is running.
    pub(crate) testing: RwSignal<bool>,
    /// What the last search brought.
    pub(crate) found: RwSignal<Found>,
    /// The plan and its application.
    pub(crate) run: Run,
    /// What is read out politely.
    pub(crate) said: RwSignal<String>,
    /// The answer of the sign-in service that is being looked at.
    pub(crate) arriving: StoredValue<Option<Ticket>, LocalStorage>,
    /// The test that is running.
    pub(crate) test: StoredValue<Option<Ticket>, LocalStorage>,
    /// What the steps say of themselves on the way that is chosen; the first one does without the engine.
    about: RwSignal<Vec<String>>,
    /// What the engine says at the step that is shown.
    pub(crate) guide: Guide,
    engine: StoredValue<Engine, LocalStorage>,
}

impl App {
    /// The state at the start: what this tab kept, or what the host presets.
    pub(crate) fn new(config: Config) -> Self {
        let kept =
            storage::get(storage::SETUP).and_then(|text| Setup::parse(&text, &config.databricks()).ok());
        let setup = kept.unwrap_or_else(|| preset(&config));
        let app = Self {
            config: StoredValue::new(config),
            step: RwSignal::new(Step::from_id(&navigation::route()).unwrap_or(Step::Start)),
            setup: RwSignal::new(setup),
            live: RwSignal::new(Live::default()),
            tenant_name: RwSignal::new(None),
            notice: RwSignal::new(None),
            thanks: RwSignal::new(None),
            checked: RwSignal::new(false),
            away: RwSignal::new(false),
            after: RwSignal::new(Step::Register),
            mark: StoredValue::new(""),
            relay: RwSignal::new(Relay::Unknown),
            stages: RwSignal::new(Vec::new()),
            testing: RwSignal::new(false),
            found: RwSignal::new(Found::Nothing),
            run: Run::new(),
            said: RwSignal::new(String::new()),
            arriving: StoredValue::new_local(None),
            test: StoredValue::new_local(None),
            about: RwSignal::new(vec![about::start()]),
            guide: Guide::new(),
            engine: StoredValue::new_local(Engine::default()),
        };
        // What the host presets, or this tab kept, need not be kept again: who only looks leaves nothing behind.
        Effect::new(move |before: Option<()>| {
            app.setup.with(|setup| before.is_some() && storage::put(storage::SETUP, &setup.to_json()));
        });
        // The first step needs no engine; by the time the next one does, it is there.
        let way = Memo::new(move |_| app.setup.with(|setup| setup.way));
        Effect::new(move || {
            if app.step.get() != Step::Start {
                app.engine.with_value(Engine::start);
            }
        });
        let begun = Memo::new(move |_| app.step.get() != Step::Start);
        Effect::new(move || {
            let way = way.get();
            if begun.get() {
                app.ask(Command::About(way), move |event| {
                    if let Event::About(all) = event {
                        app.about.set(all);
                    }
                });
            }
        });
        app
    }

    /// Has the engine do something, and hears what comes of it.
    pub(crate) fn ask(self, command: Command, hear: impl Fn(Event) + 'static) -> Ticket {
        self.engine.get_value().ask(command, None, hear)
    }

    /// Hears no more of a command: something newer takes its place.
    pub(crate) fn ignore(self, ticket: StoredValue<Option<Ticket>, LocalStorage>) {
        if let Some(ticket) = ticket.try_update_value(Option::take).flatten() {
            self.engine.with_value(|engine| engine.ignore(ticket));
        }
    }

    /// Has something read out politely.
    pub(crate) fn say(self, text: impl Into<String>) {
        self.said.set(text.into());
    }

    /// Takes the way. What is proved of the other one counts for nothing on this one.
    pub(crate) fn choose_way(self, way: Way) {
        if self.setup.with_untracked(|setup| setup.way != Some(way)) && !self.holds_back() {
            run::void(self);
            self.setup.update(|setup| setup.way = Some(way));
            self.live.update(|live| (live.test, live.approved, live.synced) = (None, None, None));
        }
    }

    /// Whether Entra's own provisioning is what is set up.
    pub(crate) fn is_connector(self) -> bool {
        self.setup.with_untracked(|setup| setup.way == Some(Way::Connector))
    }

    /// What a step says of itself, once the engine has said it.
    pub(crate) fn about(self, step: Step) -> Option<String> {
        self.about.with(|all| all.get(step.number().checked_sub(1)?).cloned())
    }

    /// Goes to a step.
    pub(crate) fn go(self, step: Step) {
        navigation::go(step.id());
    }

    /// Where a step stands.
    pub(crate) fn state(self, step: Step) -> StepState {
        self.setup.with(|setup| self.live.with(|live| state(step, setup, live)))
    }

    /// Whether a step is proved.
    pub(crate) fn proved(self, step: Step) -> bool {
        matches!(self.state(step), StepState::Proved(_))
    }

    /// The one-line result under a proved step.
    pub(crate) fn proof(self, step: Step) -> Option<String> {
        match self.state(step) {
            StepState::Proved(text) => Some(text),
            StepState::Open | StepState::Blocked(_) => None,
        }
    }

    /// Notes in the setup what a server's answer proved.
    pub(crate) fn prove(self, step: Step) {
        if let Some(text) = self.proof(step) {
            self.setup.update(|setup| setup.prove(step, clock::now(), text));
        }
    }

    /// The cloud of the setup.
    pub(crate) fn cloud(self) -> Cloud {
        let id = self.setup.with(|setup| setup.cloud.clone());
        self.config
            .with_value(|config| config.cloud_of(&id).or_else(|| config.cloud_of(clouds::GLOBAL)))
            .unwrap_or_else(
                // The global cloud is built in.
                || wasm_bindgen::throw_str("the global cloud is missing"),
            )
    }

    /// Whether this is a sample tenant: only its cloud has a Databricks of its own.
    pub(crate) fn is_sample(self) -> bool {
        !untrack(|| self.cloud()).databricks.is_empty()
    }

    /// The name of the tenant that is signed in to, or its id.
    pub(crate) fn tenant(self) -> Option<String> {
        let id = self.live.with(|live| live.account.as_ref().map(|account| account.tenant.to_string()))?;
        Some(self.tenant_name.get().unwrap_or(id))
    }

    /// The account that is signed in.
    pub(crate) fn account(self) -> Option<String> {
        self.live.with(|live| live.account.as_ref().map(|account| account.username.clone()))
    }

    /// The host of the account or workspace.
    pub(crate) fn target_name(self) -> Option<String> {
        self.setup.with(|setup| setup.target.as_ref().map(|target| target.host().to_owned()))
    }

    /// Somebody signed in.
    pub(crate) fn signed_in(self, account: Account, scopes: Vec<String>) {
        self.live.update(|live| live.account = Some(account));
        self.prove(Step::Register);
        self.granted(scopes);
    }

    /// A token holds these scopes now.
    pub(crate) fn granted(self, scopes: Vec<String>) {
        self.live.update(|live| live.granted = scopes);
        self.prove(Step::Consent);
    }

    /// Takes the target, and hands its token to the engine: the page itself keeps none. What was proved about another one is
    /// void.
    pub(crate) fn aim(self, target: Target, token: &Secret) {
        let relay = self.config.with_value(|config| config.relay.clone());
        let command =
            Command::Connect { target: target.display(), extra: untrack(|| self.cloud()).databricks, relay };
        self.setup.update(|setup| (setup.target, setup.unconfirmed.target) = (Some(target), false));
        self.unprove(true);
        let hear = move |event| {
            if let Event::Failed(problem) = event {
                self.live.update(|live| live.has_token = false);
                self.notice.set(Some((self.step.get_untracked(), Tone::Bad, problem.into())));
            }
        };
        self.engine.get_value().ask(command, Some(token), hear);
    }

    /// Takes another setup over, from a file or for another application. Nobody is signed in to its tenant, and there is no
    /// token for its target.
    pub(crate) fn take_over(self, setup: Setup) {
        // Where that is refused, something is being done for the old one: it is said, and nothing is done for the new one meanwhile.
        self.ask(Command::Forget, move |event| guide::hear(self, event));
        self.ignore(self.arriving);
        self.away.set(false);
        self.setup.set(setup);
        self.live.set(Live::default());
        self.tenant_name.set(None);
        self.found.set(Found::Nothing);
        self.unprove(false);
    }

    /// A setup that somebody else made: what it names waits to be confirmed here.
    pub(crate) fn as_strangers(self, setup: Setup) -> Setup {
        setup.from_elsewhere(&self.config.with_value(preset))
    }

    /// Opens what a bookmark leads to: the board, after signing in where nobody is. Says whether the route is one.
    pub(crate) fn open_bookmark(self, route: &str) -> bool {
        let known = |setup: &Setup| self.config.with_value(|it| it.cloud_of(&setup.cloud).is_some());
        let Some(setup) = from_bookmark(route).filter(known) else { return false };
        let same = self.setup.with_untracked(|own| {
            own.cloud == setup.cloud && own.client == setup.client && own.tenant == setup.tenant
        });
        if same {
            // What is known of the same tenant stays.
            self.choose_way(Way::Connector);
        } else if !self.holds_back() {
            self.take_over(self.as_strangers(setup));
        }
        // What it leads to outlives the trip to the sign-in service, though nothing else was entered.
        self.setup.with_untracked(|setup| storage::put(storage::SETUP, &setup.to_json()));
        let signed_in = self.live.with_untracked(|live| live.account.is_some());
        self.after.set(Step::Sync);
        self.step.set(if signed_in { Step::Sync } else { Step::Register });
        if !signed_in {
            let problem = Problem::new(
                "This address leads to the board of a connector",
                "It opens once you are signed in.",
                "Press Sign in with Microsoft.",
            );
            self.notice.set(Some((Step::Register, Tone::Plain, problem.into())));
        }
        navigation::replace(self.step.get_untracked().id());
        true
    }

    /// What was found out about a target before is void.
    fn unprove(self, has_token: bool) {
        self.ignore(self.test);
        self.live.update(|live| {
            live.has_token = has_token;
            live.test = None;
            live.approved = None;
            live.synced = None;
        });
        self.stages.set(Vec::new());
        self.testing.set(false);
        run::void(self);
    }

    /// Takes the scope. A plan for another one is void.
    pub(crate) fn choose(self, scope: Scope) {
        if self.setup.with_untracked(|setup| setup.scope.as_ref() == Some(&scope)) {
            return;
        }
        run::void(self);
        self.setup.update(|setup| setup.scope = Some(scope));
        self.live.update(|live| {
            live.approved = None;
            live.synced = None;
        });
    }

    /// Whether leaving now would cut work off, of either kind.
    pub(crate) fn is_busy(self) -> bool {
        self.run.is_busy() || self.guide.busy.get_untracked()
    }

    /// The same; and if so, says so at the step that is shown.
    pub(crate) fn holds_back(self) -> bool {
        let busy = self.is_busy();
        if busy {
            let problem = Problem::new(NOT_NOW, "The page has to stay until its work has ended.", run::BUSY);
            self.notice.set(Some((self.step.get_untracked(), Tone::Warn, problem.into())));
        }
        busy
    }

    /// What had to wait need not any more.
    pub(crate) fn calm(self) {
        let waited = |notice: &Option<(Step, Tone, Note)>| {
            notice.as_ref().is_some_and(|(_, _, note)| note.problem.what == NOT_NOW)
        };
        if !self.is_busy() && self.notice.with_untracked(waited) {
            self.notice.set(None);
        }
    }

    /// Forgets everything and begins anew: with the page, its worker ends, and with that what it held. Not while changes are
    /// being applied: they would be cut off.
    pub(crate) fn forget(self) {
        if self.holds_back() {
            return;
        }
        storage::remove(storage::SETUP);
        storage::remove(storage::PENDING);
        navigation::begin_anew();
    }
}

fn preset(config: &Config) -> Setup {
    let mut setup =
        Setup { tenant: config.tenant_id.clone(), client: config.client_id.clone(), ..Setup::default() };
    if let Some(cloud) = &config.cloud {
        setup.cloud.clone_from(cloud);
    }
    setup
}
