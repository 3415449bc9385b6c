//! Figures on SQLite: what lies in a stretch of time is summed where it lies, by indices that hold all that is summed.

pub(crate) mod codes;
mod queries;
mod writing;

pub(crate) use writing::put;

use crate::Pending;
use crate::center::{CenterId, UnixMicros};
use crate::database::Store;
use crate::error::{Error, unsigned};
use crate::figures::{Figures, Stretch, Within};
use queries::{Asked, Ids};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::ids::{AgentId, QueueId};
use tandem_core::performance::{
    AgentCell, EngagementSums, OfferSums, QUARTER_US, QueueCell, QueueSums, StayCount, Thresholds,
    TimeCell, TransferKind, by_quarter,
};

impl Figures for Store {
    fn queues_with_facts<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<BTreeSet<QueueId>, Error>> {
        Box::pin(async move {
            let asked = Asked::everything(center);
            let stays = self
                .ids(queries::distinct("stays", "queue"), &asked)
                .await?;
            let engagements = queries::distinct("engagements", "queue");
            let engagements = self.ids(engagements, &asked).await?;
            let promises = queries::distinct("callback_promises", "queue");
            let promises = self.ids(promises, &asked).await?;
            let ids = stays.into_iter().chain(engagements).chain(promises);
            Ok(ids.map(QueueId).collect())
        })
    }

    fn agents_with_facts<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<BTreeSet<AgentId>, Error>> {
        Box::pin(async move {
            let text = queries::distinct("agent_spans", "agent");
            let ids = self.ids(text, &Asked::everything(center)).await?;
            Ok(ids.into_iter().map(AgentId).collect())
        })
    }

    fn queue_cells<'a>(
        &'a self,
        center: &'a CenterId,
        queues: &'a BTreeSet<QueueId>,
        stretch: Stretch,
        within: &'a Within,
    ) -> Pending<'a, Result<Vec<QueueCell>, Error>> {
        Box::pin(async move {
            let asked = Asked::of(center, Ids::of(queues.iter().map(|it| it.0)), stretch);
            let entered = self.rows(queries::ENTERED.to_owned(), &asked).await?;
            let mut cells = Vec::with_capacity(entered.len());
            for row in &entered {
                let mut cell = queue_cell(row)?;
                cell.sums.offered = unsigned("a count", row.try_get(2)?)?;
                cells.push(cell);
            }
            for row in self.rows(queries::left(within), &asked).await? {
                cells.push(left_of(&row)?);
            }
            for row in self.rows(queries::engagements("queue"), &asked).await? {
                let mut cell = queue_cell(&row)?;
                cell.sums.engagements = engagements_of(&row)?;
                cells.push(cell);
            }
            for row in self.rows(queries::PROMISES.to_owned(), &asked).await? {
                let mut cell = queue_cell(&row)?;
                let promise = codes::promise(row.try_get(2)?)?;
                *cell.sums.promises.of_mut(promise) = unsigned("a count", row.try_get(3)?)?;
                cells.push(cell);
            }
            Ok(cells)
        })
    }

    fn waiting_at<'a>(
        &'a self,
        center: &'a CenterId,
        queues: &'a BTreeSet<QueueId>,
        at: UnixMicros,
    ) -> Pending<'a, Result<BTreeMap<QueueId, u64>, Error>> {
        Box::pin(async move {
            let ids = Ids::of(queues.iter().map(|it| it.0));
            let asked = Asked::of(center, ids, Stretch { from: at, to: at });
            let mut waiting: BTreeMap<QueueId, u64> = BTreeMap::new();
            for row in self.rows(queries::WAITING.to_owned(), &asked).await? {
                let queue = QueueId(unsigned("a queue", row.try_get(0)?)?);
                *waiting.entry(queue).or_default() += unsigned("a count", row.try_get(1)?)?;
            }
            Ok(waiting)
        })
    }

    fn agent_cells<'a>(
        &'a self,
        center: &'a CenterId,
        agents: &'a BTreeSet<AgentId>,
        stretch: Stretch,
    ) -> Pending<'a, Result<Vec<AgentCell>, Error>> {
        Box::pin(async move {
            let asked = Asked::of(center, Ids::of(agents.iter().map(|it| it.0)), stretch);
            let mut cells = Vec::new();
            for row in self.rows(queries::engagements("agent"), &asked).await? {
                let mut cell = agent_cell(&row)?;
                cell.engagements = engagements_of(&row)?;
                cells.push(cell);
            }
            for row in self.rows(queries::OFFERS.to_owned(), &asked).await? {
                let mut cell = agent_cell(&row)?;
                let end: Option<i64> = row.try_get(2)?;
                let end = end.map(codes::offer_end).transpose()?;
                *cell.offers.of_mut(end) = unsigned("a count", row.try_get(3)?)?;
                cells.push(cell);
            }
            Ok(cells)
        })
    }

    fn agent_time<'a>(
        &'a self,
        center: &'a CenterId,
        agents: &'a BTreeSet<AgentId>,
        stretch: Stretch,
        now: UnixMicros,
    ) -> Pending<'a, Result<Vec<TimeCell>, Error>> {
        Box::pin(async move {
            let asked = Asked::of(center, Ids::of(agents.iter().map(|it| it.0)), stretch);
            let mut cells = Vec::new();
            // Most spans lie within a quarter and are summed where they are; the others are split.
            for row in self.rows(queries::TIME_WITHIN.to_owned(), &asked).await? {
                let quarter: i64 = row.try_get(1)?;
                cells.push(time_cell(&row, quarter, row.try_get(2)?)?);
            }
            let bounds = (stretch.from.0, stretch.to.0.min(now.0));
            for row in self.rows(queries::TIME_ACROSS.to_owned(), &asked).await? {
                let from: i64 = row.try_get(1)?;
                let until: Option<i64> = row.try_get(2)?;
                for (quarter, us) in by_quarter((from, until.unwrap_or(now.0)), bounds) {
                    cells.push(time_cell(&row, quarter, us)?);
                }
            }
            Ok(cells)
        })
    }
}

impl Store {
    async fn rows(&self, text: String, asked: &Asked<'_>) -> Result<Vec<SqliteRow>, Error> {
        let rows = asked.query(text).fetch_all(&self.history().readers).await?;
        Ok(rows)
    }

    async fn ids(&self, text: String, asked: &Asked<'_>) -> Result<Vec<u64>, Error> {
        let rows = self.rows(text, asked).await?;
        let ids = rows.iter();
        ids.map(|row| unsigned("a number of a fact", row.try_get(0)?))
            .collect()
    }
}

fn queue_cell(row: &SqliteRow) -> Result<QueueCell, Error> {
    Ok(QueueCell {
        queue: QueueId(unsigned("a queue", row.try_get(0)?)?),
        quarter: row.try_get(1)?,
        thresholds: None,
        sums: QueueSums::default(),
    })
}

/// Of the columns of [`queries::left`].
fn left_of(row: &SqliteRow) -> Result<QueueCell, Error> {
    let count = |place: usize| -> Result<u64, Error> { unsigned("a count", row.try_get(place)?) };
    let seconds = |place: usize| -> Result<u32, Error> {
        let stored: i64 = row.try_get(place)?;
        u32::try_from(stored).map_err(|error| Error::damaged("a threshold", error.to_string()))
    };
    let mut cell = queue_cell(row)?;
    let end = codes::stay_end(row.try_get(2)?)?;
    cell.thresholds = Some(Thresholds {
        version: count(3)?,
        threshold_s: seconds(4)?,
        short_abandon_s: seconds(5)?,
    });
    *cell.sums.left_mut(end) = StayCount {
        n: count(6)?,
        in_time: count(7)?,
        wait_us: row.try_get(8)?,
        ring_us: row.try_get(9)?,
        longest_us: row.try_get(10)?,
    };
    Ok(cell)
}

fn agent_cell(row: &SqliteRow) -> Result<AgentCell, Error> {
    Ok(AgentCell {
        agent: AgentId(unsigned("an agent", row.try_get(0)?)?),
        quarter: row.try_get(1)?,
        engagements: EngagementSums::default(),
        offers: OfferSums::default(),
    })
}

/// Of the columns of [`queries::engagements`].
fn engagements_of(row: &SqliteRow) -> Result<EngagementSums, Error> {
    let count = |place: usize| -> Result<u64, Error> { unsigned("a count", row.try_get(place)?) };
    let mut sums = EngagementSums {
        handled: count(2)?,
        outbound: count(3)?,
        talk_us: row.try_get(4)?,
        hold_us: row.try_get(5)?,
        consult_us: row.try_get(6)?,
        wrap_up_us: row.try_get(7)?,
        n_held: count(8)?,
        n_wrapped_up: count(9)?,
        ..EngagementSums::default()
    };
    for (place, kind) in TransferKind::ALL.into_iter().enumerate() {
        sums.transfers[kind.index()] = count(10 + place)?;
    }
    Ok(sums)
}

/// Of the last six columns of both queries.
fn time_cell(row: &SqliteRow, quarter: i64, us: i64) -> Result<TimeCell, Error> {
    let chosen: Option<i64> = row.try_get(5)?;
    let chosen = chosen.map(|id| unsigned("a reason", id)).transpose()?;
    Ok(TimeCell {
        agent: AgentId(unsigned("an agent", row.try_get(0)?)?),
        quarter,
        state: codes::state(row.try_get(3)?)?,
        reason: codes::reason(row.try_get(4)?, chosen)?,
        is_productive: row.try_get(6)?,
        reason_version: unsigned("a version", row.try_get(7)?)?,
        is_unpaid: row.try_get(8)?,
        us,
    })
}

const _: () = assert!(QUARTER_US == queries::QUARTER_US);
