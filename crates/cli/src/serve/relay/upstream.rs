//! The leg from the relay to Databricks: names are resolved and vetted here, and only vetted addresses are connected to.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use engine::problem::Problem;
use hyper::header::HeaderMap;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Certificate, Client, ClientBuilder, Url};

use super::address::{Opened, is_never, may_be_opened};
use super::refusal::{Code, Refusal};
use super::route::Routes;

/// To resolve, connect and agree on TLS.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// Until the headers of the answer are there. Listing a large group takes Databricks its time.
const HEADER_TIME: Duration = Duration::from_secs(30);
/// For all of it.
const TOTAL_TIME: Duration = Duration::from_secs(60);
/// Connections that wait for another request are closed after this time, and with them the vetted address.
const IDLE_TIME: Duration = Duration::from_secs(30);
/// The largest answer, in bytes.
pub(crate) const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// An answer of the host, not yet judged.
pub(crate) struct Received {
    /// The status.
    pub(crate) status: u16,
    /// All headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Vec<u8>,
}

/// The addresses of a host, with the port of https.
pub(crate) type Found = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Turns names into addresses.
pub(crate) trait Lookup: Send + Sync + 'static {
    /// Where a host answers.
    fn lookup(&self, host: String) -> Found;
}

/// The system's resolver.
pub(crate) struct System;

impl Lookup for System {
    fn lookup(&self, host: String) -> Found {
        Box::pin(async move { Ok(tokio::net::lookup_host((host.as_str(), 443)).await?.collect()) })
    }
}

/// A resolver that gives addresses out only when every one of them may be connected to, or the operator named it. What it
/// gives out is what the client connects to: a second answer of the name server (rebinding) is never asked for.
struct Vetted<L> {
    lookup: Arc<L>,
    opened: Arc<Opened>,
    routes: Routes,
}

impl<L: Lookup> Resolve for Vetted<L> {
    fn resolve(&self, name: Name) -> Resolving {
        if let Some(address) = self.routes.of(name.as_str()) {
            return Box::pin(async move { Ok(Box::new(std::iter::once(address)) as Addrs) });
        }
        let (lookup, opened) = (Arc::clone(&self.lookup), Arc::clone(&self.opened));
        Box::pin(async move {
            let addresses = lookup.lookup(name.as_str().to_owned()).await?;
            opened.vet(addresses.iter().map(SocketAddr::ip)).map_err(Closed)?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// A name leads to an address that may not be connected to.
#[derive(Debug)]
struct Closed(IpAddr);

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the address {} is not public", self.0)
    }
}

impl Error for Closed {}

/// The client of the relay.
pub(crate) struct Upstream(Client);

impl Upstream {
    /// A client that trusts the system's certificates, which are where companies put those of their TLS inspection, and
    /// further authorities.
    ///
    /// # Errors
    /// A [`Problem`] when the system has no certificates.
    pub(crate) fn new<L: Lookup>(
        lookup: L,
        opened: Opened,
        routes: Routes,
        authorities: Vec<Certificate>,
    ) -> Result<Self, Problem> {
        let resolve = Vetted { lookup: Arc::new(lookup), opened: Arc::new(opened), routes };
        let client = settings(resolve).tls_certs_merge(authorities).build();
        client.map(Self).map_err(|error| {
            Problem::new(
                "The relay cannot be started.",
                format!("TLS could not be set up: {}.", innermost(&error)),
                "Install the system's certificates (the package ca-certificates), or name a file with \
                 SSL_CERT_FILE.",
            )
        })
    }

    /// A client with a test's own resolver and certificate authority.
    #[cfg(test)]
    pub(crate) fn for_test(resolve: impl Resolve + 'static, authority: &[u8]) -> Self {
        let authority = Certificate::from_der(authority).unwrap();
        Self(settings(resolve).tls_certs_only([authority]).build().unwrap())
    }

    /// Sends a request to `https://{host}{path}?{query}`, all of them checked before, and brings the answer.
    ///
    /// # Errors
    /// A [`Refusal`] when none came, or one that is too large.
    pub(crate) async fn send(
        &self,
        method: hyper::Method,
        (host, path, query): (&str, &str, Option<&str>),
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Received, Refusal> {
        let url = url(host, path, query)?;
        let mut request = self.0.request(method, url).headers(headers);
        if !body.is_empty() {
            request = request.body(body);
        }
        let sent = tokio::time::timeout(HEADER_TIME + CONNECT_TIME, request.send()).await;
        let mut response =
            sent.map_err(|_| late(host))?.map_err(|error| explain(host, &error.without_url()))?;
        let mut received = Received {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body: Vec::new(),
        };
        // One that is announced too large is not waited for.
        if response.content_length().is_some_and(|length| length > LARGEST_ANSWER as u64) {
            return Err(too_large(host, received.status));
        }
        loop {
            match response.chunk().await {
                Ok(None) => return Ok(received),
                Ok(Some(chunk)) if received.body.len() + chunk.len() > LARGEST_ANSWER => {
                    return Err(too_large(host, received.status));
                }
                Ok(Some(chunk)) => received.body.extend_from_slice(&chunk),
                Err(error) => return Err(explain(host, &error.without_url())),
            }
        }
    }
}

fn settings(resolve: impl Resolve + 'static) -> ClientBuilder {
    // Another part of the program may have chosen it already; it is the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .https_only(true)
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .dns_resolver(resolve)
        .connect_timeout(CONNECT_TIME)
        .timeout(TOTAL_TIME)
        .pool_idle_timeout(IDLE_TIME)
}

/// The address of the request. That parsing it brings back the same parts is checked once more.
pub(crate) fn url(host: &str, path: &str, query: Option<&str>) -> Result<Url, Refusal> {
    let address = match query {
        Some(query) => format!("https://{host}{path}?{query}"),
        None => format!("https://{host}{path}"),
    };
    let parsed = Url::parse(&address).ok().filter(|url| {
        url.host_str() == Some(host)
            && url.path() == path
            && url.query() == query
            && url.port().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none()
    });
    parsed.ok_or_else(|| {
        Refusal::new(Code::BadRequest, "The address of the request cannot be passed on as it is.")
    })
}

fn late(host: &str) -> Refusal {
    Refusal::new(
        Code::Timeout,
        format!(
            "{host} did not answer in time. Whether the request took effect is not known; look before repeating."
        ),
    )
}

fn too_large(host: &str, status: u16) -> Refusal {
    let message = format!("The answer of {host} is larger than 16 MiB. Ask for fewer objects at a time.");
    Refusal::new(Code::AnswerTooLarge, message).upstream(status)
}

/// Says what kept the answer from coming.
fn explain(host: &str, error: &reqwest::Error) -> Refusal {
    if let Some(Closed(address)) = cause(error) {
        let remedy = if is_never(*address) {
            "Check what the name resolves to on the machine that runs scim-setup: a cloud answers its own machines there, \
             and no option leads to it."
        } else if may_be_opened(*address) {
            "If the workspace uses Private Link, start scim-setup with --private and the range of its private endpoints."
        } else {
            "Check what the name resolves to on the machine that runs scim-setup: its name server or its hosts file is \
             wrong. If the host is meant to be there, say so with --route."
        };
        let message = format!(
            "{host} leads to {address}, which is not a public address, so the relay did not connect. {remedy}"
        );
        return Refusal::new(Code::PrivateAddress, message);
    }
    // Once connected, the request may have been sent: then a fault of TLS is a connection that broke.
    if let Some(why) = cause::<rustls::Error>(error).filter(|_| error.is_connect()) {
        return Refusal::new(
            Code::Tls,
            format!(
                "No trusted connection to {host}: {why}. If your network inspects TLS, add its certificate authority \
                 to the system's certificates, or start scim-setup with --ca and its file."
            ),
        );
    }
    if error.is_timeout() && !error.is_connect() {
        return late(host);
    }
    let message = if error.is_connect() {
        let why = if error.is_timeout() { "no connection in time".to_owned() } else { innermost(error) };
        format!("{host} could not be reached: {why}. Check the name, and the network that the relay is in.")
    } else {
        format!(
            "The connection to {host} broke: {}. Whether the request took effect is not known; look before repeating.",
            innermost(error)
        )
    };
    Refusal::new(Code::Unreachable, message)
}

/// The cause of that kind behind an error. Errors inside [`io::Error`] are not among its sources.
fn cause<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn innermost(error: &dyn Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(&'static str);

    impl Lookup for Fixed {
        fn lookup(&self, _: String) -> Found {
            let address = self.0.parse().map_err(|_| io::Error::from(io::ErrorKind::NotFound));
            Box::pin(async move { address.map(|address| vec![SocketAddr::new(address, 443)]) })
        }
    }

    async fn refused(address: &'static str) -> Refusal {
        let upstream =
            Upstream::new(Fixed(address), Opened::default(), Routes::default(), Vec::new()).unwrap();
        let target = ("adb-1.1.azuredatabricks.net", "/api/2.0/preview/scim/v2/Me", None);
        upstream.send(hyper::Method::GET, target, HeaderMap::new(), Vec::new()).await.err().unwrap()
    }

    #[tokio::test]
    async fn names_that_lead_inside_are_not_connected_to() {
        for (address, option) in [
            ("127.0.0.1", "--route"),
            ("::1", "--route"),
            ("::ffff:127.0.0.1", "--route"),
            ("10.0.0.1", "--private"),
            ("fd00::1", "--private"),
            ("169.254.169.254", "no option"),
            ("fd00:ec2::254", "no option"),
            ("100.100.100.200", "no option"),
        ] {
            let refusal = refused(address).await;
            assert_eq!(refusal.code, Code::PrivateAddress, "{address}: {}", refusal.message);
            assert!(refusal.message.contains(address), "{}", refusal.message);
            for other in ["--route", "--private", "no option"] {
                assert_eq!(refusal.message.contains(other), other == option, "{}", refusal.message);
            }
        }
    }

    /// A name server that answers differently each time.
    struct Rebinding(std::sync::Mutex<Vec<Vec<SocketAddr>>>);

    impl Lookup for Rebinding {
        fn lookup(&self, _: String) -> Found {
            let next = self.0.lock().unwrap().pop().unwrap();
            Box::pin(async move { Ok(next) })
        }
    }

    #[tokio::test]
    async fn each_answer_of_a_name_server_is_asked_for_once_and_vetted() {
        let public: SocketAddr = "20.42.4.209:443".parse().unwrap();
        let inside: SocketAddr = "169.254.169.254:443".parse().unwrap();
        let lookup = Rebinding(vec![vec![public, inside], vec![inside], vec![public]].into());
        let vetted = Vetted {
            lookup: Arc::new(lookup),
            opened: Arc::new(Opened::default()),
            routes: Routes::default(),
        };
        let name = || "adb-1.1.azuredatabricks.net".parse::<Name>().unwrap();
        let given: Vec<_> = vetted.resolve(name()).await.unwrap().collect();
        assert_eq!(given, [public]);
        for _ in ["then private", "then both"] {
            let error = vetted.resolve(name()).await.err().unwrap();
            assert_eq!(error.to_string(), "the address 169.254.169.254 is not public");
        }
        assert!(vetted.lookup.0.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_name_that_leads_outside_and_inside_is_not_connected_to() {
        let both = vec!["20.42.4.209:443".parse().unwrap(), "127.0.0.1:443".parse().unwrap()];
        let lookup = Rebinding(vec![both].into());
        let upstream = Upstream::new(lookup, Opened::default(), Routes::default(), Vec::new()).unwrap();
        let target = ("adb-1.1.azuredatabricks.net", "/api/2.0/preview/scim/v2/Me", None);
        let refusal =
            upstream.send(hyper::Method::GET, target, HeaderMap::new(), Vec::new()).await.err().unwrap();
        assert_eq!(refusal.code, Code::PrivateAddress, "{}", refusal.message);
        assert!(refusal.message.contains("127.0.0.1"), "{}", refusal.message);
    }

    #[tokio::test]
    async fn names_that_lead_nowhere_are_unreachable() {
        assert_eq!(refused("no address").await.code, Code::Unreachable);
    }

    #[test]
    fn the_address_is_what_was_asked_for() {
        let url = |host, path, query| url(host, path, query).map(|url| url.to_string());
        assert_eq!(
            url("a.azuredatabricks.net", "/api", Some("filter=a%20eq%20%22b%22")),
            Ok("https://a.azuredatabricks.net/api?filter=a%20eq%20%22b%22".to_owned())
        );
        for host in
            ["a.azuredatabricks.net:8443", "u@a.azuredatabricks.net", "127.1", "A.azuredatabricks.net", ""]
        {
            assert!(url(host, "/api", None).is_err(), "{host}");
        }
        assert!(url("a.azuredatabricks.net", "/api", Some("a='b'")).is_err());
        for path in ["/../x", "/a/./b", "/a#b", "/a?b", "\\evil.example/", "/a b"] {
            assert!(url("a.azuredatabricks.net", path, None).is_err(), "{path}");
        }
    }
}
