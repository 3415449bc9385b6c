//! How SQLite answers: a list that sorts, or reads a whole table, would be slow only when it is long.

use super::*;
use tandem_core::contact::{Channel, Direction};
use tandem_core::event::EndReason;
use tandem_core::ids::{AgentId, CustomerHash, DispositionId, QueueId};
use tandem_core::scope::{Seen, Sight};

async fn plan(store: &Store, filter: &HistoryFilter) -> String {
    let query = Query::of(filter, filter.end_reason.map(word_of));
    let text = format!("EXPLAIN QUERY PLAN {}", query.list(COLUMNS, 50));
    let rows = asked(&text, (1, 0, i64::MAX), query);
    let rows = rows.fetch_all(&store.history().readers).await.unwrap();
    let steps = rows.iter().map(|row| row.get::<String, _>(3));
    steps.collect::<Vec<_>>().join("; ")
}

/// Filters, and the index that leads each.
fn led() -> Vec<(HistoryFilter, &'static str)> {
    let none = HistoryFilter::default();
    vec![
        (none.clone(), "SEARCH c USING PRIMARY KEY"),
        (
            HistoryFilter {
                customer: Some(CustomerHash(1)),
                agent: Some(AgentId(1)),
                ..none.clone()
            },
            "SEARCH c USING INDEX contacts_by_customer",
        ),
        (
            HistoryFilter {
                agent: Some(AgentId(1)),
                queue: Some(QueueId(1)),
                ..none.clone()
            },
            "SEARCH l USING PRIMARY KEY",
        ),
        (
            HistoryFilter {
                queue: Some(QueueId(1)),
                end_reason: Some(EndReason::Handled),
                ..none.clone()
            },
            "SEARCH l USING PRIMARY KEY",
        ),
        (
            HistoryFilter {
                end_reason: Some(EndReason::AbandonedQueue),
                wait_ms_min: Some(60_000),
                ..none.clone()
            },
            "SEARCH c USING INDEX contacts_by_end",
        ),
        (
            HistoryFilter {
                disposition: Some(DispositionId(1)),
                channel: Some(Channel::Voice),
                ..none.clone()
            },
            "SEARCH c USING INDEX contacts_by_disposition",
        ),
        (
            HistoryFilter {
                direction: Some(Direction::Outbound),
                queue: Some(QueueId(1)),
                ..none.clone()
            },
            "SEARCH l USING PRIMARY KEY",
        ),
        (
            HistoryFilter {
                direction: Some(Direction::Outbound),
                ..none.clone()
            },
            "SEARCH c USING INDEX contacts_outbound",
        ),
        (
            HistoryFilter {
                sight: Sight::Of(Seen {
                    queues: [QueueId(1), QueueId(2)].into(),
                    agents: [AgentId(1)].into(),
                }),
                ..none.clone()
            },
            "MERGE (UNION)",
        ),
        (
            HistoryFilter {
                wait_ms_min: Some(700_000),
                has_recording: Some(true),
                ..none.clone()
            },
            "SEARCH c USING INDEX contacts_waited_10_min",
        ),
        (
            HistoryFilter {
                is_open: Some(true),
                ..none
            },
            "SEARCH c USING INDEX contacts_open",
        ),
    ]
}

#[tokio::test]
async fn every_list_walks_an_index_newest_first_and_never_sorts() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    for (filter, expected) in led() {
        let plan = plan(&store, &filter).await;
        assert!(plan.contains(expected), "{filter:?}: {plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
        assert!(!plan.contains("SCAN"), "{filter:?}: {plan}");
    }
    store.close().await.unwrap();
}
