//! Somebody else says what an agent is (R-05, B-006): ready, not ready, signed out.

use crate::scene::{Scene, actor, sam};
use tandem_core::agent::{Directed, Direction, Display};
use tandem_core::ids::{AccountId, AgentId, ReasonId, SubjectRef};
use tandem_core::input::Request;
use tandem_core::permission::Permission;
use tandem_core::queue::{Queue, WrapUpMode, WrapUpRule};
use tandem_core::refusal::Refusal;
use tandem_core::scope::{Parts, Scope};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::queue;

const WHY: SubjectRef = SubjectRef(77);
const LUNCH: Direction = Direction::NotReady(ReasonId(1));

const fn direct(agent: AgentId, to: Direction) -> Request {
    Request::Direct {
        agent,
        to,
        why: WHY,
    }
}

fn directs(scene: &mut Scene, agent: AgentId, to: Direction) -> Reply {
    scene.ask(sam(Scope::Everything), direct(agent, to))
}

fn told(scene: &Scene, agent: AgentId) -> Option<Directed> {
    scene.state().agents.get(agent).and_then(|it| it.directed())
}

fn shows(scene: &Scene, agent: AgentId) -> Display {
    let agent = scene.state().agents.get(agent);
    agent.expect("there is one").display
}

fn staged() -> (Scene, AgentId) {
    let mut scene = Scene::with(Queue {
        wrap_up: WrapUpRule {
            mode: WrapUpMode::Required,
            seconds: 30,
        },
        ..queue("Support")
    });
    let ann = scene.ready_agent("ann", 5);
    scene.skip();
    (scene, ann)
}

//
#[test]
fn supervisor_has_an_agent_be_not_ready_and_the_agent_is_told_who_did_it() {
    let (mut scene, ann) = staged();
    assert_eq!(directs(&mut scene, ann, LUNCH), Reply::Done);
    scene.check("ann not ready: chosen\nann is to be not ready by account 8");
    let said = told(&scene, ann).expect("she is told");
    assert_eq!((said.by, said.to, said.why), (AccountId(8), LUNCH, WHY));
    scene.ready(ann);
    assert_eq!(told(&scene, ann), None, "her own word is the last one");
    directs(&mut scene, ann, LUNCH);
    scene.skip();
    scene.call();
    directs(&mut scene, ann, Direction::Ready);
    assert!(scene.told().contains("offered to ann"), "{}", scene.told());
}

//
#[test]
fn agent_with_a_contact_is_what_somebody_said_after_it_and_told_all_the_while() {
    let (mut scene, ann) = staged();
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.skip();
    assert_eq!(directs(&mut scene, ann, LUNCH), Reply::Done);
    scene.check("ann later not ready: chosen\nann is to be not ready by account 8");
    assert_eq!(shows(&scene, ann), Display::OnContact);
    scene.by(ann, Request::HangUp { contact });
    directs(&mut scene, ann, Direction::SignedOut);
    assert_eq!(
        shows(&scene, ann),
        Display::SignedOut,
        "work that was left is over"
    );
}

#[test]
fn nobody_is_taken_from_a_customer_by_being_signed_out() {
    let (mut scene, ann) = staged();
    let contact = scene.call();
    let refused = Reply::Refused(Refusal::AgentOnContact);
    assert_eq!(
        directs(&mut scene, ann, Direction::SignedOut),
        refused,
        "offered"
    );
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    assert_eq!(
        directs(&mut scene, ann, Direction::SignedOut),
        refused,
        "talking"
    );
}

//
#[test]
fn wrap_up_that_is_left_ends_with_the_forced_sign_out_and_nothing_comes_in_between() {
    let (mut scene, ann) = staged();
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.by(ann, Request::HangUp { contact });
    let waits = scene.call();
    scene.skip();
    assert_eq!(directs(&mut scene, ann, Direction::SignedOut), Reply::Done);
    let told = scene.told();
    assert!(told.contains("ann done None forced=true"), "{told}");
    assert!(
        told.ends_with("ann signs out\nann is to be signed out by account 8"),
        "{told}"
    );
    assert!(!told.contains("offered"), "{told}");
    let contact = scene.state().contacts.get(waits).expect("it waits");
    assert!(contact.stay().is_some());
}

#[test]
fn who_is_signed_out_is_signed_in_by_nobody_else() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.agent("ann", 5);
    scene.skip();
    let refused = Reply::Refused(Refusal::AgentSignedOut);
    for to in [Direction::Ready, LUNCH, Direction::SignedOut] {
        assert_eq!(directs(&mut scene, ann, to), refused, "{to:?}");
    }
    let what = "agent";
    let unknown = directs(&mut scene, AgentId(9), Direction::Ready);
    assert_eq!(unknown, Reply::Refused(Refusal::NotFound { what, id: 9 }));
}

// B-006, R-32
#[test]
fn agents_beyond_the_scope_and_those_of_nobody_are_left_alone() {
    let (mut scene, ann) = staged();
    let nothing = Scope::Parts(Parts::default());
    let beyond = scene.ask(sam(nothing), direct(ann, LUNCH));
    let what = format!("agent {ann}");
    assert_eq!(beyond, Reply::Refused(Refusal::OutOfScope { what }));
    let bob = scene.agent("bob", 5);
    let colleague = scene.ask(actor(bob), direct(ann, LUNCH));
    let needs: &[_] = &[Permission::DirectAgents];
    assert_eq!(colleague, Reply::Refused(Refusal::Forbidden { needs }));
    assert_eq!(shows(&scene, ann), Display::Available);
}
