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
            writeln!(
                f,
                "{kind:>8} {} — {} — {}",
                operation.object.name,
                operation.summary(),
                operation.reason
            )?;
            match &operation.change {
                Change::AdoptUser { changes, .. } | Change::AdoptGroup { changes, .. } => {
                    for change in changes {
                        writeln!(
                            f,
                            "           {}: \"{}\" → \"{}\"",
                            change.field, change.before, change.after
                        )?;
                    }
                }
                Change::AddMembers { members, .. } => {
                    for member in members {
                        writeln!(f, "           + {}", member.name)?;
                    }
                }
                Change::CreateUser { .. } | Change::CreateGroup => {}
            }
        }
        for held in &self.withheld {
            writeln!(f, "withheld {} — {} — {}", held.object, held.what, held.why)?;
        }
        for finding in &self.findings {
            writeln!(f, " finding {} — {}", finding.object, finding.text)?;
        }
        f.write_char('\n')
    }
}
