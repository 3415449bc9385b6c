//! The one Teams account of a contact center (B-058), what was found out about it, the accounts of people who have Teams
//! switched on, and who signed in to Teams for the contact center. It must not know what the document says; the
//! credential and what sign-ins left arrive sealed.

mod sqlite;

use crate::Pending;
use crate::center::{CenterId, UnixMicros};
use crate::error::{Error, check_size};
use crate::limits::{
    TEAMS_DOCUMENT_BYTES_MAX, TEAMS_FINDINGS_BYTES_MAX, TEAMS_SECRET_BYTES_MAX,
    TEAMS_SIGN_IN_BYTES_MAX,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use tandem_core::ids::AccountId;

/// What a Teams account shall say.
#[derive(Clone, PartialEq, Eq)]
pub struct NewTeamsAccount {
    pub document: String,
    /// Sealed by the caller.
    pub secret: Option<String>,
    /// What was found out is forgotten, because it is of another application.
    pub findings: Option<String>,
}

/// The Teams account as it stands.
#[derive(Clone, PartialEq, Eq)]
pub struct TeamsAccount {
    /// Another one after every change, and never one that an earlier account had.
    pub version: u64,
    pub document: String,
    pub secret: Option<String>,
    /// What was found out about it; no version of its own.
    pub findings: Option<String>,
    pub changed: UnixMicros,
}

impl fmt::Debug for NewTeamsAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewTeamsAccount").finish_non_exhaustive()
    }
}

impl fmt::Debug for TeamsAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TeamsAccount")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl NewTeamsAccount {
    pub(crate) fn check_size(&self) -> Result<(), Error> {
        let bytes = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let (document, secret) = (self.document.len(), bytes(&self.secret));
        check_size("a Teams account", document, TEAMS_DOCUMENT_BYTES_MAX)?;
        check_size("a sealed credential", secret, TEAMS_SECRET_BYTES_MAX)?;
        check_findings(self.findings.as_deref().unwrap_or_default())
    }
}

pub(crate) fn check_findings(findings: &str) -> Result<(), Error> {
    let what = "what was found out about a Teams account";
    check_size(what, findings.len(), TEAMS_FINDINGS_BYTES_MAX)
}

pub(crate) fn check_sign_in(sealed: &str) -> Result<(), Error> {
    check_size("a sign-in to Teams", sealed.len(), TEAMS_SIGN_IN_BYTES_MAX)
}

/// Whether somebody has Teams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeamsSwitch {
    On,
    Off,
}

#[derive(Debug, thiserror::Error)]
pub enum TeamsAccountError {
    #[error("there is no Teams account")]
    NotFound,
    #[error("there is a Teams account already")]
    Exists,
    #[error("the Teams account has changed since; it has version {actual} now")]
    Conflict { actual: u64 },
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<sqlx::Error> for TeamsAccountError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

pub trait TeamsAccounts: Send + Sync {
    fn teams_account<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<TeamsAccount>, Error>>;

    /// Answers its version.
    fn create_teams_account<'a>(
        &'a self,
        center: &'a CenterId,
        new: NewTeamsAccount,
        now: UnixMicros,
    ) -> Pending<'a, Result<u64, TeamsAccountError>>;

    /// Answers the new version.
    fn change_teams_account<'a>(
        &'a self,
        center: &'a CenterId,
        version: u64,
        new: NewTeamsAccount,
        now: UnixMicros,
    ) -> Pending<'a, Result<u64, TeamsAccountError>>;

    /// Removes it with its credential and with everybody's sign-in, and switches Teams off for everybody, all or nothing
    /// (B-060).
    fn remove_teams_account<'a>(
        &'a self,
        center: &'a CenterId,
        version: u64,
        now: UnixMicros,
    ) -> Pending<'a, Result<(), TeamsAccountError>>;

    /// Keeps what was found out about the account of this version; about another one it is worth nothing.
    fn note_teams_findings<'a>(
        &'a self,
        center: &'a CenterId,
        version: u64,
        findings: String,
    ) -> Pending<'a, Result<(), Error>>;

    /// Switches Teams on or off for one account. Nothing is switched on while there is no Teams account.
    fn switch_teams<'a>(
        &'a self,
        center: &'a CenterId,
        account: AccountId,
        to: TeamsSwitch,
    ) -> Pending<'a, Result<(), TeamsAccountError>>;

    /// Those who have it switched on.
    fn teams_users<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<BTreeSet<AccountId>, Error>>;

    /// What the sign-ins of people left, sealed.
    fn teams_sign_ins<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<BTreeMap<AccountId, String>, Error>>;

    /// Keeps what somebody's sign-in left, in place of what an earlier one did. Nothing is kept while there is no Teams
    /// account.
    fn keep_teams_sign_in<'a>(
        &'a self,
        center: &'a CenterId,
        account: AccountId,
        sealed: String,
    ) -> Pending<'a, Result<(), TeamsAccountError>>;

    /// Forgets somebody's sign-in, if there was one.
    fn forget_teams_sign_in<'a>(
        &'a self,
        center: &'a CenterId,
        account: AccountId,
    ) -> Pending<'a, Result<(), Error>>;
}
