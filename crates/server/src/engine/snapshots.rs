//! Snapshots: written by whoever follows the journal, never in the loop.

use super::recovery::SNAPSHOT_SCHEMA;
use super::view::View;
use std::sync::Arc;
use tandem_store::{CenterId, CenterStore, Snapshot};
use tokio_util::sync::CancellationToken;

/// Records between two snapshots: replaying as many takes some tenths of the two seconds of a start. One copies and writes
/// all of the state, so that fewer records between them would keep a busy floor at nothing else: 160 calls a second make
/// some 3,000 records.
const RECORDS_BETWEEN: u64 = 20_000;

/// Writes snapshots as the view moves on, until the loop stops.
pub(crate) async fn keep(
    store: Arc<dyn CenterStore>,
    center: CenterId,
    view: View,
    stop: CancellationToken,
) {
    let mut changes = view.changes();
    let mut last = view.read(|projection| projection.seq);
    loop {
        let change = tokio::select! {
            () = stop.cancelled() => return,
            change = changes.recv() => change,
        };
        let seq = match change {
            Ok(change) => change.seq,
            Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => continue,
            Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
        };
        if seq < last.saturating_add(RECORDS_BETWEEN) {
            continue;
        }
        last = write(store.as_ref(), &center, &view).await.unwrap_or(seq);
    }
}

/// Writes one snapshot now; answers up to which record.
pub(crate) async fn write(store: &dyn CenterStore, center: &CenterId, view: &View) -> Option<u64> {
    let projection = view.read(Clone::clone);
    let seq = projection.seq;
    let bytes = tokio::task::spawn_blocking(move || serde_json::to_vec(&projection)).await;
    let Ok(Ok(bytes)) = bytes else {
        tracing::error!(%center, seq, "snapshot could not be encoded");
        return None;
    };
    let snapshot = Snapshot {
        seq,
        schema_version: SNAPSHOT_SCHEMA,
        bytes,
    };
    match store.put_snapshot(center, snapshot).await {
        Ok(()) => Some(seq),
        Err(error) => {
            tracing::warn!(%center, seq, %error, "snapshot could not be written");
            None
        }
    }
}
