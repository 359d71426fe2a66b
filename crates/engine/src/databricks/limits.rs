//! How fast Databricks may be asked, and keeping to it.
//!
//! The published limits hold per account or workspace, not per token: an Entra connector or a Terraform run beside us eats
//! from the same budget, so we take four fifths of it.

use std::cell::Cell;
use std::time::Duration;

use crate::databricks::target::Level;
use crate::env::Env;
use crate::stop::{Control, Stopped};

/// Calls that share one budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Lists.
    List,
    /// One object by its id.
    Get,
    /// POST, PUT, DELETE.
    Write,
    /// PATCH.
    Patch,
}

/// Requests per minute that are published for a level and a class (Databricks' page on resource limits; the workspace PATCH
/// figure from a tool of Databricks Labs that cites the same page).
#[must_use]
pub const fn published(level: Level, class: Class) -> u32 {
    match (level, class) {
        (Level::Account, Class::List) => 240,
        (Level::Account, Class::Get) => 1200,
        (Level::Account, Class::Write) => 300,
        (Level::Account, Class::Patch) => 120,
        (Level::Workspace, Class::List | Class::Get) => 255,
        (Level::Workspace, Class::Write) => 35,
        (Level::Workspace, Class::Patch) => 10,
    }
}

/// The time between two calls of a class.
#[must_use]
pub fn spacing(level: Level, class: Class) -> Duration {
    Duration::from_secs(75) / published(level, class)
}

/// Spaces the calls of each class evenly.
#[derive(Debug)]
pub struct Pace {
    level: Level,
    next: [Cell<Duration>; 4],
}

impl Pace {
    /// A pace that has not begun.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Self { level, next: Default::default() }
    }

    /// Waits for the turn of one call.
    ///
    /// # Errors
    /// [`Stopped`] when the work is stopped meanwhile.
    pub async fn turn(&self, env: &impl Env, control: &Control, class: Class) -> Result<(), Stopped> {
        let now = env.monotonic();
        let slot = self.slot(class);
        let turn = slot.get().max(now);
        slot.set(turn + spacing(self.level, class));
        if turn > now { control.sleep(env, turn - now).await } else { Ok(()) }
    }

    /// After a refusal for being too fast: no call of this class begins before that time.
    pub fn hold(&self, env: &impl Env, class: Class, wait: Duration) {
        let slot = self.slot(class);
        slot.set(slot.get().max(env.monotonic() + wait));
    }

    const fn slot(&self, class: Class) -> &Cell<Duration> {
        let [list, get, write, patch] = &self.next;
        // At a workspace lists and single reads share one budget.
        match (self.level, class) {
            (_, Class::List) | (Level::Workspace, Class::Get) => list,
            (Level::Account, Class::Get) => get,
            (_, Class::Write) => write,
            (_, Class::Patch) => patch,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_fifths_of_the_published_rate_are_used() {
        assert_eq!(spacing(Level::Account, Class::Patch), Duration::from_millis(625));
        assert_eq!(spacing(Level::Account, Class::Write), Duration::from_millis(250));
        assert_eq!(spacing(Level::Workspace, Class::Patch), Duration::from_millis(7500));
    }
}
