//! Entra's own provisioning into Databricks: an enterprise application from the gallery, its provisioning job, what the job is told,
//! who is assigned, and what it does.
//!
//! All through Graph v1.0. Databricks is called by Entra, never from here, so all of it works from any static host. Microsoft publishes
//! neither the schema of the Databricks template nor the body of a failed test: what is read here is read tolerantly, and unknown fields
//! survive.

pub mod assignment;
mod create;
pub mod estimate;
mod existing;
pub mod expiry;
pub mod finding;
mod gallery;
pub mod guard;
pub mod health;
pub mod history;
mod job;
pub mod kind;
pub mod log;
mod notify;
pub mod on_demand;
pub mod poll;
mod remove;
pub mod rights;
pub mod schema;
pub mod secrets;
pub mod set_up;
pub mod trace;
mod validate;
pub mod why;
pub mod wire;

pub use create::{CreateError, FIELDS, Order, create, named, read, template};
pub use existing::{Completeness, Connector, every, existing, existing_or_named, is_connector, look};
pub use gallery::{Made, NAME, Origin, origin};
pub use job::{JobError, Restart, ensure, job, jobs, pause, remove_job, restart, start};
pub use remove::remove;
pub use secrets::{Kept, Mail, MailError, SaveError, Settings, kept, save, token_advice};
pub use validate::{Cause, Credentials, Refusal, TestError, validate};
pub use wire::{Enterprise, Job};
