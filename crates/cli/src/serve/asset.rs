//! What the name of a file says: where it lies, what it is, how long it may be kept.

/// The length of Trunk's hashes, in hexadecimal digits. They are numbers of 64 bits without leading zeros, so one in sixteen is
/// shorter than the longest.
const HASH: std::ops::RangeInclusive<usize> = 12..=16;

/// How long a browser may keep a file.
pub(crate) const FOREVER: &str = "public, max-age=31536000, immutable";

/// The part of a file's path below the folder, from the path of a request; `None` for anything but plain names.
///
/// There is nothing to decode: no file of the page needs an escape, and what needs none cannot leave the folder.
pub(crate) fn relative(path: &str) -> Option<&str> {
    let path = path.strip_prefix('/')?;
    if path.is_empty() {
        return Some("index.html");
    }
    path.split('/').all(plain).then_some(path)
}

/// A name of letters, digits, `-`, `_` and single dots inside; no hidden file, no precompressed sibling.
fn plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
        && !name.ends_with(".br")
        && !name.ends_with(".gz")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// The media type of a file by the ending of its name.
pub(crate) fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}

/// Whether a file's name holds the hash of its content, as Trunk writes it: `boot-1f2e3d4c5b6a7980.mjs`,
/// `page-1f2e3d4c5b6a7980_bg.wasm`. Such a file never changes under its name.
pub(crate) fn is_hashed(path: &str) -> bool {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    if name.ends_with(".html") || name.ends_with(".json") {
        return false;
    }
    let Some((stem, _)) = name.rsplit_once('.') else { return false };
    // The first piece is the name proper: `0123456789abcdef.css` is a name.
    stem.split(['-', '_', '.']).skip(1).any(|piece| {
        HASH.contains(&piece.len()) && piece.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_reach_the_folder() {
        assert_eq!(relative("/"), Some("index.html"));
        assert_eq!(relative("/boot-0123456789abcdef.mjs"), Some("boot-0123456789abcdef.mjs"));
        assert_eq!(relative("/fonts/a.woff2"), Some("fonts/a.woff2"));
        for bad in [
            "",
            "index.html",
            "*",
            "//",
            "//etc/passwd",
            "/..",
            "/../secret",
            "/a/../b",
            "/a/./b",
            "/a//b",
            "/a/",
            "/.git/config",
            "/.env",
            "/%2e%2e/secret",
            "/a%2fb",
            "/a\\..\\b",
            "/c:/windows",
            "/a b",
            "/ä",
            "/a\0",
            "/a..b",
            "/a.",
            "/index.html.br",
            "/index.html.gz",
        ] {
            assert_eq!(relative(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn hashed_names_are_known() {
        for hashed in [
            "boot-1f2e3d4c5b6a7980.mjs",
            "scim-setup-page-1f2e3d4c5b6a7980.js",
            "scim-setup-page-1f2e3d4c5b6a7980_bg.wasm",
            "base-0123456789abcdef.css",
            "parts-a62ecc911ddf179.css",
            "scim-setup-worker-9a45002bc78cf5aa_loader.js",
        ] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for plain in [
            "index.html",
            "config.json",
            "boot.mjs",
            "page-1f2e3d4c5b6a7980.html",
            "page-abcdefg.js",
            "base-0123abcd.css",
            "page-0123456789a.js",
            "page-0123456789abcdef0.js",
            "page-0123456789ABCDEF.js",
            "0123456789abcdef.css",
            "snippets/x-1f2e3d4c5b6a7980/inline0.js",
            "page-1f2e3d4c5b6a7980",
        ] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }

    #[test]
    fn types_are_the_ones_browsers_insist_on() {
        assert_eq!(media_type("page_bg.wasm"), "application/wasm");
        assert_eq!(media_type("boot.mjs"), "text/javascript; charset=utf-8");
        assert_eq!(media_type("strange"), "application/octet-stream");
    }
}
