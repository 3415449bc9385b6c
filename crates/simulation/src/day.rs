//! One simulated day: the real core, the other side, a second core that lives by the journal alone, and
//! the naive oracles; every transition is checked.

use crate::cloud::{Cloud, Faults};
use crate::dice::Dice;
use crate::ledger::Ledger;
use crate::life::Life;
use crate::rules;
use std::collections::{BTreeSet, VecDeque};
use tandem_core::ContactCenter;
use tandem_core::event::Event;
use tandem_core::input::Input;
use tandem_core::state::State;
use tandem_core::time::Timestamp;
use tandem_core::turn::{Reply, Turn};
use tandem_reports::live::Board;

/// 2026-03-28T20:00:00Z: the evening before the clocks change in Berlin.
const START_MICROS: i64 = 1_774_728_000_000_000;
/// Seeds whose board is read after every transition.
const SEEDS_READ_CLOSELY: u64 = 12;
/// Inputs that the report of a failure shows.
const TRAIL: usize = 12;
/// Transitions between two comparisons that cost a look at everything.
const THOROUGH_EVERY: u64 = 200;
/// How many in a hundred processes that take over find a journal that was restored.
const RESTORED: u64 = 20;
/// Transitions between two comparisons of the whole state.
const WHOLE_EVERY: u64 = 10;

/// A day.
pub(crate) struct Day {
    pub(crate) center: ContactCenter,
    pub(crate) cloud: Cloud,
    pub(crate) dice: Dice,
    pub(crate) now: Timestamp,
    pub(crate) n_agents_max: u64,
    pub(crate) n_contacts_max: u64,
    pub(crate) next_key: u64,
    follower: ContactCenter,
    life: Life,
    ledger: Ledger,
    board: Board,
    n_contacts: u64,
    n_turns: u64,
    /// Whether the board is read after every transition, not only now and then.
    reads_every_prefix: bool,
    /// The names of the events that happened.
    pub(crate) happened: BTreeSet<String>,
    /// The last inputs, for the report of a failure.
    trail: VecDeque<(Timestamp, Input)>,
}

impl Day {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut rate = |max| if dice.chance(30) { 0 } else { dice.below(max) };
        let faults = Faults {
            lost: rate(30),
            doubled: rate(25),
            failed: rate(15),
            unknown: rate(10),
        };
        let n_agents_max = 3 + dice.below(10);
        let n_contacts_max = 4 + dice.below(20);
        Self {
            center: ContactCenter::new(),
            cloud: Cloud {
                faults,
                ..Cloud::default()
            },
            dice,
            now: Timestamp::from_micros(START_MICROS),
            n_agents_max,
            n_contacts_max,
            next_key: 1,
            follower: ContactCenter::new(),
            life: Life::default(),
            ledger: Ledger::default(),
            board: Board::new("Europe/Berlin").expect("the zone is in the database"),
            n_contacts: 0,
            n_turns: 0,
            reads_every_prefix: seed <= SEEDS_READ_CLOSELY,
            happened: BTreeSet::new(),
            trail: VecDeque::new(),
        }
    }

    pub(crate) const fn state(&self) -> &State {
        self.center.state()
    }

    pub(crate) const fn n_turns(&self) -> u64 {
        self.n_turns
    }

    /// Gives an input, carries its orders out on the other side and checks everything.
    pub(crate) fn give(&mut self, input: Input) -> Result<Reply, String> {
        self.n_turns += 1;
        if self.trail.len() >= TRAIL {
            self.trail.pop_front();
        }
        self.trail.push_back((self.now, input.clone()));
        let turn = self.center.handle(self.now, input);
        self.check(&turn)
            .map_err(|error| self.report(&error, &turn))?;
        for order in turn.orders() {
            rules::order_makes_sense(&order)?;
            self.cloud.carry_out(&mut self.dice, order);
        }
        Ok(turn.reply)
    }

    fn check(&mut self, turn: &Turn) -> Result<(), String> {
        for event in &turn.events {
            self.follow(event)?;
        }
        if matches!(turn.reply, Reply::Ignored) && !turn.events.is_empty() {
            return Err("an ignored input left facts behind".to_owned());
        }
        if !self.follower_agrees() {
            return Err("the journal gives another state than living through it".to_owned());
        }
        let state = self.center.state();
        self.life.agrees_with(state)?;
        rules::slots_and_contacts_agree(state)?;
        rules::nobody_waits_for_an_idle_agent(state)?;
        rules::everything_that_waits_has_an_alarm(&self.center, self.now)?;
        let n_contacts = self.n_contacts;
        rules::open_orders_are_accounted_for(state, |id| id.0 <= n_contacts)?;
        if self.reads_every_prefix {
            let figures = self.board.figures(self.now, self.center.state());
            crate::figures::conserves(&figures)?;
        }
        if self.n_turns.is_multiple_of(THOROUGH_EVERY) {
            self.check_thoroughly()?;
        }
        Ok(())
    }

    /// What changes from turn to turn is compared after each, the indexes and settings with it after a
    /// few: a difference in them does not go away.
    fn follower_agrees(&self) -> bool {
        let (lived, read) = (self.center.state(), self.follower.state());
        let parts = lived.contacts == read.contacts
            && lived.agents == read.agents
            && lived.orders == read.orders
            && self.center.next_deadline() == self.follower.next_deadline();
        parts && (!self.n_turns.is_multiple_of(WHOLE_EVERY) || self.center == self.follower)
    }

    /// Lives by the journal: the event goes through its written form.
    fn follow(&mut self, event: &Event) -> Result<(), String> {
        let written = serde_json::to_string(event).map_err(|error| error.to_string())?;
        let read: Event = serde_json::from_str(&written).map_err(|error| error.to_string())?;
        if read != *event {
            return Err(format!("{written} is read as {read:?}"));
        }
        rules::decision_is_that_of_a_full_scan(self.now, self.follower.state(), &read)?;
        self.life.apply(&read)?;
        self.follower.apply(self.now, std::slice::from_ref(&read));
        self.ledger.apply(self.now, &read);
        self.board.apply(self.now, &read);
        if let Some(name) = written.split('"').nth(1)
            && !self.happened.contains(name)
        {
            self.happened.insert(name.to_owned());
        }
        if let Event::ContactArrived { contact, .. } = &read {
            self.n_contacts = contact.0;
        }
        Ok(())
    }

    fn check_thoroughly(&mut self) -> Result<(), String> {
        let written = serde_json::to_vec(&self.center).map_err(|error| error.to_string())?;
        let read: ContactCenter =
            serde_json::from_slice(&written).map_err(|error| error.to_string())?;
        if read != self.center {
            return Err("a snapshot is read as another state".to_owned());
        }
        let written = serde_json::to_vec(&self.board).map_err(|error| error.to_string())?;
        let read: Board = serde_json::from_slice(&written).map_err(|error| error.to_string())?;
        if read != self.board {
            return Err("a snapshot is read as another board".to_owned());
        }
        crate::figures::board_equals_ledger(&self.board, &self.ledger, self.now, self.state())
    }

    /// The process dies and another takes over from the journal: what was on its way is lost, open
    /// orders are given again.
    pub(crate) fn take_over(&mut self) -> Result<(), String> {
        self.center = self.follower.clone();
        self.cloud.facts.clear();
        if self.dice.chance(RESTORED) {
            self.give(Input::Restored)?;
        }
        self.give(Input::ServiceStarted)?;
        let orders: Vec<_> = self.center.open_orders().collect();
        for order in orders {
            self.cloud.carry_out(&mut self.dice, order);
        }
        Ok(())
    }

    /// Lets time pass to the next alarm, or past it.
    pub(crate) fn wait(&mut self) -> Result<(), String> {
        if let Some((at, _)) = self.center.next_deadline() {
            self.now = self.now.max(at);
        }
        self.give(Input::TimeReached).map(drop)
    }

    pub(crate) fn pass(&mut self, micros: u64) {
        let micros = i64::try_from(micros).unwrap_or(0);
        self.now = self.now.plus_micros(micros);
    }

    fn report(&self, error: &str, turn: &Turn) -> String {
        let line = |(at, input): &(Timestamp, Input)| format!("{} {input:?}", at.as_micros());
        let trail: Vec<_> = self.trail.iter().map(line).collect();
        format!(
            "after {} inputs: {error}\nlast inputs:\n{}\nevents: {:#?}",
            self.n_turns,
            trail.join("\n"),
            turn.events
        )
    }
}
