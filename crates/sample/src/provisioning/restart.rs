//! What a restart forgets (Graph's `synchronizationjobrestartcriteria`).

/// The parts that are forgotten, and whether held deletions may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scopes {
    pub(super) store: bool,
    pub(super) escrows: bool,
    pub(super) watermark: bool,
    pub(super) quarantine: bool,
    pub(super) force_deletes: bool,
}

impl Scopes {
    /// What the portal's restart does, and criteria that say nothing.
    const USUAL: Self =
        Self { store: false, escrows: true, watermark: true, quarantine: true, force_deletes: false };

    /// Reads the flags, separated by commas.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut read = Self::default();
        let mut any = false;
        for flag in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            any = true;
            match flag.to_ascii_lowercase().as_str() {
                "connectordatastore" => read.store = true,
                "escrows" => read.escrows = true,
                "watermark" => read.watermark = true,
                "quarantinestate" => read.quarantine = true,
                "full" => read = Self { store: true, force_deletes: read.force_deletes, ..Self::USUAL },
                "forcedeletes" => read.force_deletes = true,
                "none" => {
                    return Err("The value 'None' is not supported here; start the job instead.".to_owned());
                }
                _ => {
                    return Err(format!(
                        "Requested value '{flag}' was not found in the enumeration 'synchronizationJobRestartScope'."
                    ));
                }
            }
        }
        Ok(if any { read } else { Self::USUAL })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_a_list_and_nothing_means_the_usual() {
        assert_eq!(Scopes::read(""), Ok(Scopes::USUAL));
        assert_eq!(Scopes::read("Watermark, Escrows, QuarantineState"), Ok(Scopes::USUAL));
        let forced = Scopes { force_deletes: true, ..Scopes::default() };
        assert_eq!(Scopes::read("ForceDeletes"), Ok(forced));
        assert_eq!(Scopes::read("Full"), Ok(Scopes { store: true, ..Scopes::USUAL }));
        assert!(Scopes::read("None").is_err() && Scopes::read("Everything").is_err());
    }
}
