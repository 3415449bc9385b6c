//! Hold, consultation, transfer and conference (B8, R-23), and that a transfer never ends a contact (R-02f).

use crate::scene::{SUPPORT, Scene};
use tandem_core::contact::Caller;
use tandem_core::effect::{Effect, Observation, Outcome};
use tandem_core::ids::{AgentId, ContactId, DispositionId, EffectId, FlowId, QueueId, SubjectRef};
use tandem_core::input::{Arrival, CallFact, Input, NotJoined, Request};
use tandem_core::queue::{Queue, WrapUpMode, WrapUpRule};
use tandem_core::refusal::{CannotServe, Refusal};
use tandem_core::settings::{Disposition, Document};
use tandem_core::talk::{Number, Target};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{self, queue, requirement};

/// The second queue, which ben alone serves.
const SALES: QueueId = QueueId(2);

/// The address of the customer's phone.
const CALLERS: &str = "phone-55";

struct Conversation {
    scene: Scene,
    ann: AgentId,
    ben: AgentId,
    contact: ContactId,
}

/// ann talks to a customer, and ben is signed in and free; ann owes wrap-up afterwards.
fn conversation() -> Conversation {
    let wrap_up = WrapUpRule {
        mode: WrapUpMode::RequiredTimeboxed,
        seconds: 30,
    };
    let support = Queue {
        wrap_up,
        ..queue("Support")
    };
    let mut scene = Scene::with(support);
    scene.saved(Document::Queue(Queue {
        requirements: vec![requirement(crate::scene::ES, 1)],
        ..queue("Sales")
    }));
    scene.saved(Document::Disposition(Disposition {
        label: "solved".into(),
        queues: vec![],
    }));
    let ann = scene.ready_agent("ann", 0);
    let arrival = Arrival {
        caller: Some(Caller {
            address: CALLERS.into(),
            country: "49".into(),
        }),
        ..scene.arrival()
    };
    let reply = scene.give(Input::Arrived(arrival));
    let Reply::Arrived(contact) = reply else {
        panic!("not arrived: {reply:?}")
    };
    scene.comes_up(contact);
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.roster(contact, true, &["ann"]);
    let ben = scene.ready_agent("ben", 5);
    scene.skip();
    Conversation {
        scene,
        ann,
        ben,
        contact,
    }
}

fn number() -> Number {
    Number {
        subject: SubjectRef(77),
        address: "phone-77".into(),
    }
}

impl Conversation {
    fn ask(&mut self, request: impl Fn(ContactId) -> Request) -> Reply {
        self.scene.by(self.ann, request(self.contact))
    }

    fn transfer(&mut self, to: Target) -> Reply {
        self.ask(|contact| Request::Transfer {
            contact,
            to: to.clone(),
        })
    }

    fn consult(&mut self, with: Target) -> Reply {
        self.ask(|contact| Request::Consult {
            contact,
            with: with.clone(),
        })
    }

    /// ann consults ben, who answers.
    fn consulting_ben(mut self) -> Self {
        self.consult(Target::Agent(self.ben));
        self.scene.joins(self.contact, "ben");
        self.scene.roster(self.contact, true, &["ann", "ben"]);
        self.scene.skip();
        self
    }

    fn not_joined(&mut self, why: NotJoined) -> Reply {
        let effect = self.scene.ringing(self.contact);
        let fact = CallFact::AgentNotJoined { effect, why };
        self.scene.fact(self.contact, fact)
    }

    fn giving_away(&self) -> EffectId {
        self.scene
            .last_order(|effect| matches!(effect, Effect::TransferAway { .. }))
    }

    fn refused(&mut self, reply: &Reply, why: Refusal) {
        assert_eq!(*reply, Reply::Refused(why));
        self.scene.check("");
    }
}

#[test]
fn customer_on_hold_hears_the_music_of_the_queue_and_comes_back() {
    let mut it = conversation();
    it.ask(|contact| Request::Hold { contact });
    it.scene.check("1 Customer on hold\n> hold customer of 1");
    // Held already.
    assert_eq!(it.ask(|contact| Request::Hold { contact }), Reply::Done);
    it.scene.check("");
    it.ask(|contact| Request::Resume { contact });
    it.scene.check("1 Customer back\n> unhold customer of 1");
    it.ask(|contact| Request::HangUp { contact });
    it.scene
        .check("> hang up 1\n1 over by Agent\nann wraps up +30");
}

#[test]
fn agent_learns_that_the_customer_could_not_be_put_on_hold() {
    let mut it = conversation();
    it.ask(|contact| Request::Hold { contact });
    let hold = |effect: &Effect| matches!(effect, Effect::Hold { .. });
    let effect = it.scene.last_order(hold);
    it.scene.skip();
    it.scene.fact(it.contact, CallFact::HoldFailed { effect });
    it.scene.check("1 Customer back");
    // The other way to learn it: the order is refused. Word of the first hold says nothing about the second.
    it.ask(|contact| Request::Hold { contact });
    let second = it.scene.last_order(hold);
    it.scene.skip();
    it.scene.fact(it.contact, CallFact::HoldFailed { effect });
    it.scene.check("");
    let code = "8501".to_owned();
    it.scene.settle(second, Outcome::Failed { code });
    it.scene.check("1 Customer back");
}

//
#[test]
fn contact_transferred_to_a_queue_is_offered_there_and_the_agent_wraps_up() {
    let mut it = conversation();
    it.transfer(Target::Queue(SALES));
    it.scene.check(
        "> remove ann from 1
         1 from ann to queue 2, owes work
         1 transfer Completed
         1 waits in 2, since 0 s
         > music 1
         1 offered to ben +20",
    );
    let request = Request::CompleteWrapUp {
        contact: it.contact,
        disposition: Some(DispositionId(1)),
        note: None,
        then: None,
    };
    assert_eq!(it.scene.by(it.ann, request), Reply::Done);
    it.scene.check("ann done Some(1) forced=false");
    it.scene.accept(it.ben, it.contact);
    it.scene.joins(it.contact, "ben");
    it.scene.skip();
    it.scene.fact(it.contact, CallFact::LegDown);
    it.scene.check("1 over by Customer\n1 ends Handled");
}

#[test]
fn wrap_up_after_a_transfer_ends_by_time_also_when_the_contact_is_long_over() {
    let mut it = conversation();
    it.transfer(Target::Queue(SALES));
    it.scene.fact(it.contact, CallFact::LegDown);
    it.scene.skip();
    assert!(it.scene.state().contacts.is_empty());
    it.scene.pass(31);
    it.scene.check("ann done None forced=true");
}

// R-02f
#[test]
fn transfer_to_a_queue_that_nobody_serves_is_refused_and_the_customer_stays() {
    let mut it = conversation();
    it.scene.lunch(it.ben);
    it.scene.skip();
    let reply = it.transfer(Target::Queue(SALES));
    let why = CannotServe::NobodyReady;
    it.refused(&reply, Refusal::QueueCannotServe { why });
    // ann serves her own queue alone: who gives a contact away is not meant to get it back.
    let reply = it.transfer(Target::Queue(SUPPORT));
    it.refused(&reply, Refusal::QueueCannotServe { why });
}

// R-02f
#[test]
fn transfer_to_a_full_queue_is_refused_and_the_customer_stays() {
    let mut it = conversation();
    let full = Queue {
        max_waiting: 1,
        ..queue("Sales")
    };
    it.scene.change(SALES.0, 1, Document::Queue(full));
    it.scene
        .saved(Document::Flow(floor_plan::straight_to(SALES)));
    let endpoint = floor_plan::endpoint("Sales", "sales", FlowId(2));
    it.scene.saved(Document::Endpoint(endpoint));
    it.scene.lunch(it.ben);
    let to_sales = Arrival {
        address: "sales".into(),
        ..it.scene.arrival()
    };
    it.scene.give(Input::Arrived(to_sales));
    it.scene.comes_up(ContactId(2));
    it.scene.skip();
    let reply = it.transfer(Target::Queue(SALES));
    let why = CannotServe::Full;
    it.refused(&reply, Refusal::QueueCannotServe { why });
}

//
#[test]
fn blind_transfer_lets_the_agent_go_when_the_colleague_answers_and_not_before() {
    let mut it = conversation();
    it.transfer(Target::Agent(it.ben));
    it.scene.check(
        "1 Customer on hold
         > hold customer of 1
         ann wants ben for 1 Transfer
         > ring ben for 1 60 s",
    );
    it.scene.joins(it.contact, "ben");
    it.scene.check(
        "ben in 1
         1 Customer back
         > unhold customer of 1
         > remove ann from 1
         1 from ann to ben, owes work
         1 transfer Completed",
    );
    it.scene.roster(it.contact, true, &["ben"]);
    it.scene.by(
        it.ben,
        Request::HangUp {
            contact: it.contact,
        },
    );
    it.scene
        .check("> hang up 1\n1 over by Agent\nben wraps up +30");
}

//
#[test]
fn blind_transfer_that_is_not_answered_returns_to_the_agent() {
    for (why, told) in [
        (NotJoined::Declined, "Declined"),
        (NotJoined::NoAnswer, "NoAnswer"),
        (NotJoined::Failed, "Failed"),
    ] {
        let mut it = conversation();
        it.transfer(Target::Agent(it.ben));
        it.scene.skip();
        it.not_joined(why);
        it.scene.check(&format!(
            "ben not in 1 {told}
             1 transfer Returned
             1 Customer back
             > unhold customer of 1"
        ));
    }
}

//
#[test]
fn blind_transfer_of_which_no_word_comes_returns_by_time() {
    let mut it = conversation();
    it.transfer(Target::Agent(it.ben));
    let ringing = it.scene.ringing(it.contact);
    it.scene.done(ringing, "invitation");
    it.scene.skip();
    it.scene.pass(66);
    it.scene.check(
        "> stop ringing for 1
         ben not in 1 NoAnswer
         1 transfer Returned
         1 Customer back
         > unhold customer of 1",
    );
}

// the old place.
#[test]
fn customer_whose_agent_left_while_the_colleague_rang_waits_again_at_the_old_place() {
    let mut it = conversation();
    it.scene.pass(100);
    it.transfer(Target::Agent(it.ben));
    it.scene.skip();
    it.scene.roster(it.contact, true, &[]);
    it.scene.check(
        "ben not in 1 AgentLeft
         1 Customer back
         > unhold customer of 1
         > remove ann from 1
         1 from ann to queue 1, owes work
         1 transfer Rerouted
         1 waits in 1, since 100 s
         > music 1
         1 offered to ben +20",
    );
}

//
#[test]
fn customer_who_gives_up_on_hold_is_told_apart_from_one_who_was_served() {
    let mut it = conversation();
    it.ask(|contact| Request::Hold { contact });
    it.scene.fact(it.contact, CallFact::LegDown);
    it.scene.skip();
    it.scene.pass(30);
    it.scene
        .check("ann done None forced=true\n1 ends AbandonedHold");
    // Back from hold, whoever hangs up was served.
    let mut it = conversation();
    it.ask(|contact| Request::Hold { contact });
    it.ask(|contact| Request::Resume { contact });
    it.scene.fact(it.contact, CallFact::LegDown);
    it.scene.skip();
    it.scene.pass(30);
    it.scene.check("ann done None forced=true\n1 ends Handled");
    // An agent who hangs up on a customer on hold is none who gave up.
    let mut it = conversation();
    it.ask(|contact| Request::Hold { contact });
    it.ask(|contact| Request::HangUp { contact });
    it.scene.skip();
    it.scene.pass(30);
    it.scene.check("ann done None forced=true\n1 ends Handled");
}

//
#[test]
fn customer_who_gives_up_on_hold_counts_as_that_where_no_wrap_up_follows() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 0);
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.by(ann, Request::Hold { contact });
    scene.skip();
    scene.fact(contact, CallFact::LegDown);
    scene.check("1 over by Customer\n1 ends AbandonedHold");
}

//
#[test]
fn customer_who_leaves_during_a_transfer_ends_it() {
    let mut it = conversation();
    it.transfer(Target::Agent(it.ben));
    it.scene.skip();
    it.scene.fact(it.contact, CallFact::LegDown);
    it.scene.check(
        "ben not in 1 CustomerLeft
         1 transfer FailedCustomerGone
         1 over by Customer
         ann wraps up +30",
    );
}

#[test]
fn colleague_who_is_busy_or_away_cannot_be_called() {
    let mut it = conversation();
    let other = it.scene.call();
    let reply = it.consult(Target::Agent(it.ben));
    it.scene.skip();
    it.refused(&reply, Refusal::ColleagueNotFree);
    it.scene.decline(it.ben, other);
    it.scene.by(it.ben, Request::SignOut);
    it.scene.skip();
    for target in [it.ben, it.ann] {
        let reply = it.transfer(Target::Agent(target));
        it.refused(&reply, Refusal::ColleagueNotFree);
    }
    let reply = it.consult(Target::Agent(AgentId(99)));
    let nobody = Refusal::NotFound {
        what: "agent",
        id: 99,
    };
    it.refused(&reply, nobody);
    let reply = it.consult(Target::Queue(SALES));
    it.refused(&reply, Refusal::QueueIsNobody);
}

#[test]
fn colleague_who_is_being_called_is_offered_nothing_else() {
    let mut it = conversation();
    it.consult(Target::Agent(it.ben));
    it.scene.skip();
    it.scene.call();
    it.scene
        .check("2 arrives\n> answer 2\n2 waits in 1\n> music 2");
    it.ask(|contact| Request::DropThird { contact });
    it.scene.check(
        "ben not in 1 Withdrawn
         2 offered to ben +20
         1 Customer back
         > unhold customer of 1",
    );
}

#[test]
fn agent_consults_swaps_merges_and_leaves_the_contact_to_the_colleague() {
    let mut it = conversation().consulting_ben();
    it.ask(|contact| Request::Swap { contact });
    it.scene.check(
        "1 Third on hold
         > hold ben of 1
         1 Customer back
         > unhold customer of 1",
    );
    it.ask(|contact| Request::Swap { contact });
    it.scene.check(
        "1 Customer on hold
         > hold customer of 1
         1 Third back
         > unhold ben of 1",
    );
    it.ask(|contact| Request::Merge { contact });
    it.scene.check("1 Customer back\n> unhold customer of 1");
    it.ask(|contact| Request::CompleteTransfer { contact });
    it.scene.check(
        "> remove ann from 1
         1 from ann to ben, owes work
         1 transfer Completed",
    );
}

#[test]
fn agent_who_hangs_up_in_teams_after_consulting_has_handed_the_customer_over() {
    let mut it = conversation().consulting_ben();
    it.scene.roster(it.contact, true, &["ben"]);
    it.scene.check(
        "1 Customer back
         > unhold customer of 1
         > remove ann from 1
         1 from ann to ben, owes work
         1 transfer Completed",
    );
}

#[test]
fn colleague_who_leaves_a_consultation_brings_the_customer_back() {
    let mut it = conversation().consulting_ben();
    it.scene.roster(it.contact, true, &["ann"]);
    it.scene.check(
        "> remove ben from 1
         ben not in 1 Left
         1 Customer back
         > unhold customer of 1",
    );
    // In Tandem instead of in Teams.
    let mut it = conversation().consulting_ben();
    it.scene.by(
        it.ben,
        Request::HangUp {
            contact: it.contact,
        },
    );
    it.scene.check(
        "> remove ben from 1
         ben not in 1 Left
         1 Customer back
         > unhold customer of 1",
    );
}

#[test]
fn agent_cannot_hang_up_on_customer_and_colleague_by_accident() {
    let mut it = conversation().consulting_ben();
    let reply = it.ask(|contact| Request::HangUp { contact });
    it.refused(&reply, Refusal::ThirdInCall);
    let reply = it.consult(Target::Number(number()));
    it.refused(&reply, Refusal::ThirdInCall);
    let reply = it.transfer(Target::Queue(SALES));
    it.refused(&reply, Refusal::ThirdInCall);
}

// B-182
#[test]
fn number_outside_is_called_in_for_sixty_seconds_and_can_be_left_with_the_customer() {
    let mut it = conversation();
    it.consult(Target::Number(number()));
    it.scene.check(
        "1 Customer on hold
         > hold customer of 1
         ann wants phone-77 for 1 Consult
         > call phone-77 for 1 60 s",
    );
    let effect = it
        .scene
        .last_order(|effect| matches!(effect, Effect::AddNumber { .. }));
    let address = "phone-77".to_owned();
    it.scene
        .fact(it.contact, CallFact::AgentJoined { effect, address });
    it.scene.roster(it.contact, true, &["ann", "phone-77"]);
    it.scene.check("phone-77 in 1");
    it.ask(|contact| Request::CompleteTransfer { contact });
    it.scene.check(
        "1 Customer back
         > unhold customer of 1
         > remove ann from 1
         1 from ann to phone-77, owes work
         1 transfer Completed",
    );
    // The call is still ours: when one of them leaves, it is ended for the other.
    it.scene.roster(it.contact, true, &["phone-77"]);
    it.scene.check("");
    it.scene.roster(it.contact, true, &[]);
    it.scene.check("> hang up 1\n1 ends Handled");
}

// B-183
#[test]
fn customer_who_is_given_to_a_number_leaves_the_call_with_that() {
    let mut it = conversation();
    it.transfer(Target::Number(number()));
    it.scene.check(
        "1 Customer on hold
         > hold customer of 1
         ann wants phone-77 for 1 Transfer
         > give 1 to phone-77",
    );
    // That the customer is gone may be told first.
    it.scene.roster(it.contact, false, &["ann"]);
    it.scene.check("");
    let effect = it.giving_away();
    it.scene
        .fact(it.contact, CallFact::TransferAccepted { effect });
    it.scene.check(
        "1 transfer Completed
         > hang up 1
         1 over by Agent
         ann wraps up +30",
    );
}

// The service refuses the same number twice in a call, and the two could not be told apart in it.
#[test]
fn customer_is_neither_given_to_nor_consulted_with_the_own_phone() {
    let mut it = conversation();
    let own = Target::Number(Number {
        subject: SubjectRef(78),
        address: CALLERS.into(),
    });
    let reply = it.transfer(own.clone());
    it.refused(&reply, Refusal::OwnNumber);
    let reply = it.consult(own);
    it.refused(&reply, Refusal::OwnNumber);
}

// B-183, R-23
#[test]
fn customer_whom_a_number_does_not_take_is_back_with_the_agent() {
    let mut it = conversation();
    it.transfer(Target::Number(number()));
    let effect = it.giving_away();
    it.scene.skip();
    let why = NotJoined::NoAnswer;
    it.scene
        .fact(it.contact, CallFact::TransferFailed { effect, why });
    it.scene.check(
        "phone-77 not in 1 NoAnswer
         1 transfer Returned
         1 Customer back
         > unhold customer of 1",
    );
}

// B-183
#[test]
fn transfer_of_whose_end_no_word_came_is_asked_about_and_told_as_it_is() {
    let given = || {
        let mut it = conversation();
        it.transfer(Target::Number(number()));
        it.scene.skip();
        it.scene.pass(65);
        it.scene.check("");
        it
    };
    let up = |customer| Observation::Up {
        customer,
        agents: vec!["ann".to_owned()],
        recording: None,
    };
    let returned = "phone-77 not in 1 NoAnswer
        1 transfer Returned
        1 Customer back
        > unhold customer of 1";
    let mut it = given();
    it.scene.observed(it.contact, up(true));
    it.scene.check(returned);
    // The phone outside has the customer, or the customer hung up: nobody told, and nobody says so.
    let mut it = given();
    it.scene.observed(it.contact, up(false));
    it.scene.check(
        "1 transfer Unknown
         > hang up 1
         1 over by Agent
         ann wraps up +30",
    );
    // Nobody answers the question either.
    let mut it = given();
    it.scene.pass(5);
    it.scene.check(returned);
}

#[test]
fn number_that_answers_after_it_was_given_up_is_taken_out() {
    let mut it = conversation();
    it.consult(Target::Number(number()));
    let effect = it
        .scene
        .last_order(|effect| matches!(effect, Effect::AddNumber { .. }));
    it.ask(|contact| Request::DropThird { contact });
    it.scene.skip();
    let address = "phone-77".to_owned();
    it.scene
        .fact(it.contact, CallFact::AgentJoined { effect, address });
    it.scene.check("> remove phone-77 from 1");
}

#[test]
fn digits_go_to_the_number_outside_or_to_the_customer() {
    let mut it = conversation();
    let digits = SubjectRef(5);
    it.ask(|contact| Request::SendDigits { contact, digits });
    it.scene.check("> send digits 5 to customer of 1");
    it.consult(Target::Number(number()));
    it.scene.roster(it.contact, true, &["ann", "phone-77"]);
    it.scene.skip();
    it.ask(|contact| Request::SendDigits { contact, digits });
    it.scene.check("> send digits 5 to phone-77 of 1");
}

#[test]
fn somebody_elses_conversation_cannot_be_touched() {
    let mut it = conversation();
    let contact = it.contact;
    for request in [
        Request::Hold { contact },
        Request::Swap { contact },
        Request::CompleteTransfer { contact },
        Request::Transfer {
            contact,
            to: Target::Queue(SALES),
        },
    ] {
        let reply = it.scene.by(it.ben, request);
        assert_eq!(reply, Reply::Refused(Refusal::NotYourContact));
    }
}
