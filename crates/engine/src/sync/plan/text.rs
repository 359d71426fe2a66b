//! The plan as text, for review in a terminal and for comparing in tests.

use std::fmt::{self, Write as _};

use super::{Change, Kind, Plan};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Plan {} for {}", self.hash().short(), self.target)?;
        for kind in Kind::ALL {
            writeln!(f, "{:>7}  {}", self.count(kind), kind.counted())?;
        }
        writeln!(f, "{:>7}  withheld", self.withheld.len())?;
        writeln!(
            f,
            "{:>7}  people and {} groups stay as they are; {} users that Entra does not know are left alone",
            self.unchanged.people, self.unchanged.groups, self.unchanged.ignored
        )?;
        for operation in &self.operations {
            let kind = operation.kind().word();
            let (name, what, why) =
                (plain(&operation.object.name), plain(&operation.summary()), plain(&operation.reason));
            writeln!(f, "{kind:>8} {name} — {what} — {why} — {}", operation.object.entra)?;
            match &operation.change {
                Change::AdoptUser { changes, .. }
                | Change::UpdateUser { changes, .. }
                | Change::AdoptGroup { changes, .. } => {
                    for change in changes {
                        writeln!(
                            f,
                            "           {}: \"{}\" → \"{}\"",
                            change.field,
                            plain(&change.before),
                            plain(&change.after)
                        )?;
                    }
                }
                Change::AddMembers { members, .. } => {
                    for member in members {
                        writeln!(f, "           + {}", plain(&member.name))?;
                    }
                }
                Change::CreateUser { .. } | Change::CreateGroup => {}
            }
        }
        for held in &self.withheld {
            writeln!(f, "withheld {} — {} — {}", plain(&held.object), plain(&held.what), plain(&held.why))?;
        }
        for finding in &self.findings {
            writeln!(f, " finding {} — {}", plain(&finding.object), plain(&finding.text))?;
        }
        f.write_char('\n')
    }
}

/// A name as it is, but for what would break the line or turn it around: names come from outside, and a terminal obeys them.
fn plain(text: &str) -> String {
    let harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .flat_map(|c| if harmful(c) { c.escape_unicode().collect::<Vec<_>>() } else { vec![c] })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_forge_a_line() {
        assert_eq!(plain("Zoë\n  create evil\u{202e}"), "Zoë\\u{a}  create evil\\u{202e}");
    }
}
