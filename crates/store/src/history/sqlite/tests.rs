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
    let of = |change: &dyn Fn(&mut HistoryFilter)| {
        let mut filter = HistoryFilter::default();
        change(&mut filter);
        filter
    };
    let outbound = Some(Direction::Outbound);
    let with_customer = of(&|it| {
        it.customer = Some(CustomerHash(1));
        it.agent = Some(AgentId(1));
    });
    let of_agent = of(&|it| {
        it.agent = Some(AgentId(1));
        it.queue = Some(QueueId(1));
    });
    let of_queue = of(&|it| {
        it.queue = Some(QueueId(1));
        it.end_reason = Some(EndReason::Handled);
    });
    let abandoned = of(&|it| {
        it.end_reason = Some(EndReason::AbandonedQueue);
        it.wait_ms_min = Some(60_000);
    });
    let disposition = of(&|it| {
        it.disposition = Some(DispositionId(1));
        it.channel = Some(Channel::Voice);
    });
    let out_of_queue = of(&|it| {
        it.direction = outbound;
        it.queue = Some(QueueId(1));
    });
    let waited = of(&|it| {
        it.wait_ms_min = Some(700_000);
        it.has_recording = Some(true);
    });
    let scoped = of(&|it| {
        it.sight = Sight::Of(Seen {
            queues: [QueueId(1), QueueId(2)].into(),
            agents: [AgentId(1)].into(),
        });
    });
    vec![
        (HistoryFilter::default(), "SEARCH c USING PRIMARY KEY"),
        (with_customer, "SEARCH c USING INDEX contacts_by_customer"),
        (of_agent, "SEARCH l USING PRIMARY KEY"),
        (of_queue, "SEARCH l USING PRIMARY KEY"),
        (abandoned, "SEARCH c USING INDEX contacts_by_end"),
        (disposition, "SEARCH c USING INDEX contacts_by_disposition"),
        (out_of_queue, "SEARCH l USING PRIMARY KEY"),
        (
            of(&|it| it.direction = outbound),
            "SEARCH c USING INDEX contacts_outbound",
        ),
        (waited, "SEARCH c USING INDEX contacts_waited_10_min"),
        (scoped, "MERGE (UNION)"),
        (
            of(&|it| it.is_open = Some(true)),
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
