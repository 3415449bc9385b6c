//! Documents of one kind by their number: those that calls look up stand in pages, the others in a tree.

use super::Versioned;
use crate::by_id::{ById, Numbered};
use std::collections::BTreeMap;

pub(super) trait Documents<K, T> {
    fn n(&self) -> usize;
    fn at(&self, id: K) -> Option<&Versioned<T>>;
    fn put(&mut self, id: K, it: Versioned<T>);
    /// In order.
    fn versions(&self) -> Vec<(K, u64)>;
}

impl<K: Copy + Ord, T> Documents<K, T> for BTreeMap<K, Versioned<T>> {
    fn n(&self) -> usize {
        self.len()
    }

    fn at(&self, id: K) -> Option<&Versioned<T>> {
        self.get(&id)
    }

    fn put(&mut self, id: K, it: Versioned<T>) {
        self.insert(id, it);
    }

    fn versions(&self) -> Vec<(K, u64)> {
        self.iter().map(|(id, it)| (*id, it.version)).collect()
    }
}

impl<K: Numbered, T> Documents<K, T> for ById<K, Versioned<T>> {
    fn n(&self) -> usize {
        self.len()
    }

    fn at(&self, id: K) -> Option<&Versioned<T>> {
        self.get(id)
    }

    fn put(&mut self, id: K, it: Versioned<T>) {
        self.insert(id, it);
    }

    fn versions(&self) -> Vec<(K, u64)> {
        self.iter().map(|(id, it)| (id, it.version)).collect()
    }
}
