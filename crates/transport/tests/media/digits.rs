//! Digits both ways (RFC 4733), questions, and what may not be known.

use crate::phone::{KEY, Phone, Voice, World, live, settings};
use std::time::Duration;
use tandem_media::codec::Codec;
use tandem_media::dtmf::Digit;
use tandem_media::player::Repeat;
use tandem_transport::media::{
    Collect, Collected, ConversationId, Fact, Finished, How, Key, Masking, OnDigit, Piece, Pressed,
    Sink, Sound, Target, Why,
};

fn digits(text: &str) -> Vec<Digit> {
    text.chars()
        .map(|it| Digit::from_char(it).expect("a digit"))
        .collect()
}

fn text(digits: &[Digit]) -> String {
    digits.iter().map(|it| it.as_char()).collect()
}

/// The phone presses digits, and says silence around them.
fn press(phone: &mut Phone, typed: &str) {
    for digit in digits(typed) {
        phone
            .media
            .send_digit(digit, 40_000)
            .expect("digits were agreed on");
    }
    while phone.media.sends_digits() {
        let said = phone.said(&[0; 320]);
        phone.send(&said);
    }
}

fn question(key: u64, n_digits_max: usize) -> Collect {
    Collect {
        key: Key(key),
        n_digits_max,
        ends: digits("#"),
        first_within: Duration::from_secs(20),
        next_within: Duration::from_secs(20),
        on_digit: OnDigit::StopsPrompt,
        masking: Masking::Plain,
    }
}

fn answer(world: &mut World, key: u64) -> (String, Why) {
    world.wait("the question ends", |fact| {
        let Fact::Collected(Collected {
            key: Key(asked),
            digits,
            why,
            ..
        }) = fact
        else {
            return None;
        };
        match digits {
            Pressed::Plain(digits) if *asked == key => Some((text(digits), *why)),
            Pressed::Plain(_) => None,
            Pressed::Masked(_) => panic!("masked"),
        }
    })
}

/// The digits of a masked answer, and what a log would have of it.
fn masked(world: &mut World) -> (String, String) {
    world.wait("the question ends", |fact| {
        let Fact::Collected(collected) = fact else {
            return None;
        };
        match &collected.digits {
            Pressed::Masked(masked) => Some((text(masked.reveal()), format!("{fact:?}"))),
            Pressed::Plain(_) => panic!("plain"),
        }
    })
}

struct Nowhere;

impl Sink for Nowhere {
    fn write(&mut self, _: Piece) -> std::io::Result<()> {
        Ok(())
    }

    fn finish(self: Box<Self>, _: Finished) -> std::io::Result<()> {
        Ok(())
    }
}

fn two(world: &World) -> (ConversationId, Phone, Phone) {
    let conversation = world.conversation();
    let customer = world.phone(conversation, Voice::of(Codec::Pcma, 400.0));
    let agent = world.phone(conversation, Voice::of(Codec::Pcma, 700.0));
    world
        .plane
        .connect(conversation, customer.leg(), agent.leg())
        .wait()
        .expect("the plane runs");
    (conversation, customer, agent)
}

fn told(world: &mut World) -> String {
    let mut all = String::new();
    while all.len() < 4 {
        all += &world.wait("digits are told", |fact| {
            let Fact::Digits { digits, .. } = fact else {
                return None;
            };
            Some(text(digits))
        });
    }
    all
}

#[test]
fn digits_that_nobody_asked_for_are_told_and_heard_by_the_others_in_a_relay_and_in_a_mix() {
    for is_mixed in [false, true] {
        let mut world = World::new(settings());
        let (conversation, mut customer, mut agent) = two(&world);
        if is_mixed {
            world
                .plane
                .record(conversation, KEY, Box::new(Nowhere))
                .wait()
                .unwrap();
        }
        customer.talk();
        press(&mut customer, "19*0");
        assert_eq!(told(&mut world), "19*0");
        let mut heard = String::new();
        while heard.len() < 4 {
            agent.listen();
            heard += &agent.pressed();
        }
        assert_eq!(heard, "19*0");
    }
}

#[test]
fn digits_are_sent_to_a_leg_that_is_relayed_and_the_relay_goes_on() {
    let world = World::new(settings());
    let (_, mut customer, mut agent) = two(&world);
    live(&mut [&mut customer, &mut agent], 5);
    world
        .plane
        .send_digits(agent.leg(), digits("42"))
        .wait()
        .unwrap();
    let mut heard = String::new();
    while heard.len() < 2 {
        agent.listen();
        heard += &agent.pressed();
    }
    assert_eq!(heard, "42");
    world.until("the relay goes on", |plane| plane.counts().n_mixed == 0);
    assert!(
        world
            .plane
            .send_digits(agent.leg(), digits(&"1".repeat(70)))
            .wait()
            .is_err(),
        "too many"
    );
}

#[test]
fn first_digit_stops_the_prompt_and_the_last_one_ends_the_question() {
    let mut world = World::new(settings());
    let conversation = world.conversation();
    let mut customer = world.phone(conversation, Voice::of(Codec::Pcma, 400.0));
    let leg = customer.leg();
    let prompt = Sound::new(8_000, &[1_000; 80_000]).unwrap();
    world
        .plane
        .play(
            Target::Conversation(conversation),
            &prompt,
            Repeat::Once,
            Key(1),
        )
        .wait()
        .unwrap();
    world.plane.collect(leg, question(2, 3)).wait().unwrap();
    customer.listen();
    press(&mut customer, "1");
    let how = world.wait("the prompt is interrupted", |fact| {
        let Fact::PromptEnded { key: Key(1), how } = fact else {
            return None;
        };
        Some(*how)
    });
    assert_eq!(how, How::Interrupted);
    press(&mut customer, "23");
    let (pressed, why) = answer(&mut world, 2);
    assert_eq!((pressed.as_str(), why), ("123", Why::Full));
    world.plane.collect(leg, question(3, 10)).wait().unwrap();
    press(&mut customer, "45#");
    let (pressed, why) = answer(&mut world, 3);
    assert_eq!(pressed, "45");
    assert!(matches!(why, Why::Ended(digit) if digit.as_char() == '#'));
    assert!(
        !world.was_told(|fact| matches!(fact, Fact::Digits { .. })),
        "they were answers"
    );
}

#[test]
fn question_without_an_answer_ends_by_time_that_begins_when_the_prompt_is_over() {
    let mut world = World::new(settings());
    let conversation = world.conversation();
    let mut customer = world.phone(conversation, Voice::of(Codec::Pcma, 400.0));
    let prompt = Sound::new(8_000, &[1_000; 1_600]).unwrap();
    let leg = customer.leg();
    world
        .plane
        .play(Target::Leg(leg), &prompt, Repeat::Once, Key(1))
        .wait()
        .unwrap();
    let soon = Duration::from_millis(60);
    let asked = Collect {
        first_within: soon,
        next_within: soon,
        ..question(2, 4)
    };
    world.plane.collect(leg, asked.clone()).wait().unwrap();
    let (pressed, why) = answer(&mut world, 2);
    assert_eq!((pressed.as_str(), why), ("", Why::Silence));
    assert!(world.was_told(|fact| matches!(fact, Fact::PromptEnded { .. })));
    world
        .plane
        .collect(
            leg,
            Collect {
                first_within: Duration::from_secs(20),
                ..asked
            },
        )
        .wait()
        .unwrap();
    press(&mut customer, "7");
    let (pressed, why) = answer(&mut world, 2);
    assert_eq!((pressed.as_str(), why), ("7", Why::SilenceAfter));
    world.plane.collect(leg, question(5, 4)).wait().unwrap();
    world.plane.collect(leg, question(6, 4)).wait().unwrap();
    assert_eq!(answer(&mut world, 5).1, Why::Stopped);
    world.plane.stop_collecting(leg).wait().unwrap();
    assert_eq!(answer(&mut world, 6).1, Why::Stopped);
    assert!(world.plane.collect(leg, question(7, 0)).wait().is_err());
}

// R-24 c: digits of a masked question, or during a pause, reach nobody but who asked.
#[test]
fn masked_digits_reach_who_asked_and_nobody_else() {
    let mut world = World::new(settings());
    let (conversation, mut customer, mut agent) = two(&world);
    let leg = customer.leg();
    customer.talk();
    world
        .plane
        .collect(
            leg,
            Collect {
                masking: Masking::Masked,
                ..question(1, 4)
            },
        )
        .wait()
        .unwrap();
    press(&mut customer, "4111");
    let (secret, shown) = masked(&mut world);
    assert_eq!(secret, "4111");
    assert!(
        shown.contains("Masked(_)") && !shown.contains("Digit("),
        "{shown}"
    );
    // In a pause: a plain question is masked, and what nobody asked for is told to nobody.
    world
        .plane
        .record(conversation, KEY, Box::new(Nowhere))
        .wait()
        .unwrap();
    world
        .plane
        .pause_recording(conversation, KEY)
        .wait()
        .unwrap();
    press(&mut customer, "99");
    // Before a recording goes on, what was pressed in the pause is read.
    world
        .plane
        .resume_recording(conversation, KEY)
        .wait()
        .unwrap();
    world
        .plane
        .pause_recording(conversation, KEY)
        .wait()
        .unwrap();
    world.plane.collect(leg, question(2, 2)).wait().unwrap();
    press(&mut customer, "55");
    assert_eq!(masked(&mut world).0, "55");
    world
        .plane
        .resume_recording(conversation, KEY)
        .wait()
        .unwrap();
    press(&mut customer, "1234");
    assert_eq!(told(&mut world), "1234");
    let mut heard = String::new();
    while heard.len() < 4 {
        agent.listen();
        heard += &agent.pressed();
    }
    assert_eq!(heard, "1234", "nothing of what was masked");
}
