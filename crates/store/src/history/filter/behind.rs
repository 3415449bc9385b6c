//! The facts behind a figure as a condition: the table, what leads its index, and what else must hold of a fact.

use crate::figures::sqlite::codes;
use crate::figures::{AgentFigure, Behind, QueueFigure};
use tandem_core::performance::StayEnd;

/// Facts that are meant.
pub(super) struct Meant {
    pub(super) table: &'static str,
    /// The column of the queue or the agent.
    pub(super) whose: &'static str,
    pub(super) id: u64,
    /// The column of the instant.
    pub(super) at: &'static str,
    /// More that must hold, with AND before it; numbers of ours alone.
    pub(super) condition: String,
}

const LEFT: &str = "stays f INDEXED BY stays_by_leave";
const OF_QUEUE: &str = "engagements f INDEXED BY engagements_by_queue";

pub(super) fn meant(behind: &Behind) -> Meant {
    match *behind {
        Behind::Queue { queue, figure, .. } => {
            let (table, at, condition) = of_queue(figure);
            Meant {
                table,
                whose: "queue",
                id: queue.0,
                at,
                condition,
            }
        }
        Behind::Agent { agent, figure, .. } => {
            let (table, at, condition) = of_agent(figure);
            Meant {
                table,
                whose: "agent",
                id: agent.0,
                at,
                condition,
            }
        }
    }
}

fn of_queue(figure: QueueFigure) -> (&'static str, &'static str, String) {
    match figure {
        QueueFigure::Offered => {
            let blocked = codes::of_stay_end(StayEnd::Blocked);
            let entered = format!(" AND f.outcome IS NOT {blocked}");
            ("stays f", "entered_us", entered)
        }
        QueueFigure::AnsweredInTime => {
            let answered = codes::of_stay_end(StayEnd::Answered);
            let in_time = format!(
                " AND f.outcome = {answered} AND f.left_us - f.entered_us <= f.threshold_s * 1000000"
            );
            (LEFT, "left_us", in_time)
        }
        QueueFigure::Left(end) => {
            let code = codes::of_stay_end(end);
            (LEFT, "left_us", format!(" AND f.outcome = {code}"))
        }
        QueueFigure::Handled => (OF_QUEUE, "handled_us", String::new()),
        QueueFigure::Transferred => {
            let transferred = " AND f.transfer IS NOT NULL".to_owned();
            (OF_QUEUE, "handled_us", transferred)
        }
    }
}

fn of_agent(figure: AgentFigure) -> (&'static str, &'static str, String) {
    let engagement = |condition: &str| ("engagements f", "handled_us", condition.to_owned());
    let offer = |condition: String| ("offers f", "ended_us", condition);
    match figure {
        AgentFigure::Handled => engagement(""),
        AgentFigure::Outbound => engagement(" AND f.is_outbound = 1"),
        AgentFigure::Held => engagement(" AND f.hold_us + f.consult_us > 0"),
        AgentFigure::Transferred => engagement(" AND f.transfer IS NOT NULL"),
        AgentFigure::Offers => offer(String::new()),
        AgentFigure::Accepted => offer(" AND f.outcome IS NULL".to_owned()),
        AgentFigure::OfferEnded(end) => {
            let code = codes::of_offer_end(end);
            offer(format!(" AND f.outcome = {code}"))
        }
    }
}
