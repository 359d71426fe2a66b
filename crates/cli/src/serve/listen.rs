//! `--listen`: where the page is served.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use engine::problem::Problem;
use tokio::net::{TcpListener, lookup_host};

/// With port 0 the two loopback addresses must agree on one free port; another program may take it in between.
const ATTEMPTS: usize = 8;

/// The sockets that the page is served on.
pub(crate) struct Listening {
    /// One or two of them.
    pub(crate) listeners: Vec<TcpListener>,
    /// The host as it was given, without port.
    pub(crate) host: String,
    /// The port, also when a free one was asked for.
    pub(crate) port: u16,
    /// Whether only this machine can reach them.
    pub(crate) loopback: bool,
    /// Whether `localhost` has no IPv6 here.
    pub(crate) without_ipv6: bool,
}

impl Listening {
    /// The address to open in a browser on this machine.
    pub(crate) fn url(&self) -> String {
        match self.host.parse::<IpAddr>() {
            Ok(address) if address.is_unspecified() => format!("http://localhost:{}/", self.port),
            Ok(IpAddr::V6(address)) => format!("http://[{address}]:{}/", self.port),
            _ => format!("http://{}:{}/", self.host, self.port),
        }
    }
}

/// Splits `host:port`; an IPv6 address stands in brackets.
///
/// # Errors
/// A [`Problem`] that shows the right form.
pub(crate) fn parse(listen: &str) -> Result<(String, u16), Problem> {
    let wrong = |why: &str| {
        Problem::new(
            format!("--listen {listen}: this address cannot be listened on."),
            why,
            "Give a name or an address, a colon and a port, such as localhost:8080, 127.0.0.1:8080 or [::]:8080.",
        )
    };
    let (host, port) = listen.rsplit_once(':').ok_or_else(|| wrong("It has no port."))?;
    let port = port.parse().map_err(|_| wrong("The port is not a number from 0 to 65535."))?;
    let host = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) if inner.parse::<Ipv6Addr>().is_ok() => inner,
        Some(_) => return Err(wrong("What stands in brackets is not an IPv6 address.")),
        None if host.contains(':') => return Err(wrong("An IPv6 address needs brackets.")),
        None => host,
    };
    let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte));
    if host.is_empty() || !plain {
        return Err(wrong("The host before the colon is not a host name."));
    }
    Ok((host.to_ascii_lowercase(), port))
}

/// Binds the sockets. `localhost` means 127.0.0.1 and ::1, bound one by one: a browser may try either.
///
/// # Errors
/// A [`Problem`] when the port is busy, forbidden, or the name is not of this machine.
pub(crate) async fn bind(listen: &str) -> Result<Listening, Problem> {
    let (host, port) = parse(listen)?;
    if host == "localhost" {
        return localhost(port).await;
    }
    let failed = |error: &io::Error| busy(&host, port, error);
    let addresses: Vec<SocketAddr> =
        lookup_host((host.as_str(), port)).await.map_err(|error| failed(&error))?.collect();
    let address =
        addresses.first().copied().ok_or_else(|| failed(&io::ErrorKind::AddrNotAvailable.into()))?;
    let (listener, port) = bound(address).await.map_err(|error| failed(&error))?;
    let loopback = address.ip().is_loopback();
    Ok(Listening { listeners: vec![listener], host, port, loopback, without_ipv6: false })
}

async fn localhost(asked: u16) -> Result<Listening, Problem> {
    let failed = |port: u16, error: &io::Error| busy("localhost", port, error);
    let mut attempt = 0;
    loop {
        attempt += 1;
        let v4 = SocketAddr::from((Ipv4Addr::LOCALHOST, asked));
        let (first, port) = bound(v4).await.map_err(|error| failed(asked, &error))?;
        let mut listeners = vec![first];
        let mut without_ipv6 = false;
        match bound(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
            Ok((second, _)) => listeners.push(second),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                if asked == 0 && attempt < ATTEMPTS {
                    continue;
                }
                return Err(failed(port, &error));
            }
            Err(_) => without_ipv6 = true,
        }
        return Ok(Listening { listeners, host: "localhost".to_owned(), port, loopback: true, without_ipv6 });
    }
}

async fn bound(address: SocketAddr) -> io::Result<(TcpListener, u16)> {
    let listener = TcpListener::bind(address).await?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

fn busy(host: &str, port: u16, error: &io::Error) -> Problem {
    let what = format!("The page cannot be served on {host}:{port}.");
    match error.kind() {
        io::ErrorKind::AddrInUse => Problem::new(
            what,
            "Another program uses this port already.",
            format!(
                "End that program, or choose another port, for example --listen {host}:0 for any free one."
            ),
        ),
        io::ErrorKind::PermissionDenied => Problem::new(
            what,
            "The system does not let this program use the port; those below 1024 are reserved.",
            "Choose a port from 1024 upwards, such as --listen localhost:8080.",
        ),
        _ => Problem::new(
            what,
            format!("The system says: {error}."),
            "Check that the name or address before the port belongs to this machine.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_split() {
        assert_eq!(parse("localhost:8080").unwrap(), ("localhost".to_owned(), 8080));
        assert_eq!(parse("LOCALHOST:0").unwrap(), ("localhost".to_owned(), 0));
        assert_eq!(parse("127.0.0.1:80").unwrap(), ("127.0.0.1".to_owned(), 80));
        assert_eq!(parse("[::]:8080").unwrap(), ("::".to_owned(), 8080));
        for bad in
            ["", "localhost", ":8080", "8080", "localhost:", "localhost:99999", "::1:80", "[x]:80", "a b:1"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn localhost_has_one_port_on_both_addresses() {
        let listening = bind("localhost:0").await.unwrap();
        assert_eq!(listening.url(), format!("http://localhost:{}/", listening.port));
        assert!(listening.loopback && listening.port != 0);
        assert_eq!(listening.listeners.len(), if listening.without_ipv6 { 1 } else { 2 });
        for listener in &listening.listeners {
            assert_eq!(listener.local_addr().unwrap().port(), listening.port);
        }
    }

    #[tokio::test]
    async fn a_busy_port_is_named_with_the_way_out() {
        let first = bind("127.0.0.1:0").await.unwrap();
        let problem = bind(&format!("127.0.0.1:{}", first.port)).await.err().unwrap();
        assert_eq!(problem.what, format!("The page cannot be served on 127.0.0.1:{}.", first.port));
        assert_eq!(problem.why, "Another program uses this port already.");
        assert_eq!(
            problem.remedy,
            "End that program, or choose another port, for example --listen 127.0.0.1:0 for any free one."
        );
    }
}
