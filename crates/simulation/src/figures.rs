//! The board against the ledger.

use crate::ledger::{Counts, Ledger};
use tandem_core::state::State;
use tandem_core::time::Timestamp;
use tandem_reports::live::{Board, Figures};

/// The midnights of Berlin that a simulated day can cross, in seconds since the epoch: 2026-03-28 to
/// 2026-04-02, worked out by hand; the 29th has 23 hours.
const MIDNIGHTS_S: [i64; 6] = [
    1_774_652_400,
    1_774_738_800,
    1_774_821_600,
    1_774_908_000,
    1_774_994_400,
    1_775_080_800,
];

fn day_start(now: Timestamp) -> Timestamp {
    let midnights = MIDNIGHTS_S.map(|s| Timestamp::from_micros(s * 1_000_000));
    let before = midnights.iter().filter(|at| **at <= now);
    before.max().copied().unwrap_or_default()
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
