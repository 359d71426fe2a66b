//! Tables, and forms of other sites as panels.

use super::Pen;
use crate::sheet::{Cell, CellKind, Span, Tone};

impl Pen {
    pub(super) fn panel(&mut self, title: &str, rows: &[(String, Cell)]) {
        self.element("figure", &[("class", "blade")], |pen| {
            pen.leaf("figcaption", "", title);
            pen.element("dl", &[], |pen| {
                for (label, cell) in rows {
                    pen.leaf("dt", "", label);
                    pen.element("dd", &[], |pen| pen.cell(label, cell));
                }
            });
        });
    }

    pub(super) fn table(&mut self, title: &str, head: &[String], rows: &[Vec<Cell>]) {
        self.element("section", &[("class", "card"), ("aria-label", title)], |pen| {
            pen.element("header", &[], |pen| pen.leaf("h2", "", title));
            pen.rows(head, rows);
        });
    }

    /// On narrow screens there is no head, and what tells three values and more apart is their column's name beside each.
    pub(super) fn rows(&mut self, head: &[String], rows: &[Vec<Cell>]) {
        let tell_apart = head.len() > 2;
        self.element("table", &[("class", "table")], |pen| {
            pen.element("thead", &[], |pen| {
                pen.element("tr", &[], |pen| head.iter().for_each(|words| pen.leaf("th", "", words)));
            });
            pen.element("tbody", &[], |pen| {
                for row in rows {
                    pen.element("tr", &[], |pen| {
                        for (at, (label, cell)) in head.iter().zip(row).enumerate() {
                            let column = [("data-column", label.as_str())];
                            let shown = if tell_apart && at > 0 { column.as_slice() } else { &[] };
                            pen.element("td", shown, |pen| pen.cell(label, cell));
                        }
                    });
                }
            });
        });
    }

    fn cell(&mut self, label: &str, cell: &Cell) {
        match cell.kind {
            CellKind::Words => self.say(&cell.text),
            CellKind::Code => self.leaf("code", "", &cell.text),
            CellKind::Copy => self.copy(&label.to_lowercase(), &cell.text),
            CellKind::State(tone) => self.leaf("span", badge(tone), &cell.text),
        }
        if !cell.folded.is_empty() {
            self.element("details", &[("class", "sub")], |pen| {
                pen.leaf("summary", "", &cell.below);
                pen.element("ul", &[], |pen| cell.folded.iter().for_each(|it| pen.leaf("li", "", it)));
            });
        } else if !cell.below.is_empty() {
            self.leaf("span", "sub", &cell.below);
        }
        for (words, address) in &cell.links {
            self.say(" ");
            self.span(&Span::Link(words.clone(), address.clone()));
        }
        if let Some(press) = &cell.press {
            self.say(" ");
            self.button(press);
        }
    }
}

const fn badge(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "badge",
        Tone::Good => "badge good",
        Tone::Warn => "badge warn",
        Tone::Bad => "badge bad",
        Tone::Accent => "badge accent",
    }
}
