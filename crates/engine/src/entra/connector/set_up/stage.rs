//! The stages of setting a connector up.

/// A stage, in the order in which they are generally carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Entra tests address and token once more.
    Test,
    /// Who may sign in.
    Access,
    /// The job is found or made.
    Job,
    /// The connector is told address, token and settings.
    Tell,
    /// The attribute mappings are looked at, and mended.
    Mapping,
    /// People and groups are assigned.
    Assign,
    /// One person is provisioned.
    Prove,
    /// The job is switched on.
    Start,
}

impl Stage {
    /// All of them, in order. Narrowed from everybody, all who shall stay are assigned before anything else changes: a job that begins anew
    /// on the way, such as by a changed mapping, takes out whoever is not.
    #[must_use]
    pub const fn order(narrowed: bool) -> [Self; 8] {
        let [one, two, three] = if narrowed {
            [Self::Assign, Self::Tell, Self::Mapping]
        } else {
            [Self::Tell, Self::Mapping, Self::Assign]
        };
        [Self::Test, Self::Access, Self::Job, one, two, three, Self::Prove, Self::Start]
    }

    /// The stage in words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Test => "Connection tested once more",
            Self::Access => "Sign-in as chosen",
            Self::Job => "Provisioning job there",
            Self::Tell => "Address, token and settings saved",
            Self::Mapping => "Attribute mappings checked",
            Self::Assign => "People and groups assigned",
            Self::Prove => "One person provisioned",
            Self::Start => "Provisioning started",
        }
    }
}
