//! Whole syncs of the engine against the sample tenant on a virtual clock: hours pass in milliseconds, and a seed makes
//! every run the same.
#![cfg(test)]
#![allow(missing_docs, reason = "tests")]

#[path = "../golden/aadsts.rs"]
mod aadsts;
mod arrival;
mod browser;
mod connection;
mod desk;
mod faults;
#[path = "../golden/mod.rs"]
mod files;
mod golden;
mod identify;
mod journal;
mod registration;
mod scripted;
mod session;
mod sign_in;
mod sync;
mod worker;
mod world;
