//! Which `Host` headers are answered. A foreign name that was made to resolve to this machine (DNS rebinding) would
//! otherwise share the page's origin.

use std::net::IpAddr;

use engine::problem::Problem;

/// The names under which the page may be asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// Any name: the sockets are open to others and no `--host` was given.
    Any,
    /// These, `localhost` and loopback addresses.
    Only(Vec<String>),
}

impl Names {
    /// The names of a server that listens on `listen`.
    ///
    /// # Errors
    /// A [`Problem`] when a name given with `--host` is none.
    pub(crate) fn new(listen: &str, loopback: bool, given: &[String]) -> Result<Self, Problem> {
        if !loopback && given.is_empty() {
            return Ok(Self::Any);
        }
        let mut names = vec![listen.to_ascii_lowercase()];
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
        Ok(Self::Only(names))
    }

    /// Whether a `Host` header is one of ours.
    pub(crate) fn admits(&self, header: &str) -> bool {
        let header = header.to_ascii_lowercase();
        let Some(host) = host_of(&header) else { return false };
        let names = match self {
            Self::Any => return true,
            Self::Only(names) => names,
        };
        host == "localhost"
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            || names.iter().any(|name| name == host)
    }
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
        let names = Names::new("localhost", true, &[]).unwrap();
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
    fn an_open_socket_answers_any_name_until_names_are_given() {
        let open = Names::new("0.0.0.0", false, &[]).unwrap();
        assert_eq!(open, Names::Any);
        assert!(open.admits("setup.contoso.example"));
        assert!(!open.admits("setup.contoso.example/x"));
        let named = Names::new("0.0.0.0", false, &["Setup.Contoso.example".to_owned()]).unwrap();
        assert!(named.admits("setup.contoso.example:443"));
        assert!(named.admits("localhost:8080"));
        assert!(!named.admits("evil.example"));
        assert!(Names::new("0.0.0.0", false, &["https://setup.contoso.example".to_owned()]).is_err());
        assert!(Names::new("0.0.0.0", false, &["setup.contoso.example:443".to_owned()]).is_err());
    }
}
