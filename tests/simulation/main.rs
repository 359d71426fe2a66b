//! Whole syncs of the engine against the sample tenant on a virtual clock: hours pass in milliseconds, and a seed makes
//! every run the same.
#![cfg(test)]
#![allow(missing_docs, reason = "tests")]

#[path = "../golden/aadsts.rs"]
mod aadsts;
mod arrival;
mod assigning;
mod browser;
mod candidate;
mod connecting;
mod connection;
mod consent;
mod consenting;
mod cut_off;
mod desk;
mod elsewhere;
mod enterprise;
mod faults;
#[path = "../golden/mod.rs"]
mod files;
mod golden;
mod guarding;
mod identify;
mod journal;
mod owners;
mod preflight;
mod provisioning;
#[path = "../golden/provisioning.rs"]
mod provisioning_codes;
mod registration;
mod scripted;
mod secret;
mod seeds;
mod session;
mod setting_up;
mod sign_in;
mod sync;
mod throttled;
mod visit;
mod watching;
mod worker;
mod world;
