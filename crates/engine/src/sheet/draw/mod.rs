//! A sheet as elements: the few strokes from which a page builds it, one after the other, without knowing what they mean. Texts
//! are texts, never markup; addresses are checked here and were made by this program.
//!
//! Strokes travel as one text, since nothing is cheaper for a page to read. Each ends with [`END`] and begins with what it is:
//! `<` an element of that name begins inside the one that is open, `@` the open element gets an attribute (name, [`IS`],
//! value; `flex-grow` is a property of its style, since policies forbid the attribute), `"` it gets a text, `>` it ends.

mod figures;
mod form;
mod notice;
mod pen;
mod table;

use self::pen::Pen;
pub use self::pen::{END, IS};
use super::{Block, Button, Sheet, Span};

impl Sheet {
    /// The strokes that draw this sheet.
    #[must_use]
    pub fn draw(&self) -> String {
        let mut pen = Pen::new();
        pen.blocks(&self.0);
        pen.written()
    }
}

impl Pen {
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
            Block::Question { title, text } => {
                let set = [
                    ("class", "notice warn"),
                    ("id", "question"),
                    ("tabindex", "-1"),
                    ("role", "group"),
                    ("aria-label", title.as_str()),
                ];
                self.notice_as(&set, "?", title, |pen| pen.leaf("p", "", text));
            }
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

/// An id from words: what is focused is found again after a new drawing.
fn slug(words: &str) -> String {
    let plain = words.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    format!("do-{}", plain.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::Tone;

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
