//! A deadline for sending what was answered. hyper has none for writing, and one that counts from write to write is kept
//! off by a client that reads a byte now and then, with the answer and its place held in memory all the while.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// How long sending one answer may take. The largest, of 16 MiB, then needs 2.3 Mbit/s.
pub(crate) const SEND_TIME: Duration = Duration::from_secs(60);

/// A connection whose answers are sent in time or not at all.
pub(crate) struct Timed<S> {
    stream: S,
    /// Whether something was written that was not flushed yet: hyper flushes when all of an answer is written.
    sending: bool,
    deadline: Pin<Box<Sleep>>,
}

impl<S> Timed<S> {
    /// Watches the answers of a connection.
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, sending: false, deadline: Box::pin(sleep(SEND_TIME)) }
    }

    /// Fails once the deadline of what is being sent has passed.
    fn in_time(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        if !self.sending {
            self.sending = true;
            self.deadline.as_mut().reset(Instant::now() + SEND_TIME);
        }
        if self.deadline.as_mut().poll(cx).is_ready() {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the answer was not read in time"));
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Timed<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Timed<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.in_time(cx)?;
        Pin::new(&mut this.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.in_time(cx)?;
        Pin::new(&mut this.stream).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_flush(cx))?;
        this.sending = false;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    /// A stream with a small buffer, whose other end reads one byte in that time.
    fn read_slowly(pause: Duration) -> Timed<tokio::io::DuplexStream> {
        let (near, mut far) = duplex(1);
        tokio::spawn(async move {
            while far.read_u8().await.is_ok() {
                sleep(pause).await;
            }
        });
        Timed::new(near)
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_trickles_is_given_up() {
        let mut timed = read_slowly(Duration::from_secs(5));
        let began = Instant::now();
        let error = timed.write_all(&[b'x'; 100]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed(), SEND_TIME);
    }

    #[tokio::test(start_paused = true)]
    async fn each_answer_has_its_own_deadline() {
        let mut timed = read_slowly(Duration::from_secs(5));
        for _ in 0..4 {
            // Idle connections are none of its affair.
            sleep(SEND_TIME * 2).await;
            timed.write_all(&[b'x'; 10]).await.unwrap();
            timed.flush().await.unwrap();
        }
    }
}
