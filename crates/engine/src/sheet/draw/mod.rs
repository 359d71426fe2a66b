//! A sheet as elements: the few strokes from which a page builds it, one after the other, without knowing what they mean. Texts
//! are texts, never markup; addresses are checked here and were made by this program.
//!
//! Strokes travel as one text, since nothing is cheaper for a page to read. Each ends with [`END`] and begins with what it is:
//! `<` an element of that name begins inside the one that is open, `@` the open element gets an attribute (name, [`IS`],
//! value; `flex-grow` is a property of its style, since policies forbid the attribute), `"` it gets a text, `>` it ends.

mod form;

use zeroize::Zeroizing;

use super::{Bar, Block, Button, Cell, CellKind, Sheet, Span, Tone};
use crate::figures::grouped;
use crate::problem::Problem;

/// Ends a stroke.
pub const END: char = '\u{1e}';
/// Stands between an attribute's name and its value.
pub const IS: char = '\u{1f}';

impl Sheet {
    /// The strokes that draw this sheet.
    #[must_use]
    pub fn draw(&self) -> String {
        let mut pen = Pen(Zeroizing::default());
        pen.blocks(&self.0);
        std::mem::take(&mut *pen.0)
    }
}

/// Writes strokes. A fresh secret may be among them, so nothing that was written is left behind anywhere else.
struct Pen(Zeroizing<String>);

impl Pen {
    fn stroke(&mut self, kind: char, parts: [&str; 2]) {
        let [first, second] = parts;
        self.make_room(first.len() + second.len() + 4);
        self.0.push(kind);
        self.write(first);
        if kind == '@' {
            self.0.push(IS);
            self.write(second);
        }
        self.0.push(END);
    }

    /// What comes from services and people may hold any character; two of them would end a stroke early.
    fn write(&mut self, part: &str) {
        self.0.extend(part.chars().map(|c| if matches!(c, END | IS) { ' ' } else { c }));
    }

    /// A text that grows by itself leaves its old place as it was; this wipes it.
    fn make_room(&mut self, more: usize) {
        let needed = self.0.len() + more;
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(String::with_capacity(needed.max(self.0.capacity() * 2)));
            larger.push_str(&self.0);
            self.0 = larger;
        }
    }

    /// An element with attributes, and what `inside` draws.
    fn element(&mut self, tag: &str, set: &[(&str, &str)], inside: impl FnOnce(&mut Self)) {
        self.stroke('<', [tag, ""]);
        for (name, value) in set {
            self.stroke('@', [name, value]);
        }
        inside(self);
        self.stroke('>', ["", ""]);
    }

    fn say(&mut self, text: &str) {
        self.stroke('"', [text, ""]);
    }

    fn leaf(&mut self, tag: &str, class: &str, text: &str) {
        let set: &[_] = if class.is_empty() { &[] } else { &[("class", class)] };
        self.element(tag, set, |pen| pen.say(text));
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(words) => self.leaf("h2", "", words),
            Block::Name(words) => self.leaf("h3", "", words),
            Block::List(list) => {
                self.element("ul", &[], |pen| list.iter().for_each(|it| pen.leaf("li", "", it)));
            }
            Block::Figures(figures) => self.figures(figures),
            Block::Bars { title, bars } => self.bars(title, bars),
            Block::Card { id, title, chip, body, blocks } => {
                self.card(id, title, chip.as_ref(), *body, blocks);
            }
            Block::Rows { title, head, rows } => {
                // A region that scrolls has to be reachable by keyboard.
                let set = [("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", title)];
                self.element("div", &set, |pen| {
                    pen.rows(head, rows);
                    if rows.is_empty() {
                        pen.leaf("p", "empty", "Nothing of this kind.");
                    }
                });
            }
            Block::Text(spans) => self.element("p", &[], |pen| spans.iter().for_each(|span| pen.span(span))),
            Block::Steps(steps) => self.element("ol", &[("class", "instructions")], |pen| {
                for step in steps {
                    pen.element("li", &[], |pen| pen.blocks(step));
                }
            }),
            Block::Value(name, value) => self.element("p", &[], |pen| pen.copy(name, value)),
            Block::Once(name, secret) => self.element("p", &[], |pen| pen.copy(name, secret.expose())),
            Block::Code(name, code) => self.element("div", &[("class", "listing")], |pen| {
                // A region that scrolls has to be reachable by keyboard.
                let set = [("tabindex", "0"), ("role", "region"), ("aria-label", name.as_str())];
                pen.element("pre", &set, |pen| pen.leaf("code", "", code));
                pen.copy_button(name, code);
            }),
            Block::Panel { title, rows } => self.panel(title, rows),
            Block::Table { title, head, rows } => self.table(title, head, rows),
            Block::Note { tone, title, text } => self.notice(*tone, title, |pen| pen.leaf("p", "", text)),
            Block::Problem(tone, problem) => self.problem(*tone, problem),
            Block::Fold { id, summary, open, blocks } => {
                let id = format!("fold-{id}");
                let set = [("id", id.as_str()), ("open", "")];
                let set = if *open { set.as_slice() } else { set.split_at(1).0 };
                self.element("details", set, |pen| {
                    pen.leaf("summary", "", summary);
                    pen.element("div", &[("class", "prose")], |pen| pen.blocks(blocks));
                });
            }
            Block::Buttons(buttons) => self.element("div", &[("class", "actions")], |pen| {
                buttons.iter().for_each(|button| pen.button(button));
            }),
            Block::Form { id, inputs, submit } => self.form(*id, inputs, submit),
            Block::Working(words) => {
                self.element("p", &[("class", "working"), ("role", "status")], |pen| pen.say(words));
            }
        }
    }

    fn span(&mut self, span: &Span) {
        match span {
            Span::Plain(words) => self.say(words),
            Span::Code(words) => self.leaf("code", "", words),
            // Anything else than a web address stays words.
            Span::Link(words, address)
                if !address.starts_with("https://") && !address.starts_with("http://") =>
            {
                self.say(words);
            }
            Span::Link(words, address) => {
                let set = [("href", address.as_str()), ("target", "_blank"), ("rel", "noreferrer")];
                self.element("a", &set, |pen| {
                    pen.say(words);
                    pen.leaf("span", "unseen", " (opens a new tab)");
                });
            }
        }
    }

    fn copy(&mut self, name: &str, value: &str) {
        self.element("span", &[("class", "copy")], |pen| {
            pen.leaf("code", "", value);
            pen.copy_button(name, value);
        });
    }

    fn copy_button(&mut self, name: &str, value: &str) {
        let set = [("type", "button"), ("class", "button small"), ("data-copy", value)];
        self.element("button", &set, |pen| {
            pen.element("span", &[("aria-live", "polite")], |pen| pen.say("Copy"));
            pen.leaf("span", "unseen", &format!(" {name}"));
        });
    }

    fn panel(&mut self, title: &str, rows: &[(String, Cell)]) {
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

    fn table(&mut self, title: &str, head: &[String], rows: &[Vec<Cell>]) {
        self.element("section", &[("class", "card"), ("aria-label", title)], |pen| {
            pen.element("header", &[], |pen| pen.leaf("h2", "", title));
            pen.rows(head, rows);
        });
    }

    fn rows(&mut self, head: &[String], rows: &[Vec<Cell>]) {
        self.element("table", &[("class", "table")], |pen| {
            pen.element("thead", &[], |pen| {
                pen.element("tr", &[], |pen| head.iter().for_each(|words| pen.leaf("th", "", words)));
            });
            pen.element("tbody", &[], |pen| {
                for row in rows {
                    pen.element("tr", &[], |pen| {
                        for (label, cell) in head.iter().zip(row) {
                            pen.element("td", &[], |pen| pen.cell(label, cell));
                        }
                    });
                }
            });
        });
    }

    fn card(&mut self, id: &str, title: &str, chip: Option<&(String, String)>, body: bool, blocks: &[Block]) {
        self.element("section", &[("class", "card"), ("aria-labelledby", id)], |pen| {
            pen.element("header", &[], |pen| {
                pen.element("h2", &[("id", id)], |pen| pen.say(title));
                if let Some((name, value)) = chip {
                    pen.element("span", &[("class", "chip")], |pen| {
                        pen.say(&format!("{name} "));
                        pen.leaf("b", "", value);
                    });
                }
            });
            if body {
                pen.element("div", &[("class", "body")], |pen| pen.blocks(blocks));
            } else {
                pen.blocks(blocks);
            }
        });
    }

    fn figures(&mut self, figures: &[(usize, String, Tone)]) {
        self.element("dl", &[("class", "figures")], |pen| {
            for (count, of, _) in figures {
                pen.element("div", &[], |pen| {
                    pen.leaf("dt", "", of);
                    pen.leaf("dd", "", &grouped(*count));
                });
            }
        });
        self.element("div", &[("class", "mix"), ("aria-hidden", "true")], |pen| {
            for (count, _, tone) in figures.iter().filter(|(count, ..)| *count > 0) {
                let share = count.to_string();
                pen.element("i", &[("class", word(*tone)), ("flex-grow", &share)], |_| {});
            }
        });
    }

    /// A row for each: its label, a bar, and the number in words, which stand for themselves.
    fn bars(&mut self, title: &str, bars: &[Bar]) {
        self.element("figure", &[("class", "bars")], |pen| {
            pen.leaf("figcaption", "", title);
            pen.element("ul", &[], |pen| {
                for bar in bars {
                    let (full, rest) = (bar.value.min(bar.of), bar.of.saturating_sub(bar.value));
                    pen.element("li", &[], |pen| {
                        pen.leaf("span", "label", &bar.label);
                        pen.element("span", &[("class", "track"), ("aria-hidden", "true")], |pen| {
                            let grow = full.to_string();
                            pen.element("i", &[("class", word(bar.tone)), ("flex-grow", &grow)], |_| {});
                            pen.element("b", &[("flex-grow", &rest.to_string())], |_| {});
                        });
                        pen.leaf("span", "says", &bar.says);
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

    fn notice(&mut self, tone: Tone, title: &str, says: impl FnOnce(&mut Self)) {
        let (class, sign) = match tone {
            Tone::Plain | Tone::Accent => ("notice", "i"),
            Tone::Good => ("notice good", "✓"),
            Tone::Warn => ("notice warn", "!"),
            Tone::Bad => ("notice bad", "×"),
        };
        let set = [("class", class), ("role", "alert")];
        let set = if tone == Tone::Bad { set.as_slice() } else { set.split_at(1).0 };
        self.element("div", set, |pen| {
            pen.element("span", &[("class", "sign"), ("aria-hidden", "true")], |pen| pen.say(sign));
            pen.element("div", &[("class", "says")], |pen| {
                pen.leaf("p", "title", title);
                says(pen);
            });
        });
    }

    fn problem(&mut self, tone: Tone, problem: &Problem) {
        self.notice(tone, &problem.what, |pen| {
            pen.leaf("p", "", &problem.why);
            pen.element("p", &[], |pen| {
                pen.leaf("b", "", "What to do: ");
                pen.say(&problem.remedy);
            });
            if !problem.raw.is_empty() {
                pen.element("details", &[("class", "raw")], |pen| {
                    pen.leaf("summary", "", "Details for support");
                    pen.element("dl", &[], |pen| {
                        for detail in &problem.raw {
                            pen.leaf("dt", "", &detail.name);
                            pen.leaf("dd", "", &detail.value);
                        }
                    });
                    pen.copy_button("the details", &problem.text());
                });
            }
        });
    }

    fn button(&mut self, button: &Button) {
        let class = if button.primary { "button primary" } else { "button" };
        let id = slug(&button.label);
        let set = [
            ("type", "button"),
            ("id", id.as_str()),
            ("class", class),
            ("data-press", button.action.as_str()),
        ];
        self.element("button", &set, |pen| pen.say(&button.label));
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

const fn word(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Good => "good",
        Tone::Warn => "warn",
        Tone::Bad => "bad",
        Tone::Accent => "accent",
    }
}

/// An id from words: what is focused is found again after a new drawing.
fn slug(words: &str) -> String {
    let plain = words.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    format!("do-{}", plain.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strokes(blocks: Vec<Block>) -> Vec<String> {
        Sheet(blocks).draw().split_terminator(END).map(str::to_owned).collect()
    }

    #[test]
    fn every_element_ends() {
        let strokes = strokes(vec![
            Block::Steps(vec![vec![Block::text("a")], vec![Block::Value("n".to_owned(), "v".to_owned())]]),
            Block::note(Tone::Bad, "t", "x"),
        ]);
        let mut depth = 0;
        for stroke in strokes {
            match stroke.chars().next() {
                Some('<') => depth += 1,
                Some('>') => depth -= 1,
                Some('@' | '"') => {}
                other => panic!("{other:?}"),
            }
            assert!(depth >= 0);
        }
        assert_eq!(depth, 0);
    }

    #[test]
    fn a_text_cannot_become_a_stroke() {
        let drawn = strokes(vec![Block::text("a\u{1e}<script\u{1e}@onclick\u{1f}x")]);
        assert_eq!(drawn, ["<p", "\"a <script @onclick x", ">"]);
    }

    #[test]
    fn only_web_addresses_become_links() {
        let link = |address: &str| {
            let spans = vec![Span::Link("here".to_owned(), address.to_owned())];
            strokes(vec![Block::Text(spans)]).contains(&"<a".to_owned())
        };
        assert!(link("https://entra.microsoft.com#view/x"));
        for bad in ["javascript:alert(1)", "data:text/html,x", "//host.example", "blob:https://x"] {
            assert!(!link(bad), "{bad}");
        }
    }
}
