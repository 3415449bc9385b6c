//! Favorites in memory.

use super::MemoryStore;
use crate::Pending;
use crate::center::CenterId;
use crate::error::Error;
use crate::favorite::{Favor, FavoriteError, Favorites, check_person};
use crate::limits::FAVORITES_MAX;
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::ids::AccountId;

/// What is kept of one center.
pub(super) type Kept = BTreeMap<AccountId, BTreeSet<String>>;

impl Favorites for MemoryStore {
    fn favorites<'a>(
        &'a self,
        center: &'a CenterId,
        account: AccountId,
    ) -> Pending<'a, Result<BTreeSet<String>, Error>> {
        let found = self.with_center(center, |it| it.favorites.get(&account).cloned());
        Box::pin(async move { Ok(found.unwrap_or_default()) })
    }

    fn favor<'a>(
        &'a self,
        center: &'a CenterId,
        account: AccountId,
        person: &'a str,
        to: Favor,
    ) -> Pending<'a, Result<(), FavoriteError>> {
        let favored = check_person(person)
            .map_err(FavoriteError::from)
            .and_then(|()| {
                self.with_center(center, |it| {
                    let own = it.favorites.entry(account).or_default();
                    match to {
                        Favor::Dropped => {
                            own.remove(person);
                        }
                        Favor::Kept if own.contains(person) || own.len() < FAVORITES_MAX => {
                            own.insert(person.to_owned());
                        }
                        Favor::Kept => return Err(FavoriteError::Full),
                    }
                    Ok(())
                })
            });
        Box::pin(async move { favored })
    }
}
