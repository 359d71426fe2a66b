//! Which users and groups.

use engine::entra::directory::FEW;
use engine::entra::ids::ObjectId;
use engine::setup::{Picked, Scope, Step};
use engine::worker::message::{Candidate, Command, Event};
use leptos::prelude::*;

use super::frame::{buttons, frame};
use super::handover::without_relay;
use crate::browser::navigation;
use crate::guide;
use crate::parts::Tone;
use crate::parts::badge::badge;
use crate::parts::button::{Weight, button, button_for, toggle};
use crate::parts::choice::{Choice, choices};
use crate::parts::errors::Errors;
use crate::parts::field::{Field, Kind, field};
use crate::parts::form::form;
use crate::parts::live::{live, maybe};
use crate::parts::notice::{note, problem};
use crate::parts::progress::working;
use crate::parts::sheet::{send, sheet};
use crate::run;
use crate::sign_in::arrived;
use crate::state::{App, Found};

const EXTENT: &str = "extent";
const SEARCH: &str = "search";
const GROUP: &str = "group";
const PERSON: &str = "person";

/// What is chosen counts at once, so that whatever else happens at this step finds it.
#[derive(Clone, Copy)]
struct Choosing {
    app: App,
    errors: Errors,
    /// Who was picked before everyone was chosen: a second thought finds them again.
    kept: StoredValue<(Vec<Picked>, Vec<Picked>)>,
}

impl Choosing {
    fn is_all(self) -> bool {
        self.app.setup.with(|setup| setup.scope == Some(Scope::All))
    }

    /// The groups and the people.
    fn picked(self) -> (Vec<Picked>, Vec<Picked>) {
        self.app.setup.with(|setup| match &setup.scope {
            Some(Scope::Chosen { groups, people }) => (groups.clone(), people.clone()),
            Some(Scope::All) | None => Default::default(),
        })
    }

    fn choose(self, scope: Scope) {
        if self.app.is_busy() {
            self.errors.show(vec![(EXTENT, run::BUSY.to_owned())]);
            // What was ticked falls back.
            self.app.setup.notify();
        } else {
            self.app.choose(scope);
        }
    }

    fn extent(self, value: &'static str) {
        if value == "all" {
            self.kept.set_value(untrack(|| self.picked()));
            self.choose(Scope::All);
        } else {
            let (groups, people) = self.kept.get_value();
            self.choose(Scope::Chosen { groups, people });
        }
    }

    /// Whether it is among the picked ones.
    fn has(self, id: &ObjectId) -> bool {
        let (groups, people) = self.picked();
        groups.iter().chain(&people).any(|one| one.id == *id)
    }

    fn add(self, kind: &'static str, picked: Picked) {
        let (mut groups, mut people) = untrack(|| self.picked());
        if kind == GROUP {
            groups.push(picked);
        } else {
            people.push(picked);
        }
        self.choose(Scope::Chosen { groups, people });
    }

    fn remove(self, id: &ObjectId) {
        let (mut groups, mut people) = untrack(|| self.picked());
        groups.retain(|one| one.id != *id);
        people.retain(|one| one.id != *id);
        self.choose(Scope::Chosen { groups, people });
    }
}

pub(super) fn view(app: App) -> AnyView {
    let errors = Errors::none();
    let choosing = Choosing { app, errors, kept: StoredValue::new(Default::default()) };
    errors.heals(SEARCH, move || app.setup.track());
    let connector = app.is_connector();
    if connector {
        guide::follow(app, Step::Scope);
    }
    let all = Memo::new(move |_| choosing.is_all());
    let save = move || save(app, errors);
    let work = view! {
        {errors.summary()}
        {choices(
            EXTENT,
            "Who shall be provisioned?",
            "",
            Signal::derive(move || Some(if all.get() { "all" } else { "chosen" })),
            move |value| choosing.extent(value),
            errors.of(EXTENT),
            vec![
                Choice { value: "chosen", name: "Chosen groups and people", says: CHOSEN.into_any() },
                Choice { value: "all", name: "Everyone and all security groups", says: ALL.into_any() },
            ],
        )}
        {maybe(move || (!all.get()).then(|| picking(choosing)))}
        {maybe(move || (!connector && !app.proved(Step::Test)).then(|| without_relay(app)))}
        {connector.then(|| sheet(app, "below", app.guide.below))}
        {buttons(app, Step::Scope, button(Weight::Primary, "Save and continue", save))}
    };
    frame(app, Step::Scope, false, work.into_any())
}

const SAMPLE_HINT: &str = "The beginning of a name or a mail address. In the sample tenant try Data, or All.";
const CHOSEN: &str = "The usual way. Groups with their direct members, and single people.";
const ALL: &str = "The whole directory. Nested groups come along with their own members.";
const NOBODY: &str = "Search for a group and add it, or choose everyone.";

fn save(app: App, errors: Errors) {
    let connector = app.is_connector();
    let nobody = app.setup.with_untracked(|setup| setup.scope.as_ref().is_none_or(Scope::is_empty));
    // Who assigns by hand need not choose here: the engine knows.
    if nobody && !connector {
        errors.show(vec![(SEARCH, NOBODY.to_owned())]);
        return;
    }
    if app.is_busy() {
        errors.show(vec![(EXTENT, run::BUSY.to_owned())]);
        return;
    }
    errors.show(Vec::new());
    if connector {
        send(app, "settings");
    } else {
        app.go(Step::Review);
    }
}

fn picking(choosing: Choosing) -> AnyView {
    let Choosing { app, errors, .. } = choosing;
    let text = RwSignal::new(String::new());
    let body = view! {
        <div class="row search">
            {field(Field {
                id: SEARCH,
                label: "Search users and groups",
                hint: if app.is_sample() { SAMPLE_HINT } else { "The beginning of a name or a mail address." },
                kind: Kind::Search,
                value: text,
                error: errors.of(SEARCH),
            })}
            <button type="submit" class="button">"Search"</button>
        </div>
    };
    view! {
        {form(body.into_any(), move || search(app, text.get_untracked()))}
        {live(move || found(choosing))}
        {live(move || chosen(choosing))}
    }
    .into_any()
}

fn search(app: App, text: String) {
    if app.live.with_untracked(|live| live.account.is_none()) {
        app.go(Step::Register);
        return;
    }
    if text.trim().is_empty() {
        app.found.set(Found::Nothing);
        return;
    }
    app.found.set(Found::Searching);
    app.ask(Command::Search { text }, move |event| match event {
        Event::Found { groups, people } => {
            let mut said = groups.len().to_string();
            said.push_str(" groups and ");
            said.push_str(&people.len().to_string());
            said.push_str(" people found.");
            app.say(said);
            app.found.set(Found::These(groups, people));
        }
        Event::Arrived(arrival) => arrived(app, arrival),
        Event::Failed(problem) => app.found.set(Found::Failed(problem)),
        // A newer search is under way.
        _ => {}
    });
}

fn found(choosing: Choosing) -> AnyView {
    match choosing.app.found.get() {
        Found::Nothing => ().into_any(),
        Found::Searching => working("Searching…"),
        Found::Failed(what) => problem(Tone::Bad, what),
        Found::These(groups, people) if groups.is_empty() && people.is_empty() => {
            note(Tone::Plain, "Nothing found", "Try the beginning of another word of the name.")
        }
        Found::These(groups, people) => {
            let more = groups.len().max(people.len()) >= FEW;
            let groups = groups.into_iter().map(|found| offer(GROUP, found, choosing));
            let people = people.into_iter().map(|found| offer(PERSON, found, choosing));
            let rows: Vec<AnyView> = groups.chain(people).collect();
            view! {
                <section class="card" aria-labelledby="found">
                    <header><h2 id="found">"Found"</h2></header>
                    <ul class="picks found">{rows}</ul>
                    {more.then(|| view! { <p class="empty">"There may be more: type more of the name."</p> })}
                </section>
            }
            .into_any()
        }
    }
}

fn offer(kind: &'static str, found: Candidate, choosing: Choosing) -> AnyView {
    let Candidate { picked, says } = found;
    let id = picked.id.clone();
    let name = picked.name.clone();
    let of = name.clone();
    let there = Signal::derive(move || choosing.has(&id));
    let act = toggle(there, ("Remove", "Add"), of, move || {
        if there.get_untracked() {
            choosing.remove(&picked.id);
        } else {
            choosing.add(kind, picked.clone());
        }
    });
    view! {
        <li>
            <span class="who">{name}<span class="sub">{says}</span></span>
            {badge(Tone::Plain, kind)}
            {act}
        </li>
    }
    .into_any()
}

fn chosen(choosing: Choosing) -> AnyView {
    let (groups, people) = choosing.picked();
    let groups = groups.into_iter().map(|picked| row(GROUP, picked, choosing));
    let all: Vec<AnyView> =
        groups.chain(people.into_iter().map(|picked| row(PERSON, picked, choosing))).collect();
    let empty = all.is_empty();
    view! {
        <section class="card" aria-labelledby="chosen">
            <header><h2 id="chosen" tabindex="-1">"Chosen"</h2></header>
            {empty.then(|| view! { <p class="empty">"Nobody yet. Search above and add."</p> })}
            {(!empty).then(|| view! { <ul class="picks">{all}</ul> })}
        </section>
    }
    .into_any()
}

fn row(kind: &'static str, picked: Picked, choosing: Choosing) -> AnyView {
    let Picked { id, name } = picked;
    let of = name.clone();
    let remove = move || {
        choosing.remove(&id);
        navigation::keep_focus("chosen");
    };
    view! {
        <li>
            <span class="who">{name}</span>
            {badge(Tone::Plain, kind)}
            {button_for(Weight::Small, "Remove", of, remove)}
        </li>
    }
    .into_any()
}
