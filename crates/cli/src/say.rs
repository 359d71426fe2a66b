//! What the program says: results on stdout, everything else on stderr. A reader that went away is no error.

use std::io::{Write, stderr, stdout};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};

/// Lines that wait for a slow reader; more are left out.
const WAITING: usize = 1024;

static LOG: OnceLock<Log> = OnceLock::new();

/// Writes a line to stdout and flushes it, so that a program that reads it need not wait.
pub(crate) fn out(line: &str) {
    let mut stdout = stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}

/// Writes a line to stderr, and waits for its reader.
pub(crate) fn err(line: &str) {
    let _ = writeln!(stderr().lock(), "{line}");
}

/// Adds a line to the log on stderr without ever waiting: a terminal that was stopped, or a pipe that nobody reads,
/// must not keep requests from being answered.
pub(crate) fn log(line: String) {
    LOG.get_or_init(|| Log::new(stderr())).add(line);
}

/// A log with a thread of its own that writes it.
struct Log {
    lines: SyncSender<String>,
    left_out: Arc<AtomicU64>,
}

impl Log {
    fn new(to: impl Write + Send + 'static) -> Self {
        let (lines, waiting) = sync_channel(WAITING);
        let left_out = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&left_out);
        // A system that gives no thread gets no log: the lines are left out.
        let _ = std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write_all(to, &waiting, &counted));
        Self { lines, left_out }
    }

    fn add(&self, line: String) {
        if self.lines.try_send(line).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn write_all(mut to: impl Write, waiting: &Receiver<String>, left_out: &AtomicU64) {
    for line in waiting {
        let _ = writeln!(to, "{line}");
        let lost = left_out.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let _ = writeln!(to, "Lines that were left out because nobody read the log: {lost}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::mpsc::{Sender, channel};

    /// A reader that takes a piece only when it is told to, and passes it on.
    struct Stopped(Receiver<()>, Sender<Vec<u8>>);

    impl Write for Stopped {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // When the switch is gone, everything is taken.
            let _ = self.0.recv();
            let _ = self.1.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_log_that_nobody_reads_keeps_nobody_waiting() {
        let (switch, stopped) = channel();
        let (pieces, written) = channel();
        let log = Log::new(Stopped(stopped, pieces));
        for number in 0..5000 {
            log.add(format!("line {number}"));
        }
        drop(switch);
        drop(log);
        let text = String::from_utf8(written.into_iter().flatten().collect()).unwrap();
        let (kept, rest): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("line "));
        assert_eq!(kept.first(), Some(&"line 0"));
        // One line may be in the writer's hands while the others wait.
        assert!((WAITING..=WAITING + 1).contains(&kept.len()), "{}", kept.len());
        let lost = 5000 - kept.len();
        assert_eq!(rest, [format!("Lines that were left out because nobody read the log: {lost}")]);
    }
}
