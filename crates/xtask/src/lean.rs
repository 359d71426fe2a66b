//! Scripts without their comments and indentation. Trunk's own minifier gives up on `export { … as default }`, so what it leaves is
//! shortened here, line by line: nothing is moved, renamed or joined.

use std::fs;
use std::path::Path;

use crate::failure::Failure;
use crate::fingerprint::{Fingerprint, files_under};
use crate::worker::checksum;

/// Shortens the scripts in `dist` that index.html asks for, renames them by their new content, and tells index.html.
pub(crate) fn scripts(dist: &Path) -> Result<(), Failure> {
    let index = dist.join("index.html");
    let mut html = fs::read_to_string(&index).map_err(|error| Failure::file("read", &index, &error))?;
    for file in files_under(dist)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if ![".js", ".mjs"].iter().any(|ending| name.ends_with(ending)) {
            continue;
        }
        let text = fs::read_to_string(&file).map_err(|error| Failure::file("read", &file, &error))?;
        let Some(shorter) = shorter(&text) else { continue };
        let before = checksum(&file)?;
        fs::write(&file, &shorter).map_err(|error| Failure::file("write", &file, &error))?;
        html = html.replace(&before, &checksum(&file)?);
        // Files with a hash in their names are kept for ever, so the name has to follow the content.
        if let Some(hash) =
            name.rsplit('-').next().and_then(|rest| rest.split_once('.')).map(|(hash, _)| hash)
            && hash.len() == 16
            && html.contains(&name)
        {
            let mut fingerprint = Fingerprint::new();
            fingerprint.add_words(&shorter);
            let renamed = name.replace(hash, &fingerprint.text());
            fs::rename(&file, file.with_file_name(&renamed))
                .map_err(|error| Failure::file("rename", &file, &error))?;
            html = html.replace(&name, &renamed);
        }
    }
    fs::write(&index, html).map_err(|error| Failure::file("write", &index, &error))
}

/// The script without comments on lines of their own, blank lines and indentation; none where a template runs over several
/// lines, since what stands in it is text.
fn shorter(script: &str) -> Option<String> {
    let (mut kept, mut comment) = (String::with_capacity(script.len()), false);
    for line in script.lines().map(str::trim) {
        if comment || line.starts_with("/*") {
            comment = match line.find("*/") {
                None => true,
                Some(end) if end + 2 == line.len() => false,
                // Code follows the comment.
                Some(_) => return None,
            };
            continue;
        }
        if line.is_empty() || line.starts_with("//") {
            continue;
        }
        if !line.matches('`').count().is_multiple_of(2) {
            return None;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    (!comment).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_comments_blank_lines_and_indentation_go() {
        let script = "/**\n * Says it.\n */\nfunction say() {\n  // why\n\n  return `//${1} /* ` + '/* */'; // and this stays\n}\n/* one line */\nsay();\n";
        let short = "function say() {\nreturn `//${1} /* ` + '/* */'; // and this stays\n}\nsay();\n";
        assert_eq!(shorter(script).as_deref(), Some(short));
        assert_eq!(shorter(short).as_deref(), Some(short));
    }

    #[test]
    fn a_script_that_may_lose_code_is_left_alone() {
        assert_eq!(shorter("/* @__PURE__ */ start();\nsay();\n"), None);
        assert_eq!(shorter("say();\n/* without an end\nsay();\n"), None);
    }

    #[test]
    fn a_template_over_several_lines_is_left_alone() {
        assert_eq!(shorter("const text = `one\n  // two`;\n"), None);
    }

    #[test]
    fn names_and_checksums_follow_the_content() {
        let dist = std::env::temp_dir().join(format!("xtask-lean-{}", std::process::id()));
        fs::create_dir_all(&dist).unwrap();
        let (boot, worker) = (dist.join("boot-0123456789abcdef.mjs"), dist.join("worker.js"));
        fs::write(&boot, "// why\nrun();\n").unwrap();
        fs::write(&worker, "  // why\n  work();\n").unwrap();
        let page =
            format!("<script src=boot-0123456789abcdef.mjs integrity={}></script>", checksum(&boot).unwrap());
        fs::write(dist.join("index.html"), page).unwrap();
        scripts(&dist).unwrap();
        let html = fs::read_to_string(dist.join("index.html")).unwrap();
        let name = html.split("src=").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
        assert_ne!(name, "boot-0123456789abcdef.mjs");
        assert_eq!(fs::read_to_string(dist.join(name)).unwrap(), "run();\n");
        assert!(html.contains(&checksum(&dist.join(name)).unwrap()), "{html}");
        assert_eq!(fs::read_to_string(&worker).unwrap(), "work();\n");
        fs::remove_dir_all(&dist).unwrap();
    }
}
