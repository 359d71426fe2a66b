//! Consent at Microsoft's own page and the wait for it, against services that fail and lag, by a person who presses *Stop* or closes the
//! page at any moment: whoever checks again gets a token that holds everything.

use std::rc::Rc;
use std::time::Duration;

use engine::env::Env as _;
use engine::setup::Step;
use engine::worker::action::Action;
use engine::worker::message::{Arrival, Command, Event, Hidden};
use futures::future::{Either, select};
use sample::Options;

use super::browser::person;
use super::consent::consents;
use super::desk::{said, shows};
use super::seeds::each_seed;
use super::visit::{moment, options};
use super::worker::Page;

/// Seeds of a test run; `CONSENT_SEEDS` asks for more.
const SEEDS: u64 = 10_000;

/// Somebody without a role signs in with what signing in needs; no, where a fault ends it.
fn gets_in(page: &Page) -> bool {
    shows(page, Step::Register);
    let command = Command::SignIn { application: page.application(), step: Step::Register, account: None };
    let Event::Leave { address, kept } = page.ask(&command) else { return false };
    comes_back(page, &address, kept)
}

fn comes_back(page: &Page, address: &str, kept: Hidden) -> bool {
    let answer = Hidden(person(&page.world, address, "uma@contoso.example", "accept"));
    let arrive = Command::Arrive { cloud: page.world.cloud().clone(), answer, kept: Some(kept) };
    let back = page.ask(&arrive) == Event::Spent
        && matches!(page.ask(&Command::Redeem), Event::Arrived(Arrival::SignedIn { .. }));
    shows(page, Step::Consent);
    back
}

/// Has the page check again, until patience is over: then *Stop* is pressed, or the page is closed and nothing comes of it.
fn checks(page: &Rc<Page>, patience: Option<Duration>, stops: bool) -> Option<Event> {
    let (inside, world) = (Rc::clone(page), page.world.clone());
    page.world.run(async move {
        let work = Box::pin(inside.ask_with(&Command::Prove, None, |_| ()));
        let Some(patience) = patience else { return Some(work.await) };
        match select(work, Box::pin(world.sleep(patience))).await {
            Either::Left((end, _)) => Some(end),
            Either::Right((_, work)) if stops => {
                inside.ask_with(&Command::Do(Action::Stop.to_text()), None, |_| ()).await;
                Some(work.await)
            }
            Either::Right(_) => None,
        }
    })
}

fn until_it_is_held(seed: u64) {
    // One of fifty is heard of as late as the wait lasts, or later.
    let lag = if seed.is_multiple_of(50) { 150 + seed % 60 } else { seed % 7 * 3 };
    let options = Options { replication: Duration::from_secs(lag), ..options(seed) };
    let mut page = Rc::new(Page::with(options));
    assert!((0..12).any(|_| gets_in(&page)), "seed {seed}: nobody gets in");
    consents(&page);
    let mut rounds = (0..3).map(|round| Some(moment(seed, round))).chain([None; 12]);
    let held = rounds.any(|patience| match checks(&page, patience, seed % 2 == 1) {
        None => {
            page = Rc::new(Page::on(&page.world, "/oauth2/v2.0/token"));
            assert!((0..12).any(|_| gets_in(&page)), "seed {seed}: nobody gets in again");
            false
        }
        Some(Event::Leave { address, kept }) => {
            comes_back(&page, &address, kept);
            false
        }
        Some(end) => said(&end).0.contains("\"A fresh token holds everything"),
    });
    assert!(held, "seed {seed}: never held");
}

#[test]
fn whoever_checks_again_gets_a_token_that_holds_everything() {
    each_seed("CONSENT_SEEDS", SEEDS, until_it_is_held);
}
