//! The application that the page signs in with.

use engine::entra::ids::{ClientId, Guid, TenantId};
use engine::setup::{Setup, Step};
use leptos::prelude::*;

use super::frame::{Words, buttons, frame};
use crate::browser::navigation;
use crate::parts::button::{Weight, button};
use crate::parts::copy::copy;
use crate::parts::errors::Errors;
use crate::parts::field::{Field, Kind, field};
use crate::parts::form::{form, submit};
use crate::parts::live::maybe;
use crate::parts::place::{Place, glyph};
use crate::parts::progress::working;
use crate::run;
use crate::sign_in::sign_in;
use crate::state::App;

const WORDS: Words = Words {
    why: "The page reads the directory as you, through an application of your own tenant. Nobody else’s application takes part, and no secret is made.",
    who: "Application Developer or higher",
    places: &[Place::Entra, Place::Here],
    takes: "3 minutes, once",
    expect: "After signing in you come back to this page, and your tenant and account stand in the bar on top.",
    failure: "AADSTS50011 or AADSTS9002326 at sign-in",
    cure: &[
        "The redirect URI is not registered exactly as shown, or it is registered as “Web”. In the application, open Authentication, remove it from Web, and add it under Single-page application.",
        "Upper and lower case and the slash at the end count.",
    ],
};

const CLIENT: &str = "client-id";
const TENANT: &str = "tenant-id";
const CLIENT_LABEL: &str = "Application (client) ID";
const TENANT_LABEL: &str = "Directory (tenant) ID";

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
    let known = client.with_untracked(String::is_empty);
    let go_on = maybe(move || {
        app.proved(Step::Register).then(|| button(Weight::Second, "Continue", move || app.go(Step::Consent)))
    });
    let work = view! {
        {errors.summary()}
        {instructions(app, known)}
        <div class="fields">
            {field(Field {
                id: CLIENT,
                label: CLIENT_LABEL,
                hint: "On the application’s Overview page.",
                kind: Kind::Mono,
                value: client,
                error: errors.of(CLIENT),
            })}
            {field(Field {
                id: TENANT,
                label: TENANT_LABEL,
                hint: "On the same page, two lines below.",
                kind: Kind::Mono,
                value: tenant,
                error: errors.of(TENANT),
            })}
            {cloud(app)}
        </div>
        {maybe(move || app.away.get().then(|| working("Waiting for Microsoft…")))}
        {buttons(app, Step::Register, view! { {go_on}{submit("Sign in with Microsoft")} }.into_any())}
    };
    let leave = move || {
        let mut wrong = Vec::new();
        let client = read(&client.get_untracked(), CLIENT, CLIENT_LABEL, &mut wrong);
        let tenant = read(&tenant.get_untracked(), TENANT, TENANT_LABEL, &mut wrong);
        if let (true, Some(client), Some(tenant)) = (errors.show(wrong), client, tenant) {
            let mut setup = app.setup.get_untracked();
            let (client, tenant) = (Some(ClientId(client)), Some(TenantId(tenant)));
            if setup.client != client || setup.tenant != tenant {
                if app.run.is_busy() {
                    errors.show(vec![(CLIENT, run::BUSY.to_owned())]);
                    return;
                }
                (setup.client, setup.tenant) = (client, tenant);
                app.take_over(setup);
            }
            sign_in(app, Step::Register, None);
        }
    };
    frame(app, Step::Register, &WORDS, false, form(work.into_any(), leave))
}

fn read(text: &str, id: &'static str, label: &str, wrong: &mut Vec<(&'static str, String)>) -> Option<Guid> {
    match Guid::parse(text) {
        Ok(guid) => Some(guid),
        Err(error) => {
            wrong.push((id, error.message(label)));
            None
        }
    }
}

/// What to do in the portal, with the values that belong there. Folded once the application is known.
fn instructions(app: App, open: bool) -> AnyView {
    let portal = move || {
        let mut address = app.cloud().portal;
        address.push_str(
            "#view/Microsoft_AAD_RegisteredApps/CreateApplicationBlade/quickStartType~/null/isMSAApp~/false",
        );
        address
    };
    view! {
        <details open=open>
            <summary>"How to register it"</summary>
            <ol class="instructions">
                <li>
                    "Open "
                    <a href=portal target="_blank" rel="noreferrer">
                        "App registrations, New registration"<span class="unseen">" (opens a new tab)"</span>
                    </a> " in the Entra admin center and fill it in like this:" {blade()}
                </li>
                <li>"Press Register. The Overview page shows the two IDs: copy them into the fields below."</li>
                <li>"Make no secret and no certificate. A page must not have one."</li>
            </ol>
        </details>
    }
    .into_any()
}

fn blade() -> AnyView {
    view! {
        <figure class="blade">
            <figcaption>{glyph(Place::Entra)}"Microsoft Entra admin center: Register an application"</figcaption>
            <dl>
                <dt>"Name"</dt>
                <dd>{copy("name", "Databricks SCIM Setup")}</dd>
                <dt>"Supported account types"</dt>
                <dd>"Accounts in this organizational directory only"</dd>
                <dt>"Redirect URI: platform"</dt>
                <dd>"Single-page application (SPA)"</dd>
                <dt>"Redirect URI: address"</dt>
                <dd>{copy("redirect URI", navigation::base())}</dd>
            </dl>
        </figure>
    }
    .into_any()
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
                    if app.run.is_busy() {
                        app.setup.set(setup);
                    } else {
                        app.take_over(Setup { cloud, ..setup });
                    }
                }
            >
                {options}
            </select>
        </div>
    }
    .into_any()
}
