//! What the tests of this room share: a server on loopback, and requests written byte by byte.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::files::Files;
use super::headers::PageHeaders;
use super::host::Names;
use super::relay::Relay;
use super::site::Site;
use crate::connections::{Stop, serve};

/// How long a test waits before it fails. Longer than any limit of the server, also on a clock that jumps.
const GUARD: Duration = Duration::from_secs(120);

/// A server that ends with the test.
pub(crate) struct Trial {
    pub(crate) address: SocketAddr,
    pub(crate) site: Arc<Site>,
    log: Arc<Mutex<Vec<String>>>,
    _switch: watch::Sender<bool>,
    _dir: tempfile::TempDir,
}

/// An answer, taken apart.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Trial {
    /// A page of one file, with that relay.
    pub(crate) async fn start(relay: Relay) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("index.html"), "<!doctype html><title>Page</title>").unwrap();
        std::fs::write(dir.path().join("app-0123456789abcdef.js"), "export {}").unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&log);
        let site = Arc::new(Site {
            names: Names::new("localhost", &["setup.contoso.example".to_owned()]).unwrap(),
            headers: PageHeaders::new(&engine::entra::clouds::built_in()).unwrap(),
            files: Files::open(dir.path()).unwrap(),
            config: "{}".into(),
            relay: relay.logging(move |line| kept.lock().unwrap().push(line)),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (switch, stop) = Stop::new();
        tokio::spawn(serve(listener, Arc::clone(&site), stop));
        Self { address, site, log, _switch: switch, _dir: dir }
    }

    /// The lines that the relay wrote to its log.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// A request line and headers as the page sends them, closed after the answer.
    pub(crate) async fn ask(&self, line: &str, headers: &[&str], body: &str) -> Seen {
        let mut raw = format!("{line} HTTP/1.1\r\nHost: localhost:8080\r\nConnection: close\r\n");
        for header in headers {
            raw.push_str(header);
            raw.push_str("\r\n");
        }
        raw.push_str("\r\n");
        raw.push_str(body);
        self.raw(raw.as_bytes()).await.unwrap()
    }

    /// Bytes as they are; `None` when the server closes without an answer.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> Option<Seen> {
        exchange(self.address, bytes).await
    }
}

/// Waits until that holds, on a clock that no test stops.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = std::time::Instant::now();
    while !holds() {
        assert!(began.elapsed() < GUARD / 4, "{what}");
        tokio::task::yield_now().await;
    }
}

/// The first answer to those bytes; `None` when the server closes without one.
pub(crate) async fn exchange(address: SocketAddr, bytes: &[u8]) -> Option<Seen> {
    let answers = exchange_all(address, bytes).await;
    answers.into_iter().next()
}

/// Every answer to those bytes until the server closes. To a HEAD there is one without a body.
pub(crate) async fn exchange_all(address: SocketAddr, bytes: &[u8]) -> Vec<Seen> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server that refuses early may close before it has read everything.
    let _ = stream.write_all(bytes).await;
    read_all(&mut stream).await
}

/// Every answer that still comes on a connection until the server closes it.
pub(crate) async fn read_all(stream: &mut TcpStream) -> Vec<Seen> {
    let mut read = Vec::new();
    let closed = tokio::time::timeout(GUARD, stream.read_to_end(&mut read)).await;
    let _ = closed.expect("the server neither answered nor closed");
    let mut rest = read.as_slice();
    std::iter::from_fn(|| {
        let (seen, length) = parse(rest)?;
        rest = &rest[length..];
        Some(seen)
    })
    .collect()
}

/// The next answer on a connection that stays open; `None` when the server closes it first.
pub(crate) async fn read_one(stream: &mut TcpStream) -> Option<Seen> {
    let mut read = Vec::new();
    let whole = async {
        loop {
            let parsed = parse(&read).filter(|(seen, _)| {
                seen.body.len() >= seen.header("content-length").parse().unwrap_or_default()
            });
            if parsed.is_some() || !matches!(stream.read_buf(&mut read).await, Ok(1..)) {
                return parsed.map(|(seen, _)| seen);
            }
        }
    };
    tokio::time::timeout(GUARD, whole).await.expect("the server neither answered nor closed")
}

/// The first answer in what was read, and how many bytes it takes.
fn parse(bytes: &[u8]) -> Option<(Seen, usize)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines.map(|line| line.split_once(':').unwrap());
    let headers: HashMap<_, _> =
        headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
    let rest = &bytes[end + 4..];
    let length = headers.get("content-length").map_or(rest.len(), |length| length.parse().unwrap());
    let body = rest[..length.min(rest.len())].to_vec();
    let taken = end + 4 + body.len();
    Some((Seen { status, headers, body }, taken))
}
