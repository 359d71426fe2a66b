//! Which files of the built page a browser loads at first.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::fingerprint::files_under;

/// The page itself, and every file of `dist` that its head and body ask for before anybody clicks.
pub(crate) fn first_load(dist: &Path) -> Result<Vec<PathBuf>, Failure> {
    let index = dist.join("index.html");
    let html = fs::read_to_string(&index).map_err(|error| Failure::file("read", &index, &error))?;
    let mut files = vec![index];
    for address in addresses(&html) {
        let file = dist.join(address.trim_start_matches("./"));
        if !file.is_file() {
            let text = format!("dist/index.html asks for `{address}`, which is not in dist/.");
            return Err(
                Failure::new(text).advise("The first load can be measured only when every file is there.")
            );
        }
        if !files.contains(&file) {
            files.push(file);
        }
    }
    // The glue imports its snippets by itself; index.html does not name them all.
    let snippets = dist.join("snippets");
    if snippets.is_dir() {
        let scripts = files_under(&snippets)?.into_iter();
        let scripts = scripts.filter(|file| file.extension().is_some_and(|ending| ending == "js"));
        files.extend(scripts.filter(|file| !files.contains(file)).collect::<Vec<_>>());
    }
    Ok(files)
}

/// The addresses in `link`, `script` and `img` elements, without those that only name another page.
fn addresses(html: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for tag in html.split('<').filter_map(|rest| rest.split('>').next()) {
        let name = tag.split_whitespace().next().unwrap_or_default();
        let address = match name {
            "script" | "img" => attribute(tag, "src"),
            "link" if loads(attribute(tag, "rel").unwrap_or_default()) => attribute(tag, "href"),
            _ => None,
        };
        found.extend(address.filter(|address| !address.starts_with("data:")));
    }
    found
}

fn loads(rel: &str) -> bool {
    const LOADED: [&str; 5] = ["stylesheet", "preload", "modulepreload", "icon", "manifest"];
    rel.split_whitespace().any(|word| LOADED.contains(&word))
}

/// The value of an attribute, quoted or bare: the minifier leaves quotes out where it can.
pub(crate) fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag;
    loop {
        let (before, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => match after.strip_prefix('\'') {
                Some(quoted) => quoted.split_once('\'')?,
                None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
            },
        };
        if before.split_whitespace().next_back() == Some(name) {
            return Some(value);
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_page_asks_for() {
        let html = r#"<!doctype html><html lang=en><head><title>a = b</title>
            <link rel="stylesheet" href="./base-1.css" integrity="sha384-a=="><link rel=icon href=./mark.svg>
            <link crossorigin=anonymous href=./page-2.js integrity=sha384-b== rel=modulepreload>
            <link as=fetch href='./page-2_bg.wasm' rel=preload type=application/wasm><link rel=canonical href=./other>
            <script data-src=no.mjs src=./boot-3.mjs type=module></script></head><body><img src=data:image/png;base64,AA>
            <a href=./docs>x</a></body>"#;
        assert_eq!(
            addresses(html),
            ["./base-1.css", "./mark.svg", "./page-2.js", "./page-2_bg.wasm", "./boot-3.mjs"]
        );
    }
}
