//! A Chromium or Chrome for the tests, and its driver.

use std::path::PathBuf;

use crate::apt;
use crate::command::{find, variable};
use crate::failure::Failure;

const BROWSERS: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
const ELSEWHERE: [&str; 3] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
];
const DRIVERS_ELSEWHERE: [&str; 2] =
    ["/usr/lib/chromium-browser/chromedriver", "/usr/lib/chromium/chromedriver"];

/// Finds the browser: `$CHROMIUM`, `$CHROME`, an installed one, or a new one from apt.
pub(crate) fn browser() -> Result<PathBuf, Failure> {
    let advice = "Install Chromium or Chrome (Debian: `apt-get install chromium chromium-driver`), \
                  or name its program in CHROMIUM.";
    wanted(&["CHROMIUM", "CHROME"], &BROWSERS, &ELSEWHERE, "No Chromium or Chrome was found.", advice)
}

/// Finds chromedriver: `$CHROMEDRIVER`, an installed one, or a new one from apt.
pub(crate) fn driver() -> Result<PathBuf, Failure> {
    let advice = "Install the chromedriver of your browser's version (Debian: `apt-get install chromium-driver`), \
                  or name its program in CHROMEDRIVER.";
    wanted(&["CHROMEDRIVER"], &["chromedriver"], &DRIVERS_ELSEWHERE, "chromedriver was not found.", advice)
}

fn wanted(
    variables: &[&str],
    names: &[&str],
    elsewhere: &[&str],
    missing: &str,
    advice: &str,
) -> Result<PathBuf, Failure> {
    if let Some((variable, value)) = variables.iter().find_map(|name| Some((name, variable(name)?))) {
        let file = PathBuf::from(value);
        if file.is_file() {
            return Ok(file);
        }
        let text = format!("{variable} names {}, which is not a file.", file.display());
        return Err(Failure::new(text).advise("Correct the variable, or unset it."));
    }
    let installed = || {
        let known = elsewhere.iter().map(PathBuf::from).find(|file| file.is_file());
        names.iter().find_map(|name| find(name)).or(known)
    };
    if installed().is_none() && apt::possible() {
        apt::install(&["chromium", "chromium-driver"], "about a minute, 400 MB")?;
    }
    installed().ok_or_else(|| Failure::new(missing).advise(advice))
}
