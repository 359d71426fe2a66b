//! The journal in a file: a line of JSON for each fact, on the disk before the work goes on.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use engine::problem::Problem;
use engine::sync::journal::{Fact, Journal, JournalError};

/// A journal in a file that no other run may use meanwhile.
#[derive(Debug)]
pub(super) struct FileJournal {
    file: RefCell<File>,
}

impl FileJournal {
    /// Opens or makes the file and locks it.
    ///
    /// # Errors
    /// A [`Problem`] when it cannot be opened, or another run has it.
    pub(super) fn open(path: &Path) -> Result<Self, Problem> {
        let problem = |why: String, remedy: &str| {
            Problem::new(format!("The journal {} cannot be kept.", path.display()), why, remedy)
        };
        let file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(|error| {
            problem(
                format!("The system says: {error}."),
                "Check that the folder exists and that this user may write there, or name another with --journal.",
            )
        })?;
        file.try_lock().map_err(|_| {
            problem("Another run is using it.".to_owned(), "Wait until that run has ended, or stop it.")
        })?;
        Ok(Self { file: RefCell::new(file) })
    }
}

impl Journal for FileJournal {
    async fn append(&self, fact: &Fact) -> Result<(), JournalError> {
        let failed = |error: std::io::Error| JournalError(error.to_string());
        let mut line = serde_json::to_string(fact).map_err(|error| JournalError(error.to_string()))?;
        line.push('\n');
        let mut file = self.file.borrow_mut();
        let before = file.metadata().map_err(failed)?.len();
        let written = file.write_all(line.as_bytes()).and_then(|()| file.sync_data());
        if written.is_err() {
            // Half a line would spoil the next one.
            file.set_len(before).map_err(failed)?;
        }
        written.map_err(failed)
    }

    /// A last line without its end was cut off while it was written: it does not count and is taken away. What it would have
    /// noted is found again by looking at Databricks.
    async fn load(&self) -> Result<Vec<Fact>, JournalError> {
        let failed = |error: std::io::Error| JournalError(error.to_string());
        let mut file = self.file.borrow_mut();
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(failed)?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        if whole < text.len() {
            file.set_len(whole as u64).map_err(failed)?;
        }
        text.truncate(whole);
        text.split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| {
                serde_json::from_slice(line)
                    .map_err(|error| JournalError(format!("it is not a journal: {error}")))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use engine::databricks::scim::ScimId;
    use engine::env::Timestamp;
    use engine::sync::journal::Success;

    use super::*;

    fn fact(operation: u32) -> Fact {
        let outcome = Success::Created { scim: ScimId("7".to_owned()) };
        Fact::Done { operation, outcome, at: Timestamp(1) }
    }

    fn wait<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn facts_come_back_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        let journal = FileJournal::open(&path).unwrap();
        wait(journal.append(&fact(1))).unwrap();
        wait(journal.append(&fact(2))).unwrap();
        drop(journal);
        assert_eq!(wait(FileJournal::open(&path).unwrap().load()).unwrap(), [fact(1), fact(2)]);
    }

    #[test]
    fn a_line_cut_off_by_a_crash_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        let mut text = serde_json::to_string(&fact(1)).unwrap();
        text.push_str("\n{\"fact\":\"do");
        std::fs::write(&path, text).unwrap();
        let journal = FileJournal::open(&path).unwrap();
        assert_eq!(wait(journal.load()).unwrap(), [fact(1)]);
        wait(journal.append(&fact(3))).unwrap();
        assert_eq!(wait(journal.load()).unwrap(), [fact(1), fact(3)]);
    }

    #[test]
    fn two_runs_cannot_share_a_journal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        let _first = FileJournal::open(&path).unwrap();
        assert_eq!(FileJournal::open(&path).unwrap_err().why, "Another run is using it.");
    }

    #[test]
    fn something_else_is_not_taken_for_a_journal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        std::fs::write(&path, "hello\n").unwrap();
        assert!(
            wait(FileJournal::open(&path).unwrap().load()).unwrap_err().0.starts_with("it is not a journal")
        );
    }
}
