//! Which way, and whether anything has to be set up at all.

use engine::guide::about::Place;
use engine::setup::{IdentityManagement, Setup, Step, Way};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use web_sys::js_sys::futures::spawn_local;

use super::frame::{buttons, frame};
use super::handover::without_relay;
use crate::browser::download;
use crate::browser::relay::Relay;
use crate::parts::Tone;
use crate::parts::choice::{Choice, choices};
use crate::parts::errors::Errors;
use crate::parts::form::{form, submit};
use crate::parts::live::{attribute, maybe};
use crate::parts::notice::note;
use crate::parts::place::glyph;
use crate::run;
use crate::state::App;

const QUESTION: &str = "identity-management";
const WAY: &str = "way";

pub(super) fn view(app: App) -> AnyView {
    let errors = Errors::none();
    let way = Signal::derive(move || {
        app.setup
            .with(|setup| setup.way.map(|way| if way == Way::Connector { "connector" } else { "direct" }))
    });
    errors.heals(WAY, move || way.track());
    let answer = Signal::derive(move || app.setup.with(|setup| setup.identity_management.map(name)));
    errors.heals(QUESTION, move || answer.track());
    let work = view! {
        {errors.summary()}
        {app.is_sample().then(|| note(Tone::Plain, "This is a sample tenant", SAMPLE))}
        {choices(
            QUESTION,
            "Is automatic identity management on?",
            "Databricks then fetches users and groups from Entra itself. You find the switch in the account console, under Security and User provisioning.",
            answer,
            move |value| app.setup.update(|setup| setup.identity_management = Some(of(value))),
            errors.of(QUESTION),
            vec![
                choice("off", "No", "It is switched off, or this account has no such switch."),
                choice("on", "Yes", "Databricks already does the work that this page would set up."),
                choice("unknown", "I do not know", "You can go on and look. Nothing is written before you have seen the plan."),
            ],
        )}
        {maybe(move || (answer.get() == Some("on")).then(|| note(Tone::Warn, "Nothing has to be set up", STOP)))}
        {maybe(move || (answer.get() == Some("unknown")).then(|| note(Tone::Plain, "Ask before you apply", UNKNOWN)))}
        {choices(
            WAY,
            "Who shall move users and groups?",
            "Both reach the account or one workspace, and both show exactly what they will do.",
            way,
            move |value| app.choose_way(if value == "connector" { Way::Connector } else { Way::Direct }),
            errors.of(WAY),
            vec![
                choice("connector", "Entra’s provisioning service", CONNECTOR),
                choice("direct", "Direct sync", DIRECT),
            ],
        )}
        {maybe(move || way.get().map(|way| flow(app, way)))}
        {maybe(move || (way.get() == Some("direct")).then(|| without_relay(app)))}
        {open_file(app)}
        {buttons(app, Step::Start, submit("Continue"))}
    };
    let go_on = move || {
        let answer = app.setup.with_untracked(|setup| setup.identity_management);
        let mut wrong = match answer {
            None => vec![(QUESTION, "Say whether automatic identity management is on.".to_owned())],
            Some(IdentityManagement::On) => vec![(QUESTION, STOP_SHORT.to_owned())],
            Some(IdentityManagement::Off | IdentityManagement::Unknown) => Vec::new(),
        };
        // Where nothing has to be set up, nobody has to say how.
        if answer != Some(IdentityManagement::On) && way.get_untracked().is_none() {
            wrong.push((WAY, "Say who shall move users and groups.".to_owned()));
        }
        if errors.show(wrong) {
            app.go(Step::Register);
        }
    };
    frame(app, Step::Start, false, form(work.into_any(), go_on))
}

const SAMPLE: &str = "Its people and its Databricks are made up, on this machine, so there is nothing to look up: answer No. \
    What to enter later is filled in, or on the sample tenant’s own page.";
const STOP: &str = "Everyone of your tenant can be found in Databricks already, nested groups and service principals included. \
    A second provisioner on top would create people twice and take back what the other one did. If you want SCIM all the same, \
    an account admin switches automatic identity management off first.";
const STOP_SHORT: &str = "Automatic identity management is on, so there is nothing to set up here.";
const UNKNOWN: &str = "If it turns out to be on, stop at the step “Review changes”: a plan that wants to adopt nearly everybody \
    is a sign of it.";

const CONNECTOR: &str = "The usual choice. Microsoft copies users and groups every 20 to 40 minutes, without this page. Groups take Entra ID P1; \
    nested groups and service principals do not come along.";
const DIRECT: &str = "This page shows an exact plan and writes it, in minutes. Entra ID P1 is not needed. It runs when somebody runs it: here, or on a \
    schedule with the program scim-setup.";

/// The way that the data takes.
fn flow(app: App, way: &'static str) -> AnyView {
    let between = if way == "connector" {
        view! { <span>"Entra’s provisioning service"</span><i></i> }.into_any()
    } else {
        view! {
            <span>{glyph(Place::Here)}"this page"</span><i></i>
            {attribute(move || match app.relay.get() {
                Relay::Answers(_) => "relay of this host",
                Relay::Absent => "no relay here",
                Relay::Unknown => "looking for a relay…",
            })}
            <i></i>
        }
        .into_any()
    };
    view! {
        <p class="flow">
            <span>{glyph(Place::Entra)}"Entra ID"</span><i></i>
            {between}
            <span>{glyph(Place::Databricks)}"Databricks"</span>
        </p>
    }
    .into_any()
}

/// A colleague's file: everything but the secrets is in it.
fn open_file(app: App) -> AnyView {
    let result = RwSignal::new(String::new());
    let pick = move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(file) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) else { return };
        spawn_local(async move {
            let trusted = app.config.with_value(engine::config::Config::databricks);
            let said = match download::read(&file).await.map(|text| Setup::parse(&text, &trusted)) {
                Some(Ok(_)) if app.is_busy() => run::BUSY.to_owned(),
                Some(Ok(setup)) => {
                    app.take_over(app.as_strangers(setup));
                    "The setup is taken over. Sign in and enter the token; they are not in the file."
                        .to_owned()
                }
                Some(Err(error)) => error.to_string(),
                None => "The file could not be read.".to_owned(),
            };
            let _ = result.try_set(said);
        });
    };
    view! {
        <details>
            <summary>"Go on with a setup file"</summary>
            <p class="field">
                <label for="setup-file">"Setup file"</label>
                <input class="input" type="file" id="setup-file" accept=".json,application/json" on:change=pick/>
            </p>
            <p role="status">{result}</p>
        </details>
    }
    .into_any()
}

fn choice(value: &'static str, name: &'static str, says: &'static str) -> Choice {
    Choice { value, name, says: says.into_any() }
}

const fn name(answer: IdentityManagement) -> &'static str {
    match answer {
        IdentityManagement::On => "on",
        IdentityManagement::Off => "off",
        IdentityManagement::Unknown => "unknown",
    }
}

fn of(name: &str) -> IdentityManagement {
    match name {
        "on" => IdentityManagement::On,
        "off" => IdentityManagement::Off,
        _ => IdentityManagement::Unknown,
    }
}
