//! A caller leaves a message, and the message is a contact of its own (decision 0013); and calls that are
//! recorded by their flow.

use crate::scene::{SUPPORT, Scene, actor};
use tandem_core::contact::Channel;
use tandem_core::effect::{Effect, Outcome};
use tandem_core::flow::{Flow, Key, Node, RecordAction};
use tandem_core::ids::{AccountId, AgentId, ContactId, EffectId, SubjectRef};
use tandem_core::input::{CallFact, Input, Request};
use tandem_core::queue::{OfferBy, Queue, WrapUpMode, WrapUpRule};
use tandem_core::recording::Sound;
use tandem_core::refusal::Refusal;
use tandem_core::role::{Actor, Role};
use tandem_core::scope::Scope;
use tandem_core::settings::Document;
use tandem_core::talk::Target;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{flow, queue, text};

pub(crate) fn voicemail(max_s: u32) -> Flow {
    let message = Node::Voicemail {
        queue: SUPPORT,
        prompt: text("Leave a message after this sentence."),
        max_s,
        stop: Key::HASH,
        done: "thanks".into(),
        no_message: "bye".into(),
        failed: "sorry".into(),
    };
    let say = |words: &str| Node::Message {
        prompt: text(words),
    };
    flow(
        "Voicemail",
        "message",
        &[
            ("message", message),
            ("thanks", say("Thank you.")),
            ("bye", say("Good bye.")),
            ("sorry", say("Sorry.")),
        ],
    )
}

fn order(scene: &Scene, is_it: impl Fn(&Effect) -> bool) -> EffectId {
    scene.last_order(is_it)
}

fn started(scene: &Scene) -> EffectId {
    order(scene, |it| matches!(it, Effect::StartRecording { .. }))
}

/// A caller who has heard the prompt and is being recorded.
fn speaking(scene: &mut Scene) -> ContactId {
    let contact = scene.call();
    scene.hears(contact);
    let effect = started(scene);
    scene.done(effect, "rec-1");
    contact
}

fn file(scene: &mut Scene) -> Reply {
    scene.give(Input::RecordingFile {
        reference: "rec-1".into(),
        location: Some("place-1".into()),
        told_ms: None,
    })
}

fn fetched(scene: &mut Scene, outcome: Outcome) -> Reply {
    let effect = order(scene, |it| matches!(it, Effect::FetchRecording { .. }));
    scene.settle(effect, outcome)
}

fn kept(seconds: u32) -> Outcome {
    let parts = vec![SubjectRef(9)];
    Outcome::Kept {
        seconds,
        parts,
        link: None,
        told_s: None,
    }
}

/// A message of eight seconds, whose sound is here; the caller is gone.
pub(crate) fn left(scene: &mut Scene) -> ContactId {
    let caller = speaking(scene);
    scene.pass(8);
    scene.fact(caller, CallFact::LegDown);
    file(scene);
    fetched(scene, kept(8));
    ContactId(caller.0 + 1)
}

fn scene() -> Scene {
    Scene::with_flow(queue("Support"), voicemail(120))
}

// R-01, B-235
#[test]
fn caller_who_hangs_up_while_recording_has_left_a_message() {
    let mut scene = scene();
    let caller = scene.call();
    scene.check("1 arrives\n> answer 1\n> play 1");
    scene.hears(caller);
    scene.check("> record 1 Message");
    let effect = started(&scene);
    scene.done(effect, "rec-1");
    scene.check("1 is recorded, Message\n> listen to 1 120 s");
    scene.pass(8);
    scene.fact(caller, CallFact::LegDown);
    scene.check(
        "1 is recorded no more
        1 leaves message 2 of 8 s in 1
        1 ends MessageLeft",
    );
    let message = scene.state().contacts.get(ContactId(2)).expect("it waits");
    assert_eq!(message.channel(), Channel::Voicemail);
    assert_eq!(
        (
            message.message.as_ref().map(|it| it.from),
            message.call.leg.as_ref()
        ),
        (Some(caller), None)
    );
    assert!(!message.has_open_call());
    assert_eq!(
        (
            scene.state().n_waiting(SUPPORT),
            scene.state().n_messages(SUPPORT)
        ),
        (0, 1)
    );
}

#[test]
fn stop_key_ends_the_message_and_another_key_does_not() {
    let mut scene = scene();
    let caller = speaking(&mut scene);
    scene.skip().pass(3);
    scene.presses(caller, "5");
    scene.check("> listen to 1 117 s");
    scene.presses(caller, "#");
    scene.check(
        "> stop recording 1 rec-1
        1 is recorded no more
        1 leaves message 2 of 3 s in 1
        > play 1",
    );
    scene.hears(caller);
    scene.check("> hang up 1\n1 ends MessageLeft");
}

#[test]
fn message_ends_when_it_is_as_long_as_may_be() {
    let mut scene = Scene::with_flow(queue("Support"), voicemail(5));
    speaking(&mut scene);
    scene.skip().pass(5);
    scene.check(
        "> stop recording 1 rec-1
        1 is recorded no more
        1 leaves message 2 of 5 s in 1
        > play 1",
    );
}

#[test]
fn silence_of_a_moment_is_no_message() {
    let mut scene = scene();
    let caller = speaking(&mut scene);
    scene.skip().pass(1);
    scene.presses(caller, "#");
    scene.check(
        "> stop recording 1 rec-1
        1 is recorded no more, in vain
        1 message no_message -
        > play 1",
    );
    assert_eq!(file(&mut scene), Reply::Ignored);
    scene.hears(caller);
    scene.check("> hang up 1\n1 ends Contained");
}

#[test]
fn caller_who_hangs_up_at_once_has_left_nothing() {
    let mut scene = scene();
    let caller = speaking(&mut scene);
    scene.skip();
    scene.fact(caller, CallFact::LegDown);
    scene.check("1 is recorded no more, in vain\n1 ends AbandonedFlow");
}

// B-235
#[test]
fn call_that_cannot_be_recorded_takes_the_declared_exit() {
    let mut scene = scene();
    let caller = scene.call();
    scene.hears(caller);
    scene.skip();
    let (effect, code) = (started(&scene), "8553".to_owned());
    scene.settle(effect, Outcome::Failed { code });
    scene.check("1 is not recorded 8553\n1 message failed 8553\n> play 1");
}

// B-235
#[test]
fn recording_that_turns_out_to_be_none_takes_the_declared_exit() {
    let mut scene = scene();
    let caller = speaking(&mut scene);
    scene.skip();
    let fact = CallFact::RecordingFailed {
        reference: "rec-1".into(),
        code: "8500".into(),
    };
    scene.fact(caller, fact);
    scene.check("1 is not recorded 8500\n1 message failed 8500\n> play 1");
}

// B-235
#[test]
fn word_that_there_is_no_recording_may_come_before_the_answer_that_names_it() {
    let mut scene = scene();
    let caller = scene.call();
    scene.hears(caller);
    scene.skip();
    let fact = CallFact::RecordingFailed {
        reference: "rec-1".into(),
        code: "8500".into(),
    };
    scene.fact(caller, fact);
    scene.check("1 is not recorded 8500\n1 message failed 8500\n> play 1");
    let effect = started(&scene);
    scene.done(effect, "rec-1");
    scene.check("> stop recording 1 rec-1");
}

// R-02d
#[test]
fn order_to_record_of_which_nobody_tells_takes_the_declared_exit() {
    let mut scene = scene();
    let caller = scene.call();
    scene.hears(caller);
    scene.skip().pass(120);
    scene.check("1 is not recorded silent\n1 message failed silent\n> play 1");
    let effect = started(&scene);
    scene.done(effect, "rec-1");
    scene.check("> stop recording 1 rec-1");
}

//
#[test]
fn message_is_offered_accepted_and_wrapped_up_without_a_call() {
    let by_teams = Queue {
        offer_by: OfferBy::Teams,
        wrap_up: WrapUpRule {
            mode: WrapUpMode::Optional,
            seconds: 0,
        },
        ..queue("Support")
    };
    let mut scene = Scene::with_flow(by_teams, voicemail(120));
    let ada = scene.ready_agent("ada", 5);
    scene.skip();
    let message = left(&mut scene);
    let told = scene.told();
    assert!(
        told.ends_with("2 can be heard, 8 s\n2 offered to ada +20"),
        "{told}"
    );
    scene.skip();
    scene.accept(ada, message);
    scene.check("2 accepted by ada\n2 talks to ada");
    scene.by(ada, Request::HangUp { contact: message });
    scene.check("2 over by Agent\nada wraps up -");
    let done = Request::CompleteWrapUp {
        contact: message,
        disposition: None,
        note: None,
        then: None,
    };
    scene.by(ada, done);
    scene.check("ada done None forced=false\n2 ends Handled");
}

fn bearing(message_misses: u8) -> Queue {
    Queue {
        message_misses,
        cooldown_s: 0,
        ..queue("Support")
    }
}

// after as many messages as the queue says, in a row.
#[test]
fn agent_who_missed_as_many_messages_in_a_row_as_the_queue_bears_is_not_ready() {
    let mut scene = Scene::with_flow(bearing(3), voicemail(120));
    scene.ready_agent("ada", 5);
    left(&mut scene);
    scene.skip();
    for _ in 0..2 {
        scene.pass(20);
        scene.check("2 offer to ada ended Missed\n2 offered to ada +20");
    }
    scene.pass(20);
    scene.check("2 offer to ada ended Missed\nada not ready: missed offer");
}

// in a row; and whoever says to be ready begins anew.
#[test]
fn agent_who_takes_a_message_or_is_ready_again_has_missed_none() {
    let mut scene = Scene::with_flow(bearing(2), voicemail(120));
    let ada = scene.ready_agent("ada", 5);
    let message = left(&mut scene);
    let missed = |scene: &Scene| scene.state().agents.get(ada).map(|it| it.missed_messages);
    scene.pass(20);
    assert_eq!(missed(&scene), Some(1));
    scene.pass(20);
    scene.skip();
    scene.ready(ada);
    assert_eq!(missed(&scene), Some(0));
    scene.check("ada ready\n2 offered to ada +20");
    scene.pass(20);
    assert_eq!(missed(&scene), Some(1));
    scene.accept(ada, message);
    assert_eq!(missed(&scene), Some(0));
}

// for a call there is no second chance.
#[test]
fn one_missed_call_makes_not_ready_however_many_messages_the_queue_bears() {
    let mut scene = Scene::with(bearing(3));
    scene.ready_agent("ada", 5);
    scene.call();
    scene.pass(20);
    assert!(scene.told().ends_with("ada not ready: missed offer"));
}

#[test]
fn queue_that_bears_no_missed_message_or_more_than_ten_is_refused() {
    let mut scene = Scene::with(bearing(10));
    for wrong in [0, 11] {
        let reply = scene.change(SUPPORT.0, 1, Document::Queue(bearing(wrong)));
        let Reply::Refused(Refusal::Invalid { field, .. }) = reply else {
            panic!("{wrong} was taken: {reply:?}")
        };
        assert_eq!(field, "message_misses");
    }
}

#[test]
fn message_waits_for_its_sound_but_not_for_long() {
    let mut scene = scene();
    scene.ready_agent("ada", 5);
    let caller = speaking(&mut scene);
    scene.pass(8);
    scene.fact(caller, CallFact::LegDown);
    scene.skip().pass(59);
    scene.check("");
    scene.pass(1);
    scene.check("2 waits for its sound no longer\n2 offered to ada +20");
    let message = scene.state().contacts.get(ContactId(2)).expect("it waits");
    let sound = message.message.as_ref().map(|it| it.sound);
    assert_eq!(sound, Some(Sound::Arriving { held_until: None }));
}

#[test]
fn agent_gets_the_message_whose_sound_is_lost_and_sees_it() {
    let mut scene = scene();
    scene.ready_agent("ada", 5);
    let caller = speaking(&mut scene);
    scene.pass(8);
    scene.fact(caller, CallFact::LegDown);
    file(&mut scene);
    scene.skip();
    let code = "http-404".to_owned();
    fetched(&mut scene, Outcome::Failed { code });
    scene.check(
        "2 cannot be heard Refused { code: \"http-404\" }
        2 offered to ada +20",
    );
    let message = scene.state().contacts.get(ContactId(2)).expect("it waits");
    assert_eq!(
        message.message.as_ref().map(|it| it.sound),
        Some(Sound::Missing)
    );
}

// R-02d
#[test]
fn file_of_which_nobody_tells_is_given_up() {
    let mut scene = scene();
    let caller = speaking(&mut scene);
    scene.pass(8);
    scene.fact(caller, CallFact::LegDown);
    scene.skip().pass(7_200);
    scene.check("2 waits for its sound no longer\n2 cannot be heard NeverCame");
    assert!(scene.state().recordings.is_empty());
    assert_eq!(file(&mut scene), Reply::Ignored);
}

#[test]
fn file_that_comes_before_word_of_the_end_ends_the_message() {
    let mut scene = scene();
    speaking(&mut scene);
    scene.pass(8);
    scene.skip();
    file(&mut scene);
    scene.check(
        "> stop recording 1 rec-1
        1 is recorded no more
        1 leaves message 2 of 8 s in 1
        > play 1
        > fetch place-1 for 2",
    );
    assert_eq!(file(&mut scene), Reply::Ignored, "it is told twice");
}

#[test]
fn file_of_a_moment_that_comes_before_word_of_the_end_ends_it_in_vain() {
    let mut scene = scene();
    speaking(&mut scene);
    scene.skip().pass(1);
    assert_eq!(file(&mut scene), Reply::Done, "it ended what was recorded");
    scene.check(
        "> stop recording 1 rec-1
        1 is recorded no more, in vain
        1 message no_message -
        > play 1",
    );
}

#[test]
fn message_cannot_be_held_or_handed_over() {
    let mut scene = scene();
    let ada = scene.ready_agent("ada", 5);
    let contact = left(&mut scene);
    scene.accept(ada, contact);
    let to = Target::Queue(SUPPORT);
    for request in [
        Request::Hold { contact },
        Request::Transfer { contact, to },
        Request::Consult {
            contact,
            with: Target::Agent(ada),
        },
    ] {
        assert_eq!(scene.by(ada, request), Reply::Refused(Refusal::NotACall));
    }
}

// B-017
#[test]
fn messages_are_no_part_of_the_line_that_callers_are_told_of() {
    let mut scene = scene();
    left(&mut scene);
    let line = scene.state().line_of_newcomer(scene.now, SUPPORT);
    assert_eq!((line.ahead, line.head_waits_since), (0, None));
}

fn account(role: Role) -> Actor {
    Actor {
        account: AccountId(9),
        roles: vec![role],
        agent: None,
        scope: Scope::Everything,
    }
}

#[test]
fn message_is_heard_by_who_has_it_and_by_supervisors_and_each_time_is_on_record() {
    let mut scene = scene();
    let ada = scene.ready_agent("ada", 5);
    let bob = scene.ready_agent("bob", 4);
    let contact = left(&mut scene);
    let recording = scene.state().contacts.get(contact);
    let recording = recording
        .and_then(|it| it.message.as_ref())
        .expect("it is one");
    let recording = recording.recording;
    let play = || Request::PlayMessage { contact, recording };
    let refused = Reply::Refused(Refusal::NotYourContact);
    scene.skip();
    assert_eq!(scene.by(ada, play()), refused, "only offered");
    scene.accept(ada, contact);
    assert_eq!(scene.by(bob, play()), refused);
    scene.skip();
    assert_eq!(scene.by(ada, play()), Reply::Done);
    scene.check("2 is heard by account 101");
    assert_eq!(scene.ask(account(Role::Supervisor), play()), Reply::Done);
    assert_eq!(scene.ask(account(Role::Administrator), play()), Reply::Done);
    scene.check("2 is heard by account 9\n2 is heard by account 9");
    let other = Request::PlayMessage {
        contact,
        recording: EffectId(1),
    };
    assert_eq!(scene.ask(actor(AgentId(1)), other), refused);
}

/// The other side says that it records.
fn active(scene: &mut Scene, contact: ContactId) {
    let reference = "rec-1".to_owned();
    scene.fact(contact, CallFact::RecordingActive { reference });
}

fn recorded() -> Flow {
    let record = |action, next: &str| Node::Record {
        action,
        next: next.into(),
        failed: "sorry".into(),
    };
    let wait = Node::Queue {
        queue: SUPPORT,
        timeout: "stop".into(),
        full: "stop".into(),
        failed: None,
        closed: None,
        emergency: None,
        keep_age: false,
        key: None,
    };
    let sorry = Node::Message {
        prompt: text("Sorry."),
    };
    flow(
        "Recorded",
        "start",
        &[
            ("start", record(RecordAction::Start, "wait")),
            ("wait", wait),
            ("stop", record(RecordAction::Stop, "end")),
            ("sorry", sorry),
            ("end", Node::End),
        ],
    )
}

#[test]
fn call_is_recorded_by_its_flow_until_it_ends() {
    let mut scene = Scene::with_flow(queue("Support"), recorded());
    let ada = scene.ready_agent("ada", 5);
    let contact = scene.call();
    scene.check("1 arrives\n> answer 1\n> record 1 Call");
    let effect = started(&scene);
    scene.done(effect, "rec-1");
    scene.check("");
    active(&mut scene, contact);
    scene.check("1 is recorded, Call\n1 waits in 1\n> music 1\n1 offered to ada +20");
    scene.accept(ada, contact);
    scene.joins(contact, "ada");
    scene.by(ada, Request::HangUp { contact });
    scene.skip();
    file(&mut scene);
    scene.check("> fetch place-1 for 1");
    fetched(&mut scene, kept(60));
    scene.check("1 can be heard, 60 s");
}

#[test]
fn flow_stops_the_recording_that_it_began() {
    let mut scene = Scene::with_flow(queue("Support"), recorded());
    let contact = scene.call();
    let effect = started(&scene);
    scene.done(effect, "rec-1");
    active(&mut scene, contact);
    scene.skip().pass(3_600);
    let told = scene.told();
    assert!(
        told.contains("> stop recording 1 rec-1\n1 is recorded no more\n> hang up 1"),
        "{told}"
    );
}
