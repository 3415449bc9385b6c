//! The board against the ledger.

use crate::ledger::{Counts, Ledger};
use tandem_core::state::State;
use tandem_core::time::Timestamp;
use tandem_reports::live::{Board, Figures};

/// The midnights of Berlin at which a simulated day begins, in seconds since the epoch: those of 2026-03-28, 29
/// and 30, worked out by hand. The 29th has 23 hours; from the 30th on days have 24, until October.
const MIDNIGHTS_S: [i64; 3] = [1_774_652_400, 1_774_738_800, 1_774_821_600];
const DAY_S: i64 = 86_400;

fn day_start(now: Timestamp) -> Timestamp {
    let now_s = now.as_micros().div_euclid(1_000_000);
    let [first, second, third] = MIDNIGHTS_S;
    let midnight = if now_s < second {
        first
    } else if now_s < third {
        second
    } else {
        now_s - (now_s - third) % DAY_S
    };
    Timestamp::from_micros(midnight * 1_000_000)
}

/// Every counter, by every prefix that is looked at; and the conservation of B15.1.
pub(crate) fn board_equals_ledger(
    board: &Board,
    ledger: &Ledger,
    now: Timestamp,
    state: &State,
) -> Result<(), String> {
    let figures = board.figures(now, state);
    let start = day_start(now);
    for queue in &figures.queues {
        let shown = Counts {
            offered: queue.offered,
            carried_in: queue.carried_in,
            answered: queue.answered,
            answered_in_time: queue.answered_in_time,
            abandoned: queue.abandoned,
            short_abandoned: queue.short_abandoned,
            flow_out: queue.flow_out,
            removed: queue.removed,
            waiting: queue.waiting,
        };
        let slow = ledger.counts(queue.id, start);
        if shown != slow {
            return Err(format!(
                "queue {}: board {shown:?}, ledger {slow:?}",
                queue.id
            ));
        }
        let longest = ledger.longest_since(queue.id);
        if queue.longest_since != longest {
            return Err(format!(
                "queue {}: longest wait since {longest:?}",
                queue.id
            ));
        }
    }
    let averages = (figures.today.asa_s, figures.today.aht_s);
    let slow = (ledger.asa_s(start), ledger.aht_s(start));
    if averages != slow {
        return Err(format!("ASA and AHT: board {averages:?}, ledger {slow:?}"));
    }
    for agent in &figures.agent_list {
        let slow = ledger.handled(agent.id, start);
        if agent.handled != slow {
            return Err(format!(
                "agent {} handled {slow}, board {}",
                agent.id, agent.handled
            ));
        }
    }
    let (arrived, ended) = ledger.n_arrived_and_ended();
    if arrived - ended != state.contacts.len() {
        return Err(format!(
            "{arrived} arrived, {ended} ended, {}",
            state.contacts.len()
        ));
    }
    Ok(())
}

/// offered + carried in = answered + abandoned + short abandons + flow out + removed + waiting (B15.1).
pub(crate) fn conserves(figures: &Figures) -> Result<(), String> {
    for queue in &figures.queues {
        let entered = queue.offered + queue.carried_in;
        let left = queue.answered
            + queue.abandoned
            + queue.short_abandoned
            + queue.flow_out
            + queue.removed;
        if entered != left + queue.waiting {
            return Err(format!("queue {} does not conserve: {queue:?}", queue.id));
        }
    }
    Ok(())
}
