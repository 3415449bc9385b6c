//! What stands before the first start: secrets on disk, and a link that works once, for a while, by
//! which a contact center gets its first administrator.

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tandem_store::{AccountError, Accounts, CenterId, SetupToken, Store, Token, UnixMicros};

/// How long the link works.
pub const LINK_LIFE: Duration = Duration::from_secs(24 * 3_600);

/// Why no link could be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The store cannot be used; another process may have it open.
    #[error(transparent)]
    Store(#[from] tandem_store::Error),
    /// The accounts cannot be read or written.
    #[error(transparent)]
    Accounts(#[from] AccountError),
}

/// Makes the link's token in a store that no process has open; `None` when the contact center has an
/// account already.
///
/// # Errors
/// [`SetupError`] when the store cannot be used.
pub async fn issue(data_dir: &Path, center: &str) -> Result<Option<Token>, SetupError> {
    let center = &CenterId::parse(center)?;
    let store = Store::open(data_dir).await?;
    let issued = issue_in(&store, center).await;
    store.close().await?;
    issued
}

async fn issue_in(store: &Store, center: &CenterId) -> Result<Option<Token>, SetupError> {
    if !store.accounts(center, None).await?.is_empty() {
        return Ok(None);
    }
    let token = Token::generate()?;
    let setup = SetupToken {
        center: center.clone(),
        account: None,
        expires: expiry(),
    };
    store.put_setup_token(token.hash(), setup).await?;
    Ok(Some(token))
}

fn expiry() -> UnixMicros {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let at = now + LINK_LIFE;
    UnixMicros(i64::try_from(at.as_micros()).unwrap_or(i64::MAX))
}

/// Writes a fresh data key, which must not exist yet: 32 random bytes in base64, for the owner alone.
///
/// # Errors
/// When there is one already, no randomness, or the folder cannot be written.
pub fn write_data_key(path: &Path) -> std::io::Result<()> {
    let mut key = [0; 32];
    rand::fill(&mut key).map_err(|_none| std::io::Error::other("there is no randomness"))?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    writeln!(file, "{}", STANDARD.encode(key))
}

/// Writes a secret for the owner alone, in place of an earlier one.
///
/// # Errors
/// When the folder cannot be written.
pub fn write_secret(path: &Path, secret: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    writeln!(file, "{secret}")
}
