//! The versions of flows that the core remembers: a contact keeps the one that it entered, whatever was saved since.
//! Every version that there was is in the journal, and is read back from the audit that is made of it.

use super::Settings;
use crate::flow::Flow;
use crate::ids::FlowId;
use crate::limits;
use std::collections::BTreeSet;

impl Settings {
    /// A flow as a contact entered it.
    #[must_use]
    pub fn flow_at(&self, flow: FlowId, version: u64) -> Option<&Flow> {
        self.flow_versions.get(flow)?.get(&version)
    }

    pub(super) fn remember_flow(&mut self, id: FlowId, version: u64, flow: &Flow) {
        let versions = self.flow_versions.get_or_default(id);
        versions.insert(version, flow.clone());
    }

    /// How many versions of a flow are remembered that no contact needs to be in.
    fn n_remembered(&self, id: FlowId) -> usize {
        match self.flows.contains(id) {
            true => limits::FLOW_VERSIONS_MAX,
            false => 0,
        }
    }

    /// Whether there are versions that are remembered only for those who may be in them.
    pub(crate) fn has_old_versions(&self, id: FlowId) -> bool {
        let n = self.flow_versions.get(id).map_or(0, |it| it.len());
        n > self.n_remembered(id)
    }

    /// Forgets older versions of a flow, but for those that contacts are in.
    pub(crate) fn forget_old_versions(&mut self, id: FlowId, in_use: &BTreeSet<u64>) {
        let n_remembered = self.n_remembered(id);
        let Some(versions) = self.flow_versions.get_mut(id) else {
            return;
        };
        let n_old = versions.len().saturating_sub(n_remembered);
        let old: Vec<u64> = versions.keys().take(n_old).copied().collect();
        for version in old.iter().filter(|it| !in_use.contains(it)) {
            versions.remove(version);
        }
        if versions.is_empty() {
            self.flow_versions.remove(id);
        }
    }
}
