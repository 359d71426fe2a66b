//! A fault of the engine itself: the page is told, and shows that it stopped.

use std::panic::PanicHookInfo;

use engine::worker::message::Told;

use crate::post;

/// Tells the page of every panic from now on.
pub(crate) fn install() {
    std::panic::set_hook(Box::new(|info| post::post(&Told::Panicked(describe(info)))));
}

/// Only messages fixed at compile time are told: a formatted one could hold a value.
fn describe(info: &PanicHookInfo<'_>) -> String {
    let message =
        info.payload().downcast_ref::<&'static str>().copied().unwrap_or("a check inside the engine failed");
    let Some(place) = info.location() else { return message.to_owned() };
    let file = place.file().rsplit_once("/src/").map_or(place.file(), |(_, file)| file);
    format!("{message} ({file}:{})", place.line())
}
