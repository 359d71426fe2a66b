//! What the page takes from the browser: requests, clocks, random bytes, storage, downloads, the clipboard, the address.

pub(crate) mod clipboard;
pub(crate) mod config;
pub(crate) mod download;
pub(crate) mod env;
pub(crate) mod navigation;
pub(crate) mod panic;
pub(crate) mod relay;
pub(crate) mod storage;
