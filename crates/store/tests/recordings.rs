//! Recordings that are kept: sealed, in a chain, held, and erased so that no copy can be opened (R-24 e, f, h).

use std::path::{Path, PathBuf};
use tandem_core::ids::{ContactId, EffectId, QueueId};
use tandem_core::scope::{Seen, Sight};
use tandem_store::{
    AccountId, AgentId, CenterId, ChainReader, ChainRow, Channel, DataKey, Erased, FileError, Hold,
    KeptRecording, KeyFamily, Link, NewRecording, Pause, RecordingFiles, RecordingFilter,
    RecordingKey, Recordings, Sheet, Store, UnixMicros, rows_by_key,
};

const SPOKEN: &[u8] = b"my card number is 4111 1111 1111 1111";

fn center() -> CenterId {
    CenterId::parse("contoso").expect("it is a valid id")
}

fn keys() -> KeyFamily {
    KeyFamily::new(DataKey::new(1, [1; 32]))
}

struct Fixture {
    store: Store,
    files: RecordingFiles,
    directory: tempfile::TempDir,
}

async fn fixture() -> Fixture {
    let directory = tempfile::tempdir().expect("there is room");
    let store = Store::open(directory.path()).await;
    let files = RecordingFiles::in_directory(&directory.path().join("recordings"));
    Fixture {
        store: store.expect("the directory is free"),
        files: files.expect("it can be written to"),
        directory,
    }
}

/// Half a megabyte, so that it has several blocks.
fn sound() -> Vec<u8> {
    SPOKEN.iter().copied().cycle().take(500_000).collect()
}

impl Fixture {
    async fn keep(&self, id: u64) -> KeptRecording {
        self.keep_until(id, None).await
    }

    async fn keep_until(&self, id: u64, keep_until: Option<UnixMicros>) -> KeptRecording {
        let id = EffectId(id);
        let key = RecordingKey::draw().expect("there is randomness");
        let mut writing = self
            .files
            .begin(&center(), id, &key)
            .await
            .expect("the store does it");
        for part in sound().chunks(70_000) {
            writing.write(part).await.expect("the store does it");
        }
        let written = writing.finish().await.expect("the store does it");
        let sheet = Sheet {
            recording: id,
            contact: ContactId(id.0 + 100),
            queue: Some(QueueId(id.0 % 2)),
            agents: vec![AgentId(3 + id.0 % 2)],
            started: 1_000_000 * i64::try_from(id.0).expect("the store does it"),
            ended: 1_000_000 * i64::try_from(id.0).expect("the store does it") + 15_000_000,
            length_ms: 15_625,
            told_ms: None,
            channels: vec![Channel::Customer, Channel::Agent(Some(AgentId(3)))],
            pauses: vec![Pause {
                from_ms: 1_000,
                until_ms: 2_000,
                cause: "agent".to_owned(),
            }],
            n_bytes: written.n_bytes,
            sha256: written.sha256,
            sealed_sha256: written.sealed_sha256,
            file: written.file,
        };
        let recording = NewRecording {
            sheet,
            key: keys().wrap(&center(), id, &key).expect("the store does it"),
            keep_until,
        };
        let kept = self.store.keep_recording(&center(), recording).await;
        kept.expect("the store does it")
    }

    async fn row(&self, id: u64) -> KeptRecording {
        let row = self.store.recording(&center(), EffectId(id)).await;
        row.expect("the store does it").expect("it is there")
    }

    async fn hear(&self, kept: &KeptRecording, from: u64, to: u64) -> Result<Vec<u8>, FileError> {
        let wrapped = kept.key.as_ref().expect("it is not erased");
        let key = keys().unwrap(&center(), kept.sheet.recording, wrapped);
        let key = key.expect("the data key is the right one");
        self.files.read(&center(), kept, &key, from..to).await
    }

    /// The database, past our own code.
    async fn past_the_store(&self) -> sqlx::SqliteConnection {
        let database = self.directory.path().join(tandem_store::MAIN_FILE);
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database);
        let connection = sqlx::ConnectOptions::connect(&options).await;
        connection.expect("it is there")
    }

    fn file_of(&self, kept: &KeptRecording) -> PathBuf {
        self.directory
            .path()
            .join("recordings")
            .join(&kept.sheet.file)
    }

    async fn chain_from(&self, n: u64) -> Vec<ChainRow> {
        let reader = ChainReader::of(self.directory.path()).await;
        let portion = reader
            .expect("the store does it")
            .portion(&center(), n)
            .await;
        portion.expect("the store does it")
    }

    async fn erase(&self, id: u64) -> Erased {
        let center = center();
        let erased = self
            .store
            .erase_recording(&center, EffectId(id), UnixMicros(9));
        erased.await.expect("the store does it")
    }

    async fn hold(&self, id: u64, hold: Option<Hold>) -> bool {
        let center = center();
        let held = self.store.hold_recording(&center, EffectId(id), hold);
        held.await.expect("the store does it")
    }
}

fn a_hold() -> Hold {
    Hold {
        since: UnixMicros(5),
        by: AccountId(1),
        reason: None,
    }
}

fn is_in(directory: &Path, needle: &[u8]) -> bool {
    let entries = std::fs::read_dir(directory).expect("it is readable");
    entries
        .map(|entry| entry.expect("it is readable").path())
        .any(|path| {
            if path.is_dir() {
                is_in(&path, needle)
            } else {
                let bytes = std::fs::read(&path).expect("it is readable");
                bytes.windows(needle.len()).any(|window| window == needle)
            }
        })
}

#[tokio::test]
async fn recordings_that_end_at_once_are_each_whole() {
    let fixture = fixture().await;
    let ids = [1, 2, 3, 4, 5];
    let kept = futures::future::join_all(ids.map(|id| fixture.keep(id))).await;
    for kept in kept {
        let heard = fixture.hear(&kept, 0, u64::MAX).await.unwrap();
        assert!(heard == sound(), "{}", kept.sheet.recording);
        fixture.files.check(&kept.sheet).await.unwrap();
    }
}

#[tokio::test]
async fn recording_that_is_given_up_or_let_go_leaves_no_file() {
    let fixture = fixture().await;
    let key = RecordingKey::draw().unwrap();
    for id in [1, 2] {
        let begun = fixture.files.begin(&center(), EffectId(id), &key).await;
        let mut writing = begun.unwrap();
        writing.write(&sound()).await.unwrap();
        let folder = fixture.directory.path().join("recordings/contoso");
        let n_files = || std::fs::read_dir(&folder).unwrap().count();
        assert_eq!(n_files(), 1);
        if id == 1 {
            writing.abandon().await;
        } else {
            drop(writing);
        }
        assert_eq!(n_files(), 0);
    }
}

#[tokio::test]
async fn what_was_said_comes_back_in_every_part_and_lies_nowhere_in_plain() {
    let fixture = fixture().await;
    let kept = fixture.keep(1).await;
    let sound = sound();
    let length = sound.len() as u64;
    assert_eq!(fixture.hear(&kept, 0, length + 9).await.unwrap(), sound);
    for (from, to) in [
        (0, 1),
        (65_535, 65_537),
        (131_072, 200_000),
        (499_999, 500_000),
    ] {
        let part = fixture.hear(&kept, from, to).await.unwrap();
        let (from, to) = (usize::try_from(from).unwrap(), usize::try_from(to).unwrap());
        assert_eq!(part, sound[from..to], "{from} to {to}");
    }
    assert!(
        fixture
            .hear(&kept, length, length + 1)
            .await
            .unwrap()
            .is_empty()
    );
    // Whoever steals the disk has it without the key, which lies elsewhere.
    assert!(!is_in(fixture.directory.path(), b"4111 1111"));
    fixture.files.check(&kept.sheet).await.unwrap();
}

#[tokio::test]
async fn one_flipped_byte_a_missing_end_and_a_missing_file_are_found_without_a_key() {
    let fixture = fixture().await;
    let kept = fixture.keep(1).await;
    let path = fixture.file_of(&kept);
    let whole = std::fs::read(&path).unwrap();
    let mut flipped = whole.clone();
    flipped[250_000] ^= 0x10;
    std::fs::write(&path, &flipped).unwrap();
    let found = fixture.files.check(&kept.sheet).await;
    assert!(matches!(found, Err(FileError::Changed(1))), "{found:?}");
    let heard = fixture.hear(&kept, 240_000, 260_000).await;
    assert!(matches!(heard, Err(FileError::Changed(1))), "{heard:?}");
    std::fs::write(&path, &whole[..400_000]).unwrap();
    let found = fixture.files.check(&kept.sheet).await;
    assert!(matches!(found, Err(FileError::Changed(1))), "{found:?}");
    std::fs::remove_file(&path).unwrap();
    let found = fixture.files.check(&kept.sheet).await;
    assert!(matches!(found, Err(FileError::Missing(1))), "{found:?}");
}

#[tokio::test]
async fn chain_goes_over_all_recordings_and_each_link_follows_from_the_sheets() {
    let fixture = fixture().await;
    for id in [4, 2, 9] {
        fixture.keep(id).await;
    }
    let rows = fixture.chain_from(1).await;
    let order: Vec<_> = rows.iter().map(|it| (it.n, it.recording.0)).collect();
    assert_eq!(order, [(1, 4), (2, 2), (3, 9)]);
    let mut link = Link::ORIGIN;
    for row in &rows {
        link = link.next(&row.written);
        assert_eq!(row.link, Some(link));
        let sheet = fixture.row(row.recording.0).await.sheet;
        assert_eq!(row.sheet().as_ref(), Some(&sheet));
        assert_eq!(serde_json::to_vec(&sheet).unwrap(), row.written);
    }
    let rest = fixture.chain_from(3).await;
    assert_eq!(rest.len(), 1);
}

#[tokio::test]
async fn chain_shows_a_sheet_that_was_changed_as_it_lies_there() {
    let fixture = fixture().await;
    for id in 1..=3 {
        fixture.keep(id).await;
    }
    let mut connection = fixture.past_the_store().await;
    for statement in [
        "DROP TRIGGER recordings_are_never_rewritten",
        "UPDATE recordings SET sheet = CAST(' ' || CAST(sheet AS TEXT) AS BLOB) WHERE id = 1",
        "UPDATE recordings SET sheet = x'00', link = x'00' WHERE id = 2",
    ] {
        let done = sqlx::query(statement).execute(&mut connection).await;
        assert!(done.is_ok(), "{statement}");
    }
    let rows = fixture.chain_from(1).await;
    let [first, second, third] = rows.as_slice() else {
        panic!("three rows: {rows:?}")
    };
    // It says what it said, and the bytes are not those that were summed.
    assert_eq!(first.sheet(), Some(fixture.row(1).await.sheet));
    assert_ne!(first.link, Some(Link::ORIGIN.next(&first.written)));
    assert_eq!((second.sheet(), second.link), (None, None));
    assert_eq!(third.sheet(), Some(fixture.row(3).await.sheet));
}

#[tokio::test]
async fn recording_that_comes_twice_is_kept_once() {
    let fixture = fixture().await;
    let first = fixture.keep(1).await;
    let second = fixture.keep(1).await;
    assert_eq!(first, second);
    let rows = fixture.chain_from(1).await;
    assert_eq!(rows.len(), 1);
}

#[tokio::test]
async fn erased_recording_opens_no_more_and_stays_in_the_chain() {
    let fixture = fixture().await;
    let kept = fixture.keep(1).await;
    let wrapped = kept.key.clone().unwrap();
    assert_eq!(fixture.erase(1).await, Erased::Now(kept.sheet.file.clone()));
    assert_eq!(fixture.erase(1).await, Erased::Before);
    assert_eq!(fixture.erase(7).await, Erased::Unknown);
    let row = fixture.row(1).await;
    assert_eq!((row.key, row.link), (None, kept.link));
    let to_remove = fixture.store.files_to_remove(&center()).await.unwrap();
    assert_eq!(to_remove, [(EffectId(1), kept.sheet.file.clone())]);
    fixture.files.remove(&kept.sheet.file).await.unwrap();
    fixture.files.remove(&kept.sheet.file).await.unwrap();
    let center = center();
    let removed = fixture
        .store
        .file_removed(&center, EffectId(1), UnixMicros(10));
    removed.await.unwrap();
    assert!(
        fixture
            .store
            .files_to_remove(&center)
            .await
            .unwrap()
            .is_empty()
    );
    // A copy of the file that somebody has elsewhere is as good as gone: its key is overwritten on disk.
    let Fixture {
        store, directory, ..
    } = fixture;
    store.close().await.unwrap();
    assert!(!is_in(directory.path(), wrapped.sealed()));
}

#[tokio::test]
async fn legal_hold_stops_every_way_of_deletion() {
    let fixture = fixture().await;
    let kept = fixture.keep_until(1, Some(UnixMicros(100))).await;
    assert!(fixture.hold(1, Some(a_hold())).await);
    assert_eq!(fixture.row(1).await.hold, Some(a_hold()));
    // By hand, ...
    assert_eq!(fixture.erase(1).await, Erased::Held);
    // ... by time, ...
    let due = fixture
        .store
        .recordings_due(&center(), UnixMicros(1_000))
        .await;
    assert!(due.unwrap().is_empty());
    assert_eq!(
        fixture.store.next_recording_due(&center()).await.unwrap(),
        None
    );
    // ... and past our own code, in the database itself.
    let mut connection = fixture.past_the_store().await;
    for statement in [
        "UPDATE recordings SET wrapped = NULL, key_id = NULL, erased_us = 1",
        "DELETE FROM recordings",
        "UPDATE recordings SET sheet = x'00'",
    ] {
        let done = sqlx::query(statement).execute(&mut connection).await;
        assert!(done.is_err(), "{statement}");
    }
    let sound_is_there = fixture.hear(&kept, 0, 10).await;
    assert!(sound_is_there.is_ok());

    assert!(fixture.hold(1, None).await);
    let due = fixture
        .store
        .recordings_due(&center(), UnixMicros(1_000))
        .await;
    assert_eq!(due.unwrap(), [EffectId(1)]);
    assert!(matches!(fixture.erase(1).await, Erased::Now(_)));
    // There is nothing left to hold.
    assert!(!fixture.hold(1, Some(a_hold())).await);
}

#[tokio::test]
async fn recordings_are_found_by_time_queue_agent_contact_and_hold_a_page_at_a_time() {
    let fixture = fixture().await;
    for id in 1..=6 {
        fixture.keep(id).await;
    }
    fixture.hold(5, Some(a_hold())).await;
    let ask = async |filter: RecordingFilter| -> Vec<u64> {
        let filter = RecordingFilter {
            limit: 100,
            ..filter
        };
        let rows = fixture.store.recordings(&center(), &filter).await.unwrap();
        let center = center();
        let count = fixture.store.count_recordings(&center, &filter, 100);
        assert_eq!(count.await.unwrap(), rows.len() as u64);
        rows.iter().map(|it| it.sheet.recording.0).collect()
    };
    let all = RecordingFilter::default;
    assert_eq!(ask(all()).await, [6, 5, 4, 3, 2, 1]);
    let from = Some(UnixMicros(2_000_000));
    let until = Some(UnixMicros(4_000_000));
    assert_eq!(
        ask(RecordingFilter {
            from,
            until,
            ..all()
        })
        .await,
        [3, 2]
    );
    let queue = Some(QueueId(1));
    assert_eq!(ask(RecordingFilter { queue, ..all() }).await, [5, 3, 1]);
    let agent = Some(AgentId(3));
    assert_eq!(ask(RecordingFilter { agent, ..all() }).await, [6, 4, 2]);
    // of a queue or an agent in sight, and of no other.
    let seen = |queues: &[u64], agents: &[u64]| RecordingFilter {
        sight: Sight::Of(Seen {
            queues: queues.iter().copied().map(QueueId).collect(),
            agents: agents.iter().copied().map(AgentId).collect(),
        }),
        ..RecordingFilter::default()
    };
    assert_eq!(ask(seen(&[], &[])).await, [0_u64; 0]);
    assert_eq!(ask(seen(&[1], &[])).await, [5, 3, 1]);
    assert_eq!(ask(seen(&[], &[3])).await, [6, 4, 2]);
    assert_eq!(ask(seen(&[1], &[3])).await, [6, 5, 4, 3, 2, 1]);
    let contacts = Some(vec![ContactId(104), ContactId(102), ContactId(999)]);
    assert_eq!(ask(RecordingFilter { contacts, ..all() }).await, [4, 2]);
    assert_eq!(
        ask(RecordingFilter {
            on_hold: true,
            ..all()
        })
        .await,
        [5]
    );
    let after = Some((UnixMicros(3_000_000), EffectId(3)));
    assert_eq!(ask(RecordingFilter { after, ..all() }).await, [2, 1]);
}

#[tokio::test]
async fn keys_of_recordings_go_over_to_a_new_data_key() {
    let fixture = fixture().await;
    for id in 1..=3 {
        fixture.keep(id).await;
    }
    let rotated = keys().rotate(DataKey::new(2, [2; 32])).unwrap();
    let done = fixture.store.rewrap(&center(), &rotated, EffectId(0)).await;
    assert_eq!(done.unwrap(), (3, Some(EffectId(3))));
    let rows = rows_by_key(fixture.directory.path()).await;
    assert_eq!(rows.unwrap(), [(2, 3)], "the first key opens nothing more");
    let again = fixture.store.rewrap(&center(), &rotated, EffectId(0)).await;
    assert_eq!(again.unwrap(), (0, None));
    let kept = fixture.row(2).await;
    let key = rotated.unwrap(&center(), EffectId(2), kept.key.as_ref().unwrap());
    let heard = fixture
        .files
        .read(&center(), &kept, &key.unwrap(), 0..10)
        .await;
    assert_eq!(heard.unwrap(), sound()[..10]);
    let earlier = keys().unwrap(&center(), EffectId(2), kept.key.as_ref().unwrap());
    assert!(earlier.is_err());
}

#[tokio::test]
async fn file_that_is_given_up_leaves_nothing() {
    let fixture = fixture().await;
    let key = RecordingKey::draw().unwrap();
    let mut writing = fixture
        .files
        .begin(&center(), EffectId(1), &key)
        .await
        .unwrap();
    writing.write(&sound()).await.unwrap();
    writing.abandon().await;
    let folder = fixture.directory.path().join("recordings/contoso");
    let n_left = std::fs::read_dir(&folder).map_or(0, Iterator::count);
    assert_eq!(n_left, 0);
}

#[tokio::test]
async fn place_that_cannot_be_written_to_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a-file");
    std::fs::write(&file, "x").unwrap();
    let refused = RecordingFiles::in_directory(&file.join("below"));
    let error = refused.map(|_| ()).unwrap_err().to_string();
    assert!(
        error.contains("a-file") && error.contains("[store.recordings]"),
        "{error}"
    );
}
