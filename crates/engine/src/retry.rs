//! When to try again, and after how long.

use std::time::Duration;

use crate::env::Env;
use crate::http::{Response, SendError, SendErrorKind};

/// How often one request is tried in all.
pub const ATTEMPTS: u32 = 7;
/// No wait is longer, whatever a server asks for. To come back before the time that was asked for would only be refused again,
/// and counts as another request (Graph: `throttling`).
pub const LONGEST: Duration = Duration::from_secs(3600);

/// The wait before the attempt after number `attempt` (from 0): what the server asked for, or else one second doubled each
/// time up to 30; either way with up to a quarter more, so that clients that were refused together come back apart.
/// `Retry-After` may be hidden from a page by CORS, so nothing depends on it.
pub fn wait(env: &impl Env, attempt: u32, asked: Option<Duration>) -> Duration {
    let usual = Duration::from_secs(1 << attempt.min(5)).min(Duration::from_secs(30));
    let base = asked.unwrap_or(usual).min(LONGEST);
    let mut byte = [0];
    env.random(&mut byte);
    let [jitter] = byte;
    (base + base * u32::from(jitter) / 1024).min(LONGEST)
}

/// Whether a read may be tried again after this answer.
#[must_use]
pub const fn worth_repeating(response: &Response) -> bool {
    matches!(response.status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// Whether a read may be tried again after no answer.
#[must_use]
pub const fn worth_resending(error: &SendError) -> bool {
    matches!(error.kind, SendErrorKind::Unreachable | SendErrorKind::TimedOut)
}
