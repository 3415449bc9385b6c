//! A consistent copy of the database of a data directory, whether or not a process has it open. The
//! copy is read with a connection of its own that changes nothing, and it is paced: the process beside
//! it goes on at its speed. What is in the copy, the copy itself is asked.

use std::fs::File;
use std::path::Path;
use std::time::Instant;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{ConnectOptions, Connection, Row};

use crate::center::CenterId;
use crate::database::{MAIN_FILE, main_migrations};
use crate::error::{Error, unsigned};
use crate::journal::ReadLimit;
use crate::journal::sqlite::read;
use crate::limits::{BACKUP_BYTES_BETWEEN_SYNCS, BACKUP_PAUSE_MAX, BACKUP_PAUSES, BUSY_TIMEOUT};
use crate::subject::sqlite::key_number;

/// The newest schema that this version knows.
#[must_use]
pub fn store_schema() -> i64 {
    let migrations = main_migrations();
    migrations.iter().map(|it| it.version).max().unwrap_or(0)
}

/// What a database holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contents {
    pub store_schema: i64,
    /// Each contact center with the number of its last record.
    pub centers: Vec<(CenterId, u64)>,
    /// Numbers of the data keys that rows are sealed with.
    pub key_ids: Vec<u32>,
}

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub bytes_done: u64,
    /// About: the copy leaves free pages out.
    pub bytes_total: u64,
}

/// Operations of SQLite's machine between two looks; a look costs a file's length.
const OPERATIONS_BETWEEN_LOOKS: i32 = 500;

/// Copies the database of a data directory into a file that must not exist or be empty, as of one
/// instant, and syncs it. A process that serves the directory is neither stopped nor waited for.
pub async fn copy_database(
    directory: &Path,
    target: &Path,
    seen: impl FnMut(Progress) + Send + 'static,
) -> Result<Contents, Error> {
    let source = directory.join(MAIN_FILE);
    if !source.is_file() {
        return Err(Error::Invalid {
            what: "the data directory",
            reason: format!("{} is not there: nothing to back up", source.display()),
        });
    }
    let mut connection = read_only(&source).await?;
    schema(&mut connection, &source).await?;
    let bytes_total = std::fs::metadata(&source).map_or(0, |it| it.len());
    let copying = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .open(target)
        .map_err(|error| unwritable(target, &error))?;
    let mut pace = Pace::new(copying, bytes_total, seen);
    connection
        .lock_handle()
        .await?
        .set_progress_handler(OPERATIONS_BETWEEN_LOOKS, move || pace.look());
    let copied = sqlx::query("VACUUM INTO ?1")
        .bind(target.to_string_lossy().into_owned())
        .execute(&mut connection)
        .await;
    connection.lock_handle().await?.remove_progress_handler();
    copied.map_err(|error| not_copied(error, target))?;
    connection.close().await?;
    File::open(target)
        .and_then(|file| file.sync_all())
        .map_err(|error| unwritable(target, &error))?;
    let contents = contents(target).await?;
    verify(target, &contents).await?;
    Ok(contents)
}

/// Reads every record of a copy, so that a damaged one is told now and not on the day of the restore.
async fn verify(file: &Path, contents: &Contents) -> Result<(), Error> {
    let mut connection = read_only(file).await?;
    for (center, last_seq) in &contents.centers {
        let mut next = 1;
        while next <= *last_seq {
            let began = Instant::now();
            let records = read(&mut connection, center, next, ReadLimit::default()).await?;
            next += u64::try_from(records.len()).unwrap_or(u64::MAX);
            if records.is_empty() {
                let what = format!("record {next} of the journal of {center}");
                return Err(Error::damaged(what, "it is missing"));
            }
            // The process beside has the rest of the time.
            let pause = began.elapsed().saturating_mul(BACKUP_PAUSES);
            tokio::time::sleep(pause.min(BACKUP_PAUSE_MAX)).await;
        }
    }
    connection.close().await?;
    Ok(())
}

/// What a database file that no process has open holds.
pub async fn contents(file: &Path) -> Result<Contents, Error> {
    let mut connection = read_only(file).await?;
    let contents = Contents {
        store_schema: schema(&mut connection, file).await?,
        centers: centers(&mut connection).await?,
        key_ids: key_ids(&mut connection).await?,
    };
    connection.close().await?;
    Ok(contents)
}

/// Lets the disk breathe: what was written is synced in small portions, so that no commit of the
/// process beside waits behind a heap of it, and half of the time nothing is done.
struct Pace<F> {
    copying: File,
    bytes_total: u64,
    bytes_synced: u64,
    resumed: Instant,
    seen: F,
}

impl<F: FnMut(Progress)> Pace<F> {
    fn new(copying: File, bytes_total: u64, seen: F) -> Self {
        Self {
            copying,
            bytes_total,
            bytes_synced: 0,
            resumed: Instant::now(),
            seen,
        }
    }

    /// Answers whether to go on, which is always.
    fn look(&mut self) -> bool {
        let bytes_done = self.copying.metadata().map_or(0, |it| it.len());
        if bytes_done < self.bytes_synced.saturating_add(BACKUP_BYTES_BETWEEN_SYNCS) {
            return true;
        }
        if let Err(error) = self.copying.sync_data() {
            // The last sync, of everything, tells for good.
            tracing::debug!(%error, "a part of the copy could not be synced");
        }
        self.bytes_synced = bytes_done;
        (self.seen)(Progress {
            bytes_done,
            bytes_total: self.bytes_total.max(bytes_done),
        });
        let pause = self.resumed.elapsed().saturating_mul(BACKUP_PAUSES);
        std::thread::sleep(pause.min(BACKUP_PAUSE_MAX));
        self.resumed = Instant::now();
        true
    }
}

pub(crate) async fn read_only(file: &Path) -> Result<SqliteConnection, Error> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging();
    Ok(options.connect().await?)
}

/// The schema of a database; one that a newer version wrote is refused.
async fn schema(connection: &mut SqliteConnection, file: &Path) -> Result<i64, Error> {
    let found: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations")
        .fetch_one(connection)
        .await?;
    if found > store_schema() {
        return Err(Error::Newer {
            file: file.to_owned(),
            found,
        });
    }
    Ok(found)
}

async fn centers(connection: &mut SqliteConnection) -> Result<Vec<(CenterId, u64)>, Error> {
    const CENTERS: &str = "SELECT c.name,
         COALESCE((SELECT MAX(j.seq) FROM journal j WHERE j.center = c.nr), 0)
         FROM centers c ORDER BY c.name";
    let rows = sqlx::query(CENTERS).fetch_all(connection).await?;
    let center = |row: &SqliteRow| {
        let name: String = row.try_get(0)?;
        let last = unsigned("a sequence number", row.try_get(1)?)?;
        Ok((CenterId::parse(&name)?, last))
    };
    rows.iter().map(center).collect()
}

async fn key_ids(connection: &mut SqliteConnection) -> Result<Vec<u32>, Error> {
    let rows = rows_by_key(connection).await?;
    Ok(rows.into_iter().map(|(key_id, _)| key_id).collect())
}

/// How many rows are sealed with which key: subjects, and keys of recordings where there is a table of them.
pub(crate) async fn rows_by_key(
    connection: &mut SqliteConnection,
) -> Result<Vec<(u32, u64)>, Error> {
    const HAS_RECORDINGS: &str =
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'recordings'";
    const SUBJECTS: &str = "SELECT key_id, COUNT(*) FROM subjects
         WHERE key_id IS NOT NULL GROUP BY key_id ORDER BY key_id";
    const BOTH: &str = "SELECT key_id, COUNT(*) FROM
         (SELECT key_id FROM subjects UNION ALL SELECT key_id FROM recordings)
         WHERE key_id IS NOT NULL GROUP BY key_id ORDER BY key_id";
    let n_tables: i64 = sqlx::query_scalar(HAS_RECORDINGS)
        .fetch_one(&mut *connection)
        .await?;
    let query = if n_tables == 0 { SUBJECTS } else { BOTH };
    let rows = sqlx::query(query).fetch_all(connection).await?;
    let counted = |row: &SqliteRow| {
        let key_id = key_number(row.try_get(0)?)?;
        Ok((key_id, unsigned("a number of rows", row.try_get(1)?)?))
    };
    rows.iter().map(counted).collect()
}

fn not_copied(error: sqlx::Error, target: &Path) -> Error {
    let error = Error::from(error);
    if let Error::Unavailable(reason) = error {
        let file = target.to_owned();
        return Error::Unwritable { file, reason };
    }
    error
}

fn unwritable(target: &Path, error: &std::io::Error) -> Error {
    Error::Unwritable {
        file: target.to_owned(),
        reason: error.to_string(),
    }
}
