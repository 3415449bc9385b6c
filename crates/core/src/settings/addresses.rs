//! Endpoints by the address that was called: every call looks one up, so that a look costs one place in memory and not a
//! string at each level of a tree.

use crate::ids::EndpointId;
use serde::{Deserialize, Serialize};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;

/// The same in each process: nothing depends on the order, but a rebuild is to be the same in every way.
type Hasher = BuildHasherDefault<DefaultHasher>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    from = "BTreeMap<String, EndpointId>",
    into = "BTreeMap<String, EndpointId>"
)]
pub(super) struct Addresses(HashMap<String, EndpointId, Hasher>);

impl Addresses {
    pub(super) fn get(&self, address: &str) -> Option<EndpointId> {
        self.0.get(address).copied()
    }

    pub(super) fn insert(&mut self, address: String, id: EndpointId) {
        self.0.insert(address, id);
    }

    pub(super) fn remove(&mut self, address: &str) {
        self.0.remove(address);
    }
}

impl From<BTreeMap<String, EndpointId>> for Addresses {
    fn from(kept: BTreeMap<String, EndpointId>) -> Self {
        Self(kept.into_iter().collect())
    }
}

impl From<Addresses> for BTreeMap<String, EndpointId> {
    fn from(it: Addresses) -> Self {
        it.0.into_iter().collect()
    }
}
