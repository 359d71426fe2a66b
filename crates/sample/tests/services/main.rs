//! Every rule of the three services that a client relies on, through the one door that clients have.
#![cfg(test)]

mod account;
mod applications;
mod client;
mod consents;
mod faults;
mod graph;
mod lists;
mod oauth;
mod pages;
mod replication;
mod roles;
mod sign_in;
mod trouble;
mod workspace;
