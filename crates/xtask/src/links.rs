//! Relative links in the Markdown files must lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::project::Project;

/// Folders that hold nothing of ours.
const SKIPPED: [&str; 6] = [".git", "target", "dist", "node_modules", "test-results", ".venv"];

/// Checks every Markdown file and names each link that leads nowhere.
pub(crate) fn check(project: &Project) -> Result<usize, Failure> {
    let (mut count, mut broken) = (0, Vec::new());
    for file in markdown_under(&project.root)? {
        let text = fs::read_to_string(&file).map_err(|error| Failure::file("read", &file, &error))?;
        for (number, target) in links(&text) {
            count += 1;
            if !leads_somewhere(&project.root, &file, &target) {
                let file = file.strip_prefix(&project.root).unwrap_or(&file);
                broken.push(format!("  {}:{number}: {target}", file.display()));
            }
        }
    }
    if broken.is_empty() {
        return Ok(count);
    }
    let text = format!("{} relative links lead to no file:\n{}", broken.len(), broken.join("\n"));
    Err(Failure::new(text).advise("Correct the path, or remove the link."))
}

fn leads_somewhere(root: &Path, file: &Path, target: &str) -> bool {
    let path = target.split(['#', '?']).next().unwrap_or_default().replace("%20", " ");
    let from = if path.starts_with('/') { root } else { file.parent().unwrap_or(root) };
    from.join(path.trim_start_matches('/')).exists()
}

fn markdown_under(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| Failure::file("read the folder", folder, &error))?;
    for entry in entries {
        let path = entry.map_err(|error| Failure::file("read the folder", folder, &error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !SKIPPED.contains(&name.as_str()) {
            files.extend(markdown_under(&path)?);
        } else if path.is_file() && name.ends_with(".md") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The relative targets of links, images and reference definitions, each with its line, from 1.
fn links(text: &str) -> Vec<(usize, String)> {
    let (mut found, mut fenced) = (Vec::new(), false);
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        // Every second piece between backticks is code.
        let prose: String = line.split('`').step_by(2).collect();
        let inline = prose.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
        let reference =
            prose.strip_prefix('[').and_then(|rest| rest.split_once("]: ")).map(|(_, target)| target.trim());
        let quoted = ["src=\"", "href=\"", "srcset=\""].map(|name| prose.split(name).skip(1));
        let html = quoted.into_iter().flatten().filter_map(|rest| rest.split('"').next());
        let targets = inline.chain(reference).chain(html).map(|target| target.trim_matches(['<', '>']));
        found.extend(
            targets.filter(|target| is_relative(target)).map(|target| (index + 1, target.to_owned())),
        );
    }
    found
}

fn is_relative(target: &str) -> bool {
    let scheme = target
        .split_once(':')
        .is_some_and(|(scheme, _)| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    !target.is_empty() && !target.starts_with('#') && !target.starts_with("//") && !scheme
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_relative_targets_outside_code() {
        let text = "See [the map](ARCHITECTURE.md#rooms) and ![a picture](docs/page.png \"The page\").\n\
                    [web](https://example.com) [mail](mailto:a@b.example) [here](#here) `[code](no.md)`\n\
                    ```\n[fenced](no.md)\n```\n\
                    [ref]: docs/hosting.md\n<img src=\"docs/dark.png\" alt=\"\">\n";
        let expected = [
            (1, "ARCHITECTURE.md#rooms"),
            (1, "docs/page.png"),
            (6, "docs/hosting.md"),
            (7, "docs/dark.png"),
        ];
        assert_eq!(links(text), expected.map(|(line, target)| (line, target.to_owned())));
    }
}
