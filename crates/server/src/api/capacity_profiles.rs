//! Capacity profiles: how much agents may have at once.

use super::settings::{Resource, settings_routes};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::capacity;
use tandem_core::contact;
use tandem_core::ids::CapacityProfileId;
use tandem_core::settings::{Document, Kind, Versioned};
use tandem_core::state::State;
use utoipa::ToSchema;

/// A capacity profile.
#[derive(Serialize, ToSchema)]
pub(super) struct CapacityProfile {
    id: u64,
    version: u64,
    #[serde(flatten)]
    body: CapacityProfileSent,
}

/// What is sent to create or change a capacity profile.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CapacityProfileSent {
    name: String,
    /// 1 to 1000; units are not counted when left out.
    #[serde(default)]
    units_total: Option<u32>,
    /// What is left out is not taken.
    channels: Channels,
    /// How many contacts of a label at once; of others as many as there is room for.
    #[serde(default)]
    labels: Vec<LabelRule>,
}

/// How contacts of each channel are taken.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Channels {
    /// At most one at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    voice: Option<ChannelRule>,
    /// Up to 25 at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    voicemail: Option<ChannelRule>,
}

/// How contacts of one channel are taken.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChannelRule {
    /// How many at once.
    max: u32,
    /// What else comes while one of them is there.
    #[serde(default = "same_channel")]
    beside: Beside,
    /// The channels that it interrupts: their contacts do not count against one of this channel. Calls interrupt
    /// messages, and nothing interrupts calls.
    #[serde(default)]
    interrupts: BTreeSet<Channel>,
}

/// What else comes to an agent who has a contact of a channel.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Beside {
    AnyChannel,
    SameChannel,
}

/// On what a contact comes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Channel {
    Voice,
    Voicemail,
}

/// How contacts of one label are taken.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LabelRule {
    label: String,
    /// How many at once, 0 to 25.
    max: u32,
}

const fn same_channel() -> Beside {
    Beside::SameChannel
}

settings_routes!(
    CapacityProfile,
    CapacityProfileSent,
    "capacity-profiles",
    "/{center}/capacity-profiles",
    "/{center}/capacity-profiles/{id}"
);

impl Resource for CapacityProfile {
    type Sent = CapacityProfileSent;
    const KIND: Kind = Kind::CapacityProfile;

    fn all(state: &State) -> Vec<Self> {
        let profiles = state.settings.capacity_profiles.iter();
        profiles.map(|(id, it)| Self::of(*id, it)).collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        let id = CapacityProfileId(id);
        let profiles = &state.settings.capacity_profiles;
        profiles.get(&id).map(|it| Self::of(id, it))
    }

    fn document(sent: CapacityProfileSent, _state: &State) -> Result<Document, Problem> {
        let mut labels = BTreeMap::new();
        for it in sent.labels {
            let rule = capacity::LabelRule {
                max: it.max,
                interrupts: BTreeSet::new(),
            };
            let label = capacity::Label(it.label);
            if labels.insert(label, rule).is_some() {
                let detail = "stands there twice; write one limit for it";
                return Err(Problem::invalid("labels.label", detail));
            }
        }
        let Channels { voice, voicemail } = sent.channels;
        let voice = voice.map(|it| (contact::Channel::Voice, it.into()));
        let voicemail = voicemail.map(|it| (contact::Channel::Voicemail, it.into()));
        Ok(Document::CapacityProfile(capacity::CapacityProfile {
            name: sent.name,
            capacity: capacity::Capacity {
                units_total: sent.units_total,
                channels: voice.into_iter().chain(voicemail).collect(),
                labels,
            },
        }))
    }
}

impl From<ChannelRule> for capacity::ChannelRule<contact::Channel> {
    fn from(sent: ChannelRule) -> Self {
        Self {
            max: sent.max,
            beside: match sent.beside {
                Beside::AnyChannel => capacity::Beside::AnyChannel,
                Beside::SameChannel => capacity::Beside::SameChannel,
            },
            interrupts: { sent.interrupts.into_iter() }
                .map(|it| match it {
                    Channel::Voice => contact::Channel::Voice,
                    Channel::Voicemail => contact::Channel::Voicemail,
                })
                .collect(),
        }
    }
}

impl From<&capacity::ChannelRule<contact::Channel>> for ChannelRule {
    fn from(it: &capacity::ChannelRule<contact::Channel>) -> Self {
        Self {
            max: it.max,
            beside: match it.beside {
                capacity::Beside::AnyChannel => Beside::AnyChannel,
                capacity::Beside::SameChannel => Beside::SameChannel,
            },
            interrupts: { it.interrupts.iter() }
                .map(|it| match it {
                    contact::Channel::Voice => Channel::Voice,
                    contact::Channel::Voicemail => Channel::Voicemail,
                })
                .collect(),
        }
    }
}

impl CapacityProfile {
    fn of(id: CapacityProfileId, it: &Versioned<capacity::CapacityProfile>) -> Self {
        let capacity = &it.document.capacity;
        let rule = |channel| capacity.channels.get(&channel).map(Into::into);
        let labels = capacity.labels.iter().map(|(label, rule)| LabelRule {
            label: label.0.clone(),
            max: rule.max,
        });
        let body = CapacityProfileSent {
            name: it.document.name.clone(),
            units_total: capacity.units_total,
            channels: Channels {
                voice: rule(contact::Channel::Voice),
                voicemail: rule(contact::Channel::Voicemail),
            },
            labels: labels.collect(),
        };
        Self {
            id: id.0,
            version: it.version,
            body,
        }
    }
}
