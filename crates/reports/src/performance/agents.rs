//! What agents were, span by span: the core's own reading of its facts, followed beside it. What is needed to go on is
//! kept for each agent apart, for there may be very many and few of them change at once.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::agent::{Agent, Agents, NotReady};
use tandem_core::event::Event;
use tandem_core::ids::{AgentId, ReasonId};
use tandem_core::performance::AgentSpan;
use tandem_core::settings::Document;
use tandem_core::time::Timestamp;

/// What is needed to go on with one agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentThread {
    agent: Agent,
    span: AgentSpan,
}

/// What is kept of a reason with the spans that begin while it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonSeen {
    version: u64,
    is_productive: bool,
    is_unpaid: bool,
}

/// The fold.
#[derive(Clone, Debug, Default)]
pub struct AgentStates {
    agents: Agents,
    /// Reasons as they stand.
    reasons: BTreeMap<ReasonId, ReasonSeen>,
    open: BTreeMap<AgentId, AgentSpan>,
    changed: BTreeSet<AgentId>,
    fresh: Vec<AgentSpan>,
}

impl AgentStates {
    /// Goes on where a fold was paused.
    #[must_use]
    pub fn resumed(
        reasons: BTreeMap<ReasonId, ReasonSeen>,
        threads: impl IntoIterator<Item = (AgentId, AgentThread)>,
    ) -> Self {
        let mut open = BTreeMap::new();
        let agents = threads
            .into_iter()
            .map(|(id, AgentThread { agent, span })| {
                open.insert(id, span);
                (id, agent)
            });
        Self {
            agents: agents.collect(),
            reasons,
            open,
            ..Self::default()
        }
    }

    /// Reasons as they stand: the part of the thread that is of no agent.
    #[must_use]
    pub const fn reasons(&self) -> &BTreeMap<ReasonId, ReasonSeen> {
        &self.reasons
    }

    /// Takes a fact.
    pub fn apply(&mut self, now: Timestamp, event: &Event) {
        if let Event::Saved {
            id,
            version,
            document: Document::Reason(reason),
            ..
        } = event
        {
            let seen = ReasonSeen {
                version: *version,
                is_productive: reason.productive,
                is_unpaid: !reason.paid,
            };
            self.reasons.insert(ReasonId(*id), seen);
        }
        if let Some(id) = self.agents.apply(now, event) {
            self.shown(now, id);
        }
    }

    /// The spans that began or ended since this was asked last, and how to go on with the agents who changed; none
    /// for whoever is gone.
    pub fn changes(&mut self) -> (Vec<AgentSpan>, Vec<(AgentId, Option<AgentThread>)>) {
        let mut fresh = std::mem::take(&mut self.fresh);
        let changed = std::mem::take(&mut self.changed);
        let mut threads = Vec::with_capacity(changed.len());
        for id in changed {
            let agent = self.agents.get(id).cloned();
            let span = self.open.get(&id).copied();
            fresh.extend(span);
            let thread = agent.zip(span);
            threads.push((id, thread.map(|(agent, span)| AgentThread { agent, span })));
        }
        (fresh, threads)
    }

    /// Looks what a board shows of the agent from now on.
    fn shown(&mut self, now: Timestamp, id: AgentId) {
        self.changed.insert(id);
        let shown = self.agents.get(id).map(|agent| {
            let reason = agent.reason_shown();
            (agent.display, reason)
        });
        let before = self.open.get(&id).copied();
        if before.map(|it| (it.state, it.reason)) == shown {
            return;
        }
        self.open.remove(&id);
        if let Some(span) = before.filter(|span| span.from < now) {
            self.fresh.push(AgentSpan {
                until: Some(now),
                ..span
            });
        }
        if let Some((state, reason)) = shown {
            let chosen = reason.and_then(NotReady::chosen);
            let seen = chosen.and_then(|id| self.reasons.get(&id).copied());
            let ReasonSeen {
                version,
                is_productive,
                is_unpaid,
            } = seen.unwrap_or_default();
            let span = AgentSpan {
                agent: id,
                from: now,
                until: None,
                state,
                reason,
                reason_version: version,
                is_productive,
                is_unpaid,
            };
            self.open.insert(id, span);
        }
    }
}
