//! What every back end must make of facts: sums by quarter, what is told twice counts once, and centers are apart. That sums
//! are those of a whole journal is shown by the simulation.

use std::collections::{BTreeMap, BTreeSet};
use tandem_core::agent::{Display, NotReady};
use tandem_core::event::Promise;
use tandem_core::ids::{AgentId, CallbackId, ContactId, QueueId, ReasonId};
use tandem_core::performance::{
    AgentSpan, Facts, PromiseFact, QUARTER_US, Stay, StayEnd, Thresholds,
};
use tandem_core::time::Timestamp;
use tandem_store::{
    CenterId, Figures, History, HistoryBatch, HistoryMark, NewFacts, Stretch, UnixMicros, Within,
};

const QUEUE: QueueId = QueueId(7);
const AGENT: AgentId = AgentId(3);
const SECOND: i64 = 1_000_000;

fn center(name: &str) -> CenterId {
    CenterId::parse(name).expect("it is a valid id")
}

const fn at(us: i64) -> Timestamp {
    Timestamp::from_micros(us)
}

/// Of four quarters.
const HOUR: Stretch = Stretch {
    from: UnixMicros(0),
    to: UnixMicros(4 * QUARTER_US),
};

fn stay(contact: u64, entered_us: i64, left: Option<(i64, StayEnd)>) -> Stay {
    Stay {
        contact: ContactId(contact),
        nr: 1,
        queue: QUEUE,
        entered_at: at(entered_us),
        left: left.map(|(us, end)| (at(us), end)),
        ring_us: 2 * SECOND,
        thresholds: Thresholds {
            version: 4,
            threshold_s: 20,
            short_abandon_s: 5,
        },
    }
}

fn span(
    from_us: i64,
    until_us: Option<i64>,
    state: Display,
    reason: Option<NotReady>,
) -> AgentSpan {
    AgentSpan {
        agent: AGENT,
        from: at(from_us),
        until: until_us.map(at),
        state,
        reason,
        reason_version: if reason.is_some() { 4 } else { 0 },
        is_productive: reason.is_some(),
        is_unpaid: reason.is_some(),
    }
}

async fn put(store: &impl History, center: &CenterId, facts: Facts) {
    let mark = HistoryMark {
        schema: 1,
        seq: 1,
        thread: Vec::new(),
    };
    let batch = HistoryBatch {
        facts: NewFacts {
            facts,
            agents: vec![(AGENT, Some(vec![1, 2])), (AgentId(4), Some(vec![3]))],
        },
        ..HistoryBatch::default()
    };
    let put = store.put_history(center, mark, batch).await;
    put.expect("it is written");
}

fn of_stays(stays: Vec<Stay>) -> Facts {
    Facts {
        stays,
        ..Facts::default()
    }
}

async fn answered(store: &impl Figures, center: &CenterId, within: &Within) -> (u64, u64, i64) {
    let queues = BTreeSet::from([QUEUE]);
    let cells = store.queue_cells(center, &queues, HOUR, within).await;
    let mut sums = tandem_core::performance::QueueSums::default();
    for cell in cells.expect("readable") {
        sums.plus(&cell.sums);
    }
    let answered = sums.left(StayEnd::Answered);
    assert_eq!(sums.left(StayEnd::Blocked).n, u64::from(sums.offered > 0));
    (sums.offered, answered.in_time, answered.wait_us)
}

// told again, a fact counts once.
pub(crate) async fn stays_are_summed_by_quarter_and_told_twice_count_once(
    store: &(impl History + Figures),
) {
    let (center, other) = (center("contoso"), center("fabrikam"));
    let open = stay(1, SECOND, None);
    put(store, &center, of_stays(vec![open])).await;
    let queues = BTreeSet::from([QUEUE, QueueId(8)]);
    let at_us = UnixMicros(QUARTER_US);
    let waiting = store.waiting_at(&center, &queues, at_us).await;
    assert_eq!(waiting.expect("readable"), BTreeMap::from([(QUEUE, 1)]));
    let facts = vec![
        stay(1, SECOND, Some((31 * SECOND, StayEnd::Answered))),
        stay(2, 2 * SECOND, Some((12 * SECOND, StayEnd::Answered))),
        stay(3, 3 * SECOND, Some((3 * SECOND, StayEnd::Blocked))),
        // Entered in the first quarter, left in the third, and long before an hour.
        stay(4, 4 * SECOND, Some((2 * QUARTER_US, StayEnd::FlowOut))),
    ];
    for _ in 0..2 {
        put(store, &center, of_stays(facts.clone())).await;
        let in_force = answered(store, &center, &Within::InForce).await;
        assert_eq!(in_force, (3, 1, 40 * SECOND));
    }
    assert_eq!(answered(store, &center, &Within::Seconds(30)).await.1, 2);
    let each = Within::Each(BTreeMap::from([(QUEUE, 9)]));
    assert_eq!(answered(store, &center, &each).await.1, 0);
    let waiting = store.waiting_at(&center, &queues, at_us).await;
    assert_eq!(waiting.expect("readable"), BTreeMap::from([(QUEUE, 1)]));
    assert_eq!(answered(store, &other, &Within::InForce).await, (0, 0, 0));
    let known = store.queues_with_facts(&center).await.expect("readable");
    assert_eq!(known, BTreeSet::from([QUEUE]));
}

// B15.1
pub(crate) async fn who_waits_for_hours_is_carried_in(store: &(impl History + Figures)) {
    let center = center("contoso");
    let hours = |n: i64| n * 4 * QUARTER_US;
    let facts = vec![
        stay(1, hours(1), Some((hours(9), StayEnd::Removed))),
        stay(2, hours(7), Some((hours(8), StayEnd::Answered))),
        stay(3, hours(7) + 1, Some((hours(8), StayEnd::Answered))),
        stay(4, hours(2), None),
        stay(5, hours(1), Some((hours(2), StayEnd::Answered))),
    ];
    put(store, &center, of_stays(facts)).await;
    let queues = BTreeSet::from([QUEUE]);
    let waiting = async |us: i64| {
        let waiting = store.waiting_at(&center, &queues, UnixMicros(us)).await;
        waiting.expect("readable").get(&QUEUE).copied().unwrap_or(0)
    };
    assert_eq!(waiting(hours(1)).await, 0);
    assert_eq!(waiting(hours(2)).await, 2);
    assert_eq!(waiting(hours(8)).await, 4);
    assert_eq!(waiting(hours(8) + 1).await, 2);
    assert_eq!(waiting(hours(20)).await, 1);
}

// time of agents is split.
pub(crate) async fn time_of_agents_is_split_by_quarter(store: &(impl History + Figures)) {
    let center = center("contoso");
    let chosen = Some(NotReady::Chosen(ReasonId(2)));
    let spans = vec![
        span(0, Some(10 * SECOND), Display::Available, None),
        span(
            10 * SECOND,
            Some(2 * QUARTER_US + 5),
            Display::OnContact,
            None,
        ),
        span(2 * QUARTER_US + 5, None, Display::NotReady, chosen),
    ];
    let facts = Facts {
        spans,
        ..Facts::default()
    };
    put(store, &center, facts).await;
    let agents = BTreeSet::from([AGENT]);
    let stretch = Stretch {
        from: UnixMicros(QUARTER_US),
        ..HOUR
    };
    let now = UnixMicros(2 * QUARTER_US + 25);
    let cells = store.agent_time(&center, &agents, stretch, now).await;
    let mut cells = cells.expect("readable");
    cells.sort_by_key(|cell| (cell.quarter, cell.state));
    let told: Vec<_> = cells
        .iter()
        .map(|it| {
            let reason = it.reason.map(|_| it.reason_version);
            assert_eq!(it.is_unpaid, it.is_productive);
            (it.quarter, it.state, reason, it.is_productive, it.us)
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, Display::OnContact, None, false, QUARTER_US),
            (2, Display::OnContact, None, false, 5),
            (2, Display::NotReady, Some(4), true, 20),
        ]
    );
}

// B15.2
pub(crate) async fn promises_of_callbacks_are_counted_once_by_queue_and_quarter(
    store: &(impl History + Figures),
) {
    let center = center("contoso");
    let promise = |callback, us, promise| PromiseFact {
        callback: CallbackId(callback),
        queue: QUEUE,
        judged_at: at(us),
        promise,
    };
    let promises = vec![
        promise(1, SECOND, Promise::Kept),
        promise(2, 2 * SECOND, Promise::Kept),
        promise(3, 3 * SECOND, Promise::Broken),
        promise(4, QUARTER_US, Promise::Kept),
        // Beyond the stretch.
        promise(5, 4 * QUARTER_US, Promise::Broken),
    ];
    let facts = Facts {
        promises,
        ..Facts::default()
    };
    for _ in 0..2 {
        put(store, &center, facts.clone()).await;
        let queues = store.queues_with_facts(&center).await.expect("readable");
        assert_eq!(queues, BTreeSet::from([QUEUE]));
        let cells = store.queue_cells(&center, &queues, HOUR, &Within::InForce);
        let mut by_quarter: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
        for cell in cells.await.expect("readable") {
            let counted = by_quarter.entry(cell.quarter).or_default();
            counted.0 += cell.sums.promises.kept;
            counted.1 += cell.sums.promises.broken;
        }
        assert_eq!(by_quarter, BTreeMap::from([(0, (2, 1)), (1, (1, 0))]));
    }
    store.forget_history(&center).await.expect("forgotten");
    let queues = store.queues_with_facts(&center).await.expect("readable");
    assert_eq!(queues, BTreeSet::new());
}

pub(crate) async fn forgotten_facts_leave_nothing(store: &(impl History + Figures)) {
    let (center, other) = (center("contoso"), center("fabrikam"));
    let facts = Facts {
        stays: vec![stay(1, SECOND, None)],
        spans: vec![span(0, None, Display::Available, None)],
        ..Facts::default()
    };
    put(store, &center, facts.clone()).await;
    put(store, &other, facts).await;
    let threads = store.agent_threads(&center).await.expect("readable");
    assert_eq!(threads, [(AGENT, vec![1, 2]), (AgentId(4), vec![3])]);
    store.forget_history(&center).await.expect("forgotten");
    assert_eq!(store.agent_threads(&center).await.expect("readable"), []);
    let agents = store.agents_with_facts(&center).await;
    assert_eq!(agents.expect("readable"), BTreeSet::new());
    let queues = store.queues_with_facts(&center).await;
    assert_eq!(queues.expect("readable"), BTreeSet::new());
    let queues = store.queues_with_facts(&other).await;
    assert_eq!(queues.expect("readable"), BTreeSet::from([QUEUE]));
}
