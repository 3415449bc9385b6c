//! How far a contact center has come with forgetting the customers of its contacts (retention). It must not know
//! how long they are kept, nor what is forgotten.

pub(crate) mod sqlite;

use crate::Pending;
use crate::center::CenterId;
use crate::error::Error;
use tandem_core::ids::ContactId;

pub trait Forgetting: Send + Sync {
    /// The first contact that was not looked at yet.
    fn forgotten_below<'a>(&'a self, center: &'a CenterId)
    -> Pending<'a, Result<ContactId, Error>>;

    /// All contacts below this one were looked at; these of them have to wait.
    fn forgot_below<'a>(
        &'a self,
        center: &'a CenterId,
        below: ContactId,
        waiting: &'a [ContactId],
    ) -> Pending<'a, Result<(), Error>>;

    /// Contacts that had to wait, by number, from the one after `after` on.
    fn forgetting_waits<'a>(
        &'a self,
        center: &'a CenterId,
        after: ContactId,
        limit: usize,
    ) -> Pending<'a, Result<Vec<ContactId>, Error>>;

    /// One that had to wait does not any more.
    fn forgot_waiting<'a>(
        &'a self,
        center: &'a CenterId,
        contact: ContactId,
    ) -> Pending<'a, Result<(), Error>>;
}
