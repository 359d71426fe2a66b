//! Where users and groups shall go.

use engine::databricks::target::{Level, Target};
use engine::databricks::token;
use engine::setup::Step;
use leptos::prelude::*;

use super::frame::{buttons, frame};
use super::handover::without_relay;
use crate::browser::relay::Relay;
use crate::guide;
use crate::parts::Tone;
use crate::parts::badge::badge;
use crate::parts::button::{Weight, button};
use crate::parts::copy::copy;
use crate::parts::errors::Errors;
use crate::parts::field::{Field, Kind, field, secret, take_secret};
use crate::parts::form::{form, submit};
use crate::parts::live::maybe;
use crate::parts::notice::{note, notice};
use crate::parts::sheet::{send, sheet};
use crate::parts::tick::tick;
use crate::run;
use crate::state::App;

const IN_MEMORY: &str = "Kept in memory until this tab is closed or reloaded, and sent to this host only.";
const HANDED: &str = "Kept in memory until this tab is closed or reloaded. Entra keeps it too; a relay of this host may ask Databricks with it.";

const ADDRESS: &str = "target";
const TOKEN: &str = "token";
const KNOWN: &str = "known-target";

pub(super) fn view(app: App) -> AnyView {
    let connector = app.is_connector();
    if connector {
        guide::follow(app, Step::Workspace);
        guide::begin(app, FIND.to_owned());
    }
    let kept =
        app.setup.with_untracked(|setup| setup.target.as_ref().map(Target::display)).unwrap_or_default();
    let address = RwSignal::new(kept);
    let errors = Errors::none();
    errors.heals(ADDRESS, move || address.track());
    // A connector that is taken brings its address along.
    Effect::new(move || {
        let known = app.setup.with(|setup| setup.target.as_ref().map(Target::display));
        if let Some(known) = known.filter(|_| address.with_untracked(String::is_empty)) {
            address.set(known);
        }
    });
    let known = RwSignal::new(false);
    errors.heals(KNOWN, move || known.track());
    let read = Memo::new(move |_| Target::parse(&address.get(), &app.cloud().databricks).ok());
    let work = view! {
        {errors.summary()}
        {(!connector).then(|| without_relay(app))}
        {where_to_find(app)}
        <div class="fields">
            <div>
                {field(Field {
                    id: ADDRESS,
                    label: "Workspace or account SCIM URL",
                    hint: "Paste what you have; the page takes off what is too much.",
                    kind: Kind::Mono,
                    value: address,
                    error: errors.of(ADDRESS),
                })}
                <div role="status">{maybe(move || read.get().map(|target| understood(app, &target)))}</div>
            </div>
            {maybe(move || {
                let strange = read.get().filter(|target| app.setup.with(|it| it.is_strange_target(target)));
                strange.map(|target| confirm(&target, known, errors))
            })}
            {secret(TOKEN, "Token", if connector { HANDED } else { IN_MEMORY }, errors.of(TOKEN))}
        </div>
        {maybe(move || app.live.with(|live| live.has_token).then(|| note(Tone::Good, "A token is in memory", KEPT)))}
        {(!connector).then(|| buttons(app, Step::Workspace, submit("Save and continue")))}
    };
    let below = connector.then(|| {
        let next = button(Weight::Primary, "Save and continue", move || save(app, address, known, errors));
        view! { {sheet(app, "below", app.guide.below)}{buttons(app, Step::Workspace, next)} }
    });
    let work = view! { {form(work.into_any(), move || save(app, address, known, errors))}{below} };
    frame(app, Step::Workspace, false, work.into_any())
}

const KEPT: &str =
    "Leave the field empty to go on with it. It belongs to the address that was saved with it.";

/// It came with a file: whoever made that chose where the token goes.
fn confirm(target: &Target, known: RwSignal<bool>, errors: Errors) -> AnyView {
    let says = view! { "The address came with a setup file. The token goes there, and people’s names with it: "<code>{target.display()}</code> };
    tick(KNOWN, "I know this address, and it is ours", says.into_any(), known, errors.of(KNOWN))
}

fn save(app: App, address: RwSignal<String>, known: RwSignal<bool>, errors: Errors) {
    if app.is_busy() {
        errors.show(vec![(ADDRESS, run::BUSY.to_owned())]);
        return;
    }
    let target = match Target::parse(&address.get_untracked(), &app.cloud().databricks) {
        Ok(target) => target,
        Err(error) => {
            // The token stays in its field: only a token for a known host is taken out.
            errors.show(vec![(ADDRESS, error.to_string())]);
            return;
        }
    };
    if let Some(wrong) = app.setup.with_untracked(|setup| setup.mistaken_account(&target)) {
        errors.show(vec![(ADDRESS, wrong)]);
        return;
    }
    if app.setup.with_untracked(|setup| setup.is_strange_target(&target)) && !known.get_untracked() {
        errors.show(vec![(KNOWN, "Say that you know the address, or enter your own.".to_owned())]);
        return;
    }
    let same = app.setup.with_untracked(|setup| setup.target.as_ref() == Some(&target));
    let typed = take_secret(TOKEN);
    // One that is there has a token already.
    let chosen = app.setup.with_untracked(|it| it.connector.as_ref().is_some_and(|it| it.id.is_some()));
    let has = app.live.with_untracked(|live| live.has_token) || app.is_connector() && chosen;
    let keep = typed.is_empty() && same && has;
    if !keep {
        let read = if app.is_connector() { token::parse_lasting } else { token::parse };
        match read(typed.expose(), target.level()) {
            Ok(token) => {
                address.set(target.display());
                app.aim(target, &token);
            }
            Err(error) => {
                errors.show(vec![(TOKEN, error.to_string())]);
                return;
            }
        }
    }
    errors.show(Vec::new());
    app.setup.update(|setup| setup.unconfirmed.target = false);
    if app.is_connector() {
        // What was said of the connector is looked at by the engine, which then goes on.
        send(app, "connector");
    } else {
        app.go(Step::Test);
    }
}

/// The action that lists the connectors of the tenant.
const FIND: &str = r#"{"Connector":"Find"}"#;

/// What the address means, as it is typed.
fn understood(app: App, target: &Target) -> AnyView {
    let (tone, level) = match target.level() {
        Level::Account => (Tone::Accent, "account"),
        Level::Workspace => (Tone::Accent, "workspace"),
    };
    let refused = !app.is_connector()
        && app.relay.with(|relay| match relay {
            Relay::Answers(hosts) => !hosts.iter().any(|host| host == target.host()),
            Relay::Unknown | Relay::Absent => false,
        });
    view! {
        <p class="row hint">{badge(tone, level)}<code>{target.host().to_owned()}</code></p>
        {refused.then(|| unknown_to_relay(target.host()))}
    }
    .into_any()
}

fn unknown_to_relay(host: &str) -> AnyView {
    let mut command = "scim-setup serve --allow ".to_owned();
    command.push_str(host);
    let says = view! {
        <p>"Whoever serves this page adds it. Until then the connection test will fail."</p>
        <p>{copy("command that adds it", command)}</p>
    };
    notice(Tone::Warn, "The relay does not know this host", says.into_any())
}

fn where_to_find(app: App) -> AnyView {
    // A cloud with a Databricks of its own is a sample tenant: its values are on its own page.
    let cloud = app.cloud();
    let own = (!cloud.databricks.is_empty()).then(|| {
        view! {
            <p>
                "This is a sample tenant. Its address and token are on "
                <a href=cloud.portal target="_blank" rel="noreferrer">"the sample tenant's own page"</a>"."
            </p>
        }
    });
    view! {
        {own}
        <details>
            <summary>"Where to find the address and the token"</summary>
            <div class="prose">
                <h3>"For the account"</h3>
                <ol>
                    <li>"Open the account console, then Security, then User provisioning."</li>
                    <li>"Press Set up user provisioning. It shows the Account SCIM URL and the SCIM token, the token only once."</li>
                </ol>
                <h3>"For one workspace"</h3>
                <ol>
                    <li>"Open the workspace and copy the address from the browser."</li>
                    <li>"Open Settings, then Developer, then Access tokens, and generate a token as a workspace admin."</li>
                </ol>
            </div>
        </details>
    }
    .into_any()
}
