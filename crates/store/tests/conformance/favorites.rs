//! Favorites: of each account its own, a bounded number of them.

use std::collections::BTreeSet;
use tandem_store::limits::FAVORITES_MAX;
use tandem_store::{AccountId, CenterId, Favor, FavoriteError, Favorites};

fn center() -> CenterId {
    CenterId::parse("contoso").expect("it is a valid id")
}

pub(crate) async fn favorites_are_of_one_account_alone(store: &impl Favorites) {
    let (center, ada, ben) = (center(), AccountId(1), AccountId(2));
    for (person, to) in [
        ("p1", Favor::Kept),
        ("p1", Favor::Kept),
        ("p2", Favor::Kept),
        ("p1", Favor::Dropped),
        ("p3", Favor::Dropped),
    ] {
        let favored = store.favor(&center, ada, person, to);
        favored.await.expect("the store answers");
    }
    let of = async |account| {
        let found = store.favorites(&center, account).await;
        found.expect("the store answers")
    };
    assert_eq!(of(ada).await, BTreeSet::from(["p2".to_owned()]));
    assert!(of(ben).await.is_empty());
}

pub(crate) async fn favorites_are_full_at_their_limit(store: &impl Favorites) {
    let (center, ada) = (center(), AccountId(1));
    for n in 0..FAVORITES_MAX {
        let person = format!("p{n}");
        let kept = store.favor(&center, ada, &person, Favor::Kept);
        kept.await.expect("there is room");
    }
    let one_more = store.favor(&center, ada, "one more", Favor::Kept).await;
    assert!(matches!(one_more, Err(FavoriteError::Full)));
    let again = store.favor(&center, ada, "p0", Favor::Kept).await;
    again.expect("who is kept already takes no room");
    let dropped = store.favor(&center, ada, "p0", Favor::Dropped).await;
    dropped.expect("the store answers");
    let one_more = store.favor(&center, ada, "one more", Favor::Kept).await;
    one_more.expect("there is room again");
    let long = store
        .favor(&center, ada, &"x".repeat(65), Favor::Kept)
        .await;
    assert!(matches!(long, Err(FavoriteError::Store(_))));
}
