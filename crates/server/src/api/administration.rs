//! What administrators do to what the core does not keep goes on record: before it is done, or, where its number
//! is drawn when it is made, before anybody can use it.

use super::refusal::done;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::Admitted;
use tandem_core::administration::Administration;
use tandem_core::input::{Input, Request};
use tandem_core::role::Actor;

/// Puts an act on record. When it cannot be, it is not done.
///
/// # Errors
/// The refusal of the core, or 503.
pub(super) async fn note<D>(by: &Admitted<D>, act: Administration) -> Result<(), Problem> {
    note_by(&by.center, by.actor.clone(), act).await
}

/// The same on behalf of somebody who is not signed in.
///
/// # Errors
/// The refusal of the core, or 503.
pub(super) async fn note_by(
    center: &Center,
    actor: Actor,
    act: Administration,
) -> Result<(), Problem> {
    let request = Request::NoteAdministration(act);
    let input = Input::Asked { actor, request };
    done(center.engine.submit(input).await?)
}
