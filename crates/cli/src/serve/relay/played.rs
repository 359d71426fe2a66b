//! A host of Databricks, played by a TLS server on loopback, and a relay that is led to it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::address::Opened;
use super::route::Routes;
use super::upstream::{Found, Lookup, Upstream};
use super::{AllowList, Relay};
use crate::serve::trial::{Seen, Trial, until};

pub(crate) const HOST: &str = "adb-1.1.azuredatabricks.net";
pub(crate) const ME: &str = "/api/2.0/preview/scim/v2/Me";
pub(crate) const MARK: &str = "X-Scim-Setup: 1";

/// A host of Databricks: it keeps what it was asked and gives one answer.
pub(crate) struct Host {
    pub(crate) address: SocketAddr,
    pub(crate) authority: Vec<u8>,
    reached: Arc<Mutex<Vec<SocketAddr>>>,
    asked: Arc<Mutex<Vec<String>>>,
    times: watch::Receiver<usize>,
}

/// What a host does after its answer.
#[derive(Clone)]
pub(crate) enum Then {
    /// Closes in good order.
    Close,
    /// Goes on without TLS.
    Break,
    /// Leaves the connection open and says no more.
    Silent,
    /// Repeats these bytes as fast as they are taken.
    Flood(Vec<u8>),
    /// Repeats these bytes, with pauses.
    Drip(Vec<u8>, Duration),
}

impl Host {
    /// A host that gives that answer.
    pub(crate) async fn start(answer: Vec<u8>) -> Self {
        Self::play(answer, Then::Close).await
    }

    /// A host that takes the request and then goes on without TLS.
    pub(crate) async fn breaking() -> Self {
        Self::play(Vec::new(), Then::Break).await
    }

    /// A host that gives that answer, and then does that.
    pub(crate) async fn play(answer: Vec<u8>, then: Then) -> Self {
        let authority_key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = params.self_signed(&authority_key).unwrap().der().to_vec();
        let issuer = rcgen::Issuer::new(params, authority_key);
        let key = rcgen::KeyPair::generate().unwrap();
        let leaf =
            rcgen::CertificateParams::new([HOST.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (counted, times) = watch::channel(0);
        let kept = Arc::clone(&asked);
        let reached = Arc::new(Mutex::new(Vec::new()));
        let arrived = Arc::clone(&reached);
        tokio::spawn(async move {
            loop {
                let (stream, peer) = listener.accept().await.unwrap();
                // Also those that then fail to agree on TLS.
                arrived.lock().unwrap().push(peer);
                let (acceptor, kept, counted) = (acceptor.clone(), Arc::clone(&kept), counted.clone());
                let (answer, then) = (answer.clone(), then.clone());
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let request = read_request(&mut stream).await;
                    kept.lock().unwrap().push(request);
                    counted.send_modify(|times| *times += 1);
                    // The relay may have heard enough.
                    let _ = stream.write_all(&answer).await;
                    let _ = stream.flush().await;
                    let _ = then.go_on(&mut stream).await;
                });
            }
        });
        Self { address, authority, reached, asked, times }
    }

    /// How many connections were made to it since the last time, whatever became of them. They are accepted in their order:
    /// when one that is made here is there, so are all before it.
    pub(crate) async fn take_reached(&self) -> usize {
        let last = TcpStream::connect(self.address).await.unwrap().local_addr().unwrap();
        until("the last of them is accepted", || self.reached.lock().unwrap().contains(&last)).await;
        std::mem::take(&mut *self.reached.lock().unwrap()).len() - 1
    }

    /// Waits until it was asked.
    pub(crate) async fn was_asked(&self) {
        self.times.clone().wait_for(|times| *times > 0).await.unwrap();
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// What it was asked since the last time.
    pub(crate) fn take_asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// A server whose relay believes that every host is this one.
    pub(crate) async fn relayed(&self) -> Trial {
        relayed(self.address, &self.authority).await
    }
}

impl Then {
    async fn go_on(self, stream: &mut tokio_rustls::server::TlsStream<TcpStream>) -> std::io::Result<()> {
        match self {
            Self::Close => stream.shutdown().await,
            Self::Break => stream.get_mut().0.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await,
            Self::Silent => std::future::pending().await,
            Self::Flood(bytes) => loop {
                stream.write_all(&bytes).await?;
            },
            Self::Drip(bytes, pause) => loop {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
                tokio::time::sleep(pause).await;
            },
        }
    }
}

pub(crate) async fn relayed(address: SocketAddr, authority: &[u8]) -> Trial {
    let allow = AllowList::parse(&[HOST.to_owned()]).unwrap();
    let upstream = Upstream::for_test(Here(address), authority);
    Trial::start(Relay::with(allow, None, Some(upstream))).await
}

async fn read_request(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut read = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&read).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return String::from_utf8(read).unwrap();
            }
        }
        if stream.read_buf(&mut read).await.unwrap() == 0 {
            return String::from_utf8(read).unwrap();
        }
    }
}

/// Leads every name to one socket.
struct Here(SocketAddr);

impl Resolve for Here {
    fn resolve(&self, _: Name) -> Resolving {
        let address = self.0;
        Box::pin(async move { Ok(Box::new(std::iter::once(address)) as Addrs) })
    }
}

pub(crate) fn answer(head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

pub(crate) fn code(seen: &Seen) -> (u16, String) {
    let code = seen.header("x-scim-setup-relay").to_owned();
    if !code.is_empty() {
        let json = seen.json();
        assert_eq!(json["relay"], code);
        assert!(!json["message"].as_str().unwrap().is_empty());
    }
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
        ("content-disposition", "attachment"),
        ("cross-origin-resource-policy", "same-origin"),
        ("access-control-allow-origin", ""),
    ] {
        assert_eq!(seen.header(name), value, "{name}");
    }
    (seen.status, code)
}

/// A relay whose names all lead to these addresses, vetted as always.
pub(crate) async fn leading_to(addresses: Vec<SocketAddr>) -> Trial {
    let allow = AllowList::parse(&[HOST.to_owned()]).unwrap();
    let upstream = Upstream::new(Fixed(addresses), Opened::default(), Routes::default(), Vec::new()).unwrap();
    Trial::start(Relay::with(allow, None, Some(upstream))).await
}

struct Fixed(Vec<SocketAddr>);

impl Lookup for Fixed {
    fn lookup(&self, _: String) -> Found {
        let addresses = self.0.clone();
        Box::pin(async move { Ok(addresses) })
    }
}
