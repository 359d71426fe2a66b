//! Things to fill in.

use super::{Pen, slug};
use crate::sheet::{Form, Input, InputKind};

impl Pen {
    pub(super) fn form(&mut self, id: Form, inputs: &[Input], submit: &str) {
        self.element("form", &[("class", "work"), ("novalidate", ""), ("data-form", id.id())], |pen| {
            inputs.iter().for_each(|input| pen.input(input));
            if submit.is_empty() {
                return;
            }
            pen.element("div", &[("class", "actions")], |pen| {
                let set = [("type", "submit"), ("class", "button"), ("id", &slug(submit))];
                pen.element("button", &set.map(|(name, value)| (name, value as &str)), |pen| pen.say(submit));
            });
        });
    }

    fn input(&mut self, input: &Input) {
        let wrong = !input.error.is_empty();
        let (hint, error) = (format!("{}-hint", input.id), format!("{}-error", input.id));
        let described = format!("{hint} {error}");
        let invalid = if wrong { "true" } else { "false" };
        let common = [
            ("id", input.id.as_str()),
            ("aria-describedby", described.as_str()),
            ("aria-invalid", invalid),
            ("autocomplete", "off"),
            ("spellcheck", "false"),
        ];
        let class = if wrong { "field wrong" } else { "field" };
        self.element("div", &[("class", class)], |pen| {
            pen.element("label", &[("for", input.id.as_str())], |pen| pen.say(&input.label));
            pen.element("p", &[("class", "hint"), ("id", &hint)], |pen| pen.say(&input.hint));
            match &input.kind {
                InputKind::Line(value) => {
                    let set = [common.as_slice(), &[("class", "input"), ("type", "text"), ("value", value)]];
                    pen.element("input", &set.concat(), |_| {});
                }
                InputKind::Lines(value) => {
                    let set = [common.as_slice(), &[("class", "input mono"), ("rows", "3")]];
                    pen.element("textarea", &set.concat(), |pen| pen.say(value));
                }
                InputKind::Check(on) => {
                    let set = [common.as_slice(), &[("type", "checkbox"), ("checked", "")]].concat();
                    let shown = if *on { set.len() } else { set.len().saturating_sub(1) };
                    pen.element("input", set.split_at(shown).0, |_| {});
                }
                InputKind::Choice(options, chosen) => {
                    let set = [common.as_slice(), &[("class", "input")]].concat();
                    pen.element("select", &set, |pen| {
                        for (value, words) in options {
                            let set = [("value", value.as_str()), ("selected", "")];
                            let set = if value == chosen { set.as_slice() } else { set.split_at(1).0 };
                            pen.element("option", set, |pen| pen.say(words));
                        }
                    });
                }
            }
            pen.element("div", &[("id", &error)], |pen| {
                if wrong {
                    pen.leaf("p", "error", &input.error);
                }
            });
        });
    }
}
