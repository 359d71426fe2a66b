//! A secret for unattended runs, behind a page: it reaches the person before anything else is done, and wherever they are.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use engine::setup::Step;
use engine::sheet::Form;
use engine::worker::message::{Command, Event};
use futures::FutureExt as _;

use super::desk::{makes, manages, said, show, shows};
use super::scripted::no_connection;
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
