//! What the application may do in the directory.

use engine::setup::Step;
use leptos::prelude::*;

use super::frame::{Words, buttons, frame};
use crate::guide;
use crate::parts::Tone;
use crate::parts::button::{Weight, button, weighted};
use crate::parts::live::maybe;
use crate::parts::notice::note;
use crate::parts::place::Place;
use crate::parts::progress::working;
use crate::parts::sheet::sheet;
use crate::sign_in::ask_consent;
use crate::state::App;

const WORDS: Words = Words {
    why: "What this page does in the directory takes the consent of an administrator, once for the tenant. The table says what each permission is for.",
    who: "Cloud Application Administrator or higher",
    places: &[Place::Entra],
    takes: "a minute",
    expect: "Every permission of the table says “granted”. That comes from the token itself, not from having clicked.",
    failure: "I accepted, but a permission is still missing",
    cure: &[
        "A new consent takes up to some minutes to reach the sign-in service. Check again waits for it.",
        "If the page of Microsoft says that approval is needed, your role does not suffice: send the link to an administrator.",
    ],
};

pub(super) fn view(app: App) -> AnyView {
    guide::follow(app, Step::Consent);
    let granted = Memo::new(move |_| app.proved(Step::Consent));
    let work = view! {
        {sheet(app, "above", app.guide.above)}
        {maybe(move || app.away.get().then(|| working("Waiting for Microsoft…")))}
        {maybe(move || {
            (app.account().is_some() && !granted.get() && !app.guide.busy.get()).then(|| not_yet(app))
        })}
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
        {weighted(again, || "Check again", move || {
            if !app.holds_back() {
                guide::prove(app);
            }
        })}
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
