//! What Tandem must not lose, durable on one machine: the journal of each contact center, snapshots
//! of its state, personal data under references, local accounts, sounds that callers hear, recordings; and
//! beside it the history of all contacts and the audit, which can be made again from the journal.
//!
//! The store keeps bytes under keys. It decides nothing, and it does not read what a record says.
//! Callers hold the traits ([`Journal`], [`Subjects`], [`Snapshots`], [`Sounds`], [`History`], [`Accounts`]); [`Store`]
//! implements all of them on SQLite, [`MemoryStore`] all but the last for tests, with faults on order.
//!
//! ```
//! use std::time::Duration;
//! use tandem_store::{Batch, CenterId, DataKey, Journal, KeyFamily, NodeId, ReadLimit, Store, Subjects, check_keys};
//!
//! # async fn example(directory: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
//! let store = Store::open(directory).await?;
//! let center = CenterId::parse("contoso")?;
//! let keys = KeyFamily::new(DataKey::new(1, [7; 32]));
//!
//! // A wrong key stops the start, not the first caller.
//! check_keys(&store, &center, &keys).await?;
//! let lease = store.acquire(&center, &NodeId::parse("node-1")?, Duration::from_secs(2)).await?;
//! let caller = store.draw(&center).await?;
//! let batch = Batch {
//!     body: br#"{"seq":1}"#.to_vec(),
//!     subjects: vec![keys.seal(&center, caller, b"+14255550100")?],
//!     checkpoints: Vec::new(),
//! };
//! store.append(&lease, lease.next_seq, batch).await?;
//! // From here on the record is durable: answers and effects may go out.
//!
//! let records = store.read(&center, 1, ReadLimit::default()).await?;
//! assert_eq!(records.len(), 1);
//! let stored = store.get(&center, caller).await?.ok_or("not found")?;
//! assert_eq!(keys.open(&center, &stored)?.as_deref(), Some(&b"+14255550100"[..]));
//! store.release(lease).await?;
//! store.close().await?;
//! # Ok(())
//! # }
//! # let directory = tempfile::tempdir().unwrap();
//! # tokio::runtime::Runtime::new().unwrap().block_on(example(directory.path())).unwrap();
//! ```

mod account;
mod api_key;
mod audit;
mod backup;
mod center;
mod chain;
mod database;
mod error;
mod favorite;
mod figures;
mod forgetting;
mod health;
mod history;
mod journal;
pub mod limits;
mod memory;
mod recording;
mod sign_in;
mod snapshot;
mod sound;
mod subject;
mod teams_account;
mod webhook;

use std::future::Future;
use std::pin::Pin;

pub use account::token::{Token, TokenHash};
pub use account::{
    Account, AccountChange, AccountError, Accounts, DirectoryPerson, NewAccount, Redemption,
    Session, SetupToken, Standing, TvToken, TvTokenId, View,
};
pub use api_key::{ApiKey, ApiKeyId, ApiKeys, NewApiKey};
pub use audit::sqlite::AuditReader;
pub use audit::{
    Audit, AuditEntry, AuditFilter, AuditHead, AuditRow, NewAuditEntry, WholeAuditEntry,
};
pub use backup::{Contents, Progress, contents, copy_database, store_schema};
pub use center::{CenterId, NodeId, UnixMicros};
pub use chain::Link;
pub use database::{MAIN_FILE, Store};
pub use error::Error;
pub use favorite::{Favor, FavoriteError, Favorites};
pub use figures::{AgentFigure, Behind, Figures, NewFacts, QueueFigure, Stretch, Within};
pub use forgetting::Forgetting;
pub use health::Health;
pub use history::{
    AgentThreads, History, HistoryBatch, HistoryEntry, HistoryFilter, HistoryMark, HistoryPage,
    HistoryRow, HistorySum, Passage, whole_seconds,
};

pub use journal::{
    AppendError, Batch, Journal, Lease, LeaseError, LegCheckpoint, ReadLimit, Record,
};
pub use memory::{Fault, HeldAppends, MemoryStore};
pub use recording::files::{AzureBlob, FileError, RecordingFiles, S3};
pub use recording::sealing::{RecordingKey, WrappedKey};
pub use recording::sqlite::{ChainReader, ChainRow};
pub use recording::writing::{Writing, Written};
pub use recording::{
    Channel, Erased, Hold, KeptRecording, NewRecording, Pause, RecordingFilter, Recordings, Sheet,
};
pub use sign_in::{Admission, OpenSession, Renewal, SessionId, SignIns};
pub use snapshot::{Snapshot, Snapshots};
pub use sound::{NewSound, SoundError, Sounds};
pub use subject::check::{KeyCheckError, check_keys};
pub use subject::keys::{DataKey, KeyFamily, PhoneHash, SealError, SubjectOpener};
pub use subject::rotation::{Resealed, rows_by_key};
pub use subject::text::SealedFor;
pub use subject::{SealedSubject, StoredSubject, Subjects};
/// The core's own, because they are in this crate's signatures.
pub use tandem_core::ids::{AccountId, AgentId, CustomerHash, SubjectRef};
pub use teams_account::{
    NewTeamsAccount, TeamsAccount, TeamsAccountError, TeamsAccounts, TeamsSwitch,
};
pub use webhook::{
    Delivery, DeliveryId, DeliveryState, NewDelivery, NewWebhook, Webhook, WebhookError, WebhookId,
    Webhooks,
};

/// A future of the store. It is `Send`, so an engine loop can hold it while it takes further turns.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What an engine needs of a store, as one object.
pub trait CenterStore: Journal + Subjects + Snapshots {}

impl<T: Journal + Subjects + Snapshots> CenterStore for T {}
