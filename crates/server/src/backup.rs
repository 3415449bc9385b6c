//! A backup: one consistent copy of the database, the configuration file beside it, and a sheet that
//! says what they are. The sheet comes last: a directory without it is no backup. Keys are never in it.

use crate::config::{self, Problems};
use crate::replay::hexadecimal;
use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use tandem_core::time::Timestamp;
use tandem_core::{CORE_VERSION, EVENT_SCHEMA};
pub use tandem_store::Progress;

/// The form of backups that this version writes, and the newest that it reads.
pub const FORMAT: u32 = 1;
/// The sheet's name.
pub const SHEET: &str = "backup.json";
/// The database's name, which is not that of a data directory: nobody serves a backup by mistake.
pub const DATABASE: &str = "tandem-backup.db";
/// The name of the configuration's copy.
pub const CONFIGURATION: &str = "tandem.toml";
/// What is not whole yet ends so.
const PARTIAL: &str = ".partial";
/// Bytes that are read at once to sum or to copy a file.
const PORTION: usize = 1024 * 1024;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The form of the backup.
    pub format: u32,
    /// The version that wrote it.
    pub tandem: String,
    /// The version of the rules.
    pub core_version: u32,
    /// The newest vocabulary that the journal may be written in.
    pub event_schema: u32,
    /// The schema of the database.
    pub store_schema: i64,
    /// When it began, microseconds since 1970.
    pub taken_at: Timestamp,
    /// The contact centers.
    pub centers: Vec<CenterSheet>,
    /// Numbers of the data keys that rows are sealed with, in the order of the configuration from 1.
    pub key_ids: Vec<u32>,
    /// The files.
    pub files: Vec<FileSheet>,
}

/// A contact center in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CenterSheet {
    /// Its id.
    pub id: String,
    /// Its last record.
    pub last_seq: u64,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSheet {
    /// Its name in the directory.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its sum, hexadecimal.
    pub sha256: String,
}

/// A backup that was made.
#[derive(Clone, Debug, Serialize)]
pub struct BackedUp {
    /// Where it is.
    pub directory: PathBuf,
    /// What it says of itself.
    pub sheet: Sheet,
    /// The key files that must be kept elsewhere; without them names and numbers are lost.
    pub key_files: Vec<PathBuf>,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The configuration cannot be used.
    #[error("the configuration cannot be used:\n{0}")]
    Config(#[from] Problems),
    /// The database cannot be read or its copy not be written.
    #[error(transparent)]
    Store(#[from] tandem_store::Error),
    /// The directory has something in it.
    #[error("{0} is not empty: name a directory that does not exist, or an empty one")]
    NotEmpty(PathBuf),
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// A file of a backup or of a data directory cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {error}")]
pub struct FileError {
    /// Which.
    pub file: PathBuf,
    /// Why not.
    pub error: std::io::Error,
}

/// Backs the data directory of a configuration up, beside a process that serves it or without one.
/// When it fails, nothing of it is left.
///
/// # Errors
/// [`BackupError`], which names the fix.
pub async fn back_up(
    config_file: &Path,
    directory: &Path,
    now: Timestamp,
    seen: impl FnMut(Progress) + Send + 'static,
) -> Result<BackedUp, BackupError> {
    let config = config::load(config_file, &config::environment)?;
    let made = make_directory(directory)?;
    let files = Files { directory };
    let written = files.write(config_file, &config.store.data_dir, now, seen);
    match written.await {
        Ok(sheet) => Ok(BackedUp {
            directory: directory.to_owned(),
            sheet,
            key_files: config.store.key_files,
        }),
        Err(error) => {
            files.remove(made);
            Err(error)
        }
    }
}

/// Whether the directory was there before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Made {
    Now,
    Before,
}

fn make_directory(directory: &Path) -> Result<Made, BackupError> {
    match std::fs::read_dir(directory) {
        Ok(mut entries) => match entries.next() {
            None => Ok(Made::Before),
            Some(_) => Err(BackupError::NotEmpty(directory.to_owned())),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut builder = DirBuilder::new();
            let built = builder.recursive(true).mode(0o700).create(directory);
            built.map_err(|error| failed(directory, error))?;
            Ok(Made::Now)
        }
        Err(error) => Err(failed(directory, error).into()),
    }
}

/// The files of a backup that is being made.
struct Files<'a> {
    directory: &'a Path,
}

impl Files<'_> {
    async fn write(
        &self,
        config_file: &Path,
        data_dir: &Path,
        now: Timestamp,
        seen: impl FnMut(Progress) + Send + 'static,
    ) -> Result<Sheet, BackupError> {
        let partial = self.directory.join(format!("{DATABASE}{PARTIAL}"));
        create(&partial)?;
        let contents = tandem_store::copy_database(data_dir, &partial, seen).await?;
        self.finish(DATABASE)?;
        let configuration =
            std::fs::read(config_file).map_err(|error| failed(config_file, error))?;
        self.put(CONFIGURATION, &configuration)?;
        let mut files = Vec::new();
        for name in [DATABASE, CONFIGURATION] {
            files.push(self.sheet(name).await?);
        }
        let center = |(id, last_seq): &(tandem_store::CenterId, u64)| CenterSheet {
            id: id.to_string(),
            last_seq: *last_seq,
        };
        let sheet = Sheet {
            format: FORMAT,
            tandem: env!("CARGO_PKG_VERSION").to_owned(),
            core_version: CORE_VERSION,
            event_schema: EVENT_SCHEMA,
            store_schema: contents.store_schema,
            taken_at: now,
            centers: contents.centers.iter().map(center).collect(),
            key_ids: contents.key_ids,
            files,
        };
        let text = serde_json::to_vec_pretty(&sheet).unwrap_or_default();
        self.put(SHEET, &text)?;
        Ok(sheet)
    }

    /// Writes a small file under its partial name, then under its own.
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), FileError> {
        let partial = self.directory.join(format!("{name}{PARTIAL}"));
        let mut file = create(&partial)?;
        file.write_all(bytes)
            .and_then(|()| file.sync_all())
            .map_err(|error| failed(&partial, error))?;
        self.finish(name)
    }

    /// Gives a file its own name, for good.
    fn finish(&self, name: &str) -> Result<(), FileError> {
        let partial = self.directory.join(format!("{name}{PARTIAL}"));
        std::fs::rename(&partial, self.directory.join(name))
            .and_then(|()| File::open(self.directory)?.sync_all())
            .map_err(|error| failed(&partial, error))
    }

    async fn sheet(&self, name: &str) -> Result<FileSheet, FileError> {
        let (bytes, sha256) = copy(self.directory.join(name), None).await?;
        Ok(FileSheet {
            name: name.to_owned(),
            bytes,
            sha256,
        })
    }

    /// What was begun is taken away; what cannot be removed still is no backup without its sheet.
    fn remove(&self, made: Made) {
        for name in [SHEET, CONFIGURATION, DATABASE] {
            for name in [name.to_owned(), format!("{name}{PARTIAL}")] {
                std::fs::remove_file(self.directory.join(name)).ok();
            }
        }
        if made == Made::Now {
            std::fs::remove_dir(self.directory).ok();
        }
    }
}

pub(crate) fn failed(file: &Path, error: std::io::Error) -> FileError {
    FileError {
        file: file.to_owned(),
        error,
    }
}

fn create(file: &Path) -> Result<File, FileError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map_err(|error| failed(file, error))
}

/// Reads a file to its end, and writes it where it is wanted; answers its size and sum.
pub(crate) async fn copy(from: PathBuf, to: Option<PathBuf>) -> Result<(u64, String), FileError> {
    let copied = tokio::task::spawn_blocking(move || {
        let mut source = File::open(&from).map_err(|error| failed(&from, error))?;
        let mut target = to.as_deref().map(create).transpose()?;
        let mut sum = Sum::default();
        let mut portion = vec![0; PORTION];
        loop {
            let n = source
                .read(&mut portion)
                .map_err(|error| failed(&from, error))?;
            let read = portion.get(..n).unwrap_or_default();
            if let (Some(target), Some(to)) = (&mut target, &to) {
                let written = match n {
                    0 => target.sync_all(),
                    _ => target.write_all(read),
                };
                written.map_err(|error| failed(to, error))?;
            }
            if n == 0 {
                return Ok(sum.finish());
            }
            sum.take(read);
        }
    });
    copied
        .await
        .map_err(|error| failed(Path::new(DATABASE), std::io::Error::other(error)))?
}

/// A sum that is being taken.
struct Sum {
    bytes: u64,
    digest: Context,
}

impl Default for Sum {
    fn default() -> Self {
        Self {
            bytes: 0,
            digest: Context::new(&SHA256),
        }
    }
}

impl Sum {
    fn take(&mut self, portion: &[u8]) {
        self.bytes += u64::try_from(portion.len()).unwrap_or(u64::MAX);
        self.digest.update(portion);
    }

    fn finish(self) -> (u64, String) {
        (self.bytes, hexadecimal(self.digest.finish().as_ref()))
    }
}
