//! Contacts out of the history: those that memory has forgotten.

use crate::center::Center;
use crate::engine::history::read_detail;
use crate::problem::Problem;
use tandem_core::ids::ContactId;
use tandem_reports::history::Past;
use tandem_reports::story::Story;
use tandem_store::History;

/// Looks at the story of a contact, however long ago it was; none: there is no such contact.
pub(in crate::api) async fn look<T>(
    center: &Center,
    contact: ContactId,
    look: impl Fn(&Story) -> T,
) -> Result<Option<T>, Problem> {
    let present = center
        .engine
        .view()
        .read(|projection| projection.stories.story(contact).map(&look));
    if present.is_some() {
        return Ok(present);
    }
    let past = read(center, contact).await?;
    Ok(past.map(|past| look(&past.story)))
}

/// A contact as the history has it; a moment behind the loop.
pub(in crate::api) async fn read(
    center: &Center,
    contact: ContactId,
) -> Result<Option<Past>, Problem> {
    let entry = center.store.history_entry(center.id(), contact).await?;
    let Some(entry) = entry else { return Ok(None) };
    let past = read_detail(&entry.detail).map_err(|error| {
        tracing::error!(center = %center.id(), %contact, %error, "a contact of the history cannot be read");
        Problem::unavailable("the history of this contact cannot be read at the moment")
    })?;
    Ok(Some(past))
}
