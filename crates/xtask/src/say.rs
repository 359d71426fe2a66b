//! Words for the person at the terminal.

use std::fmt::Display;
use std::io::Write;

/// Writes one line to standard output, at once. A closed output is no reason to stop a build.
pub(crate) fn say(line: impl Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// Writes one line to standard error.
pub(crate) fn warn(line: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
