//! The claims, each generic over the back end.

use std::collections::BTreeSet;
use std::time::Duration;

use tandem_store::limits::{RECORD_BYTES_MAX, SOUND_BYTES_MAX};
use tandem_store::{
    AppendError, Batch, CenterId, CenterStore, DataKey, Error, Journal, KeyFamily, Lease,
    LeaseError, LegCheckpoint, NewSound, NodeId, ReadLimit, Record, Snapshot, SoundError, Sounds,
    StoredSubject, SubjectRef,
};

const TTL: Duration = Duration::from_secs(3_600);

fn center() -> CenterId {
    CenterId::parse("contoso").expect("it is a valid id")
}

fn node(name: &str) -> NodeId {
    NodeId::parse(name).expect("it is a valid name")
}

fn keys() -> KeyFamily {
    KeyFamily::new(DataKey::new(1, [7; 32]))
}

async fn acquire(journal: &impl Journal) -> Lease {
    journal
        .acquire(&center(), &node("a"), TTL)
        .await
        .expect("nobody else holds it")
}

async fn append(journal: &impl Journal, lease: &Lease, seq: u64, body: &[u8]) {
    let done = journal
        .append(lease, seq, Batch::record(body.to_vec()))
        .await;
    done.expect("the owner appends the next record");
}

async fn read_all(journal: &impl Journal) -> Vec<Record> {
    journal
        .read(&center(), 1, ReadLimit::default())
        .await
        .expect("the journal is readable")
}

pub(crate) async fn records_come_back_as_they_were_appended(store: &impl CenterStore) {
    assert_eq!(store.tail(&center()).await.expect("readable"), 0);
    assert_eq!(read_all(store).await, []);
    let lease = acquire(store).await;
    assert_eq!((lease.epoch, lease.next_seq), (1, 1));
    append(store, &lease, 1, b"one").await;
    append(store, &lease, 2, b"").await;
    append(store, &lease, 3, &[0, 255, 10]).await;

    let record = |seq, body: &[u8]| Record {
        seq,
        epoch: 1,
        body: body.to_vec(),
    };
    let expected = [record(1, b"one"), record(2, b""), record(3, &[0, 255, 10])];
    assert_eq!(read_all(store).await, expected);
    assert_eq!(store.tail(&center()).await.expect("readable"), 3);
}

pub(crate) async fn reading_stops_at_the_limits_and_goes_on_from_there(store: &impl CenterStore) {
    let lease = acquire(store).await;
    for seq in 1..=5 {
        append(store, &lease, seq, &[1; 100]).await;
    }
    let seqs = async |from, records, bytes| {
        let read = store
            .read(&center(), from, ReadLimit { records, bytes })
            .await;
        read.expect("readable")
            .iter()
            .map(|record| record.seq)
            .collect::<Vec<_>>()
    };
    assert_eq!(seqs(1, 2, 10_000).await, [1, 2]);
    assert_eq!(seqs(3, 100, 250).await, [3, 4]);
    // One record is returned even if it is larger than what was asked for.
    assert_eq!(seqs(5, 100, 1).await, [5]);
    assert!(seqs(6, 100, 10_000).await.is_empty());
}

pub(crate) async fn sequence_numbers_are_contiguous_over_owners(store: &impl CenterStore) {
    for round in 0..4 {
        let lease = acquire(store).await;
        assert_eq!(lease.next_seq, 1 + 2 * round);
        append(store, &lease, lease.next_seq, b"x").await;
        append(store, &lease, lease.next_seq + 1, b"y").await;
    }
    let records = read_all(store).await;
    let places: Vec<_> = records
        .iter()
        .map(|record| (record.seq, record.epoch))
        .collect();
    assert_eq!(
        places,
        [
            (1, 1),
            (2, 1),
            (3, 2),
            (4, 2),
            (5, 3),
            (6, 3),
            (7, 4),
            (8, 4)
        ]
    );
}

pub(crate) async fn stale_owner_is_fenced_when_its_node_asks_again(store: &impl CenterStore) {
    let stale = acquire(store).await;
    append(store, &stale, 1, b"before").await;
    let owner = acquire(store).await;
    assert!(owner.epoch > stale.epoch);

    let refused = store
        .append(&stale, 2, Batch::record(b"stale".to_vec()))
        .await;
    assert!(matches!(refused, Err(AppendError::Fenced)), "{refused:?}");
    let refused = store.renew(&stale, TTL).await;
    assert!(matches!(refused, Err(LeaseError::Fenced)), "{refused:?}");
    store.renew(&owner, TTL).await.expect("it is the owner");
    append(store, &owner, 2, b"after").await;
    let refused = store.release(stale).await;
    assert!(matches!(refused, Err(LeaseError::Fenced)), "{refused:?}");
    append(store, &owner, 3, b"still the owner").await;
}

pub(crate) async fn stale_owner_is_fenced_after_its_lease_ended(store: &impl CenterStore) {
    let stale = store
        .acquire(&center(), &node("a"), Duration::ZERO)
        .await
        .expect("free");
    // An ended lease that nobody took is still good: safety lies in the epoch.
    append(store, &stale, 1, b"late but first").await;
    let owner = store
        .acquire(&center(), &node("b"), TTL)
        .await
        .expect("the lease of a ended");
    let refused = store
        .append(&stale, 2, Batch::record(b"stale".to_vec()))
        .await;
    assert!(matches!(refused, Err(AppendError::Fenced)), "{refused:?}");
    append(store, &owner, 2, b"ok").await;
}

pub(crate) async fn held_center_is_refused_to_another_node(store: &impl CenterStore) {
    let lease = acquire(store).await;
    let refused = store.acquire(&center(), &node("b"), TTL).await;
    let Err(LeaseError::Held {
        node, remaining, ..
    }) = refused
    else {
        panic!("{refused:?}");
    };
    assert_eq!(node, "a");
    assert!(remaining <= TTL && remaining > TTL / 2, "{remaining:?}");
    append(store, &lease, 1, b"not disturbed").await;
}

pub(crate) async fn released_center_is_free_for_another_node(store: &impl CenterStore) {
    let lease = acquire(store).await;
    let epoch = lease.epoch;
    append(store, &lease, 1, b"one").await;
    store.release(lease).await.expect("it is the owner");
    let owner = store
        .acquire(&center(), &node("b"), TTL)
        .await
        .expect("it was released");
    assert!(owner.epoch > epoch);
    assert_eq!(owner.next_seq, 2);
}

pub(crate) async fn wrong_sequence_number_is_a_conflict(store: &impl CenterStore) {
    let lease = acquire(store).await;
    append(store, &lease, 1, b"one").await;
    for wrong in [0, 1, 3, 1_000_000] {
        let refused = store
            .append(&lease, wrong, Batch::record(b"no".to_vec()))
            .await;
        assert!(
            matches!(refused, Err(AppendError::Conflict { actual: 2 })),
            "{refused:?}"
        );
    }
    append(store, &lease, 2, b"two").await;
    assert_eq!(read_all(store).await.len(), 2);
}

pub(crate) async fn record_at_the_limit_is_taken_and_above_it_refused(store: &impl CenterStore) {
    let lease = acquire(store).await;
    append(store, &lease, 1, &vec![42; RECORD_BYTES_MAX]).await;
    let refused = store
        .append(&lease, 2, Batch::record(vec![0; RECORD_BYTES_MAX + 1]))
        .await;
    let Err(AppendError::Refused(reason @ Error::TooLarge { .. })) = refused else {
        panic!("{refused:?}");
    };
    assert!(reason.to_string().contains("16777216"), "{reason}");
    assert_eq!(store.tail(&center()).await.expect("readable"), 1);
    let records = read_all(store).await;
    assert!(records[0].body.iter().all(|byte| *byte == 42));
}

pub(crate) async fn centers_are_apart(store: &impl CenterStore) {
    let other = CenterId::parse("fabrikam").expect("it is a valid id");
    let lease = acquire(store).await;
    let others = store
        .acquire(&other, &node("b"), TTL)
        .await
        .expect("nobody holds it");
    append(store, &lease, 1, b"contoso").await;
    store
        .append(&others, 1, Batch::record(b"fabrikam".to_vec()))
        .await
        .expect("the next one");
    let sealed = keys()
        .seal(&center(), SubjectRef(5), b"Ada")
        .expect("it is small");
    store.put(&center(), vec![sealed]).await.expect("writable");

    let read = store
        .read(&other, 1, ReadLimit::default())
        .await
        .expect("readable");
    assert_eq!(
        read,
        [Record {
            seq: 1,
            epoch: 1,
            body: b"fabrikam".to_vec()
        }]
    );
    assert_eq!(
        store.get(&other, SubjectRef(5)).await.expect("readable"),
        None
    );
}

pub(crate) async fn appends_may_be_under_way_together(store: &impl CenterStore) {
    let lease = acquire(store).await;
    let record = |body: &[u8]| Batch::record(body.to_vec());
    let (one, two, three) = tokio::join!(
        biased;
        store.append(&lease, 1, record(b"1")),
        store.append(&lease, 2, record(b"2")),
        store.append(&lease, 3, record(b"3")),
    );
    assert!(
        one.is_ok() && two.is_ok() && three.is_ok(),
        "{one:?} {two:?} {three:?}"
    );
    assert_eq!(read_all(store).await.len(), 3);
}

pub(crate) async fn appends_under_way_behind_a_refused_one_are_refused(store: &impl CenterStore) {
    let lease = acquire(store).await;
    let too_large = Batch::record(vec![0; RECORD_BYTES_MAX + 1]);
    let (first, second) = tokio::join!(
        biased;
        store.append(&lease, 1, too_large),
        store.append(&lease, 2, Batch::record(b"2".to_vec())),
    );
    assert!(matches!(first, Err(AppendError::Refused(_))), "{first:?}");
    assert!(
        matches!(second, Err(AppendError::Conflict { actual: 1 })),
        "{second:?}"
    );
}

pub(crate) async fn subjects_and_checkpoints_become_durable_with_the_record(
    store: &impl CenterStore,
) {
    let lease = acquire(store).await;
    let caller = store.draw(&center()).await.expect("drawable");
    let checkpoint = |leg, sealed: &[u8]| LegCheckpoint {
        leg,
        sealed: Some(sealed.to_vec()),
    };
    let batch = Batch {
        body: b"with more".to_vec(),
        subjects: vec![keys().seal(&center(), caller, b"Ada").expect("it is small")],
        checkpoints: vec![checkpoint(9, b"route set"), checkpoint(4, b"keys")],
    };
    store.append(&lease, 1, batch).await.expect("the next one");

    let stored = store
        .get(&center(), caller)
        .await
        .expect("readable")
        .expect("it was written");
    assert_eq!(
        keys().open(&center(), &stored).expect("the right key"),
        Some(b"Ada".to_vec())
    );
    let all = store.checkpoints(&center()).await.expect("readable");
    assert_eq!(all, [checkpoint(4, b"keys"), checkpoint(9, b"route set")]);

    let batch = Batch {
        checkpoints: vec![
            checkpoint(4, b"newer"),
            LegCheckpoint {
                leg: 9,
                sealed: None,
            },
        ],
        ..Batch::default()
    };
    store.append(&lease, 2, batch).await.expect("the next one");
    let all = store.checkpoints(&center()).await.expect("readable");
    assert_eq!(all, [checkpoint(4, b"newer")]);
}

pub(crate) async fn refused_append_writes_nothing_at_all(store: &impl CenterStore) {
    let lease = acquire(store).await;
    let subject = SubjectRef(77);
    let batch = Batch {
        body: b"no".to_vec(),
        subjects: vec![
            keys()
                .seal(&center(), subject, b"Ada")
                .expect("it is small"),
        ],
        checkpoints: vec![LegCheckpoint {
            leg: 1,
            sealed: Some(b"keys".to_vec()),
        }],
    };
    let refused = store.append(&lease, 2, batch.clone()).await;
    assert!(
        matches!(refused, Err(AppendError::Conflict { actual: 1 })),
        "{refused:?}"
    );
    let _owner = acquire(store).await;
    let refused = store.append(&lease, 1, batch).await;
    assert!(matches!(refused, Err(AppendError::Fenced)), "{refused:?}");

    assert_eq!(store.get(&center(), subject).await.expect("readable"), None);
    assert_eq!(store.checkpoints(&center()).await.expect("readable"), []);
    assert_eq!(store.tail(&center()).await.expect("readable"), 0);
}

pub(crate) async fn erased_subject_stays_erased(store: &impl CenterStore) {
    let subject = SubjectRef(3);
    let sealed = || {
        keys()
            .seal(&center(), subject, b"Ada")
            .expect("it is small")
    };
    let erased = Some(StoredSubject::Erased(subject));
    store
        .put(&center(), vec![sealed()])
        .await
        .expect("writable");
    store.erase(&center(), subject).await.expect("erasable");
    assert_eq!(
        store.get(&center(), subject).await.expect("readable"),
        erased
    );

    let refused = store.put(&center(), vec![sealed()]).await;
    assert!(matches!(refused, Err(Error::Erased(3))), "{refused:?}");
    // A record that was under way still stands, without bringing the person back.
    let lease = acquire(store).await;
    let late = Batch {
        subjects: vec![sealed()],
        ..Batch::default()
    };
    store.append(&lease, 1, late).await.expect("the next one");
    assert_eq!(
        store.get(&center(), subject).await.expect("readable"),
        erased
    );
    store
        .erase(&center(), subject)
        .await
        .expect("erasing twice is erasing");
    // So is one whose reference is erased before its first write.
    store
        .erase(&center(), SubjectRef(4))
        .await
        .expect("erasable");
    let early = keys()
        .seal(&center(), SubjectRef(4), b"Bob")
        .expect("it is small");
    assert!(store.put(&center(), vec![early]).await.is_err());
}

pub(crate) async fn subjects_are_read_by_reference(store: &impl CenterStore) {
    let seal = |subject, plain: &[u8]| keys().seal(&center(), SubjectRef(subject), plain);
    let sealed = [seal(1, b"Ada"), seal(2, b"Bob"), seal(3, b"Cy")];
    let sealed = sealed
        .into_iter()
        .collect::<Result<Vec<_>, _>>()
        .expect("they are small");
    store.put(&center(), sealed).await.expect("writable");
    let newer = seal(2, b"Bobby").expect("it is small");
    store.put(&center(), vec![newer]).await.expect("writable");
    store
        .erase(&center(), SubjectRef(3))
        .await
        .expect("erasable");

    let wanted = [3, 2, 99, 2].map(SubjectRef);
    let found = store.get_many(&center(), &wanted).await.expect("readable");
    let opened: Vec<_> = found
        .iter()
        .map(|s| {
            (
                s.subject().0,
                keys().open(&center(), s).expect("the right key"),
            )
        })
        .collect();
    assert_eq!(opened, [(2, Some(b"Bobby".to_vec())), (3, None)]);
}

pub(crate) async fn drawn_references_are_new(store: &impl CenterStore) {
    let first = store.draw(&center()).await.expect("drawable");
    let second = store.draw(&center()).await.expect("drawable");
    assert_ne!(first, second);
    let chosen = SubjectRef(1_000);
    let sealed = keys()
        .seal(&center(), chosen, b"imported")
        .expect("it is small");
    store.put(&center(), vec![sealed]).await.expect("writable");
    assert!(store.draw(&center()).await.expect("drawable") > chosen);
}

fn snapshot(seq: u64, bytes: &[u8]) -> Snapshot {
    Snapshot {
        seq,
        schema_version: 3,
        bytes: bytes.to_vec(),
    }
}

pub(crate) async fn newest_snapshot_is_returned(store: &impl CenterStore) {
    let lease = acquire(store).await;
    for seq in 1..=6 {
        append(store, &lease, seq, b"x").await;
    }
    assert_eq!(
        store.newest_snapshot(&center()).await.expect("readable"),
        None
    );
    for seq in [2, 6, 4] {
        let bytes = seq.to_string();
        let put = store
            .put_snapshot(&center(), snapshot(seq, bytes.as_bytes()))
            .await;
        put.expect("writable");
    }
    let newest = store.newest_snapshot(&center()).await.expect("readable");
    assert_eq!(newest, Some(snapshot(6, b"6")));
}

/// Snapshots are taken of durable records, so the journal has lost some.
pub(crate) async fn snapshot_ahead_of_the_journal_is_refused(store: &impl CenterStore) {
    let lease = acquire(store).await;
    append(store, &lease, 1, b"x").await;
    for seq in [1, 2] {
        let put = store.put_snapshot(&center(), snapshot(seq, b"x")).await;
        put.expect("writable");
    }
    let refused = store.newest_snapshot(&center()).await;
    let text = refused.expect_err("records are gone").to_string();
    assert!(text.contains("ends with record 1, yet record 2"), "{text}");
    assert!(text.contains("tandem restore"), "{text}");
}

const fn sound(wav: Vec<u8>) -> NewSound {
    NewSound {
        wav,
        length_ms: 3_200,
        peak_tenth_db: -31,
    }
}

pub(crate) async fn sounds_are_kept_by_what_is_in_them(store: &impl Sounds) {
    let first = store.put_sound(&center(), sound(b"hello".to_vec())).await;
    let first = first.expect("there is room");
    // The SHA-256 of "hello".
    assert_eq!(
        first.id.as_str(),
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    );
    assert_eq!((first.length_ms, first.peak_tenth_db), (3_200, -31));
    let again = store.put_sound(&center(), sound(b"hello".to_vec())).await;
    assert_eq!(again.expect("it is kept already"), first);
    let other = store.put_sound(&center(), sound(b"bye".to_vec())).await;
    assert_ne!(other.expect("there is room").id, first.id);
    let wav = store.sound(&center(), &first.id).await.expect("readable");
    assert_eq!(wav.as_deref(), Some(&b"hello"[..]));
    let named = store.name_sound(&center(), &first.id).await;
    assert_eq!(named.expect("readable"), Some(first.clone()));
    let elsewhere = CenterId::parse("fabrikam").expect("it is a valid id");
    let wav = store.sound(&elsewhere, &first.id).await.expect("readable");
    assert_eq!(wav, None, "centers are apart");
    let named = store.name_sound(&elsewhere, &first.id).await;
    assert_eq!(named.expect("readable"), None);
}

pub(crate) async fn long_sound_comes_back_whole(store: &impl Sounds) {
    let bytes = (0..1_500_000_u32).map(|n| n.to_le_bytes()[1]);
    let wav: Vec<u8> = bytes.collect();
    let kept = store.put_sound(&center(), sound(wav.clone())).await;
    let id = kept.expect("there is room").id;
    let read = store.sound(&center(), &id).await.expect("readable");
    assert!(read == Some(wav));
}

pub(crate) async fn sound_that_nobody_names_is_forgotten(store: &impl Sounds) {
    let mut ids = Vec::new();
    for wav in [b"a", b"b"] {
        let kept = store.put_sound(&center(), sound(wav.to_vec())).await;
        ids.push(kept.expect("there is room").id);
    }
    let named = BTreeSet::from([ids[0].clone()]);
    let day = Duration::from_secs(86_400);
    let forgotten = store.forget_sounds(&center(), &named, day).await;
    assert_eq!(forgotten.expect("writable"), 0, "it was named lately");
    let forgotten = store.forget_sounds(&center(), &named, Duration::ZERO).await;
    assert_eq!(forgotten.expect("writable"), 1);
    let sounds = [
        store.sound(&center(), &ids[0]).await.expect("readable"),
        store.sound(&center(), &ids[1]).await.expect("readable"),
    ];
    assert_eq!(sounds, [Some(b"a".to_vec()), None]);
}

pub(crate) async fn sound_above_the_limit_is_refused(store: &impl Sounds) {
    let large = sound(vec![0; SOUND_BYTES_MAX + 1]);
    let refused = store.put_sound(&center(), large).await;
    let is_size = matches!(refused, Err(SoundError::Store(Error::TooLarge { .. })));
    assert!(is_size, "{refused:?}");
}
