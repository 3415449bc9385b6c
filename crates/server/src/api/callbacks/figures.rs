//! What today's callbacks came to.

use crate::api::contacts::{Named, queue_named};
use crate::problem::Problem;
use crate::sign_in::FloorReader;
use axum::Json;
use serde::Serialize;
use tandem_core::callback::Callbacks;
use tandem_core::ids::QueueId;
use tandem_core::scope::Sight;
use tandem_reports::live::callbacks::CallbackFigures as Counted;
use utoipa::ToSchema;

/// Today's callbacks, each queue and all together.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct CallbackFiguresView {
    all: CallbackFigures,
    queues: Vec<QueueCallbacks>,
}

/// Today's callbacks of a queue.
#[derive(Serialize, ToSchema)]
pub(super) struct QueueCallbacks {
    queue: Named,
    #[serde(flatten)]
    figures: CallbackFigures,
}

/// Figures of callbacks. None of them is among those of callers on the line.
#[derive(Serialize, ToSchema)]
pub(super) struct CallbackFigures {
    /// At this moment.
    pending: u64,
    requested: u64,
    /// Times that a customer's phone was called.
    attempted: u64,
    connected: u64,
    cancelled: u64,
    expired: u64,
    exhausted: u64,
    /// Mean time from the begin of the wait, or of the window, until customer and agent talked.
    virtual_wait_s: Option<i64>,
    /// First attempts that began when it was promised.
    promise_kept: u64,
    promise_broken: u64,
    /// The share of them, whole percent, rounded down.
    promise_kept_percent: Option<u64>,
    /// Times that a customer was called before an agent was there.
    called_early: u64,
    /// Customers who answered such a call.
    answered_early: u64,
    /// Those of them for whom no agent came in time, and who were told so.
    nobody_free: u64,
    /// Those of them who left before an agent came.
    gave_up: u64,
    /// Mean time from the answer until an agent was there, of those who talked to one.
    second_wait_s: Option<i64>,
}

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

impl CallbackFigures {
    fn of(it: &Counted, pending: usize) -> Self {
        let promised = it.promise_kept + it.promise_broken;
        Self {
            pending: pending as u64,
            requested: it.requested,
            attempted: it.attempted,
            connected: it.connected,
            cancelled: it.cancelled,
            expired: it.expired,
            exhausted: it.exhausted,
            virtual_wait_s: mean_s(it.virtual_wait_micros, it.connected),
            promise_kept: it.promise_kept,
            promise_broken: it.promise_broken,
            promise_kept_percent: (it.promise_kept * 100).checked_div(promised),
            called_early: it.called_early,
            answered_early: it.answered_early,
            nobody_free: it.nobody_free,
            gave_up: it.gave_up,
            second_wait_s: mean_s(it.second_wait_micros, it.met_early),
        }
    }
}

fn mean_s(micros: i64, n: u64) -> Option<i64> {
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    let mean = micros.checked_div(n)?;
    Some((mean + SECOND / 2) / SECOND)
}

fn n_pending(book: &Callbacks, sight: &Sight) -> usize {
    let pending = book.iter();
    pending.filter(|(_, it)| sight.has_queue(it.queue)).count()
}

/// Today's callbacks: requested, attempted, connected, virtual wait, promises kept. Permission: see_floor; queues in
/// scope.
#[utoipa::path(get, path = "/{center}/callbacks/figures", tag = "callbacks",
    operation_id = "callback_figures", params(("center" = String, Path)),
    responses((status = 200, body = CallbackFiguresView),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn read(by: FloorReader) -> Result<Json<CallbackFiguresView>, Problem> {
    let sight = by.sight();
    let now = by.center.clock.now();
    let view = by.center.engine.view().read(|projection| {
        let state = projection.center.state();
        let (mut by_queue, all) = projection.board.callback_figures(now, &sight);
        let calling = state.settings.queues.iter();
        let calling =
            calling.filter(|(id, it)| it.document.callbacks.is_some() && sight.has_queue(*id));
        for (id, _) in calling {
            by_queue.entry(id).or_default();
        }
        let queues = by_queue
            .iter()
            .map(|(id, it): (&QueueId, &Counted)| QueueCallbacks {
                queue: queue_named(state, *id),
                figures: CallbackFigures::of(it, state.callbacks.n_in(*id)),
            });
        CallbackFiguresView {
            all: CallbackFigures::of(&all, n_pending(&state.callbacks, &sight)),
            queues: queues.collect(),
        }
    });
    Ok(Json(view))
}
