//! Which users and groups.

use engine::entra::directory::FEW;
use engine::entra::ids::ObjectId;
use engine::setup::{Picked, Scope, Step};
use engine::worker::message::{Candidate, Command, Event};
use leptos::prelude::*;

use super::frame::{Words, buttons, frame};
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
use crate::parts::place::Place;
use crate::parts::progress::working;
use crate::parts::sheet::{send, sheet};
use crate::run;
use crate::sign_in::arrived;
use crate::state::{App, Found};

const WORDS: Words = Words {
    why: "Choose who shall be in Databricks. Groups bring their direct members with them; what is not chosen is left alone.",
    who: "whoever decides about access",
    places: &[Place::Here],
    takes: "a few minutes",
    expect: "The list on this page holds each group and person you mean, and nothing else. Nothing is written yet.",
    failure: "A group is not found",
    cure: &[
        "The search looks at the beginning of words in the name. New groups take some minutes to be found.",
        "Members of a nested group come along only if that group is chosen too.",
    ],
};

const EXTENT: &str = "extent";
const SEARCH: &str = "search";

/// What is being chosen; it counts once it is saved.
#[derive(Clone, Copy)]
struct Draft {
    all: RwSignal<Option<&'static str>>,
    groups: RwSignal<Vec<Picked>>,
    people: RwSignal<Vec<Picked>>,
}

pub(super) fn view(app: App) -> AnyView {
    let (extent, groups, people) = match app.setup.with_untracked(|setup| setup.scope.clone()) {
        Some(Scope::All) => ("all", Vec::new(), Vec::new()),
        Some(Scope::Chosen { groups, people }) => ("chosen", groups, people),
        None => ("chosen", Vec::new(), Vec::new()),
    };
    let draft = Draft {
        all: RwSignal::new(Some(extent)),
        groups: RwSignal::new(groups),
        people: RwSignal::new(people),
    };
    let errors = Errors::none();
    errors.heals(SEARCH, move || {
        draft.all.track();
        draft.groups.track();
        draft.people.track();
    });
    let connector = app.is_connector();
    if connector {
        guide::follow(app, Step::Scope);
    }
    let some = Memo::new(move |_| draft.all.get() == Some("chosen"));
    let save = move || save(app, draft, errors);
    let work = view! {
        {errors.summary()}
        {choices(
            EXTENT,
            "Who shall be provisioned?",
            "",
            draft.all.into(),
            move |value| draft.all.set(Some(value)),
            errors.of(EXTENT),
            vec![
                Choice { value: "chosen", name: "Chosen groups and people", says: CHOSEN.into_any() },
                Choice { value: "all", name: "Everyone and all security groups", says: ALL.into_any() },
            ],
        )}
        {maybe(move || some.get().then(|| picking(app, draft, errors)))}
        {maybe(move || (!connector && !app.proved(Step::Test)).then(|| without_relay(app)))}
        {connector.then(|| sheet(app, "below", app.guide.below))}
        {buttons(app, Step::Scope, button(Weight::Primary, "Save and continue", save))}
    };
    frame(app, Step::Scope, &WORDS, false, work.into_any())
}

const SAMPLE_HINT: &str = "The beginning of a name or a mail address. In the sample tenant try Data, or All.";
const CHOSEN: &str = "The usual way. Groups with their direct members, and single people.";
const ALL: &str = "The whole directory. Nested groups come along with their own members.";
const NOBODY: &str = "Search for a group and add it, or choose everyone.";

fn save(app: App, draft: Draft, errors: Errors) {
    let scope = match draft.all.get_untracked() {
        Some("all") => Scope::All,
        _ => Scope::Chosen { groups: draft.groups.get_untracked(), people: draft.people.get_untracked() },
    };
    let connector = app.is_connector();
    // Who assigns by hand need not choose here: the engine knows.
    if scope.is_empty() && !connector {
        errors.show(vec![(SEARCH, NOBODY.to_owned())]);
        return;
    }
    if app.is_busy() {
        errors.show(vec![(EXTENT, run::BUSY.to_owned())]);
        return;
    }
    errors.show(Vec::new());
    app.choose(scope);
    if connector {
        send(app, "settings");
    } else {
        app.go(Step::Review);
    }
}

fn picking(app: App, draft: Draft, errors: Errors) -> AnyView {
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
        {live(move || found(app, draft))}
        {live(move || chosen(draft))}
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

fn found(app: App, draft: Draft) -> AnyView {
    match app.found.get() {
        Found::Nothing => ().into_any(),
        Found::Searching => working("Searching…"),
        Found::Failed(what) => problem(Tone::Bad, what),
        Found::These(groups, people) if groups.is_empty() && people.is_empty() => {
            note(Tone::Plain, "Nothing found", "Try the beginning of another word of the name.")
        }
        Found::These(groups, people) => {
            let more = groups.len().max(people.len()) >= FEW;
            let groups = groups.into_iter().map(|found| offer("group", found, draft.groups));
            let people = people.into_iter().map(|found| offer("person", found, draft.people));
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

fn offer(kind: &'static str, found: Candidate, list: RwSignal<Vec<Picked>>) -> AnyView {
    let Candidate { picked, says } = found;
    let id = picked.id.clone();
    let name = picked.name.clone();
    let of = name.clone();
    let there = Signal::derive(move || list.with(|list| list.iter().any(|one| one.id == id)));
    let act = toggle(there, ("Remove", "Add"), of, move || {
        if there.get_untracked() {
            without(list, &picked.id);
        } else {
            list.update(|list| list.push(picked.clone()));
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

fn chosen(draft: Draft) -> AnyView {
    let rows = |kind: &'static str, list: RwSignal<Vec<Picked>>| {
        list.get().into_iter().map(move |picked| row(kind, picked, list)).collect::<Vec<_>>()
    };
    let mut all = rows("group", draft.groups);
    all.extend(rows("person", draft.people));
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

fn row(kind: &'static str, picked: Picked, list: RwSignal<Vec<Picked>>) -> AnyView {
    let Picked { id, name } = picked;
    let of = name.clone();
    let remove = move || {
        without(list, &id);
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

fn without(list: RwSignal<Vec<Picked>>, id: &ObjectId) {
    list.update(|list| list.retain(|one| one.id != *id));
}
