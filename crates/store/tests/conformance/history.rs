//! What every history must do. The filters are shown against [`HistoryFilter::takes`], contact by contact.

use tandem_core::contact::{Channel, Direction};
use tandem_core::event::EndReason;
use tandem_core::ids::{ContactId, DispositionId, EndpointId, QueueId};
use tandem_core::scope::{Seen, Sight};
use tandem_store::{
    AgentId, CenterId, CustomerHash, History, HistoryBatch, HistoryEntry, HistoryFilter,
    HistoryMark, HistoryPage, HistoryRow, HistorySum, Passage, SubjectRef, UnixMicros,
};

const CONTACTS: u64 = 240;

fn center() -> CenterId {
    CenterId::parse("contoso").expect("it is a valid id")
}

fn mark(seq: u64) -> HistoryMark {
    HistoryMark {
        schema: 1,
        seq,
        thread: vec![1, 2, 3],
    }
}

/// A contact of which nothing is like that of its neighbors.
fn row(n: u64) -> HistoryRow {
    let is_open = n.is_multiple_of(17);
    let has_agent = !n.is_multiple_of(3);
    let at = |seconds: u64| UnixMicros(i64::try_from((n * 60 + seconds) * 1_000_000).unwrap_or(0));
    let reasons = [
        EndReason::Handled,
        EndReason::AbandonedQueue,
        EndReason::Timeout,
    ];
    HistoryRow {
        contact: ContactId(n),
        version: 1 + n % 2,
        direction: if n.is_multiple_of(7) {
            Direction::Outbound
        } else {
            Direction::Inbound
        },
        channel: if n.is_multiple_of(11) {
            Channel::Voicemail
        } else {
            Channel::Voice
        },
        endpoint: EndpointId(1 + n % 2),
        arrival: SubjectRef(n),
        customer: (!n.is_multiple_of(19)).then_some(CustomerHash(u64::MAX - n % 23)),
        correlation: format!("call {n}"),
        arrived: at(0),
        enqueued: Some(at(5)),
        connected: has_agent.then_some(at(20)),
        left: has_agent.then_some(at(50)),
        ended: (!is_open).then_some(at(55)),
        end_reason: (!is_open).then_some(reasons[usize::try_from(n % 3).unwrap_or(0)]),
        wait_ms: n * 5_000,
        talk_ms: n * 100,
        hold_ms: n,
        consult_ms: n % 5,
        wrap_up_ms: n % 7,
        transfers: u32::from(n.is_multiple_of(9)),
        disposition: n.is_multiple_of(4).then_some(DispositionId(n % 8)),
        has_message: n.is_multiple_of(11),
        has_recording: n.is_multiple_of(5),
        queues: if n.is_multiple_of(9) {
            vec![QueueId(1 + n % 4), QueueId(9)]
        } else {
            vec![QueueId(1 + n % 4)]
        },
        agents: if has_agent {
            vec![(AgentId(1 + n % 6), n * 60), (AgentId(7), n * 40)]
        } else {
            Vec::new()
        },
        menu: format!("{}", n % 4),
    }
}

fn entry(n: u64) -> HistoryEntry {
    HistoryEntry {
        row: row(n),
        detail: n.to_be_bytes().to_vec(),
    }
}

fn batch(entries: Vec<HistoryEntry>) -> HistoryBatch {
    HistoryBatch {
        entries,
        ..HistoryBatch::default()
    }
}

async fn filled(store: &impl History) -> Vec<HistoryRow> {
    let entries = (1..=CONTACTS).map(entry).collect();
    let put = store.put_history(&center(), mark(10), batch(entries)).await;
    put.expect("it is written");
    (1..=CONTACTS).map(row).collect()
}

fn filters() -> Vec<HistoryFilter> {
    let none = HistoryFilter::default();
    let of = |change: &dyn Fn(&mut HistoryFilter)| {
        let mut filter = none.clone();
        change(&mut filter);
        filter
    };
    let mut filters = vec![
        of(&|it| it.from = Some(UnixMicros(60_000_000 * 100))),
        of(&|it| it.to = Some(UnixMicros(60_000_000 * 100))),
        of(&|it| it.from = Some(UnixMicros(i64::MAX))),
        of(&|it| it.queue = Some(QueueId(2))),
        of(&|it| it.queue = Some(QueueId(u64::MAX))),
        of(&|it| it.agent = Some(AgentId(3))),
        of(&|it| it.seen_by = Some(AgentId(7))),
        of(&|it| it.direction = Some(Direction::Outbound)),
        of(&|it| it.direction = Some(Direction::Inbound)),
        of(&|it| it.channel = Some(Channel::Voicemail)),
        of(&|it| it.channel = Some(Channel::Voice)),
        of(&|it| it.end_reason = Some(EndReason::Handled)),
        of(&|it| it.end_reason = Some(EndReason::AbandonedQueue)),
        of(&|it| it.end_reason = Some(EndReason::ClosedHours)),
        of(&|it| it.disposition = Some(DispositionId(4))),
        of(&|it| it.customer = Some(CustomerHash(u64::MAX - 3))),
        of(&|it| it.has_recording = Some(true)),
        of(&|it| it.has_recording = Some(false)),
        of(&|it| it.is_open = Some(true)),
        of(&|it| it.is_open = Some(false)),
    ];
    let seen = |queues: &[u64], agents: &[u64]| {
        Sight::Of(Seen {
            queues: queues.iter().copied().map(QueueId).collect(),
            agents: agents.iter().copied().map(AgentId).collect(),
        })
    };
    for sight in [
        seen(&[], &[]),
        seen(&[2], &[]),
        seen(&[], &[3, 7]),
        seen(&[1, 3], &[7, 99]),
    ] {
        filters.push(of(&|it| it.sight = sight.clone()));
        filters.push(of(&|it| it.team = sight.clone()));
    }
    for ms in [0, 1_000, 30_000, 119_999, 120_000, 600_000, 900_000] {
        filters.push(of(&|it| it.wait_ms_min = Some(ms)));
    }
    filters.push(none.clone());
    // Each with each: whichever leads, the other holds as well.
    let n = filters.len();
    for one in 0..n {
        for other in 0..one {
            filters.push(both(&filters[one], &filters[other]));
        }
    }
    filters
}

fn both(one: &HistoryFilter, other: &HistoryFilter) -> HistoryFilter {
    HistoryFilter {
        behind: one.behind.or(other.behind),
        from: one.from.or(other.from),
        to: one.to.or(other.to),
        queue: one.queue.or(other.queue),
        agent: one.agent.or(other.agent),
        seen_by: one.seen_by.or(other.seen_by),
        sight: narrower(&one.sight, &other.sight),
        team: narrower(&one.team, &other.team),
        direction: one.direction.or(other.direction),
        channel: one.channel.or(other.channel),
        end_reason: one.end_reason.or(other.end_reason),
        disposition: one.disposition.or(other.disposition),
        customer: one.customer.or(other.customer),
        wait_ms_min: one.wait_ms_min.or(other.wait_ms_min),
        has_recording: one.has_recording.or(other.has_recording),
        is_open: one.is_open.or(other.is_open),
    }
}

fn narrower(one: &Sight, other: &Sight) -> Sight {
    match one {
        Sight::Everything => other.clone(),
        Sight::Of(_) => one.clone(),
    }
}

pub(crate) async fn passages_are_read_from_one_contact_on_oldest_first(store: &impl History) {
    let rows = filled(store).await;
    let found = store.contacts_from(&center(), ContactId(5), 3).await;
    let passage = |row: &HistoryRow| Passage {
        contact: row.contact,
        arrived: row.arrived,
        ended: row.ended,
    };
    let meant: Vec<Passage> = rows.iter().skip(4).take(3).map(passage).collect();
    assert_eq!(found.expect("readable"), meant);
    let beyond = ContactId(CONTACTS + 1);
    let beyond = store.contacts_from(&center(), beyond, 3).await;
    assert_eq!(beyond.expect("readable"), []);
}

pub(crate) async fn every_filter_finds_what_it_says_newest_first(store: &impl History) {
    let rows = filled(store).await;
    let whole = HistoryPage {
        below: None,
        limit: 1_000,
    };
    for filter in filters() {
        let meant: Vec<&HistoryRow> = rows.iter().rev().filter(|it| filter.takes(it)).collect();
        let found = store.search_history(&center(), &filter, whole).await;
        let found = found.expect("readable");
        assert_eq!(found.iter().collect::<Vec<_>>(), meant, "{filter:?}");
        let n = store.count_history(&center(), &filter, 1_000).await;
        let n_meant = u64::try_from(meant.len()).expect("it is small");
        assert_eq!(n.expect("readable"), n_meant, "{filter:?}");
    }
}

pub(crate) async fn sums_are_those_of_the_list(store: &impl History) {
    filled(store).await;
    let whole = HistoryPage {
        below: None,
        limit: 1_000,
    };
    for filter in filters() {
        let found = store.search_history(&center(), &filter, whole).await;
        let mut by_reason: std::collections::BTreeMap<_, HistorySum> = Default::default();
        for row in found.expect("readable") {
            let sum = by_reason.entry(row.end_reason).or_default();
            sum.end_reason = row.end_reason;
            sum.add(&row);
        }
        let sums = store.sum_history(&center(), &filter).await;
        let expected: Vec<HistorySum> = by_reason.into_values().collect();
        assert_eq!(sums.expect("readable"), expected, "{filter:?}");
    }
}

pub(crate) async fn list_goes_on_below_its_last_contact(store: &impl History) {
    filled(store).await;
    let filter = HistoryFilter {
        queue: Some(QueueId(2)),
        ..HistoryFilter::default()
    };
    let mut below = None;
    let mut seen = Vec::new();
    loop {
        let page = HistoryPage { below, limit: 7 };
        let found = store.search_history(&center(), &filter, page).await;
        let found = found.expect("readable");
        let Some(last) = found.last() else { break };
        below = Some(last.contact);
        seen.extend(found.iter().map(|row| row.contact.0));
    }
    let meant: Vec<u64> = (1..=CONTACTS).rev().filter(|n| n % 4 == 1).collect();
    assert_eq!(seen, meant);
}

pub(crate) async fn count_stops_where_it_is_told(store: &impl History) {
    filled(store).await;
    let all = HistoryFilter::default();
    let n = store.count_history(&center(), &all, 100).await;
    assert_eq!(n.expect("readable"), 100);
}

//
pub(crate) async fn late_fact_restates_its_contact(store: &impl History) {
    filled(store).await;
    let mut late = entry(5);
    late.row.version += 1;
    late.row.disposition = Some(DispositionId(77));
    late.row.agents.push((AgentId(50), 1));
    late.detail = b"restated".to_vec();
    let put = store
        .put_history(&center(), mark(11), batch(vec![late.clone()]))
        .await;
    put.expect("it is written");
    let found = store.history_entry(&center(), ContactId(5)).await;
    assert_eq!(found.expect("readable"), Some(late.clone()));
    let page = HistoryPage {
        below: None,
        limit: 10,
    };
    let restated = HistoryFilter {
        disposition: Some(DispositionId(77)),
        ..HistoryFilter::default()
    };
    let (queue, agent) = (late.row.queues.first(), late.row.agents.first());
    for filter in [
        HistoryFilter {
            agent: Some(AgentId(50)),
            ..restated.clone()
        },
        HistoryFilter {
            agent: agent.map(|(agent, _)| *agent),
            ..restated.clone()
        },
        HistoryFilter {
            queue: queue.copied(),
            ..restated
        },
    ] {
        let found = store.search_history(&center(), &filter, page).await;
        assert_eq!(found.expect("readable"), [late.row.clone()], "{filter:?}");
    }
    let all = HistoryFilter::default();
    let n = store.count_history(&center(), &all, 1_000).await;
    assert_eq!(n.expect("readable"), CONTACTS);
    let stands = store.history_mark(&center()).await;
    assert_eq!(stands.expect("readable"), Some(mark(11)));
}

pub(crate) async fn forgotten_history_leaves_nothing(store: &impl History) {
    filled(store).await;
    let other = CenterId::parse("fabrikam").expect("it is a valid id");
    let put = store
        .put_history(&other, mark(3), batch(vec![entry(1)]))
        .await;
    put.expect("it is written");
    store.forget_history(&center()).await.expect("forgotten");
    let all = HistoryFilter::default();
    let n = store.count_history(&center(), &all, 1_000).await;
    assert_eq!(n.expect("readable"), 0);
    let stands = store.history_mark(&center()).await;
    assert_eq!(stands.expect("readable"), None);
    let found = store.history_entry(&center(), ContactId(1)).await;
    assert_eq!(found.expect("readable"), None);
    let found = store.history_entry(&other, ContactId(1)).await;
    assert_eq!(found.expect("readable"), Some(entry(1)));
    let stands = store.history_mark(&other).await;
    assert_eq!(stands.expect("readable"), Some(mark(3)));
}
