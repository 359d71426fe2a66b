//! What `connect` puts on record before it asks for something that is made with every request.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use engine::problem::Problem;
use engine::setup::ConnectorFacts;

/// What was made stands in the record; how it shall work, in the setup. A record of another application, or of one that was asked for under
/// another name, says nothing of this one.
fn together(setup: ConnectorFacts, record: ConnectorFacts) -> ConnectorFacts {
    let named = setup.name.is_empty() || record.name.is_empty() || setup.name == record.name;
    let same = match (&setup.id, &record.id) {
        (Some(wanted), Some(made)) => wanted == made,
        (None, Some(_)) => true,
        (_, None) => named,
    };
    if !same {
        return setup;
    }
    let ConnectorFacts { name, id, job, sent, job_sent, restart_due, .. } = record;
    let name = if setup.name.is_empty() { name } else { setup.name.clone() };
    ConnectorFacts {
        name,
        id: setup.id.clone().or(id),
        job: setup.job.clone().or(job),
        sent,
        job_sent,
        // Whichever of the two saw a narrowing begin: a restart too many forgets nothing, one too few leaves people where they are.
        restart_due: restart_due || setup.restart_due,
        ..setup
    }
}

/// The facts of a connector in a file that no other run may use meanwhile. They hold no secret.
#[derive(Debug)]
pub(super) struct Record {
    path: PathBuf,
    file: RefCell<File>,
    facts: RefCell<ConnectorFacts>,
}

impl Record {
    /// Where the record of a setup lies, unless another place is named: beside it.
    pub(super) fn beside(setup: &Path) -> PathBuf {
        let mut name = setup.file_name().unwrap_or_default().to_owned();
        name.push(".connector");
        setup.with_file_name(name)
    }

    /// Opens or makes the file and locks it. `known` is what the setup says; the record is newer.
    ///
    /// # Errors
    /// A [`Problem`] when it cannot be used.
    pub(super) fn open(path: &Path, known: ConnectorFacts) -> Result<Self, Problem> {
        let problem = |why: String, remedy: &str| {
            Problem::new(format!("The record {} cannot be kept.", path.display()), why, remedy)
        };
        let failed = |error: std::io::Error| {
            problem(
                format!("The system says: {error}."),
                "Check that the folder exists and that this user may write there, or name another file with --record.",
            )
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed)?;
        file.try_lock().map_err(|_| {
            problem("Another run is using it.".to_owned(), "Wait until that run has ended, or stop it.")
        })?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(failed)?;
        let facts = match text.trim() {
            "" => known,
            text => together(known, serde_json::from_str(text).map_err(|error| {
                problem(
                    format!("It is no record of a connector: {error}."),
                    "Look at the file. If it is of no use, remove it: connectors that exist are then found by name.",
                )
            })?),
        };
        Ok(Self { path: path.to_owned(), file: RefCell::new(file), facts: RefCell::new(facts) })
    }

    /// What is on record, without keeping anything: for looking only.
    ///
    /// # Errors
    /// A [`Problem`] when it cannot be read.
    pub(super) fn peek(path: &Path, known: ConnectorFacts) -> Result<ConnectorFacts, Problem> {
        match std::fs::read_to_string(path) {
            Ok(text) if !text.trim().is_empty() => {
                let record = serde_json::from_str(&text).map_err(|error| {
                    Problem::new(
                        format!("The record {} cannot be read.", path.display()),
                        format!("It is no record of a connector: {error}."),
                        "Look at the file. If it is of no use, remove it.",
                    )
                })?;
                Ok(together(known, record))
            }
            Ok(_) => Ok(known),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(known),
            Err(error) => Err(Problem::new(
                format!("The record {} cannot be read.", path.display()),
                format!("{error}. What is on record decides what would be made."),
                "Make it readable, or name another one with --record.",
            )),
        }
    }

    /// What is on record.
    pub(super) fn facts(&self) -> ConnectorFacts {
        self.facts.borrow().clone()
    }

    /// Changes it. When this returns it is on the disk.
    ///
    /// # Errors
    /// A [`Problem`]; then it is as it was.
    pub(super) fn keep(&self, change: impl FnOnce(&mut ConnectorFacts)) -> Result<(), Problem> {
        let mut facts = self.facts();
        change(&mut facts);
        let text = serde_json::to_string_pretty(&facts).unwrap_or_default();
        let mut file = self.file.borrow_mut();
        let written = file
            .seek(SeekFrom::Start(0))
            .and_then(|_| file.write_all(text.as_bytes()))
            .and_then(|()| file.set_len(u64::try_from(text.len()).unwrap_or(u64::MAX)))
            .and_then(|()| file.sync_data());
        written.map_err(|error| {
            Problem::new(
                format!("The record {} could not be written.", self.path.display()),
                format!("The system says: {error}."),
                "Nothing was sent. Make room or name another file with --record, then try again.",
            )
        })?;
        self.facts.replace(facts);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::env::Timestamp;

    #[test]
    fn what_is_kept_is_there_for_the_next_run_and_for_one_run_at_a_time() {
        let folder = std::env::temp_dir().join(format!("scim-setup-record-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("setup.json.connector");
        let known =
            ConnectorFacts { name: "a-long-name-provisioning".to_owned(), ..ConnectorFacts::default() };
        let record = Record::open(&path, known.clone()).unwrap();
        assert_eq!(record.facts(), known);
        assert!(Record::open(&path, known.clone()).is_err(), "two runs at once");
        record.keep(|facts| facts.job = Some("dataBricks.x".to_owned())).unwrap();
        let id = serde_json::from_str("\"00000000-0000-0000-0000-00000000000a\"").unwrap();
        record.keep(|facts| (facts.id, facts.name) = (Some(id), "b".to_owned())).unwrap();
        drop(record);
        // How it shall work stands in the setup, which may have changed meanwhile.
        let changed = ConnectorFacts { threshold: Some(7), ..known.clone() };
        let again = Record::open(&path, changed.clone()).unwrap().facts();
        assert_eq!((again.name.as_str(), again.job.as_deref()), (known.name.as_str(), Some("dataBricks.x")));
        assert_eq!(
            (again.threshold, Record::peek(&path, changed).unwrap().job.as_deref()),
            (Some(7), Some("dataBricks.x"))
        );
        // Cut off before the restart that a narrowing takes, the next run knows of it.
        let record = Record::open(&path, known.clone()).unwrap();
        record.keep(|facts| facts.restart_due = true).unwrap();
        drop(record);
        assert!(Record::peek(&path, known.clone()).unwrap().restart_due);
        let record = Record::open(&path, known.clone()).unwrap();
        assert!(record.facts().restart_due);
        record.keep(|facts| facts.restart_due = false).unwrap();
        drop(record);
        assert!(!Record::open(&path, known.clone()).unwrap().facts().restart_due);
        std::fs::write(&path, "no").unwrap();
        assert!(Record::open(&path, ConnectorFacts::default()).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_record_of_another_application_says_nothing_of_this_one() {
        let id = |end: char| {
            serde_json::from_str(&format!("\"00000000-0000-0000-0000-00000000000{end}\"")).unwrap()
        };
        let record = ConnectorFacts {
            name: "contoso-provisioning".to_owned(),
            id: Some(id('a')),
            job: Some("dataBricks.a".to_owned()),
            sent: Some(Timestamp(1)),
            job_sent: Some(Timestamp(2)),
            restart_due: true,
            ..ConnectorFacts::default()
        };
        let wants =
            |name: &str, id| ConnectorFacts { name: name.to_owned(), id, ..ConnectorFacts::default() };
        let other = wants("", Some(id('b')));
        assert_eq!(together(other.clone(), record.clone()), other);
        for same in [wants("", Some(id('a'))), wants("a-new-name", Some(id('a'))), wants("a-new-name", None)]
        {
            let known = together(same, record.clone());
            assert_eq!((known.id, known.job, known.restart_due), (Some(id('a')), record.job.clone(), true));
            assert_eq!((known.sent, known.job_sent), (Some(Timestamp(1)), Some(Timestamp(2))));
        }
        // Asked for, and cut off before it showed: somebody else's of another name is not the one.
        let asked = ConnectorFacts { id: None, job: None, restart_due: false, ..record };
        assert_eq!(together(wants("contoso-provisioning", None), asked.clone()).sent, Some(Timestamp(1)));
        assert_eq!(together(wants("", None), asked.clone()).sent, Some(Timestamp(1)));
        for other in [wants("other-product", None), wants("other-product", Some(id('b')))] {
            assert_eq!(together(other.clone(), asked.clone()), other);
        }
    }

    #[test]
    fn a_record_lies_beside_its_setup() {
        assert_eq!(Record::beside(Path::new("a/setup.json")), Path::new("a/setup.json.connector"));
    }
}
