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
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_io_timeout::TimeoutStream;

use crate::peers::{Peers, Place};

/// A client that has not sent its headers by then is let go; so is a connection that stays idle as long.
const HEADER_TIME: Duration = Duration::from_secs(15);
/// A client that does not read for so long is let go.
const WRITE_TIME: Duration = Duration::from_secs(30);
/// How long open requests may take to end after a signal.
const FAREWELL: Duration = Duration::from_secs(3);
/// Headers of one request, in bytes. Tokens of Entra run to several kilobytes.
const HEADER_BYTES: usize = 64 * 1024;
/// Connections that one listener holds at a time.
const CONNECTIONS: usize = 256;
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
    let peers = Peers::default();
    loop {
        let next = async {
            let slot = Arc::clone(&slots).acquire_owned().await.ok();
            (listener.accept().await, slot)
        };
        let (accepted, slot) = tokio::select! { next = next => next, () = stop.requested() => break };
        match accepted {
            // Dropping the stream closes a connection that is one too many.
            Ok((stream, peer)) => {
                if let Some(place) = peers.enter(peer.ip()) {
                    spawn(stream, peer, (slot, place), Arc::clone(&handler), &graceful);
                }
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(FAREWELL, graceful.shutdown()).await;
}

fn spawn<H: Handler>(
    stream: TcpStream,
    peer: SocketAddr,
    held: (Option<OwnedSemaphorePermit>, Place),
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
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        // What goes wrong on one connection is the client's affair.
        let _ = watched.await;
        drop(held);
        Ok::<(), Infallible>(())
    });
}
