//! Numbers: side by side over one bar of their shares, or each with a bar of its own.

use super::Pen;
use crate::figures::grouped;
use crate::sheet::{Bar, Tone};

impl Pen {
    pub(super) fn figures(&mut self, figures: &[(usize, String, Tone)]) {
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
    pub(super) fn bars(&mut self, title: &str, bars: &[Bar]) {
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
