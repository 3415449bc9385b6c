//! The contacts behind a figure: the same facts by the same conditions as its sum, so that a number and its list cannot
//! differ. A contact that counts twice (it was twice in the queue) stands in the list once.

use super::Stretch;
use crate::center::UnixMicros;
use tandem_core::event::OfferEnd;
use tandem_core::ids::{AgentId, ContactId, QueueId};
use tandem_core::performance::{Facts, StayEnd};

/// A figure of a queue or of an agent in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    Queue {
        queue: QueueId,
        figure: QueueFigure,
        stretch: Stretch,
    },
    Agent {
        agent: AgentId,
        figure: AgentFigure,
        stretch: Stretch,
    },
}

/// Which figure of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueFigure {
    /// Entered.
    Offered,
    /// Answered within the threshold in force.
    AnsweredInTime,
    /// Left like this.
    Left(StayEnd),
    /// An engagement for it was completed.
    Handled,
    /// And ended by a transfer.
    Transferred,
}

/// Which figure of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentFigure {
    /// An engagement was completed.
    Handled,
    /// And its customer was called.
    Outbound,
    /// And its customer was on hold.
    Held,
    /// And it ended by a transfer.
    Transferred,
    /// Was offered.
    Offers,
    /// Was offered, and agent and customer talked.
    Accepted,
    /// Was offered, and came to nothing like this.
    OfferEnded(OfferEnd),
}

const MICROS_PER_SECOND: i64 = 1_000_000;

impl Behind {
    /// The contacts, fact by fact. The back ends ask their tables; this is what they must come to.
    #[must_use]
    pub fn contacts(&self, facts: &Facts) -> Vec<ContactId> {
        match *self {
            Self::Queue {
                queue,
                figure,
                stretch,
            } => of_queue(facts, queue, figure, stretch),
            Self::Agent {
                agent,
                figure,
                stretch,
            } => of_agent(facts, agent, figure, stretch),
        }
    }
}

fn of_queue(
    facts: &Facts,
    queue: QueueId,
    figure: QueueFigure,
    stretch: Stretch,
) -> Vec<ContactId> {
    let within = |at: tandem_core::time::Timestamp| stretch.has(UnixMicros(at.as_micros()));
    let stays = facts.stays.iter().filter(|stay| {
        let end = stay.left.filter(|(at, _)| within(*at)).map(|(_, end)| end);
        let in_time_us = i64::from(stay.thresholds.threshold_s) * MICROS_PER_SECOND;
        stay.queue == queue
            && match figure {
                QueueFigure::Offered => {
                    within(stay.entered_at)
                        && stay.left.is_none_or(|(_, end)| end != StayEnd::Blocked)
                }
                QueueFigure::AnsweredInTime => {
                    end == Some(StayEnd::Answered)
                        && stay.wait_us().is_some_and(|us| us <= in_time_us)
                }
                QueueFigure::Left(wanted) => end == Some(wanted),
                QueueFigure::Handled | QueueFigure::Transferred => false,
            }
    });
    let engagements = facts.engagements.iter().filter(|it| {
        it.queue == queue
            && it.handled_at.is_some_and(within)
            && match figure {
                QueueFigure::Handled => true,
                QueueFigure::Transferred => it.transfer.is_some(),
                QueueFigure::Offered | QueueFigure::AnsweredInTime | QueueFigure::Left(_) => false,
            }
    });
    let stays = stays.map(|it| it.contact);
    stays.chain(engagements.map(|it| it.contact)).collect()
}

fn of_agent(
    facts: &Facts,
    agent: AgentId,
    figure: AgentFigure,
    stretch: Stretch,
) -> Vec<ContactId> {
    let within = |at: tandem_core::time::Timestamp| stretch.has(UnixMicros(at.as_micros()));
    let engagements = facts.engagements.iter().filter(|it| {
        it.agent == agent
            && it.handled_at.is_some_and(within)
            && match figure {
                AgentFigure::Handled => true,
                AgentFigure::Outbound => it.direction == tandem_core::contact::Direction::Outbound,
                AgentFigure::Held => it.hold_us + it.consult_us > 0,
                AgentFigure::Transferred => it.transfer.is_some(),
                AgentFigure::Offers | AgentFigure::Accepted | AgentFigure::OfferEnded(_) => false,
            }
    });
    let offers = facts.offers.iter().filter(|it| {
        it.agent == agent
            && within(it.ended_at)
            && match figure {
                AgentFigure::Offers => true,
                AgentFigure::Accepted => it.end.is_none(),
                AgentFigure::OfferEnded(end) => it.end == Some(end),
                AgentFigure::Handled
                | AgentFigure::Outbound
                | AgentFigure::Held
                | AgentFigure::Transferred => false,
            }
    });
    let engagements = engagements.map(|it| it.contact);
    engagements.chain(offers.map(|it| it.contact)).collect()
}
