//! What can go wrong, by what the caller can do about it. Messages name the fix and never carry a
//! body, a key, a token or personal data.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "the data directory {directory} is in use by another Tandem process{holder}: stop that process, or start this one with another data directory"
    )]
    InUse { directory: PathBuf, holder: String },
    #[error(
        "cannot use the data directory {directory}: {source}: create it, or give this user the right to read and write it"
    )]
    Directory {
        directory: PathBuf,
        source: std::io::Error,
    },
    #[error(
        "{file} was written by a newer Tandem (schema {found}): start that version, or restore a backup made by this one with `tandem restore`"
    )]
    Newer { file: PathBuf, found: i64 },
    #[error(
        "{what} is damaged ({reason}): restore the data directory from a backup with `tandem restore`"
    )]
    Damaged { what: String, reason: String },
    #[error("{what} is {found}, the limit is {max}: make it smaller")]
    TooLarge {
        what: &'static str,
        found: usize,
        max: usize,
    },
    #[error("{what} is not usable ({reason})")]
    Invalid { what: &'static str, reason: String },
    #[error("subject {0} was erased and cannot be written again: use a new reference")]
    Erased(u64),
    #[error("{file} cannot be written: {reason}: free or find more space, then try again")]
    Unwritable { file: PathBuf, reason: String },
    #[error(
        "the store is not available: {0}: look at free disk space and at the health of the disk, then try again"
    )]
    Unavailable(String),
}

impl Error {
    pub(crate) fn damaged(what: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Damaged {
            what: what.into(),
            reason: reason.into(),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match primary_code(&error) {
            Some(SQLITE_CORRUPT | SQLITE_NOTADB) => {
                Self::damaged("the database file", error.to_string())
            }
            Some(_) | None => Self::Unavailable(error.to_string()),
        }
    }
}

/// Result codes of SQLite (sqlite.org/rescode.html), primary part.
pub(crate) const SQLITE_IOERR: u32 = 10;
const SQLITE_CORRUPT: u32 = 11;
const SQLITE_NOTADB: u32 = 26;

/// The low byte of an extended result code is the primary one.
pub(crate) fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error()?.code()?;
    code.parse::<u32>().ok().map(|extended| extended & 0xff)
}

pub(crate) fn check_size(what: &'static str, found: usize, max: usize) -> Result<(), Error> {
    if found > max {
        Err(Error::TooLarge { what, found, max })
    } else {
        Ok(())
    }
}

/// SQLite integers are signed; the store's counters never come near the upper half.
pub(crate) fn signed(what: &'static str, value: u64) -> Result<i64, Error> {
    i64::try_from(value).map_err(|source| Error::Invalid {
        what,
        reason: source.to_string(),
    })
}

pub(crate) fn unsigned(what: &'static str, value: i64) -> Result<u64, Error> {
    u64::try_from(value).map_err(|source| Error::damaged(what, source.to_string()))
}
