//! A plan: its figures at a glance, and its lines as a table.

use crate::sheet::{Block, Cell, Sheet, Tone};
use crate::sync::plan::{Kind, Line, Overview, Part};

/// The colour of a kind of change.
const fn tone(kind: Kind) -> Tone {
    match kind {
        Kind::CreateUser | Kind::CreateGroup => Tone::Good,
        Kind::AdoptUser | Kind::AdoptGroup | Kind::UpdateUser => Tone::Accent,
        Kind::AddMembers => Tone::Plain,
    }
}

/// The figures of a plan.
#[must_use]
pub fn glance(plan: &Overview) -> Sheet {
    let kinds = plan.tallies.iter().map(|it| (it.count, it.kind.counted().to_owned(), tone(it.kind)));
    let withheld = (plan.withheld, "withheld".to_owned(), Tone::Warn);
    Sheet(vec![Block::Figures(kinds.chain([withheld]).collect())])
}

/// The table of some lines of a part.
#[must_use]
pub fn sheet(part: Part, lines: Vec<Line>) -> Sheet {
    let rows = lines.into_iter().map(|line| {
        let Line { kind, object, what, details, why } = line;
        let sign = match kind {
            Some(kind) => Cell::state(tone(kind), kind.word()),
            None if part == Part::Withheld => Cell::state(Tone::Warn, "withheld"),
            None => Cell::state(Tone::Plain, "finding"),
        };
        vec![sign, Cell { folded: details, ..Cell::words(object).below(what) }, Cell::words(why)]
    });
    Sheet(vec![Block::Rows {
        title: "Lines of the plan".to_owned(),
        head: ["Change", "Who or what", "Why"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }])
}
