//! The floor: a bare loop that writes the same records, one transaction each, into a table of its
//! own with the same durability. Nothing can be faster that promises as much.

use super::Error;
use crate::engine::RecordBody;
use std::path::Path;
use std::time::{Duration, Instant};
use tandem_store::{Batch, CenterId, Journal, NodeId, ReadLimit, Store};

/// Writes `bodies` one after the other and answers how long each commit took.
pub(super) async fn write(folder: &Path, bodies: Vec<Vec<u8>>) -> Result<Vec<Duration>, Error> {
    let store = Store::open(folder).await?;
    let center = CenterId::parse("floor")?;
    let lease = store
        .acquire(
            &center,
            &NodeId::parse("floor")?,
            Duration::from_secs(3_600),
        )
        .await?;
    let mut times = Vec::with_capacity(bodies.len());
    for (seq, body) in (lease.next_seq..).zip(bodies) {
        let began = Instant::now();
        store.append(&lease, seq, Batch::record(body)).await?;
        times.push(began.elapsed());
    }
    store.release(lease).await?;
    store.close().await?;
    Ok(times)
}

/// The records of a journal, as they were written.
pub(super) async fn bodies(store: &Store, center: &CenterId) -> Result<Vec<Vec<u8>>, Error> {
    let mut bodies = Vec::new();
    let mut from = 1;
    loop {
        let records = store.read(center, from, ReadLimit::default()).await?;
        let Some(last) = records.last() else {
            return Ok(bodies);
        };
        from = last.seq + 1;
        bodies.extend(records.into_iter().map(|record| record.body));
    }
}

/// How many events a journal has.
pub(super) async fn events(store: &Store, center: &CenterId) -> Result<u64, Error> {
    let mut n = 0;
    for (seq, body) in (1..).zip(bodies(store, center).await?) {
        let record = RecordBody::read(seq, &body)?;
        n += record.turns.iter().map(|it| it.events.len()).sum::<usize>();
    }
    Ok(u64::try_from(n)?)
}
