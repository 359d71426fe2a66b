//! How messages travel between a page and its worker.

use serde::{Deserialize, Serialize};

use super::{Command, Event};

/// A command on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Numbers the commands of a visit.
    pub id: u32,
    /// What to do.
    pub command: Command,
}

/// What a worker sends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Told {
    /// It listens from now on.
    Ready {
        /// Its [`VERSION`](super::VERSION).
        version: String,
    },
    /// Something that happened.
    Event {
        /// Which command this belongs to.
        id: u32,
        /// Whether it is the last one for that command.
        last: bool,
        /// What happened.
        event: Box<Event>,
    },
    /// It stopped for a fault of its own, with words fixed at compile time.
    Panicked(String),
}

impl Asked {
    /// The command as it travels.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Pretty, as a setup is saved: one writer in the page in place of two.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// A command that came; nothing, when it is not understood.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl Told {
    /// The message as it travels.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// A message that came; nothing, when it is not understood.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}
