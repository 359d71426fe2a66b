//! Brotli and gzip, as small as they get: done once at build time, sent many times.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::failure::Failure;
use crate::fingerprint::files_under;

/// Files below this many bytes are sent as they are: packing them saves nothing worth a file.
const SMALLEST: u64 = 600;

/// Formats that are packed already, and our own results.
const PACKED: [&str; 9] = ["br", "gz", "png", "jpg", "jpeg", "webp", "avif", "woff", "woff2"];

/// Brotli at its highest quality.
fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut Cursor::new(bytes), &mut packed, &parameters)?;
    Ok(packed)
}

/// Gzip at its highest level.
fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// The file that holds the packed form of `file`: its name with `.br` or `.gz` after it.
pub(crate) fn sibling(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// Puts a `.br` and a `.gz` beside every file of a folder that gains by it.
pub(crate) fn compress_folder(folder: &Path) -> Result<usize, Failure> {
    let mut jobs = Vec::new();
    for file in files_under(folder)? {
        let ending = file.extension().unwrap_or_default().to_string_lossy().into_owned();
        let size = fs::metadata(&file).map_err(|error| Failure::file("read", &file, &error))?.len();
        if !PACKED.contains(&ending.as_str()) && size >= SMALLEST {
            jobs.push(file);
        }
    }
    thread::scope(|scope| {
        let workers: Vec<_> = jobs.iter().map(|file| scope.spawn(move || compress_file(file))).collect();
        for worker in workers {
            worker.join().map_err(|_| Failure::new("Packing a file of the page stopped unexpectedly."))??;
        }
        Ok(jobs.len())
    })
}

fn compress_file(file: &Path) -> Result<(), Failure> {
    let bytes = fs::read(file).map_err(|error| Failure::file("read", file, &error))?;
    for (ending, packed) in [("br", brotli(&bytes)), ("gz", gzip(&bytes))] {
        let path = sibling(file, ending);
        let written = packed.and_then(|packed| fs::write(&path, packed));
        written.map_err(|error| Failure::file("write", &path, &error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn both_forms_unpack_to_the_same_bytes() {
        let bytes = "calm and precise ".repeat(200).into_bytes();
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&*gzip(&bytes).unwrap()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, bytes);
        let packed = brotli(&bytes).unwrap();
        unpacked.clear();
        brotli::BrotliDecompress(&mut &*packed, &mut unpacked).unwrap();
        assert_eq!(unpacked, bytes);
        assert!(packed.len() < 60, "{}", packed.len());
    }

    #[test]
    fn packs_what_gains_by_it() {
        let folder = std::env::temp_dir().join(format!("xtask-compress-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("big.js"), "x".repeat(600)).unwrap();
        fs::write(folder.join("small.js"), "x".repeat(599)).unwrap();
        fs::write(folder.join("picture.png"), "x".repeat(5000)).unwrap();
        assert_eq!(compress_folder(&folder).unwrap(), 1);
        let names: Vec<_> =
            files_under(&folder).unwrap().iter().map(|file| file.file_name().unwrap().to_owned()).collect();
        assert_eq!(names, ["big.js", "big.js.br", "big.js.gz", "picture.png", "small.js"]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
