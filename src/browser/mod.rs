//! What the page takes from the browser: its worker, the address, storage, downloads, the clipboard, the clock.

pub(crate) mod clipboard;
pub(crate) mod clock;
pub(crate) mod config;
pub(crate) mod download;
mod fetch;
pub(crate) mod navigation;
pub(crate) mod panic;
pub(crate) mod relay;
pub(crate) mod storage;
pub(crate) mod worker;
