//! Local accounts, their sessions, one-time set-up links and tokens of wall displays. It must not
//! know a password (the caller gives a finished hash), a token (only its SHA-256 arrives) or what a
//! role permits.

pub(crate) mod row;
pub(crate) mod sqlite;
pub(crate) mod token;

use std::fmt;

use crate::Pending;
use crate::account::token::TokenHash;
use crate::center::{CenterId, UnixMicros};
use crate::error::{Error, check_size};
use crate::limits::{
    PASSWORD_HASH_BYTES_MAX, ROLE_BYTES_MAX, ROLES_PER_ACCOUNT_MAX, USERNAME_BYTES_MAX,
};
use crate::sign_in::Renewal;
use tandem_core::ids::{AccountId, AgentId, SubjectRef};
use tandem_core::scope::Scope;

#[derive(Clone, PartialEq, Eq)]
pub struct NewAccount {
    pub center: CenterId,
    /// Unique in its center, upper and lower case being the same.
    pub username: String,
    /// A PHC string made by the caller.
    pub password_hash: String,
    pub roles: Vec<String>,
    pub agent: Option<AgentId>,
    pub name: Option<SubjectRef>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub center: CenterId,
    pub username: String,
    pub password_hash: String,
    pub roles: Vec<String>,
    pub agent: Option<AgentId>,
    pub name: Option<SubjectRef>,
    pub standing: Standing,
    pub created: UnixMicros,
    /// Who it is in the directory that vouches for them; none for a local account.
    pub person: Option<DirectoryPerson>,
    /// Whether it is an API key's, which nobody signs in with.
    pub is_key: bool,
    /// What its roles reach. Those of a directory's person outlast every sign-in.
    pub scope: Scope,
}

/// Somebody in a directory: Microsoft Entra's tenant and object id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirectoryPerson {
    pub tenant: String,
    pub object: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Active,
    /// No session opens and none is valid.
    Disabled,
}

#[derive(Clone, PartialEq, Eq)]
pub enum AccountChange {
    /// Ends all sessions of the account.
    PasswordHash(String),
    Roles(Vec<String>),
    Agent(Option<AgentId>),
    Name(Option<SubjectRef>),
    /// `Disabled` ends all sessions of the account.
    Standing(Standing),
    Scope(Scope),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub account: Account,
    pub created: UnixMicros,
    pub expires: UnixMicros,
    pub last_seen: UnixMicros,
    /// For those that a directory vouches for.
    pub renewal: Option<Renewal>,
    /// As whom it looks, instead of as its own account.
    pub view: Option<View>,
}

/// A session that looks as another account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    pub account: AccountId,
    pub until: UnixMicros,
}

/// What a one-time link is good for: a first account, or a new password for an existing one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupToken {
    pub center: CenterId,
    pub account: Option<AccountId>,
    pub expires: UnixMicros,
}

/// What the owner of a one-time link asks for.
#[derive(Clone, PartialEq, Eq)]
pub enum Redemption {
    /// For a link without an account; the center must be the link's.
    Create(NewAccount),
    /// For a link with an account; ends all its sessions.
    PasswordHash(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TvTokenId(pub u64);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TvToken {
    pub id: TvTokenId,
    pub center: CenterId,
    pub board: String,
    pub created_by: AccountId,
    pub created: UnixMicros,
}

#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("the username is taken in this contact center: choose another")]
    UsernameTaken,
    #[error("there is no such account")]
    NotFound,
    #[error("the account is disabled: enable it first")]
    Disabled,
    #[error(
        "the link is not valid: it was used, it has expired or it is for something else; ask for a new one"
    )]
    SetupTokenInvalid,
    #[error("there are already {max} {what}: remove some first")]
    TooMany { what: &'static str, max: i64 },
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<sqlx::Error> for AccountError {
    fn from(error: sqlx::Error) -> Self {
        let is_taken = error
            .as_database_error()
            .is_some_and(|e| e.is_unique_violation());
        if is_taken {
            Self::UsernameTaken
        } else {
            Self::Store(error.into())
        }
    }
}

pub trait Accounts: Send + Sync {
    fn create_account<'a>(
        &'a self,
        account: NewAccount,
        now: UnixMicros,
    ) -> Pending<'a, Result<AccountId, AccountError>>;

    fn account(&self, id: AccountId) -> Pending<'_, Result<Option<Account>, AccountError>>;

    fn account_by_username<'a>(
        &'a self,
        center: &'a CenterId,
        username: &'a str,
    ) -> Pending<'a, Result<Option<Account>, AccountError>>;

    /// By id, from the one after `after` on, a page at a time.
    fn accounts<'a>(
        &'a self,
        center: &'a CenterId,
        after: Option<AccountId>,
    ) -> Pending<'a, Result<Vec<Account>, AccountError>>;

    fn change_account(
        &self,
        id: AccountId,
        change: AccountChange,
    ) -> Pending<'_, Result<(), AccountError>>;

    /// The oldest session gives way when the account has too many.
    fn open_session<'a>(
        &'a self,
        token: TokenHash,
        account: AccountId,
        now: UnixMicros,
        expires: UnixMicros,
    ) -> Pending<'a, Result<(), AccountError>>;

    /// `None` when it is unknown, has expired or its account is disabled. Notes that it was seen.
    fn session(
        &self,
        token: TokenHash,
        now: UnixMicros,
    ) -> Pending<'_, Result<Option<Session>, AccountError>>;

    /// Has a session look as another account, or as its own again. Whether it may is not asked here.
    fn set_view(
        &self,
        token: TokenHash,
        view: Option<View>,
    ) -> Pending<'_, Result<(), AccountError>>;

    fn revoke_session(&self, token: TokenHash) -> Pending<'_, Result<(), AccountError>>;

    /// All sessions of an account; answers how many there were.
    fn revoke_sessions(&self, account: AccountId) -> Pending<'_, Result<u64, AccountError>>;

    /// Removes expired sessions and set-up links, which stay stored (and counted) until then; answers how many there were.
    fn purge_expired(&self, now: UnixMicros) -> Pending<'_, Result<u64, AccountError>>;

    fn put_setup_token(
        &self,
        token: TokenHash,
        setup: SetupToken,
    ) -> Pending<'_, Result<(), AccountError>>;

    /// Looks at a link without using it up.
    fn setup_token(
        &self,
        token: TokenHash,
        now: UnixMicros,
    ) -> Pending<'_, Result<Option<SetupToken>, AccountError>>;

    /// Uses the link up and does what it is for, both or neither.
    fn redeem_setup_token(
        &self,
        token: TokenHash,
        redemption: Redemption,
        now: UnixMicros,
    ) -> Pending<'_, Result<AccountId, AccountError>>;

    fn create_tv_token<'a>(
        &'a self,
        token: TokenHash,
        center: &'a CenterId,
        board: &'a str,
        created_by: AccountId,
        now: UnixMicros,
    ) -> Pending<'a, Result<TvTokenId, AccountError>>;

    /// `None` when it is unknown or revoked.
    fn tv_token(&self, token: TokenHash) -> Pending<'_, Result<Option<TvToken>, AccountError>>;

    fn tv_tokens<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Vec<TvToken>, AccountError>>;

    fn revoke_tv_token<'a>(
        &'a self,
        center: &'a CenterId,
        id: TvTokenId,
    ) -> Pending<'a, Result<(), AccountError>>;
}

impl NewAccount {
    fn check(&self) -> Result<(), Error> {
        let username = &self.username;
        check_size("the username in bytes", username.len(), USERNAME_BYTES_MAX)?;
        if username.is_empty() || username.trim() != username {
            return Err(Error::Invalid {
                what: "the username",
                reason: "it is empty, or begins or ends with a space".to_owned(),
            });
        }
        check_password_hash(&self.password_hash)?;
        check_roles(&self.roles)
    }
}

fn check_password_hash(hash: &str) -> Result<(), Error> {
    check_size(
        "the password hash in bytes",
        hash.len(),
        PASSWORD_HASH_BYTES_MAX,
    )
}

pub(crate) fn check_roles(roles: &[String]) -> Result<(), Error> {
    check_size(
        "the roles of an account",
        roles.len(),
        ROLES_PER_ACCOUNT_MAX,
    )?;
    roles
        .iter()
        .try_for_each(|role| check_size("a role in bytes", role.len(), ROLE_BYTES_MAX))
}

/// Neither usernames nor password hashes reach a log.
macro_rules! redacted_debug {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+};
}
redacted_debug!(NewAccount, Account, AccountChange, Redemption);
