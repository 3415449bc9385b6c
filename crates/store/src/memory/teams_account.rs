//! Teams accounts in memory.

use super::MemoryStore;
use crate::Pending;
use crate::center::{CenterId, UnixMicros};
use crate::error::Error;
use crate::teams_account::{
    NewTeamsAccount, TeamsAccount, TeamsAccountError, TeamsAccounts, TeamsSwitch, check_findings,
    check_sign_in,
};
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::ids::AccountId;

/// What is kept of one center.
#[derive(Default)]
pub(super) struct Kept {
    /// Of the account that is there, or of the last one.
    version: u64,
    account: Option<TeamsAccount>,
    users: BTreeSet<AccountId>,
    sign_ins: BTreeMap<AccountId, String>,
}

impl Kept {
    fn must_stand(&self, version: u64) -> Result<(), TeamsAccountError> {
        match &self.account {
            None => Err(TeamsAccountError::NotFound),
            Some(_) if self.version == version => Ok(()),
            Some(_) => Err(TeamsAccountError::Conflict {
                actual: self.version,
            }),
        }
    }

    fn put(&mut self, new: NewTeamsAccount, now: UnixMicros) -> u64 {
        let NewTeamsAccount {
            document,
            secret,
            findings,
        } = new;
        self.version += 1;
        self.account = Some(TeamsAccount {
            version: self.version,
            document,
            secret,
            findings,
            changed: now,
        });
        self.version
    }
}

impl MemoryStore {
    fn teams<T>(&self, center: &CenterId, act: impl FnOnce(&mut Kept) -> T) -> T {
        self.with_center(center, |it| act(&mut it.teams))
    }
}

impl TeamsAccounts for MemoryStore {
    fn teams_account<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<TeamsAccount>, Error>> {
        let account = self.teams(center, |kept| kept.account.clone());
        Box::pin(async move { Ok(account) })
    }

    fn create_teams_account<'a>(
        &'a self,
        center: &'a CenterId,
        new: NewTeamsAccount,
        now: UnixMicros,
    ) -> Pending<'a, Result<u64, TeamsAccountError>> {
        let made = new.check_size().map_err(TeamsAccountError::from);
        let made = made.and_then(|()| {
            self.teams(center, |kept| match kept.account {
                Some(_) => Err(TeamsAccountError::Exists),
                None => Ok(kept.put(new, now)),
            })
        });
        Box::pin(async move { made })
    }

    fn change_teams_account<'a>(
        &'a self,
        center: &'a CenterId,
        version: u64,
        new: NewTeamsAccount,
        now: UnixMicros,
    ) -> Pending<'a, Result<u64, TeamsAccountError>> {
        let changed = new.check_size().map_err(TeamsAccountError::from);
        let changed = changed.and_then(|()| {
            self.teams(center, |kept| {
                kept.must_stand(version)?;
                Ok(kept.put(new, now))
            })
        });
        Box::pin(async move { changed })
    }

    fn remove_teams_account<'a>(
        &'a self,
        center: &'a CenterId,
        version: u64,
        _now: UnixMicros,
    ) -> Pending<'a, Result<(), TeamsAccountError>> {
        let removed = self.teams(center, |kept| {
            kept.must_stand(version)?;
            kept.version += 1;
            kept.account = None;
            kept.users.clear();
            kept.sign_ins.clear();
            Ok(())
        });
        Box::pin(async move { removed })
    }

    fn note_teams_findings<'a>(
        &'a self,
        center: &'a CenterId,
        version: u64,
        findings: String,
    ) -> Pending<'a, Result<(), Error>> {
        let noted = check_findings(&findings).map(|()| {
            self.teams(center, |kept| {
                let account = kept.account.as_mut();
                if let Some(account) = account.filter(|it| it.version == version) {
                    account.findings = Some(findings);
                }
            });
        });
        Box::pin(async move { noted })
    }

    fn switch_teams<'a>(
        &'a self,
        center: &'a CenterId,
        account: AccountId,
        to: TeamsSwitch,
    ) -> Pending<'a, Result<(), TeamsAccountError>> {
        let switched = self.teams(center, |kept| {
            match (to, &kept.account) {
                (TeamsSwitch::Off, _) => kept.users.remove(&account),
                (TeamsSwitch::On, Some(_)) => kept.users.insert(account),
                (TeamsSwitch::On, None) => return Err(TeamsAccountError::NotFound),
            };
            Ok(())
        });
        Box::pin(async move { switched })
    }

    fn teams_users<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<BTreeSet<AccountId>, Error>> {
        let users = self.teams(center, |kept| kept.users.clone());
        Box::pin(async move { Ok(users) })
    }

    fn teams_sign_ins<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<BTreeMap<AccountId, String>, Error>> {
        let sign_ins = self.teams(center, |kept| kept.sign_ins.clone());
        Box::pin(async move { Ok(sign_ins) })
    }

    fn keep_teams_sign_in<'a>(
        &'a self,
        center: &'a CenterId,
        account: AccountId,
        sealed: String,
    ) -> Pending<'a, Result<(), TeamsAccountError>> {
        let kept = check_sign_in(&sealed).map_err(TeamsAccountError::from);
        let kept = kept.and_then(|()| {
            self.teams(center, |kept| match kept.account {
                Some(_) => {
                    kept.sign_ins.insert(account, sealed);
                    Ok(())
                }
                None => Err(TeamsAccountError::NotFound),
            })
        });
        Box::pin(async move { kept })
    }

    fn forget_teams_sign_in<'a>(
        &'a self,
        center: &'a CenterId,
        account: AccountId,
    ) -> Pending<'a, Result<(), Error>> {
        self.teams(center, |kept| kept.sign_ins.remove(&account));
        Box::pin(async move { Ok(()) })
    }
}
