//! The size of the first load, and its limit.

use std::fs;
use std::path::{Path, PathBuf};

use crate::compress::sibling;
use crate::failure::Failure;
use crate::first_load::first_load;
use crate::page;
use crate::project::Project;
use crate::say::say;
use crate::worker;

/// What the page may weigh with brotli, in bytes.
const BUDGET: u64 = 190_000;
/// Where the check fails, in bytes.
const LIMIT: u64 = 200_000;

struct Weight {
    name: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// Builds the page when it is not up to date, prints what it loads at first, and fails above the limit.
pub(crate) fn size(project: &Project) -> Result<(), Failure> {
    let dist = page::build(project)?;
    let first = weigh_all(&dist, &first_load(&dist)?)?;
    let total = total(&first);
    say("What the page loads at first, in KB of 1000 bytes (the smallest files travel as they are):");
    table(&first, &total).into_iter().for_each(say);
    let later = weigh_all(&dist, &worker::files(&dist)?)?;
    say("What the second step loads, behind the page:");
    table(&later, &self::total(&later)).into_iter().for_each(say);
    judge(total.brotli).map(say)
}

fn weigh_all(dist: &Path, files: &[PathBuf]) -> Result<Vec<Weight>, Failure> {
    files.iter().map(|file| weigh(dist, file)).collect()
}

fn total(weights: &[Weight]) -> Weight {
    let sum = |of: fn(&Weight) -> u64| weights.iter().map(of).sum();
    Weight { name: "total".to_owned(), raw: sum(|w| w.raw), gzip: sum(|w| w.gzip), brotli: sum(|w| w.brotli) }
}

/// A file and its packed siblings, as they travel: what has no sibling is sent as it is.
fn weigh(dist: &Path, file: &Path) -> Result<Weight, Failure> {
    let raw = length(file)?;
    let packed = |ending| {
        let sibling = sibling(file, ending);
        if sibling.is_file() { length(&sibling) } else { Ok(raw) }
    };
    let name = file.strip_prefix(dist).unwrap_or(file).display().to_string();
    Ok(Weight { name, raw, gzip: packed("gz")?, brotli: packed("br")? })
}

fn length(file: &Path) -> Result<u64, Failure> {
    fs::metadata(file).map(|data| data.len()).map_err(|error| Failure::file("read", file, &error))
}

fn table(weights: &[Weight], total: &Weight) -> Vec<String> {
    let width = weights.iter().map(|weight| weight.name.len()).max().unwrap_or(0).max(10);
    let row = |w: &Weight| {
        format!(
            "{:width$}  {:>9}  {:>9}  {:>9}",
            w.name,
            kilobytes(w.raw),
            kilobytes(w.gzip),
            kilobytes(w.brotli)
        )
    };
    let rule = "-".repeat(width + 33);
    let mut lines =
        vec![format!("{:width$}  {:>9}  {:>9}  {:>9}", "file", "raw", "gzip", "brotli"), rule.clone()];
    lines.extend(weights.iter().map(row));
    lines.extend([rule, row(total)]);
    lines
}

fn kilobytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1000, bytes % 1000 / 100)
}

fn judge(brotli: u64) -> Result<String, Failure> {
    let (is, budget, limit) = (kilobytes(brotli), BUDGET / 1000, LIMIT / 1000);
    if brotli > LIMIT {
        let text = format!("The first load is {is} KB with brotli: above the limit of {limit} KB.");
        return Err(Failure::new(text)
            .advise("Look at the table for what grew; `twiggy top` shows what is in the wasm."));
    }
    if brotli > BUDGET {
        return Ok(format!(
            "{is} KB with brotli: above the budget of {budget} KB, within the limit of {limit} KB."
        ));
    }
    Ok(format!("Within the budget of {budget} KB with brotli ({} KB left).", kilobytes(BUDGET - brotli)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fails_above_the_limit_only() {
        assert_eq!(judge(115_400).unwrap(), "Within the budget of 190 KB with brotli (74.6 KB left).");
        assert_eq!(judge(190_000).unwrap(), "Within the budget of 190 KB with brotli (0.0 KB left).");
        assert_eq!(
            judge(200_000).unwrap(),
            "200.0 KB with brotli: above the budget of 190 KB, within the limit of 200 KB."
        );
        let failure = judge(200_001).unwrap_err().to_string();
        assert!(
            failure.starts_with("The first load is 200.0 KB with brotli: above the limit of 200 KB."),
            "{failure}"
        );
    }

    #[test]
    fn prints_a_table() {
        let of = |name: &str, raw| Weight { name: name.to_owned(), raw, gzip: raw / 2, brotli: raw / 4 };
        let lines = table(&[of("index.html", 4000), of("page_bg.wasm", 400_000)], &of("total", 404_000));
        assert_eq!(lines[0], "file                raw       gzip     brotli");
        assert_eq!(lines[3], "page_bg.wasm      400.0      200.0      100.0");
        assert_eq!(lines[5], "total             404.0      202.0      101.0");
    }
}
