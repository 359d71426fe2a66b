//! `config.json` as this server gives it: from `--config`, from the folder, or made for the sample tenant.

use std::io;
use std::path::Path;

use bytes::Bytes;
use engine::config::Config;
use engine::entra::clouds::Cloud;
use engine::problem::Problem;

/// What the page is preset with, and the clouds that it may therefore talk to.
pub(crate) struct Preset {
    /// The bytes of `config.json`.
    pub(crate) json: Bytes,
    /// All clouds, built in and configured.
    pub(crate) clouds: Vec<Cloud>,
}

impl Preset {
    /// Reads and checks the configuration. One that is named wins over one that is made, and that over the folder's.
    ///
    /// # Errors
    /// A [`Problem`] that says which file is wrong, and where.
    pub(crate) fn load(named: Option<&Path>, made: Option<String>, folder: &Path) -> Result<Self, Problem> {
        let beside = folder.join("config.json");
        let (path, text) = match (named, made) {
            (Some(path), _) => (path, read(path)?),
            (None, Some(text)) => (Path::new("config.json"), text),
            (None, None) if beside.is_file() => (beside.as_path(), read(&beside)?),
            // Browsers note every answer of 404 as an error: the page is told that nothing is preset.
            (None, None) => (beside.as_path(), "{}".to_owned()),
        };
        let config = Config::parse(&text).map_err(|error| {
            Problem::new(
                format!("The configuration {} cannot be used.", path.display()),
                format!("{}.", error.to_string().trim_end_matches('.')),
                "Correct it; every key is optional, and without a configuration the page asks for what it needs.",
            )
        })?;
        Ok(Self { json: text.into(), clouds: config.clouds() })
    }
}

fn read(path: &Path) -> Result<String, Problem> {
    std::fs::read_to_string(path).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "There is no such file.".to_owned(),
            io::ErrorKind::InvalidData => "It is not UTF-8 text.".to_owned(),
            _ => format!("The system says: {error}."),
        };
        Problem::new(
            format!("The configuration {} cannot be read.", path.display()),
            why,
            "Check the path given with --config.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_file_wins_over_the_made_and_the_folders() {
        let dir = tempfile::tempdir().unwrap();
        let named = dir.path().join("named.json");
        std::fs::write(&named, r#"{"name":"named"}"#).unwrap();
        std::fs::write(dir.path().join("config.json"), r#"{"name":"beside"}"#).unwrap();
        let made = || Some(r#"{"name":"made"}"#.to_owned());
        let json = |preset: Preset| String::from_utf8(preset.json.to_vec()).unwrap();
        assert_eq!(json(Preset::load(Some(&named), made(), dir.path()).unwrap()), r#"{"name":"named"}"#);
        assert_eq!(json(Preset::load(None, made(), dir.path()).unwrap()), r#"{"name":"made"}"#);
        assert_eq!(json(Preset::load(None, None, dir.path()).unwrap()), r#"{"name":"beside"}"#);
        std::fs::remove_file(dir.path().join("config.json")).unwrap();
        let preset = Preset::load(None, None, dir.path()).unwrap();
        assert_eq!(preset.clouds.len(), 4);
        assert_eq!(json(preset), "{}");
    }

    #[test]
    fn a_bad_file_is_named_with_its_fault() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bad.json");
        std::fs::write(&path, r#"{"cloud":"mars"}"#).unwrap();
        let problem = Preset::load(Some(&path), None, dir.path()).err().unwrap();
        assert_eq!(problem.what, format!("The configuration {} cannot be used.", path.display()));
        assert_eq!(problem.why, "cloud \"mars\" is neither built in nor listed under \"clouds\".");
        let problem = Preset::load(Some(&dir.path().join("none")), None, dir.path()).err().unwrap();
        assert_eq!(problem.why, "There is no such file.");
    }
}
