//! Finds a wrong data key at the start instead of at the first caller: a known subject under a
//! reserved reference, sealed with the current key, holds a hash made with the first one.

use tandem_core::ids::SubjectRef;

use super::keys::{KeyFamily, SealError};
use super::{StoredSubject, Subjects};
use crate::center::CenterId;
use crate::error::Error;

/// References are drawn from 1 on.
const RESERVED: SubjectRef = SubjectRef(0);
const FIRST_DRAWN: SubjectRef = SubjectRef(1);
const KNOWN_TEXT: &str = "tandem key check v1";

#[derive(Debug, thiserror::Error)]
pub enum KeyCheckError {
    #[error(transparent)]
    Key(#[from] SealError),
    #[error(
        "the first data key is another than the one that the phone hashes in the journal were made with: put the old first key back, and add new keys behind it"
    )]
    FirstKeyChanged,
    #[error(transparent)]
    Store(#[from] Error),
}

/// To be called at the start for each contact center. The first call, and the first after a
/// rotation, leave a row sealed with the current key.
pub async fn check_keys(
    subjects: &(impl Subjects + ?Sized),
    center: &CenterId,
    keys: &KeyFamily,
) -> Result<(), KeyCheckError> {
    let known = keys.phone_hash(center, KNOWN_TEXT).0.to_be_bytes();
    let stored = subjects.get(center, RESERVED).await?;
    if let Some(stored) = &stored {
        match keys.open(center, stored)? {
            Some(found) if found == known => {}
            Some(_) => return Err(KeyCheckError::FirstKeyChanged),
            None => return Err(Error::Erased(RESERVED.0).into()),
        }
    }
    // Directories of before the check was made at each start have no known subject yet.
    if stored.is_none()
        && let Some(first) = subjects.get(center, FIRST_DRAWN).await?
    {
        keys.open(center, &first)?;
    }
    let is_current = match stored {
        Some(StoredSubject::Sealed(sealed)) => sealed.key_id == keys.current_id(),
        Some(StoredSubject::Erased(_)) | None => false,
    };
    if !is_current {
        subjects
            .put(center, vec![keys.seal(center, RESERVED, &known)?])
            .await?;
    }
    Ok(())
}
