//! Callbacks (R-21, B-016): a place in a queue that is traded for being called, and what becomes of it.

mod attempts;
mod book;
mod early;
mod hours;
mod offered;
mod place;
mod promised;

use crate::scene::{SUPPORT, Scene};
use std::collections::BTreeMap;
use tandem_core::ContactCenter;
use tandem_core::callback::{Callback, CallbackRules, Person, Window};
use tandem_core::calling_out::CallingOut;
use tandem_core::contact::Caller;
use tandem_core::effect::Effect;
use tandem_core::event::{EndReason, Event};
use tandem_core::flow::{CallbackWhen, Flow, Key, Node, QueueKey};
use tandem_core::ids::{
    AccountId, AgentId, CallbackId, ContactId, CustomerHash, EndpointId, SubjectRef,
};
use tandem_core::input::{Arrival, BookCallback, CallFact, Collected, Input, KeepFor, Request};
use tandem_core::queue::Queue;
use tandem_core::refusal::Refusal;
use tandem_core::role::{Actor, Role};
use tandem_core::scope::Scope;
use tandem_core::settings::Document;
use tandem_core::talk::Number;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{self, callback_rules, queue};

const FIRST: CallbackId = CallbackId(1);

/// Support calls Germany back.
fn support(rules: CallbackRules) -> Queue {
    Queue {
        max_wait_s: 600,
        join_timeout_s: 30,
        calling_out: Some(Box::new(CallingOut {
            endpoint: EndpointId(1),
            countries: vec!["49".to_owned()],
            ring_s: 20,
        })),
        callbacks: Some(Box::new(rules)),
        ..queue("Support")
    }
}

/// Into the queue, where who presses 1 is asked into a callback, as is who waited for the longest wait.
fn offering(when: CallbackWhen) -> Flow {
    let wait = Node::Queue {
        queue: SUPPORT,
        timeout: "book".to_owned(),
        full: "book".to_owned(),
        failed: None,
        closed: Some("book".to_owned()),
        emergency: None,
        keep_age: false,
        key: Some(Box::new(QueueKey {
            key: Key::new('1').expect("telephones have it"),
            prompt: floor_plan::text("Press 1 to be called back."),
            first_s: 30,
            every_s: 60,
            next: "book".to_owned(),
        })),
    };
    let book = Node::Callback {
        queue: SUPPORT,
        when,
        booked: "bye".to_owned(),
        refused: "sorry".to_owned(),
    };
    let says = |words| Node::Message {
        prompt: floor_plan::text(words),
    };
    floor_plan::flow(
        "Callback",
        "wait",
        &[
            ("wait", wait),
            ("book", book),
            ("bye", says("We call you.")),
            ("sorry", says("Please call again.")),
        ],
    )
}

fn scene_of(rules: CallbackRules) -> Scene {
    let mut scene = Scene::with(queue("Support"));
    scene.change(1, 1, Document::Queue(support(rules)));
    let flow = offering(CallbackWhen::VirtualHold);
    scene.change(1, 1, Document::Flow(flow));
    scene.skip();
    scene
}

fn scene() -> Scene {
    scene_of(callback_rules())
}

fn caller(customer: u64) -> Caller {
    Caller {
        address: format!("phone-{customer}"),
        country: "49".to_owned(),
    }
}

fn person(customer: u64) -> Person {
    let Caller { address, country } = caller(customer);
    Person {
        number: Number {
            subject: SubjectRef(500 + customer),
            address,
        },
        customer: CustomerHash(customer),
        country,
        arrival: SubjectRef(600 + customer),
        zone: None,
    }
}

pub(crate) fn wish(customer: u64, window: Option<Window>, keep: KeepFor) -> BookCallback {
    BookCallback {
        queue: SUPPORT,
        person: person(customer),
        window,
        keep,
    }
}

fn supervisor() -> Actor {
    Actor {
        account: AccountId(90),
        agent: None,
        roles: vec![Role::Supervisor],
        scope: Scope::Everything,
    }
}

fn refused(reply: Reply) -> Refusal {
    let Reply::Refused(refusal) = reply else {
        panic!("not refused: {reply:?}")
    };
    refusal
}

impl Scene {
    /// A customer calls, and waits.
    fn customer_calls(&mut self, customer: u64) -> ContactId {
        let arrival = Arrival {
            customer: CustomerHash(customer),
            caller: Some(caller(customer)),
            ..self.arrival()
        };
        let reply = self.give(Input::Arrived(arrival));
        let Reply::Arrived(contact) = reply else {
            panic!("not arrived: {reply:?}")
        };
        self.comes_up(contact);
        contact
    }

    fn hangs_up(&mut self, contact: ContactId) {
        self.fact(contact, CallFact::LegDown);
    }

    /// The customer is asked for the key, and presses it.
    fn presses_when_asked(&mut self, contact: ContactId, keys: &str) {
        let asked = |scene: &Self| {
            let media = scene.state().contacts.get(contact)?.media.as_ref()?;
            media.until.map(|_| media.effect)
        };
        while asked(self).is_none() {
            self.pass(1);
        }
        let effect = asked(self).expect("the key is asked for");
        let result = Collected::Digits(keys.to_owned());
        self.fact(contact, CallFact::Collected { effect, result });
    }

    /// The customer trades the place on the line for a callback.
    fn books_on_the_line(&mut self, contact: ContactId) {
        self.presses_when_asked(contact, "1");
        self.hangs_up(contact);
    }

    fn book(&mut self, wish: BookCallback) -> CallbackId {
        let reply = self.ask(supervisor(), Request::BookCallback(wish));
        let Reply::Booked(callback) = reply else {
            panic!("not booked: {reply:?}")
        };
        callback
    }

    fn callback(&self, id: CallbackId) -> Option<&Callback> {
        self.state().callbacks.get(id)
    }

    /// The contact of the attempt that is under way.
    fn attempt(&self, id: CallbackId) -> ContactId {
        let callback = self.callback(id).expect("it is pending");
        callback.attempt().expect("an attempt is under way")
    }

    /// The agent's client answers, so that the customer's phone rings.
    fn comes_into(&mut self, contact: ContactId, address: &str) {
        let leg = format!("leg-{contact}");
        self.fact(contact, CallFact::LegUp { leg });
        self.roster(contact, false, &[address]);
    }

    fn picks_up(&mut self, contact: ContactId, customer: u64) {
        let effect = self.last_order(|it| matches!(it, Effect::AddNumber { .. }));
        let address = caller(customer).address;
        self.fact(contact, CallFact::AgentJoined { effect, address });
    }

    /// Somebody accepts the attempt and is in the call.
    fn dials(&mut self, agent: AgentId, name: &str, id: CallbackId) -> ContactId {
        let contact = self.attempt(id);
        assert_eq!(self.accept(agent, contact), Reply::Done);
        self.comes_into(contact, name);
        contact
    }

    /// ann takes what is put to her, and talks to the customer.
    fn talks(&mut self, ann: AgentId, contact: ContactId) -> CustomerHash {
        let live = self.state().contacts.get(contact);
        let live = live.expect("it is there");
        let (customer, is_attempt) = (live.customer, live.is_attempt());
        self.accept(ann, contact);
        if is_attempt {
            self.comes_into(contact, "ann");
            self.picks_up(contact, customer.0);
        } else {
            self.joins(contact, "ann");
        }
        customer
    }

    /// Living through it and rebuilding it give the same, and nothing is lost on the way to a file.
    fn rebuilds(&self) {
        let mut rebuilt = ContactCenter::new();
        for (at, event) in &self.journal {
            rebuilt.apply(*at, std::slice::from_ref(event));
        }
        assert_eq!(rebuilt, self.center);
        let written = serde_json::to_string(&self.center).expect("it is JSON");
        let read: ContactCenter = serde_json::from_str(&written).expect("it is read");
        assert_eq!(read, self.center);
    }
}

fn held_by(scene: &Scene, agent: AgentId) -> Option<ContactId> {
    let agent = scene.state().agents.get(agent)?;
    agent.slots.first().map(|slot| slot.contact)
}

/// What is known of the customers of a country.
fn zones(of: &[(&str, &str)]) -> BTreeMap<String, tandem_core::schedule::Zone> {
    let zones = of.iter();
    zones
        .map(|(country, zone)| {
            let zone = tandem_core::schedule::Zone::named(zone);
            ((*country).to_owned(), zone)
        })
        .collect()
}

//
#[test]
fn caller_who_booked_gave_nothing_up() {
    let mut scene = scene();
    let contact = scene.customer_calls(1);
    scene.books_on_the_line(contact);
    assert!(scene.told().contains("1 ends CallbackConverted"));
    let mut ends = scene.journal.iter();
    assert!(!ends.any(|(_, event)| matches!(
        event,
        Event::ContactEnded { reason, .. } if *reason != EndReason::CallbackConverted
    )));
}
