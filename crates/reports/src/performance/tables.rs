//! Cells of quarters rolled up to intervals (R-31 a): one row for each queue or agent, its intervals beside its total, in
//! integers.

use super::interval::Interval;
use super::rates::TimeSums;
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::ids::{AgentId, QueueId};
use tandem_core::performance::{
    AgentCell, EngagementSums, OfferSums, QueueCell, QueueSums, Thresholds, TimeCell,
};

/// What queues came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueTable {
    /// Each queue.
    pub rows: BTreeMap<QueueId, QueueRow>,
    /// All of them together.
    pub all: QueueRow,
    /// By what stays of each queue were judged: one for each version of its settings in force.
    pub thresholds: BTreeMap<QueueId, BTreeSet<Thresholds>>,
}

/// What a queue came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueRow {
    /// In each interval.
    pub intervals: Vec<QueueSums>,
    /// In all of them.
    pub total: QueueSums,
    /// Who waited when the first interval began.
    pub carried_in: u64,
}

impl QueueTable {
    /// `waiting` are those who waited when the first interval began. Every queue that is named has a row.
    #[must_use]
    pub fn of(
        intervals: &[Interval],
        queues: &BTreeSet<QueueId>,
        cells: &[QueueCell],
        waiting: &BTreeMap<QueueId, u64>,
    ) -> Self {
        let row = |carried_in| QueueRow {
            intervals: vec![QueueSums::default(); intervals.len()],
            total: QueueSums::default(),
            carried_in,
        };
        let waited = |queue: &QueueId| waiting.get(queue).copied().unwrap_or(0);
        let mut table = Self {
            rows: queues.iter().map(|it| (*it, row(waited(it)))).collect(),
            all: row(queues.iter().map(waited).sum()),
            thresholds: BTreeMap::new(),
        };
        for cell in cells {
            let Some(place) = Interval::place(intervals, cell.quarter) else {
                continue;
            };
            if let Some(row) = table.rows.get_mut(&cell.queue) {
                row.add(place, &cell.sums);
                table.all.add(place, &cell.sums);
                let judged = table.thresholds.entry(cell.queue).or_default();
                judged.extend(cell.thresholds);
            }
        }
        table
    }
}

impl QueueRow {
    fn add(&mut self, place: usize, sums: &QueueSums) {
        self.intervals[place].plus(sums);
        self.total.plus(sums);
    }

    /// Who waited when each interval began, and when the last one ended: what entered less what left (B15.1).
    #[must_use]
    pub fn carried(&self) -> Vec<u64> {
        let mut waiting = self.carried_in;
        let mut carried = vec![waiting];
        for sums in &self.intervals {
            waiting = (waiting + sums.offered).saturating_sub(sums.n_left());
            carried.push(waiting);
        }
        carried
    }
}

/// What an agent came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentSums {
    /// Engagements.
    pub engagements: EngagementSums,
    /// Offers.
    pub offers: OfferSums,
    /// Time.
    pub time: TimeSums,
}

impl AgentSums {
    fn plus(&mut self, other: &Self) {
        self.engagements.plus(&other.engagements);
        self.offers.plus(&other.offers);
        self.time.plus(&other.time);
    }
}

/// A row of agents: one of them, or a team.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentRow {
    /// In each interval.
    pub intervals: Vec<AgentSums>,
    /// In all of them.
    pub total: AgentSums,
}

impl AgentRow {
    fn of(n_intervals: usize) -> Self {
        Self {
            intervals: vec![AgentSums::default(); n_intervals],
            total: AgentSums::default(),
        }
    }

    fn add(&mut self, place: usize, sums: &AgentSums) {
        self.intervals[place].plus(sums);
        self.total.plus(sums);
    }
}

/// Agents by what `key` says of each, and all of them together; whoever has no key is left out.
#[must_use]
pub fn agent_rows<K: Ord + Copy>(
    intervals: &[Interval],
    cells: &[AgentCell],
    time: &[TimeCell],
    key: impl Fn(AgentId) -> Option<K>,
) -> (BTreeMap<K, AgentRow>, AgentRow) {
    let mut rows: BTreeMap<K, AgentRow> = BTreeMap::new();
    let mut all = AgentRow::of(intervals.len());
    let mut add = |agent, quarter, sums: &AgentSums| {
        let place = Interval::place(intervals, quarter);
        let (Some(place), Some(key)) = (place, key(agent)) else {
            return;
        };
        let row = rows.entry(key);
        let row = row.or_insert_with(|| AgentRow::of(intervals.len()));
        row.add(place, sums);
        all.add(place, sums);
    };
    for cell in cells {
        let sums = AgentSums {
            engagements: cell.engagements,
            offers: cell.offers,
            time: TimeSums::default(),
        };
        add(cell.agent, cell.quarter, &sums);
    }
    for cell in time {
        let mut sums = AgentSums::default();
        sums.time.add(cell);
        add(cell.agent, cell.quarter, &sums);
    }
    (rows, all)
}
