//! One level's records, and the copy that reads may still come from.

use std::collections::VecDeque;
use std::time::Duration;

use crate::Level;
use crate::random::Random;

use super::record::{Kind, Record, Records};

/// The records of one level. Writes are at once; lists, and some reads, see them after a while.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(super) level: Level,
    records: Records,
    replica: Records,
    /// When the replica learns of what: a record's new state, or that it is gone.
    pending: VecDeque<(Duration, u64, Option<Record>)>,
    replication: Duration,
    ids: Random,
}

impl Store {
    pub(super) fn new(level: Level, replication: Duration, ids: Random) -> Self {
        Self {
            level,
            records: Records::new(),
            replica: Records::new(),
            pending: VecDeque::new(),
            replication,
            ids,
        }
    }

    /// Adds a record that has always been there. Returns its id.
    pub(super) fn seed(&mut self, mut record: Record) -> u64 {
        record.id = self.new_id();
        let id = record.id;
        if !self.replication.is_zero() {
            self.replica.insert(id, record.clone());
        }
        self.records.insert(id, record);
        id
    }

    /// The records as they are.
    pub(super) const fn records(&self) -> &Records {
        &self.records
    }

    /// The records as the replica knows them now.
    pub(super) fn replica(&mut self, now: Duration) -> &Records {
        if self.replication.is_zero() {
            return &self.records;
        }
        while self.pending.front().is_some_and(|(visible, ..)| *visible <= now) {
            match self.pending.pop_front() {
                Some((_, id, Some(record))) => {
                    self.replica.insert(id, record);
                }
                Some((_, id, None)) => {
                    self.replica.remove(&id);
                }
                None => break,
            }
        }
        &self.replica
    }

    /// Creates a record and gives it an id.
    pub(super) fn create(&mut self, mut record: Record, now: Duration) -> u64 {
        record.id = self.new_id();
        let id = record.id;
        self.put(record, now);
        id
    }

    /// Replaces a record.
    pub(super) fn put(&mut self, record: Record, now: Duration) {
        if !self.replication.is_zero() {
            self.pending.push_back((now + self.replication, record.id, Some(record.clone())));
        }
        self.records.insert(record.id, record);
    }

    /// Removes a record, and it from the groups that hold it.
    pub(super) fn delete(&mut self, id: u64, now: Duration) {
        self.records.remove(&id);
        if !self.replication.is_zero() {
            self.pending.push_back((now + self.replication, id, None));
        }
        let holders: Vec<Record> =
            self.records.values().filter(|it| it.members.contains(&id)).cloned().collect();
        for mut holder in holders {
            holder.members.retain(|member| *member != id);
            self.put(holder, now);
        }
    }

    /// The record of that kind and id.
    pub(super) fn find(&self, kind: Kind, id: &str) -> Option<&Record> {
        self.records.get(&id.parse().ok()?).filter(|it| it.kind == kind)
    }

    /// A number of 63 bits, as the services give: larger than what JavaScript counts exactly, and in no order.
    fn new_id(&mut self) -> u64 {
        loop {
            let id = (self.ids.next() >> 1) | (1 << 55);
            if !self.records.contains_key(&id) {
                return id;
            }
        }
    }
}
