//! API keys: found by their hash until they expire or are revoked.

use tandem_store::{
    AccountError, AccountId, Accounts, ApiKeys, CenterId, NewAccount, NewApiKey, Standing, Store,
    Token, UnixMicros,
};

const NOW: UnixMicros = UnixMicros(1_000_000_000);
const MINUTE_US: i64 = 60_000_000;

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

fn key(created_by: AccountId, expires: Option<UnixMicros>) -> NewApiKey {
    NewApiKey {
        center: center(),
        name: "billing".to_owned(),
        scopes: vec!["contacts.read".to_owned()],
        created_by,
        expires,
    }
}

#[tokio::test]
async fn key_is_found_until_it_expires_and_its_use_is_noted() {
    let folder = tempfile::tempdir().unwrap();
    let (store, ada) = with_ada(&folder).await;
    let token = Token::generate().unwrap().hash();
    let new = key(ada, Some(later(10 * MINUTE_US)));
    let id = store.create_api_key(token, new, NOW).await.unwrap();
    let found = store.api_key(token, NOW).await.unwrap().unwrap();
    assert_eq!((found.id, found.last_used), (id, None));
    assert_eq!(found.scopes, ["contacts.read"]);
    let account = store.account(found.account).await.unwrap().unwrap();
    assert_eq!(account.username, "API key billing");
    assert!(account.is_key && account.roles.is_empty());
    let again = store.api_key(token, later(1)).await.unwrap().unwrap();
    assert_eq!(again.last_used, Some(NOW));
    store.api_key(token, later(2 * MINUTE_US)).await.unwrap();
    let listed = store.api_keys(&center()).await.unwrap();
    assert_eq!(listed[0].last_used, Some(later(2 * MINUTE_US)));
    let late = store.api_key(token, later(10 * MINUTE_US)).await;
    assert!(late.unwrap().is_none());
    let stranger = Token::generate().unwrap().hash();
    assert!(store.api_key(stranger, NOW).await.unwrap().is_none());
}

#[tokio::test]
async fn revoked_key_is_gone_and_its_name_stays_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (store, ada) = with_ada(&folder).await;
    let token = Token::generate().unwrap().hash();
    let id = store.create_api_key(token, key(ada, None), NOW).await;
    let id = id.unwrap();
    let account = store.api_key(token, NOW).await.unwrap().unwrap().account;
    let elsewhere = CenterId::parse("fabrikam").unwrap();
    let foreign = store.revoke_api_key(&elsewhere, id).await;
    assert!(matches!(foreign, Err(AccountError::NotFound)));
    store.revoke_api_key(&center(), id).await.unwrap();
    assert!(store.api_key(token, NOW).await.unwrap().is_none());
    assert!(store.api_keys(&center()).await.unwrap().is_empty());
    let account = store.account(account).await.unwrap().unwrap();
    assert_eq!(account.standing, Standing::Disabled);
    let other = Token::generate().unwrap().hash();
    let again = store.create_api_key(other, key(ada, None), NOW).await;
    assert!(matches!(again, Err(AccountError::UsernameTaken)));
    let twice = store.revoke_api_key(&center(), id).await;
    assert!(matches!(twice, Err(AccountError::NotFound)));
}
