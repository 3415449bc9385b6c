//! Figures of queues and agents by exact definition (B15): sums of facts, rolled up to intervals of a time zone, with the
//! ratios that are made of them here, when they are read.

pub(super) mod agents;
mod asked;
pub(super) mod export;
pub(super) mod queues;
mod variant;

use crate::api::time::Instant;
use serde::Serialize;
use tandem_core::performance::{EngagementSums, TransferKind};
use tandem_reports::catalogue::{Metric, PERFORMANCE};
use tandem_reports::performance::rates::{HandleRates, Ratio};
use utoipa::ToSchema;

/// A share, with the integers that it is made of.
#[derive(Clone, Copy, Serialize, ToSchema)]
pub(super) struct RatioView {
    part: u64,
    of: u64,
    /// Tenths of a percent, rounded down; none of nothing.
    permille: Option<u64>,
}

impl From<Ratio> for RatioView {
    fn from(it: Ratio) -> Self {
        Self {
            part: it.part,
            of: it.of,
            permille: it.permille(),
        }
    }
}

/// What figures are of.
#[derive(Serialize, ToSchema)]
pub(super) struct PeriodView {
    /// The first day, as it was asked for.
    first_day: String,
    /// The last day; it is in the period.
    last_day: String,
    /// IANA name.
    time_zone: String,
    grain: asked::GrainWord,
    from: Instant,
    /// Not in the period.
    to: Instant,
    /// What happened until then is counted.
    as_of: Instant,
}

/// What a figure means.
#[derive(Serialize, ToSchema)]
pub(super) struct MetricView {
    /// The stable id.
    id: &'static str,
    /// The field that has it.
    field: &'static str,
    name: &'static str,
    #[schema(value_type = String)]
    unit: tandem_reports::catalogue::Unit,
    formula: &'static str,
    /// The rule.
    source: &'static str,
}

/// What engagements came to.
#[derive(Serialize, ToSchema)]
pub(super) struct EngagementFigures {
    handled: u64,
    /// Of these, with customers who were called.
    outbound: u64,
    aht_s: Option<i64>,
    att_s: Option<i64>,
    /// Per engagement that had wrap-up.
    wrap_up_s: Option<i64>,
    /// Per engagement.
    wrap_up_of_all_s: Option<i64>,
    /// Per engagement whose customer was on hold.
    hold_s: Option<i64>,
    /// Per engagement.
    hold_of_all_s: Option<i64>,
    held: u64,
    wrapped_up: u64,
    transferred: u64,
    transfer_rate: RatioView,
    transfers: TransfersView,
}

/// Transfers that were completed, by kind: without or after a consultation, and where to.
#[derive(Serialize, ToSchema)]
pub(super) struct TransfersView {
    blind_queue: u64,
    blind_agent: u64,
    blind_number: u64,
    consulted_queue: u64,
    consulted_agent: u64,
    consulted_number: u64,
}

impl EngagementFigures {
    fn of(sums: &EngagementSums) -> Self {
        let rates = HandleRates::of(sums);
        let [
            blind_queue,
            blind_agent,
            blind_number,
            consulted_queue,
            consulted_agent,
            consulted_number,
        ] = TransferKind::ALL.map(|kind| sums.transfers[kind.index()]);
        Self {
            handled: sums.handled,
            outbound: sums.outbound,
            aht_s: rates.aht_s,
            att_s: rates.att_s,
            wrap_up_s: rates.wrap_up_s,
            wrap_up_of_all_s: rates.wrap_up_of_all_s,
            hold_s: rates.hold_s,
            hold_of_all_s: rates.hold_of_all_s,
            held: sums.n_held,
            wrapped_up: sums.n_wrapped_up,
            transferred: sums.transferred(),
            transfer_rate: rates.transferred.into(),
            transfers: TransfersView {
                blind_queue,
                blind_agent,
                blind_number,
                consulted_queue,
                consulted_agent,
                consulted_number,
            },
        }
    }
}

/// The entries of the catalogue that an answer shows. Of several variants of a figure, the one that is in use.
fn metrics(whose: &str, variant: Option<&str>) -> Vec<MetricView> {
    let view = |metric: &Metric, field| MetricView {
        id: metric.id,
        field,
        name: metric.name,
        unit: metric.unit,
        formula: metric.formula,
        source: metric.source,
    };
    let shown = PERFORMANCE.iter().filter(|metric| {
        let is_variant = metric.id.starts_with("sl.");
        !is_variant || variant == Some(metric.id)
    });
    let fields = shown.flat_map(|metric| metric.figures.iter().map(move |path| (metric, *path)));
    fields
        .filter_map(|(metric, path)| {
            let (kind, field) = path.split_once('.')?;
            (kind == whose).then(|| view(metric, field))
        })
        .collect()
}
