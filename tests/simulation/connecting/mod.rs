//! Entra's own provisioning behind a page, command by command: what a person sees at each step, presses and fills in, and what comes of it
//! in the tenant. The page's part is played here: it keeps the record, shows what it is told, and tells the engine that something is kept.

mod asking;
mod beginning;
mod beside;
mod board;
mod databricks;
mod drawn;
mod elsewhere;
mod entering;
mod finding_out;
mod foreign;
mod held;
mod known;
mod looking_after;
mod naming;
mod narrowing;
mod one_of_several;
mod owning;
mod proving;
mod records;
mod resetting;
mod resuming;
mod reviewing;
mod right_before;
mod testing;
mod turning_away;
mod whose;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use engine::databricks::target::Target;
use engine::entra::consent::{ASSIGN, CONNECTOR};
use engine::entra::ids::ObjectId;
use engine::env::Env as _;
use engine::guide;
use engine::setup::{ConnectorFacts, Picked, Scope, Setup, Step, Way};
use engine::worker::action::{Action, OfConnector, Rights, Risky};
use engine::worker::message::{Arrival, Command, Event, Hidden};
use futures::future::join;
use sample::Options;

use self::drawn::Drawn;
use self::known::Known;
pub(super) use self::one_of_several::removes_job;
use super::browser::{PAGE, person};
use super::enterprise::id;
use super::worker::Page;
use super::world::{Effect, World};

const ADA: &str = "ada@contoso.example";
/// Settings of most connectors here.
const MAIL: [(&str, &str); 2] = [("notification-email", "ops@contoso.example"), ("deletion-threshold", "50")];

/// A page, and what it knows.
pub(super) struct Wizard {
    page: Rc<Page>,
    known: Rc<Known>,
}

/// What is entered in a form, and what the page says is wrong with it.
type Case<'c> = (&'c [(&'c str, &'c str)], &'c [&'c str]);

impl Wizard {
    /// Ada at the page, signed in with all rights, in a tenant with these options.
    fn of(options: Options) -> Self {
        let wizard = Self::visit(&World::new(options), Setup::default());
        wizard.signs_in();
        wizard
    }

    /// In a tenant of four people, three of whom are in a group.
    fn small() -> Self {
        Self::of(Options { people: 4, groups: 2, ..Options::default() })
    }

    /// A fresh visit with this record.
    fn visit(world: &World, setup: Setup) -> Self {
        let page = Rc::new(Page::on(world, "/v1.0/servicePrincipals"));
        let application = page.application();
        let setup = Setup {
            way: Some(Way::Connector),
            cloud: world.cloud().id.clone(),
            tenant: Some(application.tenant),
            client: Some(application.client),
            ..setup
        };
        let known = Known {
            setup: RefCell::new(setup),
            proved: RefCell::default(),
            shown: RefCell::default(),
            step: Cell::new(Step::Register),
            offered: RefCell::default(),
            notes: RefCell::default(),
        };
        Self { page, known: Rc::new(known) }
    }

    /// The same person comes back later: the record is there, everything else is forgotten.
    fn again(&self) -> Self {
        let wizard = Self::visit(self.world(), self.known.setup.borrow().clone());
        wizard.signs_in();
        wizard
    }

    fn world(&self) -> &World {
        &self.page.world
    }

    fn pass(&self, time: Duration) {
        let world = self.world().clone();
        self.world().run(async move { world.sleep(time).await });
    }

    /// Gives a command, and does what a page does with what it hears.
    fn asks(&self, command: Command, secret: Option<&str>) -> impl Future<Output = Event> + 'static {
        let (page, known) = (Rc::clone(&self.page), Rc::clone(&self.known));
        let secret = secret.map(str::to_owned);
        async move {
            let (inside, hears) = (Rc::clone(&page), Rc::clone(&known));
            let hear = move |event: &Event| hears.takes(&inside, event);
            let end = page.ask_with(&command, secret.as_deref(), hear).await;
            known.takes(&page, &end);
            end
        }
    }

    fn ask(&self, command: Command) -> Event {
        self.world().run(self.asks(command, None))
    }

    fn acts(&self, action: &Action) -> Event {
        self.ask(Command::Do(action.to_text()))
    }

    fn does(&self, action: OfConnector) -> Event {
        self.acts(&Action::Connector(action))
    }

    fn does_now(&self, action: OfConnector) -> impl Future<Output = Event> + 'static {
        self.asks(Command::Do(Action::Connector(action).to_text()), None)
    }

    fn told(&self) -> guide::Page {
        let setup = self.known.setup.borrow().clone();
        guide::Page { setup, cloud: self.world().cloud().clone(), base: PAGE.to_owned(), preset: false }
    }

    /// Tells the engine how the record stands, as a page does whenever it changes it.
    fn shows(&self, step: Step) -> Event {
        self.world().run(self.shows_now(step))
    }

    fn shows_now(&self, step: Step) -> impl Future<Output = Event> + 'static {
        self.known.step.set(step);
        self.asks(Command::Show { step, page: Box::new(self.told()) }, None)
    }

    /// Enters a step.
    fn enters(&self, step: Step) -> Event {
        self.shows(step);
        self.does(OfConnector::Enter)
    }

    /// Signs in with everything that the connector takes, as often as it needs until a token holds it.
    fn signs_in(&self) {
        let wanted = CONNECTOR.len() + ASSIGN.len();
        let signed = (0..40).any(|_| {
            self.pass(Duration::from_secs(2));
            self.shows(Step::Register);
            let sign_in =
                Action::SignIn { rights: Rights::Assign, step: Step::Workspace, account: ADA.to_owned() };
            self.follows(self.acts(&sign_in)).len() >= wanted
        });
        assert!(signed, "nobody gets in");
    }

    /// Follows to the sign-in and back. Brings the scopes.
    fn follows(&self, leave: Event) -> Vec<String> {
        let Event::Leave { address, kept } = leave else { panic!("not let go: {leave:?}") };
        let answer = Hidden(person(self.world(), &address, ADA, "accept"));
        let cloud = self.world().cloud().clone();
        assert_eq!(self.ask(Command::Arrive { cloud, answer, kept: Some(kept) }), Event::Spent);
        match self.ask(Command::Redeem) {
            Event::Arrived(Arrival::SignedIn { scopes, .. }) => scopes,
            _ => Vec::new(),
        }
    }

    /// Enters address and token, as the page's own form does.
    fn connects(&self, address: &str, token: &str) {
        self.world().run(self.connects_now(address, token));
    }

    fn connects_now(&self, address: &str, token: &str) -> impl Future<Output = ()> + 'static {
        let extra = self.world().cloud().databricks.clone();
        self.known.setup.borrow_mut().target = Some(Target::parse(address, &extra).unwrap());
        let shown = self.shows_now(self.known.step.get());
        let connect = Command::Connect { target: address.to_owned(), extra, relay: "relay/".to_owned() };
        let connected = self.asks(connect, Some(token));
        async move {
            shown.await;
            assert_eq!(connected.await, Event::Done);
        }
    }

    fn fills(&self, form: &str, values: &[(&str, &str)]) -> Event {
        self.world().run(self.fills_now(form, values))
    }

    fn fills_now(&self, form: &str, values: &[(&str, &str)]) -> impl Future<Output = Event> + 'static {
        let values = values.iter().map(|&(id, value)| (id.to_owned(), value.to_owned())).collect();
        self.asks(Command::Fill { form: form.to_owned(), values }, None)
    }

    /// Presses what has these words.
    fn presses(&self, label: &str) -> Event {
        self.ask(self.button(label))
    }

    /// What a button does.
    fn button(&self, label: &str) -> Command {
        let shown = self.known.shown.borrow();
        let found = shown.buttons.iter().find(|(words, _)| words == label);
        let (_, press) = found
            .unwrap_or_else(|| panic!("no button {label:?} but {:?} in\n{}", shown.labels(), shown.text()));
        Command::Do(press.clone())
    }

    fn shown(&self) -> Drawn {
        self.known.shown.borrow().clone()
    }

    /// Asks for something that is asked once more, and says so again.
    fn insists(&self, risky: &Risky) {
        self.does(OfConnector::Ask(risky.clone()));
        self.does(OfConnector::Sure(risky.clone()));
    }

    /// Watches the connector for a while, then leaves the step and comes back to it.
    fn watches(&self, time: Duration) {
        self.shows(Step::Sync);
        let watch = self.does_now(OfConnector::Enter);
        self.until_left(watch, time);
    }

    fn until_left(&self, watch: impl Future<Output = Event> + 'static, time: Duration) {
        let leave = self.asks(Command::Show { step: Step::Done, page: Box::new(self.told()) }, None);
        let world = self.world().clone();
        let leaves = async move {
            world.sleep(time).await;
            leave.await
        };
        let (end, _) = self.world().run(join(watch, leaves));
        assert_eq!(end, Event::Superseded, "{}", self.shown().text());
        self.shows(Step::Sync);
    }

    /// Lets time pass for the provisioning service and Databricks alone.
    fn skips(&self, minutes: u64) {
        let now = Duration::from_millis(self.world().wall().0);
        self.world().sample(|sample| sample.skip(Duration::from_secs(minutes * 60), now));
    }

    fn facts(&self) -> ConnectorFacts {
        self.known.setup.borrow().connector.clone().unwrap_or_default()
    }

    fn proof(&self, step: Step) -> Option<String> {
        self.known.proved.borrow().get(&step).cloned()
    }

    fn chooses(&self, scope: Scope) {
        self.known.setup.borrow_mut().scope = Some(scope);
        self.shows(self.known.step.get());
    }

    /// Picks by name.
    fn scope(&self, groups: &[&str], people: &[&str]) -> Scope {
        let group = |name: &&str| {
            let found = self.world().sample(|it| it.directory().group_named(name).unwrap().id.clone());
            Picked { id: id(&found), name: (*name).to_owned() }
        };
        let somebody = |name: &&str| Picked { id: self.person(name), name: (*name).to_owned() };
        Scope::Chosen {
            groups: groups.iter().map(group).collect(),
            people: people.iter().map(somebody).collect(),
        }
    }

    fn person(&self, name: &str) -> ObjectId {
        let name = format!("{name}@contoso.example");
        self.world().sample(|it| id(&it.directory().person_named(&name).unwrap().id))
    }

    /// What was changed through Graph: how, and where, without ids.
    fn effects(&self) -> Vec<String> {
        let word = |it: &Effect| {
            let path = it.path.split_once("/synchronization/").map_or(it.path.as_str(), |(_, below)| below);
            let words: Vec<&str> = path.split('/').filter(|it| !it.contains(['-', '='])).collect();
            let words = words.join("/");
            let words = words.trim_start_matches('/').trim_start_matches("applicationTemplates/");
            format!("{:?} {words}", it.method)
        };
        self.world().effects().iter().map(word).collect()
    }

    /// How often something was changed.
    fn count(&self, effect: &str) -> usize {
        self.effects().iter().filter(|it| *it == effect).count()
    }

    /// From the first step to the test, at the account's level.
    fn is_tested(&self) {
        let facts = self.world().facts();
        self.enters(Step::Workspace);
        self.connects(&facts.account_scim_url, &facts.account_token);
        let filled = self.fills("connector", &[("connector-name", "contoso-provisioning")]);
        assert_eq!(filled, Event::Go(Step::Test));
        self.enters(Step::Test);
        self.presses("Test connection");
        assert_eq!(self.proof(Step::Test).as_deref(), Some("Credentials accepted by Entra’s test"));
    }

    /// The same at the workspace's level, with what is said of the token's owner.
    fn is_tested_at_workspace(&self, token: &str, owner: &[(&str, &str)]) {
        self.enters(Step::Workspace);
        self.connects(&self.world().facts().workspace_url, token);
        let values = [&[("connector-name", "contoso-provisioning")], owner].concat();
        assert_eq!(self.fills("connector", &values), Event::Go(Step::Test));
        self.enters(Step::Test);
        self.presses("Test connection");
    }

    /// Chooses whom it provisions and how it works, and comes to what would be written.
    fn reviews(&self, scope: Scope, settings: &[(&str, &str)]) {
        self.shows(Step::Scope);
        self.chooses(scope);
        assert_eq!(self.fills("settings", settings), Event::Go(Step::Review));
        self.enters(Step::Review);
    }

    /// From there to the review of what would be written, for a group of three people.
    fn is_reviewed(&self) {
        self.is_tested();
        self.reviews(self.scope(&["All Employees"], &[]), &MAIL);
    }

    /// From there to provisioning that runs.
    fn is_started(&self) {
        self.is_reviewed();
        self.presses("Start provisioning");
        assert_eq!(self.proof(Step::Review).as_deref(), Some("Written, and read back"));
    }
}
