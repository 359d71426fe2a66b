//! Registrations of this wizard in the tenant: finding, mending, making and removing them.
//!
//! Two kinds are told apart by a tag: the one that the page signs in with, which never holds a secret or a permission of its
//! own, and the one for unattended runs, which has both. They are recognised by tag and id, never by name, and made through
//! Graph's upsert, so that a lost answer cannot make a second one.

pub mod command;
mod ending;
mod extras;
mod holders;
mod mend;
mod own;
mod owners;
mod remove;
mod secret;
mod unattended;
mod wire;

pub use ending::{day, ending};
pub use extras::{extras, trim};
pub use holders::{Holders, holders};
pub use mend::{MendError, Repair, Shape, mend, repairs};
pub use own::{NewOwner, own, ownership};
pub use owners::{Owner, Owners, add_owner, owners};
pub use remove::{Leftover, RemoveError, leftovers, remove};
pub use secret::{Life, Lost, NewSecret, SecretError, new_secret, shows, tidy};
pub use unattended::{Made, MakeError, Order, Stage, make};
pub use wire::{Application, CertificateNote, Platform, Principal, SecretNote, find, principal};

/// What kind of registration this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The page signs in with it.
    Page,
    /// Runs without a person sign in with it.
    Unattended,
}

impl Kind {
    /// The tag by which the wizard knows its own.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Page => "scim-setup-page",
            Self::Unattended => "scim-setup-unattended",
        }
    }

    /// The other kind. One application is never both: the page's would get a secret and permissions of its own.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Page => Self::Unattended,
            Self::Unattended => Self::Page,
        }
    }

    /// The alternate key (`uniqueName`) under which one is made: there is at most one of each kind in a tenant.
    #[must_use]
    pub const fn unique_name(self) -> &'static str {
        self.tag()
    }

    /// The name that is proposed.
    #[must_use]
    pub const fn proposed_name(self) -> &'static str {
        match self {
            Self::Page => "Databricks SCIM Setup",
            Self::Unattended => "Databricks SCIM Sync",
        }
    }
}
