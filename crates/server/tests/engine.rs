//! The loop against the in-memory store, with faults on order: nothing that is not durable is seen.

#![expect(clippy::unwrap_used, reason = "test support may fail a test")]

use std::sync::Arc;
use std::time::Duration;
use tandem_core::effect::{Effect, Order, Outcome};
use tandem_core::endpoint::Endpoint;
use tandem_core::flow::{Flow, Node, Prompt};
use tandem_core::ids::{CustomerHash, FlowId, SubjectRef};
use tandem_core::input::{Arrival, CallFact, Input, Request};
use tandem_core::role::Actor;
use tandem_core::settings::Document;
use tandem_core::time::Timestamp;
use tandem_core::turn::Reply;
use tandem_server::engine::{Engine, EngineOptions, RecordBody, SteppedClock, Unavailable, spawn};
use tandem_store::{CenterId, Fault, Journal, MemoryStore, NodeId, ReadLimit};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn reply_comes_only_after_the_record_is_durable() {
    let mut bench = Bench::start().await;
    let committed = bench.engine.submit(arrival(1)).await.unwrap();
    let Reply::Arrived(contact) = committed.reply else {
        panic!("{:?}", committed.reply)
    };
    let last = bench.records().await.pop().unwrap();
    assert_eq!(last.seq, committed.seq);
    let order = bench.next_order().await;
    assert!(matches!(order.effect, Effect::Answer { contact: named, .. } if named == contact));
}

#[tokio::test]
async fn failed_append_shows_nothing_and_the_state_is_rebuilt() {
    let bench = Bench::start().await;
    let before = bench.records().await.len();
    bench
        .store
        .fail_next_append(Fault::Unavailable("disk full".to_owned()));
    let refused = bench.engine.submit(arrival(1)).await;
    assert_eq!(refused.unwrap_err(), Unavailable::Store);
    assert_eq!(bench.records().await.len(), before);
    // The same arrival is new again: what was not durable is forgotten.
    let taken = bench.settle(arrival(1)).await;
    assert!(matches!(taken, Reply::Arrived(_)), "{taken:?}");
}

#[tokio::test]
async fn unknown_append_is_read_back_and_never_repeated_blindly() {
    let bench = Bench::start().await;
    bench.store.fail_next_append(Fault::UnknownWritten);
    let refused = bench.engine.submit(arrival(1)).await;
    assert_eq!(refused.unwrap_err(), Unavailable::Store);
    let again = bench.settle(arrival(1)).await;
    assert!(matches!(again, Reply::ArrivedBefore(Some(_))), "{again:?}");
}

// B-172
#[tokio::test]
async fn repeated_arrival_writes_nothing() {
    let bench = Bench::start().await;
    bench.engine.submit(arrival(1)).await.unwrap();
    let before = bench.records().await.len();
    let again = bench.engine.submit(arrival(1)).await.unwrap();
    assert!(matches!(again.reply, Reply::ArrivedBefore(Some(_))));
    assert_eq!(bench.records().await.len(), before);
}

#[tokio::test]
async fn restart_gives_open_orders_again_under_their_old_numbers() {
    let mut bench = Bench::start().await;
    bench.engine.submit(arrival(1)).await.unwrap();
    let first = bench.next_order().await;
    let mut bench = bench.restart().await;
    assert_eq!(bench.next_order().await, first);
    let settled = Input::Settled {
        effect: first.id,
        outcome: Outcome::Done {
            reference: Some("leg".to_owned()),
        },
    };
    bench.engine.submit(settled).await.unwrap();
    let bench = bench.restart().await;
    let open = bench
        .engine
        .view()
        .read(|it| it.center.open_orders().count());
    assert_eq!(open, 0);
}

#[tokio::test]
async fn start_that_the_store_does_not_take_is_repeated_and_no_order_is_forgotten() {
    for fault in [
        Fault::Unavailable("disk full".to_owned()),
        Fault::UnknownLost,
        Fault::UnknownWritten,
    ] {
        let mut bench = Bench::start().await;
        bench.engine.submit(arrival(1)).await.unwrap();
        let first = bench.next_order().await;
        bench.store.fail_next_append(fault.clone());
        let mut bench = bench.restart().await;
        assert_eq!(bench.next_order().await, first, "{fault:?}");
        bench.settle(arrival(2)).await;
        let records = bench.records().await;
        let turns: Vec<_> = records.iter().flat_map(|it| &it.turns).collect();
        let arrived = turns.iter().position(|it| it.input == arrival(2)).unwrap();
        let started = turns
            .iter()
            .rposition(|it| it.input == Input::ServiceStarted);
        let before = turns.iter().position(|it| it.input == arrival(1)).unwrap();
        assert!(
            started.is_some_and(|at| before < at && at < arrived),
            "{fault:?}: the start is not on record before what follows it"
        );
        let lived = tandem_core::ContactCenter::new();
        let replayed = turns.iter().fold(lived, |mut center, turn| {
            assert_eq!(
                center.handle(turn.now, turn.input.clone()).events,
                turn.events
            );
            center
        });
        assert_eq!(replayed.state().contacts.len(), 2);
    }
}

#[tokio::test]
async fn rebuilt_state_equals_the_one_that_was_lived() {
    let bench = Bench::start().await;
    for n in 1..50 {
        bench.engine.submit(arrival(n)).await.unwrap();
    }
    let seq = bench.engine.submit(Input::TimeReached).await.unwrap().seq;
    bench.engine.view().reaches(seq).await;
    let lived = bench.engine.view().read(|it| it.center.clone());
    let bench = bench.restart().await;
    let rebuilt = bench.engine.view().read(|it| it.center.clone());
    assert_eq!(rebuilt.state().contacts, lived.state().contacts);
    assert_eq!(rebuilt.state().orders, lived.state().orders);
}

#[tokio::test]
async fn time_of_the_turns_never_runs_backwards() {
    let bench = Bench::start().await;
    bench.clock.set(Timestamp::from_micros(10_000_000));
    bench.engine.submit(arrival(1)).await.unwrap();
    bench.clock.set(Timestamp::from_micros(5_000_000));
    bench.engine.submit(arrival(2)).await.unwrap();
    let records = bench.records().await;
    let times: Vec<_> = records
        .iter()
        .flat_map(|it| &it.turns)
        .map(|turn| turn.now)
        .collect();
    assert!(times.is_sorted(), "{times:?}");
}

#[tokio::test]
async fn inputs_that_wait_together_share_a_record() {
    let bench = Bench::start().await;
    let before = bench.records().await.len();
    let held = bench.store.hold_appends();
    let engine = bench.engine.clone();
    let first = tokio::spawn(async move { engine.submit(arrival(1)).await });
    let mut rest = Vec::new();
    for n in 2..40 {
        let engine = bench.engine.clone();
        rest.push(tokio::spawn(async move { engine.submit(arrival(n)).await }));
    }
    tokio::task::yield_now().await;
    drop(held);
    first.await.unwrap().unwrap();
    for task in rest {
        task.await.unwrap().unwrap();
    }
    let records = bench.records().await.len() - before;
    assert!(records < 39, "{records} records for 39 inputs");
}

/// A loop on a store in memory.
struct Bench {
    engine: Engine,
    orders: mpsc::UnboundedReceiver<Order>,
    store: Arc<MemoryStore>,
    clock: Arc<SteppedClock>,
    stop: CancellationToken,
    loop_task: tokio::task::JoinHandle<()>,
}

impl Bench {
    async fn start() -> Self {
        let bench = Self::on(Arc::new(MemoryStore::new())).await;
        bench.save(Document::Flow(flow())).await;
        let endpoint = Endpoint {
            name: "Main".to_owned(),
            address: "line".to_owned(),
            flow: FlowId(1),
        };
        bench.save(Document::Endpoint(endpoint)).await;
        bench
    }

    async fn on(store: Arc<MemoryStore>) -> Self {
        let (give, orders) = mpsc::unbounded_channel();
        let clock = Arc::new(SteppedClock::at(Timestamp::default()));
        let stop = CancellationToken::new();
        let options = EngineOptions {
            center: center(),
            time_zone: "Europe/Berlin".to_owned(),
            node: NodeId::parse("test").unwrap(),
            store: store.clone(),
            clock: clock.clone(),
            orders: give,
            stop: stop.clone(),
        };
        let (engine, loop_task) = spawn(options).await.unwrap();
        Self {
            engine,
            orders,
            store,
            clock,
            stop,
            loop_task,
        }
    }

    async fn restart(self) -> Self {
        self.stop.cancel();
        self.loop_task.await.unwrap();
        Self::on(self.store).await
    }

    async fn save(&self, document: Document) {
        let request = Request::Save {
            id: None,
            expected: None,
            document,
        };
        let input = Input::Asked {
            actor: Actor::system(),
            request,
        };
        let reply = self.engine.submit(input).await.unwrap().reply;
        assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
    }

    /// Submits until the store answers again.
    async fn settle(&self, input: Input) -> Reply {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
        loop {
            match self.engine.submit(input.clone()).await {
                Ok(committed) => return committed.reply,
                Err(error) => assert!(tokio::time::Instant::now() < deadline, "{error}"),
            }
        }
    }

    async fn next_order(&mut self) -> Order {
        let wait = tokio::time::timeout(Duration::from_secs(5), self.orders.recv());
        wait.await
            .expect("an order is given")
            .expect("the loop lives")
    }

    async fn records(&self) -> Vec<RecordBody> {
        let records = self
            .store
            .read(&center(), 1, ReadLimit::default())
            .await
            .unwrap();
        records
            .iter()
            .map(|it| RecordBody::read(it.seq, &it.body).unwrap())
            .collect()
    }
}

fn center() -> CenterId {
    CenterId::parse("contoso").unwrap()
}

fn flow() -> Flow {
    let prompt = Prompt::Text("Welcome.".to_owned());
    let (next, failed) = ("end".to_owned(), "end".to_owned());
    Flow {
        name: "Greeting".to_owned(),
        start: "greet".to_owned(),
        nodes: [
            (
                "greet".to_owned(),
                Node::Play {
                    prompt,
                    next,
                    failed,
                },
            ),
            ("end".to_owned(), Node::End),
        ]
        .into(),
    }
}

fn arrival(n: u64) -> Input {
    Input::Arrived(Arrival {
        address: "line".to_owned(),
        arrival: SubjectRef(n),
        key: n,
        customer: CustomerHash(n),
        correlation: format!("correlation-{n}"),
        attributes: [].into(),
        caller: None,
    })
}

#[tokio::test]
async fn late_word_of_an_unknown_contact_is_ignored() {
    let bench = Bench::start().await;
    let contact = tandem_core::ids::ContactId(99);
    let late = Input::Call {
        contact,
        fact: CallFact::LegDown,
    };
    assert_eq!(
        bench.engine.submit(late).await.unwrap().reply,
        Reply::Ignored
    );
}
