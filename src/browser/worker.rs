//! The page's end of the worker: commands go out, events come in. The worker is loaded when the first command comes, or
//! a little before, so that the page itself is there at once.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use engine::problem::Problem;
use engine::secret::Secret;
use engine::worker::message::{Asked, Command, Event, Told, VERSION};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::js_sys::futures::spawn_local;
use web_sys::js_sys::{Array, Uint8Array};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use super::navigation::{base, document};
use super::{fetch, panic};

thread_local! {
    /// The worker that runs, where the page's last words can reach it.
    static RUNNING: RefCell<Option<Worker>> = const { RefCell::new(None) };
}

/// Ends the worker, whatever it does: nothing goes on behind a page that has stopped.
pub(super) fn end() {
    RUNNING.with(|running| {
        if let Ok(Some(worker)) = running.try_borrow_mut().map(|mut worker| worker.take()) {
            worker.terminate();
        }
    });
}

/// What becomes of the events of one command.
type Listener = Rc<dyn Fn(Event)>;

/// The engine, wherever it runs. Clones share one worker.
#[derive(Clone, Default)]
pub(crate) struct Engine(Rc<Shared>);

#[derive(Default)]
struct Shared {
    worker: RefCell<Option<Worker>>,
    loading: Cell<bool>,
    ready: Cell<bool>,
    /// Messages for a worker that does not listen yet.
    waiting: RefCell<Vec<JsValue>>,
    listeners: RefCell<Vec<(u32, Listener)>>,
    next: Cell<u32>,
}

impl Engine {
    /// Has something done. `hear` gets every event of it, unless it is [dropped](Self::ignore) first. A secret goes beside
    /// the command.
    pub(crate) fn ask(
        &self,
        command: Command,
        secret: Option<&Secret>,
        hear: impl Fn(Event) + 'static,
    ) -> Ticket {
        self.send(command, secret, Rc::new(hear))
    }

    fn send(&self, command: Command, secret: Option<&Secret>, hear: Listener) -> Ticket {
        let id = self.0.next.replace(self.0.next.get().wrapping_add(1));
        self.0.listeners.borrow_mut().push((id, hear));
        let text = Asked { id, command }.to_text();
        let secret = secret.map_or(JsValue::UNDEFINED, |secret| secret.expose().as_str().into());
        self.0.waiting.borrow_mut().push(Array::of2(&text.as_str().into(), &secret).into());
        self.start();
        self.flush();
        Ticket(id)
    }

    /// What happens to that command from now on does not matter any more: a newer one takes its place.
    pub(crate) fn ignore(&self, Ticket(id): Ticket) {
        self.0.listeners.borrow_mut().retain(|(other, _)| *other != id);
    }

    /// Loads the worker, unless it is there: first its files, against their checksums, since a worker cannot check its own.
    pub(crate) fn start(&self) {
        if self.0.worker.borrow().is_some() || self.0.loading.replace(true) {
            return;
        }
        let engine = self.clone();
        spawn_local(async move {
            let sound = are_sound().await;
            engine.0.loading.set(false);
            if !(sound && engine.spawn()) {
                engine.fail(&not_loaded());
            }
        });
    }

    /// Says whether a worker could be made.
    fn spawn(&self) -> bool {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let Ok(worker) = Worker::new_with_options(&address(), &options) else { return false };
        let engine = self.clone();
        let message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| engine.hear(&event));
        worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
        message.forget();
        let engine = self.clone();
        // Before it listens, an error means that it could not be loaded. Later it reports its faults itself; what it could
        // not report ends it all the same, and nobody shall wait for its answers.
        let error = Closure::<dyn Fn()>::new(move || {
            if engine.0.ready.get() {
                panic::draw("the engine ended with an error");
            } else {
                engine.fail(&not_loaded());
            }
        });
        worker.set_onerror(Some(error.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(error.as_ref().unchecked_ref()));
        error.forget();
        RUNNING.set(Some(worker.clone()));
        self.0.worker.replace(Some(worker));
        true
    }

    fn flush(&self) {
        if let Some(worker) = self.0.worker.borrow().as_ref().filter(|_| self.0.ready.get()) {
            for message in self.0.waiting.take() {
                let _ = worker.post_message(&message);
            }
        }
    }

    fn hear(&self, message: &MessageEvent) {
        let bytes = Secret::new(Uint8Array::new(&message.data()).to_vec());
        match Told::from_bytes(bytes.expose()) {
            Some(Told::Ready { version }) if version == VERSION => {
                self.0.ready.set(true);
                self.flush();
            }
            Some(Told::Event { id, last, event }) => {
                // The listener may ask for more, so nothing is borrowed while it runs.
                let listener = self.listener(id, last);
                if let Some(listener) = listener {
                    listener(*event);
                }
            }
            Some(Told::Panicked(words)) => panic::draw(&words),
            // Once it was understood, it has done things that this page no longer hears of.
            Some(Told::Ready { .. }) | None if self.0.ready.get() => {
                panic::draw("the engine said something that makes no sense");
            }
            Some(Told::Ready { .. }) | None => self.fail(&of_another_version()),
        }
    }

    fn listener(&self, id: u32, last: bool) -> Option<Listener> {
        let mut listeners = self.0.listeners.borrow_mut();
        let at = listeners.iter().position(|(other, _)| *other == id)?;
        if last {
            Some(listeners.swap_remove(at).1)
        } else {
            listeners.get(at).map(|(_, hear)| Rc::clone(hear))
        }
    }

    /// Gives everything that was asked up, so that the next command tries anew.
    fn fail(&self, problem: &Problem) {
        self.0.ready.set(false);
        self.0.worker.take();
        end();
        self.0.waiting.take();
        for (_, hear) in self.0.listeners.take() {
            hear(Event::Failed(problem.clone()));
        }
    }
}

/// A command that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket(u32);

/// What index.html says about the worker.
fn meta(selector: &str) -> String {
    let named = document().query_selector(selector).ok().flatten();
    named.and_then(|meta| meta.get_attribute("content")).unwrap_or_default()
}

/// Where the worker is.
fn address() -> String {
    let mut address = base();
    address.push_str(&meta("meta[name=worker]"));
    address
}

/// Whether the worker's files are what the build made. They stay in the browser's cache for the worker to find.
async fn are_sound() -> bool {
    let text = meta("meta[name=worker-integrity]");
    let mut words = text.split_whitespace();
    while let (Some(file), Some(integrity)) = (words.next(), words.next()) {
        let mut address = base();
        address.push_str(file);
        if !(fetch::is_sound(&address, integrity, false).await
            || fetch::is_sound(&address, integrity, true).await)
        {
            return false;
        }
    }
    true
}

fn not_loaded() -> Problem {
    Problem::new(
        "A part of this page could not be loaded",
        "The engine, which does the work behind the page, did not start: there is no connection to the server, a file was \
         changed on its way, a new version was put in place just now, or a policy blocks workers.",
        "Check the network and try again. If that does not help, reload the page; what you chose is kept.",
    )
}

fn of_another_version() -> Problem {
    Problem::new(
        "This page and its engine are of two versions",
        "A new version was put in place while this page was open.",
        "Reload the page; what you chose is kept. You sign in and enter the token again.",
    )
}
