//! A backup under load, restored elsewhere; and what is refused.

use super::stage::{Cloud, Installation, json_of, said, tandem, until};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use tandem_server::replay::replay_noting;

/// Calls that are placed before the backup, and at least as many more while it is taken.
const CALLS: u32 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn backup_under_load_is_restored_elsewhere_and_served() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let first = Installation::new(&folder.path().join("first"), &cloud, None);
    let token = first.setup_token();
    let process = first.serve().await;
    first.furnish(&cloud, &token).await;

    let placed = AtomicU32::new(0);
    let backup = folder.path().join("backup");
    let backed_up = {
        let calls = async {
            loop {
                cloud.call(placed.fetch_add(1, Ordering::Relaxed)).await;
            }
        };
        let whole = async {
            until("calls are there", async || {
                placed.load(Ordering::Relaxed) > CALLS
            })
            .await;
            let (config, to) = (first.config.clone(), text(&backup));
            let taken = tokio::task::spawn_blocking(move || {
                json_of(&["backup", "--config", &config, "--to", &to, "--json"])
            });
            let backed_up = taken.await.unwrap();
            let taken_at = placed.load(Ordering::Relaxed);
            until("calls go on", async || {
                placed.load(Ordering::Relaxed) > taken_at + CALLS
            })
            .await;
            backed_up
        };
        tokio::select! {
            () = calls => unreachable!("it goes on"),
            backed_up = whole => backed_up,
        }
    };
    process.kill();
    let last_seq = backed_up["sheet"]["centers"][0]["last_seq"]
        .as_u64()
        .unwrap();
    assert!(last_seq > 5, "{backed_up}");
    assert!(text_of(&backup).iter().all(|name| !name.ends_with(".key")));

    let key = first.folder.join("data.key");
    let second = Installation::new(&folder.path().join("second"), &cloud, Some(&key));
    let restored = json_of(&[
        "restore",
        &text(&backup),
        "--config",
        &second.config,
        "--json",
    ]);
    let center = &restored["centers"][0];
    assert_eq!(center["last_seq_of_backup"].as_u64(), Some(last_seq));
    let replayed = json_of(&["replay", &text(&second.folder), "--json"]);
    assert_eq!(replayed["digest"], center["digest"]);
    assert_eq!(replayed["records"].as_u64(), Some(last_seq + 1));

    let store = tandem_server::open_store(&first.data()).await.unwrap();
    let id = tandem_server::center_id("contoso").unwrap();
    let original = replay_noting(&store, &id, last_seq, |_| {}).await.unwrap();
    assert!(original.0.records > last_seq, "the first one went on");
    assert_eq!(original.1.as_deref(), center["digest_of_backup"].as_str());
    store.close().await.unwrap();

    let process = second.serve().await;
    assert_eq!(process.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_restored_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let first = Installation::new(&folder.path().join("first"), &cloud, None);
    let token = first.setup_token();
    let process = first.serve().await;
    first.furnish(&cloud, &token).await;
    assert_eq!(process.terminate(), Some(0));
    let backup = folder.path().join("backup");
    let to = text(&backup);
    json_of(&["backup", "--config", &first.config, "--to", &to, "--json"]);

    let again = tandem(&["backup", "--config", &first.config, "--to", &to]);
    refused(&again, "is not empty");
    let full = tandem(&["restore", &to, "--config", &first.config]);
    refused(&full, "the data directory");

    let key = first.folder.join("data.key");
    let second = Installation::new(&folder.path().join("second"), &cloud, Some(&key));
    let restore = || tandem(&["restore", &to, "--config", &second.config]);
    let sheet = backup.join("backup.json");
    let right = std::fs::read_to_string(&sheet).unwrap();
    for (old, new, reason) in [
        (
            "\"format\": 1",
            "\"format\": 2",
            "restore it with that version or a newer one",
        ),
        ("\"store_schema\": ", "\"store_schema\": 9", "store schema"),
        ("\"event_schema\": ", "\"event_schema\": 9", "event schema"),
    ] {
        std::fs::write(&sheet, right.replace(old, new)).unwrap();
        refused(&restore(), reason);
    }
    std::fs::remove_file(&sheet).unwrap();
    refused(&restore(), "is not a whole backup");
    std::fs::write(&sheet, right).unwrap();

    let database = backup.join("tandem-backup.db");
    let whole = std::fs::read(&database).unwrap();
    let mut damaged = whole.clone();
    damaged[5_000] ^= 1;
    std::fs::write(&database, damaged).unwrap();
    refused(&restore(), "tandem-backup.db");
    std::fs::write(&database, whole).unwrap();

    let third = Installation::new(&folder.path().join("third"), &cloud, None);
    let other_key = tandem(&["restore", &to, "--config", &third.config]);
    refused(&other_key, "key files");
    for installation in [&second, &third] {
        let left = text_of(&installation.data());
        assert!(left.is_empty(), "{left:?}");
    }
    let restored = restore();
    assert_eq!(restored.status.code(), Some(0), "{}", said(&restored));
    let last = said(&restored);
    assert!(last.contains("the machine that was backed up"), "{last}");
}

fn refused(output: &std::process::Output, reason: &str) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(reason), "{said}");
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// The names in a directory; none when it is not there.
fn text_of(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.map(|path: PathBuf| text(&path)).collect()
}
