//! `tandem bench start`: how long a start takes after a process was killed with many open contacts and
//! a large journal, from opening the store to the first routing decision.

use super::Error;
use super::engine::{AGENTS, Bench, agent, arrival, settle};
use crate::engine::{Engine, spawn};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tandem_core::contact::State;
use tandem_core::effect::{Effect, Observation, Order, Outcome};
use tandem_core::ids::AgentId;
use tandem_core::input::{CallFact, Input, IntentChoice, Request};
use tandem_store::{CenterId, Snapshots as _, Store};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Arrivals of open contacts count from here: those that are over had smaller numbers.
const OPEN_FROM: u64 = 2_000_000_000;
/// Calls that arrive at once.
const AT_ONCE: u64 = 256;

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct StartReport {
    /// Events in the journal, about, those of open contacts not counted.
    pub events: u64,
    /// Contacts that wait.
    pub contacts_open: usize,
    /// Bytes of the newest snapshot.
    pub snapshot_bytes: usize,
    /// Records after the newest snapshot.
    pub records_after_snapshot: u64,
    /// Opening the store, milliseconds.
    pub open_ms: u64,
    /// Taking the lease and rebuilding, milliseconds.
    pub rebuild_ms: u64,
    /// From the agent's wish to the offer, milliseconds: the oldest contact's call is asked about first.
    pub decision_ms: u64,
    /// All three, milliseconds.
    pub start_ms: u64,
}

/// Measures with `contacts` open contacts and about `events` events below `folder`.
///
/// # Errors
/// When the store cannot be used, or the oldest contact is not the one that is offered.
pub async fn start(folder: &Path, contacts: u64, events: u64) -> Result<StartReport, Error> {
    let (lived, killed) = (folder.join("lived"), folder.join("killed"));
    let bench = Bench::start(&lived).await?;
    let center = bench.center.clone();
    let events = bench.fill(events).await?;
    bench.stop().await?;
    leave_as_killed(&lived, &killed, &center, contacts).await?;
    std::fs::remove_dir_all(&lived)?;

    let began = Instant::now();
    let mut floor = Floor::open(&killed, &center).await?;
    let oldest = floor.oldest();
    let wish = Instant::now();
    let request = Request::SetIntent {
        intent: IntentChoice::Ready,
    };
    let actor = agent(AgentId(1));
    let wish_made = Input::Asked { actor, request };
    floor.engine.submit_and_see(wish_made, Vec::new()).await?;
    floor.answer_until_one_is_offered().await?;
    let (decided, all) = (wish.elapsed(), began.elapsed());
    if oldest.is_none() || floor.offered() != oldest {
        return Err("the oldest contact is not the one that was offered".into());
    }
    let snapshot = floor.store.newest_snapshot(&center).await?;
    let (in_snapshot, snapshot_bytes) = snapshot.map_or((0, 0), |it| (it.seq, it.bytes.len()));
    let report = StartReport {
        events,
        contacts_open: floor.n_open(),
        snapshot_bytes,
        records_after_snapshot: floor.last_seq.saturating_sub(in_snapshot),
        open_ms: millis(floor.opened),
        rebuild_ms: millis(floor.rebuilt),
        decision_ms: millis(decided),
        start_ms: millis(all),
    };
    floor.close().await?;
    Ok(report)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Lets contacts arrive while no agent is there, and copies the files while nothing is written: what
/// a process that is killed leaves is the same.
async fn leave_as_killed(
    lived: &Path,
    killed: &Path,
    center: &CenterId,
    contacts: u64,
) -> Result<(), Error> {
    let mut floor = Floor::open(lived, center).await?;
    for n in 1..=AGENTS {
        let actor = agent(AgentId(n));
        let request = Request::SignOut;
        floor.engine.submit(Input::Asked { actor, request }).await?;
    }
    let mut n = 0;
    while n < contacts {
        let portion = AT_ONCE.min(contacts - n);
        let arrivals = (n..n + portion).map(|n| floor.engine.submit(arrival(OPEN_FROM + n)));
        futures::future::try_join_all(arrivals).await?;
        floor.carry_out(portion).await?;
        n += portion;
    }
    let last = floor.engine.submit(Input::TimeReached).await?.seq;
    floor.engine.view().reaches(last).await;
    std::fs::create_dir_all(killed)?;
    for entry in std::fs::read_dir(lived)? {
        let name = entry?.file_name();
        let is_shared_memory = name.to_string_lossy().ends_with("-shm");
        if !is_shared_memory {
            std::fs::copy(lived.join(&name), killed.join(&name))?;
        }
    }
    floor.close().await
}

/// A contact center without a world: orders are carried out when it is said.
struct Floor {
    engine: Engine,
    store: Arc<Store>,
    orders: mpsc::UnboundedReceiver<Order>,
    stop: CancellationToken,
    loop_task: tokio::task::JoinHandle<()>,
    /// The last record that it was rebuilt from.
    last_seq: u64,
    opened: Duration,
    rebuilt: Duration,
}

impl Floor {
    async fn open(folder: &Path, center: &CenterId) -> Result<Self, Error> {
        let began = Instant::now();
        let store = Arc::new(Store::open(folder).await?);
        let opened = began.elapsed();
        let (give, orders) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let options = super::options(center.clone(), &store, give, &stop)?;
        let (engine, loop_task) = spawn(options).await?;
        let last_seq = engine.view().read(|it| it.seq);
        Ok(Self {
            last_seq,
            engine,
            store,
            orders,
            stop,
            loop_task,
            opened,
            rebuilt: began.elapsed() - opened,
        })
    }

    /// Answers as many calls; whatever else is ordered is done.
    async fn carry_out(&mut self, mut calls: u64) -> Result<(), Error> {
        while calls > 0 {
            let order = self.orders.recv().await.ok_or("the engine has ended")?;
            let Effect::Answer { contact, .. } = order.effect else {
                settle(&self.engine, order.id, None).await?;
                continue;
            };
            let leg = format!("leg-{contact}");
            settle(&self.engine, order.id, Some(leg.clone())).await?;
            let fact = CallFact::LegUp { leg };
            self.engine.submit(Input::Call { contact, fact }).await?;
            calls -= 1;
        }
        Ok(())
    }

    /// Tells of each call that is asked about that it is up, until one is offered.
    async fn answer_until_one_is_offered(&mut self) -> Result<(), Error> {
        while self.offered().is_none() {
            let order = self.orders.recv().await.ok_or("the engine has ended")?;
            // Music that was under way is told of later than the first answer.
            if !matches!(order.effect, Effect::Inquire { .. }) {
                continue;
            }
            let call = Observation::Up {
                customer: true,
                agents: Vec::new(),
                recording: None,
            };
            let outcome = Outcome::Observed { call };
            let effect = order.id;
            let settled = Input::Settled { effect, outcome };
            self.engine.submit_and_see(settled, Vec::new()).await?;
        }
        Ok(())
    }

    fn n_open(&self) -> usize {
        let view = self.engine.view();
        view.read(|it| it.center.state().contacts.iter().count())
    }

    fn oldest(&self) -> Option<tandem_core::ids::ContactId> {
        let view = self.engine.view();
        view.read(|it| {
            let state = it.center.state();
            state.waiting_in(tandem_core::ids::QueueId(1)).next()
        })
    }

    fn offered(&self) -> Option<tandem_core::ids::ContactId> {
        let view = self.engine.view();
        view.read(|it| {
            let mut contacts = it.center.state().contacts.iter();
            let offered = contacts.find(|(_, it)| matches!(it.state, State::Offering(..)));
            offered.map(|(id, _)| id)
        })
    }

    async fn close(self) -> Result<(), Error> {
        self.stop.cancel();
        self.loop_task.await?;
        drop(self.engine);
        if let Some(store) = Arc::into_inner(self.store) {
            store.close().await?;
        }
        Ok(())
    }
}
