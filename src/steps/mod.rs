//! One file a step: it shows the step, gives the engine a command and shows what comes of it. No rule of the domain lives here.

mod consent;
mod done;
mod frame;
mod guided;
mod handover;
mod outcome;
mod register;
mod review;
mod rows;
mod scope;
mod start;
mod sync;
mod test;
mod workspace;

use engine::setup::Step;
use leptos::prelude::AnyView;

use crate::state::App;

/// A step as it is shown.
pub(crate) fn view(step: Step, app: App) -> AnyView {
    let guided = matches!(step, Step::Test | Step::Review | Step::Sync | Step::Done);
    if guided && app.is_connector() {
        return guided::view(app, step);
    }
    match step {
        Step::Start => start::view(app),
        Step::Register => register::view(app),
        Step::Consent => consent::view(app),
        Step::Workspace => workspace::view(app),
        Step::Test => test::view(app),
        Step::Scope => scope::view(app),
        Step::Review => review::view(app),
        Step::Sync => sync::view(app),
        Step::Done => done::view(app),
    }
}

/// `Step 3 of 9`.
pub(crate) fn place(step: Step) -> String {
    let mut text = "Step ".to_owned();
    text.push_str(&step.number().to_string());
    text.push_str(" of ");
    text.push_str(&Step::ALL.len().to_string());
    text
}
