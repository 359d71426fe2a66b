//! Faults on request: what networks and busy services do, from a seed of its own, never so often that patience fails.

use std::collections::HashMap;
use std::time::Duration;

use crate::Service;
use crate::http::Request;
use crate::random::Random;

/// The longest run of faults for one method and path.
const IN_A_ROW: u8 = 3;

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 429, with or without the seconds to wait.
    TooMany(Option<u8>),
    /// 500 that means the same (Databricks' SCIM service does so), or an internal error (Graph).
    Internal,
    /// 503 from the gateway.
    Unavailable,
    /// 401 of Graph: it does not take the token, though it is fine.
    BadToken,
    /// 401 of Graph without a word, as services behind it answer that have not heard of an object.
    Unknown,
    /// The connection is cut before the request takes effect.
    CutBefore,
    /// The connection is cut after the request took effect.
    CutAfter,
}

/// Decides, request by request.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    random: Random,
    streaks: HashMap<String, u8>,
    /// Whether Graph refuses tokens, too.
    refusals: bool,
}

impl Faults {
    pub(crate) fn new(seed: u64, refusals: bool) -> Self {
        Self { random: Random::new(seed), streaks: HashMap::new(), refusals }
    }

    /// The random source, for what a faulty answer looks like.
    pub(crate) const fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// How long the service takes this time.
    pub(crate) fn delay(&mut self) -> Duration {
        let usual = 20 + self.random.below(200);
        let slow = if self.random.chance(2) { 4_000 } else { 0 };
        Duration::from_millis((usual + slow) as u64)
    }

    /// What goes wrong with this request, if anything: fewer than one in ten, and never more than three in a row for
    /// one method and path.
    pub(crate) fn next(&mut self, service: Service, request: &Request) -> Option<Fault> {
        let path = request.path.split('?').next().unwrap_or_default();
        // Navigations and preflights are a person's and a browser's: nothing there would try again.
        if request.method == "OPTIONS"
            || (service == Service::SignIn && !path.ends_with("/oauth2/v2.0/token"))
        {
            return None;
        }
        let faulty = self.random.chance(9);
        let which = self.random.below(6);
        let seconds = u8::try_from(1 + self.random.below(3)).unwrap_or(1);
        let streak = self.streaks.entry(format!("{} {path}", request.method)).or_default();
        if !faulty || *streak >= IN_A_ROW {
            *streak = 0;
            return None;
        }
        *streak += 1;
        // Drawn only where it is asked for: the sequence of everybody else stays what a seed has always made.
        if self.refusals && service == Service::Graph && self.random.chance(25) {
            return Some(if which.is_multiple_of(2) { Fault::BadToken } else { Fault::Unknown });
        }
        Some(match (service, which) {
            // A code is used up by its redemption, so a token answer is never lost after the fact.
            (Service::SignIn, 0..3) => Fault::CutBefore,
            (Service::SignIn, _) => Fault::Unavailable,
            (_, 0) => Fault::TooMany(Some(seconds)),
            (_, 1) => Fault::TooMany(None),
            (_, 2) => Fault::Internal,
            (_, 3) => Fault::Unavailable,
            (_, 4) => Fault::CutBefore,
            (_, _) => Fault::CutAfter,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_rare_and_never_four_in_a_row() {
        let mut faults = Faults::new(11, false);
        let request = Request::new("POST", "/api/2.0/preview/scim/v2/Users");
        let mut total = 0;
        let mut row = 0;
        for _ in 0..100_000 {
            row = if faults.next(Service::Databricks, &request).is_some() { row + 1 } else { 0 };
            total += usize::from(row > 0);
            assert!(row <= 3);
        }
        assert!((8_000..10_000).contains(&total), "{total}");
    }

    #[test]
    fn tokens_are_refused_by_graph_alone_and_where_it_is_asked_for() {
        let refused = |service, refusals| {
            let mut faults = Faults::new(11, refusals);
            let request = Request::new("GET", "/v1.0/applications");
            let all = (0..10_000).filter_map(|_| faults.next(service, &request));
            all.filter(|fault| matches!(fault, Fault::BadToken | Fault::Unknown)).count()
        };
        let some = refused(Service::Graph, true);
        assert!((100..400).contains(&some), "{some}");
        assert_eq!(refused(Service::Graph, false), 0);
        assert_eq!(refused(Service::Databricks, true), 0);
    }

    #[test]
    fn navigations_are_spared() {
        let mut faults = Faults::new(11, true);
        let request = Request::new("GET", "/contoso.example/oauth2/v2.0/authorize?x=1");
        assert!((0..1_000).all(|_| faults.next(Service::SignIn, &request).is_none()));
    }
}
