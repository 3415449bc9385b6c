//! What queues and agents did, summed when it is asked for: by quarter of an hour and in integers. Facts are written
//! with the history ([`crate::History::put_history`]) and are as old as it.

mod behind;
pub(crate) mod sqlite;

use crate::Pending;
use crate::center::{CenterId, UnixMicros};
use crate::error::Error;
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::ids::{AgentId, QueueId};
use tandem_core::performance::{AgentCell, Facts, QueueCell, TimeCell};

pub use behind::{AgentFigure, Behind, QueueFigure};

/// Facts as they are written, and how their follower goes on with agents; none for those who are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewFacts {
    pub facts: Facts,
    pub agents: Vec<(AgentId, Option<Vec<u8>>)>,
}

/// By which threshold a wait is in time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Within {
    /// That in force when the stay ended.
    #[default]
    InForce,
    /// The same for all, s.
    Seconds(u32),
    /// One for each queue, s; that in force where none is given.
    Each(BTreeMap<QueueId, u32>),
}

impl Within {
    /// The threshold of a queue; none: that in force.
    #[must_use]
    pub fn of(&self, queue: QueueId) -> Option<u32> {
        match self {
            Self::InForce => None,
            Self::Seconds(seconds) => Some(*seconds),
            Self::Each(each) => each.get(&queue).copied(),
        }
    }
}

/// A stretch of time, half-open, of whole quarters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: UnixMicros,
    pub to: UnixMicros,
}

impl Stretch {
    /// Whether an instant lies within.
    #[must_use]
    pub fn has(self, at: UnixMicros) -> bool {
        self.from <= at && at < self.to
    }
}

pub trait Figures: Send + Sync {
    /// The queues of which there are facts.
    fn queues_with_facts<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<BTreeSet<QueueId>, Error>>;

    /// The agents of whom there are facts.
    fn agents_with_facts<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<BTreeSet<AgentId>, Error>>;

    /// What queues came to by quarter. A queue and quarter may stand there more than once: the parts are summed.
    fn queue_cells<'a>(
        &'a self,
        center: &'a CenterId,
        queues: &'a BTreeSet<QueueId>,
        stretch: Stretch,
        within: &'a Within,
    ) -> Pending<'a, Result<Vec<QueueCell>, Error>>;

    /// How many waited in each queue when `at` began: those who entered before and had not left.
    fn waiting_at<'a>(
        &'a self,
        center: &'a CenterId,
        queues: &'a BTreeSet<QueueId>,
        at: UnixMicros,
    ) -> Pending<'a, Result<BTreeMap<QueueId, u64>, Error>>;

    /// What agents came to by quarter. An agent and quarter may stand there more than once: the parts are summed.
    fn agent_cells<'a>(
        &'a self,
        center: &'a CenterId,
        agents: &'a BTreeSet<AgentId>,
        stretch: Stretch,
    ) -> Pending<'a, Result<Vec<AgentCell>, Error>>;

    /// What agents were, split by quarter; what goes on counts until `now`.
    fn agent_time<'a>(
        &'a self,
        center: &'a CenterId,
        agents: &'a BTreeSet<AgentId>,
        stretch: Stretch,
        now: UnixMicros,
    ) -> Pending<'a, Result<Vec<TimeCell>, Error>>;
}
