//! A supervisor decides about those who wait: another queue, an agent, or home.

use crate::scene::{ES, SUPPORT, Scene, sam};
use tandem_core::event::{Event, Steering};
use tandem_core::ids::{AccountId, AgentId, ContactId, QueueId, SubjectRef};
use tandem_core::input::Request;
use tandem_core::queue::Queue;
use tandem_core::refusal::{CannotServe, Refusal};
use tandem_core::scope::{Parts, Scope};
use tandem_core::settings::Document;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{queue, requirement};

const SALES: QueueId = QueueId(2);

fn asked(scene: &mut Scene, contact: ContactId, to: Steering) -> Reply {
    let why = SubjectRef(41);
    let request = Request::Steer { contact, to, why };
    scene.ask(sam(Scope::Everything), request)
}

/// Support, which asks for a skill, and sales, which asks for none and waits twice as long.
fn two_queues() -> Scene {
    let support = Queue {
        requirements: vec![requirement(ES, 5)],
        ..queue("Support")
    };
    let mut scene = Scene::with(support);
    let sales = Queue {
        max_wait_s: 600,
        ..queue("Sales")
    };
    assert_eq!(scene.saved(Document::Queue(sales)), SALES.0);
    scene.skip();
    scene
}

fn refused(scene: &mut Scene, contact: ContactId, to: Steering) -> Refusal {
    let reply = asked(scene, contact, to);
    scene.check("");
    let Reply::Refused(refusal) = reply else {
        panic!("not refused: {reply:?}")
    };
    refusal
}

#[test]
fn contact_that_is_moved_waits_in_the_other_queue_since_it_came() {
    let mut scene = two_queues();
    let first = scene.call();
    scene.pass(60);
    let began = scene.now;
    scene.skip();
    asked(&mut scene, first, Steering::Queue(SALES));
    scene.check(
        "1 is sent Queue(QueueId(2))
         1 leaves 1 by moved
         1 waits in 2
         > music 1",
    );
    let contact = scene.state().contacts.get(first).unwrap();
    let stay = contact.stay().unwrap();
    assert_eq!(began.micros_since(stay.since), 60_000_000);
    assert_eq!(stay.until, began.plus_seconds(600));
}

#[test]
fn contact_that_is_moved_is_served_before_those_who_came_later() {
    let mut scene = two_queues();
    let first = scene.call();
    scene.pass(10);
    let second = scene.call();
    asked(&mut scene, second, Steering::Queue(SALES));
    asked(&mut scene, first, Steering::Queue(SALES));
    let agent = scene.ready_agent("ann", 1);
    let agent_of = |id| scene.state().contacts.get(id)?.agent();
    assert_eq!((agent_of(first), agent_of(second)), (Some(agent), None));
}

#[test]
fn contact_is_offered_to_the_agent_whom_somebody_chose_whatever_the_queue_asks() {
    let mut scene = two_queues();
    let contact = scene.call();
    let novice = scene.ready_agent("novice", 1);
    scene.skip();
    asked(&mut scene, contact, Steering::Agent(novice));
    scene.check("1 is sent Agent(AgentId(1))\n1 offered to novice +20");
    scene.decline(novice, contact);
    let place = scene.state().contacts.get(contact).unwrap().stay().unwrap();
    assert_eq!(place.queue, SUPPORT);
}

#[test]
fn contact_that_is_removed_is_hung_up_and_ends_as_removed() {
    let mut scene = two_queues();
    let contact = scene.call();
    scene.skip();
    asked(&mut scene, contact, Steering::Removed);
    scene.check("1 is sent Removed\n> hang up 1\n1 ends AdminRemoved");
}

#[test]
fn who_decided_and_why_is_on_record() {
    let mut scene = two_queues();
    let contact = scene.call();
    asked(&mut scene, contact, Steering::Removed);
    let steered = scene.journal.iter().find_map(|(_, event)| {
        if let Event::ContactSteered(it) = event {
            return Some(*it);
        }
        None
    });
    let steered = steered.expect("it is on record");
    assert_eq!((steered.by, steered.why), (AccountId(8), SubjectRef(41)));
    assert_eq!(steered.queue, SUPPORT);
}

#[test]
fn what_cannot_be_done_is_refused_with_the_reason_and_changes_nothing() {
    let mut scene = two_queues();
    let contact = scene.call();
    scene.skip();
    let there = refused(&mut scene, contact, Steering::Queue(SUPPORT)).to_string();
    assert_eq!(there, "queue_id: is where it waits; choose another");
    let nowhere = Steering::Queue(QueueId(9));
    let (what, id) = ("queue", 9);
    let refusal = refused(&mut scene, contact, nowhere);
    assert_eq!(refusal, Refusal::NotFound { what, id });
    let (what, id) = ("agent", 9);
    let refusal = refused(&mut scene, contact, Steering::Agent(AgentId(9)));
    assert_eq!(refusal, Refusal::NotFound { what, id });
    let (what, id) = ("contact", 9);
    let refusal = refused(&mut scene, ContactId(9), Steering::Removed);
    assert_eq!(refusal, Refusal::NotFound { what, id });
    let novice = scene.ready_agent("novice", 1);
    scene.lunch(novice);
    scene.skip();
    let refusal = refused(&mut scene, contact, Steering::Agent(novice));
    assert_eq!(refusal, Refusal::AgentNotReady);
    let best = scene.ready_agent("best", 9);
    scene.skip();
    let refusal = refused(&mut scene, contact, Steering::Removed);
    assert_eq!(refusal, Refusal::BeingOffered);
    scene.accept(best, contact);
    let ringing = scene.ringing(contact);
    let address = "best".to_owned();
    scene.fact(
        contact,
        tandem_core::input::CallFact::AgentJoined {
            effect: ringing,
            address,
        },
    );
    scene.skip();
    let refusal = refused(&mut scene, contact, Steering::Removed);
    assert_eq!(refusal, Refusal::NotWaiting);
}

#[test]
fn full_queue_takes_nobody_who_is_moved() {
    let mut scene = two_queues();
    let small = Queue {
        max_waiting: 1,
        ..queue("Sales")
    };
    scene.change(SALES.0, 1, Document::Queue(small));
    let (first, second) = (scene.call(), scene.call());
    asked(&mut scene, first, Steering::Queue(SALES));
    scene.skip();
    let refusal = refused(&mut scene, second, Steering::Queue(SALES));
    let why = CannotServe::Full;
    assert_eq!(refusal, Refusal::QueueCannotServe { why });
}

//
#[test]
fn supervisor_of_one_queue_moves_nobody_out_of_it() {
    let mut scene = two_queues();
    let contact = scene.call();
    let own = Scope::Parts(Parts {
        queues: [SUPPORT].into(),
        ..Parts::default()
    });
    let mut ask = |to| {
        let why = SubjectRef(41);
        let request = Request::Steer { contact, to, why };
        scene.ask(sam(own.clone()), request)
    };
    let what = "queue 2".to_owned();
    let beyond = ask(Steering::Queue(SALES));
    assert_eq!(beyond, Reply::Refused(Refusal::OutOfScope { what }));
    assert_eq!(ask(Steering::Removed), Reply::Done);
}
