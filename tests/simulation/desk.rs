//! Work on registrations, command by command: one thing at a time, stopped by its own button only, and nothing shown twice.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use engine::entra::graph::Graph;
use engine::entra::ids::{ClientId, Guid, TenantId};
use engine::entra::registration::leftovers;
use engine::guide;
use engine::setup::{Setup, Step};
use engine::sheet::Form;
use engine::worker::action::{Action, Rights};
use engine::worker::message::{Arrival, Command, Event, Hidden};
use futures::FutureExt as _;

use super::browser::{PAGE, person};
use super::scripted::given;
use super::worker::Page;

pub(crate) fn show(page: &Page, step: Step, client: &str) -> Command {
    let cloud = page.world.cloud().clone();
    let (tenant, client) = (Some(page.world.tenant()), Some(ClientId(Guid::parse(client).unwrap())));
    let setup = Setup { cloud: cloud.id.clone(), tenant, client, ..Setup::default() };
    Command::Show { step, page: Box::new(guide::Page { setup, cloud, base: PAGE.to_owned(), preset: false }) }
}

pub(crate) fn shows(page: &Page, step: Step) -> Event {
    page.ask(&show(page, step, page.application().client.as_str()))
}

/// Somebody with all roles is signed in with the rights for this work.
pub(crate) fn manages() -> Page {
    let page = Page::of(12, 3);
    signs_in_to_manage(&page);
    page
}

pub(crate) fn signs_in_to_manage(page: &Page) {
    let who = "grace@contoso.example";
    shows(page, Step::Register);
    let sign_in = Action::SignIn { rights: Rights::Manage, step: Step::Register, account: who.to_owned() };
    let Event::Leave { address, kept } = page.ask(&Command::Do(sign_in.to_text())) else {
        panic!("not let go")
    };
    let answer = Hidden(person(&page.world, &address, who, "accept"));
    let cloud = page.world.cloud().clone();
    assert_eq!(page.ask(&Command::Arrive { cloud, answer, kept: Some(kept) }), Event::Spent);
    assert!(matches!(page.ask(&Command::Redeem), Event::Arrived(Arrival::SignedIn { .. })));
}

/// What Graph answers next when it is asked for the page's application by its client id.
fn graph_says(page: &Page, answers: &[(u16, &str)]) {
    page.env.at(&format!("(appId='{}')", page.application().client));
    page.env.answer(answers.iter().map(|(status, body)| given(*status, None, body)));
}

const GONE: (u16, &str) = (404, r#"{"error":{"code":"Request_ResourceNotFound"}}"#);

#[test]
fn a_registration_of_another_tenant_is_said_to_be_one() {
    let page = manages();
    let look = Command::Do(Action::Look.to_text());
    let theirs = r#"{"id":"00000000-0000-0000-0000-00000000000e",
        "appOwnerOrganizationId":"f8cdef31-a31e-4b4a-93e4-5f571e91255a"}"#;
    graph_says(&page, &[GONE, (200, theirs)]);
    let (text, _) = said(&page.ask(&look));
    assert!(text.contains("\"This registration is another tenant’s"), "{text}");
    assert!(text.contains("\"It stands in the tenant f8cdef31-a31e-4b4a-93e4-5f571e91255a and"), "{text}");
    graph_says(&page, &[GONE, GONE]);
    let (text, _) = said(&page.ask(&look));
    assert!(text.contains("\"This tenant does not show the registration"), "{text}");
    let (text, _) = said(&page.ask(&look));
    assert!(text.contains("\"To mend at “scim-setup”"), "{text}");
}

#[test]
fn nothing_is_done_for_an_application_that_nobody_signed_in_with() {
    let page = manages();
    let before = page.world.requests();
    let other = "00000000-0000-0000-0000-00000000000d";
    let elsewhere = "00000000-0000-0000-0000-00000000000b";
    for (client, tenant) in [(other, None), (page.application().client.as_str(), Some(elsewhere))] {
        let mut shown = show(&page, Step::Register, client);
        if let (Command::Show { page, .. }, Some(tenant)) = (&mut shown, tenant) {
            page.setup.tenant = Some(TenantId(Guid::parse(tenant).unwrap()));
        }
        page.ask(&shown);
        for action in [Action::Look, Action::List, Action::Grant(vec!["User.Read".to_owned()])] {
            let Event::Failed(problem) = page.ask(&Command::Do(action.to_text())) else {
                panic!("done for {client} of {tenant:?}: {action:?}")
            };
            assert_eq!(problem.what, "You are signed in for another application.");
        }
    }
    assert_eq!(page.world.requests(), before, "something was asked");
}

#[test]
fn where_there_is_no_service_principal_nothing_is_said_to_have_been_waited_for() {
    let page = manages();
    shows(&page, Step::Consent);
    graph_says(&page, &[GONE]);
    let before = page.world.elapsed();
    let (text, _) = said(&page.ask(&Command::Do(Action::Standing.to_text())));
    assert!(page.world.elapsed() - before < Duration::from_secs(10));
    assert!(text.contains("\"This tenant does not show a service principal of the application."), "{text}");
    assert!(!text.contains("has taken three"), "{text}");
}

pub(crate) fn makes() -> Command {
    let roles = vec!["User.Read.All".to_owned()];
    Command::Do(Action::Make { name: "Nightly".to_owned(), roles, adopt: None }.to_text())
}

/// What a step says now, and whether work is under way.
pub(crate) fn said(event: &Event) -> (String, bool) {
    match event {
        Event::Sheets { above, below, busy, .. } => (format!("{}{}", above.0, below.0), *busy),
        other => panic!("no sheets: {other:?}"),
    }
}

#[test]
fn what_is_being_done_is_not_cut_off_by_anything_else() {
    let page = Rc::new(manages());
    let refused = Rc::new(RefCell::new(Vec::new()));
    let (list, inside) = (Rc::clone(&refused), Rc::clone(&page));
    let hear = move |event: &Event| {
        if matches!(event, Event::Sheets { busy: true, .. }) && list.borrow().is_empty() {
            let others =
                [Action::List, Action::Look, Action::Standing, Action::Preflight].map(|it| it.to_text());
            for command in others.map(Command::Do).into_iter().chain([Command::Forget]) {
                list.borrow_mut().push(inside.ask_with(&command, None, |_| ()).now_or_never());
            }
            // Pressed twice it is done once.
            let twice = inside.ask_with(&makes(), None, |_| ()).now_or_never();
            assert_eq!(twice, Some(Event::Superseded));
        }
    };
    let end = page.world.run(page.ask_with(&makes(), None, hear));
    let (text, busy) = said(&end);
    assert!(text.contains("\"Made, and read back") && !busy, "{text}");
    assert_eq!(refused.borrow().len(), 5);
    for end in refused.borrow().iter() {
        let Some(Event::Failed(problem)) = end else { panic!("not refused: {end:?}") };
        assert_eq!(problem.what, "Not now");
    }
    // Afterwards all of it works.
    assert!(matches!(page.ask(&Command::Do(Action::List.to_text())), Event::Sheets { busy: false, .. }));
    assert_eq!(page.ask(&Command::Forget), Event::Done);
}

#[test]
fn stopping_stops_whatever_was_pressed_before() {
    let page = Rc::new(manages());
    shows(&page, Step::Consent);
    let stop = Command::Do(Action::Stop.to_text());
    // Nothing is under way.
    assert_eq!(page.ask(&stop), Event::Done);
    let (inside, stopped) = (Rc::clone(&page), Rc::new(RefCell::new(None)));
    let told = Rc::clone(&stopped);
    let hear = move |event: &Event| {
        if matches!(event, Event::Sheets { busy: true, .. }) && told.borrow().is_none() {
            *told.borrow_mut() = Some(inside.ask_with(&stop, None, |_| ()).now_or_never());
        }
    };
    let began = page.world.elapsed();
    page.world.run(page.ask_with(&Command::Prove, None, hear));
    assert_eq!(*stopped.borrow(), Some(Some(Event::Done)));
    let took = page.world.elapsed() - began;
    let again = page.world.elapsed();
    page.ask(&Command::Prove);
    assert!(took < page.world.elapsed() - again, "it was not cut short: {took:?}");
}

#[test]
fn who_stops_reads_what_that_means_and_goes_on_without_a_second_one() {
    let page = Rc::new(manages());
    let inside = Rc::clone(&page);
    let told = Rc::new(RefCell::new(0));
    let hear = move |event: &Event| {
        *told.borrow_mut() += 1;
        // Not at the very first words: something is on its way by then.
        if matches!(event, Event::Sheets { busy: true, .. }) && *told.borrow() == 4 {
            let stop = Command::Do(Action::Stop.to_text());
            assert_eq!(inside.ask_with(&stop, None, |_| ()).now_or_never(), Some(Event::Done));
        }
    };
    let (text, busy) = said(&page.world.run(page.ask_with(&makes(), None, hear)));
    assert!(text.contains("\"Stopped while trying to make the application \"Nightly\".") && !busy, "{text}");
    let again = page.ask(&makes());
    let (text, _) = said(&again);
    let used = |text: &str| text.contains("\"Made, and read back") || text.contains("\"There is one already");
    assert!(used(&text), "{text}");
    let world = page.world.clone();
    let named = page.world.run(async move {
        let (cloud, tokens) = (world.cloud().clone(), world.tokens());
        let graph = Graph::new(&world, &cloud, &tokens);
        let found = leftovers(&graph).await.unwrap();
        found.iter().filter(|it| it.application.display_name == "Nightly").count()
    });
    assert_eq!(named, 1);
}

#[test]
fn a_fresh_secret_is_shown_while_its_step_is() {
    let page = manages();
    page.ask(&makes());
    let life = ("secret-life".to_owned(), "90".to_owned());
    let fill = Command::Fill { form: Form::Secret.id().to_owned(), values: vec![life] };
    let (text, _) = said(&page.ask(&fill));
    assert!(text.contains("\"This is shown once"), "{text}");
    assert_eq!(page.ask(&Command::Hide), Event::Done);
    let (text, _) = said(&shows(&page, Step::Register));
    assert!(!text.contains("\"This is shown once"), "{text}");
}
