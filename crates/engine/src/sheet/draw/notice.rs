//! Notes, and failures with what to do about them.

use super::Pen;
use crate::problem::Problem;
use crate::sheet::Tone;

impl Pen {
    pub(super) fn notice(&mut self, tone: Tone, title: &str, says: impl FnOnce(&mut Self)) {
        let (class, sign) = match tone {
            Tone::Plain | Tone::Accent => ("notice", "i"),
            Tone::Good => ("notice good", "✓"),
            Tone::Warn => ("notice warn", "!"),
            Tone::Bad => ("notice bad", "×"),
        };
        let set = [("class", class), ("role", "alert")];
        let set = if tone == Tone::Bad { set.as_slice() } else { set.split_at(1).0 };
        self.notice_as(set, sign, title, says);
    }

    pub(super) fn notice_as(
        &mut self,
        set: &[(&str, &str)],
        sign: &str,
        title: &str,
        says: impl FnOnce(&mut Self),
    ) {
        self.element("div", set, |pen| {
            pen.element("span", &[("class", "sign"), ("aria-hidden", "true")], |pen| pen.say(sign));
            pen.element("div", &[("class", "says")], |pen| {
                pen.leaf("p", "title", title);
                says(pen);
            });
        });
    }

    pub(super) fn problem(&mut self, tone: Tone, problem: &Problem) {
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
}
