//! The naive life of contacts: which fact may follow which. Any other order is a bug.

use std::collections::{BTreeMap, BTreeSet};
use tandem_core::callback::EarlyEnd;
use tandem_core::contact::State as Place;
use tandem_core::event::Event;
use tandem_core::ids::{AgentId, CallbackId, ContactId, OfferId, QueueId};
use tandem_core::state::State;
use tandem_core::talk::Target;

/// Where a contact is by the facts alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Created(Beginning),
    InFlow,
    Queued(QueueId),
    Offering(QueueId, AgentId, OfferId),
    /// An agent calls; whether the customer's phone rings yet.
    Dialing(QueueId, AgentId, bool),
    Connected(QueueId, AgentId),
    /// An agent let the contact go and it has not entered the queue that it goes to: only within one turn.
    Moving(AgentId),
    /// Left to somebody outside, by an agent of a queue or by the flow.
    Outside(Option<QueueId>),
    /// The conversation is over and wrap-up has not begun: only within one turn.
    Between(QueueId, AgentId),
    WrapUp(QueueId, AgentId),
}

/// How far the beginning of a contact is: its flow begins when its call is up, or decides before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beginning {
    /// Nothing is known but that it arrived.
    Arrived,
    /// The call is up and the flow has not begun: only within one turn.
    Up,
    /// The flow decides, and the call is not up.
    Deciding,
}

/// All contacts by the facts alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Life {
    stages: BTreeMap<ContactId, Stage>,
    ended: BTreeSet<ContactId>,
    /// Wrap-up that is owed after a transfer.
    owed: BTreeMap<AgentId, ContactId>,
    offers: BTreeSet<OfferId>,
    /// Callbacks that were booked and are not over.
    callbacks: BTreeSet<CallbackId>,
}

impl Life {
    /// Takes a fact, or says why it may not be.
    pub(crate) fn apply(&mut self, event: &Event) -> Result<(), String> {
        self.book(event)?;
        let Some(contact) = event.contact() else {
            return Ok(());
        };
        // What is kept of a contact is heard whenever somebody wants to; nothing of its life changes by that.
        if matches!(event, Event::RecordingAccessed { .. }) {
            return Ok(());
        }
        if self.is_about_owed_work(contact, event) {
            return Ok(());
        }
        if self.ended.contains(&contact) {
            // Whatever is left of it on the other side may still be told to end, and the file of what was
            // recorded comes when it comes.
            return if matches!(
                event,
                Event::EffectOrdered { .. }
                    | Event::RecordingFound { .. }
                    | Event::RecordingKept(_)
                    | Event::RecordingLost { .. }
            ) {
                Ok(())
            } else {
                Err(format!("a fact about ended contact {contact}: {event:?}"))
            };
        }
        let stage = self.stages.get(&contact).copied();
        let next = if is_of_dialing(event) {
            dialed(stage, event).map(Some)
        } else {
            self.follow(stage, event)
        };
        let next = next.ok_or_else(|| format!("{event:?} cannot follow {stage:?}"))?;
        match next {
            Some(stage) => drop(self.stages.insert(contact, stage)),
            None => {
                self.stages.remove(&contact);
                self.ended.insert(contact);
            }
        }
        Ok(())
    }

    /// A callback is booked once, and nothing is said of one that is over.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are about no callback"
    )]
    fn book(&mut self, event: &Event) -> Result<(), String> {
        let is_right = match event {
            Event::CallbackBooked(it) => self.callbacks.insert(it.callback),
            Event::CallbackEnded(it) => self.callbacks.remove(&it.callback),
            Event::CallbackDue(it) => self.callbacks.contains(&it.callback),
            Event::CallbackDialed(it) => self.callbacks.contains(&it.callback),
            Event::CallbackPutOff(it) => self.callbacks.contains(&it.callback),
            Event::EarlyCalled(it) => self.callbacks.contains(&it.callback),
            Event::EarlyAnswered(it) => self.callbacks.contains(&it.callback),
            Event::EarlyFailed(it) => self.callbacks.contains(&it.callback),
            _ => true,
        };
        if is_right {
            return Ok(());
        }
        Err(format!(
            "a fact about a callback that is not pending: {event:?}"
        ))
    }

    /// Wrap-up after a transfer goes on beside the contact, and after it.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are not about wrap-up"
    )]
    fn is_about_owed_work(&mut self, contact: ContactId, event: &Event) -> bool {
        match event {
            Event::HandedOver {
                from,
                work: Some(_),
                ..
            } => {
                self.owed.insert(*from, contact);
                false
            }
            Event::WrapUpExtended { agent, .. } => self.owed.get(agent) == Some(&contact),
            Event::WrapUpEnded { agent, .. } => {
                let is_owed = self.owed.get(agent) == Some(&contact);
                if is_owed {
                    self.owed.remove(agent);
                }
                is_owed
            }
            _ => false,
        }
    }

    /// The next stage; `Some(None)` is the end, `None` is impossible.
    fn follow(&mut self, stage: Option<Stage>, event: &Event) -> Option<Option<Stage>> {
        let next =
            match (stage, event) {
                (None, Event::ContactArrived { .. }) => Stage::Created(Beginning::Arrived),
                (None, Event::MessageLeft(tandem_core::event::MessageLeft { queue, .. })) => {
                    Stage::Queued(*queue)
                }
                (None, Event::CallbackDue(due)) => Stage::Queued(due.queue),
                (None, _) | (Some(_), Event::ContactArrived { .. }) => return None,
                (
                    Some(Stage::Created(from)),
                    event @ (Event::LegUp { .. } | Event::FlowStarted { .. }),
                ) => return begun(from, event).map(Some),
                // Who was called began without a flow, and goes on in one where nobody serves them.
                (Some(Stage::InFlow), Event::FlowStarted { .. }) => Stage::InFlow,
                (Some(Stage::InFlow), Event::Enqueued { queue, .. }) => Stage::Queued(*queue),
                (Some(Stage::InFlow), Event::NumberReached { .. }) => Stage::Outside(None),
                // A full queue turns the contact away.
                (Some(Stage::InFlow), Event::LeftQueue { .. }) => Stage::InFlow,
                (Some(Stage::Queued(left)), Event::LeftQueue { queue, .. }) if left == *queue => {
                    Stage::InFlow
                }
                (
                    Some(Stage::Queued(stay)),
                    Event::Offered {
                        offer,
                        agent,
                        queue,
                        ..
                    },
                ) if stay == *queue && self.offers.insert(*offer) => {
                    Stage::Offering(*queue, *agent, *offer)
                }
                (
                    Some(Stage::Offering(queue, to, open)),
                    Event::OfferAccepted { offer, agent, .. },
                ) if (to, open) == (*agent, *offer) => Stage::Offering(queue, to, open),
                (
                    Some(Stage::Offering(queue, to, open)),
                    Event::OfferEnded { offer, agent, .. },
                ) if (to, open) == (*agent, *offer) => Stage::Queued(queue),
                (Some(Stage::Offering(queue, to, open)), Event::Connected { offer, agent, .. })
                    if (to, open) == (*agent, *offer) =>
                {
                    Stage::Connected(queue, to)
                }
                (
                    Some(stage @ (Stage::Connected(..) | Stage::Moving(_))),
                    Event::HandedOver { .. } | Event::Requeued { .. },
                ) => return moved(stage, event).map(Some),
                (Some(Stage::Connected(queue, with)), Event::ConversationEnded { agent, .. })
                    if with == *agent =>
                {
                    Stage::Between(queue, with)
                }
                (Some(Stage::Between(queue, with)), Event::WrapUpStarted { agent, .. })
                    if with == *agent =>
                {
                    Stage::WrapUp(queue, with)
                }
                (Some(Stage::WrapUp(queue, with)), Event::WrapUpEnded { agent, .. })
                    if with == *agent =>
                {
                    Stage::Between(queue, with)
                }
                (Some(stage), event) if goes_on_wrapping_up(stage, event) => stage,
                (Some(stage), Event::ContactEnded { .. }) => return ends(stage).then_some(None),
                (Some(stage), event) if is_beside(event) => stage,
                (Some(_), _) => return None,
            };
        Some(Some(next))
    }

    /// Whether the core's state says the same as the facts: one state per contact (R-02a), no contact
    /// lost and none made up.
    pub(crate) fn agrees_with(&self, state: &State) -> Result<(), String> {
        if !state
            .callbacks
            .iter()
            .map(|(id, _)| id)
            .eq(self.callbacks.iter().copied())
        {
            return Err(format!(
                "callbacks {:?} by the facts, in the state {:?}",
                self.callbacks, state.callbacks
            ));
        }
        if state.contacts.len() != self.stages.len() {
            return Err(format!(
                "{} contacts by the facts, {} in the state",
                self.stages.len(),
                state.contacts.len()
            ));
        }
        for (id, contact) in state.contacts.iter() {
            let shown = match &contact.state {
                Place::Created if contact.run.is_some() => Stage::Created(Beginning::Deciding),
                Place::Created => Stage::Created(Beginning::Arrived),
                Place::InFlow => Stage::InFlow,
                Place::Queued(stay) => Stage::Queued(stay.queue),
                Place::Offering(stay, offer) => Stage::Offering(stay.queue, offer.agent, offer.id),
                Place::Dialing(stay, dial) => {
                    Stage::Dialing(stay.queue, dial.agent, dial.ring().is_some())
                }
                Place::Connected(stay, it, _) => Stage::Connected(stay.queue, it.agent),
                Place::Outside(it) => Stage::Outside(it.stay.map(|stay| stay.queue)),
                Place::WrapUp(stay, it, _) => Stage::WrapUp(stay.queue, it.agent),
            };
            if self.stages.get(&id) != Some(&shown) {
                let by_facts = self.stages.get(&id);
                return Err(format!(
                    "contact {id} is {shown:?}, by the facts {by_facts:?}"
                ));
            }
        }
        Ok(())
    }
}

/// Whether the agent who has work left is given more time for it.
fn goes_on_wrapping_up(stage: Stage, event: &Event) -> bool {
    matches!((stage, event), (Stage::WrapUp(_, with), Event::WrapUpExtended { agent, .. }) if with == *agent)
}

/// The stage after the call came up or the flow began, each of which happens once.
const fn begun(from: Beginning, event: &Event) -> Option<Stage> {
    match (from, event) {
        (Beginning::Arrived, Event::LegUp { .. }) => Some(Stage::Created(Beginning::Up)),
        (Beginning::Arrived, Event::FlowStarted { .. }) => {
            Some(Stage::Created(Beginning::Deciding))
        }
        (Beginning::Up, Event::FlowStarted { .. }) | (Beginning::Deciding, Event::LegUp { .. }) => {
            Some(Stage::InFlow)
        }
        _ => None,
    }
}

const fn is_of_dialing(event: &Event) -> bool {
    matches!(
        event,
        Event::ContactDialed(_)
            | Event::CallbackDialed(_)
            | Event::CustomerDialed { .. }
            | Event::CustomerReached { .. }
            | Event::CustomerNotReached { .. }
            | Event::EarlyFailed(_)
    )
}

/// The stage of an attempt to reach a customer, whose phone rings once and only for an agent who is there.
fn dialed(stage: Option<Stage>, event: &Event) -> Option<Stage> {
    match (stage, event) {
        (None, Event::ContactDialed(tandem_core::event::ContactDialed { queue, agent, .. })) => {
            Some(Stage::Dialing(*queue, *agent, false))
        }
        (Some(Stage::Offering(queue, to, _)), Event::CallbackDialed(it)) if to == it.agent => {
            Some(Stage::Dialing(queue, to, false))
        }
        (Some(Stage::Dialing(queue, by, false)), Event::CustomerDialed { agent, .. })
            if by == *agent =>
        {
            Some(Stage::Dialing(queue, by, true))
        }
        (Some(Stage::Dialing(queue, by, true)), Event::CustomerReached { agent, .. })
            if by == *agent =>
        {
            Some(Stage::Connected(queue, by))
        }
        (Some(Stage::Dialing(queue, by, _)), Event::CustomerNotReached { agent, .. })
            if by == *agent =>
        {
            Some(Stage::Between(queue, by))
        }
        // Who is told that nobody came waits no more.
        (Some(Stage::Queued(_)), Event::EarlyFailed(it)) if it.why == EarlyEnd::NobodyFree => {
            Some(Stage::InFlow)
        }
        (Some(stage), Event::EarlyFailed(it)) if it.why != EarlyEnd::NobodyFree => Some(stage),
        _ => None,
    }
}

/// The stage after a transfer, if the fact can be one of it.
fn moved(stage: Stage, event: &Event) -> Option<Stage> {
    match (stage, event) {
        (Stage::Connected(queue, with), Event::HandedOver { from, to, .. }) if with == *from => {
            match to {
                Target::Agent(agent) => (*agent != with).then_some(Stage::Connected(queue, *agent)),
                Target::Number(_) => Some(Stage::Outside(Some(queue))),
                Target::Queue(_) => Some(Stage::Moving(with)),
            }
        }
        (Stage::Moving(with), Event::Requeued { queue, from, .. }) if with == *from => {
            Some(Stage::Queued(*queue))
        }
        _ => None,
    }
}

/// Whoever talks, or is being talked to, ends the conversation first.
const fn ends(stage: Stage) -> bool {
    match stage {
        Stage::Created(_)
        | Stage::InFlow
        | Stage::Queued(_)
        | Stage::Outside(_)
        | Stage::Between(..) => true,
        Stage::Offering(..)
        | Stage::Dialing(..)
        | Stage::Connected(..)
        | Stage::Moving(_)
        | Stage::WrapUp(..) => false,
    }
}

/// Facts that change no stage.
const fn is_beside(event: &Event) -> bool {
    matches!(
        event,
        Event::EffectOrdered { .. }
            | Event::LegReferenced { .. }
            | Event::CallCorrelated { .. }
            | Event::LegUp { .. }
            | Event::LegPresumed { .. }
            | Event::RingEnded { .. }
            | Event::RosterSeen(_)
            | Event::NodeEntered { .. }
            | Event::SubFlowEntered(_)
            | Event::SubFlowLeft { .. }
            | Event::NumberDialed(_)
            | Event::ExitTaken { .. }
            | Event::HoursChecked(_)
            | Event::SwitchMet(_)
            | Event::MediaEnded { .. }
            | Event::DigitsCollected { .. }
            | Event::MaskedDigitsCollected { .. }
            | Event::MenuMissed { .. }
            | Event::AttributeSet { .. }
            | Event::RequestAnswered(_)
            | Event::LoopCounted { .. }
            | Event::ConsentNoted { .. }
            | Event::NotRecorded { .. }
            | Event::RecordingTaken(_)
            | Event::RecordingDoubted(_)
            | Event::RecordingPauseAsked(_)
            | Event::RecordingPaused { .. }
            | Event::RecordingPauseFailed { .. }
            | Event::RecordingResumeAsked(_)
            | Event::RecordingResumed { .. }
            | Event::RecordingStarted { .. }
            | Event::RecordingFailed { .. }
            | Event::RecordingStopped { .. }
            | Event::MessageReleased { .. }
            | Event::RecordingFound { .. }
            | Event::RecordingKept(_)
            | Event::RecordingLost { .. }
            | Event::MessagePlayed { .. }
            | Event::RecordingAccessed { .. }
            | Event::CooldownEnded { .. }
            | Event::AgentPreferred(_)
            | Event::PreferredPassed(_)
            | Event::PlanStepEntered(_)
            | Event::PriorityAdjusted(_)
            | Event::ContactSteered(_)
            | Event::StepPromptPostponed { .. }
            | Event::AnnouncementPlanned { .. }
            | Event::Announced(_)
            | Event::QueueKeyPlanned(_)
            | Event::CallbackOffered(_)
            | Event::CallbackOfferEnded(_)
            | Event::PromiseJudged(_)
            | Event::CallbackBooked(_)
            | Event::CallbackJoined(_)
            | Event::EarlyPlanned(_)
            | Event::EarlyCalled(_)
            | Event::EarlyAnswered(_)
            | Event::CallbackPutOff(_)
            | Event::CallbackEnded(_)
            | Event::WrapUpWished(_)
            | Event::Held { .. }
            | Event::Resumed { .. }
            | Event::ThirdAsked(_)
            | Event::ThirdJoined { .. }
            | Event::ThirdLeft { .. }
            | Event::TransferEnded(_)
    )
}
