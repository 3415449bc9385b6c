//! Wrap-up in all modes.

use crate::scene::{SUPPORT, Scene};
use tandem_core::agent::Display;
use tandem_core::ids::{AgentId, ContactId, DispositionId, ReasonId};
use tandem_core::input::{CallFact, Request};
use tandem_core::queue::{Queue, WrapUpMode, WrapUpRule};
use tandem_core::refusal::Refusal;
use tandem_core::settings::{Disposition, Document};
use tandem_core::talk::{Target, WrapUpWish};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::queue;

fn support(mode: WrapUpMode) -> Queue {
    Queue {
        wrap_up: WrapUpRule { mode, seconds: 30 },
        ..queue("Support")
    }
}

/// A conversation that goes on.
fn in_a_conversation(mode: WrapUpMode) -> (Scene, AgentId, ContactId) {
    let mut scene = Scene::with(support(mode));
    scene.saved(Document::Disposition(Disposition {
        label: "solved".into(),
        queues: vec![],
    }));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.skip();
    (scene, ann, contact)
}

/// A conversation that the agent just ended.
fn after_a_conversation(mode: WrapUpMode) -> (Scene, AgentId, ContactId) {
    let (mut scene, ann, contact) = in_a_conversation(mode);
    scene.by(ann, Request::HangUp { contact });
    (scene, ann, contact)
}

fn wish(scene: &mut Scene, agent: AgentId, contact: ContactId, wish: WrapUpWish) -> Reply {
    scene.by(agent, Request::WishWrapUp { contact, wish })
}

fn complete(
    scene: &mut Scene,
    agent: AgentId,
    contact: ContactId,
    disposition: Option<u64>,
) -> Reply {
    let request = Request::CompleteWrapUp {
        contact,
        disposition: disposition.map(DispositionId),
        note: None,
        then: None,
    };
    scene.by(agent, request)
}

//
#[test]
fn without_wrap_up_the_agent_is_free_at_once() {
    let (mut scene, _, _) = after_a_conversation(WrapUpMode::None);
    scene.check("> hang up 1\n1 over by Agent\n1 ends Handled");
    scene.call();
    scene.check("2 arrives\n> answer 2\n2 waits in 1\n> music 2\n2 offered to ann +20");
}

//
#[test]
fn optional_wrap_up_ends_when_the_agent_says_so() {
    let (mut scene, ann, contact) = after_a_conversation(WrapUpMode::Optional);
    scene.check("> hang up 1\n1 over by Agent\nann wraps up -");
    scene.pass(3_600);
    scene.check("");
    complete(&mut scene, ann, contact, None);
    scene.check("ann done None forced=false\n1 ends Handled");
}

//
#[test]
fn required_wrap_up_needs_a_disposition() {
    let (mut scene, ann, contact) = after_a_conversation(WrapUpMode::Required);
    scene.skip();
    let refused = complete(&mut scene, ann, contact, None);
    assert_eq!(refused, Reply::Refused(Refusal::DispositionNeeded));
    complete(&mut scene, ann, contact, Some(1));
    scene.check("ann done Some(1) forced=false\n1 ends Handled");
}

//
#[test]
fn timeboxed_wrap_up_ends_by_time_as_unspecified() {
    let (mut scene, _, _) = after_a_conversation(WrapUpMode::RequiredTimeboxed);
    scene.check("> hang up 1\n1 over by Agent\nann wraps up +30");
    scene.pass(30);
    scene.check("ann done None forced=true\n1 ends Handled");
}

//
#[test]
fn timeboxed_wrap_up_may_end_sooner_with_a_disposition() {
    let (mut scene, ann, contact) = after_a_conversation(WrapUpMode::RequiredTimeboxed);
    scene.skip();
    let refused = complete(&mut scene, ann, contact, None);
    assert_eq!(refused, Reply::Refused(Refusal::DispositionNeeded));
    complete(&mut scene, ann, contact, Some(1));
    scene.check("ann done Some(1) forced=false\n1 ends Handled");
}

//
#[test]
fn fixed_wrap_up_cannot_end_sooner_nor_be_extended() {
    let (mut scene, ann, contact) = after_a_conversation(WrapUpMode::RequiredFixed);
    let refused = complete(&mut scene, ann, contact, Some(1));
    assert_eq!(refused, Reply::Refused(Refusal::WrapUpFixed));
    let refused = scene.by(ann, Request::ExtendWrapUp { contact });
    assert_eq!(refused, Reply::Refused(Refusal::WrapUpFixed));
    scene.skip();
    scene.pass(30);
    scene.check("ann done None forced=true\n1 ends Handled");
}

//
#[test]
fn wrap_up_is_extended_up_to_a_cap() {
    let (mut scene, ann, contact) = after_a_conversation(WrapUpMode::RequiredTimeboxed);
    scene.skip();
    for _ in 0..3 {
        let request = Request::ExtendWrapUp { contact };
        assert_eq!(scene.by(ann, request), Reply::Done);
    }
    let refused = scene.by(ann, Request::ExtendWrapUp { contact });
    assert_eq!(refused, Reply::Refused(Refusal::NoExtension));
    scene.check("ann gets time +60\nann gets time +90\nann gets time +120");
    scene.pass(119);
    scene.check("");
    scene.pass(1);
    scene.check("ann done None forced=true\n1 ends Handled");
}

//
#[test]
fn wrap_up_on_request_follows_when_the_agent_asked_for_it_during_the_call() {
    let (mut scene, ann, contact) = in_a_conversation(WrapUpMode::OnRequest);
    let reply = wish(&mut scene, ann, contact, WrapUpWish::Wanted);
    assert_eq!(reply, Reply::Done);
    // Asked twice is asked once.
    wish(&mut scene, ann, contact, WrapUpWish::Wanted);
    scene.check("ann asks for wrap-up");
    scene.by(ann, Request::HangUp { contact });
    scene.check("> hang up 1\n1 over by Agent\nann wraps up -");
    // As optional wrap-up it ends when the agent says so, with a disposition or without.
    scene.pass(3_600);
    let refused = scene.by(ann, Request::ExtendWrapUp { contact });
    assert_eq!(refused, Reply::Refused(Refusal::NoExtension));
    complete(&mut scene, ann, contact, None);
    scene.check("ann done None forced=false\n1 ends Handled");
}

//
#[test]
fn wrap_up_on_request_follows_when_the_customer_hangs_up_too() {
    let (mut scene, ann, contact) = in_a_conversation(WrapUpMode::OnRequest);
    wish(&mut scene, ann, contact, WrapUpWish::Wanted);
    scene.skip();
    scene.fact(contact, CallFact::LegDown);
    scene.check("1 over by Customer\nann wraps up -");
}

//
#[test]
fn wrap_up_on_request_does_not_follow_unless_it_is_asked_for() {
    let (mut scene, ann, contact) = in_a_conversation(WrapUpMode::OnRequest);
    scene.by(ann, Request::HangUp { contact });
    scene.check("> hang up 1\n1 over by Agent\n1 ends Handled");
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.skip();
    // What was asked for can be taken back, and lasts no longer than its call.
    wish(&mut scene, ann, contact, WrapUpWish::Wanted);
    wish(&mut scene, ann, contact, WrapUpWish::NotWanted);
    scene.by(ann, Request::HangUp { contact });
    scene.check(
        "ann asks for wrap-up
         ann wants no wrap-up
         > hang up 2
         2 over by Agent
         2 ends Handled",
    );
}

//
#[test]
fn wrap_up_on_request_follows_a_transfer_too() {
    let (mut scene, ann, contact) = in_a_conversation(WrapUpMode::OnRequest);
    let bob = scene.ready_agent("bob", 5);
    wish(&mut scene, ann, contact, WrapUpWish::Wanted);
    let refused = wish(&mut scene, bob, contact, WrapUpWish::Wanted);
    assert_eq!(refused, Reply::Refused(Refusal::NotYourContact));
    scene.skip();
    let to = Target::Queue(SUPPORT);
    assert_eq!(
        scene.by(ann, Request::Transfer { contact, to }),
        Reply::Done
    );
    assert_eq!(
        scene.state().agents.get(ann).map(|it| it.display),
        Some(Display::WrapUp)
    );
    scene.skip();
    complete(&mut scene, ann, contact, None);
    scene.check("ann done None forced=false");
    // The next agent asks, or does not, anew.
    scene.accept(bob, contact);
    scene.joins(contact, "bob");
    scene.skip();
    scene.by(bob, Request::HangUp { contact });
    scene.check("> hang up 1\n1 over by Agent\n1 ends Handled");
}

//
#[test]
fn wrap_up_is_asked_for_where_the_queue_has_it_on_request() {
    for mode in [
        WrapUpMode::None,
        WrapUpMode::Optional,
        WrapUpMode::Required,
        WrapUpMode::RequiredTimeboxed,
        WrapUpMode::RequiredFixed,
    ] {
        let (mut scene, ann, contact) = in_a_conversation(mode);
        let refused = wish(&mut scene, ann, contact, WrapUpWish::Wanted);
        assert_eq!(refused, Reply::Refused(Refusal::WrapUpNotOnRequest));
    }
    // Nor is it asked for when the call is over.
    let (mut scene, ann, contact) = after_a_conversation(WrapUpMode::OnRequest);
    let refused = wish(&mut scene, ann, contact, WrapUpWish::Wanted);
    assert_eq!(refused, Reply::Refused(Refusal::NotYourContact));
}

//
#[test]
fn wrap_up_that_began_without_an_end_can_be_ended_after_the_queue_became_fixed() {
    let (mut scene, ann, contact) = after_a_conversation(WrapUpMode::Required);
    scene.change(
        SUPPORT.0,
        1,
        Document::Queue(support(WrapUpMode::RequiredFixed)),
    );
    scene.skip();
    complete(&mut scene, ann, contact, Some(1));
    scene.check("ann done Some(1) forced=false\n1 ends Handled");
}

//
#[test]
fn wrap_up_blocks_the_agent_until_it_ends() {
    let (mut scene, ann, contact) = after_a_conversation(WrapUpMode::Optional);
    scene.call();
    scene.skip();
    complete(&mut scene, ann, contact, None);
    scene.check("ann done None forced=false\n1 ends Handled\n2 offered to ann +20");
}

//
#[test]
fn wrap_up_can_end_in_not_ready() {
    let (mut scene, ann, contact) = after_a_conversation(WrapUpMode::Optional);
    scene.call();
    scene.skip();
    let request = Request::CompleteWrapUp {
        contact,
        disposition: None,
        note: None,
        then: Some(ReasonId(1)),
    };
    scene.by(ann, request);
    scene.check(
        "ann later not ready: chosen
         ann done None forced=false
         1 ends Handled
         ann not ready: chosen",
    );
}

// of what an agent is, the first that holds is shown: in a contact before wrap-up, offered before not ready, and a
// wish last of all.
#[test]
fn board_shows_of_an_agent_what_comes_first() {
    let mut scene = Scene::with(support(WrapUpMode::Optional));
    let ann = scene.agent("ann", 5);
    let shown = |scene: &Scene| scene.state().agents.get(ann).map(|it| it.display);
    assert_eq!(shown(&scene), Some(Display::SignedOut));
    scene.lunch(ann);
    assert_eq!(shown(&scene), Some(Display::NotReady));
    scene.ready(ann);
    assert_eq!(shown(&scene), Some(Display::Available));
    let contact = scene.call();
    assert_eq!(shown(&scene), Some(Display::Offering));
    scene.accept(ann, contact);
    assert_eq!(shown(&scene), Some(Display::Connecting));
    scene.joins(contact, "ann");
    assert_eq!(shown(&scene), Some(Display::OnContact));
    // The wish for a break waits for its turn.
    scene.lunch(ann);
    assert_eq!(shown(&scene), Some(Display::OnContact));
    scene.by(ann, Request::HangUp { contact });
    assert_eq!(shown(&scene), Some(Display::WrapUp));
    complete(&mut scene, ann, contact, None);
    assert_eq!(shown(&scene), Some(Display::NotReady));
}

#[test]
fn disposition_of_another_queue_is_refused() {
    let (mut scene, ann, contact) = after_a_conversation(WrapUpMode::Required);
    let other = scene.saved(Document::Queue(queue("Other")));
    let foreign = scene.saved(Document::Disposition(Disposition {
        label: "foreign".into(),
        queues: vec![tandem_core::ids::QueueId(other)],
    }));
    let refused = complete(&mut scene, ann, contact, Some(foreign));
    assert!(matches!(refused, Reply::Refused(Refusal::NotFound { .. })));
}
