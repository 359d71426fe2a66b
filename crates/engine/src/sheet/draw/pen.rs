//! The strokes themselves, and the text that they are written to.

use zeroize::Zeroizing;

/// Ends a stroke.
pub const END: char = '\u{1e}';
/// Stands between an attribute's name and its value.
pub const IS: char = '\u{1f}';

/// Writes strokes. A fresh secret may be among them, so nothing that was written is left behind anywhere else.
pub(super) struct Pen(Zeroizing<String>);

impl Pen {
    pub(super) fn new() -> Self {
        Self(Zeroizing::default())
    }

    /// All strokes, as the one text that travels.
    pub(super) fn written(mut self) -> String {
        std::mem::take(&mut *self.0)
    }

    /// An element with attributes, and what `inside` draws.
    pub(super) fn element(&mut self, tag: &str, set: &[(&str, &str)], inside: impl FnOnce(&mut Self)) {
        self.stroke('<', [tag, ""]);
        for (name, value) in set {
            self.stroke('@', [name, value]);
        }
        inside(self);
        self.stroke('>', ["", ""]);
    }

    pub(super) fn say(&mut self, text: &str) {
        self.stroke('"', [text, ""]);
    }

    pub(super) fn leaf(&mut self, tag: &str, class: &str, text: &str) {
        let set: &[_] = if class.is_empty() { &[] } else { &[("class", class)] };
        self.element(tag, set, |pen| pen.say(text));
    }

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
}
