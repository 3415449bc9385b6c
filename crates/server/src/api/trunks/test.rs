//! A trunk is tried while somebody waits: each host is asked whether it is there, whether it is probed or not (B-030).

use crate::api::body::At;
use crate::api::settings::Items;
use crate::edge::direct_routing::HostTried;
use crate::problem::Problem;
use crate::sign_in::SettingsEditor;
use axum::Json;
use serde::Serialize;
use std::time::Duration;
use tandem_core::ids::TrunkId;
use utoipa::ToSchema;

/// How long hosts have for an answer while somebody waits for it.
const WAIT_MAX: Duration = Duration::from_secs(8);

/// What came of asking a host.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct TriedHost {
    host: String,
    /// The status of its answer; none where none came.
    status: Option<u16>,
    /// How long it took, ms.
    took_ms: Option<u64>,
    /// What to do about it, where something is to be done.
    advice: Option<&'static str>,
}

/// Asks each host of a trunk whether it is there, and answers when all have, or after 8 s. Nothing of it is kept. Phones
/// register and are not asked. Permission: edit_settings.
#[utoipa::path(post, path = "/{center}/trunks/{id}/test", tag = "trunks", operation_id = "trunks_test",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Items<TriedHost>),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn run(
    by: SettingsEditor,
    At(id): At<u64>,
) -> Result<Json<Items<TriedHost>>, Problem> {
    let trunk = TrunkId(id);
    let is_there = by.center.engine.view().read(|projection| {
        let trunks = &projection.center.state().settings.trunks;
        trunks.contains_key(&trunk)
    });
    if !is_there {
        return Err(Problem::not_found(&format!("there is no trunk {id}")));
    }
    let line = by.center.line.get().ok_or_else(|| {
        let detail = "no listener for calls by trunks is configured: add [direct_routing] to the configuration";
        Problem::unavailable(detail)
    })?;
    let tried = line.tried(trunk, WAIT_MAX).await.into_iter();
    let items = tried.map(TriedHost::of).collect();
    Ok(Json(Items { items }))
}

impl TriedHost {
    fn of(it: HostTried) -> Self {
        let status = it.answered.map(|(status, _)| status);
        let took = it.answered.map(|(_, took)| took);
        Self {
            host: it.host,
            status,
            took_ms: took.and_then(|it| u64::try_from(it.as_millis()).ok()),
            advice: advice(status),
        }
    }
}

/// An answer of any kind but these says that somebody is there and knows us.
const fn advice(status: Option<u16>) -> Option<&'static str> {
    match status {
        None => Some(
            "nobody answers: compare host and transport, and see whether a firewall lets us through",
        ),
        Some(401 | 407) => {
            Some("the other side asks for a password: set digest_user and its secret")
        }
        Some(403) => Some(
            "the other side does not know us: compare own_name with the name that it has for this trunk",
        ),
        Some(503) => Some("the other side is full, or draining"),
        Some(_) => None,
    }
}
