//! Sealing and hashing of personal data, as pure functions of a key.

use tandem_store::{
    CenterId, DataKey, KeyCheckError, KeyFamily, MemoryStore, SealError, StoredSubject, SubjectRef,
    Subjects, check_keys, limits::SUBJECT_BYTES_MAX,
};

const ADA: SubjectRef = SubjectRef(1);

fn center() -> CenterId {
    CenterId::parse("contoso").expect("it is a valid id")
}

fn key(id: u32) -> DataKey {
    DataKey::new(id, [u8::try_from(id).expect("it is small"); 32])
}

/// What a store gives back for what was sealed.
async fn stored(keys: &KeyFamily, center: &CenterId, subject: SubjectRef) -> StoredSubject {
    let store = MemoryStore::new();
    let sealed = keys.seal(center, subject, b"Ada").expect("it is small");
    store.put(center, vec![sealed]).await.expect("writable");
    store
        .get(center, subject)
        .await
        .expect("readable")
        .expect("it was written")
}

#[tokio::test]
async fn sealed_subject_opens_with_its_key() {
    let keys = KeyFamily::new(key(1));
    let stored = stored(&keys, &center(), ADA).await;
    assert_eq!(keys.open(&center(), &stored), Ok(Some(b"Ada".to_vec())));
}

#[tokio::test]
async fn subjects_under_several_keys_are_opened_one_after_the_other() {
    let old = KeyFamily::new(key(1));
    let keys = old.clone().rotate(key(2)).expect("the number is free");
    let bob = SubjectRef(2);
    let (first, second) = (
        stored(&old, &center(), ADA).await,
        stored(&keys, &center(), bob).await,
    );
    let center = center();
    let mut opener = keys.opener(&center);
    for stored in [&first, &second, &first] {
        assert_eq!(opener.open(stored), Ok(Some(b"Ada".to_vec())));
    }
    assert_eq!(opener.open(&StoredSubject::Erased(ADA)), Ok(None));
    let refused = old.opener(&center).open(&second);
    let missing = SealError::KeyMissing {
        subject: bob,
        key_id: 2,
    };
    assert_eq!(refused, Err(missing));
}

#[tokio::test]
async fn another_secret_under_the_same_number_is_refused() {
    let stored = stored(&KeyFamily::new(key(1)), &center(), ADA).await;
    let refused = KeyFamily::new(DataKey::new(1, [99; 32]))
        .open(&center(), &stored)
        .unwrap_err();
    assert_eq!(
        refused,
        SealError::WrongKey {
            subject: ADA,
            key_id: 1
        }
    );
    assert!(
        refused.to_string().contains("put the old secret back"),
        "{refused}"
    );
}

#[tokio::test]
async fn missing_key_is_named() {
    let stored = stored(&KeyFamily::new(key(1)), &center(), ADA).await;
    let refused = KeyFamily::new(key(2)).open(&center(), &stored).unwrap_err();
    assert_eq!(
        refused,
        SealError::KeyMissing {
            subject: ADA,
            key_id: 1
        }
    );
    assert!(refused.to_string().contains("data key 1"), "{refused}");
}

#[tokio::test]
async fn rotated_family_opens_old_rows_and_seals_with_the_new_key() {
    let before = KeyFamily::new(key(1));
    let old = stored(&before, &center(), ADA).await;
    let after = before.clone().rotate(key(2)).unwrap();
    assert_eq!(after.open(&center(), &old), Ok(Some(b"Ada".to_vec())));
    let new = stored(&after, &center(), ADA).await;
    assert_eq!(
        before.open(&center(), &new),
        Err(SealError::KeyMissing {
            subject: ADA,
            key_id: 2
        })
    );
    // The journal holds hashes for good, so they do not change.
    let number = "+14255550100";
    assert_eq!(
        before.phone_hash(&center(), number),
        after.phone_hash(&center(), number)
    );
    assert_eq!(after.rotate(key(2)).unwrap_err(), SealError::KeyNumber(2));
}

#[tokio::test]
async fn row_of_another_center_does_not_open() {
    let keys = KeyFamily::new(key(1));
    let other = CenterId::parse("fabrikam").unwrap();
    let stored = stored(&keys, &other, ADA).await;
    let refused = keys.open(&center(), &stored);
    assert_eq!(
        refused,
        Err(SealError::WrongKey {
            subject: ADA,
            key_id: 1
        })
    );
}

#[test]
fn phone_hash_depends_on_number_center_and_key() {
    let keys = KeyFamily::new(key(1));
    let other = CenterId::parse("fabrikam").unwrap();
    let hash = keys.phone_hash(&center(), "+14255550100");
    assert_eq!(hash, keys.phone_hash(&center(), "+14255550100"));
    assert_eq!(u128::from(hash.customer().0), hash.0 >> 64);
    assert_ne!(hash, keys.phone_hash(&center(), "+14255550101"));
    assert_ne!(hash, keys.phone_hash(&other, "+14255550100"));
    assert_ne!(
        hash,
        KeyFamily::new(key(2)).phone_hash(&center(), "+14255550100")
    );
}

#[test]
fn two_seals_of_one_text_differ() {
    let keys = KeyFamily::new(key(1));
    let sealed = || keys.seal(&center(), ADA, b"Ada").unwrap();
    assert_ne!(sealed(), sealed());
}

#[test]
fn subject_above_the_limit_is_refused() {
    let refused = KeyFamily::new(key(1)).seal(&center(), ADA, &vec![0; SUBJECT_BYTES_MAX + 1]);
    assert!(
        matches!(refused, Err(SealError::TooLarge { .. })),
        "{refused:?}"
    );
}

#[test]
fn secret_is_not_in_the_debug_text() {
    let text = format!("{:?}", KeyFamily::new(DataKey::new(1, [171; 32])));
    assert!(
        !text.contains("171") && !text.to_lowercase().contains("abab"),
        "{text}"
    );
}

#[tokio::test]
async fn wrong_keys_are_found_at_the_start() {
    let store = MemoryStore::new();
    let keys = KeyFamily::new(key(1));
    for _ in 0..2 {
        check_keys(&store, &center(), &keys).await.unwrap();
    }
    let wrong = KeyFamily::new(DataKey::new(1, [99; 32]));
    let refused = check_keys(&store, &center(), &wrong).await;
    assert!(
        matches!(refused, Err(KeyCheckError::Key(SealError::WrongKey { .. }))),
        "{refused:?}"
    );

    let rotated = keys.clone().rotate(key(2)).unwrap();
    check_keys(&store, &center(), &rotated).await.unwrap();
    let refused = check_keys(&store, &center(), &keys).await;
    assert!(
        matches!(
            refused,
            Err(KeyCheckError::Key(SealError::KeyMissing { .. }))
        ),
        "{refused:?}"
    );
    let first_left_out = KeyFamily::new(key(2));
    let refused = check_keys(&store, &center(), &first_left_out).await;
    assert!(
        matches!(refused, Err(KeyCheckError::FirstKeyChanged)),
        "{refused:?}"
    );
}
