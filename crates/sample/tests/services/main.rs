//! Every rule of the three services that a client relies on, through the one door that clients have.
#![cfg(test)]

mod account;
mod applications;
mod assignments;
mod client;
mod connector;
mod consents;
mod control;
mod cycles;
mod faults;
mod graph;
mod jobs;
mod lists;
mod mappings;
mod oauth;
mod on_demand;
mod pages;
mod provisioning_log;
mod quarantine;
mod replication;
mod roles;
mod sign_in;
mod templates;
mod trouble;
mod workspace;
