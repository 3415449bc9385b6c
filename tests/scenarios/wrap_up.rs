//! Wrap-up in all modes.

use crate::scene::{SUPPORT, Scene};
use tandem_core::agent::Display;
use tandem_core::ids::{AgentId, ContactId, DispositionId, ReasonId};
use tandem_core::input::Request;
use tandem_core::queue::{Queue, WrapUpMode, WrapUpRule};
use tandem_core::refusal::Refusal;
use tandem_core::settings::{Disposition, Document};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::queue;

fn support(mode: WrapUpMode) -> Queue {
    Queue {
        wrap_up: WrapUpRule { mode, seconds: 30 },
        ..queue("Support")
    }
}

/// A conversation that the agent just ended.
fn after_a_conversation(mode: WrapUpMode) -> (Scene, AgentId, ContactId) {
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
    scene.by(ann, Request::HangUp { contact });
    (scene, ann, contact)
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
