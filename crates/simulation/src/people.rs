//! Customers and agents of the simulation: what they do next, sensible or not.

use crate::cloud::CUSTOMERS;
use crate::day::Day;
use crate::flows;
use crate::invariant::{Broken, Invariant};
use crate::office;
use crate::office::reasons::N_REASONS;
use std::collections::BTreeMap;
use tandem_core::agent::{Agent, Intent, Stage as Slot};
use tandem_core::callback::{Person, Window};
use tandem_core::contact::{Caller, State as Place};
use tandem_core::ids::{
    AccountId, AgentId, ContactId, CustomerHash, DispositionId, OfferId, QueueId, ReasonId,
    SubjectRef,
};
use tandem_core::input::{
    Arrival, BookCallback, CallOut, Input, IntentChoice, KeepFor, NotJoined, Request,
};
use tandem_core::preferred::PREFERRED_AGENT;
use tandem_core::recording::PaymentPage;
use tandem_core::role::{Actor, Role};
use tandem_core::scope::Scope;
use tandem_core::talk::{Number, Target, WrapUpWish};
use tandem_core::turn::Reply;

pub(crate) fn actor(agent: AgentId) -> Actor {
    Actor {
        account: AccountId(100 + agent.0),
        roles: vec![Role::Agent],
        agent: Some(agent),
        scope: Scope::Everything,
    }
}

impl Day {
    /// Somebody calls; sometimes the same call is announced twice (B-172), sometimes for nobody.
    pub(crate) fn somebody_calls(&mut self) -> Result<(), Broken> {
        let n_contacts = u64::try_from(self.state().contacts.len()).unwrap_or(u64::MAX);
        if n_contacts >= self.n_contacts_max {
            return self.an_agent_acts();
        }
        let key = if self.dice.chance(10) {
            1 + self.dice.below(self.next_key)
        } else {
            self.next_key += 1;
            self.next_key
        };
        let endpoint = self
            .dice
            .below(if self.dice.clone().chance(5) { 4 } else { 3 });
        let customer = self.who_calls(key);
        let arrival = Arrival {
            address: office::address_of(endpoint),
            arrival: SubjectRef(key),
            key,
            customer: CustomerHash(customer),
            correlation: format!("correlation-{key}"),
            attributes: self.some_attributes(),
            caller: caller(customer),
        };
        let last = self.last_contact();
        let arrived = Input::Arrived(arrival);
        let Some(reply) = self.give(arrived.clone())? else {
            self.cloud.not_taken(&mut self.weather, arrived);
            return Ok(());
        };
        // One that the flow turned away is over by now.
        let was_made = self.last_contact() > last;
        let is_true = if was_made == matches!(reply, Reply::Arrived(_)) {
            Ok(())
        } else {
            Err(format!("{reply:?} although a contact was made: {was_made}"))
        };
        self.look(Invariant::ReplyIsTrue, is_true)
    }

    /// Who is to be called back loses patience now and then, and calls again.
    fn who_calls(&mut self, key: u64) -> u64 {
        let pending = self.state().callbacks.iter();
        let pending: Vec<u64> = pending.map(|(_, it)| it.person.customer.0).collect();
        let again = self.dice.pick(&pending).copied();
        let again = again.filter(|customer| *customer < CUSTOMERS_MAX);
        let calls_again = self.dice.chance(10);
        again.filter(|_| calls_again).unwrap_or(key % CUSTOMERS_MAX)
    }

    /// One in five would rather have somebody, who may not be there.
    fn some_attributes(&mut self) -> BTreeMap<String, String> {
        let mut attributes = BTreeMap::from([("priority".to_owned(), "1".to_owned())]);
        if self.dice.chance(20) {
            let agent = self.dice.below(self.n_agents_max + 2);
            attributes.insert(PREFERRED_AGENT.to_owned(), agent.to_string());
        }
        attributes
    }

    /// A customer loses patience, presses keys, or a prompt ends.
    pub(crate) fn something_happens_on_a_call(&mut self) {
        let calls = self.cloud.live_calls();
        let Some(contact) = self.dice.pick(&calls).copied() else {
            return;
        };
        self.cloud.may_stop_by_itself(&mut self.weather, contact);
        match self.dice.below(10) {
            0 | 1 => self.cloud.customer_leaves(&mut self.dice, contact),
            2 => self.cloud.agent_leaves(&mut self.dice, contact),
            3 => self.cloud.transfer_ends(&mut self.dice, contact),
            _ => self
                .cloud
                .media_ends(&mut self.dice, &mut self.weather, contact),
        }
    }

    /// A client that rings is answered, declined or left alone.
    pub(crate) fn something_happens_on_a_client(&mut self) {
        let ringing = self.cloud.ringing();
        let Some((contact, effect)) = self.dice.pick(&ringing).copied() else {
            return;
        };
        match self.dice.below(11) {
            0 => self
                .cloud
                .agent_does_not_answer(contact, effect, NotJoined::Declined),
            3 => self
                .cloud
                .agent_does_not_answer(contact, effect, NotJoined::Busy),
            1 => self
                .cloud
                .agent_does_not_answer(contact, effect, NotJoined::NoAnswer),
            2 => self
                .cloud
                .agent_does_not_answer(contact, effect, NotJoined::Failed),
            _ => self.cloud.agent_answers(contact, effect),
        }
    }

    /// An agent does something.
    pub(crate) fn an_agent_acts(&mut self) -> Result<(), Broken> {
        let agents: Vec<_> = self.state().agents.iter().map(|(id, _)| id).collect();
        let Some(id) = self.dice.pick(&agents).copied() else {
            return Ok(());
        };
        if self.dice.chance(4) {
            return self.answer_somebody();
        }
        let Some(agent) = self.state().agents.get(id).cloned() else {
            return Ok(());
        };
        let request = if self.dice.chance(5) {
            self.nonsense()
        } else {
            self.what_an_agent_asks(&agent)
        };
        let actor = actor(id);
        self.give(Input::Asked { actor, request }).map(drop)
    }

    fn what_an_agent_asks(&mut self, agent: &Agent) -> Request {
        let Some(slot) = self.dice.pick(&agent.slots).cloned() else {
            return match self.dice.below(12) {
                0 => Request::SignOut,
                1 => not_ready(1 + self.dice.below(N_REASONS + 1)),
                2..=4 => self.call_out(None),
                5..=7 => self.about_callbacks(agent),
                _ => ready(),
            };
        };
        if self.dice.chance(8) {
            return not_ready(1 + self.dice.below(N_REASONS));
        }
        if self.dice.chance(8) {
            return ready();
        }
        let contact = slot.contact;
        match slot.stage {
            Slot::Offering | Slot::Connecting => self.about_an_offer(contact),
            Slot::Talking => self.in_a_conversation(contact),
            Slot::WrapUp => self.about_wrap_up(contact),
        }
    }

    /// Customers of whom one in ten may be on the do-not-call list, in countries of which one is not allowed.
    fn call_out(&mut self, again: Option<ContactId>) -> Request {
        let customer = self.dice.below(CUSTOMERS_MAX);
        let country = if self.dice.chance(10) { "1" } else { "49" };
        Request::CallOut(CallOut {
            queue: QueueId(1 + self.dice.below(4)),
            number: Number {
                subject: SubjectRef(9),
                address: format!("{CUSTOMERS}{customer}"),
            },
            customer: CustomerHash(customer),
            arrival: SubjectRef(10),
            country: country.to_owned(),
            again,
        })
    }

    /// A customer and a queue, mostly of one whose call is there, who may come to book it too.
    fn some_customer(&mut self) -> (u64, QueueId) {
        let calls = self.state().contacts.iter();
        let callers = calls.map(|(_, it)| (it.customer.0, flows::booked_from(it.endpoint)));
        let callers: Vec<_> = callers.filter(|it| it.0 < CUSTOMERS_MAX).collect();
        let there = self.dice.pick(&callers).copied();
        match there {
            Some(there) if self.dice.chance(95) => there,
            Some(_) | None => {
                let queue = QueueId(1 + self.dice.below(4));
                (self.dice.below(CUSTOMERS_MAX), queue)
            }
        }
    }

    /// Books one for a customer, or does something with one that is pending, an own one or not.
    fn about_callbacks(&mut self, agent: &Agent) -> Request {
        let (customer, queue) = self.some_customer();
        let pending: Vec<_> = self.state().callbacks.iter().map(|(id, _)| id).collect();
        let callback = self.dice.pick(&pending).copied();
        let own = self.state().agents.iter();
        let own = own.filter(|(_, it)| it.profile.address == agent.profile.address);
        let own = own.map(|(id, _)| id).next();
        let keep = match own {
            Some(agent) if self.dice.chance(50) => KeepFor::Agent {
                agent,
                fallback_after_s: self.dice.between(60, 200),
            },
            Some(_) | None => KeepFor::Nobody,
        };
        let from = self.now.plus_seconds(self.dice.between(0, 60));
        let window = Window {
            from,
            to: from.plus_seconds(120),
        };
        match (callback, self.dice.below(6)) {
            (Some(callback), 0) => Request::TakeCallback { callback },
            (Some(callback), 1) => Request::CancelCallback { callback },
            (Some(callback), 2) => Request::RescheduleCallback {
                callback,
                window,
                keep,
            },
            (_, _) => Request::BookCallback(BookCallback {
                queue,
                person: Person {
                    number: Number {
                        subject: SubjectRef(9),
                        address: format!("{CUSTOMERS}{customer}"),
                    },
                    customer: CustomerHash(customer),
                    country: "49".to_owned(),
                    arrival: SubjectRef(10),
                    zone: None,
                },
                window: self.dice.chance(50).then_some(window),
                keep,
            }),
        }
    }

    fn about_an_offer(&mut self, contact: ContactId) -> Request {
        let live = self.state().contacts.get(contact);
        if live.is_some_and(|it| it.dial().is_some()) && self.dice.chance(20) {
            return Request::HangUp { contact };
        }
        let offer = match self.state().contacts.get(contact).map(|it| &it.state) {
            Some(Place::Offering(_, offer)) => offer.id,
            _ => OfferId(0),
        };
        if self.dice.chance(20) {
            return Request::DeclineOffer { offer };
        }
        Request::AcceptOffer { offer }
    }

    fn in_a_conversation(&mut self, contact: ContactId) -> Request {
        let has_third = self.has_third(contact);
        let message = { self.state().contacts.get(contact) }.and_then(|it| it.message.as_ref());
        if let Some(recording) = message.map(|it| it.recording)
            && self.dice.chance(30)
        {
            return Request::PlayMessage { contact, recording };
        }
        match (self.dice.below(16), has_third) {
            (12, _) => Request::PauseRecording { contact },
            (13, _) => Request::ResumeRecording { contact },
            (14, _) => {
                let opens = self.dice.chance(60);
                let page = if opens {
                    PaymentPage::Opened
                } else {
                    PaymentPage::Closed
                };
                Request::NotePayment { contact, page }
            }
            (0, _) => Request::Hold { contact },
            (1, _) => Request::Resume { contact },
            (2 | 3, _) => {
                let to = self.somebody();
                Request::Transfer { contact, to }
            }
            (4, false) => {
                let with = self.somebody();
                Request::Consult { contact, with }
            }
            (4 | 5, true) => Request::CompleteTransfer { contact },
            (6, true) => Request::DropThird { contact },
            (7, true) => Request::Swap { contact },
            (8, true) => Request::Merge { contact },
            (9, _) => {
                let digits = SubjectRef(7);
                Request::SendDigits { contact, digits }
            }
            (10 | 15, _) => {
                let is_wanted = self.dice.chance(70);
                let wish = if is_wanted {
                    WrapUpWish::Wanted
                } else {
                    WrapUpWish::NotWanted
                };
                Request::WishWrapUp { contact, wish }
            }
            _ => Request::HangUp { contact },
        }
    }

    /// To whom a contact may go: a queue, a colleague, a phone outside.
    fn somebody(&mut self) -> Target {
        match self.dice.below(3) {
            0 => Target::Queue(QueueId(1 + self.dice.below(3))),
            1 => Target::Agent(AgentId(1 + self.dice.below(6))),
            _ => Target::Number(Number {
                subject: SubjectRef(8),
                address: format!("phone-{}", self.dice.below(3)),
            }),
        }
    }

    fn about_wrap_up(&mut self, contact: ContactId) -> Request {
        if self.dice.chance(20) {
            return Request::ExtendWrapUp { contact };
        }
        if self.dice.chance(20) {
            return self.call_out(Some(contact));
        }
        let disposition = self
            .dice
            .chance(80)
            .then(|| DispositionId(1 + self.dice.below(3)));
        let then = self
            .dice
            .chance(10)
            .then(|| ReasonId(1 + self.dice.below(N_REASONS + 1)));
        Request::CompleteWrapUp {
            contact,
            disposition,
            note: None,
            then,
        }
    }

    fn nonsense(&mut self) -> Request {
        let contact = ContactId(self.dice.below(60));
        let offer = OfferId(self.dice.below(60));
        match self.dice.below(6) {
            0 => Request::AcceptOffer { offer },
            1 => Request::DeclineOffer { offer },
            2 => Request::HangUp { contact },
            3 => Request::ExtendWrapUp { contact },
            4 => Request::SignOut,
            _ => Request::CompleteWrapUp {
                contact,
                disposition: None,
                note: None,
                then: None,
            },
        }
    }

    /// Every agent does what is expected of the agent now.
    pub(crate) fn everybody_works(&mut self) -> Result<(), Broken> {
        let agents: Vec<_> = self.state().agents.iter().map(|(id, _)| id).collect();
        // Twice: who becomes ready may be put something at once, and takes it.
        for id in agents.iter().chain(&agents).copied() {
            let Some(agent) = self.state().agents.get(id).cloned() else {
                continue;
            };
            let is_ready = agent.session.is_some() && agent.intent == Intent::Ready;
            let slots = agent.slots.iter();
            let mut requests: Vec<_> = slots
                .map(|slot| self.dutifully(slot.stage, slot.contact))
                .collect();
            if requests.is_empty() && !is_ready {
                requests.push(ready());
            }
            for request in requests {
                let actor = actor(id);
                self.give(Input::Asked { actor, request })?;
            }
        }
        for (contact, effect) in self.cloud.ringing() {
            self.cloud.agent_answers(contact, effect);
        }
        for contact in self.cloud.live_calls() {
            self.cloud.transfer_ends(&mut self.dice, contact);
            if self.is_outside(contact) {
                self.cloud.customer_leaves(&mut self.dice, contact);
            }
            self.cloud
                .media_ends(&mut self.dice, &mut self.weather, contact);
        }
        Ok(())
    }

    fn is_outside(&self, contact: ContactId) -> bool {
        let contact = self.state().contacts.get(contact);
        contact.is_some_and(|it| matches!(it.state, Place::Outside(..)))
    }

    fn has_third(&self, contact: ContactId) -> bool {
        let contact = self.state().contacts.get(contact);
        contact.is_some_and(|it| it.third().is_some())
    }

    fn dutifully(&self, stage: Slot, contact: ContactId) -> Request {
        match stage {
            Slot::Offering | Slot::Connecting => {
                match self.state().contacts.get(contact).map(|it| &it.state) {
                    Some(Place::Offering(_, offer)) => Request::AcceptOffer { offer: offer.id },
                    _ => ready(),
                }
            }
            Slot::Talking if self.has_third(contact) => Request::DropThird { contact },
            Slot::Talking => Request::HangUp { contact },
            Slot::WrapUp => Request::CompleteWrapUp {
                contact,
                disposition: Some(DispositionId(1)),
                note: None,
                then: None,
            },
        }
    }
}

const fn ready() -> Request {
    Request::SetIntent {
        intent: IntentChoice::Ready,
    }
}

const fn not_ready(reason: u64) -> Request {
    Request::SetIntent {
        intent: IntentChoice::NotReady {
            reason: ReasonId(reason),
        },
    }
}

/// One in ten withholds the number.
fn caller(key: u64) -> Option<Caller> {
    let customer = key % CUSTOMERS_MAX;
    (!customer.is_multiple_of(10)).then(|| Caller {
        address: format!("{CUSTOMERS}{customer}"),
        country: "49".to_owned(),
    })
}

/// How many customers there are.
const CUSTOMERS_MAX: u64 = 50;
