//! What the application may do in the directory.

use engine::setup::Step;
use leptos::prelude::*;

use super::frame::{buttons, frame};
use crate::guide;
use crate::parts::Tone;
use crate::parts::button::{Weight, button, weighted};
use crate::parts::live::maybe;
use crate::parts::notice::note;
use crate::parts::progress::working;
use crate::parts::sheet::sheet;
use crate::sign_in::ask_consent;
use crate::state::App;

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
    frame(app, Step::Consent, false, work.into_any())
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
