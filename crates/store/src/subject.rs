//! Personal data apart from the journal: sealed bytes under a reference, and tombstones. It must not
//! know a key: sealing and opening is [`keys`]' and happens in the caller's hands.

pub(crate) mod check;
pub(crate) mod keys;
pub(crate) mod rotation;
pub(crate) mod sqlite;
pub(crate) mod text;

use crate::Pending;
use crate::center::CenterId;
use crate::error::Error;
use tandem_core::ids::SubjectRef;

/// Ciphertext with what is needed to find its key. Made by [`keys::KeyFamily::seal`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSubject {
    pub(crate) subject: SubjectRef,
    pub(crate) key_id: u32,
    /// Nonce, ciphertext, tag.
    pub(crate) sealed: Vec<u8>,
}

impl SealedSubject {
    pub fn subject(&self) -> SubjectRef {
        self.subject
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredSubject {
    Sealed(SealedSubject),
    /// The person was erased; the reference stays valid for ever and shows nothing.
    Erased(SubjectRef),
}

impl StoredSubject {
    pub fn subject(&self) -> SubjectRef {
        match self {
            Self::Sealed(sealed) => sealed.subject,
            Self::Erased(subject) => *subject,
        }
    }
}

pub trait Subjects: Send + Sync {
    /// A reference that nobody has used. It is durable once something is put under it.
    fn draw<'a>(&'a self, center: &'a CenterId) -> Pending<'a, Result<SubjectRef, Error>>;

    /// Writes or replaces subjects in one transaction; refuses to bring an erased one back.
    fn put<'a>(
        &'a self,
        center: &'a CenterId,
        subjects: Vec<SealedSubject>,
    ) -> Pending<'a, Result<(), Error>>;

    fn get<'a>(
        &'a self,
        center: &'a CenterId,
        subject: SubjectRef,
    ) -> Pending<'a, Result<Option<StoredSubject>, Error>>;

    /// Those that exist, by reference.
    fn get_many<'a>(
        &'a self,
        center: &'a CenterId,
        subjects: &'a [SubjectRef],
    ) -> Pending<'a, Result<Vec<StoredSubject>, Error>>;

    /// Removes the bytes and leaves a tombstone, also where nothing was: a late write must not bring
    /// the person back.
    fn erase<'a>(
        &'a self,
        center: &'a CenterId,
        subject: SubjectRef,
    ) -> Pending<'a, Result<(), Error>>;
}
