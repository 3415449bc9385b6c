//! A journal that an earlier version wrote is served; a data directory of a newer version is refused.

use super::stage::{Cloud, Installation, Process, json_of, said, tandem};
use flate2::read::GzDecoder;
use std::io::Read as _;
use std::path::{Path, PathBuf};

#[tokio::test(flavor = "multi_thread")]
async fn journal_of_the_first_event_schema_is_replayed_and_served() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let installation = with_data(folder.path(), &cloud, "tandem.db.gz");
    let before = json_of(&["replay", installation.folder.to_str().unwrap(), "--json"]);
    // What the version that wrote it said of it itself.
    assert_eq!(
        before["digest"],
        "a6b8336368c6d2a8c2c56bf7abd1d78a6223a010e416f5444f028d077445f63f"
    );
    let process: Process = installation.serve().await;
    assert_eq!(process.terminate(), Some(0));
    let after = json_of(&["replay", installation.folder.to_str().unwrap(), "--json"]);
    assert!(after["records"].as_u64() > before["records"].as_u64());
}

#[tokio::test(flavor = "multi_thread")]
async fn data_directory_of_a_newer_version_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    for (file, reason) in [
        (
            "newer-store.db.gz",
            "start that version, or restore a backup",
        ),
        ("newer-events.db.gz", "run the newer version that wrote it"),
    ] {
        let installation = with_data(&folder.path().join(file), &cloud, file);
        let arguments = [
            "serve",
            "--allow-emulator",
            "--config",
            &installation.config,
        ];
        let served = tandem(&arguments);
        assert_eq!(served.status.code(), Some(1));
        assert!(said(&served).contains(reason), "{}", said(&served));
        let replayed = tandem(&["replay", installation.folder.to_str().unwrap()]);
        assert_eq!(replayed.status.code(), Some(1));
        assert!(said(&replayed).contains(reason), "{}", said(&replayed));
    }
    let installation = with_data(&folder.path().join("copied"), &cloud, "newer-store.db.gz");
    let to = folder.path().join("backup");
    let to = to.to_str().unwrap();
    let backed_up = tandem(&["backup", "--config", &installation.config, "--to", to]);
    assert_eq!(backed_up.status.code(), Some(1));
    assert!(said(&backed_up).contains("start that version"));
    assert!(!Path::new(to).exists(), "nothing is left");
}

/// An installation with a database of the test data, and its key.
fn with_data(folder: &Path, cloud: &Cloud, file: &str) -> Installation {
    let testdata: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/testdata/v1"]
        .iter()
        .collect();
    let key = testdata.join("data.key");
    let installation = Installation::new(folder, cloud, Some(&key));
    let mut database = Vec::new();
    GzDecoder::new(std::fs::File::open(testdata.join(file)).unwrap())
        .read_to_end(&mut database)
        .unwrap();
    std::fs::create_dir_all(installation.data()).unwrap();
    std::fs::write(installation.data().join("tandem.db"), database).unwrap();
    installation
}
