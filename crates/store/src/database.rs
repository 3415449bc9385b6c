//! The data directory and the three SQLite files in it: the lock that keeps a second process out, one
//! writer connection, readers apart, migrations. It must not know what the tables mean.

mod log_check;
mod wal;
mod writer;

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, SqlSafeStr};
use tokio::sync::Mutex;

use crate::error::{Error, primary_code};
use crate::health::{AppendMeter, Health};
use crate::limits::{
    BUSY_TIMEOUT, CACHE_KIB, HISTORY_CACHE_KIB, READER_WAIT_MAX, READERS_MAX, ROWS_BUFFERED,
};
use crate::subject::sqlite::Drawn;

use self::writer::{Writer, WriterGuard};

const LOCK_FILE: &str = "tandem.lock";
/// The database of a data directory.
pub const MAIN_FILE: &str = "tandem.db";
const SNAPSHOT_FILE: &str = "snapshots.db";
pub(crate) const HISTORY_FILE: &str = "history.db";
/// A lock file holds a process number; more is not read from it.
const LOCK_TEXT_BYTES_MAX: u64 = 32;

/// The embedded store of one process. Cloning it shares it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    directory: PathBuf,
    main: Database,
    snapshots: Database,
    history: Database,
    append_meter: AppendMeter,
    drawn: Drawn,
    /// Held for as long as the store lives; the operating system frees it when the process ends.
    lock: File,
}

pub(crate) struct Database {
    writer: Arc<Mutex<Writer>>,
    pub(crate) readers: SqlitePool,
    pub(crate) checkpointer: wal::Checkpointer,
    path: PathBuf,
}

impl Store {
    /// Opens the data directory, creating it if need be. One process at a time.
    pub async fn open(directory: &Path) -> Result<Self, Error> {
        create_directory(directory).map_err(|source| Error::Directory {
            directory: directory.to_owned(),
            source,
        })?;
        let lock = lock(directory)?;
        log_check::check(&log_of(&directory.join(MAIN_FILE)))?;
        let main = Database::open(
            directory.join(MAIN_FILE),
            SqliteSynchronous::Full,
            CACHE_KIB,
            main_migrations(),
        )
        .await?;
        // NORMAL: a snapshot that a power cut takes away is found missing, and costs only time.
        let snapshots = Database::open(
            directory.join(SNAPSHOT_FILE),
            SqliteSynchronous::Normal,
            CACHE_KIB,
            snapshot_migrations(),
        )
        .await?;
        let history = open_history(directory.join(HISTORY_FILE)).await?;
        // The lock proves that whoever held a lease in this directory is gone.
        sqlx::query("UPDATE centers SET expires_us = 0")
            .execute(&mut *main.writer().await?)
            .await?;
        let inner = Inner {
            directory: directory.to_owned(),
            main,
            snapshots,
            history,
            append_meter: AppendMeter::default(),
            drawn: Drawn::default(),
            lock,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    pub fn directory(&self) -> &Path {
        &self.inner.directory
    }

    /// Facts for a health page; cheap enough to ask every few seconds.
    pub fn health(&self) -> Health {
        let inner = &self.inner;
        let database_bytes = inner
            .main
            .bytes_on_disk()
            .saturating_add(inner.snapshots.bytes_on_disk())
            .saturating_add(inner.history.bytes_on_disk());
        inner
            .append_meter
            .health(database_bytes, inner.main.wal_bytes())
    }

    /// Copies the write-ahead log into the database and lets the directory go. Dropping the store
    /// without it loses nothing; the next start only has the log to go through.
    pub async fn close(self) -> Result<(), Error> {
        let Some(inner) = Arc::into_inner(self.inner) else {
            return Err(Error::Invalid {
                what: "closing the store",
                reason: "parts of it are still in use: end the engine loops first".to_owned(),
            });
        };
        inner.main.close().await?;
        inner.snapshots.close().await?;
        inner.history.close().await?;
        inner.lock.unlock().map_err(|source| Error::Directory {
            directory: inner.directory,
            source,
        })
    }

    pub(crate) fn main(&self) -> &Database {
        &self.inner.main
    }

    pub(crate) fn snapshots(&self) -> &Database {
        &self.inner.snapshots
    }

    pub(crate) fn history(&self) -> &Database {
        &self.inner.history
    }

    pub(crate) fn drawn(&self) -> &Drawn {
        &self.inner.drawn
    }

    pub(crate) fn append_meter(&self) -> &AppendMeter {
        &self.inner.append_meter
    }
}

/// The history is made from the journal: one that cannot be used is begun anew.
async fn open_history(path: PathBuf) -> Result<Database, Error> {
    // NORMAL: what a power cut takes away is made again from the mark before it.
    let open = || {
        let (path, migrations) = (path.clone(), history_migrations());
        let synchronous = SqliteSynchronous::Normal;
        Database::open(path, synchronous, HISTORY_CACHE_KIB, migrations)
    };
    match open().await {
        Err(error @ (Error::Damaged { .. } | Error::Newer { .. })) => {
            tracing::warn!(%error, "the history cannot be used and is made anew from the journal");
            for file in [path.clone(), log_of(&path), beside(&path, "-shm")] {
                match std::fs::remove_file(&file) {
                    Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                        return Err(Error::Directory {
                            directory: file,
                            source,
                        });
                    }
                    Ok(()) | Err(_) => {}
                }
            }
            open().await
        }
        opened => opened,
    }
}

impl Database {
    async fn open(
        path: PathBuf,
        synchronous: SqliteSynchronous,
        cache_kib: u32,
        migrator: Migrator,
    ) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            .pragma("cache_size", format!("-{cache_kib}"))
            // Checkpoints are the checkpointer's, off the append path.
            .pragma("wal_autocheckpoint", "0")
            // What is erased is overwritten, not only unlinked.
            .pragma("secure_delete", "ON")
            // Whoever reads thousands of rows wakes whoever takes them less often.
            .row_buffer_size(ROWS_BUFFERED)
            .disable_statement_logging();
        let mut writer = options.connect().await?;
        migrate(&migrator, &mut writer, &path).await?;
        let writer = Arc::new(Mutex::new(Writer::new(writer, options.clone())));
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS_MAX)
            .acquire_timeout(READER_WAIT_MAX)
            .test_before_acquire(false)
            .connect_with(
                options
                    .clone()
                    .create_if_missing(false)
                    .pragma("query_only", "ON"),
            )
            .await?;
        let checkpointer = wal::Checkpointer::start(options.connect().await?, Arc::clone(&writer));
        Ok(Self {
            writer,
            readers,
            checkpointer,
            path,
        })
    }

    /// Waits its turn: first come, first served.
    pub(crate) async fn writer(&self) -> Result<WriterGuard<'_>, Error> {
        Ok(WriterGuard::checked(self.writer.lock().await).await?)
    }

    /// The same without a trip to SQLite's thread.
    pub(crate) async fn append_writer(&self) -> Result<WriterGuard<'_>, Error> {
        Ok(WriterGuard::trusted(self.writer.lock().await).await?)
    }

    fn bytes_on_disk(&self) -> u64 {
        file_bytes(&self.path).saturating_add(self.wal_bytes())
    }

    fn wal_bytes(&self) -> u64 {
        file_bytes(&log_of(&self.path))
    }

    async fn close(self) -> Result<(), Error> {
        self.checkpointer.stop().await;
        self.readers.close().await;
        // The last connection to close copies the log and removes it.
        if let Ok(writer) = Arc::try_unwrap(self.writer) {
            writer.into_inner().close().await?;
        }
        Ok(())
    }
}

/// A write transaction takes the lock at its start, so that it never fails half way for it.
pub(crate) const BEGIN: &str = "BEGIN IMMEDIATE";

/// The database's clock in microseconds, the only clock of leases.
pub(crate) fn ttl_micros(ttl: Duration) -> i64 {
    i64::try_from(ttl.as_micros())
        .unwrap_or(i64::MAX / 4)
        .min(i64::MAX / 4)
}

/// The write-ahead log of a database file.
fn log_of(database: &Path) -> PathBuf {
    beside(database, "-wal")
}

fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut file = database.to_owned().into_os_string();
    file.push(ending);
    file.into()
}

fn file_bytes(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

#[cfg(unix)]
pub(crate) fn create_directory(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
}

#[cfg(not(unix))]
pub(crate) fn create_directory(directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)
}

fn lock(directory: &Path) -> Result<File, Error> {
    let trouble = |source| Error::Directory {
        directory: directory.to_owned(),
        source,
    };
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(directory.join(LOCK_FILE))
        .map_err(trouble)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(std::fs::TryLockError::WouldBlock) => {
            let mut text = String::new();
            // Only for the message; the lock itself has already refused.
            let holder = match file.take(LOCK_TEXT_BYTES_MAX).read_to_string(&mut text) {
                Ok(_) if !text.is_empty() => format!(" (process {})", text.trim()),
                Ok(_) | Err(_) => String::new(),
            };
            return Err(Error::InUse {
                directory: directory.to_owned(),
                holder,
            });
        }
        Err(std::fs::TryLockError::Error(source)) => return Err(trouble(source)),
    }
    file.set_len(0).map_err(trouble)?;
    file.write_all(format!("{}\n", std::process::id()).as_bytes())
        .map_err(trouble)?;
    Ok(file)
}

async fn migrate(
    migrator: &Migrator,
    connection: &mut SqliteConnection,
    path: &Path,
) -> Result<(), Error> {
    migrator.run(connection).await.map_err(|error| {
        if let MigrateError::VersionMissing(found) = error {
            return Error::Newer {
                file: path.to_owned(),
                found,
            };
        }
        if let MigrateError::Execute(ref cause) = error
            && primary_code(cause).is_none()
        {
            return Error::Unavailable(error.to_string());
        }
        Error::damaged(
            format!("the schema of {}", path.display()),
            error.to_string(),
        )
    })
}

pub(crate) fn main_migrations() -> Migrator {
    Migrator::with_migrations(vec![
        migration(
            1,
            "journal",
            include_str!("../migrations/main/0001_journal.sql"),
        ),
        migration(
            2,
            "accounts",
            include_str!("../migrations/main/0002_accounts.sql"),
        ),
        migration(
            3,
            "sounds",
            include_str!("../migrations/main/0003_sounds.sql"),
        ),
        migration(
            4,
            "sign_in",
            include_str!("../migrations/main/0004_sign_in.sql"),
        ),
        migration(
            5,
            "webhooks",
            include_str!("../migrations/main/0005_webhooks.sql"),
        ),
        migration(
            6,
            "recordings",
            include_str!("../migrations/main/0006_recordings.sql"),
        ),
        migration(
            7,
            "scopes",
            include_str!("../migrations/main/0007_scopes.sql"),
        ),
        migration(
            8,
            "views",
            include_str!("../migrations/main/0008_views.sql"),
        ),
        migration(
            9,
            "forgetting",
            include_str!("../migrations/main/0009_forgetting.sql"),
        ),
        migration(
            10,
            "teams",
            include_str!("../migrations/main/0010_teams.sql"),
        ),
        migration(
            11,
            "teams sign-ins",
            include_str!("../migrations/main/0011_teams_sign_ins.sql"),
        ),
        migration(
            12,
            "favorites",
            include_str!("../migrations/main/0012_favorites.sql"),
        ),
    ])
}

fn snapshot_migrations() -> Migrator {
    Migrator::with_migrations(vec![migration(
        1,
        "snapshots",
        include_str!("../migrations/snapshots/0001_snapshots.sql"),
    )])
}

fn history_migrations() -> Migrator {
    Migrator::with_migrations(vec![
        migration(
            1,
            "history",
            include_str!("../migrations/history/0001_history.sql"),
        ),
        migration(
            2,
            "audit",
            include_str!("../migrations/history/0002_audit.sql"),
        ),
        migration(
            3,
            "facts_beside",
            include_str!("../migrations/history/0003_facts_beside.sql"),
        ),
        migration(
            4,
            "figures",
            include_str!("../migrations/history/0004_figures.sql"),
        ),
        migration(
            5,
            "promises",
            include_str!("../migrations/history/0005_promises.sql"),
        ),
        migration(
            6,
            "reasons",
            include_str!("../migrations/history/0006_reasons.sql"),
        ),
    ])
}

fn migration(version: i64, name: &'static str, sql: &'static str) -> Migration {
    Migration::new(
        version,
        name.into(),
        MigrationType::Simple,
        sql.into_sql_str(),
        false,
    )
}
