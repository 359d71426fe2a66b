//! What the engine behind a page makes of the sign-in service's answers: what is told, and what may be pressed next.

use std::cell::RefCell;
use std::rc::Rc;

use engine::entra::ids::{ClientId, Guid};
use engine::http::{parse_query, percent_encode};
use engine::setup::{Scope, Step};
use engine::sync::journal::MemoryJournal;
use engine::worker::Worker;
use engine::worker::message::{Application, Arrival, Command, Event, Hidden, Note};

use super::browser::{PAGE, person};
use super::scripted::{Given, Scripted, given};
use super::world::World;

const ADA: &str = "ada@contoso.example";
const WANTED: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

struct Page {
    world: World,
    env: Scripted,
    worker: Rc<Worker<Scripted, MemoryJournal>>,
    /// What was told on the way.
    told: Rc<RefCell<Vec<Event>>>,
}

/// A trip that is under way.
struct Trip {
    address: String,
    kept: Hidden,
}

impl Trip {
    fn query(&self, name: &str) -> Option<String> {
        let pairs = parse_query(self.address.split_once('?').unwrap().1);
        pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// An error that answers it.
    fn refused(&self, error: &str, words: &str) -> String {
        let state = self.query("state").unwrap();
        format!("#error={error}&error_description={}&state={state}", percent_encode(words))
    }
}

impl Page {
    fn new(ending: &'static str) -> Self {
        let world = World::of(12, 3);
        let env = Scripted::new(&world, ending);
        let worker = Rc::new(Worker::new(env.clone(), MemoryJournal::default()));
        Self { world, env, worker, told: Rc::default() }
    }

    fn ask(&self, command: Command) -> Event {
        let (worker, told) = (Rc::clone(&self.worker), Rc::clone(&self.told));
        self.world
            .run(async move { worker.handle(command, None, &|event| told.borrow_mut().push(event)).await })
    }

    fn leaves(&self, step: Step, account: Option<&str>) -> Trip {
        let application = Application {
            cloud: self.world.cloud().clone(),
            tenant: self.world.tenant(),
            client: ClientId(Guid::parse(&self.world.facts().client_id).unwrap()),
            redirect_uri: PAGE.to_owned(),
            way: None,
        };
        let account = account.map(str::to_owned);
        trip(self.ask(Command::SignIn { application, step, account }))
    }

    fn comes_back(&self, trip: Trip, answer: String) -> Event {
        let cloud = self.world.cloud().clone();
        let arrive = Command::Arrive { cloud, answer: Hidden(answer), kept: Some(trip.kept) };
        assert_eq!(self.ask(arrive), Event::Spent);
        self.ask(Command::Redeem)
    }

    fn signs_in(&self, trip: Trip) -> Event {
        let answer = person(&self.world, &trip.address, ADA, "accept");
        self.comes_back(trip, answer)
    }
}

fn trip(event: Event) -> Trip {
    match event {
        Event::Leave { address, kept } => Trip { address, kept },
        other => panic!("not let go: {other:?}"),
    }
}

fn refused(event: Event) -> (Step, Note) {
    match event {
        Event::Arrived(Arrival::Told { step: Some(step), failed: true, note }) => (step, note),
        other => panic!("not refused: {other:?}"),
    }
}

/// The button of a note, and the account that it goes on with.
fn offered(note: &Note) -> (&str, Option<&str>) {
    (&note.button, note.account.as_deref())
}

fn json(status: u16, body: &str) -> Given {
    given(status, Some(("content-type", "application/json")), body)
}

fn unknown(scope: &str) -> String {
    format!(
        "AADSTS650053: The application 'scim-setup' asked for scope '{scope}' that doesn't exist on the resource \
         '00000003-0000-0000-c000-000000000000'. Contact the app vendor."
    )
}

#[test]
fn an_unknown_scope_is_left_out_once_and_told() {
    let page = Page::new("/nothing");
    let first = page.leaves(Step::Consent, Some(ADA));
    let answer = first.refused("invalid_client", &unknown("GroupMember.Read.All"));
    let before = (first.query("state"), first.query("nonce"), first.query("code_challenge"));
    let second = trip(page.comes_back(first, answer));
    assert_eq!(
        second.query("scope").unwrap(),
        "openid profile offline_access http://127.0.0.1:9102/User.Read http://127.0.0.1:9102/User.Read.All"
    );
    assert_eq!(second.query("login_hint").as_deref(), Some(ADA));
    let after = (second.query("state"), second.query("nonce"), second.query("code_challenge"));
    assert!(before.0 != after.0 && before.1 != after.1 && before.2 != after.2, "fresh secrets");
    let end = page.signs_in(second);
    let Event::Arrived(Arrival::SignedIn { step: Step::Consent, account, .. }) = end else {
        panic!("not signed in: {end:?}")
    };
    let told = page.told.borrow();
    let [Event::Arrived(Arrival::Told { step: Some(Step::Consent), failed: false, note })] = told.as_slice()
    else {
        panic!("{told:?}")
    };
    assert_eq!(account.username, ADA);
    assert_eq!(note.problem.what, "You are signed in, but without the permission GroupMember.Read.All.");
    assert_eq!(
        note.problem.why,
        "This cloud's Microsoft Graph does not know it, so it was left out. The page needs it: Read groups and who \
         belongs to them."
    );
}

#[test]
fn a_second_unknown_scope_ends_it() {
    let page = Page::new("/nothing");
    let first = page.leaves(Step::Consent, None);
    let answer = first.refused("invalid_client", &unknown("http://127.0.0.1:9102/User.Read.All"));
    let second = trip(page.comes_back(first, answer));
    for scope in ["GroupMember.Read.All", "User.Read.All"] {
        let answer = second.refused("invalid_client", &unknown(scope));
        let again = Trip { address: second.address.clone(), kept: second.kept.clone() };
        let (step, note) = refused(page.comes_back(again, answer));
        assert_eq!(step, Step::Consent);
        assert_eq!(note.problem.what, "A permission that was asked for does not exist here.");
        assert!(note.problem.why.contains(&format!("“{scope}”")), "{}", note.problem.why);
    }
}

#[test]
fn what_was_not_asked_for_is_not_left_out_and_a_loop_is_not_begun() {
    let page = Page::new("/nothing");
    for (words, what) in [
        (unknown("Directory.Read.All"), "A permission that was asked for does not exist here."),
        (unknown("openid"), "A permission that was asked for does not exist here."),
        ("AADSTS650053: no name".to_owned(), "A permission that was asked for does not exist here."),
        (
            "AADSTS50196: A client loop. asked for scope 'User.Read.All'".to_owned(),
            "Microsoft has stopped a loop.",
        ),
    ] {
        let trip = page.leaves(Step::Consent, None);
        let answer = trip.refused("invalid_client", &words);
        let (_, note) = refused(page.comes_back(trip, answer));
        assert_eq!(note.problem.what, what, "{words}");
    }
}

#[test]
fn a_step_up_at_the_token_endpoint_leads_to_a_sign_in_that_proves_it() {
    let page = Page::new("/oauth2/v2.0/token");
    let first = page.leaves(Step::Register, Some(ADA));
    let body = format!(
        r#"{{"error":"interaction_required","error_description":"AADSTS50079: Register.","error_codes":[50079],
            "suberror":"basic_action","claims":{},"trace_id":"t-1"}}"#,
        serde_json::to_string(WANTED).unwrap()
    );
    page.env.answer([json(400, &body)]);
    let (step, note) = refused(page.signs_in(first));
    assert_eq!(
        (step, note.problem.what.as_str()),
        (Step::Register, "Microsoft wants more proof of who you are.")
    );
    assert_eq!(offered(&note), ("Sign in again", Some(ADA)));
    // Whichever button is pressed, and though a trip in between is given up: until one succeeds.
    let second = page.leaves(step, None);
    assert_eq!(second.query("claims").as_deref(), Some(WANTED));
    let declined = second.refused("access_denied", "AADSTS65004: Declined.");
    refused(page.comes_back(second, declined));
    let third = page.leaves(step, Some(ADA));
    assert_eq!(third.query("claims").as_deref(), Some(WANTED));
    assert!(matches!(page.signs_in(third), Event::Arrived(Arrival::SignedIn { .. })));
    assert_eq!(page.leaves(step, Some(ADA)).query("claims"), None);
}

#[test]
fn what_is_wanted_is_forgotten_with_the_rest() {
    let header = format!("Bearer error=\"insufficient_claims\", claims=\"{PACKED}\"");
    let page = challenged("/v1.0/groups", [given(401, Some(("www-authenticate", &header)), "{}")]);
    page.ask(Command::Search { text: "ada".to_owned() });
    assert_eq!(page.leaves(Step::Scope, Some(ADA)).query("claims").as_deref(), Some(WANTED));
    assert_eq!(page.ask(Command::Forget), Event::Done);
    assert_eq!(page.leaves(Step::Scope, Some(ADA)).query("claims"), None);
}

#[test]
fn claims_that_are_none_are_not_passed_on() {
    for claims in ["", "[]", "{}", "nonsense", &format!("{{\"a\":\"{}\"}}", "x".repeat(5000))] {
        let page = Page::new("/oauth2/v2.0/token");
        let trip = page.leaves(Step::Register, None);
        let body = serde_json::json!({ "error": "interaction_required", "claims": claims });
        page.env.answer([json(400, &body.to_string())]);
        let (_, note) = refused(page.signs_in(trip));
        assert_eq!(note.problem.why, "Microsoft wants the person to sign in again.");
        assert_eq!(page.leaves(Step::Register, None).query("claims"), None, "{claims:.20}");
    }
}

#[test]
fn a_policy_that_blocks_leaves_a_colleague() {
    let page = Page::new("/nothing");
    let words = "AADSTS53003: Access has been blocked by Conditional Access policies.";
    let trip = page.leaves(Step::Register, None);
    let answer = trip.refused("access_denied", words);
    let (_, note) = refused(page.comes_back(trip, answer));
    assert_eq!(note.problem.what, "A Conditional Access policy blocks this sign-in.");
    assert!(note.problem.remedy.contains("“Somebody else has to consent”"), "{}", note.problem.remedy);
    assert_eq!(offered(&note), ("", None));
}

#[test]
fn another_cloud_is_offered_by_name() {
    let page = Page::new("/nothing");
    let trip = page.leaves(Step::Register, None);
    let words = "AADSTS90038: The specified tenant 'contoso.example' belongs to the National Cloud 'China'. Current cloud \
                 instance 'microsoftonline.com' does not federate with China.";
    let answer = trip.refused("invalid_request", words);
    let (_, note) = refused(page.comes_back(trip, answer));
    assert_eq!(note.problem.what, "The tenant lives in another cloud.");
    assert!(
        note.problem.remedy.ends_with(" It is probably the cloud China (21Vianet)."),
        "{}",
        note.problem.remedy
    );
}

#[test]
fn a_code_that_meets_a_busy_service_is_sent_once() {
    let page = Page::new("/oauth2/v2.0/token");
    let trip = page.leaves(Step::Register, None);
    page.env.answer([given(503, Some(("retry-after", "30")), "")]);
    let (_, note) = refused(page.signs_in(trip));
    assert_eq!(note.problem.what, "The sign-in service is busy.");
    assert_eq!(note.problem.remedy, "Try again in 30 seconds. Nothing that was done is lost.");
    assert_eq!(offered(&note), ("Sign in again", None));
    assert_eq!(page.env.asked(), 1);
}

/// Ada is signed in, and Graph's next answer to a search or a list is this one.
fn challenged(ending: &'static str, answers: impl IntoIterator<Item = Given>) -> Page {
    let page = Page::new(ending);
    let trip = page.leaves(Step::Consent, None);
    assert!(matches!(page.signs_in(trip), Event::Arrived(Arrival::SignedIn { .. })));
    page.env.answer(answers);
    page
}

/// `WANTED` in base64.
const PACKED: &str = "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzEifX19";

#[test]
fn a_challenge_of_graph_is_told_with_what_it_wants() {
    for status in [401, 403] {
        let header = format!("Bearer realm=\"\", error=\"insufficient_claims\", claims=\"{PACKED}\"");
        let page = challenged("/v1.0/groups", [given(status, Some(("www-authenticate", &header)), "{}")]);
        let Event::Failed(problem) = page.ask(Command::Search { text: "ada".to_owned() }) else {
            panic!("not failed")
        };
        assert_eq!(
            problem.why,
            "A policy of the tenant protects what was asked for, and this sign-in does not prove enough for it."
        );
        let told = page.told.borrow();
        let [Event::Arrived(Arrival::Told { step: None, failed: false, note })] = told.as_slice() else {
            panic!("{told:?}")
        };
        assert_eq!(note.problem.what, "Microsoft Graph wants more proof of who you are.");
        assert_eq!(offered(note), ("Sign in again", Some(ADA)));
        assert_eq!(page.env.asked(), 1, "no renewal, no repetition");
    }
}

#[test]
fn a_session_that_ends_in_the_middle_can_be_begun_again() {
    let page = Page::new("/oauth2/v2.0/token");
    let trip = page.leaves(Step::Consent, None);
    assert!(matches!(page.signs_in(trip), Event::Arrived(Arrival::SignedIn { .. })));
    let inner = page.env.clone();
    page.world.run(async move {
        engine::env::Env::sleep(&inner, std::time::Duration::from_secs(25 * 3600)).await;
    });
    let Event::Failed(problem) = page.ask(Command::Search { text: "ada".to_owned() }) else {
        panic!("not failed")
    };
    assert_eq!(problem.why, "A page may renew its sign-in for 24 hours at most, and these are over.");
    let told = page.told.borrow();
    let [Event::Arrived(Arrival::Told { step: None, failed: false, note })] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!(note.problem.remedy, "Press “Sign in again”. Nothing that was done is lost.");
    assert_eq!(offered(note), ("Sign in again", Some(ADA)));
}

#[test]
fn signing_out_forgets_and_leaves_nothing_to_keep() {
    let page = Page::new("/nothing");
    let redirect_uri = PAGE.to_owned();
    let Event::Failed(problem) = page.ask(Command::SignOut { redirect_uri: redirect_uri.clone() }) else {
        panic!("nobody was signed in")
    };
    assert_eq!(problem.what, "Nobody is signed in.");
    let trip = page.leaves(Step::Consent, None);
    assert!(matches!(page.signs_in(trip), Event::Arrived(Arrival::SignedIn { .. })));
    let Event::Leave { address, kept } = page.ask(Command::SignOut { redirect_uri }) else {
        panic!("not let go")
    };
    assert_eq!(kept.0, "");
    assert_eq!(
        address,
        format!(
            "http://127.0.0.1:9101/{}/oauth2/v2.0/logout?post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A8080%2F",
            page.world.tenant()
        )
    );
    let Event::Failed(problem) = page.ask(Command::Plan { tenant: page.world.tenant(), scope: Scope::All })
    else {
        panic!("still signed in")
    };
    assert_eq!(problem.what, "Nobody is signed in.");
}

#[test]
fn no_note_holds_a_secret_of_the_trip() {
    let page = Page::new("/oauth2/v2.0/token");
    let trip = page.leaves(Step::Register, Some(ADA));
    let record: serde_json::Value = serde_json::from_str(&trip.kept.0).unwrap();
    let secrets: Vec<String> = ["state", "nonce", "verifier"]
        .map(|name| record["SignIn"][name].as_str().unwrap().to_owned())
        .to_vec();
    page.env.answer([json(400, r#"{"error":"invalid_grant","error_description":"AADSTS70008: Late."}"#)]);
    let answer = person(&page.world, &trip.address, ADA, "accept");
    let code = answer.split(['=', '&']).nth(1).unwrap().to_owned();
    let (_, note) = refused(page.comes_back(trip, answer));
    let text = format!("{note:?}");
    for secret in secrets.iter().chain([&code]) {
        assert!(!text.contains(secret.as_str()), "{text}");
    }
}
