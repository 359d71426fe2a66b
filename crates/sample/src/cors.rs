//! Who lets a browser in: Graph everybody, the sign-in service at its token endpoint only, Databricks nobody.

use crate::http::{Answer, Request};

/// The response headers that Graph lets scripts read, as captured from a real answer.
const GRAPH_EXPOSED: &str = "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, \
     ReadWriteConsistencyToken, Retry-After, SdkVersion, WWW-Authenticate, x-ms-client-gcc-tenant, \
     X-Planner-Operationid, x-ms-permissions-recommendations";

/// Graph's answer to a preflight.
pub(crate) fn graph_preflight(request: &Request) -> Answer {
    preflight(request, "GET, POST, PUT, PATCH, DELETE, OPTIONS").with("access-control-allow-origin", "*")
}

/// Adds Graph's CORS headers.
pub(crate) fn graph(answer: Answer) -> Answer {
    answer.with("access-control-allow-origin", "*").with("access-control-expose-headers", GRAPH_EXPOSED)
}

/// The token endpoint's answer to a preflight.
pub(crate) fn token_preflight(request: &Request, redirect_uris: &[String]) -> Answer {
    token(preflight(request, "POST, OPTIONS"), request, redirect_uris)
}

/// Adds the token endpoint's CORS headers, when the caller's origin is that of a registered single-page redirect URI.
pub(crate) fn token(answer: Answer, request: &Request, redirect_uris: &[String]) -> Answer {
    match request.header("origin") {
        Some(origin) if is_registered(origin, redirect_uris) => {
            answer.with("access-control-allow-origin", origin).with("vary", "Origin")
        }
        _ => answer,
    }
}

/// Whether one of the redirect URIs belongs to that origin.
pub(crate) fn is_registered(origin: &str, redirect_uris: &[String]) -> bool {
    redirect_uris
        .iter()
        .any(|uri| uri.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

fn preflight(request: &Request, methods: &str) -> Answer {
    let answer =
        Answer::new(204).with("access-control-allow-methods", methods).with("access-control-max-age", "600");
    match request.header("access-control-request-headers") {
        Some(headers) => answer.with("access-control-allow-headers", headers),
        None => answer,
    }
}
