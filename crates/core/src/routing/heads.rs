//! The first who waits in each pool, side by side. Whoever becomes free looks at one of each pool that the agent is
//! in: to read them out of the pools' own lists would touch more memory than all else of the choice.

use super::WaitKey;
use super::pools::PoolId;
use super::room::PerChannel;
use crate::contact::Channel;
use crate::ids::ContactId;
use std::collections::BTreeSet;

/// A contact with its place.
pub(super) type Waits = (WaitKey, ContactId);

/// The first of each pool, by the pool's number.
#[derive(Clone, Debug, Default)]
pub(super) struct Heads(PerChannel<Vec<Option<Waits>>>);

impl Heads {
    /// Room for a pool, in which nobody waits yet.
    pub(super) fn open(&mut self, pool: PoolId) {
        for channel in Channel::ALL {
            let heads = self.0.get_mut(channel);
            if heads.len() <= pool.index() {
                heads.resize(pool.index() + 1, None);
            }
            if let Some(head) = heads.get_mut(pool.index()) {
                *head = None;
            }
        }
    }

    pub(super) fn get(&self, pool: PoolId, channel: Channel) -> Option<Waits> {
        *self.0.get(channel).get(pool.index())?
    }

    /// Somebody is in the list from now on.
    pub(super) fn joined(&mut self, pool: PoolId, channel: Channel, it: Waits) {
        if let Some(head) = self.0.get_mut(channel).get_mut(pool.index())
            && head.is_none_or(|head| it < head)
        {
            *head = Some(it);
        }
    }

    /// Somebody is in the list no longer.
    pub(super) fn left(
        &mut self,
        pool: PoolId,
        channel: Channel,
        it: Waits,
        list: &BTreeSet<Waits>,
    ) {
        if let Some(head) = self.0.get_mut(channel).get_mut(pool.index())
            && *head == Some(it)
        {
            *head = list.first().copied();
        }
    }
}
