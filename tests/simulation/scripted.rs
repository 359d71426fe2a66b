//! The world as a page reaches it, where the next answers to some requests are given by a test.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use engine::env::{Env, Timestamp};
use engine::http::{Request, Response, SendError, SendErrorKind};

use super::browser::Browser;
use super::world::World;

/// What comes in place of the true answer.
pub(crate) type Given = Result<Response, SendError>;

/// Requests whose address ends so (without their query) get the given answers, in order; then the true ones.
#[derive(Clone)]
pub(crate) struct Scripted(Rc<Inner>);

struct Inner {
    browser: Browser,
    ending: RefCell<String>,
    answers: RefCell<VecDeque<Given>>,
    asked: Cell<usize>,
    /// How far the wall clock is wrong.
    off: Cell<u64>,
}

impl Scripted {
    pub(crate) fn new(world: &World, ending: &str) -> Self {
        Self(Rc::new(Inner {
            browser: Browser(world.clone()),
            ending: RefCell::new(ending.to_owned()),
            answers: RefCell::default(),
            asked: Cell::new(0),
            off: Cell::new(0),
        }))
    }

    /// From now on it is about requests whose address ends so.
    pub(crate) fn at(&self, ending: &str) {
        ending.clone_into(&mut self.0.ending.borrow_mut());
    }

    /// These answers come next.
    pub(crate) fn answer(&self, answers: impl IntoIterator<Item = Given>) {
        self.0.answers.borrow_mut().extend(answers);
    }

    /// How many such requests were sent.
    pub(crate) fn asked(&self) -> usize {
        self.0.asked.get()
    }

    /// Somebody sets the wall clock forward.
    pub(crate) fn set_clock_forward(&self, by: Duration) {
        self.0.off.set(u64::try_from(by.as_millis()).unwrap());
    }
}

impl Env for Scripted {
    async fn send(&self, request: Request) -> Given {
        if request
            .url
            .split('?')
            .next()
            .is_some_and(|address| address.ends_with(self.0.ending.borrow().as_str()))
        {
            self.0.asked.set(self.0.asked.get() + 1);
            let given = self.0.answers.borrow_mut().pop_front();
            if let Some(given) = given {
                self.sleep(Duration::from_millis(80)).await;
                return given;
            }
        }
        self.0.browser.send(request).await
    }
    async fn sleep(&self, duration: Duration) {
        self.0.browser.sleep(duration).await;
    }
    fn wall(&self) -> Timestamp {
        Timestamp(self.0.browser.wall().0 + self.0.off.get())
    }
    fn monotonic(&self) -> Duration {
        self.0.browser.monotonic()
    }
    fn random(&self, bytes: &mut [u8]) {
        self.0.browser.random(bytes);
    }
}

/// An answer of this status, header and body.
#[allow(clippy::unnecessary_wraps, reason = "one of what may be given")]
pub(crate) fn given(status: u16, header: Option<(&str, &str)>, body: &str) -> Given {
    let headers = header.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Ok(Response { status, headers, body: body.as_bytes().to_vec() })
}

/// No answer.
pub(crate) fn no_connection() -> Given {
    Err(SendError::new(SendErrorKind::Unreachable, "the network is down"))
}
