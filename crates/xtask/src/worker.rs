//! The files of the worker, their names and checksums. Trunk gives them fixed names, because only the page asks for them; here their names get the hash
//! of their content, as all other files have: they may be kept for ever, and a page never meets the worker of another build.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha384};

use crate::failure::Failure;
use crate::fingerprint::Fingerprint;

/// What Trunk calls them.
const NAME: &str = "scim-setup-worker";
const SCRIPT: &str = "scim-setup-worker.js";
const WASM: &str = "scim-setup-worker_bg.wasm";
const LOADER: &str = "scim-setup-worker_loader.js";
/// What stands in index.html where the checksums go.
const WRITTEN: &str = "written-by-the-build";

/// Gives the files of the worker in `dist` their names by content, and says so to those who ask for them.
pub(crate) fn name_by_content(dist: &Path) -> Result<(), Failure> {
    let mut hash = Fingerprint::new();
    for name in [SCRIPT, WASM, LOADER] {
        hash.add(dist, name)?;
    }
    let base = format!("{NAME}-{}", hash.text());
    let renamed = |name: &str| name.replacen(NAME, &base, 1);
    for (file, mentioned) in [(SCRIPT, WASM), (LOADER, SCRIPT), ("index.html", LOADER)] {
        mention(&dist.join(file), mentioned, &renamed(mentioned))?;
    }
    let mut integrity = Vec::new();
    for name in [SCRIPT, WASM, LOADER] {
        let (old, new) = (dist.join(name), dist.join(renamed(name)));
        fs::rename(&old, &new).map_err(|error| Failure::file("rename", &old, &error))?;
        integrity.push(format!("{} {}", renamed(name), checksum(&new)?));
    }
    let index = dist.join("index.html");
    let text = fs::read_to_string(&index).map_err(|error| Failure::file("read", &index, &error))?;
    // The minifier leaves quotes out where a value needs none; this one does.
    let text = text
        .replace(&format!("\"{WRITTEN}\""), WRITTEN)
        .replace(WRITTEN, &format!("\"{}\"", integrity.join(" ")));
    fs::write(&index, text).map_err(|error| Failure::file("write", &index, &error))
}

/// A file's checksum in the form of subresource integrity.
pub(crate) fn checksum(file: &Path) -> Result<String, Failure> {
    let bytes = fs::read(file).map_err(|error| Failure::file("read", file, &error))?;
    Ok(format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(&bytes))))
}

fn mention(file: &Path, old: &str, new: &str) -> Result<(), Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::file("read", file, &error))?;
    if !text.contains(old) {
        let text = format!("{} does not mention `{old}`.", file.display());
        return Err(Failure::new(text).advise("Has Trunk or wasm-bindgen changed how it names its files?"));
    }
    fs::write(file, text.replace(old, new)).map_err(|error| Failure::file("write", file, &error))
}

/// The files that the worker is made of, as they lie in `dist`.
pub(crate) fn files(dist: &Path) -> Result<Vec<PathBuf>, Failure> {
    let all = crate::fingerprint::files_under(dist)?.into_iter();
    let own = |file: &PathBuf| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(NAME) && (name.ends_with(".js") || name.ends_with(".wasm"))
    };
    Ok(all.filter(own).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_content_and_everybody_is_told() {
        let dist = std::env::temp_dir().join(format!("xtask-worker-{}", std::process::id()));
        fs::create_dir_all(&dist).unwrap();
        let fill = |wasm: &str| {
            fs::write(dist.join(SCRIPT), "new URL('scim-setup-worker_bg.wasm', import.meta.url)").unwrap();
            fs::write(dist.join(WASM), wasm).unwrap();
            fs::write(dist.join(LOADER), "import init from './scim-setup-worker.js';await init();").unwrap();
            fs::write(
                dist.join("index.html"),
                "<meta name=worker content=scim-setup-worker_loader.js><meta content=written-by-the-build>",
            )
            .unwrap();
            name_by_content(&dist).unwrap();
            let names: Vec<String> = files(&dist)
                .unwrap()
                .iter()
                .map(|file| file.file_name().unwrap().to_string_lossy().into_owned())
                .collect();
            let text = |name: &str| fs::read_to_string(dist.join(name)).unwrap();
            let [script, wasm, loader] = names.as_slice() else { panic!("{names:?}") };
            assert!(text("index.html").contains(loader.as_str()), "{names:?}");
            let checked = format!("{wasm} {}", checksum(&dist.join(wasm)).unwrap());
            assert!(text("index.html").contains(&checked), "{checked}");
            assert!(text("index.html").contains("<meta content=\"scim-setup-worker-"));
            assert!(text(loader).contains(script.as_str()), "{names:?}");
            assert!(text(script).contains(wasm.as_str()), "{names:?}");
            for name in &names {
                fs::remove_file(dist.join(name)).unwrap();
            }
            names
        };
        let (first, second) = (fill("one"), fill("two"));
        assert_ne!(first, second);
        assert_eq!(first, fill("one"));
        fs::remove_dir_all(&dist).unwrap();
    }
}
