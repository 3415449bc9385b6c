//! `tandem bench engine`: contacts through engine and durable journal, each enqueued, offered,
//! accepted and ended; and the time from an input to its order at a busy center's pace.

use super::floor;
use super::{Error, Latency, tell};
use crate::engine::{Engine, spawn};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tandem_core::agent::Profile;
use tandem_core::capacity::Demand;
use tandem_core::contact::State;
use tandem_core::effect::{Effect, Order, Outcome};
use tandem_core::endpoint::Endpoint;
use tandem_core::flow::{Flow, Node, Prompt};
use tandem_core::ids::{AccountId, AgentId, ContactId, CustomerHash, FlowId, QueueId, SubjectRef};
use tandem_core::input::{Arrival, CallFact, Input, IntentChoice, Request};
use tandem_core::queue::{
    AtClosing, OfferBy, Queue, ServiceLevel, Strategy, WrapUpMode, WrapUpRule,
};
use tandem_core::role::{Actor, Role};
use tandem_core::scope::Scope;
use tandem_core::settings::Document;
use tandem_core::turn::Reply;
use tandem_store::{CenterId, Store};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Agents on the floor: enough that nobody waits for one for long.
pub(super) const AGENTS: u64 = 400;
/// Contacts alive at once.
const CONTACTS_AT_ONCE: u64 = 256;
/// Contacts by which the events of one are counted.
const FIRST_CONTACTS: u64 = 500;
/// The pace at which latency is measured, contacts per second: the busiest hour of 10,000 agents.
const PACE_PER_SECOND: u32 = 35;

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct EngineReport {
    /// Contacts that went all the way.
    pub contacts: u64,
    /// Contacts per second through engine and journal.
    pub contacts_per_second: f64,
    /// The same bytes written by a bare loop, as contacts per second.
    pub floor_contacts_per_second: f64,
    /// The first divided by the second.
    pub ratio_to_floor: f64,
    /// Records that the contacts took.
    pub records: usize,
    /// Bytes of those records.
    pub bytes: usize,
    /// From an input to its order at 35 contacts per second.
    pub input_to_order: Latency,
    /// One commit of the bare loop.
    pub commit: Latency,
}

/// Measures with `contacts` contacts in a store below `folder`.
///
/// # Errors
/// When the store cannot be used or a contact does not go its way.
pub async fn engine(folder: &Path, contacts: u64) -> Result<EngineReport, Error> {
    let bench = Bench::start(&folder.join("engine")).await?;
    let settings = floor::bodies(&bench.store, &bench.center).await?.len();
    let began = Instant::now();
    bench.drive(contacts).await?;
    let elapsed = began.elapsed();
    let input_to_order = bench.pace(Duration::from_secs(10)).await?;
    let all = floor::bodies(&bench.store, &bench.center).await?;
    let bodies: Vec<Vec<u8>> = all
        .into_iter()
        .skip(settings)
        .take(bench.n_driven())
        .collect();
    let (records, bytes) = (bodies.len(), bodies.iter().map(Vec::len).sum());
    bench.stop().await?;
    let began = Instant::now();
    let commits = floor::write(&folder.join("floor"), bodies).await?;
    let floor_elapsed = began.elapsed();
    Ok(EngineReport {
        contacts,
        contacts_per_second: per_second(contacts, elapsed),
        floor_contacts_per_second: per_second(contacts, floor_elapsed),
        ratio_to_floor: floor_elapsed.as_secs_f64() / elapsed.as_secs_f64(),
        records,
        bytes,
        input_to_order,
        commit: Latency::of(commits),
    })
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
fn per_second(n: u64, elapsed: Duration) -> f64 {
    n as f64 / elapsed.as_secs_f64()
}

pub(super) struct Bench {
    pub(super) engine: Engine,
    store: Arc<Store>,
    pub(super) center: CenterId,
    world: mpsc::UnboundedSender<Watch>,
    stop: CancellationToken,
    loop_task: tokio::task::JoinHandle<()>,
    driven: AtomicUsize,
    n_paced: AtomicU64,
}

/// What the world is asked to tell.
enum Watch {
    /// When the order to answer this arrival is given.
    Answer(SubjectRef, oneshot::Sender<Instant>),
    /// When this arrival's contact is over.
    Over(SubjectRef, oneshot::Sender<()>),
}

impl Bench {
    pub(super) fn store(&self) -> Arc<Store> {
        Arc::clone(&self.store)
    }

    pub(super) async fn start(folder: &Path) -> Result<Self, Error> {
        let store = Arc::new(Store::open(folder).await?);
        let center = CenterId::parse("bench")?;
        let (give, orders) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let options = super::options(center.clone(), &store, give, &stop)?;
        let (engine, loop_task) = spawn(options).await?;
        let (world, watched) = mpsc::unbounded_channel();
        furnish(&engine).await?;
        tokio::spawn(world_loop(engine.clone(), orders, watched));
        Ok(Self {
            engine,
            store,
            center,
            world,
            stop,
            loop_task,
            driven: AtomicUsize::new(0),
            n_paced: AtomicU64::new(0),
        })
    }

    fn n_driven(&self) -> usize {
        self.driven.load(Ordering::Relaxed)
    }

    /// Sends contacts through until the journal has about `events` events; answers how many it has.
    pub(super) async fn fill(&self, events: u64) -> Result<u64, Error> {
        let before = floor::events(&self.store, &self.center).await?;
        self.drive(FIRST_CONTACTS).await?;
        let first = floor::events(&self.store, &self.center).await?;
        let each = (first - before) / FIRST_CONTACTS;
        let more = events.saturating_sub(first) / each.max(1);
        self.drive_from(FIRST_CONTACTS, more).await?;
        Ok(first + more * each)
    }

    /// Sends contacts through, a bounded number at once.
    async fn drive(&self, contacts: u64) -> Result<(), Error> {
        self.drive_from(0, contacts).await
    }

    async fn drive_from(&self, first_n: u64, contacts: u64) -> Result<(), Error> {
        let first = self.engine.view().read(|it| it.seq);
        let mut under_way = tokio::task::JoinSet::new();
        for n in 0..contacts {
            if n >= CONTACTS_AT_ONCE
                && let Some(done) = under_way.join_next().await
            {
                done??;
            }
            let n = first_n + n;
            under_way.spawn(one_contact(self.engine.clone(), self.world.clone(), n));
        }
        while let Some(done) = under_way.join_next().await {
            done??;
        }
        let last = self.engine.submit(Input::TimeReached).await?.seq;
        let n = usize::try_from(last - first)?;
        self.driven.store(n, Ordering::Relaxed);
        Ok(())
    }

    /// From an arrival to the order to answer it, at a steady pace.
    async fn pace(&self, length: Duration) -> Result<Latency, Error> {
        let began = Instant::now();
        self.pace_while(|| began.elapsed() < length).await
    }

    /// The same for as long as something says.
    pub(super) async fn pace_while(&self, goes_on: impl Fn() -> bool) -> Result<Latency, Error> {
        let mut tick = tokio::time::interval(Duration::from_secs(1) / PACE_PER_SECOND);
        let mut under_way = tokio::task::JoinSet::new();
        let mut n = 1_000_000_000 * (1 + self.n_paced.fetch_add(1, Ordering::Relaxed));
        while goes_on() {
            tick.tick().await;
            n += 1;
            under_way.spawn(timed_contact(self.engine.clone(), self.world.clone(), n));
        }
        let mut times = Vec::new();
        while let Some(done) = under_way.join_next().await {
            times.push(done??);
        }
        Ok(Latency::of(times))
    }

    pub(super) async fn stop(self) -> Result<(), Error> {
        self.stop.cancel();
        self.loop_task.await?;
        drop(self.world);
        if let Some(store) = Arc::into_inner(self.store) {
            store.close().await?;
        }
        Ok(())
    }
}

async fn one_contact(
    engine: Engine,
    world: mpsc::UnboundedSender<Watch>,
    n: u64,
) -> Result<(), Error> {
    let (over, ended) = oneshot::channel();
    world
        .send(Watch::Over(SubjectRef(n), over))
        .map_err(|_closed| "the world has ended")?;
    engine.submit(arrival(n)).await?;
    ended.await?;
    Ok(())
}

async fn timed_contact(
    engine: Engine,
    world: mpsc::UnboundedSender<Watch>,
    n: u64,
) -> Result<Duration, Error> {
    let (given, answer) = oneshot::channel();
    world
        .send(Watch::Answer(SubjectRef(n), given))
        .map_err(|_closed| "the world has ended")?;
    let began = Instant::now();
    engine.submit(arrival(n)).await?;
    Ok(answer.await?.duration_since(began))
}

/// Skill-less queue, flow straight into it, agents who are ready.
async fn furnish(engine: &Engine) -> Result<(), Error> {
    for document in line(flow()) {
        save(engine, document).await?;
    }
    for n in 1..=AGENTS {
        let profile = Profile {
            person: SubjectRef(n),
            address: format!("agent-{n}"),
            phone: None,
            skills: Vec::new(),
            enabled: true,
            team: None,
            capacity: None,
        };
        save(engine, Document::Agent(profile)).await?;
        let request = Request::SetIntent {
            intent: IntentChoice::Ready,
        };
        engine
            .submit(Input::Asked {
                actor: agent(AgentId(n)),
                request,
            })
            .await?;
    }
    Ok(())
}

/// A queue, a flow, and the line that leads into it.
pub(super) fn line(flow: Flow) -> [Document; 3] {
    let endpoint = Endpoint {
        name: "Line".to_owned(),
        address: "line".to_owned(),
        flow: FlowId(1),
    };
    [
        Document::Queue(queue()),
        Document::Flow(flow),
        Document::Endpoint(endpoint),
    ]
}

/// Saves a settings document, as the process itself may.
pub(super) async fn save(engine: &Engine, document: Document) -> Result<(), Error> {
    let request = Request::Save {
        id: None,
        expected: None,
        document,
    };
    let input = Input::Asked {
        actor: Actor::system(),
        request,
    };
    let reply = engine.submit(input).await?.reply;
    if matches!(reply, Reply::Saved { .. }) {
        return Ok(());
    }
    Err(format!("the settings were refused: {reply:?}").into())
}

pub(super) fn agent(id: AgentId) -> Actor {
    Actor {
        account: AccountId(id.0),
        roles: vec![Role::Agent],
        agent: Some(id),
        scope: Scope::Everything,
    }
}

/// A queue that everybody serves.
pub(super) fn queue() -> Queue {
    Queue {
        name: "Queue".to_owned(),
        short_name: "Queue".to_owned(),
        requirements: Vec::new(),
        condition: None,
        preferences: Vec::new(),
        plan: Vec::new(),
        strategy: Strategy::LongestIdle,
        offer_by: OfferBy::Tandem,
        offer_timeout_s: 20,
        join_timeout_s: 60,
        wrap_up: WrapUpRule {
            mode: WrapUpMode::None,
            seconds: 0,
        },
        service_level: ServiceLevel {
            threshold_s: 20,
            target_percent: 80,
        },
        short_abandon_s: 5,
        max_wait_s: 1_800,
        max_waiting: 10_000,
        priority: 5,
        cooldown_s: 60,
        message_misses: 1,
        unknown_presence: tandem_core::presence::UnknownPresence::DoNotOffer,
        music: Prompt::Text("Music.".to_owned()),
        waiting_target: 10,
        longest_wait_target_s: 60,
        hours: None,
        at_closing: AtClosing::FinishWaiting,
        announce: None,
        calling_out: None,
        callbacks: None,
        recording: None,
        demand: Demand::default(),
        preferred: None,
        chances: None,
        teams: None,
    }
}

fn flow() -> Flow {
    let end = || "end".to_owned();
    let queue = Node::Queue {
        queue: QueueId(1),
        timeout: end(),
        full: end(),
        failed: None,
        closed: None,
        emergency: None,
        keep_age: false,
        key: None,
    };
    Flow {
        name: "Flow".to_owned(),
        start: "queue".to_owned(),
        nodes: [("queue".to_owned(), queue), (end(), Node::End)].into(),
    }
}

pub(super) fn arrival(n: u64) -> Input {
    Input::Arrived(Arrival {
        address: "line".to_owned(),
        arrival: SubjectRef(n),
        key: n,
        customer: CustomerHash(n),
        correlation: "0269be4d-5be0-4770-bf9c-a1bf50ee78d5".to_owned(),
        attributes: BTreeMap::new(),
        caller: None,
    })
}

/// The other side: carries out every order at once and does what customers and agents would.
async fn world_loop(
    engine: Engine,
    mut orders: mpsc::UnboundedReceiver<Order>,
    mut watched: mpsc::UnboundedReceiver<Watch>,
) {
    let mut answers = BTreeMap::new();
    let mut overs = BTreeMap::new();
    while let Some(order) = orders.recv().await {
        while let Ok(watch) = watched.try_recv() {
            match watch {
                Watch::Answer(subject, told) => drop(answers.insert(subject, told)),
                Watch::Over(subject, told) => drop(overs.insert(subject, told)),
            }
        }
        let mut over = None;
        if let Effect::Answer { arrival, .. } = &order.effect {
            if let Some(told) = answers.remove(arrival) {
                tell(told, Instant::now());
            }
            over = overs.remove(arrival);
        }
        tokio::spawn(respond(engine.clone(), order, over));
    }
}

async fn respond(engine: Engine, order: Order, over: Option<oneshot::Sender<()>>) {
    let lived = match order.effect {
        Effect::Answer { contact, .. } => live(&engine, order.id, contact).await,
        Effect::AddAgent {
            contact, address, ..
        } => {
            let joined = CallFact::AgentJoined {
                effect: order.id,
                address,
            };
            let settled = settle(&engine, order.id, Some("invitation".to_owned())).await;
            settled.and(
                engine
                    .submit(Input::Call {
                        contact,
                        fact: joined,
                    })
                    .await
                    .map(drop),
            )
        }
        Effect::CallAgent { .. }
        | Effect::CallCustomer { .. }
        | Effect::RejectArrival { .. }
        | Effect::ForgetCallback { .. }
        | Effect::Play { .. }
        | Effect::Collect { .. }
        | Effect::StopMedia { .. }
        | Effect::CancelAddAgent { .. }
        | Effect::RemoveAgent { .. }
        | Effect::Hold { .. }
        | Effect::Unhold { .. }
        | Effect::AddNumber { .. }
        | Effect::RemoveNumber { .. }
        | Effect::TransferAway { .. }
        | Effect::SendDigits { .. }
        | Effect::Request { .. }
        | Effect::StartRecording { .. }
        | Effect::PauseRecording { .. }
        | Effect::ResumeRecording { .. }
        | Effect::StopRecording { .. }
        | Effect::Listen { .. }
        | Effect::FetchRecording { .. }
        | Effect::Forget { .. }
        | Effect::HangUp { .. }
        | Effect::Inquire { .. } => settle(&engine, order.id, None).await,
    };
    if lived.is_err() {
        tracing::debug!("the engine stops");
    }
    if let Some(over) = over {
        tell(over, ());
    }
}

pub(super) async fn settle(
    engine: &Engine,
    effect: tandem_core::ids::EffectId,
    reference: Option<String>,
) -> Result<(), crate::engine::Unavailable> {
    let outcome = Outcome::Done { reference };
    engine
        .submit(Input::Settled { effect, outcome })
        .await
        .map(drop)
}

/// One contact's life: answered, up, accepted by whom it is offered to, hung up by the customer.
async fn live(
    engine: &Engine,
    answer: tandem_core::ids::EffectId,
    contact: ContactId,
) -> Result<(), crate::engine::Unavailable> {
    let leg = format!("leg-{contact}");
    settle(engine, answer, Some(leg.clone())).await?;
    let up = Input::Call {
        contact,
        fact: CallFact::LegUp { leg },
    };
    let mut seq = engine.submit(up).await?.seq;
    loop {
        engine.view().reaches(seq).await;
        let state = engine.view().read(|it| {
            it.center
                .state()
                .contacts
                .get(contact)
                .map(|it| it.state.clone())
        });
        match state {
            Some(State::Offering(_, offer)) => {
                let request = Request::AcceptOffer { offer: offer.id };
                let actor = agent(offer.agent);
                seq = engine.submit(Input::Asked { actor, request }).await?.seq + 1;
            }
            Some(State::Connected(..)) => {
                let down = Input::Call {
                    contact,
                    fact: CallFact::LegDown,
                };
                engine.submit(down).await?;
                return Ok(());
            }
            Some(
                State::Created
                | State::Dialing(..)
                | State::InFlow
                | State::Queued(_)
                | State::Outside(..)
                | State::WrapUp(..),
            ) => {
                seq += 1;
            }
            None => return Ok(()),
        }
    }
}
