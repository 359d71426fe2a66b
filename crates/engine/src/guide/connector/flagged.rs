//! What the attribute mappings make of people who are not as one thinks: guests, and those whose mail address is another one than their name.

use crate::entra::connector::guard::PeopleFinding;
use crate::entra::connector::schema::{Mapping, Previewed, value_of};
use crate::entra::directory::Person;
use crate::figures::grouped;
use crate::sheet::{Block, Cell, Tone};

/// How the mapping fares with somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fares {
    /// Name and address come out as one.
    Well,
    /// They come out as two, which Databricks refuses.
    Two,
    /// There is no name.
    Nameless,
    /// There is no address.
    Mailless,
    /// It cannot be worked out here.
    Unknown,
}

impl Fares {
    fn of(name: &Previewed, mail: &Previewed) -> Self {
        match (name, mail) {
            (Previewed::NotComputed(_), _) | (_, Previewed::NotComputed(_)) => Self::Unknown,
            (Previewed::Skipped, _) => Self::Nameless,
            (_, Previewed::Skipped) => Self::Mailless,
            (Previewed::Value(name), Previewed::Value(mail)) if name.eq_ignore_ascii_case(mail) => Self::Well,
            (Previewed::Value(_), Previewed::Value(_)) => Self::Two,
        }
    }

    fn cell(self) -> Cell {
        match self {
            Self::Well => Cell::state(Tone::Good, "the same"),
            Self::Two => Cell::state(Tone::Warn, "differ"),
            Self::Nameless => Cell::state(Tone::Bad, "no user name: refused"),
            Self::Mailless => Cell::state(Tone::Warn, "no address"),
            Self::Unknown => Cell::state(Tone::Plain, "not known here"),
        }
    }
}

/// Those whom the mapping does not make one and the same of, by name; and how many of those who stand out it serves well.
pub(super) fn listed(people: &PeopleFinding, mapping: &Mapping) -> Vec<Block> {
    let made = |row: Option<&_>, person: &Person| row.map_or(Previewed::Skipped, |row| value_of(row, person));
    let (mut rows, mut well) = (Vec::new(), 0);
    for person in &people.stand_out {
        let (name, mail) = (made(mapping.row("userName"), person), made(mapping.mail(), person));
        match Fares::of(&name, &mail) {
            Fares::Well => well += 1,
            fares => {
                let who =
                    Cell::words(person.label()).below(if person.is_guest() { "guest" } else { "member" });
                rows.push(vec![who, Cell::words(name.words()), Cell::words(mail.words()), fares.cell()]);
            }
        }
    }
    let mut blocks = Vec::new();
    if well > 0 || !rows.is_empty() {
        blocks.push(Block::Heading("User names and mail addresses".to_owned()));
    }
    if well > 0 {
        let who = if well == 1 { "One is" } else { &format!("{} are", grouped(well)) };
        blocks.push(Block::text(format!(
            "{who} all right, though a guest or with another mail address than user name in Entra: what the mappings make of the two is the same.",
        )));
    }
    if !rows.is_empty() {
        blocks.push(Block::Rows {
            title: "People to look at".to_owned(),
            head: ["Who", "User name in Databricks", "Mail address there", "Both"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        });
        blocks.push(Block::text(
            "Databricks wants user name and mail address to be the same. Make them so in Entra, or have the attribute mappings take both from \
             one attribute.",
        ));
        let hidden = people.standing_out.saturating_sub(people.stand_out.len());
        if hidden > 0 {
            blocks.push(Block::text(format!("And {} more were not tried.", grouped(hidden))));
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_names_are_flagged_and_what_is_not_known_is_no_good_one() {
        let value = |text: &str| Previewed::Value(text.to_owned());
        let unknown = || Previewed::NotComputed("[x]".to_owned());
        for (name, mail, fares) in [
            (value("Ada@contoso.example"), value("ada@contoso.example"), Fares::Well),
            (value("ada@contoso.example"), value("a.lovelace@contoso.example"), Fares::Two),
            (Previewed::Skipped, value("a@contoso.example"), Fares::Nameless),
            (value("a@contoso.example"), Previewed::Skipped, Fares::Mailless),
            (unknown(), value("a@contoso.example"), Fares::Unknown),
            (value("a@contoso.example"), unknown(), Fares::Unknown),
        ] {
            assert_eq!(Fares::of(&name, &mail), fares, "{name:?} {mail:?}");
        }
    }
}
