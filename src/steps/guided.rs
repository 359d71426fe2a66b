//! A step that the engine says as a whole: those of Entra's own provisioning, which takes nothing from the page but what is pressed.

use engine::setup::Step;
use leptos::prelude::*;

use super::frame::{buttons, frame};
use crate::guide;
use crate::parts::sheet::sheet;
use crate::state::App;

/// The step, as the engine says it. Entering it has the engine read what belongs to it.
pub(super) fn view(app: App, step: Step) -> AnyView {
    guide::follow(app, step);
    // Also once somebody is signed in who was not when the step was drawn.
    let signed_in = Memo::new(move |_| app.live.with(|live| live.account.is_some()));
    Effect::new(move || {
        signed_in.get();
        guide::begin(app, ENTER.to_owned());
    });
    let work = view! { {sheet(app, "above", app.guide.above)}{buttons(app, step, ().into_any())} };
    frame(app, step, step != Step::Test, work.into_any())
}

/// The action that reads what belongs to the step that is shown.
const ENTER: &str = r#"{"Connector":"Enter"}"#;
