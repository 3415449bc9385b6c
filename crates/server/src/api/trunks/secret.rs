//! What somebody of a trunk proves themselves by: sealed when it comes, told to nobody, and gone when another takes its
//! place.

use crate::api::body::{Body, Of};
use crate::api::me::Nothing;
use crate::api::refusal::done;
use crate::problem::Problem;
use crate::sign_in::SettingsEditor;
use axum::Json;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tandem_core::ids::TrunkId;
use tandem_core::input::{Input, Request};
use tandem_store::Subjects as _;
use utoipa::ToSchema;

/// Characters of a secret at most.
const SECRET_CHARS_MAX: usize = 256;

/// A secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct TrunkSecret {
    #[schema(value_type = String, format = Password)]
    secret: SecretString,
}

/// Sets what the digest user or a phone of a trunk proves itself by. Permission: edit_settings.
#[utoipa::path(put, path = "/{center}/trunks/{id}/secrets/{user}", tag = "trunks",
    operation_id = "trunks_set_secret", request_body = TrunkSecret,
    params(("center" = String, Path), ("id" = u64, Path), ("user" = String, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn set(
    by: SettingsEditor,
    Of(id, user): Of,
    Body(sent): Body<TrunkSecret>,
) -> Result<Json<Nothing>, Problem> {
    let center = &by.center;
    let secret = sent.secret.expose_secret();
    if secret.is_empty()
        || secret.chars().count() > SECRET_CHARS_MAX
        || secret.contains(char::is_control)
    {
        let detail = "write 1 to 256 characters without control characters";
        return Err(Problem::invalid("secret", detail));
    }
    let trunk = TrunkId(id);
    let before = center.engine.view().read(|projection| {
        let secrets = &projection.center.state().settings.trunk_secrets;
        secrets.get(&trunk)?.get(&user).copied()
    });
    let (secret, sealed) = center.people.seal(secret).await?;
    let request = Request::SetTrunkSecret {
        trunk,
        user,
        secret,
    };
    let input = Input::Asked {
        actor: by.actor.clone(),
        request,
    };
    done(center.engine.submit_and_see(input, vec![sealed]).await?)?;
    if let Some(before) = before {
        center.store.erase(center.engine.center(), before).await?;
    }
    Ok(Json(Nothing {}))
}
