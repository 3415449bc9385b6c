//! The oracles: a second core that lives by the journal alone, and slow, plain re-statements of the rules. They
//! learn what is durable, and say whether the core agrees.

use crate::cloud::CUSTOMERS;
use crate::invariant::{Broken, Invariant};
use crate::journal::{Journal, Record};
use crate::ledger::Ledger;
use crate::life::Life;
use crate::report::Report;
use crate::risk::Risk;
use crate::slow_balance::SlowBalance;
use crate::slow_preference;
use crate::slow_router::Memory;
use crate::slow_switches::SlowSwitches;
use crate::{figures, rules};
use std::collections::{BTreeMap, HashSet};
use std::mem::Discriminant;
use tandem_core::ContactCenter;
use tandem_core::effect::{Effect, Order};
use tandem_core::event::Event;
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::limits;
use tandem_core::time::Timestamp;
use tandem_reports::live::Board;

/// Transitions between two comparisons that cost a look at everything.
const THOROUGH_EVERY: u64 = 200;
/// Transitions between two comparisons of the whole state.
const WHOLE_EVERY: u64 = 10;

/// Everything that watches.
pub(crate) struct Oracles {
    follower: ContactCenter,
    memory: Memory,
    balance: SlowBalance,
    switches: SlowSwitches,
    life: Life,
    risk: Risk,
    ledger: Ledger,
    board: Board,
    ordered: BTreeMap<EffectId, Effect>,
    announced: BTreeMap<u64, Timestamp>,
    /// The order that called the customer, of each contact that an agent began.
    dialed: BTreeMap<ContactId, EffectId>,
    last_contact: ContactId,
    n_looks: u64,
    /// Whether the board is read after every transition, not only now and then.
    reads_every_prefix: bool,
    seen: HashSet<Discriminant<Event>>,
    pub(crate) report: Report,
}

impl Oracles {
    pub(crate) fn new(reads_every_prefix: bool) -> Self {
        Self {
            follower: ContactCenter::new(),
            memory: Memory::default(),
            balance: SlowBalance::default(),
            switches: SlowSwitches::default(),
            life: Life::default(),
            risk: Risk::default(),
            ledger: Ledger::default(),
            board: Board::new("Europe/Berlin").expect("the zone is in the database"),
            ordered: BTreeMap::new(),
            announced: BTreeMap::new(),
            dialed: BTreeMap::new(),
            last_contact: ContactId(0),
            n_looks: 0,
            reads_every_prefix,
            seen: HashSet::new(),
            report: Report::default(),
        }
    }

    /// Looks whether something holds.
    pub(crate) fn look(
        &mut self,
        invariant: Invariant,
        seen: Result<(), String>,
    ) -> Result<(), Broken> {
        *self.report.examined.entry(invariant).or_default() += 1;
        seen.map_err(|detail| invariant.broken(detail))
    }

    /// What must hold of the state after every transition, durable or not.
    pub(crate) fn look_at_transition(
        &mut self,
        center: &ContactCenter,
        now: Timestamp,
    ) -> Result<(), Broken> {
        let state = center.state();
        self.look(
            Invariant::OneContactOneAgent,
            rules::slots_and_contacts_agree(state),
        )?;
        self.look(
            Invariant::NobodyWaitsForAnIdleAgent,
            rules::nobody_waits_for_an_idle_agent(state),
        )?;
        self.look(Invariant::ReasonsAreHad, rules::reasons_are_there(state))?;
        let held = slow_preference::nobody_is_held_in_vain(state);
        self.look(Invariant::NobodyIsHeldInVain, held)?;
        self.look(
            Invariant::NothingWaitsForEver,
            rules::everything_that_waits_has_an_alarm(center, now),
        )
    }

    /// A record became durable.
    pub(crate) fn follow(&mut self, record: &Record) -> Result<(), Broken> {
        self.report.records += 1;
        for turn in &record.turns {
            let before = self.follower.state();
            let granted = rules::what_a_supervisor_grants_is_granted(before, turn);
            self.look(Invariant::ReasonsAreHad, granted)?;
            for event in &turn.events {
                self.follow_event(turn.now, event)?;
            }
        }
        Ok(())
    }

    fn follow_event(&mut self, now: Timestamp, event: &Event) -> Result<(), Broken> {
        let before = self.follower.state();
        let decided = rules::decision_is_that_of_a_full_scan(now, before, &self.memory, event);
        self.memory.note(event);
        let balanced = self.balance.check(now, before, event);
        self.balance.note(now, before, event);
        self.look(Invariant::DecisionIsThatOfAFullScan, decided)?;
        self.look(Invariant::GroupsAreBalanced, balanced)?;
        let switched = self.switches.follow(now, self.follower.state(), event);
        self.look(Invariant::SwitchesEnd, switched)?;
        let lived = self.life.apply(event);
        self.look(Invariant::FactsInOrder, lived)?;
        let risked = self.risk.apply(event);
        self.look(Invariant::EarlyCallsKeepToTheirCredit, risked)?;
        let announced = self.announce(now, event);
        self.look(Invariant::OneCallOneContact, announced)?;
        self.follower.apply(now, std::slice::from_ref(event));
        self.ledger.apply(now, event);
        self.board.apply(now, event);
        if let Some(Order { id, effect }) = event.as_order() {
            self.ordered.insert(id, effect);
        }
        if self.seen.insert(std::mem::discriminant(event)) {
            let name = serde_json::to_value(event).unwrap_or_default();
            let name = name
                .as_str()
                .or_else(|| name.as_object()?.keys().next().map(String::as_str));
            self.report.happened.extend(name.map(str::to_owned));
        }
        self.report.count(event);
        Ok(())
    }

    /// The latest contact that durable facts tell of, over or not.
    pub(crate) const fn last_contact(&self) -> ContactId {
        self.last_contact
    }

    fn announce(&mut self, now: Timestamp, event: &Event) -> Result<(), String> {
        if let Event::ContactDialed(tandem_core::event::ContactDialed { contact, .. })
        | Event::CallbackDue(tandem_core::event::CallbackDue { contact, .. })
        | Event::MessageLeft(tandem_core::event::MessageLeft { contact, .. }) = event
        {
            self.last_contact = *contact;
        }
        let Event::ContactArrived { contact, key, .. } = event else {
            return Ok(());
        };
        self.last_contact = *contact;
        match self.announced.insert(*key, now) {
            Some(before) if before.plus_seconds(limits::ARRIVAL_MEMORY_SECONDS) > now => {
                Err(format!("call {key} is a contact again: {contact}"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether the state is what the durable facts amount to.
    pub(crate) fn look_at_state(
        &mut self,
        center: &ContactCenter,
        now: Timestamp,
        journal: &mut Journal,
    ) -> Result<(), Broken> {
        self.n_looks += 1;
        let agrees = self.agrees(center);
        self.look(Invariant::JournalGivesTheState, agrees)?;
        let by_facts = self.life.agrees_with(center.state());
        self.look(Invariant::OneStatePerContact, by_facts)?;
        let last = self.last_contact;
        let accounted = rules::open_orders_are_accounted_for(center.state(), |id| id <= last);
        self.look(Invariant::OrderMakesSense, accounted)?;
        if self.reads_every_prefix {
            let figures = self.board.figures(now, center.state());
            self.look(Invariant::CountsConserve, figures::conserves(&figures))?;
        }
        if self.n_looks.is_multiple_of(THOROUGH_EVERY) {
            self.look_thoroughly(center, now, journal)?;
        }
        Ok(())
    }

    /// What changes from turn to turn is compared after each, the indexes and settings with it after a
    /// few: a difference in them does not go away.
    fn agrees(&self, center: &ContactCenter) -> Result<(), String> {
        let (lived, read) = (center.state(), self.follower.state());
        let parts = lived.contacts == read.contacts
            && lived.agents == read.agents
            && lived.orders == read.orders
            && center.next_deadline() == self.follower.next_deadline();
        let is_whole = self.n_looks.is_multiple_of(WHOLE_EVERY);
        if parts && (!is_whole || *center == self.follower) {
            Ok(())
        } else {
            Err("the journal gives another state than living through it".to_owned())
        }
    }

    fn look_thoroughly(
        &mut self,
        center: &ContactCenter,
        now: Timestamp,
        journal: &mut Journal,
    ) -> Result<(), Broken> {
        self.look(Invariant::ReadAsWritten, journal.keep(center))?;
        let board = self.board_is_read_as_written();
        self.look(Invariant::ReadAsWritten, board)?;
        let figures = self.board.figures(now, center.state());
        self.look(Invariant::CountsConserve, figures::conserves(&figures))?;
        let equals = figures::board_equals_ledger(&self.board, &self.ledger, now, center.state());
        self.look(Invariant::BoardEqualsLedger, equals)
    }

    fn board_is_read_as_written(&self) -> Result<(), String> {
        let written = serde_json::to_vec(&self.board).map_err(|error| error.to_string())?;
        let read: Board = serde_json::from_slice(&written).map_err(|error| error.to_string())?;
        if read == self.board {
            Ok(())
        } else {
            Err("a snapshot is read as another board".to_owned())
        }
    }

    /// Whether a process that reads the journal would go on with what is durable.
    pub(crate) fn look_at_rebuilt(&mut self, center: &ContactCenter) -> Result<(), Broken> {
        let same = if *center == self.follower {
            Ok(())
        } else {
            Err("the journal is read as another state than its records gave".to_owned())
        };
        self.look(Invariant::JournalGivesTheState, same)
    }

    fn is_only_call(&mut self, id: EffectId, effect: &Effect) -> Result<(), String> {
        let (Effect::AddNumber {
            contact, number, ..
        }
        | Effect::CallCustomer {
            contact, number, ..
        }) = effect
        else {
            return Ok(());
        };
        if !number.address.starts_with(CUSTOMERS) {
            return Ok(());
        }
        match self.dialed.insert(*contact, id) {
            Some(before) if before != id => Err(format!(
                "the customer of {contact} is called by order {before} and by order {id}"
            )),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether what was asked of the other side stands in the journal.
    pub(crate) fn look_at_requests(&mut self, requests: &[Order]) -> Result<(), Broken> {
        for Order { id, effect } in requests {
            let on_record = match self.ordered.get(id) {
                Some(ordered) if ordered == effect => Ok(()),
                other => Err(format!(
                    "order {id} was carried out: {effect:?}; on record under this number is {other:?}"
                )),
            };
            self.look(Invariant::NothingOutsideBeforeItIsDurable, on_record)?;
            let once = self.is_only_call(*id, effect);
            self.look(Invariant::OneRequestOneCall, once)?;
        }
        Ok(())
    }
}
