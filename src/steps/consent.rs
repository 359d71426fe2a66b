//! What the application may do in the directory.

use engine::entra::consent::{DIRECT_SYNC, Grant, compare};
use engine::setup::Step;
use engine::worker::message::{Command, Event};
use leptos::prelude::*;

use super::frame::{Words, buttons, frame};
use crate::browser::navigation;
use crate::parts::Tone;
use crate::parts::badge::badge;
use crate::parts::button::{Weight, button, weighted};
use crate::parts::copy::copy;
use crate::parts::live::{live, maybe};
use crate::parts::notice::note;
use crate::parts::place::Place;
use crate::parts::progress::working;
use crate::sign_in::{application, ask_consent, sign_in};
use crate::state::App;

const WORDS: Words = Words {
    why: "Reading people and groups needs the consent of an administrator, once for the tenant. The page asks for reading only: it never writes to Entra.",
    who: "Cloud Application Administrator or higher",
    places: &[Place::Entra],
    takes: "a minute",
    expect: "Every permission of the table says “granted”. That comes from the token itself, not from having clicked.",
    failure: "I accepted, but a permission is still missing",
    cure: &[
        "A new consent takes up to some minutes to reach the sign-in service. Check again after a minute.",
        "If the page of Microsoft says that approval is needed, your role does not suffice: send the link to an administrator.",
    ],
};

pub(super) fn view(app: App) -> AnyView {
    let granted = Memo::new(move |_| app.proved(Step::Consent));
    let work = view! {
        {table(app)}
        {maybe(move || app.away.get().then(|| working("Waiting for Microsoft…")))}
        {maybe(move || (app.account().is_some() && !granted.get()).then(|| not_yet(app)))}
        {colleague(app)}
        {buttons(app, Step::Consent, choices(app, granted))}
    };
    frame(app, Step::Consent, &WORDS, false, work.into_any())
}

fn choices(app: App, granted: Memo<bool>) -> AnyView {
    let grant = move || if granted.get() || app.checked.get() { Weight::Second } else { Weight::Primary };
    let again = move || if app.checked.get() && !granted.get() { Weight::Primary } else { Weight::Second };
    view! {
        {maybe(move || granted.get().then(|| button(Weight::Primary, "Continue", move || app.go(Step::Workspace))))}
        {weighted(grant, || "Grant admin consent", move || ask_consent(app))}
        {weighted(again, || "Check again", move || check(app))}
    }
    .into_any()
}

fn not_yet(app: App) -> AnyView {
    let says = if app.checked.get() {
        "This token was asked for a moment ago and does not hold everything. What was granted just now takes up to some \
         minutes to get there: check again. If nobody has granted it yet, grant admin consent."
    } else {
        "The token in hand does not hold everything yet: an administrator grants it, once for the tenant."
    };
    note(Tone::Plain, "Not there yet", says)
}

/// Only a fresh token shows what is granted now.
fn check(app: App) {
    sign_in(app, Step::Consent, untrack(|| app.account()));
}

fn table(app: App) -> AnyView {
    let rows = live(move || {
        let known = app.account().is_some();
        let grants = app.live.with(|live| compare(DIRECT_SYNC, &live.granted));
        grants.into_iter().map(|grant| row(grant, known)).collect::<Vec<_>>().into_any()
    });
    view! {
        <section class="card" aria-labelledby="permissions">
            <header><h2 id="permissions">"Delegated permissions of Microsoft Graph"</h2></header>
            <table class="table">
                <thead><tr><th>"Permission"</th><th>"What for"</th><th>"State"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn row(grant: Grant, known: bool) -> AnyView {
    let state = match (known, grant.granted) {
        (false, _) => badge(Tone::Plain, "not known yet"),
        (true, true) => badge(Tone::Good, "granted"),
        (true, false) => badge(Tone::Warn, "missing"),
    };
    let admin = if grant.scope.admin { "an administrator grants it" } else { "everyone may grant it" };
    view! {
        <tr>
            <td><code>{grant.scope.name}</code><span class="sub">{admin}</span></td>
            <td>{grant.scope.purpose}</td>
            <td>{state}</td>
        </tr>
    }
    .into_any()
}

const LOCAL: &str = "This page runs on your own computer, so your colleague ends on an address that does not answer there. That is no \
    failure: the consent is given before.";

/// For the administrator in another team.
fn colleague(app: App) -> AnyView {
    let address = RwSignal::new(None);
    if let Some(application) = untrack(|| application(app)) {
        // The answer to this link comes to the colleague's browser, so nothing is kept for it here.
        app.ask(Command::Consent { application, account: String::new() }, move |event| {
            if let Event::Leave { address: link, .. } = event {
                let _ = address.try_set(Some(link));
            }
        });
    }
    let link = maybe(move || {
        address.get().map(|address| {
            view! {
                <p>"Send this link to a Cloud Application Administrator. When they have accepted, press Check again."</p>
                <p>{copy("consent link", address)}</p>
                {navigation::is_local().then(|| view! { <p>{LOCAL}</p> })}
            }
            .into_any()
        })
    });
    view! {
        <details>
            <summary>"Somebody else has to consent"</summary>
            <div class="prose">{link}</div>
        </details>
    }
    .into_any()
}
