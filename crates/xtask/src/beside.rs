//! Stages that run beside another: where one waits, two cores have room for it.

use std::env;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command};

use crate::command::not_started;
use crate::failure::Failure;
use crate::project::Project;
use crate::say::say;

/// Stages under way in a process of their own. Their words are kept until they are asked for, so that those of two stages do
/// not mix.
pub(crate) struct Beside {
    names: String,
    child: Child,
    words: PathBuf,
}

impl Beside {
    /// Begins the stages of those names, with commas between.
    pub(crate) fn start(project: &Project, names: &str) -> Result<Self, Failure> {
        let words = project.target.join(format!("{}.log", names.replace(',', "-")));
        let failed = |error| Failure::file("write", &words, &error);
        let file = File::create(&words).map_err(failed)?;
        let both = file.try_clone().map_err(failed)?;
        let program = env::current_exe()
            .map_err(|error| Failure::new(format!("This program does not find itself: {error}.")))?;
        let mut command = Command::new(program);
        command.args(["test", "--only", names]).current_dir(&project.root).stdout(file).stderr(both);
        let child = command.spawn().map_err(|error| not_started(&command, &error))?;
        Ok(Self { names: names.to_owned(), child, words })
    }

    /// Whether it runs the stage of that name.
    pub(crate) fn runs(&self, name: &str) -> bool {
        self.names.split(',').any(|it| it == name)
    }

    /// Waits for its end, and says what it said.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        let status = self.child.wait();
        say(fs::read_to_string(&self.words).unwrap_or_default().trim_end());
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Failure::new(format!("It ended with {status}."))),
            Err(error) => Err(Failure::new(format!("Its end could not be waited for: {error}."))),
        }
    }
}

impl Drop for Beside {
    /// Nothing goes on once the checks are over; what has ended already does not mind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
