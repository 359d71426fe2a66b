//! Everything of scim-setup that can be decided without a browser, a socket, a clock or a thread.

pub mod config;
pub mod databricks;
pub mod entra;
pub mod env;
pub mod figures;
pub mod guide;
pub mod http;
pub mod panic;
mod pasted;
pub mod problem;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;
pub mod remedy;
pub mod retry;
pub mod secret;
pub mod setup;
pub mod sheet;
pub mod stop;
pub mod sync;
pub mod worker;
