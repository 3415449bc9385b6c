//! Effects: carries out the orders of one contact center and brings their outcomes back as inputs.
//!
//! Orders of one contact are carried out in their order, because music that is stopped must have
//! been started first; those of different contacts do not wait for each other, and nothing waits for a
//! business system.

use crate::edge::Edges;
use crate::edge::business::{Ask, BusinessSystems};
use crate::edge::teams_phone::effect_key;
use crate::health::Went;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tandem_core::effect::{Class, Effect, Order, Outcome};
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::input::Input;
use tandem_core::turn::Reply;
use tokio::sync::{Mutex, Semaphore, mpsc};
use tokio::time::{Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// Carries out the orders of a contact center in a task of its own.
pub fn spawn(
    edges: Arc<Edges>,
    business: BusinessSystems,
    orders: mpsc::UnboundedReceiver<Order>,
    stop: CancellationToken,
) -> tokio::task::JoinHandle<()> {
    tokio::spawn(run(edges, business, orders, stop))
}

/// Requests under way at once.
const UNDER_WAY_MAX: usize = 256;
/// Questions under way at once: they must not keep orders waiting.
const INQUIRIES_UNDER_WAY_MAX: usize = 32;
/// Between two questions: the service's limits are not published, and a thousand calls are asked about in
/// less than four seconds.
const INQUIRY_PACE: Duration = Duration::from_micros(3_333);
/// How long an outcome waits for a store that does not answer before it is offered again.
const OUTCOME_RETRY: Duration = Duration::from_millis(500);

/// Waits before a keyed order of unknown outcome is repeated under its key: the answer to the repetition
/// tells what became of the first.
const KEYED_WAITS: [Duration; 4] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(30),
];
/// Waits before media whose end is unknown is stopped again.
const STOP_WAITS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];
/// Waits before the file of a recording is fetched again.
const FETCH_WAITS: [Duration; 6] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(60),
    Duration::from_secs(300),
    Duration::from_secs(900),
];
/// Files that are fetched at once: each may be large.
pub(crate) const FETCHES_UNDER_WAY_MAX: usize = 4;
/// Waits between attempts to end a call: a customer must not be left in a call that belongs to nobody.
const HANG_UP_WAITS: [Duration; 4] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(30),
];
/// After them, once a minute for an hour; then it is reported as it is.
const HANG_UP_LAST_WAITS: (Duration, usize) = (Duration::from_secs(60), 60);

/// Carries out orders until told to stop; what is under way then is finished by the next process,
/// under the same keys.
async fn run(
    edges: Arc<Edges>,
    business: BusinessSystems,
    mut orders: mpsc::UnboundedReceiver<Order>,
    stop: CancellationToken,
) {
    let mut lanes = Lanes::default();
    let gates = Arc::new(Gates::new(business));
    let (finished, mut done) = mpsc::unbounded_channel();
    loop {
        let next = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            Some(lane) = done.recv() => lanes.finished(lane),
            order = orders.recv() => match order {
                Some(order) => lanes.add(order),
                None => return,
            },
        };
        if let Some(order) = next {
            let lane = Lane::of(&order);
            let (edges, gates) = (Arc::clone(&edges), Arc::clone(&gates));
            let (finished, stop) = (finished.clone(), stop.clone());
            tokio::spawn(async move {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = carry_out(&edges, &gates, order) => {}
                }
                if finished.send(lane).is_err() {
                    tracing::trace!("orders are no longer carried out");
                }
            });
        }
    }
}

/// What an order waits for before its request leaves.
struct Gates {
    orders: Semaphore,
    inquiries: Semaphore,
    fetches: Semaphore,
    pace: Mutex<Interval>,
    business: BusinessSystems,
}

impl Gates {
    fn new(business: BusinessSystems) -> Self {
        let mut pace = tokio::time::interval(INQUIRY_PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            orders: Semaphore::new(UNDER_WAY_MAX),
            inquiries: Semaphore::new(INQUIRIES_UNDER_WAY_MAX),
            fetches: Semaphore::new(FETCHES_UNDER_WAY_MAX),
            pace: Mutex::new(pace),
            business,
        }
    }

    async fn perform(&self, edges: &Edges, order: &Order) -> Outcome {
        let edge = &edges.teams_phone;
        if let Effect::Request {
            request,
            save,
            timeout_s,
            masked,
            ..
        } = &order.effect
        {
            let masked = match edge.texts_under(masked).await {
                Ok(masked) => masked,
                Err(outcome) => return outcome,
            };
            let key = effect_key(edge, order.id);
            let (key, timeout_s) = (key.as_str(), *timeout_s);
            let ask = Ask {
                request,
                masked: &masked,
                save,
                timeout_s,
                key,
            };
            return self.business.ask(&ask).await;
        }
        let is_inquiry = matches!(order.effect, Effect::Inquire { .. });
        let permits = if is_inquiry {
            self.pace.lock().await.tick().await;
            &self.inquiries
        } else if matches!(order.effect, Effect::FetchRecording { .. }) {
            &self.fetches
        } else {
            &self.orders
        };
        // Never closed.
        let permit = permits.acquire().await;
        let outcome = edges.perform(order).await;
        drop(permit);
        outcome
    }
}

/// Where orders wait for each other: those of one contact do, but its questions only for questions, and those
/// about its recording only for each other, because a pause must not wait for a prompt;
/// a rejected arrival, a request to a business system, a file that is fetched and what is erased wait for nobody.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

/// The orders of each lane, the one that is under way first.
#[derive(Default)]
struct Lanes {
    orders: BTreeMap<Lane, VecDeque<Order>>,
}

impl Lanes {
    /// Adds an order; answers it if it may start at once. A loop that rebuilt its state gives what is open
    /// again: an order that is here already is not taken twice.
    fn add(&mut self, order: Order) -> Option<Order> {
        let lane = self.orders.entry(Lane::of(&order)).or_default();
        if lane.iter().any(|it| it.id == order.id) {
            return None;
        }
        lane.push_back(order);
        (lane.len() == 1).then(|| lane.front().cloned()).flatten()
    }

    /// The first order of the lane ended; answers the next one.
    fn finished(&mut self, lane: Lane) -> Option<Order> {
        let orders = self.orders.get_mut(&lane)?;
        orders.pop_front();
        let next = orders.front().cloned();
        if next.is_none() {
            self.orders.remove(&lane);
        }
        next
    }
}

async fn carry_out(edges: &Edges, gates: &Gates, order: Order) {
    let edge = &edges.teams_phone;
    let outcome = persist(edges, gates, &order).await;
    metrics::counter!(
        "tandem_effects_total",
        "effect" => name(&order.effect),
        "outcome" => outcome_name(&outcome)
    )
    .increment(1);
    if !matches!(order.effect, Effect::Request { .. }) && !edges.is_own_media(&order).await {
        notice(edge, &outcome);
    }
    let is_inquiry = matches!(outcome, Outcome::Observed { .. });
    let input = Input::Settled {
        effect: order.id,
        outcome,
    };
    let reply = loop {
        match edge.engine.submit(input.clone()).await {
            Ok(committed) => break committed.reply,
            Err(_away) => tokio::time::sleep(OUTCOME_RETRY).await,
        }
    };
    if is_inquiry {
        let was_lost = matches!(reply, Reply::Learned);
        let went = if was_lost { Went::Badly } else { Went::Well };
        edge.signals.inquiry(went);
    }
}

/// An order that the other side takes goes well; that a call is over already is no failure of it.
fn notice(edge: &crate::edge::teams_phone::TeamsPhone, outcome: &Outcome) {
    match outcome {
        Outcome::Done { .. }
        | Outcome::Kept { .. }
        | Outcome::Observed { .. }
        | Outcome::Answered { .. } => edge.signals.operation(Went::Well, ""),
        Outcome::Failed { code } => edge.signals.operation(Went::Badly, code),
        Outcome::Unknown => edge.signals.operation(Went::Badly, "no answer"),
    }
}

/// Asks again, as the class of the order allows.
async fn persist(edges: &Edges, gates: &Gates, order: &Order) -> Outcome {
    let mut outcome = gates.perform(edges, order).await;
    for wait in waits(&order.effect) {
        if !is_asked_again(&order.effect, &outcome) {
            break;
        }
        tokio::time::sleep(wait).await;
        outcome = gates.perform(edges, order).await;
    }
    outcome
}

fn waits(effect: &Effect) -> Vec<Duration> {
    let (last, n_last) = HANG_UP_LAST_WAITS;
    match (effect.class(), effect) {
        (Class::TargetState, Effect::HangUp { .. }) => HANG_UP_WAITS
            .into_iter()
            .chain(std::iter::repeat_n(last, n_last))
            .collect(),
        (Class::TargetState, Effect::FetchRecording { .. }) => FETCH_WAITS.to_vec(),
        (Class::TargetState, Effect::Forget { .. } | Effect::ForgetCallback { .. }) => {
            KEYED_WAITS.to_vec()
        }
        (Class::TargetState, _) => STOP_WAITS.to_vec(),
        (Class::Keyed, _) => KEYED_WAITS.to_vec(),
        // The core starts it anew, under a new key, when it still matters.
        (Class::Restart, _) => Vec::new(),
    }
}

/// What is refused is refused; only the end of a call is insisted on.
fn is_asked_again(effect: &Effect, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Unknown => true,
        Outcome::Failed { .. } => matches!(effect, Effect::HangUp { .. }),
        Outcome::Done { .. }
        | Outcome::Kept { .. }
        | Outcome::Observed { .. }
        | Outcome::Answered { .. } => false,
    }
}

const fn name(effect: &Effect) -> &'static str {
    match effect {
        Effect::Answer { .. } => "answer",
        Effect::RejectArrival { .. } => "reject",
        Effect::Play { .. } => "play",
        Effect::Collect { .. } => "collect",
        Effect::StopMedia { .. } => "stop_media",
        Effect::AddAgent { .. } => "add_agent",
        Effect::CancelAddAgent { .. } => "cancel_add_agent",
        Effect::RemoveAgent { .. } => "remove_agent",
        Effect::Hold { .. } => "hold",
        Effect::Unhold { .. } => "unhold",
        Effect::AddNumber { .. } => "add_number",
        Effect::RemoveNumber { .. } => "remove_number",
        Effect::TransferAway { .. } => "transfer_away",
        Effect::SendDigits { .. } => "send_digits",
        Effect::Request { .. } => "request",
        Effect::CallAgent { .. } => "call_agent",
        Effect::CallCustomer { .. } => "call_customer",
        Effect::StartRecording { .. } => "start_recording",
        Effect::PauseRecording { .. } => "pause_recording",
        Effect::ResumeRecording { .. } => "resume_recording",
        Effect::StopRecording { .. } => "stop_recording",
        Effect::Listen { .. } => "listen",
        Effect::FetchRecording { .. } => "fetch_recording",
        Effect::Forget { .. } => "forget",
        Effect::ForgetCallback { .. } => "forget_callback",
        Effect::HangUp { .. } => "hang_up",
        Effect::Inquire { .. } => "inquire",
    }
}

const fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done { .. } => "done",
        Outcome::Kept { .. } => "kept",
        Outcome::Failed { .. } => "failed",
        Outcome::Observed { .. } => "observed",
        Outcome::Answered { .. } => "answered",
        Outcome::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(id: u64, contact: u64) -> Order {
        let (contact, leg) = (ContactId(contact), "leg".to_owned());
        Order {
            id: EffectId(id),
            effect: Effect::HangUp { contact, leg },
        }
    }

    #[test]
    fn orders_of_one_contact_wait_for_each_other_and_those_of_another_do_not() {
        let mut lanes = Lanes::default();
        assert_eq!(lanes.add(order(1, 1)), Some(order(1, 1)));
        assert_eq!(lanes.add(order(2, 1)), None);
        assert_eq!(lanes.add(order(3, 2)), Some(order(3, 2)));
        let lane = Lane::of(&order(1, 1));
        assert_eq!(lanes.finished(lane), Some(order(2, 1)));
        assert_eq!(lanes.finished(lane), None);
        assert_eq!(lanes.add(order(4, 1)), Some(order(4, 1)));
    }

    #[test]
    fn order_that_is_given_again_while_it_is_under_way_or_waits_is_taken_once() {
        let mut lanes = Lanes::default();
        lanes.add(order(1, 1));
        lanes.add(order(2, 1));
        assert_eq!(
            (lanes.add(order(1, 1)), lanes.add(order(2, 1))),
            (None, None)
        );
        let lane = Lane::of(&order(1, 1));
        assert_eq!(lanes.finished(lane), Some(order(2, 1)));
        assert_eq!(lanes.finished(lane), None);
    }
}
