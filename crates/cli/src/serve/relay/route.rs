//! Where an allowed host is reached when DNS does not say: `--route HOST=ADDRESS[:PORT]`.
//!
//! The operator names one host and one address, so a private address or this machine's own is taken as meant, which an
//! answer of DNS never is. Whatever answers there must still prove with its certificate that it is that host.

use std::net::{IpAddr, SocketAddr};

use engine::problem::Problem;

use super::address::is_never;
use super::allow::AllowList;

/// Hosts with the address that each is reached at. Port 0 stands for that of https.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Routes(Vec<(String, SocketAddr)>);

impl Routes {
    /// Reads the entries given with `--route`; their hosts must be allowed ones.
    ///
    /// # Errors
    /// A [`Problem`] that names the entry and what is wrong with it.
    pub(crate) fn parse(entries: &[String], allow: &AllowList) -> Result<Self, Problem> {
        let mut routes = Self::default();
        for entry in entries {
            let route = routes.read(entry, allow).map_err(|why| {
                Problem::new(
                    format!("--route {entry}: this route cannot be used."),
                    why,
                    "Give a host that --allow names, an equals sign and the address where it answers, such as \
                     --route adb-1234567890123456.7.azuredatabricks.net=10.20.0.4.",
                )
            })?;
            routes.0.push(route);
        }
        Ok(routes)
    }

    /// The address that a host is reached at, if one was given for it.
    pub(crate) fn of(&self, host: &str) -> Option<SocketAddr> {
        self.0.iter().find(|(routed, _)| routed == host).map(|(_, address)| *address)
    }

    fn read(&self, entry: &str, allow: &AllowList) -> Result<(String, SocketAddr), &'static str> {
        let (host, address) =
            entry.split_once('=').ok_or("It is not a host, an equals sign and an address.")?;
        let host = host.to_ascii_lowercase();
        if !allow.admits(&host) {
            return Err("No --allow names exactly this host, and only those are reached.");
        }
        if self.of(&host).is_some() {
            return Err("An earlier --route names the same host.");
        }
        let address = socket(address).ok_or(
            "After the equals sign stands an IP address, and after a colon its port if that is not 443. An IPv6 \
             address with a port stands in brackets.",
        )?;
        if leads_nowhere(address.ip()) {
            return Err(
                "No host of Databricks answers at this address: it is link-local, multicast, none, or where a cloud \
                 answers its own machines.",
            );
        }
        Ok((host, address))
    }
}

fn socket(text: &str) -> Option<SocketAddr> {
    let bracketed = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let alone = match bracketed {
        Some(text) => text.parse().ok().filter(IpAddr::is_ipv6),
        None => text.parse().ok(),
    };
    let with_port = || text.parse().ok().filter(|address: &SocketAddr| address.port() != 0);
    alone.map(|address| SocketAddr::new(address, 0)).or_else(with_port)
}

/// What no host can have, and where clouds answer their own machines' questions about credentials.
fn leads_nowhere(address: IpAddr) -> bool {
    let canonical = address.to_canonical();
    let broadcast = matches!(canonical, IpAddr::V4(address) if address.is_broadcast());
    is_never(address) || broadcast || canonical.is_unspecified() || canonical.is_multicast()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "adb-1.1.azuredatabricks.net";

    fn parse(entries: &[&str]) -> Result<Routes, Problem> {
        let allow = AllowList::parse(&[HOST.to_owned(), "accounts.azuredatabricks.net".to_owned()]).unwrap();
        let entries: Vec<String> = entries.iter().map(|entry| (*entry).to_owned()).collect();
        Routes::parse(&entries, &allow)
    }

    #[test]
    fn an_address_is_taken_as_meant() {
        for (entry, address) in [
            ("adb-1.1.azuredatabricks.net=10.20.0.4", "10.20.0.4:0"),
            ("ADB-1.1.AzureDatabricks.NET=127.0.0.1:8443", "127.0.0.1:8443"),
            ("adb-1.1.azuredatabricks.net=20.42.4.209", "20.42.4.209:0"),
            ("adb-1.1.azuredatabricks.net=::1", "[::1]:0"),
            ("adb-1.1.azuredatabricks.net=[::1]", "[::1]:0"),
            ("adb-1.1.azuredatabricks.net=[fd00:20::4]:8443", "[fd00:20::4]:8443"),
        ] {
            assert_eq!(parse(&[entry]).unwrap().of(HOST), Some(address.parse().unwrap()), "{entry}");
        }
    }

    #[test]
    fn a_route_is_for_exactly_its_host() {
        let routes = parse(&["adb-1.1.azuredatabricks.net=10.20.0.4"]).unwrap();
        for other in
            ["accounts.azuredatabricks.net", "adb-1.1.azuredatabricks.net.", "azuredatabricks.net", ""]
        {
            assert_eq!(routes.of(other), None, "{other}");
        }
        assert_eq!(Routes::default().of(HOST), None);
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        let form = "It is not a host, an equals sign and an address.";
        let host = "No --allow names exactly this host, and only those are reached.";
        let address = "After the equals sign stands an IP address, and after a colon its port if that is not 443. An \
                       IPv6 address with a port stands in brackets.";
        let nowhere = "No host of Databricks answers at this address: it is link-local, multicast, none, or where a \
                       cloud answers its own machines.";
        for (entry, why) in [
            ("", form),
            ("adb-1.1.azuredatabricks.net", form),
            ("10.20.0.4", form),
            ("=10.20.0.4", host),
            ("adb-1.1.azuredatabricks.net:443=10.20.0.4", host),
            ("adb-2.2.azuredatabricks.net=10.20.0.4", host),
            ("localhost=127.0.0.1", host),
            ("*=127.0.0.1", host),
            ("adb-1.1.azuredatabricks.net=", address),
            ("adb-1.1.azuredatabricks.net=localhost", address),
            ("adb-1.1.azuredatabricks.net=10.20.0.4:", address),
            ("adb-1.1.azuredatabricks.net=10.20.0.4:0", address),
            ("adb-1.1.azuredatabricks.net=10.20.0.4:65536", address),
            ("adb-1.1.azuredatabricks.net=[10.20.0.4]", address),
            ("adb-1.1.azuredatabricks.net=10.20.0.0/16", address),
            ("adb-1.1.azuredatabricks.net=https://10.20.0.4", address),
            ("adb-1.1.azuredatabricks.net=0x7f000001", address),
            ("adb-1.1.azuredatabricks.net=127.1", address),
            ("adb-1.1.azuredatabricks.net= 10.20.0.4", address),
            ("adb-1.1.azuredatabricks.net=0.0.0.0", nowhere),
            ("adb-1.1.azuredatabricks.net=[::]:443", nowhere),
            ("adb-1.1.azuredatabricks.net=169.254.169.254", nowhere),
            ("adb-1.1.azuredatabricks.net=::ffff:169.254.169.254", nowhere),
            ("adb-1.1.azuredatabricks.net=[fe80::1]:443", nowhere),
            ("adb-1.1.azuredatabricks.net=168.63.129.16", nowhere),
            ("adb-1.1.azuredatabricks.net=100.100.100.200:80", nowhere),
            ("adb-1.1.azuredatabricks.net=[fd00:ec2::254]:80", nowhere),
            ("adb-1.1.azuredatabricks.net=fd20:ce::254", nowhere),
            ("adb-1.1.azuredatabricks.net=64:ff9b::a9fe:a9fe", nowhere),
            ("adb-1.1.azuredatabricks.net=224.0.0.1", nowhere),
            ("adb-1.1.azuredatabricks.net=255.255.255.255", nowhere),
        ] {
            let problem = parse(&[entry]).unwrap_err();
            assert_eq!(problem.what, format!("--route {entry}: this route cannot be used."));
            assert_eq!(problem.why, why, "{entry}");
        }
        let twice =
            parse(&["adb-1.1.azuredatabricks.net=10.20.0.4", "ADB-1.1.azuredatabricks.net=10.20.0.5"]);
        assert_eq!(twice.unwrap_err().why, "An earlier --route names the same host.");
    }
}
