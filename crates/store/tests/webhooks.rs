//! Webhooks: what is noted once, tried in turn, resent and forgotten.

use tandem_store::{
    AccountId, Accounts, CenterId, Delivery, DeliveryState, NewAccount, NewDelivery, NewWebhook,
    Store, UnixMicros, WebhookError, WebhookId, Webhooks,
};

const NOW: UnixMicros = UnixMicros(1_000_000_000);

fn later(micros: i64) -> UnixMicros {
    UnixMicros(NOW.0 + micros)
}

fn center() -> CenterId {
    CenterId::parse("contoso").expect("it is a valid id")
}

async fn with_ada(folder: &tempfile::TempDir) -> (Store, AccountId) {
    let store = Store::open(folder.path()).await.expect("it is free");
    let ada = NewAccount {
        center: center(),
        username: "ada".to_owned(),
        password_hash: "hash".to_owned(),
        roles: Vec::new(),
        agent: None,
        name: None,
    };
    let ada = store.create_account(ada, NOW).await.expect("it is free");
    (store, ada)
}

async fn webhook(store: &Store, ada: AccountId, after_seq: u64) -> WebhookId {
    let webhook = NewWebhook {
        center: center(),
        url: "https://x.example/".to_owned(),
        events: vec!["contact.ended".to_owned()],
        secret: "sealed".to_owned(),
        created_by: ada,
        after_seq,
    };
    let made = store.create_webhook(webhook, NOW).await;
    made.expect("there is room")
}

fn told(webhook: WebhookId, key: &str) -> NewDelivery {
    NewDelivery {
        webhook,
        event_key: key.to_owned(),
        event: "contact.ended".to_owned(),
        body: format!("{{\"{key}\":1}}"),
    }
}

async fn log(store: &Store, webhook: WebhookId) -> Vec<Delivery> {
    let log = store.deliveries(&center(), webhook, None).await;
    log.expect("the store answers")
}

#[tokio::test]
async fn event_is_noted_once_with_the_place_in_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let (store, ada) = with_ada(&folder).await;
    assert_eq!(store.webhook_cursor(&center()).await.unwrap(), None);
    let first = webhook(&store, ada, 7).await;
    assert_eq!(store.webhook_cursor(&center()).await.unwrap(), Some(7));
    let second = webhook(&store, ada, 9).await;
    assert_eq!(store.webhook_cursor(&center()).await.unwrap(), Some(7));
    for _ in 0..2 {
        let deliveries = vec![
            told(first, "8-0"),
            told(second, "8-0"),
            told(WebhookId(99), "8-0"),
        ];
        let noted = store.note_deliveries(&center(), 8, deliveries, NOW).await;
        noted.unwrap();
    }
    assert_eq!(store.webhook_cursor(&center()).await.unwrap(), Some(8));
    assert_eq!(log(&store, first).await.len(), 1);
    assert_eq!(store.due_deliveries(&center(), NOW).await.unwrap().len(), 2);
    let elsewhere = CenterId::parse("fabrikam").unwrap();
    assert!(
        store
            .due_deliveries(&elsewhere, NOW)
            .await
            .unwrap()
            .is_empty()
    );
    store.remove_webhook(&center(), first).await.unwrap();
    assert!(log(&store, first).await.is_empty());
    assert_eq!(store.webhooks(&center()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn delivery_waits_is_settled_resent_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let (store, ada) = with_ada(&folder).await;
    let hook = webhook(&store, ada, 0).await;
    let deliveries: Vec<NewDelivery> = (0..12).map(|n| told(hook, &n.to_string())).collect();
    let noted = store.note_deliveries(&center(), 1, deliveries, NOW).await;
    noted.unwrap();
    let due = store.due_deliveries(&center(), NOW).await.unwrap();
    assert_eq!(due.len(), 8, "some at once");
    let (first, second) = (due[0].id, due[1].id);
    let wait = DeliveryState::Waiting { due: later(10) };
    let tried = store.note_attempt(first, wait, "503".to_owned(), NOW).await;
    tried.unwrap();
    let done = store.note_attempt(second, DeliveryState::Delivered, "200".to_owned(), NOW);
    done.await.unwrap();
    let due = store.due_deliveries(&center(), NOW).await.unwrap();
    assert!(due.iter().all(|it| it.id != first && it.id != second));
    let listed = log(&store, hook).await;
    let of = |id| listed.iter().find(|it| it.id == id).unwrap();
    assert_eq!((of(first).n_attempts, of(first).state), (1, wait));
    assert_eq!(of(second).state, DeliveryState::Delivered);
    assert_eq!(of(second).answer.as_deref(), Some("200"));
    let purged = store.purge_deliveries(later(1)).await.unwrap();
    assert_eq!(purged, 1, "the one with which nothing more is done");
    let dead = store.note_attempt(first, DeliveryState::Dead, "410".to_owned(), NOW);
    dead.await.unwrap();
    store
        .resend(&center(), hook, first, later(20))
        .await
        .unwrap();
    let listed = log(&store, hook).await;
    let again = listed.iter().find(|it| it.id == first).unwrap();
    let waits = DeliveryState::Waiting { due: later(20) };
    assert_eq!((again.n_attempts, again.state), (0, waits));
    let gone = store.resend(&center(), WebhookId(99), first, NOW).await;
    assert!(matches!(gone, Err(WebhookError::NotFound)));
}

#[tokio::test]
async fn webhook_with_many_deliveries_has_a_limit_and_takes_them_all_along() {
    let folder = tempfile::tempdir().unwrap();
    let (store, ada) = with_ada(&folder).await;
    let (slow, other) = (webhook(&store, ada, 0).await, webhook(&store, ada, 0).await);
    let many = |n: u64| (0..n).map(|n| told(slow, &n.to_string()));
    let mut deliveries: Vec<NewDelivery> = many(12_500).collect();
    deliveries.push(told(other, "0"));
    let noted = store.note_deliveries(&center(), 1, deliveries, NOW).await;
    noted.unwrap();
    let newest = log(&store, slow).await.remove(0);
    assert_eq!(newest.state, DeliveryState::Dead);
    assert_eq!(newest.answer.as_deref(), Some("too_many_waiting"));
    let due = store.due_deliveries(&center(), NOW).await.unwrap();
    let of = |webhook| due.iter().filter(|it| it.webhook == webhook).count();
    assert_eq!((of(slow), of(other)), (8, 1));
    let purged = store.purge_deliveries(later(1)).await.unwrap();
    assert_eq!(purged, 2_500, "those that were too many");
    // What came before is not counted twice, and takes no room.
    let again = many(9_000).collect();
    let noted = store.note_deliveries(&center(), 2, again, NOW).await;
    noted.unwrap();
    assert_eq!(store.purge_deliveries(later(1)).await.unwrap(), 0);
    store.remove_webhook(&center(), slow).await.unwrap();
    assert!(log(&store, slow).await.is_empty());
    assert_eq!(log(&store, other).await.len(), 1);
    let elsewhere = CenterId::parse("fabrikam").unwrap();
    let not_theirs = store.remove_webhook(&elsewhere, other).await;
    assert!(matches!(not_theirs, Err(WebhookError::NotFound)));
    assert_eq!(log(&store, other).await.len(), 1);
}
