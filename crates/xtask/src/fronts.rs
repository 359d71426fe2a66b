//! The web servers that the page is tried behind: Caddy and nginx, as Debian has them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::apt;
use crate::command::{find, run, variable};
use crate::failure::Failure;
use crate::project::Project;
use crate::say::say;

/// Finds a web server: named in the variable of its name, installed, or unpacked from Debian's package under the target
/// folder. A package that is only unpacked starts no service and changes nothing on this machine.
pub(crate) fn server(project: &Project, name: &str) -> Result<PathBuf, Failure> {
    let named = name.to_uppercase();
    if let Some(value) = variable(&named) {
        let file = PathBuf::from(value);
        if file.is_file() {
            return Ok(file);
        }
        let text = format!("{named} names {}, which is not a file.", file.display());
        return Err(Failure::new(text).advise("Correct the variable, or unset it."));
    }
    let folder = project.target.join("tools").join("debian").join(name);
    let unpacked = || ["usr/bin", "usr/sbin"].map(|place| folder.join(place).join(name));
    let present = || find(name).or_else(|| unpacked().into_iter().find(|file| file.is_file()));
    if present().is_none() && find("apt-get").is_some() && find("dpkg-deb").is_some() {
        unpack(name, &folder)?;
    }
    present().ok_or_else(|| {
        let advice = format!(
            "Install {name} (Debian: `apt-get install {name}`), or name its program in {named}. The tests run it with \
             a configuration and a port of their own."
        );
        Failure::new(format!("No {name} was found, to try the page behind it.")).advise(&advice)
    })
}

fn unpack(name: &str, folder: &PathBuf) -> Result<(), Failure> {
    say(format!("Unpacking Debian's {name} into {} (a few seconds).", folder.display()));
    fs::create_dir_all(folder).map_err(|error| Failure::file("make the folder", folder, &error))?;
    if apt::possible() {
        apt::update()?;
    }
    run(Command::new("apt-get").args(["--quiet", "download", name]).current_dir(folder))?;
    let files = fs::read_dir(folder).map_err(|error| Failure::file("read the folder", folder, &error))?;
    for file in files.filter_map(Result::ok).map(|entry| entry.path()) {
        if file.extension().is_some_and(|ending| ending == "deb") {
            run(Command::new("dpkg-deb").arg("-x").arg(&file).arg(folder))?;
        }
    }
    Ok(())
}
