//! Who carries orders out, as the server's effects do: those of a contact one after the other, those about its
//! recording and its questions beside them, requests to business systems alone. An order stays in hand until its outcome was entered; all of it is gone with the process.

use std::collections::{BTreeMap, VecDeque};
use tandem_core::effect::{Effect, Order, Outcome};
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::input::Input;
use tandem_core::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    Contact(ContactId),
    Recording(ContactId),
    Questions(ContactId),
    Alone(EffectId),
}

impl Lane {
    fn of(order: &Order) -> Self {
        match (order.effect.contact(), &order.effect) {
            (Some(contact), Effect::Inquire { .. }) => Self::Questions(contact),
            (
                Some(_),
                Effect::Request { .. } | Effect::FetchRecording { .. } | Effect::Forget { .. },
            ) => Self::Alone(order.id),
            (
                Some(contact),
                Effect::StartRecording { .. }
                | Effect::PauseRecording { .. }
                | Effect::ResumeRecording { .. }
                | Effect::StopRecording { .. },
            ) => Self::Recording(contact),
            (Some(contact), _) => Self::Contact(contact),
            (None, _) => Self::Alone(order.id),
        }
    }
}

/// How the request of an order ended.
#[derive(Clone, Debug)]
struct Answer {
    lane: Lane,
    outcome: Outcome,
    /// When it is here.
    at: Timestamp,
}

/// The orders in hand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Carrier {
    lanes: BTreeMap<Lane, VecDeque<Order>>,
    /// Outcomes that have not been entered, of the first orders of their lanes.
    answers: BTreeMap<EffectId, Answer>,
}

impl Carrier {
    /// Takes an order, unless it is in hand.
    pub(crate) fn take(&mut self, order: Order) {
        let lane = self.lanes.entry(Lane::of(&order)).or_default();
        if lane.iter().all(|it| it.id != order.id) {
            lane.push_back(order);
        }
    }

    pub(crate) fn holds(&self, id: EffectId, effect: &Effect) -> bool {
        let effect = effect.clone();
        let lane = self.lanes.get(&Lane::of(&Order { id, effect }));
        lane.is_some_and(|lane| lane.iter().any(|it| it.id == id))
    }

    /// The orders whose requests may leave now.
    pub(crate) fn ready(&self) -> Vec<Order> {
        let first = self.lanes.values().filter_map(VecDeque::front);
        let ready = first.filter(|it| !self.answers.contains_key(&it.id));
        ready.cloned().collect()
    }

    /// The other side answered, or never will; at that instant the outcome is here.
    pub(crate) fn answered(&mut self, order: &Order, outcome: Outcome, at: Timestamp) {
        let lane = Lane::of(order);
        self.answers.insert(order.id, Answer { lane, outcome, at });
    }

    /// Orders whose outcome is here and has not been entered.
    pub(crate) fn answers(&self, now: Timestamp) -> Vec<EffectId> {
        let here = self.answers.iter().filter(|(_, it)| it.at <= now);
        here.map(|(effect, _)| *effect).collect()
    }

    /// The outcome of an order, to be entered.
    pub(crate) fn outcome(&self, effect: EffectId) -> Option<Input> {
        let outcome = self.answers.get(&effect)?.outcome.clone();
        Some(Input::Settled { effect, outcome })
    }

    /// The outcome was entered: the next of the lane may go.
    pub(crate) fn entered(&mut self, effect: EffectId) {
        let Some(Answer { lane, .. }) = self.answers.remove(&effect) else {
            return;
        };
        if let Some(orders) = self.lanes.get_mut(&lane) {
            orders.pop_front();
            if orders.is_empty() {
                self.lanes.remove(&lane);
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }
}
