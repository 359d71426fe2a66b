//! Who is who among those that connect, and how many connections each may hold.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Connections that one peer may hold at a time.
const EACH: usize = 64;

/// A customer of an IPv6 network has at least a /64 to ask from.
pub(crate) fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64))
        }
        address => address,
    }
}

/// The open connections of each peer.
#[derive(Clone, Default)]
pub(crate) struct Peers(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl Peers {
    /// Counts a connection until the place is dropped; `None` when the peer holds too many. Loopback is not counted: a
    /// TLS front on this machine is one peer for everybody behind it.
    pub(crate) fn enter(&self, peer: IpAddr) -> Option<Place> {
        let network = network(peer);
        if network.is_loopback() {
            return Some(Place(None));
        }
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(network).or_default();
        if *count >= EACH {
            return None;
        }
        *count += 1;
        Some(Place(Some((self.clone(), network))))
    }
}

/// A counted connection.
pub(crate) struct Place(Option<(Peers, IpAddr)>);

impl Drop for Place {
    fn drop(&mut self) {
        let Some((peers, network)) = self.0.take() else { return };
        let mut open = peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&network) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_peer_cannot_hold_every_connection() {
        let peers = Peers::default();
        let one = |last: u16| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last));
        let mut held: Vec<_> = (0..64).map(|last| peers.enter(one(last)).unwrap()).collect();
        assert!(peers.enter(one(64)).is_none());
        assert!(peers.enter(IpAddr::from([192, 0, 2, 1])).is_some());
        held.pop();
        let again = peers.enter(one(64));
        assert!(again.is_some());
        assert!(peers.enter(one(65)).is_none());
        drop((held, again));
        assert!(peers.0.lock().unwrap().is_empty());
    }

    #[test]
    fn this_machine_is_not_counted() {
        let peers = Peers::default();
        for peer in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            let held: Vec<_> = (0..65).map(|_| peers.enter(peer.parse().unwrap())).collect();
            assert!(held.iter().all(Option::is_some), "{peer}");
        }
    }
}
