//! Figures in memory: each fact is looked at and added up, which is what the tables must come to.

use super::MemoryStore;
use crate::Pending;
use crate::center::{CenterId, UnixMicros};
use crate::error::Error;
use crate::figures::{Behind, Figures, NewFacts, Stretch, Within};
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::ids::{AgentId, CallbackId, ContactId, QueueId};
use tandem_core::performance::{
    AgentCell, AgentSpan, Engagement, EngagementSums, Facts, OfferFact, OfferSums, PromiseFact,
    QUARTER_US, QueueCell, QueueSums, Stay, StayEnd, TimeCell, by_quarter,
};
use tandem_core::time::Timestamp;

/// The facts, each under what tells it apart: told again it is told anew.
#[derive(Default)]
pub(super) struct Kept {
    stays: BTreeMap<(ContactId, u32), Stay>,
    engagements: BTreeMap<(ContactId, u32), Engagement>,
    offers: BTreeMap<(ContactId, u32), OfferFact>,
    spans: BTreeMap<(AgentId, Timestamp), AgentSpan>,
    promises: BTreeMap<CallbackId, PromiseFact>,
    pub(super) threads: BTreeMap<AgentId, Vec<u8>>,
}

impl Kept {
    pub(super) fn put(&mut self, new: NewFacts) {
        let NewFacts { facts, agents } = new;
        let stays = facts.stays.into_iter();
        self.stays.extend(stays.map(|it| ((it.contact, it.nr), it)));
        let engagements = facts.engagements.into_iter();
        self.engagements
            .extend(engagements.map(|it| ((it.contact, it.nr), it)));
        let offers = facts.offers.into_iter();
        self.offers
            .extend(offers.map(|it| ((it.contact, it.nr), it)));
        let spans = facts.spans.into_iter();
        self.spans.extend(spans.map(|it| ((it.agent, it.from), it)));
        let promises = facts.promises.into_iter();
        self.promises.extend(promises.map(|it| (it.callback, it)));
        for (agent, body) in agents {
            match body {
                Some(body) => drop(self.threads.insert(agent, body)),
                None => drop(self.threads.remove(&agent)),
            }
        }
    }

    pub(super) fn behind(&self, behind: &Behind) -> BTreeSet<ContactId> {
        behind.contacts(&self.all()).into_iter().collect()
    }

    fn all(&self) -> Facts {
        Facts {
            stays: self.stays.values().copied().collect(),
            offers: self.offers.values().copied().collect(),
            engagements: self.engagements.values().copied().collect(),
            spans: self.spans.values().copied().collect(),
            promises: self.promises.values().copied().collect(),
        }
    }
}

impl Figures for MemoryStore {
    fn queues_with_facts<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<BTreeSet<QueueId>, Error>> {
        Box::pin(async move {
            let facts = self.facts(center);
            let stays = facts.stays.iter().map(|it| it.queue);
            let engagements = facts.engagements.iter().map(|it| it.queue);
            let promises = facts.promises.iter().map(|it| it.queue);
            Ok(stays.chain(engagements).chain(promises).collect())
        })
    }

    fn agents_with_facts<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<BTreeSet<AgentId>, Error>> {
        Box::pin(async move { Ok(self.facts(center).spans.iter().map(|it| it.agent).collect()) })
    }

    fn queue_cells<'a>(
        &'a self,
        center: &'a CenterId,
        queues: &'a BTreeSet<QueueId>,
        stretch: Stretch,
        within: &'a Within,
    ) -> Pending<'a, Result<Vec<QueueCell>, Error>> {
        Box::pin(async move {
            let facts = self.facts(center);
            let mut cells = Vec::new();
            for stay in facts.stays.iter().filter(|it| queues.contains(&it.queue)) {
                cells.extend(cells_of(stay, stretch, within));
            }
            for it in facts.engagements {
                let Some(at) = it.handled_at.filter(|at| has(stretch, *at)) else {
                    continue;
                };
                if queues.contains(&it.queue) {
                    let mut cell = queue_cell(it.queue, at);
                    cell.sums.engagements.add(&it);
                    cells.push(cell);
                }
            }
            let judged = facts.promises.into_iter();
            for it in judged.filter(|it| queues.contains(&it.queue) && has(stretch, it.judged_at)) {
                let mut cell = queue_cell(it.queue, it.judged_at);
                *cell.sums.promises.of_mut(it.promise) += 1;
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
            let at = Timestamp::from_micros(at.0);
            let mut waiting = BTreeMap::new();
            for stay in self.facts(center).stays {
                let waits =
                    stay.entered_at < at && stay.left.is_none_or(|(left_at, _)| left_at >= at);
                if waits && queues.contains(&stay.queue) {
                    *waiting.entry(stay.queue).or_default() += 1;
                }
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
            let facts = self.facts(center);
            let mut cells = Vec::new();
            for it in &facts.engagements {
                let Some(at) = it.handled_at.filter(|at| has(stretch, *at)) else {
                    continue;
                };
                let mut cell = agent_cell(it.agent, at);
                cell.engagements.add(it);
                cells.push(cell);
            }
            for offer in facts.offers.iter().filter(|it| has(stretch, it.ended_at)) {
                let mut cell = agent_cell(offer.agent, offer.ended_at);
                cell.offers.add(offer);
                cells.push(cell);
            }
            cells.retain(|cell| agents.contains(&cell.agent));
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
            let facts = self.facts(center);
            let asked = facts.spans.iter().filter(|it| agents.contains(&it.agent));
            let cells = asked.flat_map(|span| {
                let until = span.until.map_or(now.0, Timestamp::as_micros);
                let bounds = (stretch.from.0, stretch.to.0.min(until.max(now.0)));
                let parts = by_quarter((span.from.as_micros(), until), bounds);
                parts.map(|(quarter, us)| TimeCell {
                    agent: span.agent,
                    quarter,
                    state: span.state,
                    reason: span.reason,
                    reason_version: span.reason_version,
                    is_productive: span.is_productive,
                    is_unpaid: span.is_unpaid,
                    us,
                })
            });
            Ok(cells.collect())
        })
    }
}

impl MemoryStore {
    fn facts(&self, center: &CenterId) -> Facts {
        self.with_center(center, |it| it.history.facts.all())
    }
}

fn has(stretch: Stretch, at: Timestamp) -> bool {
    stretch.has(UnixMicros(at.as_micros()))
}

/// When it entered, and when it left.
fn cells_of(stay: &Stay, stretch: Stretch, within: &Within) -> Vec<QueueCell> {
    let mut cells = Vec::new();
    let entered = stay.left.is_none_or(|(_, end)| end != StayEnd::Blocked);
    if entered && has(stretch, stay.entered_at) {
        let mut cell = queue_cell(stay.queue, stay.entered_at);
        cell.sums.offered = 1;
        cells.push(cell);
    }
    if let Some((at, _)) = stay.left.filter(|(at, _)| has(stretch, *at)) {
        let mut cell = queue_cell(stay.queue, at);
        cell.thresholds = Some(stay.thresholds);
        cell.sums.add_left(stay, within.of(stay.queue));
        cells.push(cell);
    }
    cells
}

fn queue_cell(queue: QueueId, at: Timestamp) -> QueueCell {
    QueueCell {
        queue,
        quarter: at.as_micros().div_euclid(QUARTER_US),
        thresholds: None,
        sums: QueueSums::default(),
    }
}

fn agent_cell(agent: AgentId, at: Timestamp) -> AgentCell {
    AgentCell {
        agent,
        quarter: at.as_micros().div_euclid(QUARTER_US),
        engagements: EngagementSums::default(),
        offers: OfferSums::default(),
    }
}
