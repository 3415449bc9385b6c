//! The history over simulated days: read whole or in pieces, with a process that ends at any moment, it is the
//! same; a list adds up to its sums; and lanes add up to figures.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tandem_core::event::EndReason;
use tandem_core::ids::{AgentId, ContactId};
use tandem_reports::story::{Doing, Lane};
use tandem_server::engine::history::read_detail;
use tandem_server::engine::{Followed, FollowerOptions, catch_up};
use tandem_simulation::{Plan, Report, lived};
use tandem_store::{
    Batch, CenterId, History, HistoryEntry, HistoryFilter, HistoryPage, HistorySum, Journal,
    MemoryStore, NodeId,
};

const SEEDS: [u64; 4] = [3, 17, 40, 77];
const TURNS: u64 = 1_500;

/// A day, record by record, and what the simulation itself counted.
pub(crate) fn day(seed: u64) -> (Report, Vec<String>) {
    lived(Plan::new(seed).with_turns(TURNS)).unwrap_or_else(|failure| panic!("{failure}"))
}

pub(crate) fn center() -> CenterId {
    CenterId::parse("contoso").expect("it is a valid id")
}

pub(crate) fn options(store: &Arc<MemoryStore>) -> FollowerOptions {
    FollowerOptions {
        center: center(),
        journal: Arc::clone(store) as _,
        history: Arc::clone(store) as _,
        followed: Followed::default(),
    }
}

/// Lives through a day; another process reads on after each so many records.
pub(crate) async fn history_of(records: &[String], pieces: usize) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    let node = NodeId::parse("sim").expect("it is a valid name");
    let lease = store
        .acquire(&center(), &node, Duration::from_secs(60))
        .await
        .expect("nobody else has it");
    let mut seq = lease.next_seq;
    for piece in records.chunks(pieces) {
        for record in piece {
            let batch = Batch::record(record.clone().into_bytes());
            store.append(&lease, seq, batch).await.expect("appended");
            seq += 1;
        }
        catch_up(&options(&store)).await.expect("it goes on");
    }
    store
}

async fn entries(store: &MemoryStore) -> Vec<HistoryEntry> {
    let all = HistoryFilter::default();
    let page = HistoryPage {
        below: None,
        limit: 10_000,
    };
    let rows = store.search_history(&center(), &all, page).await;
    let mut entries = Vec::new();
    for row in rows.expect("readable") {
        let entry = store.history_entry(&center(), row.contact).await;
        entries.extend(entry.expect("readable"));
    }
    entries
}

//
#[tokio::test]
async fn history_is_the_same_wherever_its_follower_stopped() {
    for seed in SEEDS {
        let (_, records) = day(seed);
        let whole = entries(history_of(&records, usize::MAX).await.as_ref()).await;
        for pieces in [1, 7, 100] {
            let resumed = entries(history_of(&records, pieces).await.as_ref()).await;
            assert_eq!(resumed.len(), whole.len(), "seed {seed}");
            for (one, other) in resumed.iter().zip(&whole) {
                assert_eq!(one.row, other.row, "seed {seed} in pieces of {pieces}");
                let (one, other) = (read_detail(&one.detail), read_detail(&other.detail));
                assert_eq!(one, other, "seed {seed} in pieces of {pieces}");
            }
        }
    }
}

//
#[tokio::test]
async fn list_adds_up_to_its_sums_and_to_what_the_simulation_counted() {
    for seed in SEEDS {
        let (report, records) = day(seed);
        let store = history_of(&records, usize::MAX).await;
        let mut by_reason: BTreeMap<Option<EndReason>, HistorySum> = BTreeMap::new();
        for entry in entries(store.as_ref()).await {
            let sum = by_reason.entry(entry.row.end_reason).or_default();
            sum.end_reason = entry.row.end_reason;
            sum.add(&entry.row);
        }
        let all = HistoryFilter::default();
        let sums = store.sum_history(&center(), &all).await.expect("readable");
        assert_eq!(
            sums,
            by_reason.into_values().collect::<Vec<_>>(),
            "seed {seed}"
        );
        let ends: BTreeMap<EndReason, u64> = sums
            .iter()
            .filter_map(|sum| Some((sum.end_reason?, sum.contacts)))
            .collect();
        assert_eq!(ends, report.ends, "seed {seed}");
    }
}

// B-001
#[tokio::test]
async fn lanes_add_up_to_figures() {
    let mut n_talked = 0;
    for seed in SEEDS {
        let (_, records) = day(seed);
        for entry in entries(history_of(&records, usize::MAX).await.as_ref()).await {
            let past = read_detail(&entry.detail).expect("as it was written");
            if past.story.n_forgotten > 0 {
                continue;
            }
            let mut talk: BTreeMap<AgentId, i64> = BTreeMap::new();
            let (mut wait, mut hold) = (0, 0);
            for (lane, strip) in past.story.lanes() {
                for span in &strip.spans {
                    assert!(span.until.is_some() || past.story.until().is_none());
                    let Some(until) = span.until else { continue };
                    let us = until.micros_since(span.from);
                    match (lane, span.doing) {
                        (Lane::Agent(agent), Doing::Talking) => {
                            *talk.entry(agent).or_default() += us;
                        }
                        (Lane::Queue(_), Doing::Waiting) => wait += us,
                        (Lane::Agent(_), Doing::Holding | Doing::Consulting) => hold += us,
                        _ => {}
                    }
                }
            }
            let figures = &past.story.figures;
            let told = (&figures.talk_us_by_agent, figures.wait_us);
            let contact: ContactId = entry.row.contact;
            assert_eq!((&talk, wait), told, "seed {seed}, contact {contact}");
            assert_eq!(hold, figures.hold_us + figures.consult_us);
            n_talked += usize::from(figures.talk_us > 0);
        }
    }
    assert!(n_talked > 20, "{n_talked} conversations show little");
}
