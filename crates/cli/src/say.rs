//! What the program says: results on stdout, everything else on stderr. A reader that went away is no error.

use std::io::{Write, stderr, stdout};

/// Writes a line to stdout and flushes it, so that a program that reads it need not wait.
pub(crate) fn out(line: &str) {
    let mut stdout = stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}

/// Writes a line to stderr.
pub(crate) fn err(line: &str) {
    let _ = writeln!(stderr().lock(), "{line}");
}
