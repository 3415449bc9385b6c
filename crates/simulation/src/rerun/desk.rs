//! Agents of a rerun: shifts, work after conversations and breaks, as the traffic says.

use super::{Happening, Load, Rerun};
use crate::dice::Dice;
use tandem_core::agent::Intent;
use tandem_core::ids::AgentId;
use tandem_core::input::{IntentChoice, Request};
use tandem_core::time::Timestamp;

/// So that the chance of agents is not that of customers.
const DESK_SEED: u64 = 0x5EED_0000_0000_0003;

/// An agent at work.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    shift: Option<usize>,
    dice: Dice,
    n_wrap_ups: usize,
    /// Breaks that are due and have not begun, microseconds.
    owed_us: i64,
    is_on_break: bool,
    is_leaving: bool,
    here_since: Option<Timestamp>,
}

impl Desk {
    pub(super) const fn new(seed: u64, agent: AgentId) -> Self {
        Self {
            shift: None,
            dice: Dice::new(seed ^ DESK_SEED.wrapping_mul(agent.0)),
            n_wrap_ups: 0,
            owed_us: 0,
            is_on_break: false,
            is_leaving: false,
            here_since: None,
        }
    }
}

impl Rerun<'_> {
    fn desk(&mut self, agent: AgentId) -> Option<&mut Desk> {
        self.desks.get_mut(&agent)
    }

    pub(super) fn add_load(&mut self, agent: AgentId, add: impl FnOnce(&mut Load)) {
        let shift = self.desks.get(&agent).and_then(|it| it.shift);
        if let Some(load) = shift.and_then(|it| self.lived.loads.get_mut(it)) {
            add(load);
        }
    }

    /// The work after this conversation: the next on record, or, when there were not so many, one of them.
    pub(super) fn wrap_up_us(&mut self, agent: AgentId) -> i64 {
        let traffic = self.traffic;
        let Some(desk) = self.desk(agent) else {
            return 0;
        };
        let shift = desk.shift.and_then(|it| traffic.shifts.get(it));
        let on_record = shift.map_or(&[][..], |it| &it.wrap_ups_us);
        let next = on_record.get(desk.n_wrap_ups).copied();
        desk.n_wrap_ups += 1;
        let again = || desk.dice.pick(on_record).copied();
        next.or_else(again).unwrap_or(0)
    }

    pub(super) fn shift_begins(&mut self, n: usize) {
        let agent = self.traffic.shifts[n].agent;
        if let Some(desk) = self.desk(agent) {
            desk.shift = Some(n);
            desk.n_wrap_ups = 0;
            desk.owed_us = 0;
            desk.is_on_break = false;
            desk.is_leaving = false;
        }
        self.set_intent(agent, IntentChoice::Ready);
    }

    /// Whose shift it is, if it still is.
    fn at_work(&mut self, n: usize) -> Option<(AgentId, &mut Desk)> {
        let agent = self.traffic.shifts[n].agent;
        let desk = self.desk(agent)?;
        (desk.shift == Some(n) && !desk.is_leaving).then_some((agent, desk))
    }

    pub(super) fn break_begins(&mut self, n: usize, us: i64) {
        let reason = self.traffic.break_reason;
        let Some((agent, desk)) = self.at_work(n) else {
            return;
        };
        desk.owed_us += us;
        if !desk.is_on_break {
            self.set_intent(agent, IntentChoice::NotReady { reason });
        }
    }

    pub(super) fn break_ends(&mut self, n: usize) {
        let now = self.now;
        let Some((agent, desk)) = self.at_work(n) else {
            return;
        };
        if desk.owed_us > 0 {
            let until = now.plus_micros(std::mem::take(&mut desk.owed_us));
            self.plan(until, Happening::BreakEnds(n));
            return;
        }
        desk.is_on_break = false;
        self.set_intent(agent, IntentChoice::Ready);
    }

    pub(super) fn shift_ends(&mut self, n: usize) {
        let reason = self.traffic.break_reason;
        let Some((agent, desk)) = self.at_work(n) else {
            return;
        };
        desk.is_leaving = true;
        let is_free = self.center.state().agents.get(agent);
        if is_free.is_some_and(|it| it.slots.is_empty()) {
            self.sign_out(agent);
        } else {
            self.set_intent(agent, IntentChoice::NotReady { reason });
        }
    }

    fn sign_out(&mut self, agent: AgentId) {
        self.ask(crate::people::actor(agent), Request::SignOut);
    }

    /// A wish came true: a break begins, or the agent goes.
    pub(super) fn intent_is(&mut self, agent: AgentId, intent: Intent) {
        let now = self.now;
        let Some(desk) = self.desk(agent).filter(|_| intent != Intent::Ready) else {
            return;
        };
        if desk.is_leaving {
            let actor = crate::people::actor(agent);
            let request = Request::SignOut;
            let leaves = tandem_core::input::Input::Asked { actor, request };
            self.word.push_back(leaves);
            return;
        }
        desk.is_on_break = true;
        let until = now.plus_micros(std::mem::take(&mut desk.owed_us));
        if let Some(shift) = desk.shift {
            self.plan(until, Happening::BreakEnds(shift));
        }
    }

    pub(super) fn signed_in(&mut self, agent: AgentId) {
        let now = self.now;
        if let Some(desk) = self.desk(agent) {
            desk.here_since = Some(now);
        }
    }

    pub(super) fn signed_out(&mut self, agent: AgentId) {
        let now = self.now;
        let since = self.desk(agent).and_then(|it| it.here_since.take());
        let here_us = since.map_or(0, |it| now.micros_since(it));
        self.add_load(agent, |load| load.here_us += here_us);
    }
}
