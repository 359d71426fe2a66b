//! The published rate limits, by level and kind of request.

use std::time::Duration;

use crate::Level;
use crate::bucket::Bucket;
use crate::http::Answer;
use crate::random::Random;

use super::errors::ScimError;

/// The kinds of requests that are counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// One object by its id (`Me` too).
    Get,
    /// A list.
    List,
    /// PATCH.
    Patch,
    /// POST, PUT and DELETE.
    Write,
}

impl Class {
    pub(super) fn of(method: &str, has_id: bool) -> Self {
        match method {
            "GET" if has_id => Self::Get,
            "GET" => Self::List,
            "PATCH" => Self::Patch,
            _ => Self::Write,
        }
    }
}

/// The buckets of one level.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    get: Bucket,
    /// None where lists are counted with the reads.
    list: Option<Bucket>,
    patch: Bucket,
    write: Bucket,
}

impl Limits {
    /// Account: 20 reads, 2 patches and 5 other writes a second, 240 lists a minute. Workspace: 255 reads (lists among
    /// them), 10 patches and 35 other writes a minute.
    pub(super) const fn new(level: Level) -> Self {
        let second = Duration::from_secs(1);
        let minute = Duration::from_secs(60);
        match level {
            Level::Account => Self {
                get: Bucket::new(20, second),
                list: Some(Bucket::new(240, minute)),
                patch: Bucket::new(2, second),
                write: Bucket::new(5, second),
            },
            Level::Workspace => Self {
                get: Bucket::new(255, minute),
                list: None,
                patch: Bucket::new(10, minute),
                write: Bucket::new(35, minute),
            },
        }
    }

    /// Counts a request. Above the limit it gives the seconds after which the next one is let through.
    pub(super) fn take(&mut self, class: Class, now: Duration) -> Result<(), u64> {
        let bucket = match class {
            Class::Get => &mut self.get,
            Class::List => self.list.as_mut().unwrap_or(&mut self.get),
            Class::Patch => &mut self.patch,
            Class::Write => &mut self.write,
        };
        if bucket.take(1, now) { Ok(()) } else { Err(bucket.wait(1).as_secs() + 1) }
    }
}

/// A 429: in one of the two bodies, with `Retry-After` in about half of the cases.
pub(crate) fn too_many(seconds: u64, random: &mut Random) -> Answer {
    let answer = too_many_silent(random);
    if random.chance(50) { answer.with("retry-after", &seconds.to_string()) } else { answer }
}

/// A 429 that does not say how long to wait.
pub(crate) fn too_many_silent(random: &mut Random) -> Answer {
    if random.chance(50) {
        let text = "Too many requests. Please wait a moment and try again.";
        ScimError::Databricks(429, "RESOURCE_EXHAUSTED", text.to_owned()).answer()
    } else {
        let text = "RESOURCE_EXHAUSTED: RPC token bucket limit has been exceeded.";
        ScimError::Scim(429, None, text.to_owned()).answer()
    }
}
