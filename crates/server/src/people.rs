//! Names behind references: personal data lies sealed in the store, and a small cache of what was
//! opened lately keeps boards from asking for it again and again. A name never reaches a log.

mod logins;

pub use logins::Login;

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};
use tandem_core::ids::SubjectRef;
use tandem_store::{
    AccountId, Accounts as _, CenterId, KeyFamily, SealError, SealedSubject, Store, Subjects,
};

/// Names that are kept opened; when there are more, the cache starts over. More than there can be
/// agents, so that a board of all of them does not open each name again every second.
const NAMES_CACHED_MAX: usize = 300_000;

/// The names of a contact center's people. Cheap to clone.
#[derive(Clone)]
pub struct People {
    center: CenterId,
    store: Arc<Store>,
    keys: Arc<KeyFamily>,
    opened: Arc<RwLock<BTreeMap<SubjectRef, Arc<str>>>>,
    logins: Arc<RwLock<Option<Arc<logins::ByAgent>>>>,
}

/// Why a name cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] tandem_store::Error),
    /// It could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The accounts cannot be read.
    #[error(transparent)]
    Account(#[from] tandem_store::AccountError),
}

impl People {
    /// Those of one contact center.
    #[must_use]
    pub fn new(center: CenterId, store: Arc<Store>, keys: Arc<KeyFamily>) -> Self {
        Self {
            center,
            store,
            keys,
            opened: Arc::default(),
            logins: Arc::default(),
        }
    }

    /// Seals a text under a fresh reference; durable once it is given to the store or the engine.
    ///
    /// # Errors
    /// [`PeopleError`] when there is no reference or it cannot be sealed.
    pub async fn seal(&self, text: &str) -> Result<(SubjectRef, SealedSubject), PeopleError> {
        let subject = self.store.draw(&self.center).await?;
        let sealed = self.keys.seal(&self.center, subject, text.as_bytes())?;
        Ok((subject, sealed))
    }

    /// The text under a reference, if it was opened before.
    #[must_use]
    pub fn known(&self, subject: SubjectRef) -> Option<Arc<str>> {
        let opened = self
            .opened
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        opened.get(&subject).cloned()
    }

    /// The text under a reference; `None` when it was erased or never written.
    ///
    /// # Errors
    /// [`PeopleError`] when the store does not answer or the key is not the right one.
    pub async fn name(&self, subject: SubjectRef) -> Result<Option<Arc<str>>, PeopleError> {
        if let Some(name) = self.known(subject) {
            return Ok(Some(name));
        }
        self.open(&[subject]).await?;
        Ok(self.known(subject))
    }

    /// What somebody who comes in by an account is called: by name, else by username. `None` when it is gone.
    ///
    /// # Errors
    /// [`PeopleError`] when the store does not answer or the key is not the right one.
    pub async fn of_account(&self, account: AccountId) -> Result<Option<String>, PeopleError> {
        let Some(found) = self.store.account(account).await? else {
            return Ok(None);
        };
        let name = match found.name {
            Some(name) => self.name(name).await?,
            None => None,
        };
        Ok(Some(name.map_or(found.username, |it| it.to_string())))
    }

    /// Opens those of `subjects` that are not known yet.
    ///
    /// # Errors
    /// [`PeopleError`] when the store does not answer or a key is not the right one.
    pub async fn open(&self, subjects: &[SubjectRef]) -> Result<(), PeopleError> {
        self.open_as(subjects, |plain| {
            Some(String::from_utf8_lossy(plain).into_owned())
        })
        .await
    }

    /// As [`Self::open`], but keeps what `reduce` makes of each: of a call that arrived, who calls.
    ///
    /// # Errors
    /// [`PeopleError`] when the store does not answer or a key is not the right one.
    pub async fn open_as(
        &self,
        subjects: &[SubjectRef],
        reduce: impl Fn(&[u8]) -> Option<String>,
    ) -> Result<(), PeopleError> {
        let unknown: Vec<SubjectRef> = subjects
            .iter()
            .filter(|subject| self.known(**subject).is_none())
            .copied()
            .collect();
        for page in unknown.chunks(tandem_store::limits::SUBJECTS_PER_READ_MAX) {
            let found = self.store.get_many(&self.center, page).await?;
            let mut opener = self.keys.opener(&self.center);
            for stored in found {
                let Some(plain) = opener.open(&stored)? else {
                    continue;
                };
                if let Some(text) = reduce(&plain) {
                    self.keep(stored.subject(), text.into());
                }
            }
        }
        Ok(())
    }

    /// Forgets what was opened of those: they were erased.
    pub fn forget(&self, subjects: &[SubjectRef]) {
        let opened = self.opened.write();
        let mut opened = opened.unwrap_or_else(std::sync::PoisonError::into_inner);
        for subject in subjects {
            opened.remove(subject);
        }
    }

    fn keep(&self, subject: SubjectRef, name: Arc<str>) {
        let mut opened = self
            .opened
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if opened.len() >= NAMES_CACHED_MAX {
            opened.clear();
        }
        opened.insert(subject, name);
    }
}
