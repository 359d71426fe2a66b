//! What codes of the services mean, and what to do about them. Unknown codes keep the service's own words.

mod aadsts;
mod databricks;
mod graph;
mod provisioning;
mod sign_in;

pub use databricks::databricks;
pub use graph::graph;
pub use provisioning::{provisioning, provisioning_unknown};
pub(crate) use sign_in::FAILED;
pub use sign_in::{Next, SignIn, sign_in};

/// A cause and its cure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// What it means.
    pub why: String,
    /// What to do.
    pub todo: String,
}

fn remedy(why: &str, todo: &str) -> Remedy {
    Remedy { why: why.to_owned(), todo: todo.to_owned() }
}
