//! Which `Host` headers are answered. A foreign name that was made to resolve to this machine (DNS rebinding) would
//! otherwise share the page's origin.

use std::net::IpAddr;

use engine::problem::Problem;

/// The names under which the page may be asked for, besides `localhost` and loopback addresses.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Names(Vec<String>);

impl Names {
    /// The names of a server that listens on the host `listen`: that one, and those given with `--host`.
    ///
    /// # Errors
    /// A [`Problem`] when a name given with `--host` is none.
    pub(crate) fn new(listen: &str, given: &[String]) -> Result<Self, Problem> {
        // Browsers write addresses in their shortest form.
        let listen =
            listen.parse::<IpAddr>().map_or_else(|_| listen.to_ascii_lowercase(), |ip| ip.to_string());
        let mut names = vec![listen];
        for entry in given {
            let name = entry.to_ascii_lowercase();
            if host_of(&name) != Some(name.as_str()) {
                return Err(Problem::new(
                    format!("--host {entry}: this is not a host name."),
                    "It is compared with the name in the browser's address, without scheme, port and path.",
                    "Give the bare name, such as --host setup.contoso.example.",
                ));
            }
            names.push(name);
        }
        Ok(Self(names))
    }

    /// Whether a `Host` header is one of ours.
    pub(crate) fn admits(&self, header: &str) -> bool {
        let header = header.to_ascii_lowercase();
        let Some(host) = host_of(&header) else { return false };
        is_loopback(host) || self.0.iter().any(|name| name == host)
    }
}

/// Whether a `Host` header names this machine by one of its loopback names.
pub(crate) fn is_local(header: &str) -> bool {
    host_of(&header.to_ascii_lowercase()).is_some_and(is_loopback)
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The host of `host[:port]`, without the brackets of an IPv6 address.
fn host_of(header: &str) -> Option<&str> {
    let (host, port) = if let Some(rest) = header.strip_prefix('[') {
        let (inner, rest) = rest.split_once(']')?;
        inner.parse::<std::net::Ipv6Addr>().ok()?;
        (inner, rest.strip_prefix(':').or_else(|| rest.is_empty().then_some("0"))?)
    } else {
        let (host, port) = header.split_once(':').unwrap_or((header, "0"));
        let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
        (plain && !host.is_empty()).then_some((host, port))?
    };
    let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    (digits && port.parse::<u16>().is_ok()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names_are_answered_and_foreign_ones_are_not() {
        let names = Names::new("localhost", &[]).unwrap();
        for good in ["localhost:8080", "LocalHost", "127.0.0.1:8080", "127.0.0.2", "[::1]:8080", "[::1]"] {
            assert!(names.admits(good), "{good}");
        }
        for bad in [
            "",
            ":8080",
            "evil.example:8080",
            "localhost.evil.example",
            "localhost.:8080",
            "127.0.0.1.evil.example",
            "user@localhost:8080",
            "localhost:8080:9090",
            "localhost:",
            "localhost:x",
            "localhost/",
            "localhost localhost",
            "10.0.0.1:8080",
            "0.0.0.0:8080",
            "[::]:8080",
            "[::1",
            "::1",
            "[localhost]",
        ] {
            assert!(!names.admits(bad), "{bad}");
        }
    }

    #[test]
    fn an_open_socket_answers_its_own_name_and_those_that_are_given() {
        let open = Names::new("Setup.internal", &[]).unwrap();
        assert!(open.admits("setup.internal:8080"));
        assert!(open.admits("localhost:8080"));
        assert!(!open.admits("evil.example"));
        assert!(!open.admits("setup.internal/x"));
        let address = Names::new("2001:DB8:0::7", &[]).unwrap();
        assert!(address.admits("[2001:db8::7]:8080"));
        assert!(!address.admits("[2001:db8::8]:8080"));
        let every = Names::new("0.0.0.0", &[]).unwrap();
        assert!(!every.admits("192.168.0.7:8080"));
        assert!(!every.admits("evil.example"));
        let named = Names::new("0.0.0.0", &["Setup.Contoso.example".to_owned()]).unwrap();
        assert!(named.admits("setup.contoso.example:443"));
        assert!(named.admits("localhost:8080"));
        assert!(!named.admits("evil.example"));
        assert!(Names::new("0.0.0.0", &["https://setup.contoso.example".to_owned()]).is_err());
        assert!(Names::new("0.0.0.0", &["setup.contoso.example:443".to_owned()]).is_err());
    }

    #[test]
    fn local_names_are_known() {
        for local in ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080"] {
            assert!(is_local(local), "{local}");
        }
        for other in ["", "setup.contoso.example", "10.0.0.1", "localhost.evil.example"] {
            assert!(!is_local(other), "{other}");
        }
    }
}
