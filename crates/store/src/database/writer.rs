//! The one connection that writes, and its repair. SQLite may roll a transaction back by itself
//! (sqlite.org/lang_transaction.html 3: disk full, I/O error); sqlx then still counts it as open and
//! refuses every later one, so such a connection is replaced.

use std::ops::{Deref, DerefMut};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::MutexGuard;

pub(crate) struct Writer {
    connection: SqliteConnection,
    options: SqliteConnectOptions,
    /// The last append failed for a reason that may be the connection's.
    is_suspect: bool,
}

/// The writer, for as long as it is held.
pub(crate) struct WriterGuard<'a>(MutexGuard<'a, Writer>);

impl<'a> WriterGuard<'a> {
    /// Asks the connection's thread, one trip, and replaces the connection if need be.
    pub(super) async fn checked(mut writer: MutexGuard<'a, Writer>) -> Result<Self, sqlx::Error> {
        writer.repair().await?;
        Ok(Self(writer))
    }

    /// Asks only if something happened since the last time, for the sake of the append path.
    pub(super) async fn trusted(mut writer: MutexGuard<'a, Writer>) -> Result<Self, sqlx::Error> {
        if writer.is_suspect || writer.connection.is_in_transaction() {
            writer.repair().await?;
        }
        Ok(Self(writer))
    }

    pub(crate) fn suspect(&mut self) {
        self.0.is_suspect = true;
    }
}

impl Writer {
    pub(super) fn new(connection: SqliteConnection, options: SqliteConnectOptions) -> Self {
        Self {
            connection,
            options,
            is_suspect: false,
        }
    }

    /// A dropped transaction is rolled back by a command in the connection's queue; the answer to
    /// the ping comes after it.
    async fn repair(&mut self) -> Result<(), sqlx::Error> {
        let alive = self.connection.ping().await;
        if alive.is_err() || self.connection.is_in_transaction() {
            tracing::warn!("writer connection is replaced after a failure below it");
            self.connection = self.options.connect().await?;
        }
        self.is_suspect = false;
        Ok(())
    }

    pub(super) async fn close(self) -> Result<(), sqlx::Error> {
        self.connection.close().await
    }
}

impl Deref for WriterGuard<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.0.connection
    }
}

impl DerefMut for WriterGuard<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.0.connection
    }
}
