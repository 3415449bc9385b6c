//! Every limit of the store, with its unit in its name. Nothing here is configuration: a value that
//! has to change changes for everyone, in a release.

use std::time::Duration;

/// Characters of a contact center's id.
pub const CENTER_ID_BYTES_MAX: usize = 64;
/// Bytes of a node's name.
pub const NODE_ID_BYTES_MAX: usize = 128;
/// Body of one journal record; 256 inputs of 64 KiB each.
pub const RECORD_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Subjects written with one record.
pub const SUBJECTS_PER_BATCH_MAX: usize = 4_096;
/// Leg checkpoints written with one record.
pub const CHECKPOINTS_PER_BATCH_MAX: usize = 4_096;
/// One sealed leg checkpoint.
pub const CHECKPOINT_BYTES_MAX: usize = 64 * 1024;
/// Records one `read` returns, whatever it is asked for.
pub const READ_RECORDS_MAX: usize = 10_000;
/// Bytes of bodies one `read` returns, whatever it is asked for (one record is always returned).
pub const READ_BYTES_MAX: usize = 64 * 1024 * 1024;
/// One subject, before sealing.
pub const SUBJECT_BYTES_MAX: usize = 1024 * 1024;
/// Subjects one `get_many` takes.
pub const SUBJECTS_PER_READ_MAX: usize = 10_000;
/// One snapshot; SQLite refuses values above 1,000,000,000 bytes.
pub const SNAPSHOT_BYTES_MAX: usize = 768 * 1024 * 1024;
/// Snapshots kept per center, so that a damaged one has a predecessor.
pub const SNAPSHOTS_KEPT: i64 = 2;
/// Contacts that one write of the history takes.
pub const HISTORY_ROWS_PER_WRITE_MAX: usize = 10_000;
/// Facts about queues and agents that one write of the history takes: those of the records that are read at once.
pub const HISTORY_FACTS_PER_WRITE_MAX: usize = 2_000_000;
/// Contacts that one read of the history returns, whatever it is asked for.
pub const HISTORY_ROWS_PER_READ_MAX: usize = 10_000;
/// What a contact has been through, as its follower writes it.
pub const HISTORY_DETAIL_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Entries that one read of the audit returns, whatever it is asked for.
pub const AUDIT_PER_READ_MAX: usize = 1_000;
/// Entries of the audit that are gone through at once.
pub(crate) const AUDIT_PER_PORTION: i64 = 200;
/// Keys in one key family: the current one and those that old rows still need.
pub const KEYS_PER_FAMILY_MAX: usize = 64;
/// Bytes of a username.
pub const USERNAME_BYTES_MAX: usize = 128;
/// Bytes of a password hash string (an argon2 PHC string has about 100).
pub const PASSWORD_HASH_BYTES_MAX: usize = 512;
/// Roles of one account.
pub const ROLES_PER_ACCOUNT_MAX: usize = 64;
/// Bytes of one role's name.
pub const ROLE_BYTES_MAX: usize = 64;
/// Local accounts of one center; sign-in for more people is the directory's.
pub const ACCOUNTS_PER_CENTER_MAX: i64 = 200_000;
/// Accounts one `accounts` call returns.
pub const ACCOUNTS_PER_READ_MAX: usize = 1_000;
/// Open sessions of one account; the oldest gives way to a new one.
pub const SESSIONS_PER_ACCOUNT_MAX: i64 = 32;
/// `last_seen` of a session is written at most this often.
pub const SESSION_TOUCH_INTERVAL: Duration = Duration::from_secs(60);
/// API keys of one center.
pub const API_KEYS_PER_CENTER_MAX: i64 = 200;
/// Bytes of an API key's name.
pub const API_KEY_NAME_BYTES_MAX: usize = 100;
/// Scopes of one API key.
pub const SCOPES_PER_KEY_MAX: usize = 32;
/// Webhooks of one center.
pub const WEBHOOKS_PER_CENTER_MAX: i64 = 20;
/// Deliveries of one webhook that wait for an attempt; what comes then is noted as not delivered.
pub const DELIVERIES_WAITING_MAX: i64 = 10_000;
/// Deliveries of one webhook that one `due_deliveries` returns.
pub const DELIVERIES_AT_ONCE_PER_WEBHOOK: i64 = 8;
/// Deliveries one `deliveries` call returns.
pub const DELIVERIES_PER_READ_MAX: i64 = 100;
/// Deliveries that one transaction forgets.
pub(crate) const DELIVERIES_FORGOTTEN_AT_ONCE: i64 = 1_000;
/// Unused set-up links of one center.
pub const SETUP_TOKENS_PER_CENTER_MAX: i64 = 1_000;
/// Tokens for wall displays that one center has open at a time.
pub const TV_TOKENS_PER_CENTER_MAX: i64 = 1_000;
/// Bytes of a board's name on a wall display token.
pub const BOARD_BYTES_MAX: usize = 128;

/// Bytes of what a Teams account says: seven texts of 500 characters, and what stands around them.
pub const TEAMS_DOCUMENT_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a Teams account's credential, sealed: a certificate's key of 4,096 bits has some four thousand.
pub const TEAMS_SECRET_BYTES_MAX: usize = 32 * 1024;
/// Bytes of what was found out about a Teams account.
pub const TEAMS_FINDINGS_BYTES_MAX: usize = 64 * 1024;
/// Bytes of what a sign-in to Teams left, sealed: a refresh token has some two thousand.
pub const TEAMS_SIGN_IN_BYTES_MAX: usize = 32 * 1024;

/// People whom one account keeps at the top of the directory.
pub const FAVORITES_MAX: usize = 100;
/// Bytes of the id of a person of the directory.
pub const FAVORITE_BYTES_MAX: usize = 64;

/// Bytes of one sound: ten minutes, and the header of the file.
pub const SOUND_BYTES_MAX: usize = 600 * 32_000 + 32_000 + 44;
/// Sounds that are kept of one center.
pub const SOUNDS_PER_CENTER_MAX: u64 = 5_000;
/// Bytes of all sounds of one center.
pub const SOUND_BYTES_PER_CENTER_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// Bytes of a sound that are written at once.
pub(crate) const SOUND_PIECE_BYTES: usize = 512 * 1024;

/// Bytes of one recording: nine hours of one channel at 16 kHz.
pub const RECORDING_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// Recordings one `recordings` call returns.
pub const RECORDINGS_PER_READ_MAX: u32 = 1_000;
/// Recordings that are gone through at once.
pub(crate) const RECORDINGS_PER_PORTION: i64 = 200;
/// Bytes of a sealed file that go to the storage at once; S3 takes no smaller part but the last.
pub(crate) const RECORDING_PART_BYTES: usize = 5 * 1024 * 1024;
/// What is written of a recording before it is synced and a pause follows: a commit that comes just then waits for
/// so much.
pub(crate) const RECORDING_BYTES_BETWEEN_SYNCS: usize = 256 * 1024;
/// A pause is so many times as long as the portion before took.
pub(crate) const RECORDING_PAUSES: u32 = 1;
/// The longest pause between two portions.
pub(crate) const RECORDING_PAUSE_MAX: Duration = Duration::from_millis(50);

/// What one connection keeps of its database in memory, in units of 1,024 bytes: SQLite's own measure.
pub(crate) const CACHE_KIB: u32 = 2_000;
/// The same of the history, whose indices are large.
pub(crate) const HISTORY_CACHE_KIB: u32 = 16_000;
/// Rows that a connection reads ahead of whoever takes them.
pub(crate) const ROWS_BUFFERED: usize = 1_000;
/// Connections that read; the writer has its own.
pub(crate) const READERS_MAX: u32 = 4;
/// Wait for another connection's lock before giving up. Only checkpoints can cause one.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Wait for a free reader.
pub(crate) const READER_WAIT_MAX: Duration = Duration::from_secs(30);
/// Written bytes after which the write-ahead log is copied into the database.
pub(crate) const CHECKPOINT_AFTER_BYTES: u64 = 4 * 1024 * 1024;
/// Copying happens at least this often when anything was written.
pub(crate) const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(30);
/// Pages in the write-ahead log above which the writer is held for a moment to start it anew.
/// Small, because overwriting a log syncs faster than growing it (measured on ext4: 0.1 ms less).
pub(crate) const WAL_PAGES_MAX: i64 = 3 * 1024;
/// Rows that are sealed again in one transaction after a change of the data key.
pub(crate) const RESEALED_AT_ONCE: i64 = 64;
/// What a backup writes before it syncs and pauses: a commit that comes just then waits for so much.
pub(crate) const BACKUP_BYTES_BETWEEN_SYNCS: u64 = 128 * 1024;
/// A backup pauses so many times as long as the portion before took.
pub(crate) const BACKUP_PAUSES: u32 = 3;
/// The longest pause of a backup between two portions.
pub(crate) const BACKUP_PAUSE_MAX: Duration = Duration::from_millis(100);
/// Assumed cost of one append in pages besides its body (table leaf, index leaf, lease).
pub(crate) const APPEND_OVERHEAD_BYTES: u64 = 3 * 4_096;
