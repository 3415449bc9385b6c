//! The agents and the line of the replayed contact center, as far as the record tells: an agent serves the queues
//! whose calls the agent has had, and works while in a conversation and for 15 minutes after the last one.

use super::calls::{Call, End};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use tandem_core::estimate::Line;
use tandem_core::time::Timestamp;

/// How long an agent without a call is taken for one who works, seconds.
const AT_WORK_S: u32 = 900;
/// What a priority customer counts as having waited, in this contact center.
const HEAD_START_S: i64 = 90;
/// Conversations over which the share of a queue is taken.
const CONVERSATIONS: usize = 200;

/// Everybody at once.
#[derive(Default)]
pub(super) struct Pool<'a> {
    agents: BTreeMap<&'a str, Agent<'a>>,
    line: BTreeMap<u64, &'a Call>,
    conversations: VecDeque<(&'a str, &'a str, u32)>,
}

#[derive(Default)]
struct Agent<'a> {
    conversations: u32,
    last_seen: Timestamp,
    queues: BTreeSet<&'a str>,
}

/// The agents of one queue.
pub(super) struct Agents {
    /// At work.
    pub(super) servers: u32,
    /// In a conversation.
    pub(super) busy: u32,
    /// The share of these agents' conversations, by time, that was this queue's.
    pub(super) share: f64,
}

impl<'a> Pool<'a> {
    pub(super) fn agents(&self, now: Timestamp, queue: &str) -> Agents {
        let of_queue = || self.agents.values().filter(|it| it.queues.contains(queue));
        let works =
            |it: &&Agent<'_>| it.conversations > 0 || now < it.last_seen.plus_seconds(AT_WORK_S);
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let serves = |agent: &str| {
            self.agents
                .get(agent)
                .is_some_and(|it| it.queues.contains(queue))
        };
        let (mut own_ms, mut all_ms) = (0_u64, 0_u64);
        for (agent, of, ms) in &self.conversations {
            if serves(agent) {
                all_ms += u64::from(*ms);
                own_ms += if *of == queue { u64::from(*ms) } else { 0 };
            }
        }
        Agents {
            servers: count(of_queue().filter(works).count()),
            busy: count(of_queue().filter(|it| it.conversations > 0).count()),
            share: if own_ms == 0 {
                1.0
            } else {
                seconds(own_ms) / seconds(all_ms)
            },
        }
    }

    /// The line as `call` finds it when it joins.
    pub(super) fn line(&self, now: Timestamp, call: &Call, servers: u32) -> Line {
        let before = |it: &&&Call| rank(it) <= rank(call);
        let own = || {
            self.line
                .values()
                .filter(before)
                .filter(|it| it.queue == call.queue)
        };
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Line {
            waits_since: now,
            ahead: count(own().count()),
            ahead_in_pool: count(self.line.values().filter(before).count()),
            servers,
            head_waits_since: own().min_by_key(|it| rank(it)).map(|it| it.arrives),
        }
    }

    pub(super) fn join(&mut self, call: &'a Call) {
        self.line.insert(call.number, call);
    }

    pub(super) fn leave(&mut self, call: &Call) {
        self.line.remove(&call.number);
    }

    pub(super) fn answer(&mut self, now: Timestamp, call: &'a Call) {
        self.leave(call);
        if let Some(agent) = named(call) {
            let agent = self.agents.entry(agent).or_default();
            agent.conversations += 1;
            agent.last_seen = now;
            agent.queues.insert(&call.queue);
        }
    }

    pub(super) fn end(&mut self, now: Timestamp, call: &'a Call) {
        let (Some(name), End::Handled { handling_ms, .. }) = (named(call), &call.end) else {
            return;
        };
        if let Some(agent) = self.agents.get_mut(name) {
            agent.conversations = agent.conversations.saturating_sub(1);
            agent.last_seen = now;
        }
        if self.conversations.len() >= CONVERSATIONS {
            self.conversations.pop_front();
        }
        self.conversations
            .push_back((name, &call.queue, *handling_ms));
    }
}

/// The order in which calls are served: by time in line, a priority customer with a head start.
fn rank(call: &Call) -> (Timestamp, u64) {
    let head_start_s = if call.is_priority { HEAD_START_S } else { 0 };
    (
        call.arrives.plus_micros(-head_start_s * 1_000_000),
        call.number,
    )
}

fn named(call: &Call) -> Option<&str> {
    match &call.end {
        End::Handled { agent, .. } => agent.as_deref(),
        End::GaveUp => None,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of some conversations, for a share"
)]
fn seconds(ms: u64) -> f64 {
    ms as f64 / 1_000.0
}
