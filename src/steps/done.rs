//! What came of it.

use engine::setup::Step;
use engine::worker::message::File;
use leptos::prelude::*;

use super::frame::{buttons, frame};
use super::handover::{commands, save_button, save_file};
use super::outcome::outcome;
use crate::parts::button::{Weight, button};
use crate::parts::live::live;
use crate::run::make_plan;
use crate::state::App;

pub(super) fn view(app: App) -> AnyView {
    let work = view! {
        {live(move || outcome(app))}
        {next(app)}
        {buttons(app, Step::Done, live(move || choices(app)))}
    };
    frame(app, Step::Done, true, work.into_any())
}

fn choices(app: App) -> AnyView {
    if app.run.report.with(String::is_empty) {
        return ().into_any();
    }
    view! {
        {button(Weight::Primary, "Download report", move || {
            save_file(app, File::Report, "scim-setup-report.json", "application/json");
        })}
        {button(Weight::Second, "Download CSV", move || {
            save_file(app, File::Table, "scim-setup-report.csv", "text/csv");
        })}
        {button(Weight::Second, "Make a new plan", move || {
            make_plan(app);
            app.go(Step::Review);
        })}
    }
    .into_any()
}

/// What keeps it up to date from now on.
fn next(app: App) -> AnyView {
    view! {
        <section class="card" aria-labelledby="next">
            <header><h2 id="next">"From now on"</h2></header>
            <div class="body">
                <p>
                    "Direct sync runs when somebody runs it. Come back here with the setup file, or let the program run on a \
                    schedule with the two commands below."
                </p>
                <p>
                    "If nobody will sync from here any more, take the consent back at "
                    <a href="#/consent">"Permissions and consent"</a>"."
                </p>
                <p>{save_button(app, Weight::Small)}</p>
                {commands()}
            </div>
        </section>
    }
    .into_any()
}
