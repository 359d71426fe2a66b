//! Work on registrations, command by command: one thing at a time, stopped by its own button only, and nothing shown twice.

use std::cell::RefCell;
use std::rc::Rc;

use engine::entra::graph::Graph;
use engine::entra::registration::leftovers;
use engine::guide;
use engine::setup::{Setup, Step};
use engine::sheet::Form;
use engine::worker::action::{Action, Rights};
use engine::worker::message::{Arrival, Command, Event, Hidden};
use futures::FutureExt as _;

use super::browser::{PAGE, person};
use super::worker::Page;

fn shows(page: &Page, step: Step) -> Event {
    let cloud = page.world.cloud().clone();
    let application = page.application();
    let setup = Setup {
        cloud: cloud.id.clone(),
        tenant: Some(application.tenant),
        client: Some(application.client),
        ..Setup::default()
    };
    let told = guide::Page { setup, cloud, base: PAGE.to_owned(), preset: false };
    page.ask(&Command::Show { step, page: Box::new(told) })
}

/// Somebody with all roles is signed in with the rights for this work.
fn manages() -> Page {
    let page = Page::of(12, 3);
    let who = "grace@contoso.example";
    shows(&page, Step::Register);
    let sign_in = Action::SignIn { rights: Rights::Manage, step: Step::Register, account: who.to_owned() };
    let Event::Leave { address, kept } = page.ask(&Command::Do(sign_in.to_text())) else {
        panic!("not let go")
    };
    let answer = Hidden(person(&page.world, &address, who, "accept"));
    let cloud = page.world.cloud().clone();
    assert_eq!(page.ask(&Command::Arrive { cloud, answer, kept: Some(kept) }), Event::Spent);
    assert!(matches!(page.ask(&Command::Redeem), Event::Arrived(Arrival::SignedIn { .. })));
    page
}

fn makes() -> Command {
    let roles = vec!["User.Read.All".to_owned()];
    Command::Do(Action::Make { name: "Nightly".to_owned(), roles, adopt: None }.to_text())
}

/// What a step says now, and whether work is under way.
fn said(event: &Event) -> (String, bool) {
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
            for command in others.map(Command::Do).into_iter().chain([makes(), Command::Forget]) {
                list.borrow_mut().push(inside.ask_with(&command, None, |_| ()).now_or_never());
            }
        }
    };
    let end = page.world.run(page.ask_with(&makes(), None, hear));
    let (text, busy) = said(&end);
    assert!(text.contains("\"Made, and read back") && !busy, "{text}");
    assert_eq!(refused.borrow().len(), 6);
    for end in refused.borrow().iter() {
        let Some(Event::Failed(problem)) = end else { panic!("not refused: {end:?}") };
        assert_eq!(problem.what, "Not now");
    }
    // Afterwards all of it works.
    assert!(matches!(page.ask(&Command::Do(Action::List.to_text())), Event::Sheets { busy: false, .. }));
    assert_eq!(page.ask(&Command::Forget), Event::Done);
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
    assert!(text.contains("\"The wait was stopped.") && !busy, "{text}");
    let again = page.ask(&makes());
    let (text, _) = said(&again);
    let used = |text: &str| text.contains("\"Made, and read back") || text.contains("\"There is one already");
    assert!(used(&text), "{text}");
    let world = page.world.clone();
    let named = page.world.run(async move {
        let (cloud, tokens) = (world.cloud().clone(), world.tokens());
        let graph = Graph { env: &world, cloud: &cloud, tokens: &tokens };
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
