//! Figures of queues and agents over simulated days: what the store sums from facts is what a slow reading of the
//! whole journal comes to, to the bit, in memory and on SQLite, wherever their follower stopped; what entered a queue left
//! it or waits (B15.1); and every figure is the number of contacts behind it.

use super::history::{center, day, history_of, options};
use super::slow_figures::{Journal, Slow};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tandem_core::event::OfferEnd;
use tandem_core::ids::{AgentId, ContactId, QueueId};
use tandem_core::performance::{QUARTER_US, StayEnd};
use tandem_core::time::Timestamp;
use tandem_reports::performance::interval::Interval;
use tandem_reports::performance::tables::{QueueTable, agent_rows};
use tandem_server::engine::{FollowerOptions, catch_up};
use tandem_store::{
    AgentFigure, Behind, Figures, History, HistoryFilter, HistoryPage, MemoryStore, QueueFigure,
    Store, Stretch, UnixMicros, Within,
};

const SEEDS: [u64; 4] = [3, 17, 40, 77];

/// Quarters from the first fact to the last.
fn intervals(journal: &Journal) -> Vec<Interval> {
    let (first, last) = (journal.first(), journal.last());
    let quarter = |at: Timestamp| at.as_micros().div_euclid(QUARTER_US);
    (quarter(first)..=quarter(last))
        .map(|quarter| Interval {
            from: Timestamp::from_micros(quarter * QUARTER_US),
            to: Timestamp::from_micros((quarter + 1) * QUARTER_US),
        })
        .collect()
}

fn stretch(intervals: &[Interval]) -> Stretch {
    let micros = |at: Timestamp| UnixMicros(at.as_micros());
    Stretch {
        from: micros(intervals.first().expect("a day has a quarter").from),
        to: micros(intervals.last().expect("a day has a quarter").to),
    }
}

/// What a store comes to, asked as the API asks it.
async fn counted(store: &impl Figures, journal: &Journal, within: &Within) -> Slow {
    let (center, intervals) = (center(), intervals(journal));
    let stretch = stretch(&intervals);
    let queues = store.queues_with_facts(&center).await.expect("readable");
    let cells = store.queue_cells(&center, &queues, stretch, within);
    let waiting = store.waiting_at(&center, &queues, stretch.from);
    let table = QueueTable::of(
        &intervals,
        &queues,
        &cells.await.expect("readable"),
        &waiting.await.expect("readable"),
    );
    let agents = store.agents_with_facts(&center).await.expect("readable");
    let now = UnixMicros(journal.last().as_micros());
    let cells = store.agent_cells(&center, &agents, stretch);
    let time = store.agent_time(&center, &agents, stretch, now);
    let (rows, all) = agent_rows(
        &intervals,
        &cells.await.expect("readable"),
        &time.await.expect("readable"),
        Some,
    );
    // What is of all is the sum of the rows.
    let offers: u64 = rows.values().map(|it| it.total.offers.offers()).sum();
    assert_eq!(all.total.offers.offers(), offers);
    let mut slow = Slow::default();
    for (queue, row) in table.rows {
        for (place, sums) in row.intervals.into_iter().enumerate() {
            slow.queues.insert((queue, place), sums);
        }
    }
    for (agent, row) in rows {
        for (place, sums) in row.intervals.into_iter().enumerate() {
            slow.agents.insert((agent, place), sums);
        }
    }
    slow.without_nothing()
}

/// The same history on disk.
async fn on_disk(memory: &Arc<MemoryStore>, directory: &std::path::Path) -> Store {
    let store = Store::open(directory).await.expect("it opens");
    let follower = FollowerOptions {
        history: Arc::new(store.clone()) as _,
        ..options(memory)
    };
    catch_up(&follower).await.expect("it goes on");
    store
}

// R-31, B15.1, B15.3
#[tokio::test]
async fn figures_are_those_of_a_slow_reading_of_the_journal_to_the_bit() {
    let (mut n_handled, mut n_promises) = (0, 0);
    for seed in SEEDS {
        let (_, records) = day(seed);
        let journal = Journal::of(&records);
        let intervals = intervals(&journal);
        let slow = journal.figures(&intervals, None);
        n_handled += slow.n_handled();
        n_promises += slow.n_promises();
        for pieces in [usize::MAX, 7] {
            let memory = history_of(&records, pieces).await;
            let quick = counted(memory.as_ref(), &journal, &Within::InForce).await;
            assert_eq!(quick, slow, "seed {seed} in pieces of {pieces}");
        }
        let memory = history_of(&records, usize::MAX).await;
        let directory = tempfile::tempdir().expect("there is room");
        let disk = on_disk(&memory, directory.path()).await;
        let quick = counted(&disk, &journal, &Within::InForce).await;
        assert_eq!(quick, slow, "seed {seed} on disk");
        disk.close().await.expect("it closes");
    }
    assert!(n_handled > 20, "{n_handled} engagements show little");
    assert!(n_promises > 5, "{n_promises} promises show little");
}

// B15.2
#[tokio::test]
async fn threshold_that_is_asked_for_judges_every_wait() {
    let (_, records) = day(SEEDS[0]);
    let journal = Journal::of(&records);
    let memory = history_of(&records, usize::MAX).await;
    let directory = tempfile::tempdir().expect("there is room");
    let disk = on_disk(&memory, directory.path()).await;
    for seconds in [1, 20, 90] {
        let slow = journal.figures(&intervals(&journal), Some(seconds));
        let queues = disk.queues_with_facts(&center()).await.expect("readable");
        let each: BTreeMap<QueueId, u32> = queues.into_iter().map(|it| (it, seconds)).collect();
        for within in [Within::Seconds(seconds), Within::Each(each)] {
            let quick = counted(memory.as_ref(), &journal, &within).await;
            assert_eq!(quick, slow, "{within:?}");
            let quick = counted(&disk, &journal, &within).await;
            assert_eq!(quick, slow, "{within:?} on disk");
        }
    }
    disk.close().await.expect("it closes");
}

// R-02e, B15.1
#[tokio::test]
async fn what_entered_a_queue_left_it_or_waits_at_the_end_of_every_quarter() {
    for seed in SEEDS {
        let (_, records) = day(seed);
        let journal = Journal::of(&records);
        let memory = history_of(&records, usize::MAX).await;
        let directory = tempfile::tempdir().expect("there is room");
        let disk = on_disk(&memory, directory.path()).await;
        let intervals = intervals(&journal);
        let queues = disk.queues_with_facts(&center()).await.expect("readable");
        let center = center();
        let cells = disk.queue_cells(&center, &queues, stretch(&intervals), &Within::InForce);
        let cells = cells.await.expect("readable");
        let table = QueueTable::of(&intervals, &queues, &cells, &BTreeMap::new());
        for (queue, row) in &table.rows {
            let carried = row.carried();
            for (place, interval) in intervals.iter().enumerate() {
                let waits = journal.waiting_at(*queue, interval.to);
                assert_eq!(carried[place + 1], waits, "seed {seed}, queue {queue}");
                let at = UnixMicros(interval.to.as_micros());
                for found in [
                    memory.waiting_at(&center, &queues, at).await,
                    disk.waiting_at(&center, &queues, at).await,
                ] {
                    let found = found.expect("readable");
                    assert_eq!(found.get(queue).copied().unwrap_or(0), waits);
                }
            }
        }
        disk.close().await.expect("it closes");
    }
}

fn behind(stretch: Stretch, queue: QueueId, agent: AgentId) -> Vec<Behind> {
    let ends = StayEnd::ALL.into_iter().map(QueueFigure::Left);
    let others = [
        QueueFigure::Offered,
        QueueFigure::AnsweredInTime,
        QueueFigure::Handled,
        QueueFigure::Transferred,
    ];
    let queues = ends.chain(others).map(|figure| Behind::Queue {
        queue,
        figure,
        stretch,
    });
    let agents = [
        AgentFigure::Handled,
        AgentFigure::Outbound,
        AgentFigure::Held,
        AgentFigure::Transferred,
        AgentFigure::Offers,
        AgentFigure::Accepted,
        AgentFigure::OfferEnded(OfferEnd::Missed),
        AgentFigure::OfferEnded(OfferEnd::Declined),
    ];
    let agents = agents.map(|figure| Behind::Agent {
        agent,
        figure,
        stretch,
    });
    queues.chain(agents).collect()
}

// U13: a number, and the list behind it.
#[tokio::test]
async fn contacts_behind_a_figure_are_those_that_it_counts() {
    let (_, records) = day(SEEDS[1]);
    let journal = Journal::of(&records);
    let memory = history_of(&records, usize::MAX).await;
    let directory = tempfile::tempdir().expect("there is room");
    let disk = on_disk(&memory, directory.path()).await;
    let stretch = stretch(&intervals(&journal));
    let mut n_listed = 0;
    for n in 1..=4 {
        for behind in behind(stretch, QueueId(n), AgentId(n)) {
            let filter = HistoryFilter {
                behind: Some(behind),
                ..HistoryFilter::default()
            };
            let listed = listed(&disk, &filter).await;
            assert_eq!(
                listed,
                self::listed(memory.as_ref(), &filter).await,
                "{behind:?}"
            );
            let n = disk.count_history(&center(), &filter, 10_000).await;
            assert_eq!(
                n.expect("readable"),
                u64::try_from(listed.len()).unwrap_or(0)
            );
            if let Behind::Queue { queue, figure, .. } = behind {
                let counted = journal.contacts_of(queue, figure);
                if let Some(counted) = counted {
                    assert_eq!(listed, counted, "{behind:?}");
                }
            }
            n_listed += listed.len();
        }
    }
    assert!(n_listed > 50, "{n_listed} contacts show little");
    disk.close().await.expect("it closes");
}

async fn listed(store: &impl History, filter: &HistoryFilter) -> BTreeSet<ContactId> {
    let page = HistoryPage {
        below: None,
        limit: 10_000,
    };
    let rows = store.search_history(&center(), filter, page).await;
    rows.expect("readable")
        .iter()
        .map(|it| it.contact)
        .collect()
}
