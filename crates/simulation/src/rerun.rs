//! A rerun: traffic lived through by a real core on virtual time. Customers and agents do what the traffic says, the
//! other side carries every order out at once and nothing fails: what follows is what the core decided.

mod callbacks;
mod desk;
mod lived;
mod outside;
mod trades;

pub use callbacks::Assumed;
pub(crate) use callbacks::{COUNTRY, YES};
pub use lived::{CallbackFigures, Course, Figures, Joined, Lived, Load};
pub(crate) use trades::Trades;
pub use trades::{Rings, Trade, TradeEnd};

use crate::people::actor;
use crate::traffic::{Customer, Traffic};
use desk::Desk;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use tandem_core::ContactCenter;
use tandem_core::event::Event;
use tandem_core::ids::{AgentId, ContactId, CustomerHash, EffectId, QueueId, SubjectRef};
use tandem_core::input::{Arrival, CallFact, Input, IntentChoice, MediaEnd, Request};
use tandem_core::queue::OfferBy;
use tandem_core::role::Actor;
use tandem_core::settings::Document;
use tandem_core::time::Timestamp;
use tandem_core::turn::Reply;

/// Whoever keeps the turns that changed something.
pub type Keeper<'a> = dyn FnMut(Timestamp, Input, Vec<Event>) + 'a;

/// A rerun on its way.
pub struct Rerun<'a> {
    traffic: &'a Traffic,
    seed: u64,
    /// Of the queues in which callers are asked whether to be called back.
    assumed: BTreeMap<QueueId, Assumed>,
    customers: Vec<Option<Customer>>,
    center: ContactCenter,
    now: Timestamp,
    agenda: BinaryHeap<Reverse<(Timestamp, u64, Happening)>>,
    n_planned: u64,
    /// Word that is heard before time goes on.
    word: VecDeque<Input>,
    /// The contacts that there are, by their calls.
    calls: BTreeMap<ContactId, usize>,
    desks: BTreeMap<AgentId, Desk>,
    /// The calls that were traded for being called back.
    trades: Trades<usize>,
    lived: Lived,
    keeper: Option<&'a mut Keeper<'a>>,
}

/// What people do by themselves. A number is an index into the traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    ShiftBegins(usize),
    BreakBegins(usize, i64),
    BreakEnds(usize),
    ShiftEnds(usize),
    CallArrives(usize),
    FlowEnds(ContactId, EffectId),
    CustomerLeaves(ContactId),
    PatienceEnds(usize),
    CustomerAnswers(ContactId, EffectId),
    PhoneRingsOut(ContactId, EffectId),
    WorkEnds(AgentId, ContactId),
}

impl<'a> Rerun<'a> {
    /// Of a center in which nobody is yet. What is not on record of the customers is drawn from the seed.
    #[must_use]
    pub fn new(traffic: &'a Traffic, seed: u64, center: ContactCenter) -> Self {
        let mut rerun = Self {
            seed,
            assumed: BTreeMap::new(),
            customers: traffic.customers(seed),
            center,
            now: Timestamp::from_micros(0),
            agenda: BinaryHeap::new(),
            n_planned: 0,
            word: VecDeque::new(),
            calls: BTreeMap::new(),
            desks: BTreeMap::new(),
            trades: Trades::default(),
            lived: Lived::of(traffic),
            keeper: None,
            traffic,
        };
        for (n, call) in traffic.calls.iter().enumerate() {
            rerun.plan(call.arrives, Happening::CallArrives(n));
        }
        for (n, shift) in traffic.shifts.iter().enumerate() {
            rerun.plan(shift.begins, Happening::ShiftBegins(n));
            rerun.plan(shift.ends, Happening::ShiftEnds(n));
            for (at, us) in &shift.breaks {
                rerun.plan(*at, Happening::BreakBegins(n, *us));
            }
            let desk = || Desk::new(seed, shift.agent);
            rerun.desks.entry(shift.agent).or_insert_with(desk);
        }
        rerun.now = rerun.agenda.peek().map_or(rerun.now, |Reverse(it)| it.0);
        rerun
    }

    /// With somebody who keeps the turns.
    #[must_use]
    pub fn kept_by(mut self, keeper: &'a mut Keeper<'a>) -> Self {
        self.keeper = Some(keeper);
        self
    }

    /// Opens the office: the documents get the numbers 1, 2 ... of their kinds, in their order.
    ///
    /// # Errors
    /// The document that the core refused, and why.
    pub fn open(&mut self, documents: &[Document]) -> Result<(), String> {
        self.give(Input::ServiceStarted);
        for document in documents {
            let request = Request::Save {
                id: None,
                expected: None,
                document: document.clone(),
            };
            let reply = self.ask(Actor::system(), request);
            if !matches!(reply, Reply::Saved { .. }) {
                return Err(format!("{document:?} was answered {reply:?}"));
            }
        }
        Ok(())
    }

    /// Lives through all of it.
    #[must_use]
    pub fn live(mut self) -> Lived {
        loop {
            while let Some(input) = self.word.pop_front() {
                self.give(input);
            }
            let planned = self.agenda.peek().map(|Reverse((at, ..))| *at);
            if planned.is_none() && self.calls.is_empty() {
                break;
            }
            let due = self.center.next_deadline().map(|(at, _)| at);
            match (planned, due) {
                (planned, Some(due)) if planned.is_none_or(|at| due <= at) => {
                    self.now = self.now.max(due);
                    self.give(Input::TimeReached);
                }
                (Some(at), _) => {
                    self.now = self.now.max(at);
                    let next = self.agenda.pop();
                    let what = next.map(|Reverse((.., what))| what);
                    what.into_iter().for_each(|it| self.happen(it));
                }
                // Contacts that neither time nor anybody moves on are left as they are.
                (None, _) => break,
            }
        }
        self.lived.rings = self.trades.rings;
        self.lived.ends(self.now, self.center)
    }

    fn plan(&mut self, at: Timestamp, what: Happening) {
        self.n_planned += 1;
        self.agenda.push(Reverse((at, self.n_planned, what)));
    }

    fn give(&mut self, input: Input) -> Reply {
        let kept = self.keeper.is_some().then(|| input.clone());
        let turn = self.center.handle(self.now, input);
        self.lived.n_turns += 1;
        self.lived.n_events += u64::try_from(turn.events.len()).unwrap_or(u64::MAX);
        for event in &turn.events {
            self.see(event);
        }
        if let (Some(input), Some(keeper)) = (kept, &mut self.keeper)
            && !turn.events.is_empty()
        {
            keeper(self.now, input, turn.events);
        }
        turn.reply
    }

    fn ask(&mut self, actor: Actor, request: Request) -> Reply {
        self.give(Input::Asked { actor, request })
    }

    fn happen(&mut self, what: Happening) {
        match what {
            Happening::CallArrives(n) => self.call_arrives(n),
            Happening::FlowEnds(contact, effect) => {
                let end = MediaEnd::Completed;
                let fact = CallFact::PromptEnded { effect, end };
                self.give(Input::Call { contact, fact });
            }
            Happening::CustomerLeaves(contact) => self.customer_leaves(contact),
            Happening::PatienceEnds(n) => {
                let course = self.lived.courses[n];
                if let (Some(contact), None) = (course.contact, course.joined) {
                    self.customer_leaves(contact);
                }
            }
            Happening::CustomerAnswers(contact, effect) => self.customer_answers(contact, effect),
            Happening::PhoneRingsOut(contact, effect) => self.phone_rings_out(contact, effect),
            Happening::WorkEnds(agent, contact) => {
                let request = Request::CompleteWrapUp {
                    contact,
                    disposition: None,
                    note: None,
                    then: None,
                };
                self.ask(actor(agent), request);
            }
            Happening::ShiftBegins(n) => self.shift_begins(n),
            Happening::BreakBegins(n, us) => self.break_begins(n, us),
            Happening::BreakEnds(n) => self.break_ends(n),
            Happening::ShiftEnds(n) => self.shift_ends(n),
        }
    }

    fn call_arrives(&mut self, n: usize) {
        let call = &self.traffic.calls[n];
        // Who is not known is somebody of their own.
        let customer = if call.customer == 0 {
            u64::MAX - call.number
        } else {
            call.customer
        };
        let arrival = Arrival {
            address: self.traffic.lines[call.line].clone(),
            arrival: SubjectRef(call.number),
            key: call.number,
            customer: CustomerHash(customer),
            correlation: format!("call-{}", call.number),
            attributes: BTreeMap::new(),
            caller: self.caller(call),
        };
        if let Reply::Arrived(contact) = self.give(Input::Arrived(arrival)) {
            self.calls.insert(contact, n);
            self.lived.courses[n].contact = Some(contact);
        }
    }

    fn customer_leaves(&mut self, contact: ContactId) {
        let fact = CallFact::LegDown;
        self.give(Input::Call { contact, fact });
    }

    fn set_intent(&mut self, agent: AgentId, intent: IntentChoice) {
        self.ask(actor(agent), Request::SetIntent { intent });
    }

    /// What follows from a fact for people and for the other side.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "nobody does anything by the other facts"
    )]
    fn see(&mut self, event: &Event) {
        self.see_trades(event);
        match event {
            Event::EffectOrdered { id, effect } => self.carry_out(*id, effect),
            Event::Enqueued { contact, queue, .. } => {
                let Some((n, customer)) = self.customer(*contact) else {
                    return;
                };
                let course = &mut self.lived.courses[n];
                course.queue = Some(*queue);
                // A contact that goes on to another queue has waited already.
                if course.entered.is_none() {
                    course.entered = Some(self.now);
                    let until = self.now.plus_micros(customer.patience_us);
                    self.plan(until, Happening::PatienceEnds(n));
                }
            }
            Event::Offered {
                offer, agent, by, ..
            } if *by == OfferBy::Tandem => {
                let request = Request::AcceptOffer { offer: *offer };
                let actor = actor(*agent);
                self.word.push_back(Input::Asked { actor, request });
            }
            Event::Connected { contact, agent, .. } => self.connected(*contact, *agent),
            Event::CustomerReached { contact, .. } => self.reached(*contact),
            Event::ConversationEnded { contact, agent, .. } => self.has_talked(*contact, *agent),
            Event::WrapUpStarted { contact, agent, .. } => {
                let work_us = self.wrap_up_us(*agent);
                let until = self.now.plus_micros(work_us);
                self.add_load(*agent, |load| load.work_us += work_us);
                self.plan(until, Happening::WorkEnds(*agent, *contact));
            }
            Event::ContactEnded { contact, .. } => {
                if let Some(n) = self.calls.remove(contact) {
                    self.lived.courses[n].ended = Some(self.now);
                }
            }
            Event::IntentSet { agent, intent } => self.intent_is(*agent, *intent),
            Event::AgentSignedIn { agent } => self.signed_in(*agent),
            Event::AgentSignedOut { agent } => self.signed_out(*agent),
            _ => {}
        }
    }

    fn customer(&self, contact: ContactId) -> Option<(usize, Customer)> {
        let n = *self.calls.get(&contact)?;
        Some((n, self.customers[n]?))
    }

    fn connected(&mut self, contact: ContactId, agent: AgentId) {
        let Some((n, customer)) = self.customer(contact) else {
            return;
        };
        let at = self.now;
        self.lived.courses[n].joined = Some(Joined { at, agent });
        let until = self.now.plus_micros(customer.service_us);
        self.plan(until, Happening::CustomerLeaves(contact));
    }

    fn see_trades(&mut self, event: &Event) {
        let (calls, courses, now) = (&self.calls, &mut self.lived.courses, self.now);
        let key_of = |contact| calls.get(&contact).copied();
        let tell = |n: usize, news| courses[n].hear(now, news);
        let dialed = self.trades.see(now, event, key_of, tell);
        if let Some((agent, us)) = dialed {
            self.add_load(agent, |load| load.dial_us += us);
        }
    }

    fn has_talked(&mut self, contact: ContactId, agent: AgentId) {
        let called = self.calls.get(&contact).copied();
        let Some(n) = called.or_else(|| self.trades.caller_of(contact)) else {
            return;
        };
        let course = &mut self.lived.courses[n];
        course.talked_until = Some(self.now);
        let talk_us = course.talk_us().unwrap_or(0);
        self.add_load(agent, |load| {
            load.talk_us += talk_us;
            load.n_contacts += 1;
        });
    }
}
