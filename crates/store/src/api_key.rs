//! API keys: who made which, what each may do, and when it was used last. It must not know a key (only its
//! SHA-256 arrives) or what a scope permits.

mod sqlite;

use crate::Pending;
use crate::account::AccountError;
use crate::account::token::TokenHash;
use crate::center::{CenterId, UnixMicros};
use tandem_core::ids::AccountId;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiKey {
    pub center: CenterId,
    /// Never used before in its center, so that it says in every record who it was.
    pub name: String,
    pub scopes: Vec<String>,
    pub created_by: AccountId,
    pub expires: Option<UnixMicros>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiKeyId(pub u64);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub center: CenterId,
    /// Through which it acts.
    pub account: AccountId,
    pub name: String,
    pub scopes: Vec<String>,
    pub created_by: AccountId,
    pub created: UnixMicros,
    pub expires: Option<UnixMicros>,
    pub last_used: Option<UnixMicros>,
}

pub trait ApiKeys: Send + Sync {
    /// Makes a key, and the account through which it acts.
    fn create_api_key(
        &self,
        token: TokenHash,
        key: NewApiKey,
        now: UnixMicros,
    ) -> Pending<'_, Result<ApiKeyId, AccountError>>;

    /// `None` when it is unknown, was revoked or has expired. Notes that it was used.
    fn api_key(
        &self,
        token: TokenHash,
        now: UnixMicros,
    ) -> Pending<'_, Result<Option<ApiKey>, AccountError>>;

    /// Those that were not revoked.
    fn api_keys<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Vec<ApiKey>, AccountError>>;

    /// Its account stays, closed.
    fn revoke_api_key<'a>(
        &'a self,
        center: &'a CenterId,
        id: ApiKeyId,
    ) -> Pending<'a, Result<(), AccountError>>;
}
