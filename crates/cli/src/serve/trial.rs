//! What the tests of this room share: a server on loopback, and requests written byte by byte.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
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

/// A server that ends with the test.
pub(crate) struct Trial {
    pub(crate) address: SocketAddr,
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
        let site = Site {
            names: Names::new("localhost", &["setup.contoso.example".to_owned()]).unwrap(),
            headers: PageHeaders::new(&engine::entra::clouds::built_in()).unwrap(),
            files: Files::open(dir.path()).unwrap(),
            config: Some("{}".into()),
            relay,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (switch, stop) = Stop::new();
        tokio::spawn(serve(listener, Arc::new(site), stop));
        Self { address, _switch: switch, _dir: dir }
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

pub(crate) async fn exchange(address: SocketAddr, bytes: &[u8]) -> Option<Seen> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server that refuses early may close before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await;
    let _ = read.expect("the server neither answered nor closed");
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines.map(|line| line.split_once(':').unwrap());
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
    Some(Seen { status, headers, body: answer[end + 4..].to_vec() })
}
