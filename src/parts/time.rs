//! Spans of time as people say them.

use std::time::Duration;

/// Such as `less than a minute`, `about 3 minutes`, `about 2 hours`.
pub(crate) fn about(span: Duration) -> String {
    let minutes = span.as_secs().div_ceil(60);
    let (count, one, many) = match minutes {
        0 | 1 => return "less than a minute".to_owned(),
        2..=89 => (minutes, "minute", "minutes"),
        _ => ((minutes + 30) / 60, "hour", "hours"),
    };
    let mut text = "about ".to_owned();
    text.push_str(&count.to_string());
    text.push(' ');
    text.push_str(if count == 1 { one } else { many });
    text
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn spans_are_rounded_as_people_do() {
        assert_eq!(about(Duration::from_secs(5)), "less than a minute");
        assert_eq!(about(Duration::from_secs(61)), "about 2 minutes");
        assert_eq!(about(Duration::from_secs(89 * 60)), "about 89 minutes");
        assert_eq!(about(Duration::from_secs(90 * 60)), "about 2 hours");
    }
}
