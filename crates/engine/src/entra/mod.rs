//! Microsoft Entra ID: clouds, sign-in, registrations, consent, the directory.

pub mod clouds;
pub mod connector;
pub mod consent;
pub mod denied;
pub mod directory;
pub mod graph;
pub mod ids;
pub mod preflight;
pub mod redirect;
pub mod registration;
pub mod replication;
pub mod sign_in;
pub mod tenancy;
pub mod tokens;
