//! Which of the precompressed files a browser can take (RFC 9110 §12.5.3).

/// A content coding that files are kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// Brotli, `.br`.
    Brotli,
    /// Gzip, `.gz`.
    Gzip,
}

impl Coding {
    /// The name in `Content-Encoding`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The ending of a file in this coding.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }
}

/// The codings that an `Accept-Encoding` header takes, the most wanted first; brotli wins a tie.
pub(crate) fn acceptable(header: &str) -> Vec<Coding> {
    let mut wanted: Vec<(Coding, u16)> = [Coding::Brotli, Coding::Gzip]
        .into_iter()
        .map(|coding| (coding, weight(header, coding.name())))
        .filter(|(_, weight)| *weight > 0)
        .collect();
    wanted.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    wanted.into_iter().map(|(coding, _)| coding).collect()
}

/// The weight of a coding in thousandths; its own entry counts before `*`.
fn weight(header: &str, name: &str) -> u16 {
    let mut any = 0;
    for entry in header.split(',') {
        let mut parts = entry.split(';').map(str::trim);
        let coding = parts.next().unwrap_or_default();
        let weight = parts
            .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
            .map_or(Some(1000), thousandths)
            .unwrap_or(0);
        let gzip = name == "gzip" && coding.eq_ignore_ascii_case("x-gzip");
        if coding.eq_ignore_ascii_case(name) || gzip {
            return weight;
        }
        if coding == "*" {
            any = weight;
        }
    }
    any
}

/// A weight such as `0.25` in thousandths; `None` when it is none.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_wanted_coding_comes_first() {
        use Coding::{Brotli, Gzip};
        let none: &[Coding] = &[];
        for (header, expected) in [
            ("gzip, deflate, br, zstd", [Brotli, Gzip].as_slice()),
            ("gzip", &[Gzip]),
            ("", none),
            ("identity", none),
            ("br;q=0, gzip", &[Gzip]),
            ("br;q=0.0, gzip;q=0.000", none),
            ("br;q=0.5, gzip;q=0.8", &[Gzip, Brotli]),
            ("BR ; Q=1.0 , GZIP;q=0.1", &[Brotli, Gzip]),
            ("*", &[Brotli, Gzip]),
            ("*;q=0", none),
            ("*, br;q=0", &[Gzip]),
            ("br;q=2, gzip;q=x", none),
            ("brotli, gzipped", none),
            ("x-gzip", &[Gzip]),
        ] {
            assert_eq!(acceptable(header), expected, "{header}");
        }
    }
}
