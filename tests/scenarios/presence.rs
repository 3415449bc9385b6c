//! Presence: whom contacts reach by what Teams shows (B-028, R-08), and how both sides are kept in step (B-190).

mod in_step;

use crate::scene::{ES, SUPPORT, Scene};
use tandem_core::agent::Display;
use tandem_core::flow::Flow;
use tandem_core::ids::{AgentId, ContactId, FlowId, QueueId};
use tandem_core::input::{Input, Request};
use tandem_core::presence::{
    Doing, Gate, Permit, PresenceRules, Reach, Seen, Status, UnknownPresence, When,
};
use tandem_core::queue::Queue;
use tandem_core::refusal::Refusal;
use tandem_core::routing::Exclusion;
use tandem_core::settings::{Document, Kind};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{self, queue, requirement};

const FREE: Seen = seen(Status::Available, Doing::Nothing);
const IN_A_CALL: Seen = seen(Status::Busy, Doing::Call);

const fn seen(status: Status, doing: Doing) -> Seen {
    Seen { status, doing }
}

fn shows(scene: &mut Scene, agent: AgentId, seen: Seen) -> Reply {
    scene.give(Input::PresenceSeen {
        agent,
        seen: Some(seen),
        is_echo: false,
    })
}

fn is_unknown(scene: &mut Scene, agent: AgentId) -> Reply {
    scene.give(Input::PresenceSeen {
        agent,
        seen: None,
        is_echo: false,
    })
}

fn displays(scene: &Scene, agent: AgentId) -> Display {
    let agent = scene.state().agents.get(agent);
    agent.expect("the agent was hired").display
}

fn reach(scene: &Scene, agent: AgentId) -> Reach {
    let agent = scene.state().agents.get(agent);
    agent.expect("the agent was hired").reach()
}

fn rule(rules: PresenceRules) -> Document {
    Document::Presence(Box::new(rules))
}

// B-028, R-04, R-08
#[test]
fn agent_whom_teams_shows_in_a_call_is_not_called_until_it_is_over() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    shows(&mut scene, ann, FREE);
    shows(&mut scene, ann, IN_A_CALL);
    assert_eq!(displays(&scene, ann), Display::InTeams);
    let contact = scene.call();
    let decision = scene.last_decision();
    assert_eq!(decision.chosen, None);
    assert_eq!(decision.excluded, [(Exclusion::InTeams, 1)]);
    assert_eq!(
        scene.state().why_not(ann, SUPPORT, 0),
        Some(Exclusion::InTeams)
    );
    assert_eq!(scene.state().n_ready(SUPPORT), 0);
    // At once, not when somebody looks again.
    scene.skip();
    shows(&mut scene, ann, FREE);
    scene.check(&format!("{contact} offered to ann +20"));
}

// B-028: which statuses stand in the way is the administrator's to say
#[test]
fn gate_lets_through_what_it_does_not_name_and_a_change_of_it_counts_at_once() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let usual = [
        (seen(Status::Available, Doing::Nothing), Reach::Everything),
        (seen(Status::Busy, Doing::Nothing), Reach::Everything),
        (seen(Status::Away, Doing::Nothing), Reach::Everything),
        (seen(Status::Offline, Doing::Nothing), Reach::Everything),
        (
            seen(Status::Available, Doing::OutOfOffice),
            Reach::Everything,
        ),
        (seen(Status::Busy, Doing::ConferenceCall), Reach::Messages),
        (seen(Status::Busy, Doing::Meeting), Reach::Messages),
        (seen(Status::DoNotDisturb, Doing::Nothing), Reach::Nothing),
        (
            seen(Status::DoNotDisturb, Doing::Presenting),
            Reach::Nothing,
        ),
    ];
    for (seen, expected) in usual {
        shows(&mut scene, ann, seen);
        assert_eq!(reach(&scene, ann), expected, "{seen:?}");
    }
    let contact = scene.call();
    scene.skip();
    let open = PresenceRules {
        gate: vec![Gate {
            when: When::Status(Status::Away),
            voice: Permit::NoRoute,
            messages: Permit::NoRoute,
        }],
        ..PresenceRules::default()
    };
    scene.saved(rule(open));
    scene.check(&format!("{contact} offered to ann +20"));
    let request = Request::Remove {
        kind: Kind::Presence,
        id: 1,
        expected: 1,
    };
    scene.by(
        ann,
        Request::DeclineOffer {
            offer: scene.offer_of(contact),
        },
    );
    assert_eq!(
        scene.ask(tandem_core::role::Actor::system(), request),
        Reply::Done
    );
    assert_eq!(reach(&scene, ann), Reach::Nothing);
}

// seeds 2241, 2868 and 3631
#[test]
fn choice_after_a_change_of_the_rules_knows_of_everybody_whom_they_let_through() {
    let mut scene = Scene::with(queue("Support"));
    let agents = ["ann", "ben"].map(|name| scene.ready_agent(name, 5));
    for agent in agents {
        shows(
            &mut scene,
            agent,
            seen(Status::DoNotDisturb, Doing::Nothing),
        );
    }
    scene.call();
    assert_eq!(scene.last_decision().considered, 0);
    let open = PresenceRules {
        gate: Vec::new(),
        ..PresenceRules::default()
    };
    scene.saved(rule(open));
    let decision = scene.last_decision();
    assert_eq!(decision.considered, 2);
    let all = decision.chosen.iter().chain(&decision.next);
    assert_eq!(all.map(|it| it.agent).collect::<Vec<_>>(), agents);
}

// seed 2868
#[test]
fn several_whom_a_change_of_the_rules_lets_through_get_who_waits_in_turn() {
    let mut scene = Scene::with(queue("Support"));
    scene.saved(Document::Queue(Queue {
        requirements: vec![requirement(ES, 1)],
        ..queue("Spanish")
    }));
    scene.saved(Document::Flow(Flow {
        name: "Spanish".into(),
        ..floor_plan::straight_to(QueueId(2))
    }));
    let endpoint = floor_plan::endpoint("Spanish", "spanish", FlowId(2));
    scene.saved(Document::Endpoint(endpoint));
    let ann = scene.agent("ann", 0);
    let ben = scene.ready_agent("ben", 5);
    scene.pass(1);
    scene.ready(ann);
    for agent in [ann, ben] {
        let disturbed = seen(Status::DoNotDisturb, Doing::Nothing);
        shows(&mut scene, agent, disturbed);
    }
    let mut arrival = scene.arrival();
    arrival.address = "spanish".into();
    scene.give(Input::Arrived(arrival));
    let first = ContactId(1);
    scene.comes_up(first);
    scene.pass(5);
    let second = scene.call();
    // ben has been idle for longer, and who has waited for longer is for him alone.
    scene.saved(rule(PresenceRules {
        gate: Vec::new(),
        ..PresenceRules::default()
    }));
    let served = [first, second].map(|it| scene.agent_of(it));
    assert_eq!(served, [Some(ben), Some(ann)]);
}

// R-04, axis 3
#[test]
fn whoever_is_being_offered_something_keeps_the_offer() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    shows(&mut scene, ann, FREE);
    let contact = scene.call();
    scene.skip();
    shows(&mut scene, ann, IN_A_CALL);
    scene.check("");
    assert_eq!(scene.accept(ann, contact), Reply::Done);
}

// presence older than max_age is unknown, and the queue says what follows
#[test]
fn agent_whose_presence_is_not_known_is_offered_only_what_queues_offer_then() {
    for (word, offered) in [
        (UnknownPresence::DoNotOffer, None),
        (UnknownPresence::Offer, Some(AgentId(1))),
    ] {
        let mut scene = Scene::with(Queue {
            unknown_presence: word,
            ..queue("Support")
        });
        let ann = scene.ready_agent("ann", 5);
        is_unknown(&mut scene, ann);
        assert_eq!(displays(&scene, ann), Display::PresenceUnknown);
        scene.call();
        let decision = scene.last_decision();
        assert_eq!(decision.chosen.map(|it| it.agent), offered);
        if offered.is_none() {
            assert_eq!(decision.excluded, [(Exclusion::PresenceUnknown, 1)]);
        }
    }
}

//
#[test]
fn agent_at_whose_presence_nobody_looks_is_as_if_there_were_no_teams() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    shows(&mut scene, ann, IN_A_CALL);
    let contact = scene.call();
    scene.skip();
    assert_eq!(
        scene.give(Input::PresenceUnwatched { agent: ann }),
        Reply::Done
    );
    scene.check(&format!("{contact} offered to ann +20"));
    let again = scene.give(Input::PresenceUnwatched { agent: ann });
    assert_eq!(again, Reply::Ignored);
}

// timers never start again on a no-op
#[test]
fn seeing_the_same_again_is_no_fact_and_starts_nothing_again() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    shows(&mut scene, ann, IN_A_CALL);
    let since = scene.state().agents.get(ann).map(|it| it.since);
    let n_facts = scene.journal.len();
    scene.pass(60);
    assert_eq!(shows(&mut scene, ann, IN_A_CALL), Reply::Ignored);
    assert_eq!(scene.journal.len(), n_facts);
    assert_eq!(scene.state().agents.get(ann).map(|it| it.since), since);
}

// what Tandem wrote, and the call that Tandem put the agent into, are no news
#[test]
fn call_of_a_contact_and_what_tandem_wrote_stand_in_nobodys_way() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    shows(&mut scene, ann, FREE);
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    shows(&mut scene, ann, IN_A_CALL);
    assert_eq!(reach(&scene, ann), Reach::Everything);
    scene.by(ann, Request::HangUp { contact });
    scene.by(
        ann,
        Request::CompleteWrapUp {
            contact,
            disposition: None,
            note: None,
            then: None,
        },
    );
    // Teams tells of it a little longer.
    scene.pass(10);
    shows(&mut scene, ann, IN_A_CALL);
    assert_eq!(displays(&scene, ann), Display::Available);
    // It is another call by now.
    scene.pass(10);
    shows(&mut scene, ann, IN_A_CALL);
    assert_eq!(displays(&scene, ann), Display::InTeams);
    scene.give(Input::PresenceSeen {
        agent: ann,
        seen: Some(IN_A_CALL),
        is_echo: true,
    });
    assert_eq!(displays(&scene, ann), Display::Available);
}

// presence is one axis of four
#[test]
fn what_an_agent_is_otherwise_goes_before_what_teams_shows() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    shows(&mut scene, ann, IN_A_CALL);
    scene.lunch(ann);
    assert_eq!(displays(&scene, ann), Display::NotReady);
    scene.ready(ann);
    assert_eq!(displays(&scene, ann), Display::InTeams);
    let unknown = shows(&mut scene, AgentId(9), FREE);
    assert_eq!(unknown, Reply::Ignored);
}

#[test]
fn rules_that_say_something_twice_or_name_what_is_not_there_are_refused() {
    let mut scene = Scene::with(queue("Support"));
    let field = |scene: &mut Scene, rules: PresenceRules| {
        let request = Request::Save {
            id: None,
            expected: None,
            document: rule(rules),
        };
        let reply = scene.ask(tandem_core::role::Actor::system(), request);
        let Reply::Refused(Refusal::Invalid { field, .. }) = reply else {
            panic!("not refused: {reply:?}")
        };
        field
    };
    let mut twice = PresenceRules::default();
    twice.gate.push(twice.gate[0]);
    assert_eq!(field(&mut scene, twice), "gate[5]");
    let mut gone = PresenceRules::default();
    gone.from_teams.map[4].to = Some(tandem_core::presence::Target::NotReady {
        reason: tandem_core::ids::ReasonId(7),
    });
    assert_eq!(field(&mut scene, gone), "from_teams.map[4].to.reason_id");
    let mut precedence = PresenceRules::default();
    precedence.precedence[0] = precedence.precedence[1];
    assert_eq!(field(&mut scene, precedence), "precedence");
    let often = PresenceRules {
        force_every_s: 10,
        ..PresenceRules::default()
    };
    assert_eq!(field(&mut scene, often), "force_every_s");
}
