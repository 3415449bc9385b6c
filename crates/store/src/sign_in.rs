//! Sign-ins that a directory vouches for, and the sessions that an account has open. It must not know the
//! directory's protocol: a refresh token arrives sealed, and who somebody is arrives decided.

mod sqlite;

use crate::Pending;
use crate::account::token::TokenHash;
use crate::account::{Account, AccountError, DirectoryPerson};
use crate::center::{CenterId, UnixMicros};
use std::fmt;
use tandem_core::ids::{AccountId, AgentId, SubjectRef};

/// Somebody whom the directory let in, with all that it says of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Admission {
    pub center: CenterId,
    pub person: DirectoryPerson,
    /// What they are called in the directory; another name is made of it when it is taken here.
    pub username: String,
    pub roles: Vec<String>,
    /// The agent that they are. Its local account, if there is one, becomes theirs.
    pub agent: Option<AgentId>,
    pub name: Option<SubjectRef>,
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admission").finish_non_exhaustive()
    }
}

/// Until when the directory's word holds, and what it is asked with.
#[derive(Clone, PartialEq, Eq)]
pub struct Renewal {
    /// Sealed by the caller.
    pub sealed: String,
    /// When the directory last said yes.
    pub confirmed: UnixMicros,
    /// When it is asked again.
    pub due: UnixMicros,
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renewal")
            .field("confirmed", &self.confirmed)
            .field("due", &self.due)
            .finish_non_exhaustive()
    }
}

/// A session by a name that opens nothing: the beginning of its token's hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

impl SessionId {
    pub fn of(token: TokenHash) -> Self {
        let start = token.as_bytes().first_chunk();
        Self(u64::from_be_bytes(
            *start.expect("a hash has 32 bytes, which are more than 8"),
        ))
    }
}

/// A session as its owner sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenSession {
    pub id: SessionId,
    pub created: UnixMicros,
    pub expires: UnixMicros,
    pub last_seen: UnixMicros,
    /// When the directory is asked again; `None` for one that was opened by a password.
    pub due: Option<UnixMicros>,
}

pub trait SignIns: Send + Sync {
    /// The account of somebody, if there is one yet.
    fn account_of<'a>(
        &'a self,
        center: &'a CenterId,
        person: &'a DirectoryPerson,
    ) -> Pending<'a, Result<Option<Account>, AccountError>>;

    /// Makes the account of somebody whom the directory let in, or brings it up to date; both or neither.
    fn admit(
        &self,
        admission: Admission,
        now: UnixMicros,
    ) -> Pending<'_, Result<AccountId, AccountError>>;

    /// Has the directory's word noted with an open session.
    fn confirm_session(
        &self,
        token: TokenHash,
        renewal: Renewal,
    ) -> Pending<'_, Result<(), AccountError>>;

    /// Those that are open, newest first.
    fn sessions(
        &self,
        account: AccountId,
        now: UnixMicros,
    ) -> Pending<'_, Result<Vec<OpenSession>, AccountError>>;

    /// Ends one session of an account.
    fn end_session(
        &self,
        account: AccountId,
        id: SessionId,
    ) -> Pending<'_, Result<(), AccountError>>;
}
