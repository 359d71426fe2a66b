//! The widgets that steps are made of. Plain functions that return one erased view: small, and quick to compile.

pub(crate) mod badge;
pub(crate) mod button;
pub(crate) mod choice;
pub(crate) mod copy;
pub(crate) mod dialog;
pub(crate) mod errors;
pub(crate) mod field;
pub(crate) mod form;
pub(crate) mod live;
pub(crate) mod notice;
pub(crate) mod place;
pub(crate) mod progress;
pub(crate) mod sheet;
pub(crate) mod stages;
pub(crate) mod tick;
pub(crate) mod time;

/// How something stands. Always shown in words too, never by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Neither good nor bad.
    Plain,
    /// Done, passed.
    Good,
    /// Works, but look at it.
    Warn,
    /// Failed.
    Bad,
    /// What this page itself does or suggests.
    Accent,
}

impl Tone {
    /// The sign in front of it.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Plain | Self::Accent => "i",
            Self::Good => "✓",
            Self::Warn => "!",
            Self::Bad => "×",
        }
    }
}
