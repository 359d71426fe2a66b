//! SCIM as Databricks speaks it.

mod client;
mod error;
mod filter;
mod wire;

pub use client::{Scim, Written};
pub(crate) use error::LINE_HEADER;
pub use error::{Effect, ScimError, ScimErrorKind};
pub use filter::equals;
pub use wire::{Group, ListAnswer, Me, Member, MemberKind, Name, Patch, ScimId, User};
