//! The engine in a Web Worker: takes the page's commands, gives back events. What they mean is `engine::worker`; here are
//! only the browser's sockets.

mod browser;
mod panic;
mod post;

use std::rc::Rc;

use engine::secret::Secret;
use engine::sync::journal::MemoryJournal;
use engine::worker::Worker;
use engine::worker::message::{Asked, Event, Told, VERSION};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::MessageEvent;
use web_sys::js_sys::Array;
use web_sys::js_sys::futures::spawn_local;
use zeroize::Zeroizing;

use crate::browser::Browser;

fn main() {
    panic::install();
    let worker = Rc::new(Worker::new(Browser, MemoryJournal::default()));
    let listen = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| match read(&message) {
        Some((asked, secret)) => spawn_local(answer(Rc::clone(&worker), asked, secret)),
        None => post::not_understood(),
    });
    post::scope().set_onmessage(Some(listen.as_ref().unchecked_ref()));
    // The worker lives as long as its page.
    listen.forget();
    post::post(&Told::Ready { version: VERSION.to_owned() });
}

/// A message of the page: the command as text, and the secret that goes with it, if any.
fn read(message: &MessageEvent) -> Option<(Asked, Option<Secret>)> {
    let parts: Array = message.data().dyn_into().ok()?;
    let asked = Asked::from_text(&Zeroizing::new(parts.get(0).as_string()?))?;
    Some((asked, parts.get(1).as_string().map(Secret::new)))
}

async fn answer(worker: Rc<Worker<Browser, MemoryJournal>>, asked: Asked, secret: Option<Secret>) {
    let Asked { id, command } = asked;
    let tell = |event: Event, last| post::post(&Told::Event { id, last, event: Box::new(event) });
    let end = worker.handle(command, secret, &|event| tell(event, false)).await;
    tell(end, true);
}

#[cfg(all(test, target_arch = "wasm32"))]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);
