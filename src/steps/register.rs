//! The application that the page signs in with.

use engine::setup::Step;
use engine::worker::message::{Command, Event};
use leptos::prelude::*;

use super::frame::{buttons, frame};
use crate::guide;
use crate::parts::button::{Weight, button};
use crate::parts::errors::Errors;
use crate::parts::field::{Field, Kind, field};
use crate::parts::form::{form, submit_unless};
use crate::parts::live::maybe;
use crate::parts::progress::working;
use crate::parts::sheet::sheet;
use crate::parts::tick::tick;
use crate::run;
use crate::sign_in::{sign_in, sign_out};
use crate::state::App;

const STRANGE: &str = "It came with a setup file or an address that somebody made. Microsoft shows its name before you agree to anything: go on \
    there only if it is the one that your organisation uses.";
const CLIENT: &str = "client-id";
const TENANT: &str = "tenant-id";
const KNOWN: &str = "known-client";

pub(super) fn view(app: App) -> AnyView {
    let (client, tenant) = app.setup.with_untracked(|setup| {
        (
            setup.client.as_ref().map(ToString::to_string).unwrap_or_default(),
            setup.tenant.as_ref().map(ToString::to_string).unwrap_or_default(),
        )
    });
    let (client, tenant) = (RwSignal::new(client), RwSignal::new(tenant));
    let errors = Errors::none();
    errors.heals(CLIENT, move || client.track());
    errors.heals(TENANT, move || tenant.track());
    let known = RwSignal::new(false);
    errors.heals(KNOWN, move || known.track());
    let strange = move || app.setup.with(|setup| setup.is_strange_client(&client.get()));
    guide::follow(app, Step::Register);
    // What a command printed fills the fields in.
    Effect::new(move || {
        let known = app.setup.with(|setup| setup.client.clone().zip(setup.tenant.clone()));
        if let Some((known_client, known_tenant)) = known {
            client.set(known_client.to_string());
            tenant.set(known_tenant.to_string());
        }
    });
    let go_on = maybe(move || {
        app.proved(Step::Register).then(|| {
            view! {
                {button(Weight::Primary, "Continue", move || app.go(Step::Consent))}
                {button(Weight::Second, "Use another account", move || sign_in(app, Step::Register, None))}
                {button(Weight::Second, "Sign out", move || sign_out(app))}
            }
            .into_any()
        })
    });
    let enter = submit_unless(move || app.proved(Step::Register), "Sign in with Microsoft");
    let work = view! {
        {errors.summary()}
        <div class="fields">
            {field(Field {
                id: CLIENT,
                label: "Application (client) ID",
                hint: "On the application’s Overview page.",
                kind: Kind::Mono,
                value: client,
                error: errors.of(CLIENT),
            })}
            {field(Field {
                id: TENANT,
                label: "Directory (tenant) ID",
                hint: "On the same page, two lines below. A domain of the tenant will do too.",
                kind: Kind::Mono,
                value: tenant,
                error: errors.of(TENANT),
            })}
            {cloud(app)}
            {maybe(move || strange().then(|| {
                tick(KNOWN, "I know this application, and it is ours", STRANGE.into_any(), known, errors.of(KNOWN))
            }))}
        </div>
        {maybe(move || app.away.get().then(|| working("Waiting for Microsoft…")))}
        {buttons(app, Step::Register, view! { {go_on}{enter} }.into_any())}
    };
    let leave = move || {
        if untrack(strange) {
            if !known.get_untracked() {
                errors
                    .show(vec![(KNOWN, "Say that you know the application, or enter your own.".to_owned())]);
                return;
            }
            app.setup.update(|setup| setup.unconfirmed.client = false);
        }
        let command = Command::Identify {
            cloud: app.cloud(),
            clouds: app.config.with_value(engine::config::Config::clouds),
            client: client.get_untracked(),
            tenant: tenant.get_untracked(),
        };
        app.ask(command, move |event| match event {
            Event::Unfit { client, tenant } => {
                let wrong = [(CLIENT, client), (TENANT, tenant)];
                errors.show(wrong.into_iter().filter(|(_, words)| !words.is_empty()).collect());
            }
            Event::Registered { client, tenant, .. } => {
                let setup = app.setup.get_untracked();
                let (client, tenant) = (Some(client), Some(tenant));
                errors.show(Vec::new());
                if setup.client != client || setup.tenant != tenant {
                    if app.is_busy() {
                        errors.show(vec![(CLIENT, run::BUSY.to_owned())]);
                        return;
                    }
                    let cloud = setup.cloud.clone();
                    app.take_over(setup.moved(cloud, tenant, client));
                }
                sign_in(app, app.after.get_untracked(), None);
            }
            event => guide::hear(app, event),
        });
    };
    let work = view! {
        {sheet(app, "above", app.guide.above)}
        {form(work.into_any(), leave)}
        {sheet(app, "below", app.guide.below)}
    };
    frame(app, Step::Register, false, work.into_any())
}

fn cloud(app: App) -> AnyView {
    let options: Vec<AnyView> = app
        .config
        .with_value(engine::config::Config::clouds)
        .into_iter()
        .map(|cloud| {
            let id = cloud.id.clone();
            let chosen = move || app.setup.with(|setup| setup.cloud == id);
            view! { <option value=cloud.id.clone() prop:selected=chosen>{cloud.name}</option> }.into_any()
        })
        .collect();
    view! {
        <div class="field">
            <label for="cloud">"Cloud"</label>
            <p class="hint" id="cloud-hint">"Most tenants live in the global one."</p>
            <select
                class="input"
                id="cloud"
                aria-describedby="cloud-hint"
                on:change=move |event| {
                    let cloud = event_target_value(&event);
                    // While changes are applied the choice falls back to what it was.
                    let setup = app.setup.get_untracked();
                    if app.is_busy() {
                        app.setup.set(setup);
                    } else {
                        let (tenant, client) = (setup.tenant.clone(), setup.client.clone());
                        app.take_over(setup.moved(cloud, tenant, client));
                    }
                }
            >
                {options}
            </select>
        </div>
    }
    .into_any()
}
