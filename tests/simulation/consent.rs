//! After a consent: the page asks for fresh tokens until one holds it, shows its attempts, can be stopped, and leaves only where asking
//! is refused.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use engine::entra::consent::{CONNECTOR, DIRECT_SYNC, admin_consent_url};
use engine::env::Env as _;
use engine::setup::{Step, Way};
use engine::sheet::END;
use engine::worker::action::Action;
use engine::worker::message::{Arrival, Command, Event, Hidden};
use futures::FutureExt as _;
use sample::Options;

use super::browser::{PAGE, person};
use super::desk::{said, show, shows, signs_in_to_manage};
use super::scripted::{given, no_connection};
use super::worker::Page;

const ALL: [&str; 3] = ["GroupMember.Read.All", "User.Read", "User.Read.All"];

/// A tenant whose sign-in service hears of a consent so late.
fn tenant(lag: u64) -> Rc<Page> {
    let replication = Duration::from_secs(lag);
    Rc::new(Page::with(Options { people: 12, groups: 3, replication, ..Options::default() }))
}

/// Somebody signs in with what signing in needs, and comes to the step.
fn signs_in(page: &Page, who: &str) {
    shows(page, Step::Register);
    let command = Command::SignIn { application: page.application(), step: Step::Register, account: None };
    let Event::Leave { address, kept } = page.ask(&command) else { panic!("not let go") };
    let answer = Hidden(person(&page.world, &address, who, "accept"));
    let cloud = page.world.cloud().clone();
    assert_eq!(page.ask(&Command::Arrive { cloud, answer, kept: Some(kept) }), Event::Spent);
    assert!(matches!(page.ask(&Command::Redeem), Event::Arrived(Arrival::SignedIn { .. })));
    shows(page, Step::Consent);
}

/// A colleague consents for everybody, at another machine.
pub(super) fn consents(page: &Page) {
    let scopes: Vec<&str> = DIRECT_SYNC.iter().map(|scope| scope.name).collect();
    let (cloud, client) = (page.world.cloud(), page.application().client);
    let link = admin_consent_url(cloud, &page.world.tenant(), &client, PAGE, &scopes, "colleague");
    let answer = person(&page.world, &link, "grace@contoso.example", "accept");
    assert!(answer.contains("admin_consent=True"), "{answer}");
}

/// What happened while the page waited.
#[derive(Default)]
struct Seen {
    /// The words of what was under way, each once.
    working: Vec<String>,
    /// The scopes of each fresh token.
    granted: Vec<Vec<String>>,
}

/// Has the page check again. `stop_at` presses the button at that many attempts.
fn checks(page: &Rc<Page>, stop_at: Option<&'static str>) -> (Event, Seen) {
    let seen = Rc::new(RefCell::new(Seen::default()));
    let (list, inside) = (Rc::clone(&seen), Rc::clone(page));
    let hear = move |event: &Event| match event {
        Event::Sheets { busy: true, .. } => {
            let (text, _) = said(event);
            let words = text.split('"').find(|part| part.starts_with("Asking for a token"));
            let words = words.unwrap().split(END).next().unwrap().to_owned();
            if stop_at.is_some_and(|attempt| words.contains(attempt)) {
                let stop = Command::Do(Action::Stop.to_text());
                assert_eq!(inside.ask_with(&stop, None, |_| ()).now_or_never(), Some(Event::Done));
            }
            list.borrow_mut().working.push(words);
        }
        Event::Granted(scopes) => list.borrow_mut().granted.push(scopes.clone()),
        other => panic!("not expected: {other:?}"),
    };
    let end = page.world.run(page.ask_with(&Command::Prove, None, hear));
    (end, seen.take())
}

#[test]
fn a_token_is_waited_for_while_the_consent_is_on_its_way() {
    let page = tenant(20);
    signs_in(&page, "uma@contoso.example");
    consents(&page);
    let (end, seen) = checks(&page, None);
    let (text, busy) = said(&end);
    assert!(text.contains("\"A fresh token holds everything") && !busy, "{text}");
    assert_eq!(text.matches("\"granted").count(), 3, "{text}");
    let [granted] = seen.granted.as_slice() else { panic!("{:?}", seen.granted) };
    assert!(ALL.iter().all(|name| granted.iter().any(|scope| scope == name)), "{granted:?}");
    // At once, then after 2, 4, 8 and 15 seconds.
    let words: Vec<&str> = seen.working.iter().map(String::as_str).collect();
    assert_eq!(
        words,
        [
            "Asking for a token that holds every permission…",
            "Asking for a token that holds every permission: attempt 2, 0 of at most 180 seconds",
            "Asking for a token that holds every permission: attempt 3, 2 of at most 180 seconds",
            "Asking for a token that holds every permission: attempt 4, 6 of at most 180 seconds",
            "Asking for a token that holds every permission: attempt 5, 14 of at most 180 seconds",
        ]
    );
    // The fresh token reads what the first one could not.
    assert!(matches!(page.ask(&Command::Search { text: "ada".to_owned() }), Event::Found { .. }));
    // Asked once more there is nothing to wait for.
    let (end, seen) = checks(&page, None);
    assert!(said(&end).0.contains("\"A fresh token holds everything"));
    assert_eq!((seen.working.len(), seen.granted.len()), (1, 1));
}

#[test]
fn where_nobody_consents_the_wait_ends_and_the_session_does_not() {
    let page = tenant(2);
    signs_in(&page, "uma@contoso.example");
    let before = page.world.elapsed();
    let (end, seen) = checks(&page, None);
    let (text, busy) = said(&end);
    assert!(text.contains("\"No fresh token holds everything yet") && !busy, "{text}");
    assert_eq!(text.matches("\"missing").count(), 2, "{text}");
    let waited = page.world.elapsed() - before;
    assert!((160..=190).contains(&waited.as_secs()), "{waited:?}");
    assert!(seen.working.len() > 10 && seen.granted.is_empty(), "{:?}", seen.working);
    // A refusal of more costs nothing of what there was.
    assert_eq!(page.ask(&Command::Tenant), Event::Named(Some("Contoso".to_owned())));
}

#[test]
fn a_person_can_stop_the_wait_and_begin_it_again() {
    let page = tenant(60);
    signs_in(&page, "uma@contoso.example");
    consents(&page);
    let (end, seen) = checks(&page, Some("attempt 3"));
    let (text, busy) = said(&end);
    assert!(!busy && !text.contains("A fresh token"), "{text}");
    assert_eq!(seen.working.len(), 3);
    let (end, _) = checks(&page, None);
    assert!(said(&end).0.contains("\"A fresh token holds everything"));
}

#[test]
fn what_passes_is_waited_out_and_a_second_look_meanwhile_is_none() {
    let page = tenant(20);
    signs_in(&page, "uma@contoso.example");
    consents(&page);
    page.env.answer((0..4).map(|_| no_connection()));
    let inside = Rc::clone(&page);
    let again = Rc::new(RefCell::new(Vec::new()));
    let list = Rc::clone(&again);
    let hear = move |event: &Event| {
        if matches!(event, Event::Sheets { busy: true, .. }) {
            list.borrow_mut().push(inside.ask_with(&Command::Prove, None, |_| ()).now_or_never());
        }
    };
    let end = page.world.run(page.ask_with(&Command::Prove, None, hear));
    assert!(said(&end).0.contains("\"A fresh token holds everything"));
    assert!(!again.borrow().is_empty());
    assert!(again.borrow().iter().all(|end| *end == Some(Event::Done)), "{:?}", again.borrow());
}

#[test]
fn only_where_asking_is_refused_the_browser_leaves() {
    let page = tenant(2);
    signs_in(&page, "uma@contoso.example");
    let refusal = r#"{"error":"interaction_required","error_description":"AADSTS50076: More.","error_codes":[50076],
        "claims":"{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}"}"#;
    page.env.answer([given(400, None, refusal)]);
    let (end, seen) = checks(&page, None);
    let Event::Leave { address, .. } = end else { panic!("stays: {end:?}") };
    assert_eq!(seen.working.len(), 1);
    for part in ["GroupMember.Read.All", "login_hint=uma%40contoso.example", "claims=%7B%22access_token%22"] {
        assert!(address.contains(part), "{part}: {address}");
    }
    // Nothing is under way any more.
    assert!(matches!(shows(&page, Step::Consent), Event::Sheets { busy: false, .. }));
    // Who is not signed in has to be, first.
    let nobody = tenant(2);
    shows(&nobody, Step::Consent);
    let (end, _) = checks(&nobody, None);
    assert!(matches!(end, Event::Leave { .. }), "{end:?}");
}

#[test]
fn what_is_granted_through_graph_is_waited_for_too() {
    let page = tenant(12);
    signs_in_to_manage(&page);
    // The other way is chosen after the sign-in: its token does not hold what that way needs.
    let Command::Show { step, page: mut told } =
        show(&page, Step::Consent, page.application().client.as_str())
    else {
        panic!("nothing to show")
    };
    told.setup.way = Some(Way::Connector);
    page.ask(&Command::Show { step, page: told });
    let scopes: Vec<String> = CONNECTOR.iter().map(|scope| scope.name.to_owned()).collect();
    let (text, _) = said(&page.ask(&Command::Do(Action::Grant(scopes.clone()).to_text())));
    assert!(text.contains("\"Granted, and read back"), "{text}");
    assert!(text.contains("\"It is on record, and a fresh token holds it."), "{text}");
    // Granted once more, there is nothing to wait for.
    let (text, _) = said(&page.ask(&Command::Do(Action::Grant(scopes).to_text())));
    assert!(text.contains("\"It is on record, and the token in hand holds it."), "{text}");
}

/// What the button does that takes back all that is on record now.
fn take_back(page: &Page) -> Command {
    let inner = page.env.clone();
    page.world.run(async move { inner.sleep(Duration::from_secs(60)).await });
    let (text, _) = said(&page.ask(&Command::Do(Action::Standing.to_text())));
    let action = text.split(END).find_map(|stroke| Some(stroke.split_once("{\"TakeBack\"")?.1.to_owned()));
    Command::Do(format!("{{\"TakeBack\"{}", action.unwrap_or_else(|| panic!("no button: {text}"))))
}

#[test]
fn only_the_consent_that_was_shown_is_taken_back() {
    let page = tenant(2);
    signs_in_to_manage(&page);
    shows(&page, Step::Consent);
    let shown = take_back(&page);
    // Somebody consents for themselves meanwhile.
    let command = Command::SignIn { application: page.application(), step: Step::Register, account: None };
    let Event::Leave { address, .. } = page.ask(&command) else { panic!("not let go") };
    let address = address.replace("scope=", "scope=User.ReadBasic.All%20");
    person(&page.world, &address, "uma@contoso.example", "accept");
    let inner = page.env.clone();
    page.world.run(async move { inner.sleep(Duration::from_secs(60)).await });
    let (text, _) = said(&page.ask(&shown));
    assert!(text.contains("\"There is more on record than was shown"), "{text}");
    assert!(text.contains("User.ReadBasic.All") && !text.contains("\"Taken back"), "{text}");
    let (text, _) = said(&page.ask(&take_back(&page)));
    assert!(text.contains("\"Taken back"), "{text}");
}

#[test]
fn after_all_consent_was_taken_back_it_can_be_granted_again() {
    let page = tenant(3);
    signs_in_to_manage(&page);
    shows(&page, Step::Consent);
    let (text, _) = said(&page.ask(&take_back(&page)));
    assert!(text.contains("\"Taken back"), "{text}");
    let inner = page.env.clone();
    page.world.run(async move { inner.sleep(Duration::from_secs(60)).await });
    // Nothing is on record, not even what signing in asks for: the grant brings that back, or no token would be renewed.
    let scopes: Vec<String> = DIRECT_SYNC.iter().map(|scope| scope.name.to_owned()).collect();
    let (text, _) = said(&page.ask(&Command::Do(Action::Grant(scopes).to_text())));
    assert!(text.contains("\"Granted, and read back"), "{text}");
    let (text, _) = said(&page.ask(&Command::Prove));
    assert!(text.contains("\"A fresh token holds everything"), "{text}");
    let (text, _) = said(&page.ask(&Command::Do(Action::Standing.to_text())));
    let on_record = "On record, for the tenant or for single people: GroupMember.Read.All, User.Read, User.Read.All, offline_access, \
                     openid, profile.";
    assert!(text.contains(on_record), "{text}");
}
