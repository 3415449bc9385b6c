//! Damage to the files of a process that is gone: what it does to the next start. Nothing that was
//! acknowledged is left out in silence.

use super::stage::{Cloud, Installation, json_of, said, tandem};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Settings that were acknowledged.
const SKILLS: usize = 40;

/// A data directory as SIGKILL leaves it, and what was acknowledged in it.
struct Left {
    installation: Installation,
    folder: PathBuf,
}

impl Left {
    async fn new(folder: &Path, cloud: &Cloud) -> Self {
        let installation = Installation::new(&folder.join("home"), cloud, None);
        let token = installation.setup_token();
        let process = installation.serve().await;
        let alex = installation.furnish(cloud, &token).await;
        for n in 0..SKILLS {
            let skill = json!({"name": format!("skill number {n}")});
            alex.create("/skills", &skill).await;
        }
        process.kill();
        Self {
            installation,
            folder: folder.to_owned(),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.installation.data().join(name)
    }

    /// SIGTERM instead, which copies the write-ahead log into the database.
    async fn tidied(self) -> Self {
        let process = self.installation.serve().await;
        assert_eq!(process.terminate(), Some(0));
        self
    }

    /// Everything that can read the journal says what is damaged and what to do.
    fn is_refused(&self, what: &str) {
        let config = &self.installation.config;
        let home = self.installation.folder.to_str().unwrap();
        let to = self.folder.join("backup");
        let to = to.to_str().unwrap();
        for arguments in [
            &["serve", "--allow-emulator", "--config", config][..],
            &["replay", home],
            &["backup", "--config", config, "--to", to],
        ] {
            self.one_is_refused(arguments, what);
        }
        assert!(!Path::new(to).exists(), "a damaged backup is none");
    }

    fn one_is_refused(&self, arguments: &[&str], what: &str) {
        let output = tandem(arguments);
        let told = said(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
        assert!(told.contains(what), "{arguments:?}: {told}");
        assert!(told.contains("tandem restore"), "{arguments:?}: {told}");
    }
}

fn flip(file: &Path, at: impl Fn(&[u8]) -> usize) {
    let mut bytes = std::fs::read(file).unwrap();
    let at = at(&bytes);
    bytes[at] ^= 0x04;
    std::fs::write(file, bytes).unwrap();
}

fn position(bytes: &[u8], text: &str) -> usize {
    let found = bytes
        .windows(text.len())
        .position(|it| it == text.as_bytes());
    found.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn flipped_bit_in_the_write_ahead_log_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let left = Left::new(folder.path(), &cloud).await;
    flip(&left.file("tandem.db-wal"), |log| log.len() / 2);
    let config = &left.installation.config;
    let serve = ["serve", "--allow-emulator", "--config", config];
    left.one_is_refused(&serve, "the write-ahead log");
    let home = left.installation.folder.to_str().unwrap();
    left.one_is_refused(&["replay", home], "the write-ahead log");
}

/// What a power cut leaves of a write that was not acknowledged is no damage.
#[tokio::test(flavor = "multi_thread")]
async fn torn_end_of_the_write_ahead_log_is_started_from() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let left = Left::new(folder.path(), &cloud).await;
    let home = left.installation.folder.to_str().unwrap().to_owned();
    let log = left.file("tandem.db-wal");
    let mut bytes = std::fs::read(&log).unwrap();
    bytes.extend_from_slice(&[0x5a; 3_000]);
    std::fs::write(&log, bytes).unwrap();
    let process = left.installation.serve().await;
    assert_eq!(process.terminate(), Some(0));
    let replayed = json_of(&["replay", &home, "--json"]);
    assert!(replayed["records"].as_u64().unwrap() > SKILLS as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn flipped_bit_in_a_record_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let left = Left::new(folder.path(), &cloud).await.tidied().await;
    // Without a snapshot the start reads every record.
    std::fs::remove_file(left.file("snapshots.db")).unwrap();
    flip(&left.file("tandem.db"), |db| {
        position(db, "skill number 17")
    });
    left.is_refused("of the journal of contoso");
}

#[tokio::test(flavor = "multi_thread")]
async fn last_page_of_the_database_in_ruins_is_refused_or_not_needed() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let left = Left::new(folder.path(), &cloud).await.tidied().await;
    std::fs::remove_file(left.file("snapshots.db")).unwrap();
    let database = left.file("tandem.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let last = bytes.len() - 4_096;
    bytes[last..].fill(0xa5);
    std::fs::write(&database, bytes).unwrap();
    left.is_refused("is damaged");
}

#[tokio::test(flavor = "multi_thread")]
async fn journal_that_ends_before_its_snapshot_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let left = Left::new(folder.path(), &cloud).await;
    let earlier = std::fs::read(left.file("tandem.db")).unwrap();
    let left = left.tidied().await;
    // Somebody copies an earlier database file back, and not the rest.
    std::fs::write(left.file("tandem.db"), earlier).unwrap();
    let config = &left.installation.config;
    let serve = ["serve", "--allow-emulator", "--config", config];
    left.one_is_refused(&serve, "was durable once");
}
