//! The engine behind a page, command by command, against the sample tenant. Every message travels as it would.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use engine::entra::ids::{ClientId, Guid, TenantId};
use engine::secret::Secret;
use engine::setup::{Scope, Step};
use engine::sheet::END;
use engine::stop::Wish;
use engine::sync::journal::MemoryJournal;
use engine::sync::plan::{Overview, Part};
use engine::worker::Worker;
use engine::worker::message::{Application, Arrival, Asked, Command, Event, File, Hidden, Told};
use sample::Options;

use super::browser::{PAGE, person};
use super::scripted::Scripted;
use super::world::World;

/// The page's application in a world.
pub(crate) fn client_of(world: &World) -> ClientId {
    ClientId(Guid::parse(&world.facts().client_id).unwrap())
}

pub(crate) struct Page {
    pub(crate) world: World,
    /// Answers of the token endpoint may be given through it.
    pub(crate) env: Scripted,
    worker: Rc<Worker<Scripted, MemoryJournal>>,
    /// Everything that the page ever heard, as it travelled.
    heard: Rc<RefCell<Vec<Vec<u8>>>>,
}

impl Page {
    pub(crate) fn of(people: usize, groups: usize) -> Self {
        Self::with(Options { people, groups, ..Options::default() })
    }

    pub(crate) fn with(options: Options) -> Self {
        Self::on(&World::new(options), "/oauth2/v2.0/token")
    }

    /// A page of this world, with a worker that knows nothing yet. Answers to addresses that end so may be given.
    pub(crate) fn on(world: &World, ending: &'static str) -> Self {
        let world = world.clone();
        let env = Scripted::new(&world, ending);
        let worker = Rc::new(Worker::new(env.clone(), MemoryJournal::default()));
        Self { world, env, worker, heard: Rc::default() }
    }

    pub(crate) fn application(&self) -> Application {
        Application {
            cloud: self.world.cloud().clone(),
            tenant: self.world.tenant(),
            client: client_of(&self.world),
            redirect_uri: PAGE.to_owned(),
            way: None,
        }
    }

    /// Gives a command; `hear` gets what happens on the way. Brings what comes of it.
    pub(crate) fn ask_with(
        &self,
        command: &Command,
        secret: Option<&str>,
        hear: impl Fn(&Event) + 'static,
    ) -> impl Future<Output = Event> + 'static {
        let text = Asked { id: 7, command: command.clone() }.to_text();
        let asked = Asked::from_text(&text).unwrap();
        assert_eq!((asked.id, &asked.command), (7, command));
        let (worker, heard) = (Rc::clone(&self.worker), Rc::clone(&self.heard));
        let secret = secret.map(|text| Secret::new(text.to_owned()));
        async move {
            let travel = |event: Event, last| {
                let bytes = Told::Event { id: 7, last, event: Box::new(event.clone()) }.to_bytes();
                let Some(Told::Event { event: came, .. }) = Told::from_bytes(&bytes) else {
                    panic!("an event was not understood: {event:?}")
                };
                assert_eq!(*came, event);
                heard.borrow_mut().push(bytes.to_vec());
                *came
            };
            let tell = |event: Event| hear(&travel(event, false));
            let end = worker.handle(asked.command, secret, &tell).await;
            travel(end, true)
        }
    }

    pub(crate) fn ask(&self, command: &Command) -> Event {
        self.world.run(self.ask_with(command, None, |_| ()))
    }

    fn sign_in(&self) -> Event {
        let command = Command::SignIn { application: self.application(), step: Step::Consent, account: None };
        let Event::Leave { address, kept } = self.ask(&command) else { panic!("not let go") };
        let answer = person(&self.world, &address, "ada@contoso.example", "accept");
        let arrive =
            Command::Arrive { cloud: self.world.cloud().clone(), answer: Hidden(answer), kept: Some(kept) };
        assert_eq!(self.ask(&arrive), Event::Spent);
        self.ask(&Command::Redeem)
    }

    fn connection(&self, address: &str) -> Command {
        let extra = self.world.cloud().databricks.clone();
        Command::Connect { target: address.to_owned(), extra, relay: "relay/".to_owned() }
    }

    fn connect(&self) -> Event {
        let facts = self.world.facts();
        let command = self.connection(&facts.account_scim_url);
        self.world.run(self.ask_with(&command, Some(&facts.account_token), |_| ()))
    }

    fn plan(&self) -> Command {
        Command::Plan { tenant: self.world.tenant(), scope: Scope::All }
    }

    fn planned(&self) -> Overview {
        match self.ask(&self.plan()) {
            Event::Planned { plan, .. } => plan,
            other => panic!("no plan: {other:?}"),
        }
    }

    fn ready(people: usize, groups: usize) -> Self {
        let page = Self::of(people, groups);
        assert!(matches!(page.sign_in(), Event::Arrived(Arrival::SignedIn { step: Step::Consent, .. })));
        assert_eq!(page.connect(), Event::Done);
        page
    }
}

#[test]
fn from_signing_in_to_the_report() {
    let page = Page::ready(30, 5);
    assert_eq!(page.ask(&Command::Tenant), Event::Named(Some("Contoso".to_owned())));
    let Event::Found { groups, people } = page.ask(&Command::Search { text: "ada".to_owned() }) else {
        panic!("nothing found")
    };
    assert_eq!((groups.len(), people[0].says.as_str()), (0, "ada@contoso.example"));

    let stages = Rc::new(RefCell::new(0));
    let count = Rc::clone(&stages);
    let hear = move |event: &Event| {
        assert!(matches!(event, Event::Stage(_)), "{event:?}");
        *count.borrow_mut() += 1;
    };
    let Event::Tested(test) = page.world.run(page.ask_with(&Command::Test, None, hear)) else {
        panic!("not tested")
    };
    assert!(test.passed(), "{test:?}");
    assert_eq!(*stages.borrow(), 8);

    let plan = page.planned();
    assert!(plan.complete && !plan.is_empty());
    let all = plan.tallies.iter().map(|tally| tally.lines).sum::<usize>();
    assert_eq!(all, plan.lines);
    for tally in &plan.tallies {
        let Event::Lines(lines) = page.ask(&Command::Lines { part: Part::Of(tally.kind), limit: 1000 })
        else {
            panic!("no lines")
        };
        // One row is the head.
        assert_eq!(lines.matches("<tr").count(), tally.lines + 1, "{:?}", tally.kind);
        let signs = format!("\"{}{END}>", tally.kind.word());
        assert_eq!(lines.matches(&signs).count(), tally.lines, "{:?}", tally.kind);
    }
    let Event::Lines(three) = page.ask(&Command::Lines { part: Part::All, limit: 3 }) else {
        panic!("no lines")
    };
    assert_eq!(three.matches("<tr").count(), 4);
    let Event::Written(file) = page.ask(&Command::Write(File::Plan)) else { panic!("no file") };
    assert!(file.contains(plan.hash.as_str()));

    let Event::Applied { complete, open, outcome, .. } =
        page.ask(&Command::Apply { approved: plan.hash.clone() })
    else {
        panic!("not applied")
    };
    assert!(complete && !open, "{outcome}");
    for words in
        ["\"Everything is done", "\"Read back and found as written", "\"What people stumble over later"]
    {
        assert!(outcome.contains(words), "{words}\n{outcome}");
    }
    assert!(!outcome.contains("\"Failures"), "{outcome}");
    let Event::Written(table) = page.ask(&Command::Write(File::Table)) else { panic!("no table") };
    assert_eq!(table.lines().filter(|line| line.starts_with("done,")).count(), plan.lines);
    assert!(page.planned().is_empty());
}

#[test]
fn no_secret_is_in_anything_that_the_page_hears_but_the_record_of_the_sign_in() {
    let page = Page::of(12, 3);
    let command = Command::SignIn { application: page.application(), step: Step::Consent, account: None };
    let Event::Leave { address, kept } = page.ask(&command) else { panic!("not let go") };
    assert_eq!(format!("{kept:?}"), "[hidden]");
    let record: serde_json::Value = serde_json::from_str(&kept.0).unwrap();
    let answer = person(&page.world, &address, "ada@contoso.example", "accept");
    let code = answer.split(['=', '&']).nth(1).unwrap().to_owned();
    page.heard.borrow_mut().clear();
    let cloud = page.world.cloud().clone();
    page.ask(&Command::Arrive { cloud, answer: Hidden(answer), kept: Some(kept) });
    assert!(matches!(page.ask(&Command::Redeem), Event::Arrived(Arrival::SignedIn { .. })));
    assert_eq!(page.connect(), Event::Done);
    let plan = page.planned();
    page.ask(&Command::Test);
    page.ask(&Command::Apply { approved: plan.hash });
    page.ask(&Command::Write(File::Report));
    let facts = page.world.facts();
    let sent = page.world.sent_secrets();
    assert!(sent.len() >= 3, "an access token, the account's token, and what the sign-in took");
    let verifier = record["SignIn"]["verifier"].as_str().unwrap().to_owned();
    let heard = page.heard.borrow();
    assert!(heard.len() > 20);
    for bytes in &*heard {
        let text = String::from_utf8_lossy(bytes);
        for secret in sent.iter().chain([&facts.account_token, &code, &verifier, &"eyJ".to_owned()]) {
            assert!(!text.contains(secret.as_str()), "{text}");
        }
    }
}

#[test]
fn a_newer_plan_takes_the_place_of_one_that_is_being_made() {
    let page = Page::ready(30, 5);
    let (first, second) =
        (page.ask_with(&page.plan(), None, |_| ()), page.ask_with(&page.plan(), None, |_| ()));
    let before = page.world.requests();
    let (first, second) = page.world.run(futures::future::join(first, second));
    assert_eq!(first, Event::Superseded);
    assert!(matches!(second, Event::Planned { .. }), "{second:?}");
    let both = page.world.requests() - before;
    let before = page.world.requests();
    page.planned();
    // The one that was given up sent its first request and no other.
    assert_eq!(both, page.world.requests() - before + 1);
}

#[test]
fn while_changes_are_applied_nothing_else_touches_the_target() {
    let page = Rc::new(Page::ready(30, 5));
    let plan = page.planned();
    let refused = Rc::new(RefCell::new(Vec::new()));
    let (list, inside) = (Rc::clone(&refused), Rc::clone(&page));
    let hear = move |event: &Event| {
        let Event::Applying(progress) = event else { return };
        if progress.done == 2 {
            use futures::FutureExt as _;
            let connect = inside.connection(&inside.world.facts().workspace_url);
            let again = Command::Apply { approved: plan_hash(&inside) };
            for command in [connect, inside.plan(), again, Command::Forget] {
                let end = inside.ask_with(&command, Some("dapi0123456789abcdef"), |_| ()).now_or_never();
                list.borrow_mut().push(end);
            }
            let stopped = inside.ask_with(&Command::Want(Wish::Stop), None, |_| ()).now_or_never();
            assert_eq!(stopped, Some(Event::Done));
        }
    };
    let end = page.world.run(page.ask_with(&Command::Apply { approved: plan.hash.clone() }, None, hear));
    let Event::Applied { complete, open, outcome, .. } = end else { panic!("not applied: {end:?}") };
    assert!(!complete && open && outcome.contains("\"Stopped"), "{outcome}");
    assert_eq!(refused.borrow().len(), 4);
    for end in refused.borrow().iter() {
        let Some(Event::Failed(problem)) = end else { panic!("not refused: {end:?}") };
        assert_eq!(problem.what, "Changes are being applied.");
    }
    // It goes on where it was, and with the old target.
    let Event::Applied { complete, open, .. } = page.ask(&Command::Apply { approved: plan.hash }) else {
        panic!("not applied")
    };
    assert!(complete && !open);
    assert!(page.planned().is_empty());
}

/// The hash of the plan that the worker holds, read from its file.
fn plan_hash(page: &Page) -> engine::sync::plan::PlanHash {
    use futures::FutureExt as _;
    let Some(Event::Written(file)) = page.ask_with(&Command::Write(File::Plan), None, |_| ()).now_or_never()
    else {
        panic!("no file")
    };
    engine::sync::plan::Plan::from_file(&file).unwrap().hash()
}

#[test]
fn an_answer_that_nobody_asked_for_signs_nobody_in() {
    let page = Page::of(12, 3);
    let cloud = page.world.cloud().clone();
    let ask = Command::SignIn { application: page.application(), step: Step::Register, account: None };
    let Event::Leave { address, .. } = page.ask(&ask) else { panic!("not let go") };
    let Event::Leave { kept, .. } = page.ask(&ask) else { panic!("not let go") };
    let answer = person(&page.world, &address, "ada@contoso.example", "accept");
    for kept in [Some(kept), None] {
        let arrive = Command::Arrive { cloud: cloud.clone(), answer: Hidden(answer.clone()), kept };
        let end = page.ask(&arrive);
        assert!(
            matches!(end, Event::Arrived(Arrival::Told { step: Some(Step::Register), failed: true, .. })),
            "{end:?}"
        );
    }
    let Event::Failed(problem) = page.ask(&page.plan()) else { panic!("not refused") };
    assert_eq!(problem.what, "Nobody is signed in.");
}

#[test]
fn a_token_goes_to_no_host_that_is_not_known() {
    let page = Page::of(12, 3);
    let connect = page.connection("https://databricks.contoso.example");
    let end = page.world.run(page.ask_with(&connect, Some("dapi0123456789abcdef"), |_| ()));
    let Event::Failed(problem) = end else { panic!("not refused: {end:?}") };
    assert!(problem.why.starts_with("databricks.contoso.example is not a Databricks host."), "{problem:?}");
    assert!(matches!(page.ask(&Command::Test), Event::Failed(_)));
}

#[test]
fn an_answer_that_is_forgotten_signs_nobody_in() {
    let page = Page::of(12, 3);
    let command = Command::SignIn { application: page.application(), step: Step::Consent, account: None };
    let Event::Leave { address, kept } = page.ask(&command) else { panic!("not let go") };
    let answer = Hidden(person(&page.world, &address, "ada@contoso.example", "accept"));
    let cloud = page.world.cloud().clone();
    assert_eq!(page.ask(&Command::Arrive { cloud, answer, kept: Some(kept) }), Event::Spent);
    let (redeem, forget) =
        (page.ask_with(&Command::Redeem, None, |_| ()), page.ask_with(&Command::Forget, None, |_| ()));
    let (redeemed, forgotten) = page.world.run(futures::future::join(redeem, forget));
    assert_eq!((redeemed, forgotten), (Event::Superseded, Event::Done));
    assert!(matches!(page.ask(&page.plan()), Event::Failed(_)));
}

#[test]
fn a_plan_is_made_for_the_tenant_that_is_signed_in_to_and_no_other() {
    let page = Page::ready(12, 3);
    let tenant = TenantId(Guid::parse("00000000-0000-0000-0000-00000000000b").unwrap());
    let Event::Failed(problem) = page.ask(&Command::Plan { tenant, scope: Scope::All }) else {
        panic!("not refused")
    };
    assert_eq!(problem.what, "The plan would be made for another tenant.");
}

#[test]
fn what_is_forgotten_is_asked_for_again() {
    let page = Page::ready(12, 3);
    let plan = page.planned();
    assert!(matches!(page.ask(&Command::Apply { approved: plan.hash }), Event::Applied { .. }));
    assert_eq!(page.ask(&Command::Forget), Event::Done);
    let what = |command: &Command| match page.ask(command) {
        Event::Failed(problem) => problem.what,
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(what(&page.plan()), "Nobody is signed in.");
    assert_eq!(what(&Command::Test), "There is no target yet.");
    assert_eq!(what(&Command::Lines { part: Part::All, limit: 1 }), "There is no plan.");
    assert_eq!(what(&Command::Write(File::Report)), "There is no report.");
}
