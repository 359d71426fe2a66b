//! What the page knows. All of it lives as long as the page, so that a late answer never meets a signal that is gone.

use std::rc::Rc;

use engine::config::Config;
use engine::databricks::connection::StageResult;
use engine::databricks::target::Target;
use engine::databricks::{Connection, Route};
use engine::entra::clouds::{self, Cloud};
use engine::entra::directory::{Group, Person};
use engine::entra::sign_in::Session;
use engine::env::Env;
use engine::problem::Problem;
use engine::secret::Secret;
use engine::setup::{Live, Scope, Setup, Step, StepState, state};
use engine::stop::{Control, Wish};
use leptos::prelude::*;

use crate::browser::env::Browser;
use crate::browser::relay::Relay;
use crate::browser::{navigation, storage};
use crate::parts::Tone;
use crate::run::Run;

/// What a search of the directory brought.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Found {
    /// Nothing was looked for yet.
    Nothing,
    /// It is being looked for.
    Searching,
    /// These were found.
    These(Vec<Group>, Vec<Person>),
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
    /// What came of the last trip to the sign-in service.
    pub(crate) arrival: RwSignal<Option<(Tone, Problem)>>,
    /// Whether the page is waiting for the sign-in service or leaving for it.
    pub(crate) away: RwSignal<bool>,
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
    session: StoredValue<Option<Rc<Session>>, LocalStorage>,
    token: StoredValue<Option<Secret>, LocalStorage>,
    control: StoredValue<Control, LocalStorage>,
}

impl App {
    /// The state at the start: what this tab kept, or what the host presets.
    pub(crate) fn new(config: Config) -> Self {
        let kept = storage::get(storage::SETUP).and_then(|text| Setup::parse(&text).ok());
        let setup = kept.unwrap_or_else(|| preset(&config));
        let app = Self {
            config: StoredValue::new(config),
            step: RwSignal::new(Step::from_id(&navigation::route()).unwrap_or(Step::Start)),
            setup: RwSignal::new(setup),
            live: RwSignal::new(Live::default()),
            tenant_name: RwSignal::new(None),
            arrival: RwSignal::new(None),
            away: RwSignal::new(false),
            relay: RwSignal::new(Relay::Unknown),
            stages: RwSignal::new(Vec::new()),
            testing: RwSignal::new(false),
            found: RwSignal::new(Found::Nothing),
            run: Run::new(),
            said: RwSignal::new(String::new()),
            session: StoredValue::new_local(None),
            token: StoredValue::new_local(None),
            control: StoredValue::new_local(Control::default()),
        };
        Effect::new(move || {
            app.setup.with(|setup| storage::put(storage::SETUP, &setup.to_json()));
        });
        app
    }

    /// Has something read out politely.
    pub(crate) fn say(self, text: impl Into<String>) {
        self.said.set(text.into());
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
            self.setup.update(|setup| setup.prove(step, Browser.wall(), text));
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

    /// The signed-in session.
    pub(crate) fn session(self) -> Option<Rc<Session>> {
        self.session.get_value()
    }

    /// Takes a session that was just signed in.
    pub(crate) fn signed_in(self, session: Session) {
        self.live.update(|live| {
            live.account = Some(session.account.clone());
            live.granted.clone_from(&session.scopes);
        });
        self.session.set_value(Some(Rc::new(session)));
        self.prove(Step::Register);
        self.prove(Step::Consent);
    }

    /// The way to the target, once its address and token are there.
    pub(crate) fn connection(self) -> Option<Connection> {
        let target = self.setup.with_untracked(|setup| setup.target.clone())?;
        let token = self.token.get_value()?;
        let base = self.config.with_value(|config| config.relay.clone());
        Some(Connection { target, token, route: Route::Relay { base } })
    }

    /// Takes the target, and its token when a new one was given. What was proved about another one is void.
    pub(crate) fn aim(self, target: Target, token: Option<Secret>) {
        self.fresh_control();
        if token.is_some() {
            self.token.set_value(token);
        }
        self.setup.update(|setup| setup.target = Some(target));
        let has_token = self.token.with_value(Option::is_some);
        self.live.update(|live| {
            live.has_token = has_token;
            live.test = None;
            live.approved = None;
            live.synced = None;
        });
        self.stages.set(Vec::new());
        self.testing.set(false);
        self.run.void();
    }

    /// Takes the scope. A plan for another one is void.
    pub(crate) fn choose(self, scope: Scope) {
        if self.setup.with_untracked(|setup| setup.scope.as_ref() == Some(&scope)) {
            return;
        }
        self.fresh_control();
        self.run.void();
        self.setup.update(|setup| setup.scope = Some(scope));
        self.live.update(|live| {
            live.approved = None;
            live.synced = None;
        });
    }

    /// Ends what is under way and gives a handle for what comes next.
    pub(crate) fn fresh_control(self) -> Control {
        let fresh = Control::default();
        self.control.update_value(|control| {
            control.set(Wish::Stop);
            control.clone_from(&fresh);
        });
        fresh
    }

    /// Forgets everything and begins anew.
    pub(crate) fn forget(self) {
        self.fresh_control();
        self.session.set_value(None);
        self.token.set_value(None);
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
