//! The capacity models of other products as profiles of ours, so that what is imported behaves as it did.

use super::{Beside, Capacity, ChannelRule, Label, LabelRule};
use std::collections::{BTreeMap, BTreeSet};

/// A media type of Genesys utilization.
pub struct GenesysMedia<C> {
    /// Which.
    pub channel: C,
    /// Its maximum capacity.
    pub max: u32,
    /// Its interruptable media types.
    pub interrupts: Vec<C>,
}

/// A label of Genesys utilization.
pub struct GenesysLabel {
    /// Which.
    pub label: &'static str,
    /// Its maximum capacity.
    pub max: u32,
    /// The labels that it interrupts.
    pub interrupts: Vec<&'static str>,
}

/// A channel of an Amazon Connect routing profile.
pub struct AmazonChannel<C> {
    /// Which.
    pub channel: C,
    /// Its media concurrency.
    pub concurrency: u32,
    /// Its cross-channel behavior.
    pub across: CrossChannel,
}

/// The cross-channel behavior of a channel: what comes while the agent has a contact of it.
#[derive(Clone, Copy)]
pub enum CrossChannel {
    /// `ROUTE_CURRENT_CHANNEL_ONLY`.
    CurrentOnly,
    /// `ROUTE_ANY_CHANNEL`.
    Any,
}

impl<C: Ord + Copy> Capacity<C> {
    fn counted(channels: impl IntoIterator<Item = (C, ChannelRule<C>)>) -> Self {
        Self {
            units_total: None,
            channels: channels.into_iter().collect(),
            labels: BTreeMap::new(),
        }
    }

    /// Genesys utilization: a maximum for each media type, and for each label, which is looked at after the media; an
    /// agent who has something of one media type gets another only where that interrupts it.
    #[must_use]
    pub fn genesys(media: Vec<GenesysMedia<C>>, labels: Vec<GenesysLabel>) -> Self {
        let media = media.into_iter().map(|it| {
            let rule = ChannelRule {
                max: it.max,
                beside: Beside::SameChannel,
                interrupts: it.interrupts.into_iter().collect(),
            };
            (it.channel, rule)
        });
        let name = |it: &str| Label(it.to_owned());
        let labels = labels.into_iter().map(|it| {
            let rule = LabelRule {
                max: it.max,
                interrupts: it.interrupts.into_iter().map(name).collect(),
            };
            (name(it.label), rule)
        });
        Self {
            labels: labels.collect(),
            ..Self::counted(media)
        }
    }

    /// TaskRouter's worker channels: a capacity for each task channel, and none knows of the others.
    #[must_use]
    pub fn task_router(channels: impl IntoIterator<Item = (C, u32)>) -> Self {
        Self::counted(channels.into_iter().map(|(channel, max)| {
            let rule = ChannelRule {
                max,
                beside: Beside::AnyChannel,
                interrupts: BTreeSet::new(),
            };
            (channel, rule)
        }))
    }

    /// An Amazon Connect routing profile: a concurrency for each channel, and what comes beside it.
    #[must_use]
    pub fn amazon(channels: impl IntoIterator<Item = AmazonChannel<C>>) -> Self {
        Self::counted(channels.into_iter().map(|it| {
            let rule = ChannelRule {
                max: it.concurrency,
                beside: match it.across {
                    CrossChannel::CurrentOnly => Beside::SameChannel,
                    CrossChannel::Any => Beside::AnyChannel,
                },
                interrupts: BTreeSet::new(),
            };
            (it.channel, rule)
        }))
    }

    /// Dynamics 365 by units: what a contact takes of the agent's total is all that counts.
    #[must_use]
    pub fn dynamics(units_total: u32, channels: impl IntoIterator<Item = C>) -> Self {
        let channels = channels.into_iter().map(|channel| (channel, u32::MAX));
        Self {
            units_total: Some(units_total),
            ..Self::task_router(channels)
        }
    }
}
