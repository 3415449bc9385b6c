//! What every audit must do. The filters are shown against [`AuditFilter::takes`], entry by entry.

use tandem_store::{
    AccountId, Audit, AuditFilter, AuditRow, CenterId, History, HistoryBatch, HistoryMark, Link,
    NewAuditEntry, UnixMicros,
};

const ENTRIES: u64 = 60;

fn center() -> CenterId {
    CenterId::parse("contoso").expect("it is a valid id")
}

fn mark(seq: u64) -> HistoryMark {
    HistoryMark {
        schema: 1,
        seq,
        thread: Vec::new(),
    }
}

fn entry(n: u64) -> NewAuditEntry {
    let actions = ["saved", "removed", "denied"];
    let action = actions[usize::try_from(n % 3).unwrap_or(0)];
    NewAuditEntry {
        row: AuditRow {
            // Two at each instant.
            at: UnixMicros(i64::try_from(n / 2 * 1_000).unwrap_or(0)),
            by: (!n.is_multiple_of(7)).then_some(AccountId(n % 4)),
            action: action.to_owned(),
            is_denied: action == "denied",
            object: (action != "denied").then(|| {
                (
                    ["queue", "flow"][usize::from(n.is_multiple_of(2))].to_owned(),
                    n % 5,
                )
            }),
            version: (action == "saved").then_some(n),
            detail: format!("act {n}"),
        },
        fact: format!("{{\"n\":{n}}}").into_bytes(),
    }
}

async fn filled(store: &(impl History + Audit)) {
    for from in [1, ENTRIES / 2 + 1] {
        let batch = HistoryBatch {
            audit: (from..from + ENTRIES / 2).map(entry).collect(),
            ..HistoryBatch::default()
        };
        let put = store.put_history(&center(), mark(from), batch).await;
        put.expect("it is written");
    }
}

fn filters() -> Vec<AuditFilter> {
    let none = AuditFilter::default();
    let of = |change: &dyn Fn(&mut AuditFilter)| {
        let mut filter = none.clone();
        change(&mut filter);
        filter
    };
    vec![
        none.clone(),
        of(&|it| it.below = Some(17)),
        of(&|it| it.by = Some(AccountId(0))),
        of(&|it| it.action = Some("saved".to_owned())),
        of(&|it| it.kind = Some("flow".to_owned())),
        of(&|it| {
            it.kind = Some("queue".to_owned());
            it.object = Some(3);
        }),
        of(&|it| {
            it.kind = Some("queue".to_owned());
            it.object = Some(3);
            it.version = Some(33);
        }),
        of(&|it| it.version = Some(34)),
        of(&|it| it.from = Some(UnixMicros(9_000))),
        of(&|it| it.until = Some(UnixMicros(9_000))),
        of(&|it| {
            it.from = Some(UnixMicros(9_000));
            it.until = Some(UnixMicros(9_001));
        }),
        of(&|it| it.from = Some(UnixMicros(10_000_000))),
        of(&|it| {
            it.below = Some(50);
            it.by = Some(AccountId(1));
            it.until = Some(UnixMicros(20_000));
        }),
    ]
}

pub(crate) async fn every_filter_of_the_audit_finds_what_it_says_newest_first(
    store: &(impl History + Audit),
) {
    filled(store).await;
    let all = store.audit(&center(), &AuditFilter::default(), 1_000).await;
    let all = all.expect("readable");
    let places: Vec<u64> = all.iter().map(|it| it.n).collect();
    assert_eq!(places, (1..=ENTRIES).rev().collect::<Vec<_>>());
    for filter in filters() {
        let found = store.audit(&center(), &filter, 1_000).await;
        let found = found.expect("readable");
        let meant = all.iter().filter(|it| filter.takes(it));
        assert_eq!(found, meant.cloned().collect::<Vec<_>>(), "{filter:?}");
        let n = store.count_audit(&center(), &filter).await;
        assert_eq!(n.expect("readable"), found.len() as u64, "{filter:?}");
        let whole = store.whole_audit(&center(), &filter, 3).await;
        let whole = whole.expect("readable");
        assert_eq!(whole.len(), found.len().min(3));
        for (whole, entry) in whole.iter().zip(&found) {
            assert_eq!(whole.entry, *entry);
            assert_eq!(whole.fact, format!("{{\"n\":{}}}", entry.n).into_bytes());
        }
    }
}

pub(crate) async fn links_follow_from_the_facts_alone(store: &(impl History + Audit)) {
    filled(store).await;
    let mut link = Link::ORIGIN;
    for n in 1..=ENTRIES {
        let NewAuditEntry { row, fact } = entry(n);
        link = link.next_of_audit(row.at, &fact);
    }
    let head = store.audit_head(&center()).await.expect("readable");
    let head = head.expect("there are entries");
    assert_eq!((head.n, head.link), (ENTRIES, link));
}

pub(crate) async fn audit_is_added_with_the_mark_and_forgotten_with_the_history(
    store: &(impl History + Audit),
) {
    filled(store).await;
    let before = store.audit_head(&center()).await.expect("readable");
    let other = CenterId::parse("fabrikam").expect("it is a valid id");
    assert_eq!(store.audit_head(&other).await.expect("readable"), None);
    store.forget_history(&center()).await.expect("forgotten");
    assert_eq!(store.audit_head(&center()).await.expect("readable"), None);
    filled(store).await;
    let again = store.audit_head(&center()).await.expect("readable");
    assert_eq!(again, before, "made again, it is the same");
}
