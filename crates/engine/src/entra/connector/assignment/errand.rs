//! Sending many small changes, and looking until all of them show: what assigning and taking away have in common.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::entra::graph::{BatchRequest, Graph, GraphError, MOST};
use crate::entra::replication::{Gone, Settling, Tried, Waiting, until};
use crate::env::Env;
use crate::stop::Control;

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// So many are through.
    pub done: usize,
    /// Of so many.
    pub of: usize,
    /// What is waited for: all is sent, and some of it does not show yet.
    pub waiting: Option<Waiting>,
}

/// What came of it. Who is assigned is named by their object id, an assignment by its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome<K> {
    /// As it was wanted, read back; what was so before is among them.
    pub done: Vec<K>,
    /// What Graph agreed to, but does not show yet.
    pub late: Vec<K>,
    /// What failed, and why. The others went through all the same.
    pub refused: Vec<(K, GraphError)>,
}

/// What an answer means.
pub(super) enum Verdict {
    /// It is done, and shows at some time.
    Taken,
    /// It ends this one.
    Refused(GraphError),
    /// A later look shows what came of it; where it does not show, it is sent again.
    Open(GraphError),
}

/// What goes with it everywhere.
pub(super) struct Errand<'e, 'g, E> {
    pub(super) graph: &'e Graph<'g, E>,
    pub(super) control: &'e Control,
    pub(super) tell: &'e dyn Fn(Reached),
}

impl<E: Env> Errand<'_, '_, E> {
    /// Sends what is not as it should be, and looks until it is. `read` brings what is as it should be.
    pub(super) async fn run<K: Ord + Clone>(
        &self,
        wanted: Vec<K>,
        before: BTreeSet<K>,
        read: impl AsyncFn() -> Result<BTreeSet<K>, GraphError>,
        request: impl Fn(&K) -> BatchRequest,
        judge: impl Fn(Result<Value, GraphError>) -> Result<Verdict, GraphError>,
    ) -> Result<Outcome<K>, Gone> {
        let (of, mut shown, mut sent) = (wanted.len(), before, Sent::default());
        let open: Vec<&K> = wanted.iter().filter(|key| !shown.contains(key)).collect();
        let settled = of - open.len();
        // The time that a change may take to show begins when all are sent: sending may take longer than that.
        for (at, some) in open.chunks(MOST).enumerate() {
            self.control.gate().await?;
            (self.tell)(Reached { done: settled + at * MOST, of, waiting: None });
            sent.send(self.graph, some, &request, &judge).await?;
        }
        (self.tell)(Reached { done: of, of, waiting: None });
        let waits = |waiting| (self.tell)(Reached { done: of, of, waiting: Some(waiting) });
        if open.is_empty() {
            return Ok(sent.outcome(wanted, &shown));
        }
        let ended = until(self.graph.env, self.control, &waits, async || {
            shown = match read().await {
                Err(error) if Settling::Read.is_not_yet(&error) => return Ok(Tried::NotYet(Some(error))),
                now => now?,
            };
            let open = |key: &&K| !shown.contains(key) && !sent.refused.contains_key(key);
            let open: Vec<&K> = wanted.iter().filter(open).collect();
            if open.is_empty() {
                return Ok(Tried::Ready(()));
            }
            let again: Vec<&K> = open.into_iter().filter(|key| !sent.taken.contains(key)).collect();
            for some in again.chunks(MOST) {
                sent.send(self.graph, some, &request, &judge).await?;
            }
            Ok(Tried::NotYet(None))
        })
        .await;
        match ended {
            // Each tells for itself.
            Ok(()) | Err(Gone::TimeUp(_)) => Ok(sent.outcome(wanted, &shown)),
            Err(gone) => Err(gone),
        }
    }
}

/// What was sent, and what came back.
struct Sent<K> {
    taken: BTreeSet<K>,
    refused: BTreeMap<K, GraphError>,
    last: BTreeMap<K, GraphError>,
}

impl<K> Default for Sent<K> {
    fn default() -> Self {
        Self { taken: BTreeSet::new(), refused: BTreeMap::new(), last: BTreeMap::new() }
    }
}

impl<K: Ord + Clone> Sent<K> {
    async fn send<E: Env>(
        &mut self,
        graph: &Graph<'_, E>,
        keys: &[&K],
        request: impl Fn(&K) -> BatchRequest,
        judge: impl Fn(Result<Value, GraphError>) -> Result<Verdict, GraphError>,
    ) -> Result<(), GraphError> {
        let requests: Vec<BatchRequest> = keys.iter().map(|key| request(key)).collect();
        for (&key, result) in keys.iter().zip(graph.batch(&requests).await) {
            self.last.remove(key);
            match judge(result)? {
                Verdict::Taken => drop(self.taken.insert(key.clone())),
                Verdict::Refused(error) => drop(self.refused.insert(key.clone(), error)),
                Verdict::Open(error) => drop(self.last.insert(key.clone(), error)),
            }
        }
        Ok(())
    }

    fn outcome(mut self, wanted: Vec<K>, shown: &BTreeSet<K>) -> Outcome<K> {
        let mut outcome = Outcome { done: Vec::new(), late: Vec::new(), refused: Vec::new() };
        for key in wanted {
            let failed = self.refused.remove(&key).or_else(|| self.last.remove(&key));
            match failed {
                _ if shown.contains(&key) => outcome.done.push(key),
                Some(error) => outcome.refused.push((key, error)),
                None => outcome.late.push(key),
            }
        }
        outcome
    }
}

/// Each once, in order.
pub(super) fn once<K: Ord + Clone>(keys: &[K]) -> Vec<K> {
    let mut seen = BTreeSet::new();
    keys.iter().filter(|key| seen.insert(*key)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::graph::GraphErrorKind;

    fn error(status: u16) -> GraphError {
        let (code, message, request_id) = Default::default();
        GraphError {
            doing: "assign".to_owned(),
            kind: GraphErrorKind::Refused { status, code, message, request_id },
        }
    }

    #[test]
    fn what_shows_is_done_whatever_was_answered() {
        let mut sent = Sent::default();
        sent.last.extend([(1, error(404)), (4, error(503))]);
        sent.taken.insert(2);
        sent.refused.insert(3, error(403));
        let outcome = sent.outcome(vec![1, 2, 3, 4], &BTreeSet::from([1]));
        assert_eq!((outcome.done, outcome.late), (vec![1], vec![2]));
        assert_eq!(outcome.refused, [(3, error(403)), (4, error(503))]);
    }

    #[test]
    fn each_is_sent_once() {
        assert_eq!(once(&[2, 1, 2, 3, 1]), [2, 1, 3]);
    }
}
