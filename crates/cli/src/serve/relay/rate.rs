//! How many requests the relay takes: by peer, and in all. Token buckets; the time is given, not read.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use crate::peers::network;

/// Requests per second and at once, of one peer. Databricks' own limits are far below.
const PEER: (f64, f64) = (50.0, 100.0);
/// Requests per second and at once, of all peers.
const ALL: (f64, f64) = (200.0, 400.0);
/// Peers that are remembered; when there are more, those whose buckets are full again are forgotten.
const PEERS: usize = 1024;

/// The buckets.
pub(crate) struct Limiter {
    all: Bucket,
    peers: HashMap<IpAddr, Bucket>,
}

impl Limiter {
    /// Full buckets.
    pub(crate) fn new() -> Self {
        Self { all: Bucket::full(ALL), peers: HashMap::new() }
    }

    /// Takes one request of a peer, at a time since any fixed start.
    ///
    /// # Errors
    /// How long to wait.
    pub(crate) fn take(&mut self, peer: IpAddr, now: Duration) -> Result<(), Duration> {
        if self.peers.len() >= PEERS {
            self.peers.retain(|_, bucket| !bucket.is_full(PEER, now));
        }
        let key = network(peer);
        if self.peers.len() >= PEERS && !self.peers.contains_key(&key) {
            return Err(Duration::from_secs(1));
        }
        // The peer's own bucket first: one that asks too much must not use up what is left for the others.
        self.peers.entry(key).or_insert_with(|| Bucket::full(PEER)).take(PEER, now)?;
        self.all.take(ALL, now)
    }
}

struct Bucket {
    tokens: f64,
    at: Duration,
}

impl Bucket {
    const fn full((_, burst): (f64, f64)) -> Self {
        Self { tokens: burst, at: Duration::ZERO }
    }

    fn filled(&self, (rate, burst): (f64, f64), now: Duration) -> f64 {
        (self.tokens + now.saturating_sub(self.at).as_secs_f64() * rate).min(burst)
    }

    fn is_full(&self, limit: (f64, f64), now: Duration) -> bool {
        self.filled(limit, now) >= limit.1
    }

    fn take(&mut self, limit: (f64, f64), now: Duration) -> Result<(), Duration> {
        self.tokens = self.filled(limit, now);
        self.at = now.max(self.at);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            Ok(())
        } else {
            Err(Duration::from_secs_f64((1.0 - self.tokens) / limit.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv6Addr;

    fn peer(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn a_peer_has_a_burst_and_then_a_rate() {
        let mut limiter = Limiter::new();
        let now = Duration::from_secs(10);
        for _ in 0..100 {
            assert_eq!(limiter.take(peer(1), now), Ok(()));
        }
        assert_eq!(limiter.take(peer(1), now), Err(Duration::from_millis(20)));
        assert_eq!(limiter.take(peer(2), now), Ok(()));
        let later = now + Duration::from_millis(20);
        assert_eq!(limiter.take(peer(1), later), Ok(()));
        assert!(limiter.take(peer(1), later).is_err());
    }

    #[test]
    fn all_peers_together_have_one_too() {
        let mut limiter = Limiter::new();
        let taken = (1..=5)
            .flat_map(|last| std::iter::repeat_n(peer(last), 100))
            .filter(|peer| limiter.take(*peer, Duration::ZERO).is_ok())
            .count();
        assert_eq!(taken, 400);
    }

    #[test]
    fn one_ipv6_network_is_one_peer_and_memory_is_bounded() {
        let mut limiter = Limiter::new();
        for host in 0..100u16 {
            let address = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, host));
            assert_eq!(limiter.take(address, Duration::ZERO), Ok(()));
        }
        assert!(limiter.take("2001:db8::ffff:1".parse().unwrap(), Duration::ZERO).is_err());
        for network in 0..5000u16 {
            let _ =
                limiter.take(IpAddr::V6(Ipv6Addr::new(0x2600, network, 0, 0, 0, 0, 0, 1)), Duration::ZERO);
        }
        assert!(limiter.peers.len() <= PEERS);
        assert_eq!(limiter.take(peer(9), Duration::from_secs(60)), Ok(()));
    }
}
