//! The body of a request: read whole, within its limits.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body;
use hyper::header::CONTENT_LENGTH;
use hyper::http::request::Parts;

use super::admit::malformed;
use super::refusal::{Code, Refusal};

/// The largest body of a request, in bytes.
const LARGEST_BODY: usize = 1024 * 1024;
/// A client that has not sent its body by then is let go.
pub(crate) const BODY_TIME: Duration = Duration::from_secs(15);

/// Reads the body of a request.
///
/// # Errors
/// A [`Refusal`] when it is too large, too slow or broken.
pub(crate) async fn collect<B>(parts: &Parts, body: B) -> Result<Vec<u8>, Refusal>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let too_large = || {
        let message = "The body of the request is larger than 1 MiB. Send fewer members at a time.";
        Refusal::new(Code::TooLarge, message)
    };
    let announced =
        parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > LARGEST_BODY as u64) {
        return Err(too_large());
    }
    match tokio::time::timeout(BODY_TIME, Limited::new(body, LARGEST_BODY).collect()).await {
        Err(_) => Err(Refusal::slow_client()),
        Ok(Ok(body)) => Ok(body.to_bytes().to_vec()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(malformed(&parts.method, "its body is broken")),
    }
}
