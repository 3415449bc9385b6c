//! The contacts behind a figure: its field as `figures` tell it, a queue or an agent, and a stretch of time.

use crate::api::time;
use crate::problem::Problem;
use tandem_core::event::OfferEnd;
use tandem_core::ids::{AgentId, QueueId};
use tandem_core::performance::StayEnd;
use tandem_store::{AgentFigure, Behind, QueueFigure, Stretch};

/// What is asked for.
pub(super) struct FigureAsked<'a> {
    pub(super) figure: Option<&'a str>,
    pub(super) from: Option<&'a str>,
    pub(super) to: Option<&'a str>,
}

const QUEUE: [(&str, QueueFigure); 10] = [
    ("queue.offered", QueueFigure::Offered),
    ("queue.answered", QueueFigure::Left(StayEnd::Answered)),
    ("queue.answered_in_time", QueueFigure::AnsweredInTime),
    ("queue.abandoned", QueueFigure::Left(StayEnd::Abandoned)),
    (
        "queue.short_abandoned",
        QueueFigure::Left(StayEnd::ShortAbandoned),
    ),
    ("queue.flow_out", QueueFigure::Left(StayEnd::FlowOut)),
    ("queue.removed", QueueFigure::Left(StayEnd::Removed)),
    ("queue.blocked", QueueFigure::Left(StayEnd::Blocked)),
    ("queue.handled", QueueFigure::Handled),
    ("queue.transferred", QueueFigure::Transferred),
];
const AGENT: [(&str, AgentFigure); 11] = [
    ("agent.handled", AgentFigure::Handled),
    ("agent.outbound", AgentFigure::Outbound),
    ("agent.held", AgentFigure::Held),
    ("agent.transferred", AgentFigure::Transferred),
    ("agent.offers", AgentFigure::Offers),
    ("agent.accepted", AgentFigure::Accepted),
    ("agent.missed", AgentFigure::OfferEnded(OfferEnd::Missed)),
    (
        "agent.declined",
        AgentFigure::OfferEnded(OfferEnd::Declined),
    ),
    (
        "agent.not_joined",
        AgentFigure::OfferEnded(OfferEnd::NotJoined),
    ),
    (
        "agent.ring_failed",
        AgentFigure::OfferEnded(OfferEnd::RingFailed),
    ),
    (
        "agent.customer_left",
        AgentFigure::OfferEnded(OfferEnd::CustomerLeft),
    ),
];

impl FigureAsked<'_> {
    /// As the store is asked; nothing where no figure is meant.
    pub(super) fn behind(
        &self,
        queue: Option<u64>,
        agent: Option<u64>,
    ) -> Result<Option<Behind>, Problem> {
        let Some(figure) = self.figure else {
            let beside = [("figure_from", self.from), ("figure_to", self.to)];
            return match beside.into_iter().find(|(_, it)| it.is_some()) {
                Some((field, _)) => Err(invalid(field, "belongs to a figure: say which")),
                None => Ok(None),
            };
        };
        let stretch = self.stretch()?;
        if let Some((_, figure)) = QUEUE.into_iter().find(|(word, _)| *word == figure) {
            let queue = queue.ok_or_else(|| invalid("queue_id", "say of which queue it is"))?;
            if agent.is_some() {
                return Err(invalid("agent_id", "the figure is of a queue"));
            }
            let queue = QueueId(queue);
            return Ok(Some(Behind::Queue {
                queue,
                figure,
                stretch,
            }));
        }
        if let Some((_, figure)) = AGENT.into_iter().find(|(word, _)| *word == figure) {
            let agent = agent.ok_or_else(|| invalid("agent_id", "say of which agent it is"))?;
            if queue.is_some() {
                return Err(invalid("queue_id", "the figure is of an agent"));
            }
            let agent = AgentId(agent);
            return Ok(Some(Behind::Agent {
                agent,
                figure,
                stretch,
            }));
        }
        let words = QUEUE.iter().map(|(word, _)| *word);
        let words: Vec<&str> = words.chain(AGENT.map(|(word, _)| word)).collect();
        let detail = format!(
            "there are no contacts behind this; known are {}",
            words.join(", ")
        );
        Err(Problem::invalid("figure", detail))
    }

    fn stretch(&self) -> Result<Stretch, Problem> {
        let at = |field, text| {
            time::asked(field, text)?.ok_or_else(|| invalid(field, "say in which time"))
        };
        Ok(Stretch {
            from: at("figure_from", self.from)?,
            to: at("figure_to", self.to)?,
        })
    }
}

fn invalid(field: &str, detail: &str) -> Problem {
    Problem::invalid(field, detail.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: Option<&str> = Some("2026-11-26T00:00:00Z");
    const TO: Option<&str> = Some("2026-11-27T00:00:00Z");

    fn asked<'a>(
        figure: Option<&'a str>,
        from: Option<&'a str>,
        to: Option<&'a str>,
    ) -> FigureAsked<'a> {
        FigureAsked { figure, from, to }
    }

    // U13: every number is a link.
    #[test]
    fn figures_of_queues_need_a_queue_and_those_of_agents_an_agent() {
        let queue = asked(Some("queue.answered"), FROM, TO);
        assert!(matches!(
            queue.behind(Some(1), None),
            Ok(Some(Behind::Queue { .. }))
        ));
        assert!(queue.behind(None, None).is_err() && queue.behind(Some(1), Some(1)).is_err());
        let agent = asked(Some("agent.missed"), FROM, TO);
        assert!(matches!(
            agent.behind(None, Some(1)),
            Ok(Some(Behind::Agent { .. }))
        ));
        assert!(agent.behind(None, None).is_err() && agent.behind(Some(1), Some(1)).is_err());
    }

    #[test]
    fn figure_needs_its_time_and_time_its_figure() {
        assert!(
            asked(Some("queue.offered"), FROM, None)
                .behind(Some(1), None)
                .is_err()
        );
        assert!(asked(None, FROM, TO).behind(Some(1), None).is_err());
        assert!(matches!(
            asked(None, None, None).behind(Some(1), None),
            Ok(None)
        ));
        assert!(
            asked(Some("queue.asa_s"), FROM, TO)
                .behind(Some(1), None)
                .is_err()
        );
    }
}
