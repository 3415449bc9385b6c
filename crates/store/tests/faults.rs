//! The faults of the store in memory, as an engine meets them.

use std::time::{Duration, Instant};

use futures::FutureExt;
use tandem_store::{
    AppendError, Batch, CenterId, Fault, Journal, Lease, MemoryStore, NodeId, ReadLimit,
};

fn center() -> CenterId {
    CenterId::parse("contoso").expect("it is a valid id")
}

async fn acquire(store: &MemoryStore) -> Lease {
    let node = NodeId::parse("a").expect("it is a valid name");
    store
        .acquire(&center(), &node, Duration::from_secs(60))
        .await
        .expect("nobody holds it")
}

fn record() -> Batch {
    Batch::record(b"x".to_vec())
}

#[tokio::test]
async fn unknown_outcome_may_be_either() {
    let store = MemoryStore::new();
    store.fail_next_append(Fault::UnknownWritten);
    store.fail_next_append(Fault::UnknownLost);
    let lease = acquire(&store).await;
    let failed = store.append(&lease, 1, record()).await;
    assert!(matches!(failed, Err(AppendError::Unknown)), "{failed:?}");
    assert_eq!(acquire(&store).await.next_seq, 2);
    let lease = acquire(&store).await;
    let failed = store.append(&lease, 2, record()).await;
    assert!(matches!(failed, Err(AppendError::Unknown)), "{failed:?}");
    assert_eq!(acquire(&store).await.next_seq, 2);
}

#[tokio::test]
async fn unavailable_store_takes_the_record_later() {
    let store = MemoryStore::new();
    let lease = acquire(&store).await;
    store.fail_next_append(Fault::Unavailable("disk full".to_owned()));
    let failed = store.append(&lease, 1, record()).await.unwrap_err();
    assert!(failed.to_string().contains("disk full"), "{failed}");
    store.append(&lease, 1, record()).await.unwrap();
}

#[tokio::test]
async fn fencing_fault_takes_the_center_away() {
    let store = MemoryStore::new();
    let lease = acquire(&store).await;
    store.fail_next_append(Fault::Fenced);
    for _ in 0..2 {
        let failed = store.append(&lease, 1, record()).await;
        assert!(matches!(failed, Err(AppendError::Fenced)), "{failed:?}");
    }
    assert!(store.renew(&lease, Duration::from_secs(60)).await.is_err());
    let lease = acquire(&store).await;
    store.append(&lease, 1, record()).await.unwrap();
}

#[tokio::test]
async fn held_append_is_neither_answered_nor_visible() {
    let store = MemoryStore::new();
    let lease = acquire(&store).await;
    let held = store.hold_appends();
    let mut append = store.append(&lease, 1, record());
    assert!((&mut append).now_or_never().is_none());
    assert_eq!(store.tail(&center()).await.unwrap(), 0);
    drop(held);
    append.await.unwrap();
    assert_eq!(
        store
            .read(&center(), 1, ReadLimit::default())
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn delayed_append_is_answered_late() {
    const DELAY: Duration = Duration::from_millis(20);
    let store = MemoryStore::new();
    let lease = acquire(&store).await;
    store.fail_next_append(Fault::Delay(DELAY));
    let begun = Instant::now();
    store.append(&lease, 1, record()).await.unwrap();
    assert!(begun.elapsed() >= DELAY);
}
