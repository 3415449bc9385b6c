//! Contacts: one customer matter on one channel each, in exactly one state at a time (R-01, R-02a).

use crate::effect::{Effect, Repeat};
use crate::event::Event;
use crate::flow::{NodeId, Prompt};
use crate::ids::{
    AgentId, ContactId, CustomerHash, EffectId, EndpointId, FlowId, OfferId, QueueId, SubjectRef,
};
use crate::limits;
use crate::offer::{Offer, Ring, Stage};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A contact that is not over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Where the customer called.
    pub endpoint: EndpointId,
    /// Who calls, and what the edge knows of the call, among the personal data.
    pub arrival: SubjectRef,
    /// The customer's keyed hash.
    pub customer: CustomerHash,
    /// The correlation id of the other side.
    pub correlation: String,
    /// Context headers and collected digits.
    pub attributes: BTreeMap<String, String>,
    /// When it arrived.
    pub arrived_at: Timestamp,
    /// The call.
    pub call: Call,
    /// The flow that it entered, its version, the node and the number of visits.
    pub run: Option<Run>,
    /// What plays or is asked on the leg.
    pub media: Option<Media>,
    /// Where it stands.
    pub state: State,
    cooldowns: Vec<Cooldown>,
}

/// The call of a contact, as far as facts have told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The leg's opaque reference, once known.
    pub leg: Option<String>,
    /// Whether it came up.
    pub is_up: bool,
    /// The highest roster sequence seen.
    pub roster: u64,
    /// Whether a roster has shown the customer.
    pub customer_seen: bool,
    /// Whether the last roster since the agent's client began to ring showed the agent.
    pub agent_seen: bool,
}

/// A contact's walk through a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Which flow.
    pub flow: FlowId,
    /// The version that it entered.
    pub version: u64,
    /// The node that it is in.
    pub node: NodeId,
    /// How many nodes it has entered.
    pub visits: u32,
}

/// What plays or is asked on a leg.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// The order that started it; answers to an older one are ignored.
    pub effect: EffectId,
    /// What is heard.
    pub prompt: Prompt,
    /// Until when its end must be reported; `None` for what plays until stopped.
    pub until: Option<Timestamp>,
}

/// Where a contact stands. A variant owns the fields that are valid in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Being answered.
    Created,
    /// In its flow.
    InFlow,
    /// Waiting for an agent.
    Queued(Stay),
    /// Put to an agent.
    Offering(Stay, Offer),
    /// Talking to an agent.
    Connected(Stay, Engagement),
    /// The customer is gone, the agent owes work.
    WrapUp(Stay, Engagement, WrapUp),
}

/// A stay in a queue. It goes on through offers that come to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// Which queue.
    pub queue: QueueId,
    /// Since when.
    pub since: Timestamp,
    /// The priority band.
    pub band: u8,
    /// The place among equals.
    pub seq: u64,
    /// When the longest wait is over.
    pub until: Timestamp,
}

/// A conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engagement {
    /// With whom.
    pub agent: AgentId,
    /// The offer that led to it.
    pub offer: OfferId,
    /// Since when: the instant `media_joined` of R-03.
    pub since: Timestamp,
}

/// Work after a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrapUp {
    /// Since when.
    pub since: Timestamp,
    /// Until when, if it ends by time.
    pub until: Option<Timestamp>,
    /// How often it was extended.
    pub extensions: u32,
}

/// An agent whom the contact is not offered for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Cooldown {
    agent: AgentId,
    until: Timestamp,
}

/// The attribute that says by which exit a contact left its last queue; flows may branch on it.
pub const QUEUE_EXIT: &str = "queue_exit";

/// What is due for a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// The call did not come up.
    Answer,
    /// A prompt's end was not reported.
    Media,
    /// The longest wait is over.
    Wait,
    /// The offer ran out.
    Offer,
    /// The wrap-up ran out.
    WrapUp,
    /// An agent may be offered the contact again.
    Cooldown(AgentId),
}

impl Due {
    /// The reason of a wake-up, for people who read logs.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Answer => "a call did not come up",
            Self::Media => "a prompt's end was not reported",
            Self::Wait => "a longest wait is over",
            Self::Offer => "an offer runs out",
            Self::WrapUp => "a wrap-up runs out",
            Self::Cooldown(_) => "an agent may be offered a contact again",
        }
    }
}

impl Contact {
    /// The queue stay, in every state that has one.
    #[must_use]
    pub const fn stay(&self) -> Option<&Stay> {
        match &self.state {
            State::Created | State::InFlow => None,
            State::Queued(stay)
            | State::Offering(stay, _)
            | State::Connected(stay, _)
            | State::WrapUp(stay, _, _) => Some(stay),
        }
    }

    /// The agent whom the contact occupies.
    #[must_use]
    pub const fn agent(&self) -> Option<AgentId> {
        match &self.state {
            State::Created | State::InFlow | State::Queued(_) => None,
            State::Offering(_, offer) => Some(offer.agent),
            State::Connected(_, engagement) | State::WrapUp(_, engagement, _) => {
                Some(engagement.agent)
            }
        }
    }

    /// Whether the agent is not offered this contact for a while.
    #[must_use]
    pub fn is_cooling(&self, agent: AgentId) -> bool {
        self.cooldowns.iter().any(|it| it.agent == agent)
    }

    /// The agents who are not offered this contact for a while.
    pub(crate) fn cooling(&self) -> impl Iterator<Item = AgentId> + '_ {
        self.cooldowns.iter().map(|it| it.agent)
    }

    /// What is due next, and when.
    pub(crate) fn due(&self) -> Option<(Timestamp, Due)> {
        let of_state = match &self.state {
            State::Created => Some((
                self.arrived_at.plus_seconds(limits::ANSWER_SECONDS_MAX),
                Due::Answer,
            )),
            State::InFlow => self
                .media
                .as_ref()
                .and_then(|media| Some((media.until?, Due::Media))),
            State::Queued(stay) => Some((stay.until, Due::Wait)),
            State::Offering(_, offer) => Some((offer.deadline(), Due::Offer)),
            State::Connected(..) => None,
            State::WrapUp(_, _, wrap_up) => wrap_up.until.map(|until| (until, Due::WrapUp)),
        };
        let cooldown = match &self.state {
            State::Queued(_) | State::Offering(..) => self
                .cooldowns
                .iter()
                .map(|it| (it.until, Due::Cooldown(it.agent)))
                .min_by_key(|it| it.0),
            State::Created | State::InFlow | State::Connected(..) | State::WrapUp(..) => None,
        };
        [of_state, cooldown]
            .into_iter()
            .flatten()
            .min_by_key(|(at, _)| *at)
    }
}

/// All contacts that are not over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    by_id: BTreeMap<ContactId, Contact>,
}

impl Contacts {
    /// One contact.
    #[must_use]
    pub fn get(&self, id: ContactId) -> Option<&Contact> {
        self.by_id.get(&id)
    }

    /// All contacts, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (ContactId, &Contact)> {
        self.by_id.iter().map(|(id, contact)| (*id, contact))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Notes the invitation that ringing an agent was answered with.
    pub(crate) fn invited(&mut self, id: ContactId, effect: EffectId, reference: &str) {
        if let Some(contact) = self.by_id.get_mut(&id) {
            contact.invited(effect, reference);
        }
    }

    /// Applies a fact and names the contact that it changed.
    pub(crate) fn apply(&mut self, now: Timestamp, event: &Event) -> Option<ContactId> {
        let id = contact_of(event)?;
        if let Event::ContactArrived {
            endpoint,
            arrival,
            customer,
            correlation,
            attributes,
            ..
        } = event
        {
            let contact = Contact {
                endpoint: *endpoint,
                arrival: *arrival,
                customer: *customer,
                correlation: correlation.clone(),
                attributes: attributes.clone(),
                arrived_at: now,
                call: Call::default(),
                run: None,
                media: None,
                state: State::Created,
                cooldowns: Vec::new(),
            };
            self.by_id.insert(id, contact);
        } else if matches!(event, Event::ContactEnded { .. }) {
            self.by_id.remove(&id);
        } else if let Some(contact) = self.by_id.get_mut(&id) {
            contact.take(now, event);
        }
        Some(id)
    }
}

impl Contact {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "contact_of names the facts that concern contacts"
    )]
    fn take(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::EffectOrdered { id, effect } => self.ordered(now, *id, effect),
            Event::LegReferenced { leg, .. } => self.call.leg = Some(leg.clone()),
            Event::LegUp { leg, .. } => {
                self.call.leg = Some(leg.clone());
                self.call.is_up = true;
            }
            Event::RosterSeen {
                sequence,
                customer,
                agent,
                ..
            } => {
                self.call.roster = *sequence;
                self.call.customer_seen |= *customer;
                self.call.agent_seen = *agent;
            }
            Event::FlowStarted { flow, version, .. } => {
                self.run = Some(Run {
                    flow: *flow,
                    version: *version,
                    node: NodeId::new(),
                    visits: 0,
                });
                self.state = State::InFlow;
            }
            Event::NodeEntered { node, .. } => {
                if let Some(run) = &mut self.run {
                    run.node.clone_from(node);
                    run.visits += 1;
                }
            }
            Event::MediaEnded { effect, .. } => {
                if self
                    .media
                    .as_ref()
                    .is_some_and(|media| media.effect == *effect)
                {
                    self.media = None;
                }
            }
            Event::DigitsCollected {
                attribute, digits, ..
            } => {
                self.attributes.insert(attribute.clone(), digits.clone());
            }
            Event::Enqueued {
                queue,
                seq,
                band,
                until,
                ..
            } => {
                let stay = Stay {
                    queue: *queue,
                    since: now,
                    band: *band,
                    seq: *seq,
                    until: *until,
                };
                self.state = State::Queued(stay);
            }
            Event::LeftQueue { exit, .. } => {
                self.attributes.insert(QUEUE_EXIT.to_owned(), exit.clone());
                self.state = State::InFlow;
                self.cooldowns.clear();
            }
            Event::CooldownEnded { agent, .. } => self.cooldowns.retain(|it| it.agent != *agent),
            other => self.take_engagement(now, other),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the second half of take")]
    fn take_engagement(&mut self, now: Timestamp, event: &Event) {
        let Some(stay) = self.stay().copied() else {
            return;
        };
        match event {
            Event::Offered {
                offer,
                agent,
                by,
                expires_at,
                ..
            } => {
                let offer = Offer::open(*offer, *agent, *by, now, *expires_at);
                self.state = State::Offering(stay, offer);
                self.call.agent_seen = false;
            }
            Event::OfferAccepted { join_until, .. } => {
                self.call.agent_seen = false;
                if let State::Offering(_, offer) = &mut self.state {
                    offer.stage = Stage::Joining {
                        until: *join_until,
                        ring: Ring::default(),
                    };
                }
            }
            Event::OfferEnded {
                agent,
                excluded_until,
                ..
            } => {
                self.state = State::Queued(stay);
                if let Some(until) = excluded_until {
                    self.cool_down(*agent, *until);
                }
            }
            Event::Connected { agent, offer, .. } => {
                let engagement = Engagement {
                    agent: *agent,
                    offer: *offer,
                    since: now,
                };
                self.state = State::Connected(stay, engagement);
            }
            Event::WrapUpStarted { until, .. } => {
                if let State::Connected(_, engagement) = self.state {
                    let wrap_up = WrapUp {
                        since: now,
                        until: *until,
                        extensions: 0,
                    };
                    self.state = State::WrapUp(stay, engagement, wrap_up);
                }
            }
            Event::WrapUpExtended { until, .. } => {
                if let State::WrapUp(_, _, wrap_up) = &mut self.state {
                    wrap_up.until = Some(*until);
                    wrap_up.extensions += 1;
                }
            }
            _ => {}
        }
    }

    fn ordered(&mut self, now: Timestamp, id: EffectId, effect: &Effect) {
        match effect {
            Effect::Play { prompt, repeat, .. } => {
                let until = match repeat {
                    Repeat::Once => Some(now.plus_seconds(limits::PROMPT_SECONDS_MAX)),
                    Repeat::Loop => None,
                };
                self.media = Some(Media {
                    effect: id,
                    prompt: prompt.clone(),
                    until,
                });
            }
            Effect::Collect { prompt, .. } => {
                let until = Some(now.plus_seconds(limits::PROMPT_SECONDS_MAX));
                self.media = Some(Media {
                    effect: id,
                    prompt: prompt.clone(),
                    until,
                });
            }
            Effect::StopMedia { .. } => self.media = None,
            Effect::AddAgent { .. } => {
                if let State::Offering(_, offer) = &mut self.state
                    && let Some(ring) = offer.ring_mut()
                {
                    ring.adding = Some(id);
                }
            }
            Effect::Answer { .. }
            | Effect::RejectArrival { .. }
            | Effect::CancelAddAgent { .. }
            | Effect::RemoveAgent { .. }
            | Effect::HangUp { .. } => {}
        }
    }

    /// Notes the invitation when it belongs to the present offer.
    fn invited(&mut self, effect: EffectId, reference: &str) {
        if let State::Offering(_, offer) = &mut self.state
            && let Some(ring) = offer.ring_mut()
            && ring.adding == Some(effect)
        {
            ring.invitation = Some(reference.to_owned());
        }
    }

    fn cool_down(&mut self, agent: AgentId, until: Timestamp) {
        self.cooldowns.retain(|it| it.agent != agent);
        if self.cooldowns.len() >= limits::EXCLUDED_PER_CONTACT_MAX {
            self.cooldowns.remove(0);
        }
        self.cooldowns.push(Cooldown { agent, until });
    }
}

/// The contact that a fact concerns. A settled order concerns one only through the order itself:
/// see [`crate::state::State`].
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other facts concern no contact"
)]
pub(crate) const fn contact_of(event: &Event) -> Option<ContactId> {
    match event {
        Event::EffectOrdered { effect, .. } => effect.contact(),
        Event::ContactArrived { contact, .. }
        | Event::LegReferenced { contact, .. }
        | Event::LegUp { contact, .. }
        | Event::RosterSeen { contact, .. }
        | Event::FlowStarted { contact, .. }
        | Event::NodeEntered { contact, .. }
        | Event::ExitTaken { contact, .. }
        | Event::MediaEnded { contact, .. }
        | Event::DigitsCollected { contact, .. }
        | Event::Enqueued { contact, .. }
        | Event::LeftQueue { contact, .. }
        | Event::Offered { contact, .. }
        | Event::OfferAccepted { contact, .. }
        | Event::OfferEnded { contact, .. }
        | Event::Connected { contact, .. }
        | Event::ConversationEnded { contact, .. }
        | Event::WrapUpStarted { contact, .. }
        | Event::WrapUpExtended { contact, .. }
        | Event::WrapUpEnded { contact, .. }
        | Event::CooldownEnded { contact, .. }
        | Event::ContactEnded { contact, .. } => Some(*contact),
        _ => None,
    }
}
