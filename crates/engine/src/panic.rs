//! What is said of a fault of the program itself.

use std::panic::PanicHookInfo;

/// A fault in words that may be shown and sent: only messages fixed at compile time, since a formatted one could hold a
/// value, and where it is.
#[must_use]
pub fn describe(info: &PanicHookInfo<'_>) -> String {
    let message = info.payload().downcast_ref::<&'static str>().copied().unwrap_or("a check inside failed");
    let mut text = message.to_owned();
    if let Some(place) = info.location() {
        text.push_str(" (");
        text.push_str(place.file().rsplit_once("/src/").map_or(place.file(), |(_, file)| file));
        text.push(':');
        text.push_str(&place.line().to_string());
        text.push(')');
    }
    text
}
