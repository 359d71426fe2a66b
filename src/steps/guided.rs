//! A step that the engine says as a whole: those of Entra's own provisioning, which takes nothing from the page but what is pressed.

use engine::setup::Step;
use leptos::prelude::*;

use super::frame::{Words, buttons, frame};
use crate::guide;
use crate::parts::place::Place;
use crate::parts::sheet::sheet;
use crate::state::App;

const TEST: Words = Words {
    why: "Entra itself tries address and token, before anything is saved. No request goes from this page to Databricks.",
    who: "Cloud Application Administrator or higher",
    places: &[Place::Entra, Place::Databricks],
    takes: "a minute, mostly waiting for Entra",
    expect: "All stages passed. The enterprise application is the only thing that exists afterwards.",
    failure: "“Credentials accepted” failed",
    cure: &["The stage says what Databricks answered to Entra, and what to do about it."],
};
const REVIEW: Words = Words {
    why: "Everything that will be written, beside what is there now. Nothing is written before you press Start provisioning, and then exactly this.",
    who: "Cloud Application Administrator or higher",
    places: &[Place::Entra],
    takes: "a minute to read",
    expect: "One person is provisioned as a proof, then the job starts.",
    failure: "Nobody may be assigned here",
    cure: &[
        "Assigning takes a permission of its own. Without it, assign people and groups in the Entra admin center, and go on here.",
    ],
};
const SYNC: Words = Words {
    why: "How provisioning is doing, straight from Entra. This page only watches: it may be closed, and the summary has an address that leads back here.",
    who: "Cloud Application Administrator or higher",
    places: &[Place::Entra],
    takes: "a first cycle takes from twenty minutes to hours",
    expect: "After the first cycle the state is “healthy”, and a new cycle runs every 20 to 40 minutes.",
    failure: "Users and groups stopped syncing after the first cycle",
    cure: &[
        "A change waits for the next cycle. To have it at once, provision the person or group on demand, or restart.",
    ],
};
const DONE: Words = Words {
    why: "What was set up, what to keep, and what to look after. Nothing of it is secret.",
    who: "anyone",
    places: &[Place::Here],
    takes: "a minute",
    expect: "Entra goes on by itself from here.",
    failure: "Somebody is missing",
    cure: &[
        "Ask the step before: “Why is this person not there?” looks at assignment, scope, mapping and log.",
    ],
};

/// The step, as the engine says it. Entering it has the engine read what belongs to it.
pub(super) fn view(app: App, step: Step) -> AnyView {
    let words = match step {
        Step::Test => &TEST,
        Step::Review => &REVIEW,
        Step::Sync => &SYNC,
        _ => &DONE,
    };
    guide::follow(app, step);
    guide::press(app, ENTER.to_owned());
    let work = view! { {sheet(app, "above", app.guide.above)}{buttons(app, step, ().into_any())} };
    frame(app, step, words, step != Step::Test, work.into_any())
}

/// The action that reads what belongs to the step that is shown.
const ENTER: &str = r#"{"Connector":"Enter"}"#;
