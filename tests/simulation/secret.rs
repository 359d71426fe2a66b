//! A secret for unattended runs, behind a page: it reaches the person before anything else is done, and wherever they are.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use engine::guide;
use engine::setup::{Setup, Step};
use engine::sheet::Form;
use engine::sync::journal::MemoryJournal;
use engine::worker::Worker;
use engine::worker::action::{Action, Rights};
use engine::worker::message::{Arrival, Command, Event, Hidden};
use futures::FutureExt as _;
use sample::Options;

use super::browser::{PAGE, person};
use super::desk::{makes, said};
use super::scripted::{Scripted, no_connection};
use super::worker::client_of;
use super::world::World;

const SHOWN: &str = "\"This is shown once";

/// Somebody with all roles made the application, and a test may answer when a secret is asked for.
struct Desk {
    world: World,
    env: Scripted,
    worker: Rc<Worker<Scripted, MemoryJournal>>,
}

impl Desk {
    fn ready() -> Self {
        let world = World::new(Options { people: 12, groups: 3, ..Options::default() });
        let env = Scripted::new(&world, "/addPassword");
        let worker = Rc::new(Worker::new(env.clone(), MemoryJournal::default()));
        let desk = Self { world, env, worker };
        desk.shows(Step::Register);
        let who = "grace@contoso.example";
        let sign_in =
            Action::SignIn { rights: Rights::Manage, step: Step::Register, account: who.to_owned() };
        let Event::Leave { address, kept } = desk.ask(Command::Do(sign_in.to_text())) else {
            panic!("not let go")
        };
        let answer = Hidden(person(&desk.world, &address, who, "accept"));
        let cloud = desk.world.cloud().clone();
        assert_eq!(desk.ask(Command::Arrive { cloud, answer, kept: Some(kept) }), Event::Spent);
        assert!(matches!(desk.ask(Command::Redeem), Event::Arrived(Arrival::SignedIn { .. })));
        let (text, _) = said(&desk.ask(makes()));
        assert!(text.contains("\"Made, and read back"), "{text}");
        desk
    }

    fn show(&self, step: Step) -> Command {
        let cloud = self.world.cloud().clone();
        let (tenant, client) = (Some(self.world.tenant()), Some(client_of(&self.world)));
        let setup = Setup { cloud: cloud.id.clone(), tenant, client, ..Setup::default() };
        Command::Show {
            step,
            page: Box::new(guide::Page { setup, cloud, base: PAGE.to_owned(), preset: false }),
        }
    }

    fn shows(&self, step: Step) -> Event {
        self.ask(self.show(step))
    }

    fn ask(&self, command: Command) -> Event {
        self.ask_with(command, |_| ())
    }

    fn ask_with(&self, command: Command, hear: impl Fn(&Event) + 'static) -> Event {
        let worker = Rc::clone(&self.worker);
        self.world.run(async move { worker.handle(command, None, &|event| hear(&event)).await })
    }

    /// Asks for a secret.
    fn secret(&self, hear: impl Fn(&Event) + 'static) -> Event {
        let life = ("secret-life".to_owned(), "90".to_owned());
        self.ask_with(Command::Fill { form: Form::Secret.id().to_owned(), values: vec![life] }, hear)
    }
}

#[test]
fn the_secret_is_handed_over_before_a_lost_one_is_looked_for() {
    let desk = Desk::ready();
    desk.env.answer([no_connection()]);
    let (world, shown) = (desk.world.clone(), Rc::new(Cell::new(None)));
    let first = Rc::clone(&shown);
    let (text, busy) = said(&desk.secret(move |event| {
        if let Event::Sheets { below, .. } = event
            && below.0.contains(SHOWN)
            && first.get().is_none()
        {
            first.set(Some(world.elapsed()));
        }
    }));
    let waited = desk.world.elapsed() - shown.get().expect("not shown on the way");
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
        let desk = Desk::ready();
        let (worker, show) = (Rc::clone(&desk.worker), other.map(|step| desk.show(step)));
        let away = Rc::new(RefCell::new(false));
        let (text, _) = said(&desk.secret(move |event| {
            if matches!(event, Event::Sheets { busy: true, .. }) && !away.replace(true) {
                for command in [Some(Command::Hide), show.clone()].into_iter().flatten() {
                    assert!(worker.handle(command, None, &|_| ()).now_or_never().is_some());
                }
            }
        }));
        assert!(text.contains(SHOWN), "{text}");
        // The other step is left as well, and it is still there.
        assert_eq!(desk.ask(Command::Hide), Event::Done);
        let (text, _) = said(&desk.shows(Step::Register));
        assert!(text.contains(SHOWN), "{other:?}: {text}");
        // Now it was shown.
        assert_eq!(desk.ask(Command::Hide), Event::Done);
        let (text, _) = said(&desk.shows(Step::Register));
        assert!(!text.contains(SHOWN), "{other:?}: {text}");
    }
}
