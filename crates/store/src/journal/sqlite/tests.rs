//! Failures below the journal, which only a test inside the crate can bring about.

use std::time::Duration;

use futures::FutureExt;

use super::*;
use crate::subject::keys::{DataKey, KeyFamily};
use tandem_core::ids::SubjectRef;

const LARGE: usize = 1024 * 1024;

struct Fixture {
    store: Store,
    lease: Lease,
    _directory: tempfile::TempDir,
}

async fn fixture() -> Fixture {
    let directory = tempfile::tempdir().expect("there is room");
    let store = Store::open(directory.path())
        .await
        .expect("the directory is free");
    let center = CenterId::parse("contoso").expect("it is a valid id");
    let node = NodeId::parse("a").expect("it is a valid name");
    let lease = store
        .acquire(&center, &node, Duration::from_secs(60))
        .await
        .expect("it is free");
    Fixture {
        store,
        lease,
        _directory: directory,
    }
}

impl Fixture {
    async fn limit_pages(&self, sql: &'static str) {
        let mut writer = self.store.main().writer().await.expect("the writer works");
        sqlx::query(sql)
            .execute(&mut *writer)
            .await
            .expect("the pragma is right");
    }

    fn with_subject(&self, n_bytes: usize, n_subject_bytes: usize) -> Batch {
        let keys = KeyFamily::new(DataKey::new(1, [7; 32]));
        let sealed = keys
            .seal(&self.lease.center, SubjectRef(1), &vec![1; n_subject_bytes])
            .expect("it is small");
        Batch {
            subjects: vec![sealed],
            ..Batch::record(vec![1; n_bytes])
        }
    }

    async fn append(&self, seq: u64, batch: Batch) -> Result<(), AppendError> {
        self.store.append(&self.lease, seq, batch).await
    }
}

#[tokio::test]
async fn full_disk_writes_nothing_and_the_next_append_works() {
    let f = fixture().await;
    for batch in [
        Batch::record(vec![1; LARGE]),
        f.with_subject(LARGE, 10),
        f.with_subject(10, LARGE),
    ] {
        f.limit_pages("PRAGMA max_page_count = 60").await;
        let failed = f.append(1, batch).await;
        let Err(AppendError::Unavailable(reason)) = failed else {
            panic!("{failed:?}");
        };
        assert!(reason.contains("full"), "{reason}");
        f.limit_pages("PRAGMA max_page_count = 1000000").await;
        assert_eq!(f.store.tail(&f.lease.center).await.unwrap(), 0);
    }
    f.append(1, f.with_subject(LARGE, LARGE)).await.unwrap();
    f.append(2, Batch::record(vec![1; LARGE])).await.unwrap();
    assert_eq!(f.store.health().n_appends_failed, 3);
}

#[tokio::test]
async fn dropped_append_leaves_the_writer_usable() {
    let f = fixture().await;
    for seq in 1..=50 {
        // Each future is dropped wherever it happens to wait.
        let batch = if seq % 2 == 0 {
            f.with_subject(400, 400)
        } else {
            Batch::record(vec![1; 400])
        };
        let mut append = f.append(seq, batch).boxed_local();
        for _ in 0..seq % 7 {
            if futures::poll!(&mut append).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    let tail = f.store.tail(&f.lease.center).await.unwrap();
    f.append(tail + 1, f.with_subject(400, 400))
        .await
        .or_else(|error| match error {
            // The last dropped one was still under way when the tail was read.
            AppendError::Conflict { actual } if actual == tail + 2 => Ok(()),
            AppendError::Conflict { .. }
            | AppendError::Fenced
            | AppendError::Unknown
            | AppendError::Unavailable(_)
            | AppendError::Refused(_) => Err(error),
        })
        .unwrap();
    f.store
        .acquire(
            &f.lease.center,
            &NodeId::parse("a").unwrap(),
            Duration::ZERO,
        )
        .await
        .unwrap();
}
