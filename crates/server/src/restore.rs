//! Restoring: a backup becomes a data directory. Everything is done in a directory of its own beside,
//! and the database gets its place last: what is half restored cannot be served. A restored contact
//! center goes on with orders whose keys Microsoft has never seen.

use crate::backup::{DATABASE, FORMAT, FileError, SHEET, Sheet, copy, failed};
use crate::config::{self, Config, Problems};
use crate::engine::{Clock, RecordBody, RecoveryError, TurnRecord, recover};
use crate::replay::{ReplayError, Replayed, replay_noting};
use serde::{Deserialize, Serialize};
use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tandem_core::EVENT_SCHEMA;
use tandem_core::input::Input;
use tandem_store::{
    AccountError, Accounts, AppendError, Batch, CenterId, Journal, KeyCheckError, LeaseError,
    MAIN_FILE, NodeId, Store, UnixMicros, check_keys, store_schema,
};

/// Where a restore works, inside of the data directory.
const WORKPLACE: &str = "restoring.partial";
/// How long the lease of a restore lasts; nobody else can have the directory.
const LEASE_TTL: Duration = Duration::from_secs(60);

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// The data directory.
    pub data_dir: PathBuf,
    /// The contact centers.
    pub centers: Vec<RestoredCenter>,
}

/// A contact center that was restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RestoredCenter {
    /// Its last record in the backup.
    pub last_seq_of_backup: u64,
    /// The digest of the journal up to that record; none when the backup had no record of it.
    pub digest_of_backup: Option<String>,
    /// The whole journal, the restore included, as `tandem replay` has it.
    #[serde(flatten)]
    pub replayed: Replayed,
}

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The configuration cannot be used.
    #[error("the configuration cannot be used:\n{0}")]
    Config(#[from] Problems),
    /// There is no backup.
    #[error(
        "{directory} is not a whole backup: {reason}; name a directory that `tandem backup` wrote"
    )]
    NoBackup {
        /// Where.
        directory: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A newer version wrote it.
    #[error(
        "the backup was written by Tandem {tandem} ({what} {found}, this version knows up to {known}): restore it with that version or a newer one"
    )]
    Newer {
        /// Which version.
        tandem: String,
        /// What is newer.
        what: &'static str,
        /// What it is.
        found: i64,
        /// What is known here.
        known: i64,
    },
    /// A file is not what it was.
    #[error("{file} of the backup is damaged: {reason}; use another backup")]
    Damaged {
        /// Which.
        file: PathBuf,
        /// What is wrong.
        reason: &'static str,
    },
    /// The data directory is in use.
    #[error(
        "the data directory {0} is not empty: stop the process that serves it and move what is there elsewhere, or name another directory in the configuration"
    )]
    NotEmpty(PathBuf),
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The key files do not open it.
    #[error(
        "contact center {center}: {error}; the key files of the configuration must be those of the backed-up machine"
    )]
    Keys {
        /// Whose.
        center: CenterId,
        /// Why not.
        error: KeyCheckError,
    },
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] tandem_store::Error),
    /// The accounts cannot be written.
    #[error(transparent)]
    Accounts(#[from] AccountError),
    /// The contact center cannot be had.
    #[error(transparent)]
    Lease(#[from] LeaseError),
    /// It cannot be rebuilt.
    #[error(transparent)]
    Recovery(#[from] RecoveryError),
    /// The restore cannot be recorded.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// Its journal does not come to the same again.
    #[error(transparent)]
    Replay(#[from] ReplayError),
}

/// Restores a backup into the data directory of a configuration, which must be empty. `seen` is told
/// how many records of which contact center were replayed. When it fails, nothing of it is left.
///
/// # Errors
/// [`RestoreError`], which names the fix.
pub async fn restore(
    backup: &Path,
    config_file: &Path,
    clock: &dyn Clock,
    mut seen: impl FnMut(&str, u64),
) -> Result<Restored, RestoreError> {
    let config = config::load(config_file, &config::environment)?;
    let sheet = read_sheet(backup)?;
    let data_dir = &config.store.data_dir;
    check_empty(data_dir)?;
    let workplace = data_dir.join(WORKPLACE);
    remove_directory(&workplace)?;
    let restored = work(backup, &workplace, &sheet, &config, clock, &mut seen).await;
    let placed = restored.and_then(|centers| {
        place(&workplace, data_dir)?;
        Ok(centers)
    });
    if placed.is_err() {
        // What is left here cannot be served, and the next restore removes it.
        std::fs::remove_dir_all(&workplace).ok();
    }
    Ok(Restored {
        data_dir: data_dir.clone(),
        centers: placed?,
    })
}

fn read_sheet(backup: &Path) -> Result<Sheet, RestoreError> {
    let no_backup = |reason: String| RestoreError::NoBackup {
        directory: backup.to_owned(),
        reason,
    };
    let text = std::fs::read(backup.join(SHEET))
        .map_err(|error| no_backup(format!("{SHEET} cannot be read ({error})")))?;
    let unreadable = |error: serde_json::Error| no_backup(format!("{SHEET} says {error}"));
    let Form { format, tandem } = serde_json::from_slice(&text).map_err(unreadable)?;
    let check = |what, found: i64, known: i64| {
        if found > known {
            let tandem = tandem.clone();
            return Err(RestoreError::Newer {
                tandem,
                what,
                found,
                known,
            });
        }
        Ok(())
    };
    check("format", i64::from(format), i64::from(FORMAT))?;
    let sheet: Sheet = serde_json::from_slice(&text).map_err(unreadable)?;
    check("store schema", sheet.store_schema, store_schema())?;
    let (found, known) = (sheet.event_schema, EVENT_SCHEMA);
    check("event schema", i64::from(found), i64::from(known))?;
    Ok(sheet)
}

/// What every form of the sheet says.
#[derive(Deserialize)]
struct Form {
    format: u32,
    tandem: String,
}

fn check_empty(data_dir: &Path) -> Result<(), RestoreError> {
    let entries = match std::fs::read_dir(data_dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(data_dir, error).into()),
    };
    for entry in entries {
        let entry = entry.map_err(|error| failed(data_dir, error))?;
        if entry.file_name() != WORKPLACE {
            return Err(RestoreError::NotEmpty(data_dir.to_owned()));
        }
    }
    Ok(())
}

/// What a restore that was killed has left.
fn remove_directory(directory: &Path) -> Result<(), FileError> {
    match std::fs::remove_dir_all(directory) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed(directory, error)),
    }
}

async fn work(
    backup: &Path,
    workplace: &Path,
    sheet: &Sheet,
    config: &Config,
    clock: &dyn Clock,
    seen: &mut impl FnMut(&str, u64),
) -> Result<Vec<RestoredCenter>, RestoreError> {
    let mut builder = DirBuilder::new();
    let built = builder.recursive(true).mode(0o700).create(workplace);
    built.map_err(|error| failed(workplace, error))?;
    for file in &sheet.files {
        let from = backup.join(&file.name);
        let is_database = file.name == DATABASE;
        let to = is_database.then(|| workplace.join(MAIN_FILE));
        let (bytes, sha256) = copy(from.clone(), to).await?;
        let damaged = |reason| RestoreError::Damaged { file: from, reason };
        if bytes != file.bytes {
            return Err(damaged("its size is another than it was"));
        }
        if sha256 != file.sha256 {
            return Err(damaged("its SHA-256 is another than it was"));
        }
    }
    let store = Store::open(workplace).await?;
    let restored = centers(&store, sheet, config, clock, seen).await;
    let closed = store.close().await;
    let restored = restored?;
    closed?;
    Ok(restored)
}

async fn centers(
    store: &Store,
    sheet: &Sheet,
    config: &Config,
    clock: &dyn Clock,
    seen: &mut impl FnMut(&str, u64),
) -> Result<Vec<RestoredCenter>, RestoreError> {
    // Who signed out, was locked out or used a link up since must not be let in again.
    store.purge_expired(UnixMicros(i64::MAX)).await?;
    let mut restored = Vec::new();
    for center in &sheet.centers {
        let id = CenterId::parse(&center.id)?;
        let checked = check_keys(store, &id, &config.store.keys).await;
        checked.map_err(|error| RestoreError::Keys {
            center: id.clone(),
            error,
        })?;
        let configured = config.centers.iter().find(|it| it.id == id);
        let time_zone = configured.map_or("UTC", |it| it.time_zone.as_str());
        record_restore(store, &id, time_zone, clock).await?;
        let noted = replay_noting(store, &id, center.last_seq, |records| {
            seen(&center.id, records);
        });
        let (replayed, digest_of_backup) = noted.await?;
        restored.push(RestoredCenter {
            last_seq_of_backup: center.last_seq,
            digest_of_backup,
            replayed,
        });
    }
    Ok(restored)
}

/// One turn: the contact center learns that it was restored.
async fn record_restore(
    store: &Store,
    id: &CenterId,
    time_zone: &str,
    clock: &dyn Clock,
) -> Result<(), RestoreError> {
    let node = NodeId::parse("restore")?;
    let lease = store.acquire(id, &node, LEASE_TTL).await?;
    let projection = recover(store, id, time_zone).await?;
    // This machine's clock may be behind the one that was backed up: time does not turn back.
    clock.at_least(projection.now);
    let mut center = projection.center;
    let (now, input) = (clock.now(), Input::Restored);
    let events = center.handle(now, input.clone()).events;
    let seq = lease.next_seq;
    let record = RecordBody::new(seq, lease.epoch, vec![TurnRecord { now, input, events }]);
    let body = serde_json::to_vec(&record).unwrap_or_default();
    store.append(&lease, seq, Batch::record(body)).await?;
    store.release(lease).await?;
    Ok(())
}

/// The database gets its place, for good; the rest of the workplace was a means.
fn place(workplace: &Path, data_dir: &Path) -> Result<(), FileError> {
    let file = data_dir.join(MAIN_FILE);
    std::fs::rename(workplace.join(MAIN_FILE), &file)
        .and_then(|()| File::open(data_dir)?.sync_all())
        .and_then(|()| std::fs::remove_dir_all(workplace))
        .map_err(|error| failed(&file, error))
}
