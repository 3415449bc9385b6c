//! Reasons for being not ready: a tree of two levels, reasons that a supervisor grants, and what is remembered.

use crate::scene::{SUPPORT, Scene, sam};
use tandem_core::agent::{Display, Intent, NotReady};
use tandem_core::ids::{AccountId, AgentId, ReasonId, SubjectRef};
use tandem_core::input::{IntentChoice, Request};
use tandem_core::queue::{Queue, WrapUpMode, WrapUpRule};
use tandem_core::reason::{Declined, PetitionAnswer};
use tandem_core::refusal::Refusal;
use tandem_core::role::{Actor, Role};
use tandem_core::scope::{Parts, Scope};
use tandem_core::settings::{Document, Kind, Reason};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{queue, reason};

/// The reason of every scene.
const LUNCH: ReasonId = ReasonId(1);
/// Granted by supervisors alone.
const COACHING: ReasonId = ReasonId(2);

fn coaching() -> Reason {
    Reason {
        needs_supervisor: true,
        max_minutes: Some(15),
        ..reason("coaching")
    }
}

fn staged() -> (Scene, AgentId) {
    let mut scene = Scene::with(Queue {
        wrap_up: WrapUpRule {
            mode: WrapUpMode::Optional,
            seconds: 0,
        },
        ..queue("Support")
    });
    assert_eq!(scene.saved(Document::Reason(coaching())), COACHING.0);
    let ann = scene.ready_agent("ann", 5);
    scene.skip();
    (scene, ann)
}

fn choose(scene: &mut Scene, agent: AgentId, reason: ReasonId) -> Reply {
    let intent = IntentChoice::NotReady { reason };
    scene.by(agent, Request::SetIntent { intent })
}

fn answers(scene: &mut Scene, agent: AgentId, answer: PetitionAnswer) -> Reply {
    let request = Request::AnswerPetition {
        agent,
        reason: COACHING,
        answer,
    };
    scene.ask(sam(Scope::Everything), request)
}

fn saves(scene: &mut Scene, id: Option<u64>, document: Reason) -> Reply {
    let reasons = &scene.state().settings.reasons;
    let expected = id.and_then(|id| reasons.get(&ReasonId(id)).map(|it| it.version));
    let request = Request::Save {
        id,
        expected,
        document: Document::Reason(document),
    };
    scene.ask(Actor::system(), request)
}

fn removes(scene: &mut Scene, id: ReasonId) -> Reply {
    let reasons = &scene.state().settings.reasons;
    let expected = reasons.get(&id).map_or(0, |it| it.version);
    let request = Request::Remove {
        kind: Kind::Reason,
        id: id.0,
        expected,
    };
    scene.ask(Actor::system(), request)
}

fn field_of(reply: &Reply) -> &str {
    let Reply::Refused(Refusal::Invalid { field, .. }) = reply else {
        panic!("not refused for a field: {reply:?}");
    };
    field
}

//
#[test]
fn reason_that_a_supervisor_must_grant_is_asked_for_and_granted() {
    let (mut scene, ann) = staged();
    assert_eq!(choose(&mut scene, ann, COACHING), Reply::Petitioned);
    // Asked twice is asked once.
    assert_eq!(choose(&mut scene, ann, COACHING), Reply::Petitioned);
    scene.check("ann asks for reason 2");
    // Until then she is what she was, and is offered what comes.
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.skip();
    let reply = answers(&mut scene, ann, PetitionAnswer::Granted);
    assert_eq!(reply, Reply::Done);
    scene.check("ann reason 2 Granted { by: AccountId(8) }\nann later not ready: chosen");
    scene.by(ann, Request::HangUp { contact });
    let then = None;
    let request = Request::CompleteWrapUp {
        contact,
        disposition: None,
        note: None,
        then,
    };
    scene.by(ann, request);
    let agent = scene.state().agents.get(ann).expect("there is one");
    assert_eq!(agent.intent, Intent::NotReady(NotReady::Chosen(COACHING)));
    assert_eq!(agent.petition(), None);
    // Who has it need not ask for it again.
    assert_eq!(choose(&mut scene, ann, COACHING), Reply::Done);
    // It was answered.
    let reply = answers(&mut scene, ann, PetitionAnswer::Granted);
    assert_eq!(reply, Reply::Refused(Refusal::NoPetition));
}

//
#[test]
fn agent_is_told_who_declined_until_the_own_next_word_and_may_ask_again() {
    let (mut scene, ann) = staged();
    choose(&mut scene, ann, COACHING);
    scene.skip();
    answers(&mut scene, ann, PetitionAnswer::Declined);
    scene.check("ann reason 2 Declined { by: AccountId(8) }");
    let declined = |scene: &Scene| {
        let petition = scene.state().agents.get(ann).and_then(|it| it.petition());
        petition.and_then(|it| it.declined)
    };
    let (by, at) = (AccountId(8), scene.now);
    assert_eq!(declined(&scene), Some(Declined { by, at }));
    assert_eq!(choose(&mut scene, ann, COACHING), Reply::Petitioned);
    scene.check("ann asks for reason 2");
    answers(&mut scene, ann, PetitionAnswer::Declined);
    scene.ready(ann);
    assert_eq!(declined(&scene), None);
}

//
#[test]
fn what_an_agent_asks_for_is_taken_back_by_the_next_word_and_gone_with_the_agent() {
    let (mut scene, ann) = staged();
    choose(&mut scene, ann, COACHING);
    choose(&mut scene, ann, LUNCH);
    scene.check("ann asks for reason 2\nann reason 2 Withdrawn\nann not ready: chosen");
    let reply = answers(&mut scene, ann, PetitionAnswer::Granted);
    assert_eq!(reply, Reply::Refused(Refusal::NoPetition));
    choose(&mut scene, ann, COACHING);
    scene.by(ann, Request::SignOut);
    let reply = answers(&mut scene, ann, PetitionAnswer::Granted);
    assert_eq!(reply, Reply::Refused(Refusal::NoPetition));
}

// a missed offer is nobody's word.
#[test]
fn missed_offer_takes_nothing_back() {
    let (mut scene, ann) = staged();
    choose(&mut scene, ann, COACHING);
    scene.call();
    scene.pass(60);
    scene.skip();
    let reply = answers(&mut scene, ann, PetitionAnswer::Granted);
    assert_eq!(reply, Reply::Done);
    scene.check("ann reason 2 Granted { by: AccountId(8) }\nann not ready: chosen");
}

//
#[test]
fn after_a_wrap_up_a_reason_is_asked_for_in_the_same_way() {
    let (mut scene, ann) = staged();
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.by(ann, Request::HangUp { contact });
    scene.skip();
    let request = Request::CompleteWrapUp {
        contact,
        disposition: None,
        note: None,
        then: Some(COACHING),
    };
    assert_eq!(scene.by(ann, request), Reply::Done);
    scene.check("ann asks for reason 2\nann done None forced=false\n1 ends Handled");
    let agent = scene.state().agents.get(ann);
    assert_eq!(agent.map(|it| it.display), Some(Display::Available));
}

//
#[test]
fn supervisor_needs_nobody_and_grants_by_setting_what_was_asked_for() {
    let (mut scene, ann) = staged();
    choose(&mut scene, ann, COACHING);
    scene.skip();
    let to = tandem_core::agent::Direction::NotReady(COACHING);
    let why = SubjectRef(77);
    let request = Request::Direct {
        agent: ann,
        to,
        why,
    };
    let reply = scene.ask(sam(Scope::Everything), request);
    assert_eq!(reply, Reply::Done);
    scene.check(
        "ann reason 2 Granted { by: AccountId(8) }
         ann not ready: chosen
         ann is to be not ready by account 8",
    );
    scene.ready(ann);
    scene.skip();
    let both = Actor {
        roles: vec![Role::Agent, Role::Supervisor],
        agent: Some(ann),
        ..sam(Scope::Everything)
    };
    let intent = IntentChoice::NotReady { reason: COACHING };
    let reply = scene.ask(both, Request::SetIntent { intent });
    assert_eq!(reply, Reply::Done);
    scene.check("ann not ready: chosen");
}

// R-05, B-006
#[test]
fn petition_is_answered_by_supervisors_who_have_the_agent_in_scope() {
    let (mut scene, ann) = staged();
    choose(&mut scene, ann, COACHING);
    let request = || Request::AnswerPetition {
        agent: ann,
        reason: COACHING,
        answer: PetitionAnswer::Granted,
    };
    let elsewhere = sam(Scope::Parts(Parts::default()));
    let refused = scene.ask(elsewhere, request());
    assert!(matches!(
        refused,
        Reply::Refused(Refusal::OutOfScope { .. })
    ));
    let refused = scene.by(ann, request());
    assert!(matches!(refused, Reply::Refused(Refusal::Forbidden { .. })));
    // An answer to something else is none.
    let other = Request::AnswerPetition {
        agent: ann,
        reason: LUNCH,
        answer: PetitionAnswer::Granted,
    };
    let refused = scene.ask(sam(Scope::Everything), other);
    assert_eq!(refused, Reply::Refused(Refusal::NoPetition));
}

//
#[test]
fn reason_under_which_others_stand_is_a_heading_that_nobody_chooses() {
    let (mut scene, ann) = staged();
    let tea = Reason {
        heading: Some(LUNCH),
        ..reason("tea")
    };
    let tea_id = ReasonId(scene.saved(Document::Reason(tea)));
    let refused = Reply::Refused(Refusal::ReasonIsHeading);
    assert_eq!(choose(&mut scene, ann, LUNCH), refused);
    let to = tandem_core::agent::Direction::NotReady(LUNCH);
    let why = SubjectRef(77);
    let request = Request::Direct {
        agent: ann,
        to,
        why,
    };
    assert_eq!(scene.ask(sam(Scope::Everything), request), refused);
    assert_eq!(choose(&mut scene, ann, tea_id), Reply::Done);
    // Two levels, and no circle.
    for (id, heading) in [
        (None, tea_id),
        (Some(tea_id.0), tea_id),
        (Some(LUNCH.0), COACHING),
        (None, ReasonId(99)),
    ] {
        let wrong = Reason {
            heading: Some(heading),
            ..reason("wrong")
        };
        let refused = saves(&mut scene, id, wrong);
        assert_eq!(field_of(&refused), "heading_id", "{id:?} {heading}");
    }
    let reply = removes(&mut scene, LUNCH);
    assert!(matches!(reply, Reply::Refused(Refusal::InUse { .. })));
    // Without what stood under it, it is a reason again.
    scene.ready(ann);
    assert_eq!(removes(&mut scene, tea_id), Reply::Done);
    assert_eq!(choose(&mut scene, ann, LUNCH), Reply::Done);
}

// codes are immutable once used, and history keeps the old label.
#[test]
fn renamed_reason_keeps_its_number_and_what_it_was_called_is_remembered() {
    let (mut scene, ann) = staged();
    choose(&mut scene, ann, LUNCH);
    let reply = saves(&mut scene, Some(LUNCH.0), reason("meal"));
    assert_eq!(reply, Reply::Saved { id: 1, version: 2 });
    let called = |scene: &Scene, version| {
        let settings = &scene.state().settings;
        settings.reason_label(LUNCH, version).map(str::to_owned)
    };
    assert_eq!(called(&scene, 1).as_deref(), Some("lunch"));
    assert_eq!(called(&scene, 2).as_deref(), Some("meal"));
    // What an agent has, or asks for, does not go away under the agent.
    let in_use = |reply: Reply| matches!(reply, Reply::Refused(Refusal::InUse { .. }));
    assert!(in_use(removes(&mut scene, LUNCH)));
    choose(&mut scene, ann, COACHING);
    assert!(in_use(removes(&mut scene, COACHING)));
    scene.ready(ann);
    assert_eq!(removes(&mut scene, LUNCH), Reply::Done);
    assert_eq!(called(&scene, 2).as_deref(), Some("meal"));
    // A number is never given again.
    let Reply::Saved { id, .. } = saves(&mut scene, None, reason("lunch")) else {
        panic!("it is saved");
    };
    assert!(id > COACHING.0);
}

// nobody makes an agent ready because the time of a reason is over.
#[test]
fn longest_time_of_a_reason_is_told_and_nothing_else_happens() {
    let (mut scene, ann) = staged();
    choose(&mut scene, ann, COACHING);
    answers(&mut scene, ann, PetitionAnswer::Granted);
    let began = scene.now;
    let until = |scene: &Scene| {
        let state = scene.state();
        let agent = state.agents.get(ann).expect("there is one");
        state.settings.not_ready_until(agent)
    };
    assert_eq!(until(&scene), Some(began.plus_seconds(15 * 60)));
    scene.skip();
    scene.pass(16 * 60);
    scene.check("");
    scene.call();
    assert_eq!(scene.state().n_waiting(SUPPORT), 1);
    scene.lunch(ann);
    assert_eq!(until(&scene), None);
    let endless = Reason {
        max_minutes: Some(1_441),
        ..reason("endless")
    };
    let refused = saves(&mut scene, None, endless);
    assert_eq!(field_of(&refused), "max_minutes");
}
