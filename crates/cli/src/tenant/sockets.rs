//! The three loopback origins of the sample tenant.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use engine::problem::Problem;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use sample::Service;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::world::World;
use crate::answers;
use crate::connections::{Answer, Handler, Stop, serve};

/// The largest body that a sample service reads, in bytes.
const LARGEST_BODY: usize = 4 * 1024 * 1024;
/// A client that has not sent its body by then is let go.
const BODY_TIME: Duration = Duration::from_secs(15);

/// Where the three services answer.
#[derive(Clone, Debug)]
pub(crate) struct Origins {
    /// The sign-in service.
    pub(crate) sign_in: String,
    /// Microsoft Graph.
    pub(crate) graph: String,
    /// Databricks SCIM.
    pub(crate) databricks: String,
}

impl Origins {
    /// The origin of a service.
    pub(crate) fn of(&self, service: Service) -> &str {
        match service {
            Service::SignIn => &self.sign_in,
            Service::Graph => &self.graph,
            Service::Databricks => &self.databricks,
        }
    }

    /// The page that says what to enter.
    pub(crate) fn portal(&self) -> String {
        format!("{}/portal", self.sign_in)
    }

    /// Host and port of the SCIM service, as they stand in a relay address.
    pub(crate) fn databricks_host(&self) -> String {
        self.databricks.trim_start_matches("http://").to_owned()
    }
}

/// The sockets, bound but not yet answering.
pub(crate) struct Sockets {
    listeners: [(Service, TcpListener); 3],
    /// Where they are.
    pub(crate) origins: Origins,
}

impl Sockets {
    /// Binds three ports in a row, or any free ones. `option` is the option that chooses others.
    ///
    /// # Errors
    /// A [`Problem`] that names the busy port and the option.
    pub(crate) async fn bind(first: u16, option: &str) -> Result<Self, Problem> {
        let (sign_in, authority) = bound(first, 0, option).await?;
        let (graph, graph_origin) = bound(first, 1, option).await?;
        let (databricks, databricks_origin) = bound(first, 2, option).await?;
        Ok(Self {
            listeners: [
                (Service::SignIn, sign_in),
                (Service::Graph, graph),
                (Service::Databricks, databricks),
            ],
            origins: Origins { sign_in: authority, graph: graph_origin, databricks: databricks_origin },
        })
    }

    /// Lets the tenant answer until it is to stop.
    pub(crate) fn serve(self, world: &Arc<World>, stop: &Stop, tasks: &mut JoinSet<()>) {
        for (service, listener) in self.listeners {
            let door = Arc::new(Door { service, world: Arc::clone(world) });
            tasks.spawn(serve(listener, door, stop.clone()));
        }
    }
}

async fn bound(first: u16, offset: u16, option: &str) -> Result<(TcpListener, String), Problem> {
    let port = if first == 0 { Some(0) } else { first.checked_add(offset) };
    let port = port.ok_or_else(|| {
        Problem::new(
            "The sample tenant cannot be started.",
            format!("It needs three ports in a row, and there are none after {first}."),
            format!("Choose lower ones, such as {option} 9201, or any free ones with {option} 0."),
        )
    })?;
    let failed = |error: io::Error| {
        let why = match error.kind() {
            io::ErrorKind::AddrInUse => format!("Port {port} on 127.0.0.1 is in use by another program."),
            _ => format!("Port {port} on 127.0.0.1 cannot be used: {error}."),
        };
        Problem::new(
            "The sample tenant cannot be started.",
            why,
            format!(
                "End that program, or choose three other ports with {option} 9201, or any free ones with {option} 0."
            ),
        )
    };
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    Ok((listener, format!("http://127.0.0.1:{port}")))
}

/// One of the three.
struct Door {
    service: Service,
    world: Arc<World>,
}

impl Handler for Door {
    async fn handle(&self, _peer: SocketAddr, request: Request<Incoming>) -> Option<Answer> {
        let (parts, body) = request.into_parts();
        let body = match tokio::time::timeout(BODY_TIME, Limited::new(body, LARGEST_BODY).collect()).await {
            Ok(Ok(body)) => body.to_bytes().to_vec(),
            Ok(Err(_)) => {
                return Some(answers::text(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."));
            }
            Err(_) => {
                return Some(answers::text(StatusCode::REQUEST_TIMEOUT, "The body did not arrive in time."));
            }
        };
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value)));
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let request = sample::Request {
            method: parts.method.as_str().to_owned(),
            path: path.to_owned(),
            headers: headers.collect(),
            body,
        };
        let answered = self.world.answer(self.service, request).await?;
        let mut answer = Response::new(Full::new(answered.body.into()));
        *answer.status_mut() =
            StatusCode::from_u16(answered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        *answer.headers_mut() = header_map(&answered.headers);
        Some(answer)
    }
}

/// The sample's headers as hyper wants them; what is no header is left out.
pub(crate) fn header_map(pairs: &[(String, String)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        if let (Ok(name), Ok(value)) =
            (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str()))
        {
            headers.append(name, value);
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_busy_port_is_named_with_the_option() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = taken.local_addr().unwrap().port();
        let problem = Sockets::bind(port, "--sample-port").await.err().unwrap();
        assert_eq!(problem.why, format!("Port {port} on 127.0.0.1 is in use by another program."));
        assert!(problem.remedy.contains("--sample-port 0"), "{}", problem.remedy);
        let problem = Sockets::bind(65535, "--port").await.err().unwrap();
        assert!(
            problem.why.contains("three ports in a row") || problem.why.contains("65535"),
            "{}",
            problem.why
        );
    }

    #[tokio::test]
    async fn free_ports_are_found() {
        let sockets = Sockets::bind(0, "--port").await.unwrap();
        assert!(sockets.origins.databricks.starts_with("http://127.0.0.1:"));
        assert_eq!(format!("http://{}", sockets.origins.databricks_host()), sockets.origins.databricks);
    }
}
