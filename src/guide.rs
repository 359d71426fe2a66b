//! What the engine says at a step, and what is pressed and filled in there. The page only carries it.

use engine::databricks::target::Target;
use engine::guide::Page;
use engine::problem::Problem;
use engine::secret::overwrite;
use engine::setup::Step;
use engine::worker::message::{Command, Event};
use leptos::prelude::*;

use crate::browser::{download, navigation, storage};
use crate::parts::Tone;
use crate::sign_in::{self, STAY};
use crate::state::App;

/// What the engine says at the step that is shown.
#[derive(Clone, Copy)]
pub(crate) struct Guide {
    /// Before the page's own part of the step, as strokes.
    pub(crate) above: RwSignal<String>,
    /// After it.
    pub(crate) below: RwSignal<String>,
    /// Whether something is being done in the tenant that leaving would cut off.
    pub(crate) busy: RwSignal<bool>,
    /// The id of what a person pressed last at this step: what is drawn then answers it.
    pub(crate) pressed: StoredValue<Option<String>>,
    /// Whether what had the focus was taken away by a drawing.
    pub(crate) lost: StoredValue<bool>,
}

impl Guide {
    pub(crate) fn new() -> Self {
        Self {
            above: RwSignal::default(),
            below: RwSignal::default(),
            busy: RwSignal::new(false),
            pressed: StoredValue::new(None),
            lost: StoredValue::new(false),
        }
    }
}

/// Has the engine say what belongs to a step, again whenever the facts change. Once the step is left nothing of it stays, and
/// a secret that stood there is forgotten.
pub(crate) fn follow(app: App, step: Step) {
    put(app.guide.above, "");
    put(app.guide.below, "");
    app.guide.pressed.set_value(None);
    app.guide.lost.set_value(false);
    on_cleanup(move || {
        put(app.guide.below, "");
        app.ask(Command::Hide, |_| ());
    });
    Effect::new(move || {
        app.live.with(|live| (live.account.is_some(), live.granted.len()));
        app.setup.track();
        show(app, step);
    });
}

fn show(app: App, step: Step) {
    let setup = app.setup.get_untracked();
    let preset =
        app.config.with_value(|config| config.client_id.is_some() && config.client_id == setup.client);
    let page = Page { setup, cloud: untrack(|| app.cloud()), base: navigation::base(), preset };
    app.ask(Command::Show { step, page: Box::new(page) }, move |event| hear(app, event));
}

/// Does what a button of a sheet holds.
pub(crate) fn press(app: App, id: String, action: String) {
    app.guide.pressed.set_value(Some(id));
    begin(app, action);
}

/// Does what belongs to a step, without a press.
pub(crate) fn begin(app: App, action: String) {
    // What is being done in the tenant says so itself; it can be stopped from here.
    if app.run.is_busy() {
        app.holds_back();
    } else {
        // What was chosen a moment ago counts already.
        show(app, app.step.get_untracked());
        app.ask(Command::Do(action), move |event| hear(app, event));
    }
}

/// Has the engine wait until a fresh token shows what is granted now.
pub(crate) fn prove(app: App) {
    app.checked.set(true);
    app.ask(Command::Prove, move |event| hear(app, event));
}

/// Hands over what was filled in.
pub(crate) fn fill(app: App, form: String, values: Vec<(String, String)>) {
    app.guide.pressed.set_value(Some(String::new()));
    if app.run.is_busy() {
        app.holds_back();
    } else {
        show(app, app.step.get_untracked());
        app.ask(Command::Fill { form, values }, move |event| hear(app, event));
    }
}

pub(crate) fn hear(app: App, event: Event) {
    let here = app.step.get_untracked();
    match event {
        Event::Sheets { step, above, below, busy } => {
            app.guide.busy.set(busy);
            if !busy {
                app.calm();
            }
            // A late answer for a step that is not shown any more is of no use.
            if step == here {
                put(app.guide.above, &above.0);
                put(app.guide.below, &below.0);
            }
        }
        Event::Leave { address, kept } => sign_in::depart(app, here, STAY, &address, &kept),
        Event::Granted(scopes) => app.granted(scopes),
        Event::Registered { cloud, .. }
            if app.config.with_value(|config| config.cloud_of(&cloud).is_none()) =>
        {
            let problem = Problem::new(
                "This page does not know the cloud of that tenant.",
                "The line names a cloud that is neither built in nor in this page’s config.json.",
                "Copy the command from this very page, and run it again.",
            );
            app.notice.set(Some((here, Tone::Bad, problem.detail("cloud", cloud).into())));
        }
        Event::Registered { cloud, tenant, client } if !app.holds_back() => {
            app.take_over(app.setup.get_untracked().moved(cloud, Some(tenant), Some(client)));
            app.say("The IDs are taken over.");
        }
        Event::Unattended { client, secret_ends } => app.setup.update(|setup| {
            setup.unattended = Some(client);
            setup.unattended_secret_ends = secret_ends;
        }),
        Event::Keep(facts) => {
            let facts = serde_json::from_str(&facts).ok();
            app.setup.update(|setup| setup.connector = facts);
            // What follows may make something in the tenant: this has to outlive the tab's next crash.
            app.setup.with_untracked(|setup| storage::put(storage::SETUP, &setup.to_json()));
            app.ask(Command::Kept, |_| ());
        }
        Event::Proved { step, proof } => {
            app.live.update(|live| live.prove(step, proof));
            app.prove(step);
        }
        Event::Target(address) => {
            if let Ok(target) = Target::parse(&address, &app.cloud().databricks)
                && app.setup.with_untracked(|it| it.target.as_ref() != Some(&target) || it.unconfirmed.target)
            {
                // The tenant's own connector names it.
                app.setup.update(|setup| (setup.target, setup.unconfirmed.target) = (Some(target), false));
                app.live.update(|live| live.has_token = false);
            }
        }
        Event::Choose(scope) => app.choose(scope),
        Event::Offer { name, kind, text } if !download::offer(&name, &kind, &text) => {
            app.say("The browser did not save the file.");
        }
        Event::Go(step) => app.go(step),
        Event::Failed(problem) => app.notice.set(Some((here, Tone::Bad, problem.into()))),
        _ => {}
    }
}

/// What stays as it is, is not drawn again: somebody may be typing there. What goes is wiped: a secret may have stood there.
fn put(shown: RwSignal<String>, strokes: &str) {
    if shown.with_untracked(|shown| shown != strokes) {
        shown.update(|shown| overwrite(shown, strokes));
    }
}
