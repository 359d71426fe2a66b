//! The body of a request: read whole, within its limits. What all of them take in memory is limited too: a part of it is
//! taken before the first byte is read.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body;
use hyper::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use hyper::http::request::Parts;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::admit::malformed;
use super::refusal::{Code, Refusal};

/// The largest body of a request, in bytes.
pub(crate) const LARGEST_BODY: u32 = 1024 * 1024;
/// All bodies that are read or sent on at a time, in bytes.
pub(crate) const ALL_BODIES: usize = 64 * 1024 * 1024;
/// A client that has not sent its body by then is let go.
pub(crate) const BODY_TIME: Duration = Duration::from_secs(15);

/// The memory that bodies of requests may take.
pub(crate) struct Room(Arc<Semaphore>);

/// A part of it, given back when this is dropped.
pub(crate) struct Taken {
    size: u32,
    _bytes: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// All of it.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(ALL_BODIES)))
    }

    /// Takes what the body of a request needs: its announced length, or the most when it does not say.
    ///
    /// # Errors
    /// A [`Refusal`] when the body is too large, or when bodies of others take all there is for so long.
    pub(crate) async fn take(&self, parts: &Parts, wait: Duration) -> Result<Taken, Refusal> {
        let size = size(parts)?;
        if size == 0 {
            return Ok(Taken { size, _bytes: None });
        }
        let taken = tokio::time::timeout(wait, Arc::clone(&self.0).acquire_many_owned(size)).await;
        let bytes = taken.ok().and_then(Result::ok).ok_or_else(Refusal::busy)?;
        Ok(Taken { size, _bytes: Some(bytes) })
    }

    /// What is left, in bytes.
    #[cfg(test)]
    pub(crate) fn left(&self) -> usize {
        self.0.available_permits()
    }
}

fn size(parts: &Parts) -> Result<u32, Refusal> {
    let announced =
        parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    match announced {
        Some(length) => u32::try_from(length).ok().filter(|size| *size <= LARGEST_BODY).ok_or_else(too_large),
        None if parts.headers.contains_key(TRANSFER_ENCODING) => Ok(LARGEST_BODY),
        None => Ok(0),
    }
}

fn too_large() -> Refusal {
    let message = "The body of the request is larger than 1 MiB. Send fewer members at a time.";
    Refusal::new(Code::TooLarge, message)
}

/// Reads the body of a request, piece by piece into the memory that was taken for it.
///
/// # Errors
/// A [`Refusal`] when it is too large, too slow or broken.
pub(crate) async fn collect<B>(parts: &Parts, body: B, taken: &Taken) -> Result<Vec<u8>, Refusal>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let mut body = std::pin::pin!(Limited::new(body, LARGEST_BODY as usize));
    let mut bytes = Vec::with_capacity(taken.size as usize);
    let read = async {
        while let Some(frame) = body.frame().await {
            // Trailers are read and left behind.
            if let Ok(piece) = frame?.into_data() {
                bytes.extend_from_slice(&piece);
            }
        }
        Ok::<(), Box<dyn Error + Send + Sync>>(())
    };
    match tokio::time::timeout(BODY_TIME, read).await {
        Err(_) => Err(Refusal::slow_client()),
        Ok(Ok(())) => Ok(bytes),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(malformed(&parts.method, "its body is broken")),
    }
}
