//! The door of the live feed: who may open a socket, and from which page.

use super::places;
use super::viewer::{Viewer, Who, scope_of_link};
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::{cookie_token, session_of, standpoint_of};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;
use tandem_store::{Accounts, TokenHash};
use url::Url;

/// Bytes of a frame that a client may send.
const FRAME_BYTES_MAX: usize = 16 * 1024;

/// How those come in who cannot send a header.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Presented {
    /// A TV link's token: the board alone.
    #[serde(default)]
    k: Option<String>,
    /// A sign-in's token.
    #[serde(default)]
    access_token: Option<String>,
}

/// The live feed (WebSocket). Anybody who is signed in, and TVs by their link.
///
/// A client says `{"subscribe":["me","board"]}` or `{"unsubscribe":[..]}`. The server says
/// `{topic, seq, kind, data, ts}`: `snapshot` is all of a topic, `delta` (board and directory) a JSON merge
/// patch (RFC 7396) on what came before, `error` has `{code, detail}`, `heartbeat` comes every 2 s.
/// `seq` grows by one per topic; after a gap, subscribe again. `me` (role agent) is always a
/// snapshot, sent when something changed; `board` (permission see_floor, within the
/// scope; or a TV link, which shows what its maker may see) changes at most once a second, and so does `directory`
/// (whoever has Teams switched on), which has what moves of the first people: a field that is not there is unknown. Codes of closing: 1001 the server restarts, 1008 sign in again.
#[utoipa::path(get, path = "/{center}/live", tag = "floor", operation_id = "live",
    params(("center" = String, Path), Presented), security((), ("token" = []), ("cookie" = [])),
    responses((status = 101, description = "The feed begins."),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(crate) async fn open(
    State(app): State<Arc<App>>,
    Path(center): Path<String>,
    presented: Result<Query<Presented>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let center = app.center(&center)?;
    let hub = app.hubs.get(center.id().as_str());
    let hub = Arc::clone(hub.expect("every contact center has a hub"));
    let Query(presented) =
        presented.map_err(|rejection| Problem::bad_request(&rejection.body_text()))?;
    let who = who(&app, &center, &presented, &headers).await?;
    let upgrade = upgrade.map_err(|_rejection| {
        let detail = "this is a WebSocket: open it as one";
        Problem::new(StatusCode::UPGRADE_REQUIRED, "upgrade_required", detail)
    })?;
    if app.drain.is_cancelled() {
        return Err(Problem::unavailable(
            "the server restarts; try again in a moment",
        ));
    }
    let viewer = match &who {
        Who::Person { actor, .. } => places::Viewer::Account(actor.account),
        Who::Tv { token, .. } => places::Viewer::Link(*token),
    };
    let Some(place) = app.places.take(viewer) else {
        let detail = "too many live feeds are open; close some of your windows";
        return Err(Problem::unavailable(detail));
    };
    let upgrade = upgrade
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX);
    Ok(upgrade.on_upgrade(move |socket| async move {
        let gauge = metrics::gauge!("tandem_live_sockets");
        gauge.increment(1.0);
        Viewer::new(app, center, hub, who, socket).run().await;
        gauge.decrement(1.0);
        drop(place);
    }))
}

async fn who(
    app: &App,
    center: &Center,
    presented: &Presented,
    headers: &HeaderMap,
) -> Result<Who, Problem> {
    if let Some(link) = &presented.k {
        let token = TokenHash::of(link);
        let link = app.store.tv_token(token).await?;
        let is_ours = link.is_some_and(|link| link.center == *center.id());
        let gone =
            || Problem::unauthorized("this link was revoked; ask a supervisor for a new one");
        let scope = if is_ours {
            scope_of_link(app, token).await?
        } else {
            None
        };
        let scope = scope.ok_or_else(gone)?;
        return Ok(Who::Tv { token, scope });
    }
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    let token = match presented.access_token.as_deref().or(bearer) {
        Some(token) => token,
        None => {
            let cookie = cookie_token(headers, app.is_https);
            let token = cookie.ok_or_else(|| Problem::unauthorized("sign in first"))?;
            check_origin(headers, &app.public_base_url)?;
            token
        }
    };
    let token = TokenHash::of(token);
    let session = session_of(app, center, token).await?;
    Ok(Who::Person {
        actor: standpoint_of(app, session).await?.actor,
        token,
    })
}

/// A page of another origin must not use the cookie: browsers do not ask before they open a socket.
fn check_origin(headers: &HeaderMap, own: &Url) -> Result<(), Problem> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
    };
    let foreign = || Problem::forbidden("this page may not open the live feed");
    let origin = text(header::ORIGIN)
        .and_then(|origin| Url::parse(origin).ok())
        .ok_or_else(foreign)?;
    if origin.origin() == own.origin() {
        return Ok(());
    }
    let authority = origin.authority();
    let is_same = text(header::HOST).is_some_and(|host| host.eq_ignore_ascii_case(authority));
    if is_same { Ok(()) } else { Err(foreign()) }
}
