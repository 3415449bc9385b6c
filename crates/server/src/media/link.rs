//! Links to sounds: which sound, until when, and a signature that only this installation can make. A link
//! is made when an order is carried out, so neither the journal nor a log has one.

use crate::problem::Problem;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use tandem_core::prompt::SoundId;
use tandem_store::{CenterId, KeyFamily};

/// How long a sound that is played once may take to be fetched, s.
pub(crate) const ONCE_SECONDS: i64 = 600;
/// How long one that is played again and again may be, s. Whether the service fetches it anew each time is not
/// published, and a customer waits four hours at most.
pub(crate) const LOOP_SECONDS: i64 = 5 * 3_600;

/// The part of a link behind the path.
#[derive(Deserialize)]
pub(super) struct Signed {
    #[serde(default)]
    expires: i64,
    #[serde(default)]
    signature: String,
}

/// A link to a sound of a contact center, good until an instant in Unix seconds.
pub(crate) fn made(
    keys: &KeyFamily,
    center: &CenterId,
    base_url: &str,
    id: &SoundId,
    expires_s: i64,
) -> String {
    let base_url = base_url.trim_end_matches('/');
    let signature = keys.link_signature(center, &signed_text(id, expires_s));
    let signature = URL_SAFE_NO_PAD.encode(signature);
    format!("{base_url}/media/{center}/{id}.wav?expires={expires_s}&signature={signature}")
}

/// Until when a link is good, if it is one.
pub(super) fn check(
    keys: &KeyFamily,
    center: &CenterId,
    id: &SoundId,
    signed: &Signed,
    now_s: i64,
) -> Result<i64, Problem> {
    let refused = |code, detail: &str| Err(Problem::new(StatusCode::FORBIDDEN, code, detail));
    let signature = URL_SAFE_NO_PAD
        .decode(&signed.signature)
        .unwrap_or_default();
    let text = signed_text(id, signed.expires);
    if !keys.is_link_signature(center, &text, &signature) {
        return refused(
            "link_forged",
            "this link was not made here, or was changed on the way; use it as it was given",
        );
    }
    if signed.expires <= now_s {
        return refused(
            "link_expired",
            "this link has expired; a new one is made each time that the sound is played",
        );
    }
    Ok(signed.expires)
}

fn signed_text(id: &SoundId, expires_s: i64) -> String {
    format!("sound/{id}/{expires_s}")
}
