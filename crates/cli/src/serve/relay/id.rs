//! Ids of requests: the same one in the answer and in the log, so that what somebody saw can be found.

use std::sync::atomic::{AtomicU64, Ordering};

use hyper::header::{HeaderMap, HeaderName, HeaderValue};

/// The header of every answer that carries its id. Databricks' own `x-request-id` passes beside it.
const HEADER: HeaderName = HeaderName::from_static("x-scim-setup-request");

/// The ids of one run of the relay.
pub(crate) struct Ids {
    run: u32,
    last: AtomicU64,
}

impl Ids {
    /// Ids that no other run gives out.
    pub(crate) fn new() -> Self {
        // Without randomness, ids are still unique within the run.
        Self { run: getrandom::u32().unwrap_or_default(), last: AtomicU64::new(0) }
    }

    /// The next id.
    pub(crate) fn next(&self) -> String {
        let number = self.last.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        format!("{:08x}-{number}", self.run)
    }
}

/// Writes an id to an answer.
pub(crate) fn stamp(id: &str, headers: &mut HeaderMap) {
    // Letters, digits and a hyphen are always a value.
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HEADER, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_counted_within_a_run() {
        let ids = Ids { run: 0x00ab_cdef, last: AtomicU64::new(8) };
        assert_eq!([ids.next(), ids.next()], ["00abcdef-9", "00abcdef-10"]);
    }

    #[test]
    fn the_relays_own_id_wins_over_one_of_the_host() {
        let mut headers = HeaderMap::new();
        headers.insert("x-scim-setup-request", HeaderValue::from_static("forged"));
        stamp("00abcdef-9", &mut headers);
        assert_eq!(headers.get_all("x-scim-setup-request").iter().collect::<Vec<_>>(), ["00abcdef-9"]);
    }
}
