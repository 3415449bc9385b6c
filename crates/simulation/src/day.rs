//! One simulated day: the loop as the server's engine runs it, on virtual time. It takes turns, appends one
//! record, and only then lets anything out; a failed append drops the state and rebuilds it from the journal.

use crate::carrier::Carrier;
use crate::cloud::Cloud;
use crate::dice::Dice;
use crate::invariant::{Broken, Invariant};
use crate::journal::{Journal, Record, TurnRecord};
use crate::oracles::Oracles;
use crate::planted::{Planted, Process};
use crate::report::{Failure, Report, clock};
use crate::rules;
use crate::weather::{Append, Fault, Weather};
use std::collections::VecDeque;
use tandem_core::ContactCenter;
use tandem_core::effect::Order;
use tandem_core::ids::ContactId;
use tandem_core::input::Input;
use tandem_core::state::State;
use tandem_core::time::Timestamp;
use tandem_core::turn::Reply;

/// 2026-03-28T20:00:00Z: the evening before the clocks change in Berlin.
const START_MICROS: i64 = 1_774_728_000_000_000;
/// Seeds whose board is read after every transition.
const SEEDS_READ_CLOSELY: u64 = 12;
/// Turns that the report of a failure shows.
const TRAIL: usize = 12;
/// So that the faults of a seed are not the steps of its people over again.
const WEATHER_SEED: u64 = 0x5EED_0000_0000_0001;
/// As above, for the chance that a planted bug shows.
const PLANTED_SEED: u64 = 0x5EED_0000_0000_0002;

/// A day.
pub(crate) struct Day {
    pub(crate) center: ContactCenter,
    pub(crate) cloud: Cloud,
    pub(crate) carrier: Carrier,
    pub(crate) dice: Dice,
    pub(crate) weather: Weather,
    pub(crate) process: Process,
    pub(crate) now: Timestamp,
    pub(crate) n_agents_max: u64,
    pub(crate) n_contacts_max: u64,
    pub(crate) next_key: u64,
    journal: Journal,
    oracles: Oracles,
    /// Until when the store takes nothing.
    away_until: Option<Timestamp>,
    n_turns: u64,
    n_refused: u64,
    n_rebuilds: u64,
    seed: u64,
    /// The last turns, for the report of a failure.
    trail: VecDeque<TurnRecord>,
}

/// What the turns of one batch led to, not yet durable.
#[derive(Default)]
struct Taken {
    turns: Vec<TurnRecord>,
    orders: Vec<Order>,
    replies: Vec<Option<Reply>>,
}

impl Day {
    pub(crate) fn new(seed: u64, planted: Option<Planted>) -> Self {
        let mut dice = Dice::new(seed);
        let n_agents_max = 3 + dice.below(10);
        let n_contacts_max = 4 + dice.below(20);
        Self {
            center: ContactCenter::new(),
            cloud: Cloud::default(),
            carrier: Carrier::default(),
            dice,
            weather: Weather::fine(),
            process: Process::new(planted, Dice::new(seed ^ PLANTED_SEED)),
            now: Timestamp::from_micros(START_MICROS),
            n_agents_max,
            n_contacts_max,
            next_key: 1,
            journal: Journal::default(),
            oracles: Oracles::new(seed <= SEEDS_READ_CLOSELY),
            away_until: None,
            n_turns: 0,
            n_refused: 0,
            n_rebuilds: 0,
            seed,
            trail: VecDeque::new(),
        }
    }

    /// From now on things go wrong.
    pub(crate) fn weather_begins(&mut self) {
        self.weather = Weather::new(Dice::new(self.seed ^ WEATHER_SEED));
    }

    pub(crate) const fn state(&self) -> &State {
        self.center.state()
    }

    pub(crate) const fn n_turns(&self) -> u64 {
        self.n_turns
    }

    pub(crate) const fn elapsed_micros(&self) -> i64 {
        self.now.as_micros() - START_MICROS
    }

    /// Gives an input to the loop; answers the reply, or none when the store did not take it.
    pub(crate) fn give(&mut self, input: Input) -> Result<Option<Reply>, Broken> {
        let mut replies = self.give_together(vec![input])?;
        Ok(replies.pop().flatten())
    }

    /// Gives inputs that wait together: their turns share a record.
    pub(crate) fn give_together(
        &mut self,
        inputs: Vec<Input>,
    ) -> Result<Vec<Option<Reply>>, Broken> {
        if self.is_away()? {
            return Ok(self.refuse(inputs.len()));
        }
        let mut taken = Taken::default();
        for input in inputs {
            self.turn(input, &mut taken)?;
        }
        let replies = self.commit(taken)?;
        self.every_open_order_is_in_hand()?;
        Ok(replies)
    }

    fn refuse(&mut self, n_inputs: usize) -> Vec<Option<Reply>> {
        self.n_refused += u64::try_from(n_inputs).unwrap_or(u64::MAX);
        vec![None; n_inputs]
    }

    fn turn(&mut self, input: Input, taken: &mut Taken) -> Result<(), Broken> {
        self.n_turns += 1;
        let turn = self.process.step(&mut self.center, self.now, input.clone());
        let record = TurnRecord {
            now: self.now,
            input,
            events: turn.events.clone(),
        };
        if self.trail.len() >= TRAIL {
            self.trail.pop_front();
        }
        self.trail.push_back(record.clone());
        self.oracles.look_at_transition(&self.center, self.now)?;
        let dealt_with = rules::what_is_due_is_dealt_with(&self.center, self.now, &record);
        self.oracles
            .look(Invariant::NothingWaitsForEver, dealt_with)?;
        let unheard = rules::nothing_is_recorded_that_must_not_be(&self.center, &self.cloud);
        let must_not = Invariant::NothingIsRecordedThatMustNotBe;
        self.oracles.look(must_not, unheard)?;
        for order in turn.orders() {
            let makes_sense = rules::order_makes_sense(&order);
            self.oracles.look(Invariant::OrderMakesSense, makes_sense)?;
            if self.process.is_hasty() {
                self.carrier.take(order.clone());
                self.send_requests();
            }
            taken.orders.push(order);
        }
        if !turn.events.is_empty() {
            taken.turns.push(record);
            let is_true = if matches!(turn.reply, Reply::Ignored) {
                Err("an ignored input left facts behind".to_owned())
            } else {
                Ok(())
            };
            self.oracles.look(Invariant::ReplyIsTrue, is_true)?;
        }
        taken.replies.push(Some(turn.reply));
        Ok(())
    }

    pub(crate) const fn last_contact(&self) -> ContactId {
        self.oracles.last_contact()
    }

    /// One record, and only then everything outward.
    fn commit(&mut self, taken: Taken) -> Result<Vec<Option<Reply>>, Broken> {
        if taken.turns.is_empty() {
            return Ok(taken.replies);
        }
        let n_inputs = taken.replies.len();
        let append = self.weather.append();
        match append {
            Append::Written | Append::WrittenUnanswered | Append::KilledAfter => {
                let record = Record { turns: taken.turns };
                let read = self.journal.append(&record);
                let read = read.map_err(|detail| Invariant::ReadAsWritten.broken(detail))?;
                self.oracles.follow(&read)?;
            }
            Append::Refused | Append::Away | Append::KilledBefore => {}
        }
        self.look_at_requests()?;
        match append {
            Append::Written => {
                let journal = &mut self.journal;
                self.oracles
                    .look_at_state(&self.center, self.now, journal)?;
                for order in taken.orders {
                    self.carrier.take(order);
                }
                return Ok(taken.replies);
            }
            Append::Refused | Append::WrittenUnanswered => self.rebuild()?,
            Append::Away => {
                self.away_until = Some(self.now.plus_seconds(self.weather.outage_s()));
                self.drop_state()?;
            }
            Append::KilledBefore | Append::KilledAfter => self.start_again()?,
        }
        Ok(self.refuse(n_inputs))
    }

    /// Whether the store takes nothing now. When it is back, the loop goes on with what is durable.
    fn is_away(&mut self) -> Result<bool, Broken> {
        match self.away_until {
            None => Ok(false),
            Some(until) if self.now < until => Ok(true),
            Some(_) => {
                self.away_until = None;
                self.rebuild()?;
                Ok(false)
            }
        }
    }

    /// The state may hold what is not durable: only the journal counts.
    fn drop_state(&mut self) -> Result<(), Broken> {
        self.n_rebuilds += 1;
        let rebuilt = self.journal.rebuild();
        self.center = rebuilt.map_err(|detail| Invariant::ReadAsWritten.broken(detail))?;
        self.oracles.look_at_rebuilt(&self.center)
    }

    /// As the loop does after a failed append: open orders are given again.
    fn rebuild(&mut self) -> Result<(), Broken> {
        self.drop_state()?;
        for order in self.center.open_orders() {
            self.carrier.take(order);
        }
        Ok(())
    }

    /// The records of the journal as they were written.
    pub(crate) fn written(&self) -> &[String] {
        self.journal.written()
    }

    /// The process dies and another takes over from the journal: what was on its way in the process is gone,
    /// and of the word that was on its way to it as much as comes again.
    pub(crate) fn start_again(&mut self) -> Result<(), Broken> {
        self.now = self.now.max(self.away_until.take().unwrap_or(self.now));
        self.carrier = Carrier::default();
        self.cloud.lose_touch(&mut self.weather);
        self.rebuild()?;
        if self.weather.strikes(Fault::JournalRestored) {
            self.give(Input::Restored)?;
        }
        // Another start follows a start that is not on record.
        while self.give(Input::ServiceStarted)?.is_none() {
            self.now = self.now.max(self.away_until.unwrap_or(self.now));
        }
        Ok(())
    }

    /// Requests leave for the orders that may be carried out.
    pub(crate) fn send_requests(&mut self) {
        for order in self.carrier.ready() {
            let outcome = self.cloud.carry_out(&mut self.weather, &order);
            let at = self.now.plus_seconds(self.weather.latency_s());
            self.carrier.answered(&order, outcome, at);
        }
    }

    /// Enters the outcome of an order; it stays in hand while the store takes nothing.
    pub(crate) fn settle(&mut self, effect: tandem_core::ids::EffectId) -> Result<(), Broken> {
        let Some(input) = self.carrier.outcome(effect) else {
            return Ok(());
        };
        if self.process.forgets() {
            self.carrier.entered(effect);
            return self.every_open_order_is_in_hand();
        }
        if self.give(input)?.is_some() {
            self.carrier.entered(effect);
        }
        Ok(())
    }

    fn look_at_requests(&mut self) -> Result<(), Broken> {
        let requests = std::mem::take(&mut self.cloud.requests);
        self.oracles.look_at_requests(&requests)
    }

    fn every_open_order_is_in_hand(&mut self) -> Result<(), Broken> {
        if self.away_until.is_some() {
            return Ok(());
        }
        let mut orders = self.center.state().orders.iter();
        let forgotten = orders.find(|(id, effect)| !self.carrier.holds(**id, effect));
        let held = forgotten.map_or(Ok(()), |(id, effect)| {
            Err(format!("nobody carries out order {id}: {effect:?}"))
        });
        self.oracles.look(Invariant::OpenOrderIsInHand, held)
    }

    /// Lets time pass to the next alarm, or past it.
    pub(crate) fn wait(&mut self) -> Result<(), Broken> {
        if let Some((at, _)) = self.center.next_deadline() {
            self.now = self.now.max(at);
        }
        self.give(Input::TimeReached).map(drop)
    }

    pub(crate) fn pass(&mut self, micros: u64) {
        let micros = i64::try_from(micros).unwrap_or(0);
        self.now = self.now.plus_micros(micros);
    }

    pub(crate) fn look(
        &mut self,
        invariant: Invariant,
        seen: Result<(), String>,
    ) -> Result<(), Broken> {
        self.oracles.look(invariant, seen)
    }

    pub(crate) fn report(self, drained_micros: i64) -> Report {
        let seconds = |micros: i64| u64::try_from(micros / 1_000_000).unwrap_or(0);
        let (lived_s, drained_s_max) = (seconds(self.elapsed_micros()), seconds(drained_micros));
        Report {
            seeds: 1,
            turns: self.n_turns,
            refused: self.n_refused,
            rebuilds: self.n_rebuilds,
            faults: self.weather.struck,
            lived_s,
            drained_s_max,
            ..self.oracles.report
        }
    }

    pub(crate) fn failure(&self, broken: Broken) -> Failure {
        let line = |turn: &TurnRecord| {
            let at = clock(turn.now.as_micros() - START_MICROS);
            let events = serde_json::to_string(&turn.events).unwrap_or_default();
            format!("{at} {:?} -> {events}", turn.input)
        };
        Failure {
            seed: self.seed,
            turns: self.n_turns,
            at: clock(self.elapsed_micros()),
            broken,
            last: self.trail.iter().map(line).collect(),
        }
    }
}
