//! The loop: the single writer of a contact center.
//!
//! Cost of a batch: the turns, one encoding, one append. A failed append drops the state, because
//! it may hold what is not durable, and rebuilds it from the journal.

use super::clock::Clock;
use super::record::{RecordBody, TurnRecord};
use super::recovery::{RecoveryError, recover};
use super::view::{Projection, View};
use super::{Committed, Engine, INPUTS_WAITING_MAX, Job, Orders, Unavailable, snapshots};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tandem_core::ContactCenter;
use tandem_core::effect::Order;
use tandem_core::input::Input;
use tandem_core::time::Timestamp;
use tandem_core::turn::Reply;
use tandem_store::{
    AppendError, Batch, CenterId, CenterStore, Lease, LeaseError, NodeId, SealedSubject,
};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Inputs of one batch at most (design 2.3).
pub(crate) const BATCH_INPUTS_MAX: usize = 256;
/// Time that a batch may take to fill (design 2.3).
const BATCH_TIME_MAX: Duration = Duration::from_millis(2);
/// Records that the view may be behind.
const RECORDS_BEHIND_MAX: usize = 1_024;
/// How long a lease lasts; it is renewed every third of it.
const LEASE_TTL: Duration = Duration::from_secs(6);
/// How long the loop waits before it asks a store that did not answer again.
const STORE_RETRY: Duration = Duration::from_millis(500);

/// What a loop needs.
pub struct EngineOptions {
    /// Whose loop.
    pub center: CenterId,
    /// The contact center's time zone, by its IANA name.
    pub time_zone: String,
    /// This process.
    pub node: NodeId,
    /// The store.
    pub store: Arc<dyn CenterStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where orders go.
    pub orders: Orders,
    /// Stops the loop after what has been taken is durable.
    pub stop: CancellationToken,
}

/// Takes the lease, rebuilds the contact center and starts its loop. Orders that had not ended are
/// given again, under their old keys.
///
/// # Errors
/// When another process holds the contact center, or its journal cannot be read.
pub async fn spawn(options: EngineOptions) -> Result<(Engine, JoinHandle<()>), StartError> {
    let EngineOptions {
        center,
        time_zone,
        node,
        store,
        clock,
        orders,
        stop,
    } = options;
    let lease = store.acquire(&center, &node, LEASE_TTL).await?;
    let projection = recover(store.as_ref(), &center, &time_zone).await?;
    clock.at_least(projection.now);
    let (state, last) = (projection.center.clone(), projection.now);
    let view = View::new(projection);
    let (jobs, waiting) = mpsc::channel(INPUTS_WAITING_MAX);
    let (records, follow) = mpsc::channel(RECORDS_BEHIND_MAX);
    tokio::spawn(follow_records(follow, view.clone()));
    tokio::spawn(snapshots::keep(
        Arc::clone(&store),
        center.clone(),
        view.clone(),
        stop.clone(),
    ));
    let engine = Engine {
        center: center.clone(),
        jobs,
        view: view.clone(),
    };
    let writer = Writer {
        next_seq: lease.next_seq,
        lease,
        state,
        last,
        waiting,
        records,
        center,
        time_zone,
        node,
        store,
        clock,
        orders,
        stop,
        view,
    };
    Ok((engine, tokio::spawn(writer.run())))
}

/// Why a loop did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process holds the contact center.
    #[error(transparent)]
    Lease(#[from] LeaseError),
    /// The journal cannot be used.
    #[error(transparent)]
    Recovery(#[from] RecoveryError),
}

async fn follow_records(mut records: mpsc::Receiver<RecordBody>, view: View) {
    while let Some(record) = records.recv().await {
        view.take(&record);
    }
}

struct Writer {
    center: CenterId,
    time_zone: String,
    node: NodeId,
    store: Arc<dyn CenterStore>,
    clock: Arc<dyn Clock>,
    orders: Orders,
    stop: CancellationToken,
    view: View,
    records: mpsc::Sender<RecordBody>,
    waiting: mpsc::Receiver<Job>,
    lease: Lease,
    next_seq: u64,
    state: ContactCenter,
    last: Timestamp,
}

/// What the turns of one batch led to, not yet durable.
#[derive(Default)]
struct Taken {
    turns: Vec<TurnRecord>,
    subjects: Vec<SealedSubject>,
    orders: Vec<Order>,
    answers: Vec<(oneshot::Sender<Result<Committed, Unavailable>>, Reply)>,
}

/// Why the loop woke.
enum Wake {
    Job(Box<Job>),
    Deadline,
    Renew,
    Stop,
}

impl Writer {
    async fn run(mut self) {
        if self.start().await {
            self.serve().await;
        }
        self.finish().await;
    }

    /// A start that is not on record is made again, so that what follows never stands on it; answers whether
    /// the loop may go on.
    async fn start(&mut self) -> bool {
        while self.start_service().await.is_err() {
            if !(self.pause().await && self.rebuild().await) {
                return false;
            }
        }
        true
    }

    async fn serve(&mut self) {
        let mut renew = tokio::time::interval(LEASE_TTL / 3);
        renew.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let usable = match self.wake(&mut renew).await {
                Wake::Job(job) => self.batch(Some(*job)).await,
                Wake::Deadline => self.batch(None).await,
                Wake::Renew => self.renew().await,
                Wake::Stop => break,
            };
            if usable.is_err() && !self.rebuild().await {
                break;
            }
        }
    }

    /// Tells the core that the service starts, and gives the orders again that had not ended.
    async fn start_service(&mut self) -> Result<(), AppendError> {
        let open: Vec<Order> = self.state.open_orders().collect();
        let mut taken = Taken::default();
        self.turn(Input::ServiceStarted, &mut taken);
        self.commit(taken).await?;
        for order in open {
            self.give(order);
        }
        Ok(())
    }

    async fn wake(&mut self, renew: &mut tokio::time::Interval) -> Wake {
        let deadline = self.state.next_deadline().map(|(at, _)| at);
        let clock = Arc::clone(&self.clock);
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Wake::Stop,
            _ = renew.tick() => Wake::Renew,
            job = self.waiting.recv() => job.map_or(Wake::Stop, |job| Wake::Job(Box::new(job))),
            () = until_or_never(clock.as_ref(), deadline) => Wake::Deadline,
        }
    }

    /// Takes the turns of what waits and makes them durable.
    async fn batch(&mut self, first: Option<Job>) -> Result<(), AppendError> {
        let began = Instant::now();
        let mut taken = Taken::default();
        self.turns_of_time(&mut taken);
        let mut next = first;
        let mut n_inputs = 0;
        while let Some(job) = next.take() {
            self.take(job, &mut taken);
            n_inputs += 1;
            if n_inputs < BATCH_INPUTS_MAX && began.elapsed() < BATCH_TIME_MAX {
                next = self.waiting.try_recv().ok();
            }
        }
        metrics::histogram!("tandem_engine_batch_inputs").record(f64::from(n_inputs_of(n_inputs)));
        let outcome = self.commit(taken).await;
        metrics::histogram!("tandem_engine_batch_seconds").record(began.elapsed().as_secs_f64());
        outcome
    }

    /// Time goes first: what is due comes before what asks.
    fn turns_of_time(&mut self, taken: &mut Taken) {
        let due = self
            .state
            .next_deadline()
            .is_some_and(|(at, _)| at <= self.clock.now());
        if due {
            self.turn(Input::TimeReached, taken);
        }
    }

    fn take(&mut self, job: Job, taken: &mut Taken) {
        let n_turns = taken.turns.len();
        let reply = self.turn(job.input, taken);
        // What led to nothing leaves nothing behind, personal data least of all.
        if taken.turns.len() > n_turns {
            taken.subjects.extend(job.subjects);
        }
        taken.answers.push((job.answer, reply));
    }

    fn turn(&mut self, input: Input, taken: &mut Taken) -> Reply {
        // Time never runs backwards for the core, whatever the machine's clock does.
        let now = self.clock.now().max(self.last);
        self.last = now;
        let turn = self.state.handle(now, input.clone());
        taken.orders.extend(turn.orders());
        if !turn.events.is_empty() {
            taken.turns.push(TurnRecord {
                now,
                input,
                events: turn.events,
            });
        }
        turn.reply
    }

    /// One record, and only then everything outward.
    async fn commit(&mut self, taken: Taken) -> Result<(), AppendError> {
        let Taken {
            turns,
            subjects,
            orders,
            answers,
        } = taken;
        if !turns.is_empty() {
            let seq = self.next_seq;
            let record = RecordBody::new(seq, self.lease.epoch, turns);
            let body = serde_json::to_vec(&record).unwrap_or_default();
            let batch = Batch {
                body,
                subjects,
                checkpoints: Vec::new(),
            };
            if let Err(error) = self.store.append(&self.lease, seq, batch).await {
                tracing::error!(center = %self.center, seq, %error, "append failed; the state is rebuilt");
                for (answer, _) in answers {
                    drop(answer.send(Err(Unavailable::Store)));
                }
                return Err(error);
            }
            self.next_seq += 1;
            // The follower is gone only when the process ends.
            drop(self.records.send(record).await);
        }
        for order in orders {
            self.give(order);
        }
        let seq = self.next_seq - 1;
        for (answer, reply) in answers {
            // Whoever asked may have gone; what was done stays done.
            drop(answer.send(Ok(Committed { reply, seq })));
        }
        Ok(())
    }

    fn give(&self, order: Order) {
        if self.orders.send(order).is_err() {
            tracing::debug!(center = %self.center, "nobody carries out orders any more");
        }
    }

    async fn renew(&mut self) -> Result<(), AppendError> {
        match self.store.renew(&self.lease, LEASE_TTL).await {
            Ok(()) => Ok(()),
            Err(error) => {
                tracing::warn!(center = %self.center, %error, "the lease could not be renewed");
                Err(AppendError::Fenced)
            }
        }
    }

    /// Drops the state and rebuilds it from what is durable; answers whether the loop may go on.
    async fn rebuild(&mut self) -> bool {
        loop {
            match self.reacquire().await {
                Ok(projection) => {
                    self.state = projection.center.clone();
                    self.view.replace(projection);
                    let open: Vec<Order> = self.state.open_orders().collect();
                    for order in open {
                        self.give(order);
                    }
                    return true;
                }
                Err(error) => {
                    tracing::error!(center = %self.center, %error, "the contact center cannot be rebuilt yet");
                    metrics::counter!("tandem_engine_rebuild_failures_total").increment(1);
                    if !self.pause().await {
                        return false;
                    }
                }
            }
        }
    }

    /// Leaves the store alone for a moment; answers whether the loop may go on.
    async fn pause(&mut self) -> bool {
        self.refuse_waiting();
        tokio::select! {
            () = self.stop.cancelled() => false,
            () = tokio::time::sleep(STORE_RETRY) => true,
        }
    }

    async fn reacquire(&mut self) -> Result<Projection, StartError> {
        let lease = self
            .store
            .acquire(&self.center, &self.node, LEASE_TTL)
            .await?;
        let projection = recover(self.store.as_ref(), &self.center, &self.time_zone).await?;
        self.next_seq = projection.seq + 1;
        self.lease = lease;
        Ok(projection)
    }

    /// While the store is away, whoever asks is told so at once.
    fn refuse_waiting(&mut self) {
        while let Ok(job) = self.waiting.try_recv() {
            drop(job.answer.send(Err(Unavailable::Store)));
        }
    }

    /// What has been taken is durable; the next owner may start at once.
    async fn finish(mut self) {
        self.waiting.close();
        self.refuse_waiting();
        snapshots::write(self.store.as_ref(), &self.center, &self.view).await;
        if let Err(error) = self.store.release(self.lease).await {
            tracing::warn!(center = %self.center, %error, "the lease could not be released");
        }
    }
}

fn n_inputs_of(n_inputs: usize) -> u32 {
    u32::try_from(n_inputs).unwrap_or(u32::MAX)
}

async fn until_or_never(clock: &dyn Clock, deadline: Option<Timestamp>) {
    match deadline {
        Some(at) => clock.until(at).await,
        None => std::future::pending().await,
    }
}
