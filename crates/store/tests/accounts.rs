//! Local accounts, sessions, set-up links and wall display tokens.

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tandem_core::ids::QueueId;
use tandem_core::scope::{Parts, Scope};
use tandem_store::limits::{SESSIONS_PER_ACCOUNT_MAX, SETUP_TOKENS_PER_CENTER_MAX};
use tandem_store::{
    AccountChange, AccountError, AccountId, Accounts, AgentId, CenterId, Error, NewAccount,
    Redemption, SetupToken, Standing, Store, SubjectRef, Token, TokenHash, UnixMicros, View,
};

const NOW: UnixMicros = UnixMicros(1_000_000_000);
const HOUR_US: i64 = 3_600_000_000;

fn later(micros: i64) -> UnixMicros {
    UnixMicros(NOW.0 + micros)
}

fn center() -> CenterId {
    CenterId::parse("contoso").expect("it is a valid id")
}

fn new_account(username: &str) -> NewAccount {
    NewAccount {
        center: center(),
        username: username.to_owned(),
        password_hash: "$argon2id$v=19$of-the-caller".to_owned(),
        roles: vec!["supervisor".to_owned(), "agent".to_owned()],
        agent: Some(AgentId(7)),
        name: Some(SubjectRef(3)),
    }
}

fn token() -> TokenHash {
    Token::generate().expect("there is randomness").hash()
}

struct Fixture {
    store: Store,
    ada: AccountId,
    directory: tempfile::TempDir,
}

async fn with_ada() -> Fixture {
    let directory = tempfile::tempdir().expect("there is room");
    let store = Store::open(directory.path())
        .await
        .expect("the directory is free");
    let ada = store
        .create_account(new_account("Ada"), NOW)
        .await
        .expect("the name is free");
    Fixture {
        store,
        ada,
        directory,
    }
}

async fn open_session(f: &Fixture, token: TokenHash, now: UnixMicros) {
    let opened = f
        .store
        .open_session(token, f.ada, now, later(HOUR_US))
        .await;
    opened.expect("the account is active");
}

#[tokio::test]
async fn account_is_found_by_id_and_by_name_in_any_case() {
    let f = with_ada().await;
    let by_id = f.store.account(f.ada).await.unwrap().unwrap();
    assert_eq!(by_id.username, "Ada");
    assert_eq!(by_id.roles, ["supervisor", "agent"]);
    assert_eq!(
        (by_id.agent, by_id.name),
        (Some(AgentId(7)), Some(SubjectRef(3)))
    );
    assert_eq!((by_id.standing, by_id.created), (Standing::Active, NOW));
    let by_name = f.store.account_by_username(&center(), "aDA").await.unwrap();
    assert!(by_name == Some(by_id));
    assert!(
        f.store
            .account_by_username(&center(), "bob")
            .await
            .unwrap()
            .is_none()
    );
    let bob = f
        .store
        .create_account(new_account("bob"), NOW)
        .await
        .unwrap();
    assert_eq!(f.store.accounts(&center(), None).await.unwrap().len(), 2);
    assert_eq!(
        f.store.accounts(&center(), Some(f.ada)).await.unwrap()[0].id,
        bob
    );
}

#[tokio::test]
async fn username_is_unique_in_its_center() {
    let f = with_ada().await;
    let refused = f.store.create_account(new_account("ADA"), NOW).await;
    assert!(
        matches!(refused, Err(AccountError::UsernameTaken)),
        "{refused:?}"
    );
    let elsewhere = CenterId::parse("fabrikam").unwrap();
    let account = NewAccount {
        center: elsewhere,
        ..new_account("ada")
    };
    f.store.create_account(account, NOW).await.unwrap();
    for bad in ["", " ada", &"a".repeat(1_000)] {
        let refused = f.store.create_account(new_account(bad), NOW).await;
        let is_named = matches!(
            refused,
            Err(AccountError::Store(
                Error::Invalid { .. } | Error::TooLarge { .. }
            ))
        );
        assert!(is_named, "{refused:?}");
    }
}

#[tokio::test]
async fn changes_of_an_account_are_kept() {
    let f = with_ada().await;
    let change = async |change| f.store.change_account(f.ada, change).await.unwrap();
    change(AccountChange::Roles(vec!["administrator".to_owned()])).await;
    change(AccountChange::Agent(None)).await;
    change(AccountChange::Name(Some(SubjectRef(9)))).await;
    change(AccountChange::PasswordHash("$new".to_owned())).await;
    let ada = f.store.account(f.ada).await.unwrap().unwrap();
    assert_eq!(ada.roles, ["administrator"]);
    assert_eq!((ada.agent, ada.name), (None, Some(SubjectRef(9))));
    assert_eq!(ada.password_hash, "$new");
    let nobody = f
        .store
        .change_account(AccountId(99), AccountChange::Agent(None))
        .await;
    assert!(matches!(nobody, Err(AccountError::NotFound)), "{nobody:?}");
}

#[tokio::test]
async fn scope_of_an_account_is_kept_and_is_everything_until_one_is_given() {
    let f = with_ada().await;
    let of = async |f: &Fixture| f.store.account(f.ada).await.unwrap().unwrap().scope;
    assert_eq!(of(&f).await, Scope::Everything);
    let parts = Parts {
        queues: [QueueId(1)].into(),
        ..Parts::default()
    };
    for scope in [
        Scope::Parts(parts),
        Scope::Parts(Parts::default()),
        Scope::Everything,
    ] {
        let change = AccountChange::Scope(scope.clone());
        f.store.change_account(f.ada, change).await.unwrap();
        assert_eq!(of(&f).await, scope);
    }
}

#[tokio::test]
async fn session_is_valid_until_it_expires() {
    let f = with_ada().await;
    let token = token();
    open_session(&f, token, NOW).await;
    let session = f
        .store
        .session(token, later(HOUR_US - 1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(session.account.id, f.ada);
    assert_eq!((session.created, session.expires), (NOW, later(HOUR_US)));
    assert!(
        f.store
            .session(token, later(HOUR_US))
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        f.store
            .session(TokenHash::of("guess"), NOW)
            .await
            .unwrap()
            .is_none()
    );

    assert_eq!(f.store.purge_expired(later(HOUR_US - 1)).await.unwrap(), 0);
    assert_eq!(f.store.purge_expired(later(HOUR_US)).await.unwrap(), 1);
}

#[tokio::test]
async fn session_notes_when_it_was_seen_but_not_each_time() {
    let f = with_ada().await;
    let token = token();
    open_session(&f, token, NOW).await;
    let last_seen = async |now| {
        f.store
            .session(token, now)
            .await
            .unwrap()
            .unwrap()
            .last_seen
    };
    assert_eq!(last_seen(later(30_000_000)).await, NOW);
    assert_eq!(last_seen(later(61_000_000)).await, NOW);
    assert_eq!(last_seen(later(62_000_000)).await, later(61_000_000));
}

#[tokio::test]
async fn sessions_are_revoked_one_by_one_or_together() {
    let f = with_ada().await;
    let tokens = [token(), token(), token()];
    for token in tokens {
        open_session(&f, token, NOW).await;
    }
    f.store.revoke_session(tokens[0]).await.unwrap();
    assert!(f.store.session(tokens[0], NOW).await.unwrap().is_none());
    assert!(f.store.session(tokens[1], NOW).await.unwrap().is_some());
    assert_eq!(f.store.revoke_sessions(f.ada).await.unwrap(), 2);
    assert!(f.store.session(tokens[2], NOW).await.unwrap().is_none());
}

#[tokio::test]
async fn disabling_and_a_new_password_end_all_sessions() {
    let f = with_ada().await;
    let ends = [
        AccountChange::PasswordHash("$new".to_owned()),
        AccountChange::Standing(Standing::Disabled),
    ];
    for change in ends {
        let token = token();
        open_session(&f, token, NOW).await;
        f.store.change_account(f.ada, change).await.unwrap();
        assert!(f.store.session(token, NOW).await.unwrap().is_none());
    }
    let refused = f.store.open_session(token(), f.ada, NOW, later(1)).await;
    assert!(
        matches!(refused, Err(AccountError::Disabled)),
        "{refused:?}"
    );
    let refused = f
        .store
        .open_session(token(), AccountId(99), NOW, later(1))
        .await;
    assert!(
        matches!(refused, Err(AccountError::NotFound)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn oldest_session_gives_way() {
    let f = with_ada().await;
    let oldest = token();
    open_session(&f, oldest, NOW).await;
    let mut newest = oldest;
    for n in 1..=SESSIONS_PER_ACCOUNT_MAX {
        newest = token();
        open_session(&f, newest, later(n)).await;
    }
    assert!(f.store.session(oldest, NOW).await.unwrap().is_none());
    assert!(f.store.session(newest, NOW).await.unwrap().is_some());
    let n_open = f.store.revoke_sessions(f.ada).await.unwrap();
    assert_eq!(i64::try_from(n_open), Ok(SESSIONS_PER_ACCOUNT_MAX));
}

#[tokio::test]
async fn setup_link_creates_one_account_and_only_once() {
    let f = with_ada().await;
    let link = token();
    let setup = SetupToken {
        center: center(),
        account: None,
        expires: later(HOUR_US),
    };
    f.store.put_setup_token(link, setup.clone()).await.unwrap();
    assert_eq!(f.store.setup_token(link, NOW).await.unwrap(), Some(setup));

    // A refusal leaves the link as it was.
    let create = |name| Redemption::Create(new_account(name));
    let refused = f.store.redeem_setup_token(link, create("ada"), NOW).await;
    assert!(
        matches!(refused, Err(AccountError::UsernameTaken)),
        "{refused:?}"
    );
    let elsewhere = NewAccount {
        center: CenterId::parse("x").unwrap(),
        ..new_account("root")
    };
    let refused = f
        .store
        .redeem_setup_token(link, Redemption::Create(elsewhere), NOW)
        .await;
    assert!(
        matches!(refused, Err(AccountError::SetupTokenInvalid)),
        "{refused:?}"
    );

    let root = f
        .store
        .redeem_setup_token(link, create("root"), NOW)
        .await
        .unwrap();
    assert_eq!(
        f.store.account(root).await.unwrap().unwrap().username,
        "root"
    );
    let refused = f.store.redeem_setup_token(link, create("root2"), NOW).await;
    assert!(
        matches!(refused, Err(AccountError::SetupTokenInvalid)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn setup_link_of_an_account_sets_its_password() {
    let f = with_ada().await;
    let (link, session) = (token(), token());
    open_session(&f, session, NOW).await;
    let setup = SetupToken {
        center: center(),
        account: Some(f.ada),
        expires: later(HOUR_US),
    };
    f.store.put_setup_token(link, setup).await.unwrap();
    let create = Redemption::Create(new_account("second"));
    assert!(f.store.redeem_setup_token(link, create, NOW).await.is_err());
    let password = Redemption::PasswordHash("$new".to_owned());
    let expired = f
        .store
        .redeem_setup_token(link, password.clone(), later(HOUR_US))
        .await;
    assert!(
        matches!(expired, Err(AccountError::SetupTokenInvalid)),
        "{expired:?}"
    );
    f.store
        .redeem_setup_token(link, password, NOW)
        .await
        .unwrap();
    assert_eq!(
        f.store.account(f.ada).await.unwrap().unwrap().password_hash,
        "$new"
    );
    assert!(f.store.session(session, NOW).await.unwrap().is_none());
}

#[tokio::test]
async fn tv_token_shows_its_board_until_it_is_revoked() {
    let f = with_ada().await;
    let secret = token();
    let here = center();
    let created = f
        .store
        .create_tv_token(secret, &here, "sales", f.ada, NOW)
        .await;
    let id = created.unwrap();
    let tv = f.store.tv_token(secret).await.unwrap().unwrap();
    assert_eq!(
        (tv.id, tv.board.as_str(), tv.created_by),
        (id, "sales", f.ada)
    );
    assert_eq!(f.store.tv_tokens(&center()).await.unwrap(), [tv]);

    let elsewhere = CenterId::parse("fabrikam").unwrap();
    assert!(f.store.revoke_tv_token(&elsewhere, id).await.is_err());
    f.store.revoke_tv_token(&center(), id).await.unwrap();
    assert!(f.store.tv_token(secret).await.unwrap().is_none());
    assert!(f.store.tv_tokens(&center()).await.unwrap().is_empty());
    let nobody = f
        .store
        .create_tv_token(token(), &center(), "x", AccountId(99), NOW)
        .await;
    assert!(matches!(nobody, Err(AccountError::NotFound)), "{nobody:?}");
}

#[tokio::test]
async fn tokens_are_stored_as_hashes_only() {
    let f = with_ada().await;
    let token = Token::generate().unwrap();
    open_session(&f, token.hash(), NOW).await;
    assert_eq!(TokenHash::of(token.reveal()), token.hash());
    assert!(token.reveal().len() >= 43, "256 bits");
    assert_eq!(
        format!("{token:?} {:?}", token.hash()),
        "Token(..) TokenHash(..)"
    );
    for file in std::fs::read_dir(f.directory.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let secret = token.reveal().as_bytes();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
}

#[tokio::test]
async fn setup_links_are_limited_until_they_are_purged() {
    let f = with_ada().await;
    let link = || SetupToken {
        center: center(),
        account: None,
        expires: later(1),
    };
    let options = SqliteConnectOptions::new().filename(f.directory.path().join("tandem.db"));
    let mut database = SqliteConnection::connect_with(&options).await.unwrap();
    let fill = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
         INSERT INTO setup_tokens (token_hash, center, expires_us)
         SELECT CAST(n AS BLOB), 'contoso', ?2 FROM n";
    let fill = sqlx::query(fill)
        .bind(SETUP_TOKENS_PER_CENTER_MAX - 1)
        .bind(later(1).0);
    fill.execute(&mut database).await.unwrap();
    database.close().await.unwrap();

    f.store.put_setup_token(token(), link()).await.unwrap();
    let refused = f.store.put_setup_token(token(), link()).await.unwrap_err();
    assert!(
        matches!(refused, AccountError::TooMany { .. }),
        "{refused:?}"
    );
    f.store.purge_expired(later(1)).await.unwrap();
    f.store.put_setup_token(token(), link()).await.unwrap();
}

#[tokio::test]
async fn session_looks_as_another_account_until_it_does_not() {
    let f = with_ada().await;
    let token = token();
    open_session(&f, token, NOW).await;
    let view = async || f.store.session(token, NOW).await.unwrap().unwrap().view;
    assert_eq!(view().await, None);
    let other = View {
        account: AccountId(7),
        until: later(HOUR_US),
    };
    f.store.set_view(token, Some(other)).await.unwrap();
    assert_eq!(view().await, Some(other));
    f.store.set_view(token, None).await.unwrap();
    assert_eq!(view().await, None);
    let gone = f.store.set_view(TokenHash::of("guess"), Some(other)).await;
    assert!(matches!(gone, Err(AccountError::NotFound)));
}
