//! The frame of the page: header, step list, current step.

use engine::config::Config;
use engine::guide::about::Place;
use engine::problem::Problem;
use engine::setup::Step;
use leptos::mount::mount_to_body;
use leptos::prelude::*;
use web_sys::js_sys::futures::spawn_local;

use crate::browser::{clipboard, config, navigation, panic, relay};
use crate::parts::Tone;
use crate::parts::button::{Weight, button};
use crate::parts::dialog::confirm;
use crate::parts::live::{attribute, flag, live, maybe, words};
use crate::parts::notice::problem;
use crate::parts::place::glyph;
use crate::state::App;
use crate::{sign_in, steps};

/// Starts the page: settings first, then the first step.
pub(crate) fn start() {
    panic::install();
    spawn_local(async {
        let loaded = config::load().await;
        // The static shell has done its work; with it there would be two `main`s.
        if let Some(shell) = navigation::document().get_element_by_id("shell") {
            shell.remove();
        }
        clipboard::offer();
        match loaded {
            Ok(config) => mount_to_body(move || page(config)),
            Err(error) => mount_to_body(move || stopped(error)),
        }
    });
}

/// The page when its settings are wrong.
fn stopped(error: Problem) -> AnyView {
    navigation::set_title("The page cannot start – SCIM Setup");
    view! {
        <main class="stopped" id="main">
            <h1 id="heading" tabindex="-1">"The page cannot start"</h1>
            {problem(Tone::Bad, error)}
            <p>{button(Weight::Primary, "Reload", navigation::reload)}</p>
        </main>
    }
    .into_any()
}

fn page(config: Config) -> AnyView {
    let app = App::new(config);
    app.open_bookmark(&navigation::route());
    sign_in::arrive(app);
    let base = app.config.with_value(|config| config.relay.clone());
    spawn_local(async move { app.relay.set(relay::probe(&base).await) });
    navigation::warn_before_leaving(move || app.is_busy());
    navigation::on_return(move || sign_in::returned(app));
    navigation::on_route(move |route| match Step::from_id(&route) {
        Some(step) => {
            app.thanks.set(None);
            app.step.set(step);
        }
        None if app.open_bookmark(&route) => {}
        None if route.is_empty() => app.step.set(Step::Start),
        // An address that names no step leads nowhere: the step that is shown stays.
        None => navigation::replace(app.step.get_untracked().id()),
    });
    Effect::new(move |before: Option<Step>| {
        let step = app.step.get();
        let mut title = steps::place(step);
        title.push_str(": ");
        title.push_str(step.heading());
        title.push_str(" – SCIM Setup");
        navigation::set_title(&title);
        if before.is_some_and(|before| before != step) {
            navigation::to_top();
            navigation::focus_soon("heading");
        }
        step
    });
    view! {
        <a class="skip" href="#main" on:click=move |event| skip(&event)>"Skip to the step"</a>
        {header(app)}
        {live(move || match app.thanks.get() {
            Some(problem) => thanks(problem),
            None => view! {
                <div class="frame">
                    {rail(app)}
                    <main id="main">{live(move || steps::view(app.step.get(), app))}</main>
                </div>
            }
            .into_any(),
        })}
        <div class="unseen" role="status" aria-live="polite">{words(move || app.said.get())}</div>
    }
    .into_any()
}

/// All there is for somebody who only came to consent.
fn thanks(problem: Problem) -> AnyView {
    navigation::set_title("Thank you – SCIM Setup");
    view! {
        <main class="stopped" id="main">
            <h1 id="heading" tabindex="-1">{problem.what}</h1>
            <p>{problem.why}</p>
            <p>{problem.remedy}</p>
            <p><a href="#/start">"Open the wizard"</a></p>
        </main>
    }
    .into_any()
}

/// The address names the step, so the link only moves the focus.
fn skip(event: &web_sys::MouseEvent) {
    event.prevent_default();
    navigation::focus("heading");
}

fn header(app: App) -> AnyView {
    let asked = RwSignal::new(false);
    let host = app.config.with_value(|config| config.name.clone());
    view! {
        <header class="top">
            <span class="brand">
                <svg class="mark" viewBox="0 0 30 22" aria-hidden="true">
                    <circle cx="5" cy="11" r="4"/>
                    <path d="M9 11C13 1 17 21 21 11"/>
                    <rect x="21" y="6" width="8" height="10" rx="2"/>
                </svg>
                <span>"SCIM Setup"</span>
                {host.map(|name| view! { <span class="host">{name}</span> })}
            </span>
            <span class="grow"></span>
            {maybe(move || app.tenant().map(|tenant| chip("chip", "Tenant ", tenant)))}
            {maybe(move || app.account().map(|account| chip("chip account", "Signed in ", account)))}
            {button(Weight::Plain, "Start over", move || asked.set(true))}
        </header>
        {confirm(
            asked,
            "Start over?",
            "What you entered and proved here is forgotten, and you are signed out of this page. Nothing changes in Entra or in Databricks.",
            "Forget everything",
            "Keep it",
            move || app.forget(),
        )}
    }
    .into_any()
}

fn chip(class: &'static str, what: &'static str, name: String) -> AnyView {
    view! { <span class=class>{what}<b>{name}</b></span> }.into_any()
}

/// The way from Entra to Databricks: all steps, and under each proved one what proved it.
fn rail(app: App) -> AnyView {
    let open = RwSignal::new(false);
    let steps: Vec<AnyView> = Step::ALL.into_iter().map(|step| rail_step(app, step, open)).collect();
    view! {
        <nav class="rail" aria-label="Steps">
            <button
                type="button"
                class="toggle"
                aria-expanded=flag(move || open.get())
                aria-controls="step-list"
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {words(move || steps::place(app.step.get()))}
            </button>
            <div class="list" id="step-list">
                <p class=attribute(move || if app.tenant().is_some() { "end from lit" } else { "end from" })>
                    {glyph(Place::Entra)}
                    <span>{words(move || app.tenant().unwrap_or_else(|| "Microsoft Entra ID".to_owned()))}</span>
                </p>
                <ol>{steps}</ol>
                <p class="end">
                    {glyph(Place::Databricks)}
                    <span>{words(move || app.target_name().unwrap_or_else(|| "Databricks".to_owned()))}</span>
                </p>
            </div>
        </nav>
    }
    .into_any()
}

fn rail_step(app: App, step: Step, open: RwSignal<bool>) -> AnyView {
    let proof = Memo::new(move |_| app.proof(step));
    let now = Memo::new(move |_| app.step.get() == step);
    view! {
        <li
            class=attribute(move || match (proof.with(Option::is_some), now.get()) {
                (true, true) => "done now",
                (true, false) => "done",
                (false, true) => "now",
                (false, false) => "",
            })
            aria-current=move || now.get().then_some("step")
        >
            <span class="dot" aria-hidden="true">
                {words(move || if proof.with(Option::is_some) { "✓".to_owned() } else { step.number().to_string() })}
            </span>
            <span>
                <a class="name" href=format!("#/{}", step.id()) on:click=move |_| open.set(false)>
                    {step.heading()}
                    <span class="unseen">
                        {attribute(move || if proof.with(Option::is_some) { " (done)" } else { " (not done)" })}
                    </span>
                </a>
                {maybe(move || proof.get().map(|text| view! { <div class="proof">{text}</div> }.into_any()))}
            </span>
        </li>
    }
    .into_any()
}
