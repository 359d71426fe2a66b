//! The trips to the sign-in service and back.

use engine::problem::Problem;
use engine::setup::Step;
use engine::worker::message::{Application, Arrival, Command, Event, Hidden};
use leptos::prelude::*;

use crate::browser::{navigation, storage};
use crate::guide;
use crate::parts::Tone;
use crate::parts::form::actions;
use crate::state::App;

/// The application that signs in, once both its ids are there, and nobody has to say yet that they know it.
pub(crate) fn application(app: App) -> Option<Application> {
    let cloud = app.cloud();
    app.setup.with(|setup| {
        if setup.unconfirmed.client {
            return None;
        }
        let (tenant, client) = (setup.tenant.clone()?, setup.client.clone()?);
        Some(Application { cloud, tenant, client, redirect_uri: navigation::base(), way: setup.way })
    })
}

/// Leaves to sign in, at the step to come back to. `account` goes on with a known account without asking.
pub(crate) fn sign_in(app: App, step: Step, account: Option<String>) {
    trip(app, step, account, "");
}

fn trip(app: App, step: Step, account: Option<String>, mark: &'static str) {
    let Some(application) = untrack(|| application(app)) else {
        app.go(Step::Register);
        return;
    };
    leave(app, step, mark, Command::SignIn { application, step, account });
}

/// Leaves for the page where an administrator consents.
pub(crate) fn ask_consent(app: App) {
    let Some(application) = untrack(|| application(app)) else {
        app.go(Step::Register);
        return;
    };
    let account = untrack(|| app.account()).unwrap_or_default();
    leave(app, Step::Consent, "", Command::Consent { application, account });
}

/// Signs out of this page and of the session at the sign-in service. What was entered stays, as after a reload.
pub(crate) fn sign_out(app: App) {
    if app.holds_back() {
        return;
    }
    app.ask(Command::SignOut { redirect_uri: navigation::base() }, move |event| match event {
        Event::Leave { address, .. } => {
            storage::remove(storage::PENDING);
            app.take_over(app.setup.get_untracked());
            navigation::leave(&address);
        }
        Event::Failed(problem) => failed(app, app.step.get_untracked(), problem),
        _ => {}
    });
}

fn leave(app: App, step: Step, mark: &'static str, command: Command) {
    if app.holds_back() {
        return;
    }
    app.notice.set(None);
    app.away.set(true);
    app.ask(command, move |event| match event {
        Event::Leave { address, kept } => depart(app, step, mark, &address, &kept),
        Event::Failed(problem) => failed(app, step, problem),
        _ => {}
    });
}

/// Leaves, once what belongs to the trip is kept: one record, so that a newer attempt takes the place of an older one.
pub(crate) fn depart(app: App, step: Step, mark: &'static str, address: &str, kept: &Hidden) {
    if storage::put(storage::PENDING, &pending(step, mark, &kept.0).0) {
        app.away.set(true);
        navigation::leave(address);
        return;
    }
    let problem = Problem::new(
        "Signing in is not possible in this window.",
        "The browser keeps nothing while the page is away, so the answer could not be matched to this visit.",
        "Allow this site to keep data (session storage), or use a window that is not private.",
    );
    failed(app, step, problem);
}

fn failed(app: App, step: Step, problem: Problem) {
    app.away.set(false);
    app.notice.set(Some((step, Tone::Bad, problem.into())));
}

/// Ends the name of the step where that is to be shown again, even where the way would lead on.
pub(crate) const STAY: &str = " stay";
/// Ends it where an administrator has consented just now, so that a token which does not hold it yet is waited for.
const CONSENTED: &str = " consented";

/// What is kept while the browser is away: the step to show at once when it is back, then the worker's own record.
fn pending(step: Step, mark: &str, kept: &str) -> Hidden {
    let mut text = String::with_capacity(64 + kept.len());
    text.push_str(step.id());
    text.push_str(mark);
    text.push('\n');
    text.push_str(kept);
    Hidden(text)
}

/// The step that a record names, and the mark at its end.
fn step_of(line: &str) -> (Option<Step>, &'static str) {
    let mark = [STAY, CONSENTED].into_iter().find(|mark| line.ends_with(mark)).unwrap_or_default();
    (Step::from_id(line.trim_end_matches(mark)), mark)
}

/// The page is shown without an answer: after Back at the sign-in page (the browser may show it as it was left), or after a
/// reload in the middle. Then what was under way is over, and its secrets are not kept.
pub(crate) fn returned(app: App) {
    app.away.set(false);
    if storage::get(storage::PENDING).is_none() {
        return;
    }
    storage::remove(storage::PENDING);
    let problem = Problem::new(
        "You are back without an answer",
        "What was begun at Microsoft is given up.",
        "Begin again when you are ready.",
    );
    app.notice.set(Some((app.step.get_untracked(), Tone::Plain, problem.into())));
}

/// Takes what the sign-in service sent along, if the browser came back from there just now.
pub(crate) fn arrive(app: App) {
    let Some(answer) = navigation::take_answer() else {
        returned(app);
        return;
    };
    let pending = storage::get(storage::PENDING).map(Hidden);
    let (line, kept) = match pending.as_ref().map(|text| text.0.split_once('\n').unwrap_or(("", &text.0))) {
        Some((line, kept)) => (line, Some(Hidden(kept.to_owned()))),
        None => ("", None),
    };
    let (step, mark) = step_of(line);
    app.mark.set_value(mark);
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
        // Signing in is tried once more, in another way.
        Event::Leave { address, kept } => {
            depart(app, app.step.get_untracked(), app.mark.get_value(), &address, &kept);
        }
        Event::Arrived(arrival) => {
            app.away.set(false);
            arrived(app, arrival);
        }
        Event::Failed(problem) => failed(app, app.step.get_untracked(), problem),
        Event::Sheets { .. } => guide::hear(app, event),
        _ => app.away.set(false),
    }
}

/// What the engine has to say about signing in, after a trip or in the middle of something.
pub(crate) fn arrived(app: App, arrival: Arrival) {
    match arrival {
        Arrival::SignedIn { step, account, scopes } => {
            app.signed_in(account, scopes);
            app.checked.set(step == Step::Consent);
            app.say("Signed in.");
            let mark = app.mark.get_value();
            if step == Step::Register && mark != STAY {
                app.go(Step::Consent);
            }
            if mark == CONSENTED && !app.proved(Step::Consent) {
                guide::prove(app);
            }
            app.ask(Command::Tenant, move |event| {
                if let Event::Named(Some(name)) = event {
                    app.tenant_name.set(Some(name));
                }
            });
        }
        // Having been there proves nothing. A fresh token does.
        Arrival::Consented { account } => {
            trip(app, Step::Consent, Some(account).filter(|account| !account.is_empty()), CONSENTED);
        }
        Arrival::Thanks(problem) => {
            app.thanks.set(Some(problem));
            navigation::focus_soon("heading");
        }
        Arrival::Told { step, failed, note } => {
            // A step that is shown already is not drawn anew: something may be entered there.
            if let Some(step) = step.filter(|_| failed || app.mark.get_value() != STAY) {
                show(app, step);
            }
            let step = app.step.get_untracked();
            app.notice.set(Some((step, if failed { Tone::Bad } else { Tone::Plain }, note)));
        }
    }
}

/// What may be pressed beside the notice of a step.
pub(crate) fn offer(app: App, step: Step, label: String, account: Option<String>) -> Option<AnyView> {
    let go = move |_| sign_in(app, step, account.clone());
    (!label.is_empty()).then(|| {
        actions(view! { <button type="button" class="button" on:click=go>{label}</button> }.into_any())
    })
}

fn show(app: App, step: Step) {
    navigation::replace(step.id());
    app.step.set(step);
}
