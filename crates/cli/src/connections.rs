//! Connections: accepting them, limiting them, and ending them in good order.

use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_io_timeout::TimeoutStream;

use crate::fixed::{FIXED, SANDBOX};
use crate::framing::Watched;
use crate::peers::{Peers, Place};
use crate::sending::Timed;

/// A client that has not sent its headers by then is let go; so is a connection that stays idle as long.
const HEADER_TIME: Duration = Duration::from_secs(15);
/// A client that does not read for so long is let go.
const WRITE_TIME: Duration = Duration::from_secs(30);
/// How long open requests may take to end after a signal.
const FAREWELL: Duration = Duration::from_secs(3);
/// Headers of one request, in bytes. Tokens of Entra run to several kilobytes.
const HEADER_BYTES: usize = 64 * 1024;
/// Connections that one listener holds at a time.
pub(crate) const CONNECTIONS: usize = 256;
/// Connections that are told at a time that there are too many; further ones are closed without a word.
const REFUSALS: usize = 64;
/// How long one is told so.
const REFUSAL_TIME: Duration = Duration::from_secs(2);
/// What it is told.
const REFUSAL: &str = "This server has too many open connections. Wait a moment, then repeat the call.\n";
/// A pause after a failed accept: the usual reason is that file handles ran out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// An answer, whole in memory.
pub(crate) type Answer = Response<Full<Bytes>>;

/// What answers requests.
pub(crate) trait Handler: Send + Sync + 'static {
    /// Answers one request; `None` cuts the connection without an answer.
    fn handle(
        &self,
        peer: SocketAddr,
        request: Request<Incoming>,
    ) -> impl Future<Output = Option<Answer>> + Send;
}

/// The wish to end, seen by every listener.
#[derive(Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// A wish that is not yet made, and the switch that makes it. Dropping the switch makes it too.
    pub(crate) fn new() -> (watch::Sender<bool>, Self) {
        let (switch, receiver) = watch::channel(false);
        (switch, Self(receiver))
    }

    /// A wish that Ctrl-C or SIGTERM makes.
    pub(crate) fn at_signal() -> Self {
        let (switch, stop) = Self::new();
        tokio::spawn(async move {
            signalled().await;
            let _ = switch.send(true);
        });
        stop
    }

    /// Waits for the wish.
    pub(crate) async fn requested(&mut self) {
        // An error means that the switch is gone, and nobody is left who could wish to go on.
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}

/// Waits for Ctrl-C or SIGTERM.
#[cfg(unix)]
pub(crate) async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! { _ = interrupt => (), _ = terminate.recv() => () },
        Err(_) => drop(interrupt.await),
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub(crate) async fn signalled() {
    let _ = tokio::signal::ctrl_c().await;
}

/// The connection is to be cut: hyper closes it when its service fails.
#[derive(Debug)]
struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is cut")
    }
}

impl std::error::Error for Cut {}

/// Serves a listener until it is to stop, then lets open requests end.
pub(crate) async fn serve<H: Handler>(listener: TcpListener, handler: Arc<H>, mut stop: Stop) {
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    let refusal: Arc<str> = refusal().into();
    let peers = Peers::default();
    loop {
        let accepted = tokio::select! { next = listener.accept() => next, () = stop.requested() => break };
        match accepted {
            Ok((stream, peer)) => {
                let slot = Arc::clone(&slots).try_acquire_owned().ok();
                if let Some(held) = slot.zip(peers.enter(peer.ip())) {
                    spawn(stream, peer, held, Arc::clone(&handler), &graceful);
                } else if let Ok(place) = Arc::clone(&refusals).try_acquire_owned() {
                    tokio::spawn(refuse(stream, place, Arc::clone(&refusal)));
                }
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(FAREWELL, graceful.shutdown()).await;
}

/// The answer to connections that are too many, with the headers that all answers have. hyper is not asked.
fn refusal() -> String {
    let fixed: String = FIXED.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
         Retry-After: 2\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Security-Policy: {SANDBOX}\r\n\
         {fixed}\r\n{REFUSAL}",
        REFUSAL.len()
    )
}

/// Tells a client that its connection is one too many, and reads what it sends until it closes: closing first would throw
/// away what it was told.
async fn refuse(mut stream: TcpStream, place: OwnedSemaphorePermit, refusal: Arc<str>) {
    let told = async {
        stream.write_all(refusal.as_bytes()).await?;
        stream.shutdown().await?;
        let mut unread = [0; 4096];
        while stream.read(&mut unread).await? > 0 {}
        Ok::<(), std::io::Error>(())
    };
    // A client that does not listen is not waited for.
    let _ = tokio::time::timeout(REFUSAL_TIME, told).await;
    drop(place);
}

/// HTTP/1.1 within its limits.
pub(crate) fn protocol() -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(HEADER_TIME).max_buf_size(HEADER_BYTES);
    protocol
}

fn spawn<H: Handler>(
    stream: TcpStream,
    peer: SocketAddr,
    held: (OwnedSemaphorePermit, Place),
    handler: Arc<H>,
    graceful: &GracefulShutdown,
) {
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIME));
    let service = service_fn(move |request| {
        let handler = Arc::clone(&handler);
        async move { handler.handle(peer, request).await.ok_or(Cut) }
    });
    let stream = Watched::new(Timed::new(Box::pin(stream)));
    let connection = protocol().serve_connection(TokioIo::new(stream), service);
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        // What goes wrong on one connection is the client's affair.
        let _ = watched.await;
        drop(held);
        Ok::<(), Infallible>(())
    });
}
