//! What is provisioned: people and groups.

/// A kind of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// People: `User` to Graph.
    Person,
    /// Groups: `Group` to Graph.
    Group,
}

impl Kind {
    /// Both, in the order in which they are provisioned.
    pub const ALL: [Self; 2] = [Self::Person, Self::Group];

    /// Its name as an object of the directory.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::Person => "User",
            Self::Group => "Group",
        }
    }

    /// The kind of that name. Targets call their kinds by long URNs that end so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let last = name.rsplit(':').next().unwrap_or_default();
        Self::ALL.into_iter().find(|kind| kind.source().eq_ignore_ascii_case(last))
    }

    /// One of them, in words.
    #[must_use]
    pub const fn one(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Group => "group",
        }
    }

    /// Several of them, in words.
    #[must_use]
    pub const fn many(self) -> &'static str {
        match self {
            Self::Person => "people",
            Self::Group => "groups",
        }
    }
}
