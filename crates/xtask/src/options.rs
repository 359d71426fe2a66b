//! The command line of the chores.

use crate::failure::Failure;

/// How the chores are called.
pub(crate) const USAGE: &str = "\
cargo xtask start [--port 8080] [--no-sample]   builds everything and serves the page, with the sample tenant
cargo xtask test [--only STAGES]                runs every check (about half an hour), or only some, with commas between: format,
                                                clippy, clippy-wasm, wasm, page, program, native, e2e, interop, docs
cargo xtask build                               builds the release page into dist/, with .br and .gz beside each file
cargo xtask size                                prints what the page loads at first, and fails above the limit";

/// One thing to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Chore {
    /// Say how the chores are called.
    Explain,
    /// Build everything and serve the page.
    Start {
        /// The port of the page on loopback.
        port: u16,
        /// Whether the sample tenant is served too.
        sample: bool,
    },
    /// Run the checks.
    Test {
        /// The one stage to run; all without it.
        only: Option<String>,
    },
    /// Build the release page.
    Build,
    /// Measure the release page.
    Size,
}

/// Reads the words after `cargo xtask`.
pub(crate) fn read(words: impl Iterator<Item = String>) -> Result<Chore, Failure> {
    let words: Vec<String> = words.collect();
    if words.iter().any(|word| matches!(word.as_str(), "--help" | "-h")) {
        return Ok(Chore::Explain);
    }
    let mut words = words.into_iter();
    let name = words.next();
    let chore = match name.as_deref() {
        None | Some("help") => Chore::Explain,
        Some("build") => Chore::Build,
        Some("size") => Chore::Size,
        Some("start") => {
            let (mut port, mut sample) = (8080, true);
            while let Some(word) = words.next() {
                match word.as_str() {
                    "--no-sample" => sample = false,
                    "--port" => port = read_port(words.next())?,
                    other => return Err(unknown(other)),
                }
            }
            Chore::Start { port, sample }
        }
        Some("test") => {
            let mut only = None;
            while let Some(word) = words.next() {
                match word.as_str() {
                    "--only" => {
                        let stage = words.next();
                        only =
                            Some(stage.ok_or_else(|| Failure::new("`--only` needs the name of a stage."))?);
                    }
                    other => return Err(unknown(other)),
                }
            }
            Chore::Test { only }
        }
        Some(other) => return Err(unknown(other)),
    };
    match words.next() {
        Some(word) if chore != Chore::Explain => Err(unknown(&word)),
        _ => Ok(chore),
    }
}

fn read_port(word: Option<String>) -> Result<u16, Failure> {
    let word = word.ok_or_else(|| Failure::new("`--port` needs a number from 1 to 65535."))?;
    match word.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(Failure::new(format!("`--port` needs a number from 1 to 65535, not `{word}`."))),
    }
}

fn unknown(word: &str) -> Failure {
    Failure::new(format!("`{word}` is not known here. What there is:\n\n{USAGE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chore(line: &str) -> Result<Chore, String> {
        read(line.split_whitespace().map(str::to_owned)).map_err(|failure| failure.to_string())
    }

    #[test]
    fn reads_every_chore() {
        assert_eq!(chore(""), Ok(Chore::Explain));
        assert_eq!(chore("start --help"), Ok(Chore::Explain));
        assert_eq!(chore("start"), Ok(Chore::Start { port: 8080, sample: true }));
        assert_eq!(chore("start --port 8181 --no-sample"), Ok(Chore::Start { port: 8181, sample: false }));
        assert_eq!(chore("test"), Ok(Chore::Test { only: None }));
        assert_eq!(chore("test --only wasm"), Ok(Chore::Test { only: Some("wasm".into()) }));
        assert_eq!(chore("build"), Ok(Chore::Build));
        assert_eq!(chore("size"), Ok(Chore::Size));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert_eq!(
            chore("start --port 0"),
            Err("`--port` needs a number from 1 to 65535, not `0`.".to_owned())
        );
        assert_eq!(chore("test --only"), Err("`--only` needs the name of a stage.".to_owned()));
        assert!(chore("strat").unwrap_err().starts_with("`strat` is not known here."));
        assert!(chore("size --loud").unwrap_err().starts_with("`--loud` is not known here."));
    }
}
