//! Microsoft Entra ID: clouds, sign-in, consent, the directory.

pub mod clouds;
pub mod consent;
pub mod directory;
pub mod graph;
pub mod ids;
pub mod sign_in;
pub mod tokens;
