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
}

impl TenantKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Empty,
        Self::NoSecrets,
        Self::ShortSecrets,
        Self::NoPremium,
        Self::PremiumP2,
        Self::WrongPlatform,
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
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
