//! Which addresses the relay may connect to: public ones, and private ranges that were opened by name.
//!
//! A name on the allow-list may still resolve into the network that the relay stands in (DNS rebinding, SSRF). Private
//! Link workspaces want exactly that, so an operator may open single ranges with `--private`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use engine::problem::Problem;

/// IPv4 ranges that are not the public Internet (IANA IPv4 Special-Purpose Address Registry, multicast and class E).
const SPECIAL_V4: [(Ipv4Addr, u8); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32), // Azure's platform, reachable from every virtual machine
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 3),
];

/// IPv6 ranges inside global unicast (2000::/3) that are not the public Internet: protocol assignments with Teredo,
/// documentation, 6to4. Outside 2000::/3 nothing is public but NAT64, which is judged by the address it carries.
const SPECIAL_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

const GLOBAL_UNICAST: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
const NAT64: (Ipv6Addr, u8) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// The ranges that `--private` may open, whole or in part (RFC 1918, RFC 6598, RFC 4193). Loopback and link-local
/// are never among them.
const PRIVATE: [Range; 5] = [
    Range::v4(Ipv4Addr::new(10, 0, 0, 0), 8),
    Range::v4(Ipv4Addr::new(172, 16, 0, 0), 12),
    Range::v4(Ipv4Addr::new(192, 168, 0, 0), 16),
    Range::v4(Ipv4Addr::new(100, 64, 0, 0), 10),
    Range::v6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
];

/// Where clouds answer their own machines, with credentials among other things. No option leads there: neither
/// `--private`, though some lie inside private ranges, nor `--route`. Each from its cloud's documentation.
const NEVER: [Range; 8] = [
    Range::v4(Ipv4Addr::new(169, 254, 0, 0), 16), // link-local (RFC 3927): 169.254.169.254 of nearly every cloud
    Range::v4(Ipv4Addr::new(168, 63, 129, 16), 32), // Azure's platform
    Range::v4(Ipv4Addr::new(100, 100, 100, 200), 32), // Alibaba's metadata
    Range::v4(Ipv4Addr::new(192, 0, 0, 192), 32), // Oracle's metadata, before 169.254.169.254
    Range::v6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10), // link-local (RFC 4291)
    Range::v6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0), 32), // AWS: metadata ::254, credentials of pods ::23
    Range::v6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254), 128), // Google's metadata
    Range::v6(Ipv6Addr::new(0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe), 128), // Oracle's metadata
];

/// A range of addresses in CIDR notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    address: IpAddr,
    length: u8,
}

impl Range {
    const fn v4(address: Ipv4Addr, length: u8) -> Self {
        Self { address: IpAddr::V4(address), length }
    }

    const fn v6(address: Ipv6Addr, length: u8) -> Self {
        Self { address: IpAddr::V6(address), length }
    }

    /// Whether all of another range lies inside.
    fn covers(self, other: Self) -> bool {
        self.length <= other.length && self.contains(other.address)
    }

    fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
        let length: u8 = digits.then(|| length.parse().ok())??;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        (length <= longest).then_some(Self { address, length })
    }

    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => in_v4(address, base, self.length),
            (IpAddr::V6(base), IpAddr::V6(address)) => in_v6(address, base, self.length),
            _ => false,
        }
    }
}

/// The private ranges that were opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Opened(Vec<Range>);

impl Opened {
    /// Reads the entries given with `--private`.
    ///
    /// # Errors
    /// A [`Problem`] that names the entry.
    pub(crate) fn parse(entries: &[String]) -> Result<Self, Problem> {
        let wrong = |entry: &str, why: &str| {
            Problem::new(
                format!("--private {entry}: this range cannot be opened."),
                why,
                "Give the range of the workspace's private endpoints, such as --private 10.20.0.0/16.",
            )
        };
        let read = |entry: &String| {
            let range = Range::parse(entry)
                .ok_or_else(|| wrong(entry, "It is not an address, a slash and a prefix length."))?;
            if NEVER.iter().any(|whole| whole.covers(range)) {
                Err(wrong(
                    entry,
                    "A cloud answers its own machines there, with credentials too, and Databricks never does.",
                ))
            } else if PRIVATE.iter().any(|whole| whole.covers(range)) {
                Ok(range)
            } else {
                Err(wrong(
                    entry,
                    "Only ranges inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 and fc00::/7 can \
                     be opened; public addresses need no opening, and this machine's own stay closed.",
                ))
            }
        };
        entries.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Lets the addresses of a name pass when each of them may be connected to.
    ///
    /// # Errors
    /// The first address that may not.
    pub(crate) fn vet(&self, addresses: impl IntoIterator<Item = IpAddr>) -> Result<(), IpAddr> {
        let closed = |address: &IpAddr| {
            let address = address.to_canonical();
            is_never(address) || (!is_public(address) && !self.0.iter().any(|range| range.contains(address)))
        };
        addresses.into_iter().find(closed).map_or(Ok(()), Err)
    }
}

/// Whether `--private` could open an address.
pub(crate) fn may_be_opened(address: IpAddr) -> bool {
    !is_never(address) && PRIVATE.iter().any(|whole| whole.contains(address.to_canonical()))
}

/// Whether an address is one that no option leads to, in itself or as the IPv4 address that it carries.
pub(crate) fn is_never(address: IpAddr) -> bool {
    let address = carried(address.to_canonical());
    NEVER.iter().any(|range| range.contains(address))
}

/// The IPv4 address inside one of NAT64 (RFC 6052), and every other address as it is.
fn carried(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) if in_v6(address, NAT64.0, NAT64.1) => {
            let [.., a, b, c, d] = address.octets();
            IpAddr::V4(Ipv4Addr::new(a, b, c, d))
        }
        address => address,
    }
}

/// Whether an address belongs to the public Internet.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match carried(address.to_canonical()) {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|(base, length)| in_v4(address, *base, *length)),
        IpAddr::V6(address) => {
            in_v6(address, GLOBAL_UNICAST.0, GLOBAL_UNICAST.1)
                && !SPECIAL_V6.iter().any(|(base, length)| in_v6(address, *base, *length))
        }
    }
}

fn in_v4(address: Ipv4Addr, base: Ipv4Addr, length: u8) -> bool {
    let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
    address.to_bits() & mask == base.to_bits() & mask
}

fn in_v6(address: Ipv6Addr, base: Ipv6Addr, length: u8) -> bool {
    let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
    address.to_bits() & mask == base.to_bits() & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn public_addresses_pass() {
        for good in [
            "20.42.4.209",
            "8.8.8.8",
            "1.1.1.1",
            "172.15.255.255",
            "172.32.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "223.255.255.255",
            "2603:1030:20e::1",
            "2a00:1450:4001::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(ip(good)), "{good}");
        }
    }

    #[test]
    fn everything_else_is_closed() {
        for bad in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "::8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::808:808",
            "100::1",
            "2001::1",
            "2001:0:808:808::1",
            "2001:2::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:a00:1::1",
            "2002:808:808::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(ip(bad)), "{bad}");
        }
    }

    #[test]
    fn one_closed_address_spoils_the_name() {
        let none = Opened::default();
        assert_eq!(none.vet([ip("8.8.8.8"), ip("2603:1030:20e::1")]), Ok(()));
        assert_eq!(none.vet([ip("8.8.8.8"), ip("10.1.2.3")]), Err(ip("10.1.2.3")));
    }

    #[test]
    fn only_the_opened_range_is_reached() {
        let opened = Opened::parse(&["10.20.0.0/16".to_owned(), "fd00:20::/32".to_owned()]).unwrap();
        assert_eq!(opened.vet([ip("10.20.1.1"), ip("fd00:20::1"), ip("::ffff:10.20.0.1")]), Ok(()));
        for closed in ["10.21.0.1", "127.0.0.1", "::1", "169.254.169.254", "fd00:21::1", "64:ff9b::a14:101"] {
            assert_eq!(opened.vet([ip(closed)]), Err(ip(closed)));
        }
    }

    #[test]
    fn no_option_leads_to_what_clouds_answer_their_own_machines() {
        let ranges = ["fc00::/7", "fd00::/8", "100.64.0.0/10", "10.0.0.0/8"].map(str::to_owned);
        let opened = Opened::parse(&ranges).unwrap();
        for beside in ["fd00:ec3::254", "fd20:ce::255", "fd00:c1::a9fe:a9ff", "100.100.100.201"] {
            assert_eq!(opened.vet([ip(beside)]), Ok(()), "{beside}");
            assert!(may_be_opened(ip(beside)) && !is_never(ip(beside)), "{beside}");
        }
        for never in [
            "169.254.169.254",
            "169.254.170.2",
            "168.63.129.16",
            "100.100.100.200",
            "192.0.0.192",
            "fe80::a9fe:a9fe",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "fd20:ce::254",
            "fd00:c1::a9fe:a9fe",
            "::ffff:100.100.100.200",
            "64:ff9b::a9fe:a9fe",
        ] {
            assert_eq!(opened.vet([ip(never)]), Err(ip(never)), "{never}");
            assert!(is_never(ip(never)) && !may_be_opened(ip(never)), "{never}");
        }
        for alone in ["fd00:ec2::/32", "fd00:ec2::254/128", "fd20:ce::254/128", "100.100.100.200/32"] {
            let problem = Opened::parse(&[alone.to_owned()]).unwrap_err();
            let why =
                "A cloud answers its own machines there, with credentials too, and Databricks never does.";
            assert_eq!(problem.why, why, "{alone}");
        }
    }

    #[test]
    fn only_private_ranges_can_be_opened() {
        for good in
            ["10.0.0.0/8", "10.1.2.3/32", "172.16.0.0/12", "192.168.0.0/24", "100.64.0.0/10", "fd00::/8"]
        {
            assert!(Opened::parse(&[good.to_owned()]).is_ok(), "{good}");
        }
        for bad in [
            "",
            "10.0.0.0",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/+8",
            "10.0.0.0/7",
            "0.0.0.0/0",
            "127.0.0.0/8",
            "127.0.0.1/32",
            "169.254.169.254/32",
            "8.8.8.0/24",
            "::/0",
            "::1/128",
            "fe80::/10",
            "fc00::/6",
            "::ffff:10.0.0.0/104",
            "contoso.example/8",
        ] {
            assert!(Opened::parse(&[bad.to_owned()]).is_err(), "{bad}");
        }
    }
}
