//! The history in memory: what the filter says, applied to one contact after the other.

use super::{MemoryStore, Past};
use crate::Pending;
use crate::center::CenterId;
use crate::error::Error;
use crate::history::{
    AgentThreads, History, HistoryBatch, HistoryEntry, HistoryFilter, HistoryMark, HistoryPage,
    HistoryRow, HistorySum, Passage, check_limits,
};
use crate::limits::HISTORY_ROWS_PER_READ_MAX;
use std::collections::BTreeMap;
use tandem_core::event::EndReason;
use tandem_core::ids::ContactId;

impl Past {
    /// Newest first.
    fn meant<'a>(&'a self, filter: &'a HistoryFilter) -> impl Iterator<Item = &'a HistoryRow> {
        let rows = self.entries.values().rev().map(|entry| &entry.row);
        let behind = filter.behind.map(|it| self.facts.behind(&it));
        rows.filter(move |row| {
            let is_behind = behind.as_ref().is_none_or(|it| it.contains(&row.contact));
            is_behind && filter.takes(row)
        })
    }
}

impl History for MemoryStore {
    fn history_mark<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<HistoryMark>, Error>> {
        Box::pin(async move { Ok(self.with_center(center, |it| it.history.mark.clone())) })
    }

    fn put_history<'a>(
        &'a self,
        center: &'a CenterId,
        mark: HistoryMark,
        batch: HistoryBatch,
    ) -> Pending<'a, Result<(), Error>> {
        Box::pin(async move {
            check_limits(&batch)?;
            let HistoryBatch {
                entries,
                audit,
                facts,
            } = batch;
            self.with_center(center, |it| {
                it.history.facts.put(facts);
                let entries = entries.into_iter().map(|entry| (entry.row.contact, entry));
                it.history.entries.extend(entries);
                it.history.add_to_audit(audit);
                it.history.mark = Some(mark);
            });
            Ok(())
        })
    }

    fn agent_threads<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<AgentThreads, Error>> {
        Box::pin(async move {
            Ok(self.with_center(center, |it| {
                let threads = it.history.facts.threads.iter();
                threads.map(|(id, body)| (*id, body.clone())).collect()
            }))
        })
    }

    fn forget_history<'a>(&'a self, center: &'a CenterId) -> Pending<'a, Result<(), Error>> {
        Box::pin(async move {
            self.with_center(center, |it| it.history = Past::default());
            Ok(())
        })
    }

    fn history_entry<'a>(
        &'a self,
        center: &'a CenterId,
        contact: ContactId,
    ) -> Pending<'a, Result<Option<HistoryEntry>, Error>> {
        Box::pin(async move {
            Ok(self.with_center(center, |it| it.history.entries.get(&contact).cloned()))
        })
    }

    fn contacts_from<'a>(
        &'a self,
        center: &'a CenterId,
        first: ContactId,
        limit: usize,
    ) -> Pending<'a, Result<Vec<Passage>, Error>> {
        Box::pin(async move {
            let passage = |entry: &HistoryEntry| Passage {
                contact: entry.row.contact,
                arrived: entry.row.arrived,
                ended: entry.row.ended,
            };
            Ok(self.with_center(center, |it| {
                let from = it.history.entries.range(first..);
                from.take(limit).map(|(_, entry)| passage(entry)).collect()
            }))
        })
    }

    fn search_history<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a HistoryFilter,
        page: HistoryPage,
    ) -> Pending<'a, Result<Vec<HistoryRow>, Error>> {
        Box::pin(async move {
            let limit = page.limit.min(HISTORY_ROWS_PER_READ_MAX);
            let is_below = |row: &&HistoryRow| page.below.is_none_or(|below| row.contact < below);
            Ok(self.with_center(center, |it| {
                let meant = it.history.meant(filter).filter(is_below);
                meant.take(limit).cloned().collect()
            }))
        })
    }

    fn count_history<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a HistoryFilter,
        at_most: u64,
    ) -> Pending<'a, Result<u64, Error>> {
        Box::pin(async move {
            let n = self.with_center(center, |it| it.history.meant(filter).count());
            Ok(u64::try_from(n).unwrap_or(u64::MAX).min(at_most))
        })
    }

    fn sum_history<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a HistoryFilter,
    ) -> Pending<'a, Result<Vec<HistorySum>, Error>> {
        Box::pin(async move {
            let mut sums: BTreeMap<Option<EndReason>, HistorySum> = BTreeMap::new();
            self.with_center(center, |it| {
                for row in it.history.meant(filter) {
                    let sum = sums.entry(row.end_reason).or_default();
                    sum.end_reason = row.end_reason;
                    sum.add(row);
                }
            });
            Ok(sums.into_values().collect())
        })
    }
}
