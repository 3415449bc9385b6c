//! Rebuilding: the newest usable snapshot, then every record after it. A snapshot that cannot be
//! used is ignored; the journal is the only truth.

use super::record::{RecordBody, RecordError};
use super::view::Projection;
use tandem_reports::live::Board;
use tandem_store::{CenterId, CenterStore, ReadLimit};

/// Version of what a snapshot holds; any other is ignored.
pub(crate) const SNAPSHOT_SCHEMA: u32 = 10;

/// Why a contact center could not be rebuilt.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// The store did not answer.
    #[error("the journal cannot be read: {0}")]
    Store(#[from] tandem_store::Error),
    /// A record cannot be used.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The time zone of the contact center is not known.
    #[error("the time zone is not known: {0}")]
    TimeZone(String),
}

/// Rebuilds a contact center from its journal.
///
/// # Errors
/// [`RecoveryError`] when the journal cannot be read.
pub async fn recover(
    store: &dyn CenterStore,
    center: &CenterId,
    time_zone: &str,
) -> Result<Projection, RecoveryError> {
    let mut projection = match snapshot(store, center).await? {
        Some(projection) => projection,
        None => Projection::new(board(time_zone)?),
    };
    loop {
        let from = projection.seq + 1;
        let records = store.read(center, from, ReadLimit::default()).await?;
        if records.is_empty() {
            return Ok(projection);
        }
        for record in &records {
            projection.apply(&RecordBody::read(record.seq, &record.body)?);
            // Yields, so that other contact centers of the process start beside this one.
            tokio::task::consume_budget().await;
        }
    }
}

fn board(time_zone: &str) -> Result<Board, RecoveryError> {
    Board::new(time_zone).map_err(|error| RecoveryError::TimeZone(error.to_string()))
}

async fn snapshot(
    store: &dyn CenterStore,
    center: &CenterId,
) -> Result<Option<Projection>, RecoveryError> {
    let Some(snapshot) = store.newest_snapshot(center).await? else {
        return Ok(None);
    };
    if snapshot.schema_version != SNAPSHOT_SCHEMA {
        return Ok(None);
    }
    match serde_json::from_slice::<Projection>(&snapshot.bytes) {
        Ok(projection) if projection.seq == snapshot.seq => Ok(Some(projection)),
        Ok(_) | Err(_) => {
            tracing::warn!(%center, seq = snapshot.seq, "snapshot is not usable and was ignored");
            Ok(None)
        }
    }
}
