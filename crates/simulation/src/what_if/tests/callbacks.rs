//! What callbacks would have changed: worked out by hand where the morning is small, and by what must always hold.

use super::*;
use crate::rerun::{CallbackFigures, Lived};
use tandem_core::ContactCenter;
use tandem_core::input::{Input, Request};
use tandem_core::role::Actor;
use tandem_core::settings::Document;
use tandem_core::turn::Reply;

/// Seconds after nine: who calls, when, and for how long the customer waited and talked; who did not talk gave up.
struct Row(u64, u64, u64, Option<u64>);

/// The journal of a morning with one agent, as long as it was on record.
fn by_hand(rows: &[Row]) -> Recorded {
    let nine = 9 * 3_600;
    let mut text = HEADER.to_owned();
    for Row(customer, arrives, waits, talks) in rows {
        let call = clock(nine + arrives);
        let since = if *waits == 0 { clock(0) } else { call.clone() };
        let begins = clock(nine + arrives + waits);
        let times = match talks {
            Some(talks) => format!("{since},{waits},AGENT,{begins},{talks},agent-1"),
            None => format!("{since},{waits},HANG,00:00:00,0,"),
        };
        write!(text, "\n1999-08-01,{customer},0,PS,{call},0,{times}").expect("it is a text");
    }
    let import = Import::of(call_records::parse(&text).expect("it can be read"));
    recorded(&import).0
}

fn changes(recorded: &Recorded, text: &str) -> Vec<Change> {
    let settings = &recorded.lived.center.state().settings;
    vec![Change::parse(text, settings, &[]).expect("it is a change")]
}

fn asked(recorded: &Recorded, text: &str) -> WhatIf {
    what_if(recorded, &changes(recorded, text), &[1, 2, 3])
}

/// A figure on record, lived through again and changed.
fn figure(result: &WhatIf, name: &str) -> [f64; 3] {
    let found = result.figures.iter().find(|it| it.figure == name);
    let it = found.unwrap_or_else(|| panic!("there is no {name}"));
    [it.recorded, it.again, it.changed]
}

fn with_callbacks(result: &WhatIf, name: &str) -> Option<f64> {
    let Some(callbacks) = &result.callbacks else {
        panic!("no callbacks are offered")
    };
    let found = callbacks.figures.iter().find(|it| it.figure == name);
    found
        .unwrap_or_else(|| panic!("there is no {name}"))
        .changed
}

fn is_about(figures: [f64; 3], wanted: [f64; 3]) {
    let pairs = figures.iter().zip(wanted);
    let all = pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-6);
    assert!(all, "{figures:?} is not {wanted:?}");
}

// One talks for 600 s from nine on. Two come after 60 and 120 s and talk for 100 and 50 s, after waits of 540 and 580 s.
// Asked after two minutes both say yes. At 600 s the first one's phone rings for 10 s, and they talk until 710 s; then the
// second one's, who talks from 720 to 770 s.
//
#[test]
fn callers_who_say_yes_are_called_back_at_their_places_when_the_agent_is_free() {
    let rows = [
        Row(1, 0, 0, Some(600)),
        Row(2, 60, 540, Some(100)),
        Row(3, 120, 580, Some(50)),
    ];
    let result = asked(&by_hand(&rows), "callbacks:after=120:share=100");
    let waits = (540.0 + 580.0) / 3.0;
    is_about(figure(&result, "mean wait, s"), [waits, waits, 80.0]);
    let called = (550.0 + 600.0) / 3.0;
    is_about(figure(&result, "until an agent, s"), [waits, waits, called]);
    is_about(figure(&result, "abandoned, %"), [0.0; 3]);
    is_about(figure(&result, "talked to nobody, %"), [0.0; 3]);
    is_about(figure(&result, "answered"), [3.0, 3.0, 1.0]);
    let [_, again, changed] = figure(&result, "occupancy, %");
    // 750 s of conversations; with callbacks twice 10 s of ringing beside them.
    assert!((changed / again - 770.0 / 750.0).abs() < 1e-9);
    for (name, wanted) in [
        ("asked", 2.0),
        ("traded the place", 2.0),
        ("of them called back", 2.0),
        ("phones rung", 2.0),
        ("virtual wait, s", 575.0),
        ("promise kept, %", 100.0),
    ] {
        assert_eq!(with_callbacks(&result, name), Some(wanted), "{name}");
    }
}

// a callback is not an abandonment.
#[test]
fn who_gave_up_on_record_may_be_called_back_instead() {
    let rows = [
        Row(1, 0, 0, Some(600)),
        Row(2, 60, 540, Some(100)),
        Row(3, 120, 580, Some(50)),
        Row(4, 200, 300, None),
    ];
    let result = asked(&by_hand(&rows), "callbacks:after=120:share=100");
    is_about(figure(&result, "abandoned, %"), [25.0, 25.0, 0.0]);
    is_about(figure(&result, "talked to nobody, %"), [25.0, 25.0, 0.0]);
    // The fourth one's phone rings from 770 s on.
    let virtual_s = (550.0 + 600.0 + 580.0) / 3.0;
    let told = with_callbacks(&result, "virtual wait, s").expect("three were called back");
    assert!((told - virtual_s).abs() < 1e-6, "{told}");
}

// Phones that nobody answers ring for 45 s each; after half an hour, when they would ring again, the agent is gone.
#[test]
fn who_is_not_reached_talks_to_nobody_and_costs_the_agent_the_ringing() {
    let rows = [
        Row(1, 0, 0, Some(600)),
        Row(2, 60, 540, Some(100)),
        Row(3, 120, 580, Some(50)),
    ];
    let result = asked(&by_hand(&rows), "callbacks:after=120:share=100:reached=0");
    assert_eq!(with_callbacks(&result, "of them called back"), Some(0.0));
    assert_eq!(
        with_callbacks(&result, "of them open at the end"),
        Some(2.0)
    );
    assert_eq!(with_callbacks(&result, "phones rung"), Some(2.0));
    assert_eq!(with_callbacks(&result, "virtual wait, s"), None);
    assert_eq!(with_callbacks(&result, "promise kept, %"), Some(100.0));
    let nobody = 200.0 / 3.0;
    is_about(figure(&result, "talked to nobody, %"), [0.0, 0.0, nobody]);
    is_about(figure(&result, "abandoned, %"), [0.0; 3]);
    let [_, again, changed] = figure(&result, "occupancy, %");
    assert!((changed / again - 690.0 / 750.0).abs() < 1e-9);
}

// The second one calls again after 550 s, and is served at 600 s at the place that was kept since 60 s: before the third.
//
#[test]
fn who_calls_again_is_served_once_and_before_those_behind_the_place_that_was_kept() {
    let rows = [
        Row(1, 0, 0, Some(600)),
        Row(2, 60, 140, None),
        Row(3, 120, 480, Some(100)),
        Row(2, 550, 150, Some(50)),
    ];
    let result = asked(&by_hand(&rows), "callbacks:after=100:share=100");
    let elsewhere = with_callbacks(&result, "of them served in another call");
    assert_eq!(elsewhere, Some(1.0));
    assert_eq!(with_callbacks(&result, "of them called back"), Some(1.0));
    is_about(figure(&result, "abandoned, %"), [25.0, 25.0, 0.0]);
    // Nobody, 100 s twice, and 50 s until the call that came again is answered.
    is_about(figure(&result, "mean wait, s"), [192.5, 192.5, 62.5]);
    // The third one's phone rings from 650 to 660 s.
    assert_eq!(with_callbacks(&result, "virtual wait, s"), Some(540.0));
}

#[test]
fn who_calls_again_and_says_yes_again_is_called_back_once() {
    let rows = [
        Row(1, 0, 0, Some(600)),
        Row(2, 60, 140, None),
        Row(3, 120, 480, Some(100)),
        Row(2, 300, 400, Some(50)),
    ];
    let result = asked(&by_hand(&rows), "callbacks:after=100:share=100");
    assert_eq!(with_callbacks(&result, "traded the place"), Some(3.0));
    assert_eq!(with_callbacks(&result, "of them called back"), Some(3.0));
    assert_eq!(with_callbacks(&result, "phones rung"), Some(2.0));
}

#[test]
fn nothing_changes_when_everybody_who_is_asked_says_no() {
    let (recorded, _) = recorded(&morning());
    for text in [
        "callbacks:after=30:share=0",
        "callbacks:estimate=30:share=0",
    ] {
        let result = asked(&recorded, text);
        for it in &result.figures {
            assert_eq!((it.difference, it.plus_minus), (0.0, 0.0), "{text}: {it:?}");
        }
        assert!(with_callbacks(&result, "asked") > Some(10.0), "{text}");
        assert_eq!(with_callbacks(&result, "traded the place"), Some(0.0));
    }
}

fn ends_once(lived: &Lived) -> CallbackFigures {
    let (figures, callbacks) = (lived.figures(), lived.callback_figures());
    let left = figures.abandoned_percent / 100.0 * f64::from(figures.offered);
    let sum = f64::from(figures.answered + callbacks.taken) + left;
    assert!(
        (sum - f64::from(figures.offered)).abs() < 1e-6,
        "{figures:?}"
    );
    let ends = callbacks.called_back
        + callbacks.served_in_another_call
        + callbacks.not_reached
        + callbacks.expired
        + callbacks.called_off
        + callbacks.still_open;
    assert_eq!(callbacks.taken, ends, "{callbacks:?}");
    let open = &lived.center.state().callbacks;
    let n_open = u32::try_from(open.len()).expect("they are few");
    assert!(n_open <= callbacks.still_open, "{n_open} of {callbacks:?}");
    assert_eq!(n_open == 0, callbacks.still_open == 0);
    assert!(lived.courses.iter().all(|it| it.ended.is_some()));
    callbacks
}

// B15.1: whoever came in line is answered, leaves, or trades the place, and each trade comes to one end.
#[test]
fn each_call_ends_once_however_many_are_called_back() {
    let (recorded, _) = recorded(&morning());
    let mut seen = CallbackFigures::default();
    for text in [
        "callbacks:after=1:share=100",
        "callbacks:after=60:share=40:reached=50",
        "callbacks:after=20:share=100:reached=0",
        "callbacks:estimate=60:share=70:reached=80",
    ] {
        let mut stage = Stage::of(&recorded);
        stage.make(changes(&recorded, text)[0]);
        for seed in 1..4 {
            let came = ends_once(&stage.live(seed));
            seen.called_back += came.called_back;
            seen.not_reached += came.not_reached;
            seen.still_open += came.still_open;
        }
    }
    assert!(seen.called_back > 0 && seen.not_reached + seen.still_open > 0);
}

#[test]
fn who_is_estimated_to_wait_shorter_is_not_asked() {
    let (recorded, _) = recorded(&morning());
    let n_asked = |text| with_callbacks(&asked(&recorded, text), "asked");
    let all = n_asked("callbacks:after=1:share=0");
    let some = n_asked("callbacks:estimate=90:share=0");
    assert!(some > Some(0.0) && some < all, "{some:?} of {all:?}");
    let none = n_asked("callbacks:estimate=86400:share=0");
    assert_eq!(none, Some(0.0));
}

// A journal in which customers were called back is one that can be asked as well.
#[test]
fn journal_with_callbacks_tells_the_figures_of_its_day() {
    let (recorded, _) = recorded(&morning());
    let mut stage = Stage::of(&recorded);
    stage.make(changes(&recorded, "callbacks:after=60:share=60:reached=70")[0]);
    let mut retrospect = Retrospect::default();
    retrospect.see(stage.begins(), &stage.saved());
    let mut keep = |now, _, events: Vec<Event>| retrospect.see(now, &events);
    let lived = stage.rerun(1).kept_by(&mut keep).live();
    let seen = retrospect.recorded();
    assert_eq!(seen.lived.figures(), lived.figures());
    let asked = lived.callback_figures().asked;
    let told = CallbackFigures {
        asked,
        ..seen.lived.callback_figures()
    };
    assert_eq!(told, lived.callback_figures());
    assert_eq!(seen.left_out.n_traded, u64::from(told.taken));
    assert_eq!(seen.left_out.n_not_inbound, 0);
    assert!(told.called_back > 0, "{told:?}");
}

// whose number is withheld cannot be called back, and is nobody else's customer for it.
#[test]
fn who_withheld_the_number_is_asked_and_waits_on() {
    let (recorded, _) = recorded(&morning());
    let mut stage = Stage::of(&recorded);
    stage.make(changes(&recorded, "callbacks:after=60:share=0")[0]);
    let mut retrospect = Retrospect::default();
    retrospect.see(stage.begins(), &stage.saved());
    let mut keep = |now, _, mut events: Vec<Event>| {
        for event in &mut events {
            if let Event::ContactArrived {
                contact, caller, ..
            } = event
                && contact.0 % 2 == 0
            {
                *caller = None;
            }
        }
        retrospect.see(now, &events);
    };
    drop(stage.rerun(1).kept_by(&mut keep).live());
    let recorded = retrospect.recorded();
    let mut stage = Stage::of(&recorded);
    stage.make(changes(&recorded, "callbacks:after=60:share=100")[0]);
    let lived = stage.live(1);
    let calls = recorded.traffic.calls.iter().zip(&lived.courses);
    let asked: Vec<_> = calls.filter(|(_, course)| course.is_asked).collect();
    assert!(asked.iter().any(|(call, _)| !call.has_number));
    for (call, course) in asked {
        assert_eq!(course.trade.is_some(), call.has_number, "{call:?}");
    }
}

// What is lived through is what an administrator could set up: the core takes it.
#[test]
fn queue_and_flow_that_offer_callbacks_are_taken_by_the_core() {
    let (recorded, _) = recorded(&morning());
    for text in [
        "callbacks:after=600:share=1",
        "callbacks:estimate=1:share=1",
    ] {
        let mut center = ContactCenter::new();
        let before = Stage::of(&recorded);
        center.apply(before.begins(), &before.saved());
        let mut stage = before.clone();
        stage.make(changes(&recorded, text)[0]);
        let mut n_saved = 0;
        for event in stage.saved() {
            let Event::Saved { id, document, .. } = event else {
                continue;
            };
            if !matches!(document, Document::Queue(_) | Document::Flow(_)) {
                continue;
            }
            let request = Request::Save {
                id: Some(id),
                expected: Some(1),
                document,
            };
            let actor = Actor::system();
            let asked = Input::Asked { actor, request };
            let turn = center.handle(stage.begins(), asked);
            assert!(
                matches!(turn.reply, Reply::Saved { .. }),
                "{:?}",
                turn.reply
            );
            n_saved += 1;
        }
        assert!(n_saved >= 2);
    }
}

#[test]
fn offer_that_cannot_be_made_is_told_with_what_is_missing() {
    let (recorded, _) = recorded(&morning());
    let settings = &recorded.lived.center.state().settings;
    let parse = |text: &str| Change::parse(text, settings, &[]);
    let offer = parse("callbacks:share=40:queue=ps:after=120:reached=90");
    let Ok(Change::Callbacks(offer)) = offer else {
        panic!("{offer:?}")
    };
    assert_eq!(offer.queue, Some(QueueId(1)));
    assert_eq!(offer.asked, Asked::After(120));
    assert_eq!(offer.assumed.share_percent, 40);
    assert_eq!(offer.assumed.reached_percent, 90);
    for (text, why) in [
        ("callbacks", "say when callers are asked"),
        ("callbacks:share=40", "say when callers are asked"),
        ("callbacks:after=60:estimate=60:share=40", "say when"),
        ("callbacks:after=60", "say which share"),
        ("callbacks:after=0:share=40", "after \"0\" is not 1 to 600"),
        ("callbacks:after=601:share=40", "is not 1 to 600"),
        (
            "callbacks:estimate=x:share=40",
            "estimate \"x\" is not 1 to",
        ),
        (
            "callbacks:after=60:share=101",
            "share \"101\" is not 0 to 100",
        ),
        (
            "callbacks:after=60:share=40:share=50",
            "share is said twice",
        ),
        (
            "callbacks:after=60:share=40:reached=-1",
            "reached \"-1\" is",
        ),
        ("callbacks:after=60:share=40:often", "there is no \"often\""),
        ("callbacks:after=60:share=40:queue=XX", "there is no queue"),
    ] {
        let refused = parse(text).expect_err("it is refused");
        assert!(refused.contains(why), "{text}: {refused}");
    }
}
