//! Effects: carries out the orders of one contact center and brings their outcomes back as inputs.
//!
//! Orders of one contact are carried out in their order, because music that is stopped must have
//! been started first; those of different contacts do not wait for each other.

use crate::edge::teams_phone::{TeamsPhone, perform};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tandem_core::effect::{Effect, Order, Outcome};
use tandem_core::ids::ContactId;
use tandem_core::input::Input;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

/// Carries out the orders of a contact center in a task of its own.
pub fn spawn(
    edge: Arc<TeamsPhone>,
    orders: mpsc::UnboundedReceiver<Order>,
    stop: CancellationToken,
) -> tokio::task::JoinHandle<()> {
    tokio::spawn(run(edge, orders, stop))
}

/// Orders under way at once.
const UNDER_WAY_MAX: usize = 256;
/// How long an outcome waits for a store that does not answer before it is offered again.
const OUTCOME_RETRY: Duration = Duration::from_millis(500);

/// Waits between attempts to end a call; what is left after the last is reported as it is.
const HANG_UP_WAITS: [Duration; 5] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(30),
    Duration::from_secs(60),
];

/// Carries out orders until told to stop; what is under way then is finished by the next process,
/// under the same keys.
async fn run(
    edge: Arc<TeamsPhone>,
    mut orders: mpsc::UnboundedReceiver<Order>,
    stop: CancellationToken,
) {
    let mut lanes = Lanes::default();
    let permits = Arc::new(Semaphore::new(UNDER_WAY_MAX));
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
            let lane = lane_of(&order);
            let (edge, permits) = (Arc::clone(&edge), Arc::clone(&permits));
            let (finished, stop) = (finished.clone(), stop.clone());
            tokio::spawn(async move {
                let permit = permits.acquire().await;
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = carry_out(&edge, order) => {}
                }
                drop(permit);
                if finished.send(lane).is_err() {
                    tracing::trace!("orders are no longer carried out");
                }
            });
        }
    }
}

/// One lane for each contact; rejected arrivals have one of their own each.
type Lane = (Option<ContactId>, u64);

fn lane_of(order: &Order) -> Lane {
    match order.effect.contact() {
        Some(contact) => (Some(contact), 0),
        None => (None, order.id.0),
    }
}

/// Orders that wait for an earlier one of the same contact.
#[derive(Default)]
struct Lanes {
    waiting: BTreeMap<Lane, VecDeque<Order>>,
}

impl Lanes {
    /// Adds an order; answers it if it may start at once.
    fn add(&mut self, order: Order) -> Option<Order> {
        let lane = lane_of(&order);
        if let Some(waiting) = self.waiting.get_mut(&lane) {
            waiting.push_back(order);
            return None;
        }
        self.waiting.insert(lane, VecDeque::new());
        Some(order)
    }

    /// An order of the lane ended; answers the next one.
    fn finished(&mut self, lane: Lane) -> Option<Order> {
        let waiting = self.waiting.get_mut(&lane)?;
        let next = waiting.pop_front();
        if next.is_none() {
            self.waiting.remove(&lane);
        }
        next
    }
}

async fn carry_out(edge: &TeamsPhone, order: Order) {
    let outcome = ask_until_true(edge, &order).await;
    metrics::counter!(
        "tandem_effects_total",
        "effect" => name(&order.effect),
        "outcome" => outcome_name(&outcome)
    )
    .increment(1);
    let input = Input::Settled {
        effect: order.id,
        outcome,
    };
    while edge.engine.submit(input.clone()).await.is_err() {
        tokio::time::sleep(OUTCOME_RETRY).await;
    }
}

/// A call that must end is asked to end until it has: a customer must not be left in silence because
/// the service had a bad minute. Everything else is tried as the client tries it.
async fn ask_until_true(edge: &TeamsPhone, order: &Order) -> Outcome {
    let mut outcome = perform(edge, order).await;
    if !matches!(order.effect, Effect::HangUp { .. }) {
        return outcome;
    }
    for wait in HANG_UP_WAITS {
        if matches!(outcome, Outcome::Done { .. }) {
            break;
        }
        tokio::time::sleep(wait).await;
        outcome = perform(edge, order).await;
    }
    outcome
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
        Effect::HangUp { .. } => "hang_up",
    }
}

const fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done { .. } => "done",
        Outcome::Failed { .. } => "failed",
        Outcome::Unknown => "unknown",
    }
}
