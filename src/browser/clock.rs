//! The wall clock.

use engine::env::Timestamp;
use web_sys::js_sys::Date;

/// Now, for the record.
pub(crate) fn now() -> Timestamp {
    // The clock counts whole milliseconds since 1970, far below 2^53.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a present date fits")]
    Timestamp(Date::now() as u64)
}
