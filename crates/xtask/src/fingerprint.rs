//! One number for the contents of many files, to see whether anything changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The running hash of names and contents.
#[derive(Debug)]
pub(crate) struct Fingerprint(DefaultHasher);

impl Fingerprint {
    /// Begins with nothing.
    pub(crate) fn new() -> Self {
        Self(DefaultHasher::new())
    }

    /// Adds words, such as the version of a tool.
    pub(crate) fn add_words(&mut self, words: &str) {
        words.hash(&mut self.0);
    }

    /// Adds a file, or every file under a folder. What is absent counts as absent.
    pub(crate) fn add(&mut self, root: &Path, name: &str) -> Result<(), Failure> {
        let path = root.join(name);
        name.hash(&mut self.0);
        let files = if path.is_dir() { files_under(&path)? } else { vec![path] };
        for file in files.iter().filter(|file| file.exists()) {
            let bytes = fs::read(file).map_err(|error| Failure::file("read", file, &error))?;
            file.strip_prefix(root).unwrap_or(file).hash(&mut self.0);
            bytes.hash(&mut self.0);
        }
        Ok(())
    }

    /// The fingerprint so far, as text.
    pub(crate) fn text(&self) -> String {
        format!("{:016x}", self.0.finish())
    }
}

/// Every file under a folder, sorted by path.
pub(crate) fn files_under(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).map_err(|error| Failure::file("read the folder", &folder, &error))?;
        for entry in entries {
            let path = entry.map_err(|error| Failure::file("read the folder", &folder, &error))?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(folder: &Path) -> String {
        let mut fingerprint = Fingerprint::new();
        fingerprint.add(folder, "src").unwrap();
        fingerprint.add(folder, "absent.html").unwrap();
        fingerprint.text()
    }

    #[test]
    fn changes_with_names_and_contents_only() {
        let folder = std::env::temp_dir().join(format!("xtask-fingerprint-{}", std::process::id()));
        fs::create_dir_all(folder.join("src/deep")).unwrap();
        fs::write(folder.join("src/a.rs"), "a").unwrap();
        fs::write(folder.join("src/deep/b.rs"), "b").unwrap();
        let first = of(&folder);
        fs::write(folder.join("src/a.rs"), "a").unwrap();
        assert_eq!(of(&folder), first);
        fs::write(folder.join("src/a.rs"), "c").unwrap();
        let changed = of(&folder);
        assert_ne!(changed, first);
        fs::rename(folder.join("src/a.rs"), folder.join("src/c.rs")).unwrap();
        assert_ne!(of(&folder), changed);
        fs::remove_dir_all(&folder).unwrap();
    }
}
