//! What a browser that comes back from Microsoft has in common, whatever it was sent there for (B-038, B-219): a state that
//! is kept as a hash, a line on record, and a page of ours to go on to.

use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::actor_of;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tandem_core::administration::{Administration, TeamsAct};
use tandem_core::ids::AccountId;
use tandem_core::input::{Input, Request};
use tandem_store::Accounts;
use url::Url;

/// What is kept of a state.
pub(super) fn hash(state: &str) -> Vec<u8> {
    digest(&SHA256, state.as_bytes()).as_ref().to_vec()
}

/// Whether it is the state of which this was kept.
pub(super) fn is_state_of(kept: &[u8], state: &str) -> bool {
    verify_slices_are_equal(kept, &hash(state)).is_ok()
}

/// The address that has to be registered for the application.
pub(super) fn way_back(base: &Url, path: &str) -> String {
    let mut back = base.clone();
    back.set_path(path);
    back.to_string()
}

/// On record, on behalf of whoever began it; not of an account that is gone.
pub(super) async fn note(
    app: &App,
    center: &Center,
    by: AccountId,
    act: TeamsAct,
) -> Result<(), Problem> {
    let Some(account) = app.store.account(by).await? else {
        return Ok(());
    };
    let request = Request::NoteAdministration(Administration::Teams(act));
    let actor = actor_of(&account);
    let asked = Input::Asked { actor, request };
    center.engine.submit(asked).await?;
    Ok(())
}

/// On to a page, which reads what came of it.
pub(super) fn back(page: &str, about: &str, word: &str) -> Response {
    let to = format!("{page}?{about}={word}");
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}
