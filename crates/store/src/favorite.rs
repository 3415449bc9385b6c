//! Whom somebody keeps at the top of the directory. A person is an opaque id here: whether there is one of it is not asked.

mod sqlite;

use crate::Pending;
use crate::center::CenterId;
use crate::error::{Error, check_size};
use crate::limits::{FAVORITE_BYTES_MAX, FAVORITES_MAX};
use std::collections::BTreeSet;
use tandem_core::ids::AccountId;

/// Whether somebody is kept at the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Favor {
    Kept,
    Dropped,
}

#[derive(Debug, thiserror::Error)]
pub enum FavoriteError {
    #[error("there are {FAVORITES_MAX} favorites already")]
    Full,
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<sqlx::Error> for FavoriteError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

pub(crate) fn check_person(person: &str) -> Result<(), Error> {
    check_size("the id of a person", person.len(), FAVORITE_BYTES_MAX)
}

pub trait Favorites: Send + Sync {
    /// Those of one account.
    fn favorites<'a>(
        &'a self,
        center: &'a CenterId,
        account: AccountId,
    ) -> Pending<'a, Result<BTreeSet<String>, Error>>;

    /// Keeps somebody at the top, or no longer. What is so already stays so.
    fn favor<'a>(
        &'a self,
        center: &'a CenterId,
        account: AccountId,
        person: &'a str,
        to: Favor,
    ) -> Pending<'a, Result<(), FavoriteError>>;
}
