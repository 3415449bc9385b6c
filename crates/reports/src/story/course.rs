//! What goes on with a contact, as spans of time on lanes. One reading of a story's entries, from which
//! its figures are summed and its lanes are drawn, so that the two cannot differ.

use super::entry::{What, Whom};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tandem_core::ids::{AgentId, EffectId, FlowId, QueueId};
use tandem_core::queue::OfferBy;
use tandem_core::talk::Party;
use tandem_core::time::Timestamp;

/// Whose time it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// The customer.
    Customer,
    /// A flow.
    Flow(FlowId),
    /// A queue.
    Queue(QueueId),
    /// An agent, the colleague of a consultation too.
    Agent(AgentId),
    /// Somebody outside whom an agent called.
    Third,
    /// A recording.
    Recording(EffectId),
}

/// What somebody does in a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// The phone rings, or the call is being answered.
    Ringing,
    /// Goes through a flow.
    InFlow,
    /// Waits in a queue; offers that come to nothing do not interrupt it.
    Waiting,
    /// Is to be called back: nobody is on the line.
    Pending,
    /// Is being offered the contact.
    Offered,
    /// Calls the customer.
    Dialing,
    /// Customer and agent hear each other.
    Talking,
    /// Hears music.
    OnHold,
    /// Has put the customer on hold and talks to nobody.
    Holding,
    /// Has put the customer on hold and talks to a third party.
    Consulting,
    /// Is that third party.
    Consulted,
    /// Is left to somebody outside, in a call that is still Tandem's.
    Outside,
    /// Owes work after the conversation.
    WrapUp,
    /// Is being recorded.
    Recording,
    /// Is not being recorded, because somebody paused it.
    Paused,
}

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Whose.
    pub lane: Lane,
    /// Of what.
    pub doing: Doing,
    /// From when.
    pub from: Timestamp,
    /// Until when; it goes on without.
    pub until: Option<Timestamp>,
}

/// Who has the contact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    #[default]
    Nobody,
    Arriving,
    Flow,
    Queue(QueueId),
    Pending(QueueId),
    /// Pending, and the customer's phone rings.
    Rung(QueueId),
    Dialing(AgentId),
    Agent(AgentId),
    Outside,
}

/// A third party of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Third {
    lane: Lane,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    Ringing,
    Talking,
    OnHold,
}

/// What goes on at one instant, and since when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Course {
    /// A message has no customer who hears anything.
    is_message: bool,
    place: Place,
    flow: Option<FlowId>,
    /// The flows that led into this one, the first first.
    outer: Vec<FlowId>,
    offered: Option<(AgentId, Doing)>,
    is_customer_rung: bool,
    is_customer_held: bool,
    third: Option<Third>,
    wrapping_up: BTreeSet<AgentId>,
    recordings: BTreeSet<EffectId>,
    paused: BTreeSet<EffectId>,
    open: Vec<(Lane, Doing, Timestamp)>,
}

impl Course {
    pub(crate) fn of_message() -> Self {
        Self {
            is_message: true,
            ..Self::default()
        }
    }

    /// Takes what happened; answers the spans that end with it. A span without length is none.
    pub(crate) fn take(&mut self, at: Timestamp, what: &What) -> Vec<Span> {
        self.change(what);
        let present = self.present();
        let mut closed = Vec::new();
        self.open.retain(|(lane, doing, from)| {
            let goes_on = present.contains(&(*lane, *doing));
            if !goes_on && *from < at {
                closed.push(Span {
                    lane: *lane,
                    doing: *doing,
                    from: *from,
                    until: Some(at),
                });
            }
            goes_on
        });
        for (lane, doing) in present {
            if !self.open.iter().any(|it| (it.0, it.1) == (lane, doing)) {
                self.open.push((lane, doing, at));
            }
        }
        closed
    }

    /// The spans that go on.
    pub(crate) fn open(&self) -> impl Iterator<Item = Span> {
        self.open.iter().map(|(lane, doing, from)| Span {
            lane: *lane,
            doing: *doing,
            from: *from,
            until: None,
        })
    }

    /// The lane of the flow that it is in, or was in last.
    pub(crate) fn flow_lane(&self) -> Lane {
        self.flow.map_or(Lane::Customer, Lane::Flow)
    }

    /// The lane of the queue that it is in.
    pub(crate) const fn queue_lane(&self) -> Option<Lane> {
        match self.place {
            Place::Queue(queue) | Place::Pending(queue) | Place::Rung(queue) => {
                Some(Lane::Queue(queue))
            }
            Place::Nobody
            | Place::Arriving
            | Place::Flow
            | Place::Dialing(_)
            | Place::Agent(_)
            | Place::Outside => None,
        }
    }

    fn change(&mut self, what: &What) {
        self.walk(what);
        self.engage(what);
        self.talk(what);
    }

    /// From place to place, until an agent has the contact.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other entries leave the contact where it is"
    )]
    fn walk(&mut self, what: &What) {
        match what {
            What::Arrived { .. } => self.place = Place::Arriving,
            What::FlowStarted { flow, .. } => {
                self.flow = Some(*flow);
                self.place = Place::Flow;
            }
            What::SubFlowEntered { flow, .. } => self.outer.extend(self.flow.replace(*flow)),
            What::SubFlowLeft => self.flow = self.outer.pop().or(self.flow),
            What::NumberReached => self.place = Place::Outside,
            What::Enqueued { queue, .. } | What::Requeued { queue, .. } => {
                self.place = Place::Queue(*queue);
            }
            // The story of the caller tells of it too.
            What::MessageLeft { queue, .. } if self.is_message => self.place = Place::Queue(*queue),
            What::LeftQueue { .. } => {
                self.place = Place::Flow;
                self.offered = None;
            }
            What::CallbackDue { queue, .. } => self.place = Place::Pending(*queue),
            What::EarlyCalled { queue, .. } => self.place = Place::Rung(*queue),
            What::EarlyAnswered { queue, .. } => self.place = Place::Queue(*queue),
            What::EarlyFailed { .. } => self.place = Place::Nobody,
            What::Dialed { agent, .. } => {
                self.offered = None;
                self.place = Place::Dialing(*agent);
            }
            What::CustomerRinging { .. } => self.is_customer_rung = true,
            What::CustomerNotReached { .. } => self.place = Place::Nobody,
            What::Ended { .. } => {
                self.place = Place::Nobody;
                self.offered = None;
                self.third = None;
                self.recordings.clear();
                self.paused.clear();
            }
            other => self.record(other),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other entries are about no recording that runs"
    )]
    fn record(&mut self, what: &What) {
        match what {
            What::RecordingStarted { recording, .. } => {
                self.recordings.insert(*recording);
            }
            What::RecordingPaused { recording, .. } => {
                self.paused.insert(*recording);
            }
            What::RecordingResumed { recording, .. } => {
                self.paused.remove(recording);
            }
            What::RecordingStopped { recording, .. } => {
                self.recordings.remove(recording);
                self.paused.remove(recording);
            }
            // A call has one recording at a time, and it ends with the conversation.
            What::ConversationEnded { .. } | What::RecordingFailed { .. } => {
                self.recordings.clear();
                self.paused.clear();
            }
            _ => {}
        }
    }

    /// Offers, and what is owed after a conversation.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other entries are about no agent's part in it"
    )]
    fn engage(&mut self, what: &What) {
        match what {
            What::Offered { agent, by, .. } => {
                let doing = match by {
                    OfferBy::Tandem => Doing::Offered,
                    OfferBy::Teams => Doing::Ringing,
                };
                self.offered = Some((*agent, doing));
            }
            What::OfferAccepted { agent, .. } => self.offered = Some((*agent, Doing::Ringing)),
            What::OfferEnded { .. } => self.offered = None,
            What::Connected { agent } | What::CustomerReached { agent } => {
                self.offered = None;
                self.given_to(Place::Agent(*agent));
            }
            What::HandedOver {
                from,
                to,
                owes_wrap_up,
                ..
            } => {
                self.given_to(match to {
                    Whom::Agent(agent) => Place::Agent(*agent),
                    Whom::Queue(queue) => Place::Queue(*queue),
                    Whom::Number => Place::Outside,
                });
                if *owes_wrap_up {
                    self.wrapping_up.insert(*from);
                }
            }
            What::ConversationEnded { .. } => self.given_to(Place::Nobody),
            What::WrapUpStarted { agent, .. } => {
                self.wrapping_up.insert(*agent);
            }
            What::WrapUpEnded { agent, .. } => {
                self.wrapping_up.remove(agent);
            }
            _ => {}
        }
    }

    fn given_to(&mut self, place: Place) {
        self.place = place;
        self.is_customer_held = false;
        self.third = None;
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other entries are about nobody beside customer and agent"
    )]
    fn talk(&mut self, what: &What) {
        match what {
            What::Held { party } => self.hold(*party, Stage::OnHold),
            What::Resumed { party } => self.hold(*party, Stage::Talking),
            What::ThirdAsked { third, .. } => {
                self.third = Some(Third {
                    lane: lane_of(*third),
                    stage: Stage::Ringing,
                });
            }
            What::ThirdJoined { .. } => {
                if let Some(third) = &mut self.third {
                    third.stage = Stage::Talking;
                }
            }
            What::ThirdLeft { .. } | What::TransferEnded { .. } => self.third = None,
            _ => {}
        }
    }

    fn hold(&mut self, party: Party, stage: Stage) {
        match party {
            Party::Customer => self.is_customer_held = stage == Stage::OnHold,
            Party::Third => {
                if let Some(third) = &mut self.third {
                    third.stage = stage;
                }
            }
        }
    }

    /// What everybody does now.
    fn present(&self) -> BTreeSet<(Lane, Doing)> {
        let mut present = BTreeSet::new();
        present.extend(self.customer().map(|doing| (Lane::Customer, doing)));
        match self.place {
            Place::Flow => {
                present.extend(self.flow.map(|flow| (Lane::Flow(flow), Doing::InFlow)));
            }
            Place::Queue(queue) => {
                present.insert((Lane::Queue(queue), Doing::Waiting));
            }
            Place::Pending(queue) | Place::Rung(queue) => {
                present.insert((Lane::Queue(queue), Doing::Pending));
            }
            Place::Dialing(agent) => {
                present.insert((Lane::Agent(agent), Doing::Dialing));
            }
            Place::Agent(agent) => self.conversation(agent, &mut present),
            Place::Outside => {
                present.insert((Lane::Third, Doing::Talking));
            }
            Place::Nobody | Place::Arriving => {}
        }
        let offered = self.offered.iter();
        present.extend(offered.map(|(agent, doing)| (Lane::Agent(*agent), *doing)));
        let owing = self.wrapping_up.iter();
        present.extend(owing.map(|agent| (Lane::Agent(*agent), Doing::WrapUp)));
        let recordings = self.recordings.iter();
        present.extend(recordings.map(|id| (Lane::Recording(*id), Doing::Recording)));
        let paused = self.paused.iter();
        present.extend(paused.map(|id| (Lane::Recording(*id), Doing::Paused)));
        present
    }

    fn customer(&self) -> Option<Doing> {
        if self.is_message {
            return None;
        }
        match self.place {
            Place::Nobody | Place::Pending(_) => None,
            Place::Arriving | Place::Rung(_) => Some(Doing::Ringing),
            Place::Flow => Some(Doing::InFlow),
            Place::Queue(_) => Some(Doing::Waiting),
            Place::Dialing(_) => self.is_customer_rung.then_some(Doing::Ringing),
            Place::Agent(_) if self.is_customer_held => Some(Doing::OnHold),
            Place::Agent(_) => Some(Doing::Talking),
            Place::Outside => Some(Doing::Outside),
        }
    }

    fn conversation(&self, agent: AgentId, present: &mut BTreeSet<(Lane, Doing)>) {
        let third = self.third.map(|third| third.stage);
        let own = match (self.is_customer_held, third) {
            (false, _) => Doing::Talking,
            (true, Some(Stage::Talking)) => Doing::Consulting,
            (true, Some(Stage::Ringing | Stage::OnHold) | None) => Doing::Holding,
        };
        present.insert((Lane::Agent(agent), own));
        if let Some(third) = self.third {
            let doing = match (third.stage, self.is_customer_held) {
                (Stage::Ringing, _) => Doing::Ringing,
                (Stage::OnHold, _) => Doing::OnHold,
                (Stage::Talking, true) => Doing::Consulted,
                (Stage::Talking, false) => Doing::Talking,
            };
            present.insert((third.lane, doing));
        }
    }
}

pub(crate) const fn lane_of(whom: Whom) -> Lane {
    match whom {
        Whom::Agent(agent) => Lane::Agent(agent),
        Whom::Queue(queue) => Lane::Queue(queue),
        Whom::Number => Lane::Third,
    }
}
