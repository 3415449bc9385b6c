//! A change of the data key: rows go over to the current one, a portion at a time, and nothing is lost.

use tandem_store::{
    CenterId, DataKey, KeyFamily, Store, SubjectRef, Subjects, check_keys, rows_by_key,
};

const ROWS: u64 = 150;

fn center() -> CenterId {
    CenterId::parse("contoso").expect("it is a valid id")
}

fn first() -> KeyFamily {
    KeyFamily::new(DataKey::new(1, [1; 32]))
}

fn rotated() -> KeyFamily {
    let family = first().rotate(DataKey::new(2, [2; 32]));
    family.expect("two keys are no crowd")
}

async fn put_rows(store: &Store) {
    check_keys(store, &center(), &first())
        .await
        .expect("the key is the right one");
    for n in 1..=ROWS {
        let text = format!("person {n}");
        let sealed = first().seal(&center(), SubjectRef(n), text.as_bytes());
        let sealed = sealed.expect("it is sealed");
        let put = store.put(&center(), vec![sealed]).await;
        put.expect("it is written");
    }
}

async fn reads_everything(store: &Store, keys: &KeyFamily) {
    for n in (1..=ROWS).filter(|n| *n != 7) {
        let stored = store.get(&center(), SubjectRef(n)).await;
        let stored = stored.expect("it is read").expect("it is there");
        let opened = keys.open(&center(), &stored);
        let opened = opened.expect("it opens").expect("it is not erased");
        assert_eq!(opened, format!("person {n}").as_bytes());
    }
}

#[tokio::test]
async fn rows_go_over_to_the_current_key_and_the_earlier_one_opens_nothing_more() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    put_rows(&store).await;
    store.erase(&center(), SubjectRef(7)).await.unwrap();
    check_keys(&store, &center(), &rotated()).await.unwrap();

    // Stopped half way, everything can be read.
    let half = store.reseal(&center(), &rotated(), None).await.unwrap();
    assert!(half.n_resealed > 0 && half.n_resealed < ROWS, "{half:?}");
    reads_everything(&store, &rotated()).await;

    // Whoever begins anew comes to the end.
    let (mut after, mut n_resealed) = (None, half.n_resealed);
    loop {
        let portion = store.reseal(&center(), &rotated(), after).await.unwrap();
        n_resealed += portion.n_resealed;
        if portion.next.is_none() {
            break;
        }
        after = portion.next;
    }
    assert_eq!(n_resealed, ROWS - 1, "the erased one stays erased");
    reads_everything(&store, &rotated()).await;
    let by_key = rows_by_key(directory.path()).await.unwrap();
    assert_eq!(by_key, [(2, ROWS)], "the known subject is among them");
    let stored = store.get(&center(), SubjectRef(1)).await.unwrap().unwrap();
    assert!(first().open(&center(), &stored).is_err());
    let hash = |keys: &KeyFamily| keys.phone_hash(&center(), "+14255550100");
    assert_eq!(hash(&first()), hash(&rotated()));
    store.close().await.unwrap();
}

#[tokio::test]
async fn row_that_no_key_opens_stays_and_is_counted() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    let other = KeyFamily::new(DataKey::new(1, [9; 32]));
    let sealed = other.seal(&center(), SubjectRef(1), b"Ada").unwrap();
    store.put(&center(), vec![sealed]).await.unwrap();
    let portion = store.reseal(&center(), &rotated(), None).await.unwrap();
    assert_eq!((portion.n_resealed, portion.n_unopened), (0, 1));
    let stored = store.get(&center(), SubjectRef(1)).await.unwrap().unwrap();
    assert!(other.open(&center(), &stored).is_ok());
    store.close().await.unwrap();
}
