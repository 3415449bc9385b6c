//! One contact's way through queues and agents, as facts: a fold that can stop anywhere and go on. It knows the stay, the
//! offer and the engagements that are not over; those that are, it gives away. Times of an engagement are sums of the
//! spans of the contact's story, so that a list and a figure cannot differ.

use super::promises::{Promises, end_of_wait};
use crate::story::{Doing, Lane, Span};
use serde::{Deserialize, Serialize};
use tandem_core::contact::Direction;
use tandem_core::event::{
    CallbackDue, ContactDialed, EndReason, Event, MessageLeft, OfferEnd, TransferEnded,
};
use tandem_core::ids::{AgentId, ContactId, QueueId};
use tandem_core::performance::{
    Destination, Engagement, Facts, OfferFact, Stay, StayEnd, Thresholds, TransferKind,
};
use tandem_core::talk::{Target, TransferResult};
use tandem_core::time::Timestamp;

/// What is not over of a contact, and what became known of it since that was asked last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// A message waits for no one's voice and is in no figure of waits.
    is_message: bool,
    direction: Direction,
    /// The queue that the contact is or was for last.
    queue: Option<QueueId>,
    stay: Option<Stay>,
    offer: Option<Offer>,
    engagements: Vec<Part>,
    /// The engagement that was over last: what came of a transfer is told after it.
    last: Option<Engagement>,
    n_stays: u32,
    n_offers: u32,
    n_engagements: u32,
    #[serde(skip)]
    fresh: Facts,
}

/// An offer that is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Offer {
    agent: AgentId,
    queue: QueueId,
    at: Timestamp,
    accepted_at: Option<Timestamp>,
}

/// An engagement that is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Part {
    facts: Engagement,
    /// The agent is out of the conversation, and owes work.
    is_after: bool,
}

impl Passage {
    /// What became known since this was asked last.
    pub fn fresh(&mut self) -> Facts {
        std::mem::take(&mut self.fresh)
    }

    /// Takes a fact about the contact; `spans` are those of its story that end with it.
    pub(crate) fn take(
        &mut self,
        contact: ContactId,
        now: Timestamp,
        event: &Event,
        spans: &[Span],
        promises: &Promises,
    ) {
        if self.is_message {
            return;
        }
        for span in spans {
            self.spent(span);
        }
        self.wait(contact, now, event, promises);
        self.talk(contact, now, event);
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts leave the queue as it is"
    )]
    fn wait(&mut self, contact: ContactId, now: Timestamp, event: &Event, promises: &Promises) {
        match event {
            Event::MessageLeft(MessageLeft { contact: it, .. }) if *it == contact => {
                self.is_message = true;
            }
            Event::Enqueued { queue, .. } | Event::Requeued { queue, .. } => {
                self.leave(now, StayEnd::FlowOut, promises);
                self.enter(contact, now, *queue);
            }
            Event::LeftQueue { queue, .. } if self.stay.is_none() => {
                self.blocked(contact, now, *queue, promises);
            }
            Event::LeftQueue { .. } => self.leave(now, StayEnd::FlowOut, promises),
            Event::Offered { agent, queue, .. } => {
                self.offer = Some(Offer {
                    agent: *agent,
                    queue: *queue,
                    at: now,
                    accepted_at: None,
                });
            }
            Event::OfferAccepted { .. } => {
                if let Some(offer) = &mut self.offer {
                    offer.accepted_at = Some(now);
                }
            }
            Event::OfferEnded { why, .. } => self.offer_over(contact, now, Some(*why)),
            // Who takes a callback is called at once.
            Event::CallbackDialed(_) => self.offer_over(contact, now, None),
            Event::Connected { .. } => {
                self.offer_over(contact, now, None);
                self.leave(now, StayEnd::Answered, promises);
            }
            Event::ContactEnded { reason, .. } => self.ended(contact, now, *reason, promises),
            _ => {}
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts begin and end no agent's part"
    )]
    fn talk(&mut self, contact: ContactId, now: Timestamp, event: &Event) {
        match event {
            Event::ContactDialed(ContactDialed { queue, .. })
            | Event::CallbackDue(CallbackDue { queue, .. }) => {
                self.direction = Direction::Outbound;
                self.queue = Some(*queue);
            }
            Event::Connected { agent, .. } | Event::CustomerReached { agent, .. } => {
                self.begin(contact, now, *agent);
            }
            Event::HandedOver { from, to, work, .. } => {
                self.part(now, *from, work.is_some());
                if let Target::Agent(agent) = to {
                    self.begin(contact, now, *agent);
                }
            }
            Event::TransferEnded(it) => self.transferred(it),
            Event::ConversationEnded { agent, .. } => self.part(now, *agent, false),
            Event::WrapUpStarted { agent, .. } => self.owes(*agent),
            Event::WrapUpEnded {
                agent, disposition, ..
            } => {
                let after = |it: &Part| it.is_after && it.facts.agent == *agent;
                if let Some(place) = self.engagements.iter().position(after) {
                    let mut part = self.engagements.remove(place);
                    part.facts.disposition = *disposition;
                    self.handled(now, part.facts);
                }
            }
            _ => {}
        }
    }

    fn enter(&mut self, contact: ContactId, now: Timestamp, queue: QueueId) {
        self.queue = Some(queue);
        self.n_stays += 1;
        let stay = Stay {
            contact,
            nr: self.n_stays,
            queue,
            entered_at: now,
            left: None,
            ring_us: 0,
            thresholds: Thresholds::default(),
        };
        self.stay = Some(stay);
        self.fresh.stays.push(stay);
    }

    /// Nothing where it is in no queue.
    fn leave(&mut self, now: Timestamp, end: StayEnd, promises: &Promises) {
        if let Some(mut stay) = self.stay.take() {
            stay.left = Some((now, end));
            stay.thresholds = promises.of(stay.queue);
            self.left(stay);
        }
    }

    /// A contact that a full or closed queue never took was not offered to it.
    fn blocked(&mut self, contact: ContactId, now: Timestamp, queue: QueueId, promises: &Promises) {
        self.n_stays += 1;
        self.left(Stay {
            contact,
            nr: self.n_stays,
            queue,
            entered_at: now,
            left: Some((now, StayEnd::Blocked)),
            ring_us: 0,
            thresholds: promises.of(queue),
        });
    }

    fn left(&mut self, stay: Stay) {
        self.fresh.stays.retain(|it| it.nr != stay.nr);
        self.fresh.stays.push(stay);
    }

    fn offer_over(&mut self, contact: ContactId, now: Timestamp, end: Option<OfferEnd>) {
        let Some(offer) = self.offer.take() else {
            return;
        };
        let ring_us = offer.accepted_at.unwrap_or(now).micros_since(offer.at);
        if let Some(stay) = &mut self.stay {
            stay.ring_us += ring_us;
        }
        self.n_offers += 1;
        self.fresh.offers.push(OfferFact {
            contact,
            nr: self.n_offers,
            agent: offer.agent,
            queue: offer.queue,
            offered_at: offer.at,
            ended_at: now,
            end,
            ring_us,
        });
    }

    fn ended(
        &mut self,
        contact: ContactId,
        now: Timestamp,
        reason: EndReason,
        promises: &Promises,
    ) {
        self.offer_over(contact, now, Some(OfferEnd::CustomerLeft));
        if let Some(stay) = &self.stay {
            let wait_us = now.micros_since(stay.entered_at);
            let short_abandon_s = promises.of(stay.queue).short_abandon_s;
            let end = end_of_wait(reason, wait_us, short_abandon_s);
            self.leave(now, end, promises);
        }
        // Who still talks, talks no more; who owes work, owes it.
        let talking = self.engagements.iter().find(|it| !it.is_after);
        if let Some(agent) = talking.map(|it| it.facts.agent) {
            self.part(now, agent, false);
        }
    }

    fn begin(&mut self, contact: ContactId, now: Timestamp, agent: AgentId) {
        let Some(queue) = self.queue else { return };
        self.n_engagements += 1;
        self.engagements.push(Part {
            facts: Engagement {
                contact,
                nr: self.n_engagements,
                agent,
                queue,
                direction: self.direction,
                began_at: now,
                handled_at: None,
                talk_us: 0,
                hold_us: 0,
                consult_us: 0,
                wrap_up_us: None,
                disposition: None,
                transfer: None,
            },
            is_after: false,
        });
    }

    /// The agent is out of the conversation.
    fn part(&mut self, now: Timestamp, agent: AgentId, owes: bool) {
        let talking = |it: &Part| !it.is_after && it.facts.agent == agent;
        let Some(place) = self.engagements.iter().position(talking) else {
            return;
        };
        if owes {
            self.engagements[place].is_after = true;
            self.engagements[place].facts.wrap_up_us = Some(0);
            return;
        }
        let part = self.engagements.remove(place);
        self.handled(now, part.facts);
    }

    fn handled(&mut self, now: Timestamp, mut engagement: Engagement) {
        engagement.handled_at = Some(now);
        self.last = Some(engagement);
        self.fresh.engagements.push(engagement);
    }

    /// Work after a conversation is told of after its end: the engagement goes on.
    fn owes(&mut self, agent: AgentId) {
        if self.last.is_some_and(|it| it.agent == agent)
            && let Some(mut facts) = self.last.take()
        {
            self.fresh.engagements.retain(|it| it.nr != facts.nr);
            facts.handled_at = None;
            facts.wrap_up_us = Some(0);
            let is_after = true;
            self.engagements.push(Part { facts, is_after });
        }
    }

    /// What came of a transfer: of one that was completed the engagement is told, over or not.
    fn transferred(&mut self, it: &TransferEnded) {
        if it.result != TransferResult::Completed {
            return;
        }
        let kind = TransferKind {
            purpose: it.purpose,
            to: Destination::from(&it.to),
        };
        let mut open = self.engagements.iter_mut().rev();
        if let Some(part) = open.find(|part| part.facts.agent == it.from) {
            part.facts.transfer = Some(kind);
        } else if let Some(last) = self.last.as_mut().filter(|last| last.agent == it.from) {
            last.transfer = Some(kind);
            let last = *last;
            self.fresh.engagements.retain(|it| it.nr != last.nr);
            self.fresh.engagements.push(last);
        }
    }

    /// Time that an agent spent on the contact. Who is only consulted, or talks beside the agent whose contact it is, is
    /// not engaged, and of a span that began before the engagement only what lies within counts.
    fn spent(&mut self, span: &Span) {
        let (Lane::Agent(agent), Some(until)) = (span.lane, span.until) else {
            return;
        };
        let is_after = span.doing == Doing::WrapUp;
        let is_it = |it: &&mut Part| it.facts.agent == agent && it.is_after == is_after;
        let Some(part) = self.engagements.iter_mut().find(is_it) else {
            return;
        };
        let facts = &mut part.facts;
        let us = until.micros_since(span.from.max(facts.began_at));
        match span.doing {
            Doing::Talking => facts.talk_us += us,
            Doing::Holding => facts.hold_us += us,
            Doing::Consulting => facts.consult_us += us,
            Doing::WrapUp => facts.wrap_up_us = Some(facts.wrap_up_us.unwrap_or(0) + us),
            Doing::Ringing
            | Doing::InFlow
            | Doing::Waiting
            | Doing::Pending
            | Doing::Offered
            | Doing::Dialing
            | Doing::OnHold
            | Doing::Consulted
            | Doing::Outside
            | Doing::Recording
            | Doing::Paused => {}
        }
    }
}
