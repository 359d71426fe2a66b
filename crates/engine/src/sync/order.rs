//! Ordered collections built one by one. Collecting would sort first, and a sorting routine for every type is a good part of
//! what the page would load.

use std::collections::{BTreeMap, BTreeSet};

/// A set of these.
pub(super) fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

/// A map of these; of two with one key the later one stays.
pub(super) fn index<K: Ord, V>(items: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut index = BTreeMap::new();
    index.extend(items);
    index
}
