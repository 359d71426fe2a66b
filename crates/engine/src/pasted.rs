//! What a paste brings along.

/// Around the text itself: blanks, quotes, and marks of direction and width that cannot be seen.
pub(crate) fn is_around(c: char) -> bool {
    let mark =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    mark || c.is_whitespace() || c.is_control() || "\"'`“”‘’„«»".contains(c)
}
