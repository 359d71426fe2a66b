//! A fault of the engine itself: the page is told, and shows that it stopped.

use engine::panic::describe;
use engine::worker::message::Told;

use crate::post;

/// Tells the page of every panic from now on.
pub(crate) fn install() {
    std::panic::set_hook(Box::new(|info| post::post(&Told::Panicked(describe(info)))));
}
