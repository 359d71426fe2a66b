//! Tenants that are not as one wishes, and what they refuse.

/// A way in which the tenant differs from an ordinary one. Several go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenantKind {
    /// Nothing is registered: no application, no grant. The facts then have no client ids.
    Empty,
    /// A policy forbids client secrets.
    NoSecrets,
    /// A policy forbids client secrets that last longer than 180 days.
    ShortSecrets,
    /// The tenant has neither Entra ID P1 nor P2.
    NoPremium,
    /// The tenant has Entra ID P2 rather than P1.
    PremiumP2,
    /// The page's application is registered for the platform Web.
    WrongPlatform,
    /// The tenant lives in the cloud of the US Government.
    National,
    /// Conditional Access wants more proof: at the token endpoint, and then for an authentication context at Graph.
    StepUp,
    /// Conditional Access blocks everybody but Global Administrators, at the token endpoint.
    ConditionalAccess,
}

impl TenantKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Empty,
        Self::NoSecrets,
        Self::ShortSecrets,
        Self::NoPremium,
        Self::PremiumP2,
        Self::WrongPlatform,
        Self::National,
        Self::StepUp,
        Self::ConditionalAccess,
    ];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NoSecrets => "no-secrets",
            Self::ShortSecrets => "short-secrets",
            Self::NoPremium => "no-premium",
            Self::PremiumP2 => "premium-p2",
            Self::WrongPlatform => "wrong-platform",
            Self::National => "national",
            Self::StepUp => "step-up",
            Self::ConditionalAccess => "conditional-access",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
