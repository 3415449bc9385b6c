//! How far customers were forgotten.

use tandem_core::ids::ContactId;
use tandem_store::{CenterId, Forgetting, Store};

fn center() -> CenterId {
    CenterId::parse("contoso").expect("it is a valid id")
}

fn contacts(ids: &[u64]) -> Vec<ContactId> {
    ids.iter().copied().map(ContactId).collect()
}

#[tokio::test]
async fn contacts_that_have_to_wait_are_kept_beside_how_far_all_others_were_forgotten() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    let center = center();
    let below = async || store.forgotten_below(&center).await.unwrap();
    let waits = async |after| {
        let waits = store.forgetting_waits(&center, ContactId(after), 2).await;
        waits.unwrap()
    };
    assert_eq!(below().await, ContactId(0));
    let waiting = contacts(&[3, 5, 9]);
    store
        .forgot_below(&center, ContactId(10), &waiting)
        .await
        .unwrap();
    // Taken again after a crash it comes to the same, and never goes back.
    store
        .forgot_below(&center, ContactId(8), &contacts(&[5]))
        .await
        .unwrap();
    assert_eq!(below().await, ContactId(10));
    assert_eq!(waits(0).await, contacts(&[3, 5]));
    assert_eq!(waits(5).await, contacts(&[9]));
    store.forgot_waiting(&center, ContactId(3)).await.unwrap();
    assert_eq!(waits(0).await, contacts(&[5, 9]));
    let other = CenterId::parse("fabrikam").expect("it is a valid id");
    assert_eq!(store.forgotten_below(&other).await.unwrap(), ContactId(0));
    store.close().await.unwrap();
}
