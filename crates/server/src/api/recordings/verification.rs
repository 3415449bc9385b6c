//! The recordings are gone through on demand, to see that nothing was changed.

use crate::api::administration::note;
use crate::api::time::Instant;
use crate::problem::Problem;
use crate::recordings::verification::{Fault, Stand, What};
use crate::sign_in::{RecordingsReader, RecordingsVerifier};
use axum::Json;
use axum::http::StatusCode;
use serde::Serialize;
use std::sync::Arc;
use tandem_core::administration::Administration;
use utoipa::ToSchema;

/// How far a verification is, or what came of the last one.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Verification {
    /// `never`, `running`, `done` or `failed`.
    state: &'static str,
    checked: u64,
    total: u64,
    faults: Vec<FaultView>,
    /// The last link of the chain, hexadecimal: noted elsewhere, it tells whether its end was cut off.
    last_link: Option<String>,
    /// When it began.
    at: Option<Instant>,
}

/// A recording that is not as it was written.
#[derive(Serialize, ToSchema)]
struct FaultView {
    id: u64,
    /// `changed`, `missing` or `chain_broken`.
    what: &'static str,
    detail: &'static str,
}

/// Begins to go through everything, if that is not under way. Permission: verify_recordings.
#[utoipa::path(post, path = "/{center}/recordings/verify", tag = "recordings",
    operation_id = "verify_recordings", params(("center" = String, Path)),
    responses((status = 202, body = Verification),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn begin(
    by: RecordingsVerifier,
) -> Result<(StatusCode, Json<Verification>), Problem> {
    note(&by, Administration::VerificationBegun).await?;
    crate::recordings::verification::begin(&by.center).await?;
    let stand = by.center.recordings.verified();
    Ok((StatusCode::ACCEPTED, Json(view(&stand))))
}

/// How far it is, or what came of the last time. Permission: hear_recordings or verify_recordings.
#[utoipa::path(get, path = "/{center}/recordings/verification", tag = "recordings",
    operation_id = "recordings_verification", params(("center" = String, Path)),
    responses((status = 200, body = Verification),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn read(by: RecordingsReader) -> Json<Verification> {
    Json(view(&by.center.recordings.verified()))
}

fn view(stand: &Arc<Stand>) -> Verification {
    Verification {
        state: stand.progress.word(),
        checked: stand.findings.n_checked,
        total: stand.n_total,
        faults: stand.findings.faults.iter().map(fault).collect(),
        last_link: stand.findings.last_link.clone(),
        at: stand.began.map(Instant),
    }
}

const fn fault(fault: &Fault) -> FaultView {
    let (what, detail) = match fault.what {
        What::Changed => ("changed", "the file is not what was written"),
        What::Missing => ("missing", "the file is not there"),
        What::ChainBroken => (
            "chain_broken",
            "its row does not follow from the one before: one of them was changed or taken out",
        ),
    };
    FaultView {
        id: fault.id,
        what,
        detail,
    }
}
