//! People whom a directory vouches for: their accounts, and the sessions of an account.

use tandem_core::scope::{Parts, Scope};
use tandem_store::{
    AccountChange, AccountError, AccountId, Accounts, Admission, AgentId, CenterId,
    DirectoryPerson, NewAccount, Renewal, SessionId, SignIns, Standing, Store, SubjectRef, Token,
    TokenHash, UnixMicros,
};

const NOW: UnixMicros = UnixMicros(1_000_000_000);
const HOUR_US: i64 = 3_600_000_000;
const ANN: &str = "0269be4d-5be0-4770-bf9c-a1bf50ee78d5";

fn later(micros: i64) -> UnixMicros {
    UnixMicros(NOW.0 + micros)
}

fn center() -> CenterId {
    CenterId::parse("contoso").expect("it is a valid id")
}

fn admission(object: &str, username: &str, roles: &[&str]) -> Admission {
    Admission {
        center: center(),
        person: DirectoryPerson {
            tenant: "t1".to_owned(),
            object: object.to_owned(),
        },
        username: username.to_owned(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        agent: None,
        name: Some(SubjectRef(3)),
    }
}

fn local(username: &str, agent: Option<AgentId>) -> NewAccount {
    NewAccount {
        center: center(),
        username: username.to_owned(),
        password_hash: "$argon2id$v=19$of-the-caller".to_owned(),
        roles: vec!["agent".to_owned()],
        agent,
        name: None,
    }
}

fn token() -> TokenHash {
    Token::generate().expect("there is randomness").hash()
}

async fn store(folder: &tempfile::TempDir) -> Store {
    let store = Store::open(folder.path()).await;
    store.expect("the directory is free")
}

async fn account(store: &Store, id: AccountId) -> tandem_store::Account {
    let found = store.account(id).await.expect("the store answers");
    found.expect("there is such an account")
}

// B-043
#[tokio::test]
async fn person_has_one_account_with_the_roles_of_the_last_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let first = admission(ANN, "ann@x.example", &["administrator"]);
    let id = store.admit(first, NOW).await.unwrap();
    // what an administrator here said of the roles' reach, no sign-in undoes.
    let scope = Scope::Parts(Parts::default());
    let change = AccountChange::Scope(scope.clone());
    store.change_account(id, change).await.unwrap();
    let second = admission(ANN, "ann.new@x.example", &["agent"]);
    assert_eq!(store.admit(second, NOW).await.unwrap(), id);
    let found = account(&store, id).await;
    assert_eq!(found.username, "ann.new@x.example");
    assert_eq!(found.roles, ["agent"]);
    assert_eq!(found.scope, scope);
    assert_eq!(found.person.unwrap().object, ANN);
    assert_eq!(found.password_hash, "");
    let other = store
        .admit(admission("other", "bea@x.example", &[]), NOW)
        .await;
    assert_ne!(other.unwrap(), id);
}

#[tokio::test]
async fn name_that_is_taken_stays_with_its_account() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let locals = store.create_account(local("ann@x.example", None), NOW);
    let locals = locals.await.unwrap();
    let ann = store
        .admit(admission(ANN, "Ann@x.example", &[]), NOW)
        .await
        .unwrap();
    assert_ne!(ann, locals);
    let found = account(&store, ann).await;
    assert_eq!(found.username, "Ann@x.example (Microsoft)");
    let heir = store
        .admit(admission("heir", "ann@x.example", &[]), NOW)
        .await
        .unwrap();
    assert_eq!(account(&store, heir).await.username, "heir (t1)");
    assert!(account(&store, locals).await.person.is_none());
}

#[tokio::test]
async fn agents_local_account_becomes_the_persons_and_its_password_ends() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let agent = Some(AgentId(7));
    let own = store
        .create_account(local("ann", agent), NOW)
        .await
        .unwrap();
    let double = store
        .create_account(local("ann2", agent), NOW)
        .await
        .unwrap();
    let session = token();
    let opened = store.open_session(session, own, NOW, later(HOUR_US)).await;
    opened.unwrap();
    let admitted = Admission {
        agent,
        ..admission(ANN, "ann@x.example", &["agent"])
    };
    assert_eq!(store.admit(admitted, NOW).await.unwrap(), own);
    assert_eq!(account(&store, own).await.password_hash, "");
    assert!(store.session(session, NOW).await.unwrap().is_none());
    let double = account(&store, double).await;
    assert_eq!((double.standing, double.agent), (Standing::Disabled, None));
}

#[tokio::test]
async fn disabled_account_is_not_admitted() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let ann = admission(ANN, "ann@x.example", &["agent"]);
    let id = store.admit(ann.clone(), NOW).await.unwrap();
    let disabled = AccountChange::Standing(Standing::Disabled);
    store.change_account(id, disabled).await.unwrap();
    let refused = store.admit(ann, NOW).await;
    assert!(matches!(refused, Err(AccountError::Disabled)));
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let ann = store.admit(admission(ANN, "ann", &[]), NOW).await.unwrap();
    let bea = store.admit(admission("b", "bea", &[]), NOW).await.unwrap();
    let (old, new) = (token(), token());
    for (n, token) in [old, new].into_iter().enumerate() {
        let at = later(i64::try_from(n).unwrap());
        let opened = store.open_session(token, ann, at, later(HOUR_US)).await;
        opened.unwrap();
    }
    let renewal = Renewal {
        sealed: "sealed".to_owned(),
        confirmed: NOW,
        due: later(60),
    };
    store.confirm_session(new, renewal.clone()).await.unwrap();
    let found = store.session(new, later(2)).await.unwrap().unwrap();
    assert_eq!(found.renewal, Some(renewal.clone()));
    let listed = store.sessions(ann, later(2)).await.unwrap();
    let shown: Vec<_> = listed.iter().map(|it| (it.id, it.due)).collect();
    let expected = [
        (SessionId::of(new), Some(later(60))),
        (SessionId::of(old), None),
    ];
    assert_eq!(shown, expected);
    let foreign = store.end_session(bea, SessionId::of(old)).await;
    assert!(matches!(foreign, Err(AccountError::NotFound)));
    store.end_session(ann, SessionId::of(old)).await.unwrap();
    assert!(store.session(old, later(2)).await.unwrap().is_none());
    assert_eq!(store.sessions(ann, later(2)).await.unwrap().len(), 1);
    assert!(
        store
            .sessions(ann, later(HOUR_US))
            .await
            .unwrap()
            .is_empty()
    );
    let gone = store.confirm_session(old, renewal).await;
    assert!(matches!(gone, Err(AccountError::NotFound)));
}
