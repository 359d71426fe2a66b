//! What a page draws of a sheet, read as a person reads it: line by line, with the buttons that can be pressed.

use engine::sheet::{END, IS};

/// A sheet as it is drawn.
#[derive(Clone, Debug, Default)]
pub(super) struct Drawn {
    pub(super) lines: Vec<String>,
    /// What stands on buttons, and what they do.
    pub(super) buttons: Vec<(String, String)>,
}

/// What of an element matters here.
#[derive(Default)]
struct Element {
    tag: String,
    class: String,
    press: Option<String>,
    /// The words in it are not for people who read along.
    unseen: bool,
}

impl Drawn {
    /// Reads strokes.
    pub(super) fn of(strokes: &str) -> Self {
        let mut drawn = Self::default();
        let (mut open, mut line): (Vec<Element>, String) = Default::default();
        for stroke in strokes.split_terminator(END) {
            let (kind, rest) = stroke.split_at(1);
            match kind {
                "<" => {
                    let unseen = open.last().is_some_and(|it| it.unseen);
                    open.push(Element { tag: rest.to_owned(), unseen, ..Element::default() });
                    if is_line(rest) {
                        drawn.end(&mut line);
                    }
                }
                "@" => {
                    let (name, value) = rest.split_once(IS).unwrap();
                    let element = open.last_mut().unwrap();
                    match name {
                        "class" => {
                            element.class = value.to_owned();
                            element.unseen |= matches!(value, "unseen" | "sign" | "raw" | "button small");
                            if value == "sub" && !line.is_empty() {
                                line.push_str(" / ");
                            }
                        }
                        "data-press" => element.press = Some(value.to_owned()),
                        "value" if element.class == "input" => line.push_str(&format!(" [{value}]")),
                        "checked" => line.push_str(" [x]"),
                        "selected" => line.push_str(" *"),
                        _ => {}
                    }
                }
                "\"" => {
                    let element = open.last().unwrap();
                    if element.unseen {
                        continue;
                    }
                    match &element.press {
                        Some(press) => drawn.buttons.push((rest.to_owned(), press.clone())),
                        None => line.push_str(rest),
                    }
                    if element.class == "error" {
                        line.insert_str(0, "! ");
                    }
                }
                _ => {
                    let element = open.pop().unwrap();
                    match element.tag.as_str() {
                        "td" | "th" => line.push_str(" | "),
                        tag if is_line(tag) => drawn.end(&mut line),
                        _ => {}
                    }
                }
            }
        }
        drawn.end(&mut line);
        drawn
    }

    fn end(&mut self, line: &mut String) {
        let words = line.trim().trim_end_matches(" |").to_owned();
        if !words.is_empty() {
            self.lines.push(words);
        }
        line.clear();
    }

    /// Everything, to look for words in it.
    pub(super) fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// The lines that say what is wrong with a field.
    pub(super) fn wrong(&self) -> Vec<&str> {
        self.lines.iter().filter_map(|it| it.strip_prefix("! ")).collect()
    }

    /// What stands on the buttons.
    pub(super) fn labels(&self) -> Vec<&str> {
        self.buttons.iter().map(|(label, _)| label.as_str()).collect()
    }

    /// The lines from one to another, both among them.
    pub(super) fn between(&self, first: &str, last: &str) -> Vec<&str> {
        let at = |words: &str| {
            let found = self.lines.iter().position(|it| it.starts_with(words));
            found.unwrap_or_else(|| panic!("no line {words:?} in\n{}", self.text()))
        };
        self.lines[at(first)..=at(last)].iter().map(String::as_str).collect()
    }
}

/// What stands on a line of its own. What is within a cell of a table does not.
fn is_line(tag: &str) -> bool {
    matches!(
        tag,
        "p" | "li"
            | "tr"
            | "h2"
            | "h3"
            | "header"
            | "summary"
            | "figcaption"
            | "dt"
            | "dd"
            | "label"
            | "input"
            | "option"
            | "select"
    )
}
