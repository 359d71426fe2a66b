//! What the provisioning service tells of one object, on demand and in its log: the steps, what was changed, how it ended and why.

mod read;
mod told;

use super::kind::Kind;

pub(super) use read::{decoded, status};

/// How it ended, the gravest last (Graph's `provisioningResult`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// As wanted.
    Success,
    /// Nothing was done.
    Skipped,
    /// Done, with something to look at.
    Warning,
    /// It failed.
    Failure,
}

/// What was done at the target (Graph's `provisioningAction`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Made.
    Create,
    /// Changed.
    Update,
    /// Deactivated.
    Disable,
    /// Removed.
    Delete,
    /// To be removed, and held back: too many would be.
    StagedDelete,
    /// Nothing of these.
    Other,
}

/// Which part of the way a step is (Graph's `provisioningStepType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// The object is read from the directory.
    Import,
    /// Is it in scope?
    Scoping,
    /// Is it at the target already?
    Matching,
    /// What is to be done?
    Processing,
    /// It is written.
    Export,
    /// What it refers to is looked up, such as members.
    ReferenceResolution,
    /// None of these.
    Other,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which part of the way.
    pub kind: StepKind,
    /// The service's name for it, such as `EntryExportAdd`.
    pub name: String,
    /// How it ended, where that is told.
    pub status: Option<Status>,
    /// In the service's words.
    pub description: String,
    /// Names and values, as they are told.
    pub details: Vec<(String, String)>,
}

/// One attribute that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Modified {
    /// Its name.
    pub name: String,
    /// Its value before.
    pub old: Option<String>,
    /// Its value afterwards.
    pub new: Option<String>,
}

/// The object at one end. What is not told is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Why it was not provisioned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// A code.
    pub code: String,
    /// In the service's words.
    pub reason: String,
    /// What the service advises.
    pub advice: String,
}

/// What the scoping step says; nothing, where it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scoping {
    /// Whether the object is enabled, and not in the recycle bin.
    pub active: Option<bool>,
    /// Whether it is assigned, or everybody is in scope.
    pub assigned: Option<bool>,
    /// Whether the filters let it through.
    pub passes: Option<bool>,
    /// All of it together.
    pub entitled: Option<bool>,
}

/// One object's way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// How it ended, where that is told.
    pub status: Option<Status>,
    /// What was done.
    pub action: Action,
    /// What kind of object it is, where it is one that is known here.
    pub kind: Option<Kind>,
    /// What tells this change from others, for support.
    pub change: String,
    /// The object in the directory.
    pub source: Party,
    /// The object in Databricks.
    pub target: Party,
    /// Why it was not provisioned.
    pub fault: Option<Fault>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// What was changed.
    pub modified: Vec<Modified>,
}

impl Status {
    const ALL: [Self; 4] = [Self::Success, Self::Skipped, Self::Warning, Self::Failure];

    /// Graph's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }

    /// The status in a word.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Success => "succeeded",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Failure => "failed",
        }
    }

    /// The status of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name().eq_ignore_ascii_case(name))
    }
}

impl Action {
    const ALL: [Self; 6] =
        [Self::Create, Self::Update, Self::Disable, Self::Delete, Self::StagedDelete, Self::Other];

    /// Graph's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Disable => "disable",
            Self::Delete => "delete",
            Self::StagedDelete => "stagedDelete",
            Self::Other => "other",
        }
    }

    /// What was done, in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Create => "created",
            Self::Update => "updated",
            Self::Disable => "deactivated",
            Self::Delete => "deleted",
            Self::StagedDelete => "deletion held back",
            Self::Other => "looked at",
        }
    }

    /// The action of that name; another one for every other name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|action| action.name().eq_ignore_ascii_case(name)).unwrap_or(Self::Other)
    }
}

impl StepKind {
    const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::Import, "import", "Read from the directory"),
        (Self::Scoping, "scoping", "In scope?"),
        (Self::Matching, "matching", "In Databricks already?"),
        (Self::Processing, "processing", "What is to be done"),
        (Self::Export, "export", "Written to Databricks"),
        (Self::ReferenceResolution, "referenceResolution", "What it refers to"),
    ];

    /// The step in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        Self::ALL.into_iter().find(|(kind, ..)| *kind == self).map_or("Another step", |(_, _, words)| words)
    }

    fn named(name: &str) -> Self {
        let known = Self::ALL.into_iter().find(|(_, known, _)| known.eq_ignore_ascii_case(name));
        known.map_or(Self::Other, |(kind, ..)| kind)
    }
}
