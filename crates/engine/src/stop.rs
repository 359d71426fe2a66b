//! Pausing and stopping long work.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use futures::future::{Either, select};
use serde::{Deserialize, Serialize};

use crate::env::Env;

/// What the person wants the work to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wish {
    /// Go on.
    Run,
    /// Finish what is under way, then wait.
    Pause,
    /// Finish what is under way, then end.
    Stop,
}

/// The work was stopped by a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// The handle by which a person pauses, resumes and stops work. Clones share one state.
#[derive(Clone, Debug, Default)]
pub struct Control(Rc<Shared>);

#[derive(Debug)]
struct Shared {
    wish: Cell<Wish>,
    waiting: RefCell<BTreeMap<u64, Waker>>,
    next: Cell<u64>,
    ends: Cell<Option<Duration>>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            wish: Cell::new(Wish::Run),
            waiting: RefCell::default(),
            next: Cell::new(0),
            ends: Cell::new(None),
        }
    }
}

impl Control {
    /// Whether this is a handle on the same work.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// What is wished for now.
    #[must_use]
    pub fn wish(&self) -> Wish {
        self.0.wish.get()
    }

    /// Changes the wish. A stop is final.
    pub fn set(&self, wish: Wish) {
        if self.wish() != Wish::Stop {
            self.0.wish.set(wish);
            for waker in self.0.waiting.take().into_values() {
                waker.wake();
            }
        }
    }

    /// When the time for what is being done is up, on the monotonic clock; nothing, where it has time.
    #[must_use]
    pub fn ends(&self) -> Option<Duration> {
        self.0.ends.get()
    }

    /// Sets that time, until what this returns is dropped.
    #[must_use = "the time counts as long as this is kept"]
    pub fn bound(&self, ends: Duration) -> Bound<'_> {
        Bound { shared: &self.0, before: self.0.ends.replace(Some(ends)) }
    }

    /// Passes at once while running, waits while paused.
    ///
    /// # Errors
    /// [`Stopped`] when the work is to end.
    pub async fn gate(&self) -> Result<(), Stopped> {
        match self.until(|wish| wish != Wish::Pause).await {
            Wish::Stop => Err(Stopped),
            Wish::Run | Wish::Pause => Ok(()),
        }
    }

    /// Sleeps, unless the work is stopped first.
    ///
    /// # Errors
    /// [`Stopped`] when the work is to end.
    pub async fn sleep(&self, env: &impl Env, duration: Duration) -> Result<(), Stopped> {
        self.unless_stopped(env.sleep(duration)).await
    }

    /// Waits for work that may be dropped at any point, such as reading, unless it is stopped first.
    ///
    /// # Errors
    /// [`Stopped`] when the work is to end.
    pub async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T, Stopped> {
        let work = std::pin::pin!(work);
        let stop = std::pin::pin!(self.until(|wish| wish == Wish::Stop));
        // A stop wins over a result that comes at the same moment: nobody waits for that one any more.
        match select(stop, work).await {
            Either::Left(_) => Err(Stopped),
            Either::Right((result, _)) => Ok(result),
        }
    }

    async fn until(&self, wanted: impl Fn(Wish) -> bool) -> Wish {
        let waiting = Waiting { shared: &self.0, number: self.0.next.replace(self.0.next.get() + 1) };
        poll_fn(|context| {
            let wish = self.wish();
            if wanted(wish) {
                return Poll::Ready(wish);
            }
            waiting.shared.waiting.borrow_mut().insert(waiting.number, context.waker().clone());
            Poll::Pending
        })
        .await
    }
}

/// The time for what is being done counts as long as this is kept.
#[derive(Debug)]
pub struct Bound<'b> {
    shared: &'b Shared,
    before: Option<Duration>,
}

impl Drop for Bound<'_> {
    fn drop(&mut self) {
        self.shared.ends.set(self.before);
    }
}

/// One who waits. Every paced request does: who has stopped waiting must leave nothing behind.
struct Waiting<'w> {
    shared: &'w Shared,
    number: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.shared.waiting.borrow_mut().remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn a_gate_waits_while_paused_and_ends_when_stopped() {
        let control = Control::default();
        assert_eq!(control.gate().now_or_never(), Some(Ok(())));
        control.set(Wish::Pause);
        assert_eq!(control.gate().now_or_never(), None);
        control.set(Wish::Stop);
        assert_eq!(control.gate().now_or_never(), Some(Err(Stopped)));
        control.set(Wish::Run);
        assert_eq!(control.wish(), Wish::Stop);
    }
}
