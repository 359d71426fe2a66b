#![cfg(test)]
#![allow(missing_docs, dead_code, reason = "tests")]
mod browser;
mod connecting;
mod enterprise;
mod scripted;
mod setting_up;
mod worker;
mod world;
