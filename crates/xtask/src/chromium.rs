//! A Chromium or Chrome for the tests, and its driver.

use std::path::PathBuf;

use crate::apt;
use crate::command::{find, variable};
use crate::failure::Failure;
use crate::say::say;

const BROWSERS: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
const HEADLESS: &str = "chromium-headless-shell";
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

/// Finds the browser without its window, which spends a third of the time on a page, or else the whole one. Debian has it as a
/// package of its own; `$CHROMIUM` and `$CHROME` go before it.
pub(crate) fn headless() -> Result<PathBuf, Failure> {
    let named = ["CHROMIUM", "CHROME"].iter().any(|name| variable(name).is_some());
    if named {
        return browser();
    }
    if find(HEADLESS).is_none() && apt::possible() {
        // It is quicker, nothing more: without it the whole browser does.
        if let Err(failure) = apt::install(&[HEADLESS], "about half a minute, 60 MB") {
            say(format!("{failure} The whole browser is used instead."));
        }
    }
    find(HEADLESS).map_or_else(browser, Ok)
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
