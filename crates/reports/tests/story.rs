//! Stories: what they tell, what they keep to themselves, and how much they keep.

use std::collections::BTreeMap;
use tandem_core::effect::{Effect, Outcome};
use tandem_core::event::{EndReason, Event, OfferEnd, Side};
use tandem_core::ids::{
    AgentId, ContactId, CustomerHash, EffectId, EndpointId, OfferId, QueueId, SubjectRef,
};
use tandem_core::recording::{Channels, PauseCause, Purpose, ResumeCause, StopCause};
use tandem_core::routing::{Decision, WaitKey};
use tandem_core::time::Timestamp;
use tandem_reports::story::{DECISIONS_MAX, ENDED_MAX, ENTRIES_MAX, Lane, RecordedState, Stories};

fn at(seconds: u32) -> Timestamp {
    Timestamp::from_micros(0).plus_seconds(seconds)
}

fn arrived(id: u64) -> Event {
    Event::ContactArrived {
        contact: ContactId(id),
        endpoint: EndpointId(3),
        arrival: SubjectRef(id),
        key: id,
        customer: CustomerHash(1),
        correlation: "correlation".into(),
        attributes: BTreeMap::new(),
        caller: None,
    }
}

fn ended(id: u64) -> Event {
    Event::ContactEnded {
        contact: ContactId(id),
        reason: EndReason::Handled,
    }
}

fn decided(id: u64) -> Event {
    Event::Decided(Decision {
        contact: ContactId(id),
        queue: QueueId(1),
        chosen: None,
        next: vec![],
        considered: 0,
        excluded: vec![],
        plan_step: 0,
        key: WaitKey {
            band: 0,
            since: at(0),
            seq: id,
        },
        balanced: None,
    })
}

fn codes(stories: &Stories, id: u64) -> Vec<String> {
    let story = stories.story(ContactId(id)).expect("a story");
    let entries = story.entries.iter().map(|entry| {
        let entry = serde_json::to_value(entry).expect("an entry is JSON");
        entry["what"].as_str().expect("a code").to_owned()
    });
    entries.collect()
}

#[test]
fn story_tells_what_happened_in_codes_and_parameters() {
    let mut stories = Stories::default();
    let contact = ContactId(1);
    stories.apply(at(0), &arrived(1));
    stories.apply(at(1), &decided(1));
    stories.apply(
        at(2),
        &Event::OfferEnded {
            offer: OfferId(1),
            contact,
            agent: AgentId(4),
            why: OfferEnd::Missed,
            excluded_until: None,
        },
    );
    stories.apply(at(3), &ended(1));
    assert_eq!(
        codes(&stories, 1),
        ["arrived", "decided", "offer_ended", "ended"]
    );
    let story = stories.story(contact).unwrap();
    assert_eq!(story.ended, Some((at(3), EndReason::Handled)));
    let entry = serde_json::to_value(&story.entries[2]).unwrap();
    let detail = serde_json::json!({"agent": 4, "why": "missed", "excluded_until": null});
    assert_eq!(entry["detail"], detail);
}

// B-235
#[test]
fn story_says_so_when_a_prompt_fails_and_the_declared_exit_is_taken() {
    let mut stories = Stories::default();
    let contact = ContactId(1);
    stories.apply(at(0), &arrived(1));
    let id = EffectId(9);
    let effect = Effect::HangUp {
        contact,
        leg: "leg".into(),
    };
    stories.apply(at(1), &Event::EffectOrdered { id, effect });
    let outcome = Outcome::Failed {
        code: "8565".into(),
    };
    stories.apply(at(2), &Event::EffectSettled { id, outcome });
    stories.apply(
        at(2),
        &Event::ExitTaken {
            contact,
            node: "greet".into(),
            exit: "failed".into(),
            code: Some("8565".into()),
        },
    );
    assert_eq!(
        codes(&stories, 1),
        ["arrived", "order_failed", "exit_taken"]
    );
    let story = stories.story(contact).unwrap();
    let entry = serde_json::to_value(&story.entries[1]).unwrap();
    let detail = serde_json::json!({"order": "hang_up", "code": "8565"});
    assert_eq!(entry["detail"], detail);
}

#[test]
fn digits_are_counted_but_not_told() {
    let mut stories = Stories::default();
    stories.apply(at(0), &arrived(1));
    stories.apply(
        at(1),
        &Event::DigitsCollected {
            contact: ContactId(1),
            attribute: "customer".into(),
            digits: "4711".into(),
        },
    );
    let written = serde_json::to_string(&stories).unwrap();
    assert!(!written.contains("4711"));
    assert!(written.contains("\"n_digits\":4"));
}

#[test]
fn everything_is_bounded_and_the_newest_is_kept() {
    let mut stories = Stories::default();
    let n = u64::try_from(ENDED_MAX).unwrap() + 10;
    for id in 1..=n {
        stories.apply(at(0), &arrived(id));
        stories.apply(at(1), &decided(id));
        stories.apply(at(2), &ended(id));
    }
    assert_eq!(stories.ended().count(), ENDED_MAX);
    assert!(stories.story(ContactId(10)).is_none());
    assert!(stories.story(ContactId(11)).is_some());
    assert_eq!(stories.decisions().count(), DECISIONS_MAX);
    let newest = stories.decisions().next().map(|it| it.decision.contact);
    assert_eq!(newest, Some(ContactId(n)));
}

#[test]
fn endless_story_keeps_its_beginning_and_its_end() {
    let mut stories = Stories::default();
    stories.apply(at(0), &arrived(1));
    for _ in 0..ENTRIES_MAX {
        stories.apply(at(1), &decided(1));
    }
    let codes = codes(&stories, 1);
    assert_eq!(codes.len(), ENTRIES_MAX);
    assert_eq!(codes.first().map(String::as_str), Some("arrived"));
    let story = stories.story(ContactId(1)).unwrap();
    assert_eq!(story.n_forgotten, 1);
}

#[test]
fn stories_survive_a_snapshot() {
    let mut stories = Stories::default();
    for id in 1..4 {
        stories.apply(at(0), &arrived(id));
        stories.apply(at(1), &decided(id));
    }
    stories.apply(at(2), &ended(2));
    let written = serde_json::to_string(&stories).unwrap();
    let read: Stories = serde_json::from_str(&written).unwrap();
    assert_eq!(read, stories);
}

fn recording_started(contact: ContactId, recording: EffectId) -> Event {
    Event::RecordingStarted {
        contact,
        recording,
        reference: "rec".into(),
        purpose: Purpose::Call,
        until: None,
    }
}

// B-001: what nobody said the end of ends with the conversation, not with the wrap-up
#[test]
fn lane_of_a_recording_ends_with_the_conversation() {
    let mut stories = Stories::default();
    let (contact, recording) = (ContactId(1), EffectId(7));
    stories.apply(at(0), &arrived(1));
    let started = recording_started(contact, recording);
    stories.apply(at(2), &started);
    let agent = AgentId(4);
    let over = Event::ConversationEnded {
        contact,
        agent,
        by: Side::Customer,
    };
    stories.apply(at(12), &over);
    stories.apply(at(40), &ended(1));
    let lanes = stories.story(contact).expect("a story").lanes();
    let of_recording = lanes
        .iter()
        .find(|(lane, _)| *lane == Lane::Recording(recording));
    let spans = &of_recording.expect("it ran").1.spans;
    let times: Vec<_> = spans.iter().map(|it| (it.from, it.until)).collect();
    assert_eq!(times, [(at(2), Some(at(12)))]);
}

// B-023: a timeline can draw the recording and its pauses
#[test]
fn recordings_of_a_story_have_their_pauses_and_what_went_wrong_is_counted() {
    let mut stories = Stories::default();
    let (contact, recording) = (ContactId(1), EffectId(7));
    let (cause, until) = (PauseCause::Agent, at(300));
    stories.apply(at(0), &arrived(1));
    let effect = Effect::StartRecording {
        contact,
        leg: "leg".into(),
        purpose: Purpose::Call,
        channels: Channels::Mixed,
        queue: Some(QueueId(1)),
    };
    let id = recording;
    stories.apply(at(1), &Event::EffectOrdered { id, effect });
    let started = recording_started(contact, recording);
    stories.apply(at(2), &started);
    let paused = Event::RecordingPaused {
        contact,
        recording,
        cause,
        until,
    };
    stories.apply(at(5), &paused);
    let resumed = Event::RecordingResumed {
        contact,
        recording,
        cause: ResumeCause::TimeLimit,
    };
    stories.apply(at(8), &resumed);
    stories.apply(at(9), &paused);
    assert_eq!(stories.n_troubles(at(0)), 0);
    let stopped = Event::RecordingStopped {
        contact,
        recording,
        is_kept: true,
        cause: StopCause::Itself,
    };
    stories.apply(at(12), &stopped);
    assert_eq!(
        codes(&stories, 1)[1..],
        [
            "recording_asked",
            "recording_started",
            "recording_paused",
            "recording_resumed",
            "recording_paused",
            "recording_stopped"
        ]
    );
    let story = stories.story(contact).unwrap();
    let recorded = &story.recordings[0];
    assert_eq!((recorded.from, recorded.until), (at(2), Some(at(12))));
    let spans: Vec<_> = { recorded.pauses.iter() }
        .map(|it| (it.from, it.until))
        .collect();
    assert_eq!(spans, [(at(5), Some(at(8))), (at(9), Some(at(12)))]);
    assert_eq!(recorded.state, RecordedState::Stopped);
    assert_eq!(
        (stories.n_troubles(at(12)), stories.n_troubles(at(13))),
        (1, 0)
    );
}
