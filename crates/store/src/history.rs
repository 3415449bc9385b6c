//! The history: one row for each contact that there was, and what it has been through. It is made from the
//! journal by whoever follows it, and can be made again: it is in no backup. What a detail says is not read here.

mod filter;
pub(crate) mod sqlite;

use crate::Pending;
use crate::audit::NewAuditEntry;
use crate::center::{CenterId, UnixMicros};
use crate::error::{Error, check_size};
use crate::figures::{Behind, NewFacts};
use crate::limits::{
    HISTORY_DETAIL_BYTES_MAX, HISTORY_FACTS_PER_WRITE_MAX, HISTORY_ROWS_PER_WRITE_MAX,
};
use tandem_core::contact::{Channel, Direction};
use tandem_core::event::EndReason;
use tandem_core::ids::{
    AgentId, ContactId, CustomerHash, DispositionId, EndpointId, QueueId, SubjectRef,
};
use tandem_core::scope::Sight;

/// How far a follower is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryMark {
    /// Version of what the follower writes; another one starts anew.
    pub schema: u32,
    /// The last record that it took.
    pub seq: u64,
    /// What it needs to go on.
    pub thread: Vec<u8>,
}

/// The facts of one contact (B15.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    pub contact: ContactId,
    /// Which version of the facts it is: late ones restate them.
    pub version: u64,
    pub direction: Direction,
    pub channel: Channel,
    pub endpoint: EndpointId,
    /// Who called, or was called, among the personal data.
    pub arrival: SubjectRef,
    /// By which contacts of one customer are found.
    pub customer: Option<CustomerHash>,
    /// The other side's id of the call.
    pub correlation: String,
    pub arrived: UnixMicros,
    /// When it entered its first queue.
    pub enqueued: Option<UnixMicros>,
    /// When customer and agent could talk first.
    pub connected: Option<UnixMicros>,
    /// When the conversation was over.
    pub left: Option<UnixMicros>,
    pub ended: Option<UnixMicros>,
    pub end_reason: Option<EndReason>,
    pub wait_ms: u64,
    pub talk_ms: u64,
    pub hold_ms: u64,
    pub consult_ms: u64,
    pub wrap_up_ms: u64,
    pub transfers: u32,
    pub disposition: Option<DispositionId>,
    pub has_message: bool,
    pub has_recording: bool,
    /// That of each stay, in order.
    pub queues: Vec<QueueId>,
    /// Who talked to the customer, and how long, ms.
    pub agents: Vec<(AgentId, u64)>,
    /// The keys that were chosen in menus, in order.
    pub menu: String,
}

/// A contact as it is written: rows and detail in one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    pub row: HistoryRow,
    pub detail: Vec<u8>,
}

/// What a follower writes at once.
#[derive(Clone, Debug, Default)]
pub struct HistoryBatch {
    /// Contacts, new or restated.
    pub entries: Vec<HistoryEntry>,
    /// What the audit has from now on.
    pub audit: Vec<NewAuditEntry>,
    /// What queues and agents did.
    pub facts: NewFacts,
}

/// When a contact came, and when it ended if it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    pub contact: ContactId,
    pub arrived: UnixMicros,
    pub ended: Option<UnixMicros>,
}

/// Which contacts are meant: those for which everything that is given holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Arrived then or later.
    pub from: Option<UnixMicros>,
    /// Arrived before.
    pub to: Option<UnixMicros>,
    /// Was in this queue.
    pub queue: Option<QueueId>,
    /// This agent had it.
    pub agent: Option<AgentId>,
    /// And so had this one: what the one who asks may see at all.
    pub seen_by: Option<AgentId>,
    /// And it was with one of these: what a scope comes to.
    pub sight: Sight,
    /// And with one of these: a team.
    pub team: Sight,
    pub direction: Option<Direction>,
    pub channel: Option<Channel>,
    pub end_reason: Option<EndReason>,
    pub disposition: Option<DispositionId>,
    pub customer: Option<CustomerHash>,
    /// Waited at least so long.
    pub wait_ms_min: Option<u64>,
    pub has_recording: Option<bool>,
    /// Whether it has not ended.
    pub is_open: Option<bool>,
    /// Is behind this figure.
    pub behind: Option<Behind>,
}

/// A part of a list, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    /// Contacts with smaller ids only.
    pub below: Option<ContactId>,
    pub limit: usize,
}

/// What the contacts with one end reason come to together: sums of what a list shows, in whole seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistorySum {
    /// None: they have not ended.
    pub end_reason: Option<EndReason>,
    pub contacts: u64,
    pub wait_s: u64,
    pub talk_s: u64,
    pub hold_s: u64,
    pub consult_s: u64,
    pub wrap_up_s: u64,
    pub transfers: u64,
}

/// How the follower goes on with each agent, as it wrote it.
pub type AgentThreads = Vec<(AgentId, Vec<u8>)>;

pub trait History: Send + Sync {
    /// How far the follower is; none when nothing has been written that counts.
    fn history_mark<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<HistoryMark>, Error>>;

    /// Writes or restates contacts and facts, adds entries to the audit and moves the mark, in one transaction.
    fn put_history<'a>(
        &'a self,
        center: &'a CenterId,
        mark: HistoryMark,
        batch: HistoryBatch,
    ) -> Pending<'a, Result<(), Error>>;

    /// How the follower goes on with each agent, as it wrote it.
    fn agent_threads<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<AgentThreads, Error>>;

    /// Forgets everything of a center. Broken off, it leaves nothing that counts.
    fn forget_history<'a>(&'a self, center: &'a CenterId) -> Pending<'a, Result<(), Error>>;

    /// The facts of one contact and what it has been through.
    fn history_entry<'a>(
        &'a self,
        center: &'a CenterId,
        contact: ContactId,
    ) -> Pending<'a, Result<Option<HistoryEntry>, Error>>;

    /// When contacts came and ended, oldest first, from one on.
    fn contacts_from<'a>(
        &'a self,
        center: &'a CenterId,
        first: ContactId,
        limit: usize,
    ) -> Pending<'a, Result<Vec<Passage>, Error>>;

    /// Contacts, newest first.
    fn search_history<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a HistoryFilter,
        page: HistoryPage,
    ) -> Pending<'a, Result<Vec<HistoryRow>, Error>>;

    /// How many there are; counting stops at `at_most`.
    fn count_history<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a HistoryFilter,
        at_most: u64,
    ) -> Pending<'a, Result<u64, Error>>;

    /// What they come to, by end reason; only reasons that occur.
    fn sum_history<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a HistoryFilter,
    ) -> Pending<'a, Result<Vec<HistorySum>, Error>>;
}

/// Time as lists show it: to the nearest second. Sums are sums of that, so that a list adds up to them.
#[must_use]
pub const fn whole_seconds(ms: u64) -> u64 {
    ms.saturating_add(500) / 1_000
}

pub(crate) fn check_limits(batch: &HistoryBatch) -> Result<(), Error> {
    let HistoryBatch { entries, facts, .. } = batch;
    check_size(
        "the facts of one write",
        facts.facts.len(),
        HISTORY_FACTS_PER_WRITE_MAX,
    )?;
    check_size(
        "the contacts of one write",
        entries.len(),
        HISTORY_ROWS_PER_WRITE_MAX,
    )?;
    for entry in entries {
        check_size(
            "the detail of a contact in bytes",
            entry.detail.len(),
            HISTORY_DETAIL_BYTES_MAX,
        )?;
    }
    Ok(())
}

impl HistoryFilter {
    /// Whether a contact is meant by what its row says; whether it is behind a figure its facts say. The back ends ask
    /// their tables; this is what they must come to.
    #[must_use]
    pub fn takes(&self, row: &HistoryRow) -> bool {
        let had = |agent: AgentId| row.agents.iter().any(|(it, _)| *it == agent);
        let holds = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
        self.from.is_none_or(|from| row.arrived >= from)
            && self.to.is_none_or(|to| row.arrived < to)
            && self.queue.is_none_or(|queue| row.queues.contains(&queue))
            && self.agent.is_none_or(had)
            && self.seen_by.is_none_or(had)
            && [&self.sight, &self.team].into_iter().all(|sight| {
                let agents = row.agents.iter().map(|(agent, _)| *agent);
                sight.has_contact(row.queues.iter().copied(), agents)
            })
            && self.direction.is_none_or(|it| row.direction == it)
            && self.channel.is_none_or(|it| row.channel == it)
            && (self.end_reason.is_none() || row.end_reason == self.end_reason)
            && (self.disposition.is_none() || row.disposition == self.disposition)
            && (self.customer.is_none() || row.customer == self.customer)
            && self.wait_ms_min.is_none_or(|ms| row.wait_ms >= ms)
            && holds(self.has_recording, row.has_recording)
            && holds(self.is_open, row.ended.is_none())
    }
}

impl HistorySum {
    /// Adds a contact.
    pub fn add(&mut self, row: &HistoryRow) {
        self.contacts += 1;
        self.wait_s += whole_seconds(row.wait_ms);
        self.talk_s += whole_seconds(row.talk_ms);
        self.hold_s += whole_seconds(row.hold_ms);
        self.consult_s += whole_seconds(row.consult_ms);
        self.wrap_up_s += whole_seconds(row.wrap_up_ms);
        self.transfers += u64::from(row.transfers);
    }
}
