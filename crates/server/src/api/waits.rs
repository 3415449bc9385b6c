//! How long it takes in a queue, and how good what was said about it was.

use super::body::At;
use crate::problem::Problem;
use crate::sign_in::FloorReader;
use axum::Json;
use serde::Serialize;
use tandem_core::estimate::{Accuracy, Estimate, Figures, Method};
use tandem_core::ids::QueueId;
use utoipa::ToSchema;

/// The waits of a queue.
#[derive(Serialize, ToSchema)]
pub(super) struct QueueWaits {
    waiting: u64,
    /// Those who may serve it and want contacts, busy or not.
    servers: u32,
    /// Agents that the queue has for itself, in tenths: the share of their time that its contacts get. None
    /// before it was learned.
    effective_servers_tenths: Option<u32>,
    /// What somebody who joined now would be told. None while there is nothing to go by.
    newcomer: Option<EstimateView>,
    accuracy: AccuracyView,
}

/// An estimate.
#[derive(Serialize, ToSchema)]
pub(super) struct EstimateView {
    /// Half wait at most this.
    p50_s: u32,
    /// Four of five wait at most this.
    p80_s: u32,
    by: MethodView,
}

/// How a wait is estimated; docs/estimates.md has the formulas.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MethodView {
    QueueLength,
    HeadOfLine,
    LastEntered,
    Pace,
    Blend,
}

/// How good the last estimates were, over contacts that joined the line and were answered.
#[derive(Serialize, ToSchema)]
pub(super) struct AccuracyView {
    p50: FiguresView,
    p80: FiguresView,
    methods: Vec<MethodFigures>,
}

/// The figures of a method alone.
#[derive(Serialize, ToSchema)]
pub(super) struct MethodFigures {
    method: MethodView,
    figures: FiguresView,
}

/// Figures of estimates.
#[derive(Serialize, ToSchema)]
pub(super) struct FiguresView {
    /// Estimates that were held against what came true.
    n: u32,
    /// Mean absolute error.
    mean_absolute_error_ms: u32,
    /// Mean of estimate less wait: below 0, too little was said.
    bias_ms: i32,
    /// Nine of ten were off by at most this.
    p90_error_ms: u32,
    within_20_percent_permille: u32,
    within_20_percent_or_15_s_permille: u32,
    /// Waits that were at most as long as was said.
    not_longer_permille: u32,
}

impl From<Method> for MethodView {
    fn from(method: Method) -> Self {
        match method {
            Method::QueueLength => Self::QueueLength,
            Method::HeadOfLine => Self::HeadOfLine,
            Method::LastEntered => Self::LastEntered,
            Method::Pace => Self::Pace,
            Method::Blend => Self::Blend,
        }
    }
}

impl From<Estimate> for EstimateView {
    fn from(it: Estimate) -> Self {
        Self {
            p50_s: it.p50_s,
            p80_s: it.p80_s,
            by: it.by.into(),
        }
    }
}

impl From<Figures> for FiguresView {
    fn from(it: Figures) -> Self {
        Self {
            n: it.n,
            mean_absolute_error_ms: it.mae_ms,
            bias_ms: it.bias_ms,
            p90_error_ms: it.p90_ms,
            within_20_percent_permille: it.within_20_percent_permille,
            within_20_percent_or_15_s_permille: it.within_20_percent_or_15_s_permille,
            not_longer_permille: it.not_longer_permille,
        }
    }
}

impl From<&Accuracy> for AccuracyView {
    fn from(it: &Accuracy) -> Self {
        let methods = Method::ALL.into_iter().map(|method| MethodFigures {
            method: method.into(),
            figures: it.of(method).into(),
        });
        Self {
            p50: it.p50().into(),
            p80: it.p80().into(),
            methods: methods.collect(),
        }
    }
}

/// How long it takes in a queue, and how good what was said about it was. Permission: see_floor; queues
/// in scope.
#[utoipa::path(get, path = "/{center}/queues/{id}/waits", tag = "board",
    operation_id = "queue_waits",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = QueueWaits),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn read(by: FloorReader, At(id): At<u64>) -> Result<Json<QueueWaits>, Problem> {
    let queue = QueueId(id);
    by.must_see_queue(queue).await?;
    let now = by.center.clock.now();
    let read = by.center.engine.view().read(|projection| {
        let state = projection.center.state();
        state.settings.queue(queue)?;
        let estimator = state.estimates.of(queue).cloned().unwrap_or_default();
        let line = state.line_of_newcomer(now, queue);
        Some(QueueWaits {
            waiting: projection.board.n_waiting(queue),
            servers: line.servers,
            effective_servers_tenths: estimator.effective_servers_tenths(),
            newcomer: estimator.estimate(now, &line).map(Into::into),
            accuracy: estimator.accuracy().into(),
        })
    });
    read.map(Json)
        .ok_or_else(|| Problem::not_found(&format!("there is no queue {id}")))
}
