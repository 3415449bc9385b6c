//! Queue performance: what each queue came to in a period.

use super::asked::{self, Days};
use super::variant::{self, VariantAsked};
use super::{EngagementFigures, MetricView, PeriodView, RatioView, metrics};
use crate::api::body::Query;
use crate::api::contacts::{Named, queue_named};
use crate::api::time::Instant;
use crate::problem::Problem;
use crate::sign_in::FloorReader;
use axum::Json;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tandem_core::ids::QueueId;
use tandem_core::performance::{QueueSums, StayEnd};
use tandem_core::state::State;
use tandem_reports::performance::interval::Interval;
use tandem_reports::performance::rates::WaitRates;
use tandem_reports::performance::service_level::Variant;
use tandem_reports::performance::tables::{QueueRow, QueueTable};
use tandem_store::Figures;
use utoipa::ToSchema;

/// Which queues.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(in crate::api) struct QueuesAsked {
    /// Numbers of queues with commas between them; all in scope when left out.
    queue_ids: Option<String>,
}

/// Queue performance.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct QueuePerformance {
    pub(super) period: PeriodView,
    pub(super) service_level: ServiceLevelView,
    /// Each queue in scope of which there is anything, or that is named.
    pub(super) queues: Vec<QueueRowView>,
    /// All of them together.
    pub(super) all: QueueIntervals,
    /// What each figure means.
    pub(super) metrics: Vec<MetricView>,
}

/// Which service level is told.
#[derive(Serialize, ToSchema)]
pub(super) struct ServiceLevelView {
    /// The id of the formula.
    variant: &'static str,
    /// `in_force` when a stay ended, `of_today` for all of the past, or `x_s`.
    pub(super) threshold: &'static str,
    /// The thresholds that were in force, by version of the queue's settings.
    pub(super) in_force: Vec<ThresholdView>,
}

/// A threshold and since when it is one.
#[derive(Serialize, ToSchema)]
pub(super) struct ThresholdView {
    pub(super) queue_id: u64,
    /// Of the queue's settings.
    pub(super) version: u64,
    pub(super) threshold_s: u32,
    pub(super) short_abandon_s: u32,
}

/// A queue.
#[derive(Serialize, ToSchema)]
pub(super) struct QueueRowView {
    pub(super) queue: Named,
    #[serde(flatten)]
    pub(super) figures: QueueIntervals,
}

/// The whole and its parts.
#[derive(Serialize, ToSchema)]
pub(super) struct QueueIntervals {
    pub(super) total: QueueFigures,
    pub(super) intervals: Vec<QueueInterval>,
}

/// An interval.
#[derive(Serialize, ToSchema)]
pub(super) struct QueueInterval {
    pub(super) from: Instant,
    pub(super) to: Instant,
    pub(super) figures: QueueFigures,
}

/// What a queue came to: counts, and averages and shares of them.
#[derive(Serialize, ToSchema)]
pub(super) struct QueueFigures {
    carried_in: u64,
    offered: u64,
    answered: u64,
    answered_in_time: u64,
    abandoned: u64,
    short_abandoned: u64,
    flow_out: u64,
    removed: u64,
    carried_out: u64,
    blocked: u64,
    service_level: RatioView,
    asa_s: Option<i64>,
    ata_s: Option<i64>,
    longest_wait_s: Option<i64>,
    ring_s: Option<i64>,
    abandon_rate: RatioView,
    blocked_rate: RatioView,
    #[serde(flatten)]
    engagements: EngagementFigures,
}

impl QueueFigures {
    fn of(sums: &QueueSums, (carried_in, carried_out): (u64, u64), variant: Variant) -> Self {
        let rates = WaitRates::of(sums);
        let n = |end| sums.left(end).n;
        Self {
            carried_in,
            offered: sums.offered,
            answered: n(StayEnd::Answered),
            answered_in_time: sums.left(StayEnd::Answered).in_time,
            abandoned: n(StayEnd::Abandoned),
            short_abandoned: n(StayEnd::ShortAbandoned),
            flow_out: n(StayEnd::FlowOut),
            removed: n(StayEnd::Removed),
            carried_out,
            blocked: n(StayEnd::Blocked),
            service_level: variant.ratio(sums).into(),
            asa_s: rates.asa_s,
            ata_s: rates.ata_s,
            longest_wait_s: rates.longest_s,
            ring_s: rates.ring_s,
            abandon_rate: rates.abandoned.into(),
            blocked_rate: rates.blocked.into(),
            engagements: EngagementFigures::of(&sums.engagements),
        }
    }
}

impl QueueIntervals {
    fn of(row: &QueueRow, intervals: &[Interval], variant: Variant) -> Self {
        let carried = row.carried();
        let at = |place: usize| carried.get(place).copied().unwrap_or(0);
        let parts = row.intervals.iter().zip(intervals).enumerate();
        let parts = parts.map(|(place, (sums, interval))| QueueInterval {
            from: interval.from.into(),
            to: interval.to.into(),
            figures: QueueFigures::of(sums, (at(place), at(place + 1)), variant),
        });
        Self {
            intervals: parts.collect(),
            total: QueueFigures::of(&row.total, (at(0), at(row.intervals.len())), variant),
        }
    }
}

/// What queues came to in a period, by interval. Permission: see_floor; queues in scope.
#[utoipa::path(get, path = "/{center}/figures/queues", tag = "figures",
    operation_id = "queue_figures",
    params(("center" = String, Path), Days, QueuesAsked, VariantAsked),
    responses((status = 200, body = QueuePerformance),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn read(
    by: FloorReader,
    Query(days): Query<Days>,
    Query(asked): Query<QueuesAsked>,
    Query(variant): Query<VariantAsked>,
) -> Result<Json<QueuePerformance>, Problem> {
    performance(&by, &days, &asked, &variant).await.map(Json)
}

/// The same, whatever it is told as.
pub(super) async fn performance(
    by: &FloorReader,
    days: &Days,
    asked: &QueuesAsked,
    variant: &VariantAsked,
) -> Result<QueuePerformance, Problem> {
    let counted = days.counted(&by.center)?;
    let variant = variant.variant()?;
    let named = asked::ids("queue_ids", asked.queue_ids.as_deref())?;
    let queues = queues(by, named).await?;
    counted.check_size(queues.len())?;
    let (store, center) = (&by.center.store, by.center.id());
    let view = by.center.engine.view();
    let within = view.read(|it| variant::within(variant, it.center.state()));
    let (cells, waiting) = tokio::try_join!(
        store.queue_cells(center, &queues, counted.stretch, &within),
        store.waiting_at(center, &queues, counted.stretch.from),
    )?;
    let table = QueueTable::of(&counted.intervals, &queues, &cells, &waiting);
    let row = |row| QueueIntervals::of(row, &counted.intervals, variant);
    let rows = |state: &State| {
        let rows = table.rows.iter().map(|(queue, it)| QueueRowView {
            queue: queue_named(state, *queue),
            figures: row(it),
        });
        rows.collect()
    };
    Ok(QueuePerformance {
        service_level: ServiceLevelView {
            variant: variant.id(),
            threshold: variant::threshold_word(&within),
            in_force: thresholds(&table),
        },
        queues: view.read(|it| rows(it.center.state())),
        all: row(&table.all),
        metrics: metrics("queue", Some(variant.id())),
        period: counted.period,
    })
}

/// Those in scope that are named, or of which there is anything.
async fn queues(
    by: &FloorReader,
    named: Option<BTreeSet<u64>>,
) -> Result<BTreeSet<QueueId>, Problem> {
    let sight = by.sight();
    if let Some(named) = named {
        for id in &named {
            by.must_see_queue(QueueId(*id)).await?;
        }
        let named = named.into_iter().map(QueueId);
        return Ok(named.filter(|it| sight.has_queue(*it)).collect());
    }
    let found = by.center.store.queues_with_facts(by.center.id()).await?;
    Ok(found
        .into_iter()
        .filter(|it| sight.has_queue(*it))
        .collect())
}

fn thresholds(table: &QueueTable) -> Vec<ThresholdView> {
    let each = table.thresholds.iter();
    let each = each.flat_map(|(queue, judged)| judged.iter().map(move |it| (queue, it)));
    each.map(|(queue, it)| ThresholdView {
        queue_id: queue.0,
        version: it.version,
        threshold_s: it.threshold_s,
        short_abandon_s: it.short_abandon_s,
    })
    .collect()
}
