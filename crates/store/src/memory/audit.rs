//! The audit in memory.

use super::{MemoryStore, Past};
use crate::Pending;
use crate::audit::{Audit, AuditEntry, AuditFilter, AuditHead, NewAuditEntry, WholeAuditEntry};
use crate::center::CenterId;
use crate::chain::Link;
use crate::error::Error;
use crate::limits::AUDIT_PER_READ_MAX;

impl Past {
    pub(super) fn add_to_audit(&mut self, entries: Vec<NewAuditEntry>) {
        for NewAuditEntry { row, fact } in entries {
            let last = self.audit.last().map(|it| (it.entry.n, it.entry.link));
            let (n, link) = last.unwrap_or((0, Link::ORIGIN));
            let link = link.next_of_audit(row.at, &fact);
            let n = n + 1;
            let entry = AuditEntry { n, row, link };
            self.audit.push(WholeAuditEntry { entry, fact });
        }
    }

    fn noted(&self, filter: &AuditFilter) -> impl Iterator<Item = &WholeAuditEntry> {
        let entries = self.audit.iter().rev();
        entries.filter(|it| filter.takes(&it.entry))
    }
}

impl Audit for MemoryStore {
    fn audit_head<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<AuditHead>, Error>> {
        Box::pin(async move {
            Ok(self.with_center(center, |it| {
                let last = it.history.audit.last().map(|it| &it.entry);
                last.map(|AuditEntry { n, link, .. }| AuditHead { n: *n, link: *link })
            }))
        })
    }

    fn audit<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a AuditFilter,
        limit: usize,
    ) -> Pending<'a, Result<Vec<AuditEntry>, Error>> {
        Box::pin(async move {
            let whole = self.whole_audit(center, filter, limit).await?;
            Ok(whole.into_iter().map(|it| it.entry).collect())
        })
    }

    fn whole_audit<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a AuditFilter,
        limit: usize,
    ) -> Pending<'a, Result<Vec<WholeAuditEntry>, Error>> {
        Box::pin(async move {
            let limit = limit.min(AUDIT_PER_READ_MAX);
            Ok(self.with_center(center, |it| {
                it.history.noted(filter).take(limit).cloned().collect()
            }))
        })
    }

    fn count_audit<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a AuditFilter,
    ) -> Pending<'a, Result<u64, Error>> {
        Box::pin(async move {
            let n = self.with_center(center, |it| it.history.noted(filter).count());
            Ok(u64::try_from(n).unwrap_or(u64::MAX))
        })
    }
}
