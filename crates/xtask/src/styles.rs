//! One stylesheet for all: a browser asks once, and what the sheets have in common is packed once.

use std::fs;
use std::path::Path;

use crate::failure::Failure;
use crate::fingerprint::Fingerprint;
use crate::first_load::attribute;
use crate::worker::checksum;

/// Joins the stylesheets that index.html asks for, in its order, into one that is named by its content.
pub(crate) fn join(dist: &Path) -> Result<(), Failure> {
    let index = dist.join("index.html");
    let html = fs::read_to_string(&index).map_err(|error| Failure::file("read", &index, &error))?;
    let (mut styles, mut rest, mut place) = (String::new(), html.clone(), None);
    for link in links(&html) {
        let file = dist.join(attribute(link, "href").unwrap_or_default().trim_start_matches("./"));
        styles += &fs::read_to_string(&file).map_err(|error| Failure::file("read", &file, &error))?;
        fs::remove_file(&file).map_err(|error| Failure::file("remove", &file, &error))?;
        place = place.or_else(|| rest.find(link));
        rest = rest.replacen(link, "", 1);
    }
    let Some(place) = place else {
        return Err(Failure::new("dist/index.html asks for no stylesheet.")
            .advise("Has Trunk changed how it writes `<link rel=stylesheet>`?"));
    };
    let mut hash = Fingerprint::new();
    hash.add_words(&styles);
    let name = format!("style-{}.css", hash.text());
    let file = dist.join(&name);
    fs::write(&file, &styles).map_err(|error| Failure::file("write", &file, &error))?;
    rest.insert_str(place, &format!("<link href=./{name} integrity={} rel=stylesheet>", checksum(&file)?));
    fs::write(&index, rest).map_err(|error| Failure::file("write", &index, &error))
}

/// The elements that ask for a stylesheet.
fn links(html: &str) -> impl Iterator<Item = &str> {
    html.split_inclusive('>')
        .filter_map(|piece| piece.find("<link ").and_then(|at| piece.get(at..)))
        .filter(|link| attribute(link, "rel").is_some_and(|rel| rel.trim_end_matches('>') == "stylesheet"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheets_become_one_in_their_order() {
        let dist = std::env::temp_dir().join(format!("xtask-styles-{}", std::process::id()));
        fs::create_dir_all(&dist).unwrap();
        fs::write(dist.join("a-1.css"), "@layer base,parts;").unwrap();
        fs::write(dist.join("b-2.css"), "@layer parts{b{color:red}}").unwrap();
        let page = "<title>x</title><link href=./mark.svg rel=icon><link href=./a-1.css integrity=sha384-a== rel=stylesheet>\
                    <link rel=\"stylesheet\" href=\"./b-2.css\" integrity=\"sha384-b==\"><link href=./p.js rel=modulepreload>";
        fs::write(dist.join("index.html"), page).unwrap();
        join(&dist).unwrap();
        let html = fs::read_to_string(dist.join("index.html")).unwrap();
        let name = html.split("href=./style-").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
        let file = dist.join(format!("style-{name}"));
        assert_eq!(fs::read_to_string(&file).unwrap(), "@layer base,parts;@layer parts{b{color:red}}");
        let sum = checksum(&file).unwrap();
        assert_eq!(
            html,
            format!(
                "<title>x</title><link href=./mark.svg rel=icon><link href=./style-{name} integrity={sum} rel=stylesheet>\
                 <link href=./p.js rel=modulepreload>"
            )
        );
        assert!(!dist.join("a-1.css").exists() && !dist.join("b-2.css").exists());
        assert!(join(&dist).is_ok());
        fs::write(dist.join("index.html"), "<title>x</title>").unwrap();
        assert!(join(&dist).is_err());
        fs::remove_dir_all(&dist).unwrap();
    }
}
