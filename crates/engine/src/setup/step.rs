//! The nine steps: their ids, headings and order.

use serde::{Deserialize, Serialize};

/// The steps, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Which way.
    Start,
    /// The application, and signing in with it.
    Register,
    /// What it may do.
    Consent,
    /// Where to, and the token.
    Workspace,
    /// Does it work.
    Test,
    /// Who.
    Scope,
    /// What exactly will change.
    Review,
    /// Doing it.
    Sync,
    /// What was done.
    Done,
}

impl Step {
    /// All steps, in order.
    pub const ALL: [Self; 9] = [
        Self::Start,
        Self::Register,
        Self::Consent,
        Self::Workspace,
        Self::Test,
        Self::Scope,
        Self::Review,
        Self::Sync,
        Self::Done,
    ];

    /// The id in the page's address.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Register => "register",
            Self::Consent => "consent",
            Self::Workspace => "workspace",
            Self::Test => "test",
            Self::Scope => "scope",
            Self::Review => "review",
            Self::Sync => "sync",
            Self::Done => "done",
        }
    }

    /// The step of that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.id() == id)
    }

    /// The heading.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Start => "Choose how to provision",
            Self::Register => "Register the application",
            Self::Consent => "Permissions and consent",
            Self::Workspace => "Databricks workspace",
            Self::Test => "Test the connection",
            Self::Scope => "Users and groups",
            Self::Review => "Review changes",
            Self::Sync => "Synchronise",
            Self::Done => "Summary",
        }
    }

    /// Its number, from 1.
    #[must_use]
    pub fn number(self) -> usize {
        Self::ALL.iter().take_while(|step| **step < self).count() + 1
    }

    /// The step after this one.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|step| *step > self)
    }

    /// The step before this one.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        Self::ALL.into_iter().rev().find(|step| *step < self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_as_people_count() {
        assert_eq!((Step::Start.number(), Step::Done.number()), (1, 9));
        assert_eq!(Step::from_id("consent"), Some(Step::Consent));
        assert_eq!((Step::Done.next(), Step::Start.previous()), (None, None));
    }
}
