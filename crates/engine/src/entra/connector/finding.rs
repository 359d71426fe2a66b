//! Something found out about a connector, in words.

/// How something found is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tone {
    /// As it should be.
    Good,
    /// To be looked at.
    Warn,
    /// It keeps something from working.
    Bad,
}

/// Something found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How it is meant.
    pub tone: Tone,
    /// What was found, in a sentence.
    pub what: String,
    /// What to do; empty, where there is nothing to do.
    pub todo: String,
}

impl Finding {
    /// As it should be.
    pub fn good(what: impl Into<String>) -> Self {
        Self { tone: Tone::Good, what: what.into(), todo: String::new() }
    }

    /// To be looked at.
    pub fn warn(what: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { tone: Tone::Warn, what: what.into(), todo: todo.into() }
    }

    /// It keeps something from working.
    pub fn bad(what: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { tone: Tone::Bad, what: what.into(), todo: todo.into() }
    }
}
