//! Whether the process lives, whether it takes calls, and its metrics. None of the three needs a
//! sign-in, and none says anything about a person.

mod check;
mod report;
mod signals;

pub(crate) use report::keep;
pub use report::{Host, Reports};
pub(crate) use report::{SystemHealth, report};
pub use signals::Signals;
pub(crate) use signals::Went;

use crate::app::App;
use crate::center::Center;
use crate::engine::Unavailable;
use crate::problem::Problem;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tandem_core::input::Input;

/// A loop that answers later than this is late.
const LAG_MAX: Duration = Duration::from_secs(1);
/// How long a loop is waited for.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(2);

/// Whether a contact center takes calls.
#[derive(Serialize)]
struct Readiness {
    center: String,
    ready: bool,
    /// How long the loop took to answer.
    lag_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// The routes.
pub fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Arc::clone(app))
}

async fn ready(State(app): State<Arc<App>>) -> Response {
    if app.drain.is_cancelled() {
        return Problem::unavailable("the process is about to stop").into_response();
    }
    let asked = app.centers.iter().map(|center| probe(center));
    let answers = futures::future::join_all(asked).await;
    let is_ready = answers.iter().all(|answer| answer.ready);
    let status = if is_ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let health = app.store.health();
    let body = serde_json::json!({
        "ready": is_ready,
        "centers": answers,
        "store": {
            "last_append_ms": health.append_latency_last.map(|it| it.as_millis()),
            "appends": health.n_appends,
            "appends_failed": health.n_appends_failed,
            "database_bytes": health.database_bytes,
        },
    });
    (status, axum::Json(body)).into_response()
}

/// How a loop answered.
struct Answered {
    /// After how long; one that did not answer at all, after the longest time that is waited.
    lag: Duration,
    /// Why it takes nothing, if so.
    refused: Option<Unavailable>,
}

/// Asks the loop whether time has come: an input that changes nothing when it has not. A loop whose
/// store does not answer refuses it.
async fn ask_loop(center: &Center) -> Answered {
    let began = Instant::now();
    let asked = center.engine.submit(Input::TimeReached);
    let answer = tokio::time::timeout(ANSWER_TIME_MAX, asked).await;
    Answered {
        lag: began.elapsed(),
        refused: answer.ok().and_then(Result::err),
    }
}

async fn probe(center: &Center) -> Readiness {
    let Answered { lag, refused } = ask_loop(center).await;
    let late = (lag > LAG_MAX).then(|| "the loop is late".to_owned());
    let reason = refused.map(|error| error.to_string()).or(late);
    let lag_ms = u64::try_from(lag.as_millis()).unwrap_or(u64::MAX);
    Readiness {
        center: center.id().to_string(),
        ready: reason.is_none(),
        lag_ms,
        reason,
    }
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let health = app.store.health();
    set("tandem_store_database_bytes", health.database_bytes);
    set("tandem_store_wal_bytes", health.wal_bytes);
    set("tandem_store_appends", health.n_appends);
    set("tandem_store_appends_failed", health.n_appends_failed);
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.metrics.render()).into_response()
}

fn set(name: &'static str, value: u64) {
    metrics::gauge!(name).set(f64::from(u32::try_from(value).unwrap_or(u32::MAX)));
}
