//! Entra's own provisioning into Databricks: an enterprise application from the gallery, its provisioning job, what the job is told,
//! who is assigned, and what it does.
//!
//! All through Graph v1.0. Databricks is called by Entra, never from here, so all of it works from any static host. Microsoft publishes neither the schema of the Databricks
//! template nor the body of a failed test: what is read here is read tolerantly, and unknown fields survive.

pub mod finding;
pub mod kind;
pub mod log;
pub mod on_demand;
pub mod schema;
pub mod trace;
pub mod why;
pub mod wire;
