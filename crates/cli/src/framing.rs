//! Where requests end, watched byte by byte before hyper reads them. hyper takes more than one reading on: it merges two
//! lengths that agree, drops a length beside chunks and a fragment behind an address, and lets lines end in a bare line feed. A front that reads such a
//! request otherwise would be led to take the rest of one request for another (request smuggling), so here there is one
//! reading (RFC 9112 §2.2, §6.1, §6.3), and everything else is broken off.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The longest line that is watched, in bytes; more than hyper takes.
const LONGEST_LINE: usize = 512 * 1024;

/// What hyper gets in the place of a fault. It is allowed nowhere in a head or between chunks: hyper answers 400 and closes.
const BREAK: &[u8] = b"\0";

/// What is read next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    RequestLine,
    Header,
    Body(u64),
    ChunkSize,
    Chunk(u64),
    ChunkEnd,
    Trailer,
}

/// The place in a stream of requests.
struct Framing {
    at: At,
    line: Vec<u8>,
    length: Option<u64>,
    chunked: bool,
}

impl Framing {
    const fn new() -> Self {
        Self { at: At::RequestLine, line: Vec::new(), length: None, chunked: false }
    }

    /// Reads on.
    ///
    /// # Errors
    /// How many bytes come before the fault.
    fn feed(&mut self, bytes: &[u8]) -> Result<(), usize> {
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            if let At::Body(left) | At::Chunk(left) = self.at {
                let taken = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                self.advance(left - taken as u64);
                rest = rest.get(taken..).unwrap_or_default();
                continue;
            }
            self.line.push(byte);
            let whole = byte == b'\n';
            if self.line.len() > LONGEST_LINE || (whole && !self.end_line()) {
                return Err(bytes.len() - rest.len());
            }
            rest = after;
        }
        Ok(())
    }

    /// So much of the body or the chunk is left.
    const fn advance(&mut self, left: u64) {
        self.at = match (self.at, left) {
            (At::Body(_), 0) => At::RequestLine,
            (At::Body(_), left) => At::Body(left),
            (_, 0) => At::ChunkEnd,
            (_, left) => At::Chunk(left),
        };
    }

    /// Takes a line; says whether there is only one way to read it.
    fn end_line(&mut self) -> bool {
        let line = std::mem::take(&mut self.line);
        let Some(line) = line.strip_suffix(b"\r\n").filter(|line| !line.contains(&b'\r')) else {
            return false;
        };
        let next = match self.at {
            At::RequestLine if line.is_empty() => Some(At::RequestLine),
            // No target has a fragment (RFC 9112 §3.2); hyper would drop it.
            At::RequestLine if line.contains(&b'#') => None,
            At::RequestLine => {
                self.length = None;
                self.chunked = false;
                Some(At::Header)
            }
            At::Header if line.is_empty() => Some(match self.length {
                _ if self.chunked => At::ChunkSize,
                None | Some(0) => At::RequestLine,
                Some(length) => At::Body(length),
            }),
            At::Header => self.header(line).then_some(At::Header),
            At::ChunkSize => {
                chunk_size(line).map(|size| if size == 0 { At::Trailer } else { At::Chunk(size) })
            }
            At::ChunkEnd => line.is_empty().then_some(At::ChunkSize),
            At::Trailer if line.is_empty() => Some(At::RequestLine),
            At::Trailer => Some(At::Trailer),
            At::Body(_) | At::Chunk(_) => None,
        };
        self.at = next.unwrap_or(self.at);
        next.is_some()
    }

    fn header(&mut self, line: &[u8]) -> bool {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return false };
        let (name, value) = line.split_at(colon);
        let value = value.strip_prefix(b":").unwrap_or_default().trim_ascii();
        let first = self.length.is_none() && !self.chunked;
        if name.eq_ignore_ascii_case(b"content-length") {
            self.length = number(value, 10);
            return first && self.length.is_some();
        }
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.chunked = true;
            return first && value.eq_ignore_ascii_case(b"chunked");
        }
        // A line that goes on with the one before it may hide either of them.
        !name.starts_with(b" ") && !name.starts_with(b"\t")
    }
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    number(line.split(|byte| *byte == b';').next()?, 16)
}

fn number(digits: &[u8], radix: u32) -> Option<u64> {
    // A sign would be taken as well.
    let digits =
        str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u64::from_str_radix(digits, radix).ok()
}

/// A connection whose requests are watched.
pub(crate) struct Watched<S> {
    stream: S,
    framing: Framing,
    broken: bool,
}

impl<S> Watched<S> {
    /// Watches a connection from its first byte.
    pub(crate) const fn new(stream: S) -> Self {
        Self { stream, framing: Framing::new(), broken: false }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.broken {
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        let read = buf.filled().get(before..).unwrap_or_default();
        if let Err(good) = this.framing.feed(read) {
            this.broken = true;
            buf.set_filled(before + good);
            buf.put_slice(BREAK);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whole, and byte by byte, the result must be the same.
    fn read(text: &str) -> Result<At, usize> {
        let mut framing = Framing::new();
        let whole = framing.feed(text.as_bytes()).map(|()| framing.at);
        let mut framing = Framing::new();
        let mut pieces = Ok(());
        for (offset, byte) in text.bytes().enumerate() {
            pieces = pieces.and_then(|()| framing.feed(&[byte]).map_err(|good| offset + good));
        }
        assert_eq!(pieces.map(|()| framing.at), whole, "{text:?}");
        whole
    }

    #[test]
    fn requests_follow_one_another() {
        for (text, at) in [
            ("", At::RequestLine),
            ("GET / HTTP/1.1\r\n", At::Header),
            ("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", At::RequestLine),
            ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na", At::Body(2)),
            ("POST / HTTP/1.1\r\ncontent-length:\t3 \r\n\r\na\nbGET / HTTP/1.1\r\n", At::Header),
            ("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\nGET / HTTP/1.1\r\n", At::Header),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\nA;x=y\r\n1234", At::Chunk(6)),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", At::ChunkSize),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n\n\r\r\n0\r\nA: b\r\n", At::Trailer),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n", At::Header),
        ] {
            assert_eq!(read(text), Ok(at), "{text:?}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_broken_off() {
        for rest in [
            "Content-Length: 2\r\nContent-Length: 2\r\n",
            "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Transfer-Encoding:\r\n",
            "Content-Length: +2\r\n",
            "Content-Length: a\r\n",
            "Content-Length:\r\n",
            "Content-Length: 18446744073709551616\r\n",
            "Content-Length: 2\n",
            "A: b\rc\r\n",
            "A\r\n",
            "A: b\r\n c\r\n",
            "\n",
            "Transfer-Encoding: chunked\r\n\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n2\n",
            "Transfer-Encoding: chunked\r\n\r\n2 \r\n",
            "Transfer-Encoding: chunked\r\n\r\n+2\r\n",
            "Transfer-Encoding: chunked\r\n\r\n2;a\nb\r\n",
            "Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n",
            "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n",
            "Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\n",
        ] {
            assert!(read(&format!("POST / HTTP/1.1\r\n{rest}")).is_err(), "{rest:?}");
        }
        assert!(read("GET /a#b HTTP/1.1\r\n").is_err());
        assert!(Framing::new().feed(&vec![b'a'; LONGEST_LINE + 1]).is_err());
    }
}
