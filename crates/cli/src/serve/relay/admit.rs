//! What may pass: all that is judged from the head of a request alone, before anything is waited for.

use hyper::Method;
use hyper::header::HeaderMap;
use hyper::http::request::Parts;

use super::refusal::{Code, Refusal};
use super::{caller, headers, path};

/// What the log says of a request: nothing that was not checked.
pub(crate) struct Line {
    /// A host of the list.
    pub(crate) host: String,
    /// A path of the table, without the values in it.
    pub(crate) template: &'static str,
}

impl Line {
    /// Nothing is known yet.
    pub(crate) fn new() -> Self {
        Self { host: "-".to_owned(), template: "-" }
    }
}

/// A request that may be passed on, but for its body.
#[derive(Debug)]
pub(crate) struct Admitted<'r> {
    /// The host, byte for byte one that is reached.
    pub(crate) host: &'r str,
    /// The path, byte for byte one of the table.
    pub(crate) path: &'r str,
    /// The query as it came.
    pub(crate) query: Option<&'r str>,
    /// The headers that are passed on.
    pub(crate) up: HeaderMap,
}

/// Checks that the page asks. `own` is the admitted `Host` header.
///
/// # Errors
/// A [`Refusal`] that says what gives the request away.
pub(crate) fn caller(own: &str, parts: &Parts) -> Result<(), Refusal> {
    caller::check(&parts.headers, own).map_err(|why| {
        let message = format!("Only the page of this address may use the relay, and {why}.");
        Refusal::new(Code::Caller, message)
    })
}

/// Checks how the request is framed.
///
/// # Errors
/// A [`Refusal`] that says what is unusual.
pub(crate) fn framing(parts: &Parts) -> Result<(), Refusal> {
    headers::check_framing(&parts.method, &parts.headers).map_err(|why| malformed(&parts.method, why))
}

/// Checks where the request leads and what it carries; `reaches` knows the hosts. Notes in `line` what is sure.
///
/// # Errors
/// A [`Refusal`] for other hosts, paths, methods, queries and headers.
pub(crate) fn target<'r>(
    reaches: impl Fn(&str) -> bool,
    parts: &'r Parts,
    line: &mut Line,
) -> Result<Admitted<'r>, Refusal> {
    let misplaced = |fault| misplaced(&parts.method, fault);
    let (host, path) = path::split(parts.uri.path()).map_err(misplaced)?;
    if !reaches(host) {
        let message = format!(
            "This relay does not reach {host}. Whoever runs it can start it with --allow and exactly that host."
        );
        return Err(Refusal::new(Code::Host, message));
    }
    host.clone_into(&mut line.host);
    line.template = path::find(parts.method.as_str(), path).map_err(misplaced)?;
    let query = parts.uri.query();
    path::query(query.unwrap_or_default()).map_err(misplaced)?;
    let up = headers::up(&parts.headers).map_err(|why| malformed(&parts.method, why))?;
    Ok(Admitted { host, path, query, up })
}

/// Methods are free text; the log shows those that mean something here.
pub(crate) fn loggable(method: &Method) -> &'static str {
    for known in ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"] {
        if method.as_str() == known {
            return known;
        }
    }
    "OTHER"
}

/// The refusal of a request that is not well formed.
pub(crate) fn malformed(method: &Method, why: &str) -> Refusal {
    let message = format!("The relay does not pass this {} request on: {why}.", loggable(method));
    Refusal::new(Code::BadRequest, message)
}

fn misplaced(method: &Method, fault: path::Fault) -> Refusal {
    match fault {
        path::Fault::Malformed(why) => malformed(method, why),
        path::Fault::Method(allowed) => Refusal::method(allowed),
        path::Fault::Unknown => {
            let message = "The relay passes on the SCIM calls of provisioning only (users and groups of a \
                           workspace or an account), and this address is none of them.";
            Refusal::new(Code::Path, message)
        }
    }
}
