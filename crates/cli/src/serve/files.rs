//! The page's files, as they lie in a folder.

use std::io;
use std::path::{Path, PathBuf};

use engine::problem::Problem;
use hyper::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, HeaderMap, HeaderValue, VARY};
use hyper::{Method, StatusCode};

use super::asset::{FOREVER, is_hashed, media_type, relative};
use super::encoding::acceptable;
use crate::answers;
use crate::connections::Answer;

/// A folder with the built page.
pub(crate) struct Files {
    root: PathBuf,
}

impl Files {
    /// Opens a folder that holds an `index.html`.
    ///
    /// # Errors
    /// A [`Problem`] when there is no such folder or no page in it.
    pub(crate) fn open(dir: &Path) -> Result<Self, Problem> {
        let what = format!("The page's folder {} cannot be served.", dir.display());
        let root = dir.canonicalize().map_err(|error| {
            let why = match error.kind() {
                io::ErrorKind::NotFound => "There is no such folder.".to_owned(),
                _ => format!("The system says: {error}."),
            };
            Problem::new(&what, why, "Build the page first, or name the folder that holds it with --dir.")
        })?;
        if !root.join("index.html").is_file() {
            return Err(Problem::new(
                what,
                "There is no index.html in it, so it does not hold the built page.",
                "Build the page first, or name the folder that holds it with --dir.",
            ));
        }
        Ok(Self { root })
    }

    /// The folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Answers a request for a file.
    pub(crate) async fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Answer {
        if method != Method::GET && method != Method::HEAD {
            return answers::wrong_method("GET, HEAD");
        }
        let Some(relative) = relative(path) else { return missing() };
        let accepted: Vec<&str> =
            headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).collect();
        for coding in acceptable(&accepted.join(",")) {
            if let Some(bytes) = self.read(&format!("{relative}{}", coding.ending())).await {
                let mut answer = file(relative, bytes);
                answer.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
                return answer;
            }
        }
        match self.read(relative).await {
            Some(bytes) => file(relative, bytes),
            None => missing(),
        }
    }

    /// The content of a file that really lies below the folder: links that lead out of it are not followed.
    async fn read(&self, relative: &str) -> Option<Vec<u8>> {
        let path = tokio::fs::canonicalize(self.root.join(relative)).await.ok()?;
        if !path.starts_with(&self.root) {
            return None;
        }
        tokio::fs::read(path).await.ok()
    }
}

fn file(name: &str, bytes: Vec<u8>) -> Answer {
    let mut answer = answers::body(StatusCode::OK, media_type(name), bytes);
    answer.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    if is_hashed(name) {
        answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(FOREVER));
    }
    answer
}

/// The answer to an address that holds nothing.
pub(crate) fn missing() -> Answer {
    answers::text(StatusCode::NOT_FOUND, "There is nothing at this address. The page is at / of this server.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn get(files: &Files, path: &str, accept: &str) -> (u16, HeaderMap, Vec<u8>) {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::try_from(accept).unwrap());
        let answer = files.answer(&Method::GET, path, &headers).await;
        let (parts, body) = answer.into_parts();
        (parts.status.as_u16(), parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
    }

    #[tokio::test]
    async fn files_are_served_in_the_best_coding() {
        let dir = tempfile::tempdir().unwrap();
        for (name, content) in [
            ("index.html", "page"),
            ("index.html.br", "page in brotli"),
            ("app-0123456789abcdef_bg.wasm", "code"),
            ("app-0123456789abcdef_bg.wasm.gz", "code in gzip"),
        ] {
            std::fs::write(dir.path().join(name), content).unwrap();
        }
        let files = Files::open(dir.path()).unwrap();

        let (status, headers, body) = get(&files, "/", "gzip, br").await;
        assert_eq!((status, body.as_slice()), (200, b"page in brotli".as_slice()));
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(headers["content-encoding"], "br");
        assert_eq!(headers.get("cache-control"), None);

        let (_, headers, body) = get(&files, "/index.html", "br;q=0").await;
        assert_eq!(body, b"page");
        assert_eq!(headers.get("content-encoding"), None);
        assert_eq!(headers["vary"], "accept-encoding");

        let (_, headers, body) = get(&files, "/app-0123456789abcdef_bg.wasm", "gzip, br").await;
        assert_eq!(body, b"code in gzip");
        assert_eq!(headers["content-type"], "application/wasm");
        assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");

        assert_eq!(get(&files, "/nothing.js", "").await.0, 404);
        assert_eq!(get(&files, "/index.html.br", "").await.0, 404);
        let answer = files.answer(&Method::POST, "/", &HeaderMap::new()).await;
        assert_eq!(answer.status(), 405);
        assert_eq!(answer.headers()["allow"], "GET, HEAD");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn links_out_of_the_folder_and_folders_are_not_served() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret.txt"), "secret").unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("index.html"), "page").unwrap();
        std::fs::create_dir(dir.path().join("folder")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret.txt"), dir.path().join("link.txt")).unwrap();
        let files = Files::open(dir.path()).unwrap();
        assert_eq!(get(&files, "/link.txt", "").await.0, 404);
        assert_eq!(get(&files, "/folder", "").await.0, 404);
        assert_eq!(get(&files, "/folder/", "").await.0, 404);
    }

    #[test]
    fn a_missing_folder_or_page_is_explained() {
        let dir = tempfile::tempdir().unwrap();
        let problem = Files::open(&dir.path().join("none")).err().unwrap();
        assert_eq!(problem.why, "There is no such folder.");
        let problem = Files::open(dir.path()).err().unwrap();
        assert_eq!(problem.why, "There is no index.html in it, so it does not hold the built page.");
    }
}
