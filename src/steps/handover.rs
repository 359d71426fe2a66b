//! Going on without this page: the setup file, and the command that takes it.

use engine::worker::message::{Command, Event, File};
use leptos::prelude::*;

use crate::browser::download;
use crate::browser::relay::Relay;
use crate::parts::Tone;
use crate::parts::button::{Weight, button};
use crate::parts::copy::copy;
use crate::parts::live::maybe;
use crate::parts::notice::notice;
use crate::state::App;

/// The name under which the setup is saved.
const FILE: &str = "scim-setup.json";

/// A button that saves the setup.
pub(super) fn save_button(app: App, weight: Weight) -> AnyView {
    button(weight, "Download setup", move || {
        let text = app.setup.with_untracked(engine::setup::Setup::to_json);
        let saved = download::offer(FILE, "application/json", &text);
        app.say(if saved {
            "The setup is saved as scim-setup.json."
        } else {
            "The browser did not save the file."
        });
    })
}

/// Saves a file that the engine writes.
pub(super) fn save_file(app: App, file: File, name: &'static str, media_type: &'static str) {
    app.ask(Command::Write(file), move |event| match event {
        Event::Written(text) if download::offer(name, media_type, &text) => {}
        Event::Failed(problem) => app.notice.set(Some((app.step.get_untracked(), Tone::Bad, problem.into()))),
        _ => app.say("The browser did not save the file."),
    });
}

/// Shown where the page cannot reach Databricks: the same work from the command line.
pub(super) fn without_relay(app: App) -> AnyView {
    let absent = Memo::new(move |_| app.relay.with(|relay| *relay == Relay::Absent));
    maybe(move || {
        absent.get().then(|| notice(Tone::Warn, "This host offers no way to Databricks", instead(app)))
    })
}

fn instead(app: App) -> AnyView {
    view! {
        <p>
            "Databricks lets no page call it from another address, and nothing relays for this page. So the page prepares \
            everything, and the program does the rest. Or have the page served with "<code>"scim-setup serve --allow HOST"</code>"."
        </p>
        <p class="row">{save_button(app, Weight::Small)}</p>
        {commands()}
    }
    .into_any()
}

/// The same work from the command line, with what it reads from its environment.
pub(super) fn commands() -> AnyView {
    view! {
        <p>{copy("command to look at the plan", "scim-setup plan scim-setup.json --out plan.json")}</p>
        <p>{copy("command to apply the plan", "scim-setup apply --plan plan.json")}</p>
        <p>
            "They read AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or GRAPH_TOKEN), DATABRICKS_HOST, DATABRICKS_TOKEN and, for an \
            account, DATABRICKS_ACCOUNT_ID from their environment."
        </p>
    }
    .into_any()
}
