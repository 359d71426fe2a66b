//! The trips to the sign-in service and back.

use engine::problem::Problem;
use engine::setup::Step;
use engine::worker::message::{Application, Arrival, Command, Event, Hidden};
use leptos::prelude::*;

use crate::browser::{navigation, storage};
use crate::parts::Tone;
use crate::state::App;

/// The application that signs in, once both its ids are there.
pub(crate) fn application(app: App) -> Option<Application> {
    let cloud = app.cloud();
    app.setup.with(|setup| {
        let (tenant, client) = (setup.tenant.clone()?, setup.client.clone()?);
        Some(Application { cloud, tenant, client, redirect_uri: navigation::base() })
    })
}

/// Leaves to sign in, at the step to come back to. `account` goes on with a known account without asking.
pub(crate) fn sign_in(app: App, step: Step, account: Option<String>) {
    let Some(application) = untrack(|| application(app)) else {
        app.go(Step::Register);
        return;
    };
    leave(app, step, Command::SignIn { application, step, account });
}

/// Leaves for the page where an administrator consents.
pub(crate) fn ask_consent(app: App) {
    let Some(application) = untrack(|| application(app)) else {
        app.go(Step::Register);
        return;
    };
    let account = untrack(|| app.account()).unwrap_or_default();
    leave(app, Step::Consent, Command::Consent { application, account });
}

fn leave(app: App, step: Step, command: Command) {
    if app.run.holds_back(app) {
        return;
    }
    app.notice.set(None);
    app.away.set(true);
    app.ask(command, move |event| {
        let problem = match event {
            Event::Leave { address, kept } => {
                depart(app, step, false, &address, &kept);
                return;
            }
            Event::Failed(problem) => problem,
            _ => return,
        };
        app.away.set(false);
        app.notice.set(Some((step, Tone::Bad, problem)));
    });
}

/// Goes to the sign-in service, once what belongs to the answer is kept. `stay` shows the same step again afterwards, even where
/// the way would lead on.
pub(crate) fn depart(app: App, step: Step, stay: bool, address: &str, kept: &Hidden) {
    if storage::put(storage::PENDING, &pending(step, stay, &kept.0)) {
        app.away.set(true);
        navigation::leave(address);
        return;
    }
    let problem = Problem::new(
        "Signing in is not possible in this window.",
        "The browser keeps nothing while the page is away, so the answer could not be matched to this visit.",
        "Allow this site to keep data (session storage), or use a window that is not private.",
    );
    app.away.set(false);
    app.notice.set(Some((step, Tone::Bad, problem)));
}

/// Ends the name of the step where that is to be shown again.
const STAY: &str = " stay\n";

/// What is kept while the browser is away: the step to show at once when it is back, then the worker's own record.
fn pending(step: Step, stay: bool, kept: &str) -> String {
    let mut text = step.id().to_owned();
    text.push_str(if stay { STAY } else { "\n" });
    text.push_str(kept);
    text
}

/// Takes what the sign-in service sent along, if the browser came back from there just now.
pub(crate) fn arrive(app: App) {
    let Some(answer) = navigation::take_answer() else { return };
    let pending = storage::get(storage::PENDING);
    app.stay.set_value(pending.as_deref().is_some_and(|text| text.contains(STAY)));
    let (step, kept) = match pending.as_deref().map(|text| text.split_once('\n').unwrap_or(("", text))) {
        Some((step, kept)) => {
            (Step::from_id(step.trim_end_matches(STAY.trim_end())), Some(Hidden(kept.to_owned())))
        }
        None => (None, None),
    };
    // Where nothing was under way, what stands in the address may be anything: the worker says what.
    if let Some(step) = step {
        show(app, step);
    }
    app.away.set(true);
    let command = Command::Arrive { cloud: untrack(|| app.cloud()), answer: Hidden(answer), kept };
    let ticket = app.ask(command, move |event| back(app, event));
    app.arriving.set_value(Some(ticket));
}

/// What came of an answer. The record of what is under way is removed before the answer is used.
fn back(app: App, event: Event) {
    match event {
        Event::Spent => {
            storage::remove(storage::PENDING);
            let ticket = app.ask(Command::Redeem, move |event| back(app, event));
            app.arriving.set_value(Some(ticket));
        }
        Event::Arrived(arrival) => {
            app.away.set(false);
            arrived(app, arrival);
        }
        Event::Failed(problem) => {
            app.away.set(false);
            app.notice.set(Some((app.step.get_untracked(), Tone::Bad, problem)));
        }
        _ => app.away.set(false),
    }
}

fn arrived(app: App, arrival: Arrival) {
    match arrival {
        Arrival::SignedIn { step, account, scopes } => {
            app.signed_in(account, scopes);
            app.checked.set(step == Step::Consent);
            app.say("Signed in.");
            if step == Step::Register && !app.stay.get_value() {
                app.go(Step::Consent);
            }
            app.ask(Command::Tenant, move |event| {
                if let Event::Named(Some(name)) = event {
                    app.tenant_name.set(Some(name));
                }
            });
        }
        // Having been there proves nothing. A fresh token does.
        Arrival::Consented { account } => {
            sign_in(app, Step::Consent, Some(account).filter(|account| !account.is_empty()));
        }
        Arrival::Refused { step, problem } => {
            show(app, step);
            app.notice.set(Some((step, Tone::Bad, problem)));
        }
        Arrival::Stray { step, note } => {
            show(app, step);
            app.notice.set(Some((step, Tone::Plain, note)));
        }
    }
}

fn show(app: App, step: Step) {
    navigation::replace(step.id());
    app.step.set(step);
}
