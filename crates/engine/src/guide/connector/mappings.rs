//! The attribute mappings beside the changes: what is wrong with them, as tables, and on real people.

use super::review::fold;
use crate::entra::connector::schema::{Line, Mapping, Previewed, Row, Table, concerns, preview};
use crate::entra::connector::set_up::Compared;
use crate::entra::connector::{finding, kind};
use crate::entra::directory::Person;
use crate::sheet::{Block, Cell, Tone};

/// What is wrong with them comes first.
pub(super) fn mapping(compared: &Compared) -> Block {
    let Some(table) = &compared.mapping else {
        return fold(
            "mapping",
            "Attribute mappings: could not be read",
            vec![Block::text("They are read again before anything starts.")],
        );
    };
    let concerns = concerns(table);
    let mut blocks: Vec<Block> = concerns
        .iter()
        .map(|concern| {
            let told = concern.told();
            let tone = match told.tone {
                finding::Tone::Good => Tone::Good,
                finding::Tone::Warn => Tone::Warn,
                finding::Tone::Bad => Tone::Bad,
            };
            Block::note(tone, told.what, told.todo)
        })
        .collect();
    let Table { people, groups } = table;
    blocks.extend([people, groups].into_iter().flatten().flat_map(rows));
    if let Some(people) = people {
        blocks.extend(compared.examined.samples.iter().map(|person| on_person(people, person)));
        let guest = compared.examined.people.stand_out.iter().find(|person| person.is_guest());
        blocks.extend(guest.map(|person| on_person(people, person)));
    }
    let summary = match concerns.len() {
        0 => "Attribute mappings: as they should be".to_owned(),
        1 => "Attribute mappings: one thing to know".to_owned(),
        many => format!("Attribute mappings: {many} things to know"),
    };
    Block::Fold { id: "mapping".to_owned(), summary, open: false, blocks }
}

fn rows(mapping: &Mapping) -> Vec<Block> {
    let row = |it: &Row| {
        let matching =
            it.matching.map_or_else(String::new, |at| format!("finds who is there, as number {at}"));
        vec![
            Cell::code(&it.target).below(matching),
            Cell::words(it.source.words()),
            Cell::words(it.flow.words()),
        ]
    };
    let what = if mapping.kind == kind::Kind::Person { "People" } else { "Groups" };
    let mut blocks = vec![Block::Table {
        title: format!("{what}: attributes"),
        head: ["In Databricks", "From Entra", "When"].map(str::to_owned).to_vec(),
        rows: mapping.rows.iter().map(row).collect(),
    }];
    let filters = mapping.filters.words();
    if !filters.is_empty() {
        blocks.push(Block::text(format!("{what} are provisioned only if one of these holds:")));
        blocks.push(Block::List(filters));
    }
    blocks
}

fn on_person(mapping: &Mapping, person: &Person) -> Block {
    let row = |it: Line| {
        let value = match &it.value {
            Previewed::Value(value) => Cell::words(value),
            other => Cell::state(Tone::Plain, other.words()),
        };
        vec![Cell::code(it.target), value]
    };
    Block::Table {
        title: format!("What {} becomes", person.label()),
        head: ["In Databricks", "Value"].map(str::to_owned).to_vec(),
        rows: preview(mapping, person).into_iter().map(row).collect(),
    }
}
