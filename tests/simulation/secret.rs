//! A secret for unattended runs, behind a page: it reaches the person before anything else is done, and wherever they are.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use engine::setup::Step;
use engine::sheet::{END, Form};
use engine::worker::action::Action;
use engine::worker::message::{Command, Event};
use futures::FutureExt as _;
use sample::Options;

use super::desk::{makes, manages, said, show, shows, signs_in_to_manage};
use super::scripted::{given, no_connection};
use super::worker::Page;

const SHOWN: &str = "\"This is shown once";

/// Somebody with all roles made the application, and a test may answer when a secret is asked for.
fn ready() -> Rc<Page> {
    let page = manages();
    page.env.at("/addPassword");
    let (text, _) = said(&page.ask(&makes()));
    assert!(text.contains("\"Made, and read back"), "{text}");
    Rc::new(page)
}

/// Asks for a secret.
fn secret(page: &Page, hear: impl Fn(&Event) + 'static) -> Event {
    let life = ("secret-life".to_owned(), "90".to_owned());
    let fill = Command::Fill { form: Form::Secret.id().to_owned(), values: vec![life] };
    page.world.run(page.ask_with(&fill, None, hear))
}

#[test]
fn the_secret_is_handed_over_before_a_lost_one_is_looked_for() {
    let page = ready();
    page.env.answer([no_connection()]);
    let (world, shown) = (page.world.clone(), Rc::new(Cell::new(None)));
    let first = Rc::clone(&shown);
    let (text, busy) = said(&secret(&page, move |event| {
        if let Event::Sheets { below, .. } = event
            && below.0.contains(SHOWN)
            && first.get().is_none()
        {
            first.set(Some(world.elapsed()));
        }
    }));
    let waited = page.world.elapsed() - shown.get().expect("not shown on the way");
    assert!(waited >= Duration::from_secs(60), "{waited:?}");
    assert!(text.contains(SHOWN) && !busy, "{text}");
    // Nobody knows whether it was made: it is named, with the place where it would stand.
    for part in [
        "\"“Nightly” may have a secret that nobody knows: scim-setup ",
        "ApplicationMenuBlade/~/Credentials/appId/",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

/// What is said while a fresh secret is looked for.
fn words(event: &Event) -> Option<String> {
    const LOOKING: &str = "Looking whether the directory shows the secret yet";
    let Event::Sheets { below, .. } = event else { return None };
    let (_, rest) = below.0.split_once(LOOKING)?;
    assert!(below.0.contains(SHOWN), "it is handed over before it is looked for: {}", below.0);
    rest.split(END).next().map(str::to_owned)
}

/// Makes a secret where changes take so many seconds to show. Brings what the step says in the end, and what was said while it was
/// looked for.
fn looked_for(seconds: u64, hear: impl Fn(&Page, usize) + 'static) -> (Rc<Page>, String, Vec<String>) {
    let replication = Duration::from_secs(seconds);
    let page = Page::with(Options { people: 12, groups: 3, replication, ..Options::default() });
    signs_in_to_manage(&page);
    page.ask(&makes());
    let page = Rc::new(page);
    let heard = Rc::new(RefCell::new(Vec::new()));
    let (inside, list) = (Rc::clone(&page), Rc::clone(&heard));
    let (text, busy) = said(&secret(&page, move |event| {
        let Some(words) = words(event) else { return };
        list.borrow_mut().push(words);
        let count = list.borrow().len();
        hear(&inside, count);
    }));
    assert!(!busy, "{text}");
    let heard = heard.take();
    (page, text, heard)
}

#[test]
fn a_fresh_secret_is_looked_for_until_the_directory_shows_it() {
    let (_, text, heard) = looked_for(12, |_, _| ());
    assert!(text.contains(SHOWN) && text.contains("The directory shows it. If a sign-in"), "{text}");
    let attempts = [
        "…",
        ": attempt 2, 0 of at most 180 seconds",
        ": attempt 3, 2 of at most 180 seconds",
        ": attempt 4, 6 of at most 180 seconds",
    ];
    assert_eq!(heard, attempts);
}

#[test]
fn a_secret_that_does_not_show_is_handed_over_all_the_same() {
    // Copies show the application without it for as long as is waited; or it may not be read any more.
    let bare =
        r#"{"id":"00000000-0000-0000-0000-00000000000e","appId":"00000000-0000-0000-0000-00000000000f"}"#;
    for (status, body, looks) in [(200, bare, 14), (403, "{}", 1)] {
        let (_, text, heard) = looked_for(0, move |page, count| {
            if count == 1 {
                page.env.at("')");
                page.env.answer((0..30).map(|_| given(status, None, body)));
            }
        });
        assert!(text.contains(SHOWN) && text.contains("The directory did not show it yet: until"), "{text}");
        assert!(!text.contains("\"Could not"), "{text}");
        assert_eq!(heard.len(), looks, "{heard:?}");
    }
}

#[test]
fn whoever_has_stored_it_or_stops_waiting_is_not_kept() {
    for (pressed, still_shown) in [(Action::Stored, false), (Action::Stop, true)] {
        let (page, text, heard) = looked_for(60, move |page, count| {
            if count == 2 {
                let press = Command::Do(pressed.to_text());
                assert!(page.ask_with(&press, None, |_| ()).now_or_never().is_some());
            }
        });
        assert_eq!(text.contains(SHOWN), still_shown, "{text}");
        assert_eq!(heard.len(), 2, "{heard:?}");
        assert!(matches!(page.ask(&Command::Do(Action::List.to_text())), Event::Sheets { busy: false, .. }));
    }
}

#[test]
fn a_secret_that_comes_while_another_step_is_shown_waits_for_its_own() {
    for other in [Some(Step::Consent), None] {
        let page = ready();
        let client = page.application().client;
        let (inside, shown) = (Rc::clone(&page), other.map(|step| show(&page, step, client.as_str())));
        let away = Rc::new(RefCell::new(false));
        let (text, _) = said(&secret(&page, move |event| {
            if matches!(event, Event::Sheets { busy: true, .. }) && !away.replace(true) {
                for command in [Some(Command::Hide), shown.clone()].into_iter().flatten() {
                    assert!(inside.ask_with(&command, None, |_| ()).now_or_never().is_some());
                }
            }
        }));
        assert!(text.contains(SHOWN), "{text}");
        // The other step is left as well, and it is still there.
        assert_eq!(page.ask(&Command::Hide), Event::Done);
        let (text, _) = said(&shows(&page, Step::Register));
        assert!(text.contains(SHOWN), "{other:?}: {text}");
        // Now it was shown.
        assert_eq!(page.ask(&Command::Hide), Event::Done);
        let (text, _) = said(&shows(&page, Step::Register));
        assert!(!text.contains(SHOWN), "{other:?}: {text}");
    }
}

#[test]
fn several_secrets_are_told_where_it_is_listed() {
    let page = ready();
    let list = || said(&page.ask(&Command::Do(Action::List.to_text()))).0;
    secret(&page, |_| ());
    page.ask(&Command::Do(Action::Stored.to_text()));
    assert!(list().contains("\"“Nightly”, for runs on a schedule: "), "{}", list());
    secret(&page, |_| ());
    let told = "\"“Nightly”, for runs on a schedule; holds 2 secrets, of which some may serve nobody: ";
    assert!(list().contains(told), "{}", list());
}
