//! Agents who may have several contacts at once: one rule admits each of them (R-09, decision 0025).

use crate::scene::{ES, SUPPORT, Scene};
use crate::voicemail::{left, voicemail};
use std::collections::BTreeSet;
use tandem_core::agent::{Display, Intent, Profile};
use tandem_core::capacity::{
    AtWrapUp, Beside, Capacity, CapacityProfile, ChannelRule, Demand, Exclusive, Label, LabelRule,
};
use tandem_core::contact::Channel;
use tandem_core::ids::{AgentId, CapacityProfileId, ContactId, FlowId, QueueId};
use tandem_core::input::{Arrival, Input, Request};
use tandem_core::queue::{Queue, Strategy, WrapUpMode, WrapUpRule};
use tandem_core::refusal::Refusal;
use tandem_core::role::Actor;
use tandem_core::routing::{Candidate, Exclusion};
use tandem_core::settings::{Document, Kind};
use tandem_core::talk::Target;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{self, profile, queue};

/// One call, and so many messages, which a call interrupts.
fn messages_too(max: u32) -> Capacity<Channel> {
    let rule = |max, interrupts: &[Channel]| ChannelRule {
        max,
        beside: Beside::SameChannel,
        interrupts: interrupts.iter().copied().collect::<BTreeSet<_>>(),
    };
    Capacity {
        channels: [
            (Channel::Voice, rule(1, &[Channel::Voicemail])),
            (Channel::Voicemail, rule(max, &[])),
        ]
        .into(),
        ..Capacity::one_at_a_time()
    }
}

fn document(capacity: Capacity<Channel>) -> Document {
    let name = "Messages too".into();
    Document::CapacityProfile(CapacityProfile { name, capacity })
}

fn with_capacity(id: CapacityProfileId) -> Profile {
    Profile {
        capacity: Some(id),
        ..profile("ann", &[(ES, 5)])
    }
}

/// A floor whose first callers leave messages, with one agent of that capacity.
struct Floor {
    scene: Scene,
    ann: AgentId,
    profile: CapacityProfileId,
}

impl Floor {
    fn of(queue: Queue, capacity: Capacity<Channel>) -> Self {
        let mut scene = Scene::with_flow(queue, voicemail(120));
        let profile = CapacityProfileId(scene.saved(document(capacity)));
        let ann = scene.agent("ann", 5);
        scene.change(ann.0, 1, Document::Agent(with_capacity(profile)));
        Self {
            scene,
            ann,
            profile,
        }
    }

    /// So many messages lie in the queue, and callers go straight to it from now on.
    fn with_messages(&mut self, n: usize) -> Vec<ContactId> {
        let messages = (0..n).map(|_| left(&mut self.scene)).collect();
        let straight = Document::Flow(floor_plan::straight_to(SUPPORT));
        assert!(matches!(
            self.scene.change(FlowId(1).0, 2, straight),
            Reply::Saved { .. }
        ));
        self.scene.skip();
        messages
    }

    fn takes(&mut self, contact: ContactId) {
        let accepted = self.scene.accept(self.ann, contact);
        assert_eq!(accepted, Reply::Done);
        if self.is_call(contact) {
            self.scene.joins(contact, "ann");
        }
        self.scene.skip();
    }

    fn is_call(&self, contact: ContactId) -> bool {
        let contact = self.scene.state().contacts.get(contact);
        contact.is_some_and(|it| it.channel() == Channel::Voice)
    }

    fn hangs_up(&mut self, contact: ContactId) -> Reply {
        self.scene.by(self.ann, Request::HangUp { contact })
    }

    fn held(&self) -> Vec<ContactId> {
        let ann = self.scene.state().agents.get(self.ann);
        ann.map_or_else(Vec::new, |it| {
            it.slots.iter().map(|slot| slot.contact).collect()
        })
    }

    fn display(&self) -> Option<Display> {
        Some(self.scene.state().agents.get(self.ann)?.display)
    }
}

//
#[test]
fn agent_with_a_message_open_is_called_and_goes_on_with_it_afterwards() {
    let mut floor = Floor::of(queue("Support"), messages_too(3));
    let messages = floor.with_messages(1);
    floor.scene.ready(floor.ann);
    floor
        .scene
        .check("ann signs in\nann ready\n2 offered to ann +20");
    floor.takes(messages[0]);
    let call = floor.scene.call();
    floor.scene.check(
        "3 arrives
         > answer 3
         3 waits in 1
         > music 3
         3 offered to ann +20, 2 lies",
    );
    floor.takes(call);
    assert_eq!(floor.held(), [messages[0], call]);
    floor.hangs_up(call);
    assert_eq!(floor.held(), [messages[0]]);
    assert_eq!(floor.display(), Some(Display::OnContact));
    floor.hangs_up(messages[0]);
    assert_eq!(floor.display(), Some(Display::Available));
}

// a call has the agent alone, so that no message is put to who talks.
#[test]
fn message_waits_for_the_end_of_a_call_and_further_ones_come_beside_the_first() {
    let mut floor = Floor::of(queue("Support"), messages_too(2));
    let messages = floor.with_messages(3);
    let call = floor.scene.call();
    floor.scene.ready(floor.ann);
    // The messages are older.
    floor.takes(messages[0]);
    floor.takes(messages[1]);
    floor.takes(call);
    assert_eq!(floor.held(), [messages[0], messages[1], call]);
    floor.hangs_up(messages[0]);
    assert_eq!(floor.held(), [messages[1], call], "the call has ann alone");
    floor.hangs_up(call);
    assert_eq!(floor.held(), [messages[1], messages[2]]);
}

//
#[test]
fn decision_says_no_capacity_of_who_has_room_for_something_else_alone() {
    let mut floor = Floor::of(queue("Support"), messages_too(1));
    let messages = floor.with_messages(2);
    floor.scene.ready(floor.ann);
    floor.takes(messages[0]);
    // The second message came before there was anybody; a change of the queue has it decided anew.
    let decided = floor
        .scene
        .state()
        .would_decide(floor.scene.now, SUPPORT, 0);
    let decided = decided.expect("the queue is there");
    assert_eq!(decided.chosen.map(|it| it.agent), Some(floor.ann));
    let mut no_calls = messages_too(3);
    no_calls.channels.remove(&Channel::Voice);
    floor.scene.change(floor.profile.0, 1, document(no_calls));
    assert_eq!(
        floor.held(),
        [messages[0], messages[1]],
        "there is room for it now"
    );
    floor.scene.call();
    let decision = floor.scene.last_decision();
    assert_eq!(decision.chosen, None);
    assert_eq!(decision.excluded, [(Exclusion::NoCapacity, 1)]);
}

// a wish comes true when nothing holds the agent any more, and nothing comes in between.
#[test]
fn break_begins_when_the_last_contact_is_over_and_nothing_comes_before() {
    let mut floor = Floor::of(queue("Support"), messages_too(3));
    let messages = floor.with_messages(2);
    floor.scene.ready(floor.ann);
    floor.takes(messages[0]);
    floor.takes(messages[1]);
    floor.scene.lunch(floor.ann);
    let call = floor.scene.call();
    assert_eq!(floor.held(), messages);
    assert_eq!(
        floor.scene.last_decision().excluded,
        [(Exclusion::OnContact, 1)]
    );
    floor.hangs_up(messages[0]);
    let intent = |floor: &Floor| Some(floor.scene.state().agents.get(floor.ann)?.intent);
    assert_eq!(intent(&floor), Some(Intent::Ready));
    floor.hangs_up(messages[1]);
    assert_eq!(floor.display(), Some(Display::NotReady));
    floor.scene.ready(floor.ann);
    assert_eq!(floor.held(), [call]);
}

// found by seed 164 of the simulation.
#[test]
fn agent_who_takes_back_the_wish_for_a_break_gets_what_there_is_room_for() {
    let beside_any = |max| ChannelRule {
        max,
        beside: Beside::AnyChannel,
        interrupts: BTreeSet::new(),
    };
    let one_unit = Capacity {
        units_total: Some(1),
        channels: [
            (Channel::Voice, beside_any(1)),
            (Channel::Voicemail, beside_any(5)),
        ]
        .into(),
        ..Capacity::one_at_a_time()
    };
    let taking = |name: &str, units| Queue {
        demand: Demand {
            units,
            exclusive: Exclusive::Nothing,
            ..Demand::default()
        },
        ..queue(name)
    };
    let mut floor = Floor::of(taking("Support", 0), one_unit);
    let scene = &mut floor.scene;
    let calls = QueueId(scene.saved(Document::Queue(taking("Calls", 1))));
    let flow = FlowId(scene.saved(Document::Flow(floor_plan::straight_to(calls))));
    let endpoint = floor_plan::endpoint("Calls", "calls", flow);
    scene.saved(Document::Endpoint(endpoint));
    scene.ready(floor.ann);
    let arrival = Arrival {
        address: "calls".to_owned(),
        ..scene.arrival()
    };
    let Reply::Arrived(call) = scene.give(Input::Arrived(arrival)) else {
        panic!("the call was not taken");
    };
    scene.comes_up(call);
    floor.takes(call);
    floor.scene.lunch(floor.ann);
    let message = left(&mut floor.scene);
    assert_eq!(floor.held(), [call]);
    floor.scene.ready(floor.ann);
    assert_eq!(floor.held(), [call, message]);
}

// who missed a call with a message open is not ready, and may be ready again before it is done.
#[test]
fn agent_is_ready_again_at_once_where_there_is_room_beside_what_is_open() {
    let mut floor = Floor::of(queue("Support"), messages_too(3));
    let messages = floor.with_messages(1);
    floor.scene.ready(floor.ann);
    floor.takes(messages[0]);
    floor.scene.call();
    floor.scene.pass(20);
    assert_eq!(floor.held(), [messages[0]]);
    floor.scene.pass(60);
    floor.scene.skip();
    floor.scene.ready(floor.ann);
    floor.scene.check("ann ready\n3 offered to ann +20, 2 lies");
}

//
#[test]
fn wrap_up_of_a_message_leaves_room_where_the_queue_says_so_and_that_of_a_call_never() {
    let frees = Queue {
        wrap_up: WrapUpRule {
            mode: WrapUpMode::Optional,
            seconds: 0,
        },
        demand: Demand {
            message_wrap_up: AtWrapUp::Frees,
            ..Demand::default()
        },
        ..queue("Support")
    };
    let mut floor = Floor::of(frees, Capacity::one_at_a_time());
    let messages = floor.with_messages(2);
    floor.scene.ready(floor.ann);
    floor.takes(messages[0]);
    floor.hangs_up(messages[0]);
    assert_eq!(floor.held(), messages, "the next one comes beside the work");
    floor.takes(messages[1]);
    floor.hangs_up(messages[1]);
    let call = floor.scene.call();
    floor.takes(call);
    assert_eq!(floor.held(), [messages[0], messages[1], call]);
    floor.hangs_up(call);
    let next = floor.scene.call();
    assert!(!floor.held().contains(&next));
    let completed = Request::CompleteWrapUp {
        contact: call,
        disposition: None,
        note: None,
        then: None,
    };
    floor.scene.by(floor.ann, completed);
    assert_eq!(floor.held(), [messages[0], messages[1], next]);
}

//
#[test]
fn units_and_labels_of_a_queue_count_against_the_profile_of_the_agent() {
    let vip = || Label("vip".into());
    let mut capacity = messages_too(9);
    capacity.units_total = Some(100);
    let rule = LabelRule {
        max: 2,
        interrupts: BTreeSet::new(),
    };
    capacity.labels.insert(vip(), rule);
    let demanding = |units| Queue {
        demand: Demand {
            units,
            label: Some(vip()),
            exclusive: Exclusive::Nothing,
            message_wrap_up: AtWrapUp::Blocks,
        },
        ..queue("Support")
    };
    let mut floor = Floor::of(demanding(60), capacity);
    let messages = floor.with_messages(3);
    floor.scene.ready(floor.ann);
    floor.takes(messages[0]);
    assert_eq!(floor.held(), [messages[0]], "60 of 100 units are used");
    floor
        .scene
        .change(SUPPORT.0, 1, Document::Queue(demanding(30)));
    assert_eq!(
        floor.held(),
        [messages[0], messages[1]],
        "what it took stays"
    );
    floor.takes(messages[1]);
    assert_eq!(floor.held().len(), 2, "two of the label are there");
}

// the same rule says whether a colleague can be asked into a call.
#[test]
fn colleague_with_a_message_open_can_be_consulted_where_the_profile_lets_calls_in() {
    let mut floor = Floor::of(queue("Support"), messages_too(1));
    let messages = floor.with_messages(1);
    floor.scene.ready(floor.ann);
    floor.takes(messages[0]);
    let ben = floor.scene.agent("ben", 5);
    floor.scene.ready(ben);
    floor.scene.lunch(floor.ann);
    let call = floor.scene.call();
    floor.scene.accept(ben, call);
    floor.scene.joins(call, "ben");
    let with = Target::Agent(floor.ann);
    let consult = Request::Consult {
        contact: call,
        with,
    };
    assert_eq!(floor.scene.by(ben, consult.clone()), Reply::Done);
    assert_eq!(floor.held(), [messages[0], call]);
    let plain = document(Capacity::one_at_a_time());
    let drop = Request::DropThird { contact: call };
    floor.scene.by(ben, drop);
    floor.scene.change(floor.profile.0, 1, plain);
    assert_eq!(
        floor.scene.by(ben, consult),
        Reply::Refused(Refusal::ColleagueNotFree)
    );
}

// without a profile it is as it always was.
#[test]
fn agent_without_a_profile_has_one_contact_at_a_time() {
    let mut floor = Floor::of(queue("Support"), messages_too(3));
    let messages = floor.with_messages(2);
    let ann = Document::Agent(profile("ann", &[(ES, 5)]));
    floor.scene.change(floor.ann.0, 2, ann);
    floor.scene.ready(floor.ann);
    floor.takes(messages[0]);
    floor.scene.call();
    assert_eq!(floor.held(), [messages[0]]);
    assert_eq!(
        floor.scene.last_decision().excluded,
        [(Exclusion::OnContact, 1)]
    );
    let remove = Request::Remove {
        kind: Kind::CapacityProfile,
        id: floor.profile.0,
        expected: 1,
    };
    let removed = floor.scene.ask(Actor::system(), remove);
    assert_eq!(removed, Reply::Done);
}

//
#[test]
fn profile_that_agents_have_is_not_removed_and_one_that_is_not_there_is_not_given() {
    let mut floor = Floor::of(queue("Support"), messages_too(3));
    let remove = Request::Remove {
        kind: Kind::CapacityProfile,
        id: floor.profile.0,
        expected: 1,
    };
    let removed = floor.scene.ask(Actor::system(), remove);
    assert!(matches!(removed, Reply::Refused(Refusal::InUse { .. })));
    let unknown = Document::Agent(with_capacity(CapacityProfileId(9)));
    let Reply::Refused(refusal) = floor.scene.change(floor.ann.0, 2, unknown) else {
        panic!("a profile that there is not was taken");
    };
    assert_eq!(
        refusal.to_string(),
        "capacity_profile_id: there is no capacity profile 9"
    );
}

//
#[test]
fn least_active_agent_comes_first_although_another_is_idle_for_longer() {
    let least_active = Queue {
        strategy: Strategy::LeastActive,
        ..queue("Support")
    };
    let mut floor = Floor::of(least_active, messages_too(3));
    let messages = floor.with_messages(1);
    floor.scene.ready(floor.ann);
    floor.takes(messages[0]);
    floor.scene.pass(1);
    let ben = floor.scene.agent("ben", 5);
    floor.scene.ready(ben);
    floor.scene.call();
    let decision = floor.scene.last_decision();
    let key = |it: &Candidate| (it.agent, it.order);
    assert_eq!(decision.chosen.as_ref().map(key), Some((ben, 0)));
    let next: Vec<_> = decision.next.iter().map(key).collect();
    assert_eq!(next, [(floor.ann, 1)]);
}

//
#[test]
fn agent_with_the_most_units_left_comes_first() {
    let by_units = Queue {
        strategy: Strategy::HighestFreeUnits,
        demand: Demand {
            units: 6,
            exclusive: Exclusive::Nothing,
            ..Demand::default()
        },
        ..queue("Support")
    };
    let of_units = |total| Capacity {
        units_total: Some(total),
        ..messages_too(3)
    };
    let mut floor = Floor::of(by_units, of_units(20));
    let messages = floor.with_messages(1);
    let ben = floor.scene.agent("ben", 5);
    let small = document(of_units(15));
    let Document::CapacityProfile(mut small) = small else {
        panic!("a capacity profile");
    };
    small.name = "Small".into();
    let small = floor.scene.saved(Document::CapacityProfile(small));
    let profile = Profile {
        capacity: Some(CapacityProfileId(small)),
        ..profile("ben", &[(ES, 5)])
    };
    floor.scene.change(ben.0, 1, Document::Agent(profile));
    floor.scene.ready(ben);
    floor.scene.decline(ben, messages[0]);
    floor.scene.ready(floor.ann);
    floor.takes(messages[0]);
    floor.scene.call();
    let decision = floor.scene.last_decision();
    let chosen = decision.chosen.map(|it| (it.agent, it.order));
    assert_eq!(chosen, Some((ben, -15)));
    let next: Vec<_> = decision
        .next
        .iter()
        .map(|it| (it.agent, it.order))
        .collect();
    assert_eq!(next, [(floor.ann, -14)]);
}
