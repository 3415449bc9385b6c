//! Copies the write-ahead log into the database file, in a task and on a connection of its own, so
//! that no append waits for it. Only a log that never comes to rest is started anew under the
//! writer's lock, and then little is left to copy.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Row};
use tokio::sync::{Mutex, Notify, oneshot};
use tokio::task::JoinHandle;

use super::writer::Writer;
use crate::limits::{CHECKPOINT_AFTER_BYTES, CHECKPOINT_INTERVAL, WAL_PAGES_MAX};

pub(crate) struct Checkpointer {
    signal: Arc<Signal>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Signal {
    bytes_written: AtomicU64,
    enough_written: Notify,
}

impl Checkpointer {
    pub(super) fn start(connection: SqliteConnection, writer: Arc<Mutex<Writer>>) -> Self {
        let signal = Arc::new(Signal::default());
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(run(connection, writer, Arc::clone(&signal), stopped));
        Self {
            signal,
            stop: Some(stop),
            task,
        }
    }

    /// Called after each commit.
    pub(crate) fn written(&self, bytes: u64) {
        let before = self
            .signal
            .bytes_written
            .fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) >= CHECKPOINT_AFTER_BYTES {
            self.signal.enough_written.notify_one();
        }
    }

    pub(super) async fn stop(mut self) {
        drop(self.stop.take());
        if let Err(error) = (&mut self.task).await {
            tracing::warn!(%error, "checkpoint task ended badly");
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(
    mut connection: SqliteConnection,
    writer: Arc<Mutex<Writer>>,
    signal: Arc<Signal>,
    mut stopped: oneshot::Receiver<()>,
) {
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            () = signal.enough_written.notified() => {}
            () = tokio::time::sleep(CHECKPOINT_INTERVAL) => {}
        }
        if signal.bytes_written.swap(0, Ordering::Relaxed) == 0 {
            continue;
        }
        if let Err(error) = checkpoint(&mut connection, &writer).await {
            // Nothing is lost: the log keeps what was not copied, and the next round tries again.
            tracing::warn!(%error, "write-ahead log could not be copied into the database");
        }
    }
    drop(writer);
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "checkpoint connection could not be closed");
    }
}

async fn checkpoint(
    connection: &mut SqliteConnection,
    writer: &Mutex<Writer>,
) -> Result<(), sqlx::Error> {
    let row = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
        .fetch_one(&mut *connection)
        .await?;
    let pages_in_log: i64 = row.try_get(1)?;
    if pages_in_log > WAL_PAGES_MAX {
        // A reader that goes on for long, a backup above all, must not hold appends up: then the log
        // grows until it is done, and the next round tries again.
        sqlx::query("PRAGMA busy_timeout = 0")
            .execute(&mut *connection)
            .await?;
        let no_append = writer.lock().await;
        sqlx::query("PRAGMA wal_checkpoint(RESTART)")
            .execute(&mut *connection)
            .await?;
        drop(no_append);
    }
    Ok(())
}
