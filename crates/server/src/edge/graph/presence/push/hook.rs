//! Where Graph tells: the handshake (B-229), and notices, which are answered at once and looked at afterwards (B-230). What
//! does not say the word of our subscriptions is counted and forgotten.

use super::{Told, client_state, count};
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Deserialize;
use std::sync::Arc;
use tandem_microsoft::graph::notice::{Notice, Notices, ParseError};
use tandem_microsoft::limits::GRAPH_NOTICE_BYTES_MAX;
use url::Url;

/// Characters of a handshake's token.
const VALIDATION_CHARS_MAX: usize = 2_048;

/// The route of all contact centers.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let hook = post(deliver).layer(DefaultBodyLimit::max(GRAPH_NOTICE_BYTES_MAX));
    Router::new()
        .route("/api/graph/{center}", hook)
        .with_state(Arc::clone(app))
}

/// The address that subscriptions of a contact center name.
pub(super) fn address(center: &Center) -> String {
    let mut url: Url = center.config.public_base_url.clone();
    url.set_path(&format!("/api/graph/{}", center.id()));
    url.to_string()
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    validation_token: Option<String>,
}

/// `POST /api/graph/{center}`.
async fn deliver(
    State(app): State<Arc<App>>,
    Path(center): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let center = app.centers.get(&center).cloned();
    let center = center.ok_or_else(|| Problem::not_found("there is no such path"))?;
    let Query(asked) = asked.unwrap_or_default();
    if let Some(token) = asked.validation_token {
        return shaken(token);
    }
    let body = body.map_err(|rejection| Problem::from_body(&rejection))?;
    let notices = Notices::parse(&body).map_err(|error| match error {
        ParseError::TooLong => Problem::too_large(&error.to_string()),
        ParseError::Json => Problem::bad_request(&error.to_string()),
    })?;
    take(&center, notices);
    Ok(StatusCode::ACCEPTED.into_response())
}

/// The token as it was sent, as text and never as a page.
fn shaken(token: String) -> Result<Response, Problem> {
    if token.chars().count() > VALIDATION_CHARS_MAX {
        return Err(Problem::bad_request("the validation token is too long"));
    }
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((StatusCode::OK, headers, token).into_response())
}

fn take(center: &Center, notices: Notices) {
    let wanted = client_state(&center.keys, center.id());
    let is_ours = |it: &Notice| {
        let said = it.client_state.as_deref().unwrap_or_default();
        verify_slices_are_equal(said.as_bytes(), wanted.as_bytes()).is_ok()
    };
    let n_all = notices.value.len();
    let items: Vec<Notice> = notices.value.into_iter().filter(is_ours).collect();
    let n_forged = n_all - items.len();
    if n_forged > 0 {
        count("forged", n_forged);
        tracing::info!(center = %center.id(), n_forged, "notices that nobody here subscribed to");
    }
    let n_ours = items.len();
    let told = Told {
        items,
        validation_tokens: notices.validation_tokens,
    };
    if n_ours > 0 && !center.teams.presences.push.give(told) {
        count("overflow", n_ours);
        tracing::warn!(center = %center.id(), "more notices than can wait: everybody is asked about instead");
    }
}
