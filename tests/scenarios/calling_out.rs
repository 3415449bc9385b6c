//! Calling out (B12): the rules that stand before a customer's phone rings, the agent first and the customer
//! then, and what becomes of it when one of them is not there.

use crate::scene::{ES, SUPPORT, Scene, up};
use tandem_core::agent::Display;
use tandem_core::calling_out::CallingOut;
use tandem_core::contact::Direction;
use tandem_core::effect::{Effect, Observation, Outcome};
use tandem_core::event::Event;
use tandem_core::flow::{Flow, Node, Prompt};
use tandem_core::ids::{
    AgentId, ContactId, CustomerHash, DispositionId, EndpointId, QueueId, SubjectRef,
};
use tandem_core::input::{CallFact, CallOut, Input, NotJoined, Request};
use tandem_core::queue::{Queue, WrapUpMode, WrapUpRule};
use tandem_core::refusal::Refusal;
use tandem_core::role::Actor;
use tandem_core::settings::{Disposition, Document, Kind};
use tandem_core::talk::{Number, Target};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{flow, queue, requirement};

/// The customer of every contact of a scene.
const CUSTOMER: CustomerHash = CustomerHash(1);
const FIRST: ContactId = ContactId(1);

fn support() -> Queue {
    Queue {
        wrap_up: WrapUpRule {
            mode: WrapUpMode::Required,
            seconds: 0,
        },
        join_timeout_s: 30,
        ..queue("Support")
    }
}

fn open_to(countries: &[&str]) -> Queue {
    Queue {
        calling_out: Some(Box::new(CallingOut {
            endpoint: EndpointId(1),
            countries: countries.iter().map(|it| (*it).to_owned()).collect(),
            ring_s: 20,
        })),
        ..support()
    }
}

/// ann is ready, and Germany may be called from Support.
fn scene() -> (Scene, AgentId) {
    let mut scene = Scene::with(support());
    scene.change(1, 1, Document::Queue(open_to(&["49"])));
    scene.saved(Document::Disposition(Disposition {
        label: "solved".into(),
        queues: vec![],
    }));
    let ann = scene.ready_agent("ann", 0);
    (scene, ann)
}

fn call_out(country: &str, again: Option<ContactId>) -> Request {
    Request::CallOut(CallOut {
        queue: SUPPORT,
        number: Number {
            subject: SubjectRef(77),
            address: "phone-77".into(),
        },
        customer: CUSTOMER,
        arrival: SubjectRef(78),
        country: country.to_owned(),
        again,
    })
}

fn refused(reply: Reply) -> Refusal {
    let Reply::Refused(refusal) = reply else {
        panic!("not refused: {reply:?}")
    };
    refusal
}

impl Scene {
    fn calls_out(&mut self, agent: AgentId) -> ContactId {
        let reply = self.by(agent, call_out("49", None));
        let Reply::Dialed(contact) = reply else {
            panic!("not dialed: {reply:?}")
        };
        contact
    }

    /// The agent's client answers.
    fn agent_comes(&mut self, contact: ContactId) {
        let leg = format!("leg-{contact}");
        self.fact(contact, CallFact::LegUp { leg });
        self.roster(contact, false, &["ann"]);
    }

    fn customer_answers(&mut self, contact: ContactId) -> Reply {
        let effect = self.last_order(|it| matches!(it, Effect::AddNumber { .. }));
        let address = "phone-77".to_owned();
        self.fact(contact, CallFact::AgentJoined { effect, address })
    }

    pub(crate) fn customer_does_not(&mut self, contact: ContactId, why: NotJoined) -> Reply {
        let effect = self.last_order(|it| matches!(it, Effect::AddNumber { .. }));
        self.fact(contact, CallFact::AgentNotJoined { effect, why })
    }

    fn alone(&mut self, contact: ContactId) -> Reply {
        let (customer, agents) = (false, vec!["ann".to_owned()]);
        self.observed(
            contact,
            Observation::Up {
                customer,
                agents,
                recording: None,
            },
        )
    }

    pub(crate) fn display(&self, agent: AgentId) -> Display {
        self.state()
            .agents
            .get(agent)
            .expect("the agent is there")
            .display
    }
}

/// ann is in the call, and the customer's phone rings.
fn ringing() -> (Scene, AgentId, ContactId) {
    let (mut scene, ann) = scene();
    let contact = scene.calls_out(ann);
    scene.agent_comes(contact);
    scene.skip();
    (scene, ann, contact)
}

// B12
#[test]
fn agent_is_called_first_and_then_the_customer() {
    let (mut scene, ann) = scene();
    let contact = scene.calls_out(ann);
    scene.check(
        "ann calls out 1
        > call ann for 1 from main",
    );
    assert_eq!(scene.display(ann), Display::Connecting);
    let order = scene.last_order(|it| matches!(it, Effect::CallAgent { .. }));
    scene.done(order, "leg-1");
    scene.agent_comes(contact);
    scene.check(
        "1 customer dialed +25
        > call phone-77 for 1 20 s",
    );
    scene.customer_answers(contact);
    scene.roster(contact, true, &["ann"]);
    scene.check("1 reached by ann");
    assert_eq!(scene.display(ann), Display::OnContact);
    let live = scene.state().contacts.get(contact).unwrap();
    assert_eq!(live.direction, Direction::Outbound);
}

#[test]
fn call_that_an_agent_began_has_the_name_that_the_other_side_told_first() {
    let (mut scene, ann) = scene();
    let contact = scene.calls_out(ann);
    let named = |correlation: &str| CallFact::Correlated {
        correlation: correlation.to_owned(),
    };
    assert_eq!(scene.fact(contact, named("")), Reply::Ignored);
    assert_eq!(scene.fact(contact, named("call-1")), Reply::Done);
    assert_eq!(scene.fact(contact, named("call-2")), Reply::Ignored);
    let live = scene.state().contacts.get(contact).unwrap();
    assert_eq!(live.correlation, "call-1");
    // One that came in has had its name since then.
    scene.agent_comes(contact);
    let other = scene.call();
    assert_eq!(scene.fact(other, named("call-3")), Reply::Ignored);
}

// B12, R-06
#[test]
fn called_customer_is_talked_to_and_wrapped_up_like_one_who_called() {
    let (mut scene, ann, contact) = ringing();
    scene.customer_answers(contact);
    scene.roster(contact, true, &["ann"]);
    scene.by(ann, Request::Hold { contact });
    scene.by(ann, Request::Resume { contact });
    scene.by(ann, Request::HangUp { contact });
    let done = Request::CompleteWrapUp {
        contact,
        disposition: Some(DispositionId(1)),
        note: None,
        then: None,
    };
    scene.by(ann, done);
    scene.check(
        "1 reached by ann
        1 Customer on hold
        > hold customer of 1
        1 Customer back
        > unhold customer of 1
        > hang up 1
        1 over by Agent
        ann wraps up -
        ann done Some(1) forced=false
        1 ends Handled",
    );
}

// R-02f
#[test]
fn called_customer_can_be_transferred_to_a_queue_and_waits_there() {
    let (mut scene, ann, contact) = ringing();
    scene.saved(Document::Queue(Queue {
        requirements: vec![requirement(ES, 1)],
        ..queue("Sales")
    }));
    let ben = scene.ready_agent("ben", 5);
    scene.customer_answers(contact);
    scene.roster(contact, true, &["ann"]);
    scene.skip();
    let to = Target::Queue(QueueId(2));
    scene.by(ann, Request::Transfer { contact, to });
    let told = scene.told();
    assert!(told.contains("1 waits in 2"), "{told}");
    assert!(told.contains("1 offered to ben"), "{told}");
    assert_eq!(scene.display(ben), Display::Offering);
}

#[test]
fn called_customer_is_not_given_to_the_phone_at_which_they_were_called() {
    let (mut scene, ann, contact) = ringing();
    scene.customer_answers(contact);
    scene.roster(contact, true, &["ann"]);
    let to = Target::Number(Number {
        subject: SubjectRef(79),
        address: "phone-77".into(),
    });
    let reply = scene.by(ann, Request::Transfer { contact, to });
    assert_eq!(refused(reply), Refusal::OwnNumber);
}

/// A customer who was called and waits in Sales, where nobody serves them, for a minute at most.
fn in_vain_in_sales(flow: Flow) -> (Scene, ContactId) {
    let (mut scene, ann, contact) = ringing();
    scene.saved(Document::Queue(Queue {
        requirements: vec![requirement(ES, 1)],
        max_wait_s: 60,
        ..queue("Sales")
    }));
    scene.change(1, 1, Document::Flow(flow));
    let ben = scene.ready_agent("ben", 5);
    scene.customer_answers(contact);
    scene.roster(contact, true, &["ann"]);
    let to = Target::Queue(QueueId(2));
    scene.by(ann, Request::Transfer { contact, to });
    scene.lunch(ben);
    scene.decline(ben, contact);
    scene.lunch(ann);
    scene.skip();
    (scene, contact)
}

fn waiting_in(queue: QueueId, timeout: &str) -> Node {
    Node::Queue {
        queue,
        timeout: timeout.to_owned(),
        full: "end".to_owned(),
        failed: None,
        closed: None,
        emergency: None,
        keep_age: false,
        key: None,
    }
}

fn words(text: &str) -> Node {
    Node::Message {
        prompt: Prompt::Text(text.to_owned()),
    }
}

// R-02f: nobody began a flow for a customer who was called, and nobody hangs up on them without a word either.
#[test]
fn called_customer_who_is_not_served_after_a_transfer_hears_what_the_number_says_to_those_who_wait_in_vain()
 {
    let nodes = [
        ("support", waiting_in(SUPPORT, "end")),
        ("sales", waiting_in(QueueId(2), "sorry")),
        ("sorry", words("Sorry.")),
        ("end", Node::End),
    ];
    let (mut scene, contact) = in_vain_in_sales(flow("Main", "support", &nodes));
    scene.pass(61);
    scene.check(
        "> stop media 1
        1 leaves 2 by timeout
        > play 1",
    );
    scene.hears(contact);
    scene.check(
        "> hang up 1
        1 ends Timeout",
    );
}

// R-02f
#[test]
fn called_customer_who_waits_in_vain_in_a_queue_that_the_flow_does_not_know_is_received_like_a_caller()
 {
    let nodes = [("hello", words("Hello."))];
    let (mut scene, _) = in_vain_in_sales(flow("Main", "hello", &nodes));
    scene.pass(61);
    scene.check(
        "> stop media 1
        1 leaves 2 by timeout
        > play 1",
    );
}

// B-236, R-30
#[test]
fn country_that_the_queue_does_not_allow_is_not_called() {
    let (mut scene, ann) = scene();
    let refusal = refused(scene.by(ann, call_out("1", None)));
    assert_eq!(refusal, Refusal::CountryNotAllowed);
    scene.check("");
}

#[test]
fn nobody_is_called_from_a_queue_without_a_number() {
    let mut scene = Scene::with(support());
    let ann = scene.ready_agent("ann", 0);
    let refusal = refused(scene.by(ann, call_out("49", None)));
    assert_eq!(refusal, Refusal::NoCallerId);
}

#[test]
fn agent_calls_from_own_queues_alone() {
    let (mut scene, ann) = scene();
    let asks = Queue {
        requirements: vec![requirement(ES, 1)],
        ..open_to(&["49"])
    };
    scene.change(1, 2, Document::Queue(asks));
    scene.skip();
    let refusal = refused(scene.by(ann, call_out("49", None)));
    assert_eq!(refusal, Refusal::NotYourQueue);
    scene.check("");
}

#[test]
fn agent_who_has_a_contact_or_is_not_here_calls_nobody() {
    let (mut scene, ann) = scene();
    let ben = scene.agent("ben", 0);
    let refusal = refused(scene.by(ben, call_out("49", None)));
    assert_eq!(refusal, Refusal::AgentNotFree);
    scene.call();
    scene.skip();
    let refusal = refused(scene.by(ann, call_out("49", None)));
    assert_eq!(refusal, Refusal::AgentNotFree);
    scene.check("");
}

#[test]
fn agent_who_is_not_ready_may_call_and_stays_not_ready() {
    let (mut scene, ann) = scene();
    scene.lunch(ann);
    let contact = scene.calls_out(ann);
    scene.fact(contact, CallFact::LegDown);
    assert_eq!(scene.display(ann), Display::NotReady);
}

#[test]
fn agent_who_calls_is_offered_nothing() {
    let (mut scene, ann) = scene();
    scene.calls_out(ann);
    scene.skip();
    scene.call();
    let told = scene.told();
    assert!(!told.contains("offered"), "{told}");
    assert_eq!(scene.state().n_free(SUPPORT), 0);
}

#[test]
fn nobody_is_called_while_the_process_stops() {
    let (mut scene, ann) = scene();
    scene.give(Input::DrainBegan);
    let refusal = refused(scene.by(ann, call_out("49", None)));
    assert_eq!(refusal, Refusal::Draining);
}

//
#[test]
fn customer_on_the_do_not_call_list_is_not_called_until_the_entry_is_over() {
    let (mut scene, ann) = scene();
    let until = Some(scene.now.plus_seconds(3_600));
    let set = |until| Request::SetDoNotCall {
        customer: CUSTOMER,
        subject: SubjectRef(90),
        until,
    };
    scene.ask(Actor::system(), set(until));
    let refusal = refused(scene.by(ann, call_out("49", None)));
    assert_eq!(refusal, Refusal::OnDoNotCallList);
    scene.pass(3_600);
    let contact = scene.calls_out(ann);
    scene.fact(contact, CallFact::LegDown);
    // Set again it is the same entry.
    let reply = scene.ask(Actor::system(), set(None));
    assert!(matches!(reply, Reply::Saved { id: 1, .. }), "{reply:?}");
    let refusal = refused(scene.by(ann, call_out("49", None)));
    assert_eq!(refusal, Refusal::OnDoNotCallList);
    scene.ask(Actor::system(), Request::RemoveDoNotCall { id: 1 });
    scene.calls_out(ann);
}

#[test]
fn agent_does_not_change_the_do_not_call_list() {
    let (mut scene, ann) = scene();
    let remove = Request::RemoveDoNotCall { id: 1 };
    let refusal = refused(scene.by(ann, remove.clone()));
    assert!(matches!(refusal, Refusal::Forbidden { .. }), "{refusal:?}");
    let refusal = refused(scene.ask(Actor::system(), remove));
    assert!(matches!(refusal, Refusal::NotFound { .. }), "{refusal:?}");
}

//
#[test]
fn what_was_looked_at_stands_in_the_fact() {
    let (mut scene, ann) = scene();
    let other = Request::SetDoNotCall {
        customer: CustomerHash(2),
        subject: SubjectRef(90),
        until: None,
    };
    scene.ask(Actor::system(), other);
    scene.calls_out(ann);
    let checked = scene.journal.iter().find_map(|(_, event)| {
        let Event::ContactDialed(tandem_core::event::ContactDialed { checked, .. }) = event else {
            return None;
        };
        Some(checked.clone())
    });
    let checked = checked.unwrap();
    assert_eq!(checked.country, "49");
    let list = (checked.do_not_call_entries, checked.do_not_call_version);
    assert_eq!(list, (1, 1));
}

#[test]
fn settings_of_calling_out_are_checked() {
    let (mut scene, _) = scene();
    let mut save = |countries: &[&str], endpoint: u64, ring_s: u32| {
        let mut queue = open_to(countries);
        queue.calling_out.as_mut().unwrap().endpoint = EndpointId(endpoint);
        queue.calling_out.as_mut().unwrap().ring_s = ring_s;
        let refusal = refused(scene.change(1, 2, Document::Queue(queue)));
        let Refusal::Invalid { field, .. } = refusal else {
            panic!("{refusal:?}")
        };
        field
    };
    assert_eq!(save(&[], 1, 20), "calling_out.countries");
    assert_eq!(save(&["+49"], 1, 20), "calling_out.countries");
    assert_eq!(save(&["049"], 1, 20), "calling_out.countries");
    assert_eq!(save(&["49", "49"], 1, 20), "calling_out.countries");
    assert_eq!(save(&["49"], 9, 20), "calling_out.endpoint_id");
    assert_eq!(save(&["49"], 1, 9), "calling_out.ring_s");
    let remove = Request::Remove {
        kind: Kind::Endpoint,
        id: 1,
        expected: 1,
    };
    let refusal = refused(scene.ask(Actor::system(), remove));
    assert!(matches!(refusal, Refusal::InUse { .. }), "{refusal:?}");
}

#[test]
fn call_that_the_service_does_not_place_ends_and_the_agent_is_free() {
    let (mut scene, ann) = scene();
    scene.calls_out(ann);
    scene.skip();
    let order = scene.last_order(|it| matches!(it, Effect::CallAgent { .. }));
    let code = "8523".to_owned();
    scene.settle(order, Outcome::Failed { code });
    scene.check(
        "1 not reached NotPlaced
        1 ends ErrorMedia",
    );
    assert_eq!(scene.display(ann), Display::Available);
}

#[test]
fn agent_whose_client_is_not_answered_ends_it_before_any_customer_is_called() {
    let (mut scene, ann) = scene();
    scene.calls_out(ann);
    let order = scene.last_order(|it| matches!(it, Effect::CallAgent { .. }));
    scene.done(order, "leg-1");
    scene.skip();
    scene.pass(36);
    scene.check(
        "1 not reached AgentNoAnswer
        > hang up 1
        1 ends OutboundCancelled",
    );
}

#[test]
fn call_that_comes_up_after_it_was_given_up_is_ended() {
    let (mut scene, ann) = scene();
    let contact = scene.calls_out(ann);
    scene.pass(36);
    scene.skip();
    let leg = "leg-1".to_owned();
    scene.fact(contact, CallFact::LegUp { leg });
    scene.check("> hang up 1");
}

#[test]
fn agent_gives_it_up_while_the_customer_is_being_called() {
    let (mut scene, ann, contact) = ringing();
    scene.by(ann, Request::HangUp { contact });
    scene.check(
        "1 not reached Withdrawn
        > hang up 1
        1 ends OutboundCancelled",
    );
    assert_eq!(scene.display(ann), Display::Available);
}

#[test]
fn agent_who_hangs_up_in_teams_while_it_rings_has_given_it_up() {
    let (mut scene, _, contact) = ringing();
    scene.fact(contact, CallFact::LegDown);
    let told = scene.told();
    assert!(told.contains("1 not reached AgentLeft"), "{told}");
    assert!(told.contains("1 ends OutboundCancelled"), "{told}");
}

#[test]
fn busy_phone_and_a_customer_who_declines_are_told_at_once() {
    for (why, told) in [
        (
            NotJoined::Busy,
            "1 not reached Busy\n> hang up 1\n1 ends OutboundBusy",
        ),
        (
            NotJoined::Declined,
            "1 not reached Declined\n> hang up 1\n1 ends OutboundNoAnswer",
        ),
    ] {
        let (mut scene, _, contact) = ringing();
        scene.customer_does_not(contact, why);
        scene.check(told);
    }
}

#[test]
fn phone_that_rings_out_or_cannot_be_called_ends_it_once_the_agent_is_known_to_be_there() {
    for (why, word, end) in [
        (NotJoined::NoAnswer, "NoAnswer", "OutboundNoAnswer"),
        (NotJoined::Failed, "Failed", "OutboundInvalid"),
    ] {
        let (mut scene, ann, contact) = ringing();
        scene.customer_does_not(contact, why);
        scene.check(&format!("1 rings no more {word}"));
        scene.alone(contact);
        scene.check(&format!("1 not reached {word}\n> hang up 1\n1 ends {end}"));
        assert_eq!(scene.display(ann), Display::Available);
    }
}

#[test]
fn ringing_that_ended_because_the_agent_left_is_not_held_against_the_customer() {
    let (mut scene, _, contact) = ringing();
    scene.customer_does_not(contact, NotJoined::Failed);
    scene.skip();
    scene.observed(contact, Observation::Gone);
    let told = scene.told();
    assert!(told.contains("1 not reached AgentLeft"), "{told}");
}

#[test]
fn customer_of_whose_answer_word_was_lost_is_found_by_asking_and_not_hung_up_on() {
    let (mut scene, _, contact) = ringing();
    scene.pass(26);
    scene.skip();
    scene.observed(contact, up(&["ann"], None));
    scene.check("1 reached by ann");
    scene.pass(600);
    scene.check("");
}

#[test]
fn roster_alone_tells_that_the_customer_answered() {
    let (mut scene, _, contact) = ringing();
    scene.roster(contact, true, &["ann"]);
    scene.check("1 reached by ann");
    scene.customer_answers(contact);
    scene.check("");
}

#[test]
fn silence_of_everybody_ends_the_attempt() {
    let (mut scene, _, _) = ringing();
    scene.pass(31);
    scene.check(
        "1 rings no more NoAnswer
        1 not reached NoAnswer
        > hang up 1
        1 ends OutboundNoAnswer",
    );
}

// The answer to the order that called the customer may come after the customer's own.
#[test]
fn customer_who_answered_is_neither_taken_out_nor_withdrawn_by_late_word() {
    let (mut scene, _, contact) = ringing();
    let order = scene.last_order(|it| matches!(it, Effect::AddNumber { .. }));
    scene.customer_answers(contact);
    scene.skip();
    scene.customer_answers(contact);
    scene.done(order, "invitation-1");
    scene.roster(contact, true, &["ann"]);
    scene.check("");
}

// A restart finds the attempt where it is: the customer is called once.
#[test]
fn restart_while_the_agent_is_called_goes_on_with_the_customer() {
    let (mut scene, ann) = scene();
    let contact = scene.calls_out(ann);
    let order = scene.last_order(|it| matches!(it, Effect::CallAgent { .. }));
    scene.done(order, "leg-1");
    scene.give(Input::ServiceStarted);
    scene.pass(1);
    scene.skip();
    scene.alone(contact);
    scene.check(
        "1 customer dialed +25
        > call phone-77 for 1 20 s",
    );
}

#[test]
fn restart_while_the_customer_is_called_calls_nobody_again() {
    let (mut scene, _, contact) = ringing();
    scene.give(Input::ServiceStarted);
    scene.pass(1);
    scene.alone(contact);
    let told = scene.told();
    assert!(!told.contains("call phone-77"), "{told}");
    scene.skip();
    scene.customer_answers(contact);
    scene.check("1 reached by ann");
}

#[test]
fn order_of_unknown_outcome_is_asked_about() {
    let (mut scene, _, contact) = ringing();
    scene.tells_questions = true;
    let order = scene.last_order(|it| matches!(it, Effect::AddNumber { .. }));
    scene.settle(order, Outcome::Unknown);
    scene.check("> ask about 1");
    scene.alone(contact);
    scene.check("");
}

/// A customer who called is dropped, and ann owes wrap-up.
fn dropped() -> (Scene, AgentId) {
    let (mut scene, ann) = scene();
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.roster(contact, true, &["ann"]);
    scene.fact(contact, CallFact::LegDown);
    scene.skip();
    (scene, ann)
}

#[test]
fn dropped_customer_is_called_back_out_of_the_wrap_up_which_stays_owed() {
    let (mut scene, ann) = dropped();
    assert_eq!(scene.display(ann), Display::WrapUp);
    let reply = scene.by(ann, call_out("49", Some(FIRST)));
    assert_eq!(reply, Reply::Dialed(ContactId(2)));
    let effect = scene.last_order(|it| matches!(it, Effect::CallAgent { .. }));
    scene.done(effect, "leg-2");
    scene.fact(
        ContactId(2),
        CallFact::LegUp {
            leg: "leg-2".into(),
        },
    );
    scene.customer_answers(ContactId(2));
    assert_eq!(scene.display(ann), Display::OnContact);
    scene.by(
        ann,
        Request::HangUp {
            contact: ContactId(2),
        },
    );
    for contact in [FIRST, ContactId(2)] {
        let reply = scene.by(
            ann,
            Request::CompleteWrapUp {
                contact,
                disposition: Some(DispositionId(1)),
                note: None,
                then: None,
            },
        );
        assert_eq!(reply, Reply::Done);
    }
    assert_eq!(scene.display(ann), Display::Available);
}

#[test]
fn wrap_up_of_another_contact_is_finished_before_anybody_is_called() {
    let (mut scene, ann) = dropped();
    let refusal = refused(scene.by(ann, call_out("49", Some(ContactId(7)))));
    assert_eq!(refusal, Refusal::AgentNotFree);
}

// The contact is the colleague's: who owes work for it would owe for two customers after handing over again.
#[test]
fn customer_who_was_handed_to_a_colleague_is_not_called_back_out_of_the_work_that_is_owed() {
    let (mut scene, ann) = scene();
    let ben = scene.ready_agent("ben", 5);
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.roster(contact, true, &["ann"]);
    let with = Target::Agent(ben);
    assert_eq!(
        scene.by(ann, Request::Consult { contact, with }),
        Reply::Done
    );
    scene.joins(contact, "ben");
    scene.roster(contact, true, &["ann", "ben"]);
    assert_eq!(
        scene.by(ann, Request::CompleteTransfer { contact }),
        Reply::Done
    );
    scene.roster(contact, true, &["ben"]);
    scene.fact(contact, CallFact::LegDown);
    for agent in [ann, ben] {
        assert_eq!(scene.display(agent), Display::WrapUp);
    }
    let refusal = refused(scene.by(ann, call_out("49", Some(contact))));
    assert_eq!(refusal, Refusal::AgentNotFree);
    let reply = scene.by(ben, call_out("49", Some(contact)));
    assert_eq!(reply, Reply::Dialed(ContactId(2)));
}
