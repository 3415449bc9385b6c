//! Prompts and music.

use crate::phone::{Phone, Voice, World, level, live, settings};
use tandem_media::codec::Codec;
use tandem_media::player::Repeat;
use tandem_media::tone;
use tandem_transport::media::{Fact, How, Key, Sound, Target};

fn tone_of(hertz: f64, ms: u32) -> Sound {
    let samples = tone::sine(8_000, hertz, 6_000.0, 0, ms * 8);
    Sound::new(8_000, &samples).expect("a usual rate")
}

fn ended(world: &mut World, key: u64) -> How {
    world.wait("the prompt ends", |fact| {
        let Fact::PromptEnded { key: ended, how } = fact else {
            return None;
        };
        (*ended == Key(key)).then_some(*how)
    })
}

fn listen(phone: &mut Phone, n_frames: usize) -> Vec<i16> {
    (0..n_frames).flat_map(|_| phone.listen()).collect()
}

#[test]
fn prompt_is_heard_by_whom_it_is_played_to_and_its_end_is_told() {
    let mut world = World::new(settings());
    let conversation = world.conversation();
    let mut customer = world.phone(conversation, Voice::of(Codec::Pcma, 400.0));
    let mut agent = world.phone(conversation, Voice::of(Codec::Pcma, 700.0));
    world
        .plane
        .connect(conversation, customer.leg(), agent.leg())
        .wait()
        .unwrap();
    let leg = Target::Leg(customer.leg());
    world
        .plane
        .play(leg, &tone_of(1_100.0, 800), Repeat::Once, Key(1))
        .wait()
        .unwrap();
    let mut phones = [&mut customer, &mut agent];
    let heard = live(&mut phones, 40);
    assert_eq!(ended(&mut world, 1), How::Completed);
    // What the other side says is heard with it.
    assert!(level(&heard[0][16 * 320..36 * 320], 1_100.0) > 4_000.0);
    assert!(level(&heard[0][16 * 320..36 * 320], 700.0) > 4_000.0);
    assert!(level(&heard[1], 1_100.0) < 600.0);
    world
        .plane
        .play(
            Target::Conversation(conversation),
            &tone_of(1_500.0, 500),
            Repeat::Once,
            Key(2),
        )
        .wait()
        .unwrap();
    let heard = live(&mut phones, 25);
    for sound in &heard {
        assert!(level(&sound[12 * 320..22 * 320], 1_500.0) > 4_000.0);
    }
    assert_eq!(ended(&mut world, 2), How::Completed);
}

#[test]
fn sound_that_takes_anothers_place_or_is_stopped_ends_it() {
    let mut world = World::new(settings());
    let conversation = world.conversation();
    let mut customer = world.phone(conversation, Voice::of(Codec::G722, 400.0));
    let leg = Target::Leg(customer.leg());
    world
        .plane
        .play(leg, &tone_of(1_100.0, 100), Repeat::Forever, Key(1))
        .wait()
        .unwrap();
    assert!(level(&listen(&mut customer, 30)[10 * 320..], 1_100.0) > 4_000.0);
    world
        .plane
        .play(leg, &tone_of(1_500.0, 5_000), Repeat::Once, Key(2))
        .wait()
        .unwrap();
    assert_eq!(ended(&mut world, 1), How::Stopped);
    assert!(level(&listen(&mut customer, 30)[10 * 320..], 1_500.0) > 4_000.0);
    world.plane.stop(leg).wait().unwrap();
    assert_eq!(ended(&mut world, 2), How::Stopped);
    assert_eq!(
        world.plane.counts().n_mixed,
        0,
        "idle conversations cost nothing"
    );
    world
        .plane
        .play(leg, &tone_of(1_500.0, 5_000), Repeat::Once, Key(3))
        .wait()
        .unwrap();
    world.plane.close(conversation).wait().unwrap();
    assert_eq!(ended(&mut world, 3), How::Stopped);
    assert!(
        world
            .plane
            .play(leg, &tone_of(1_500.0, 20), Repeat::Once, Key(4))
            .wait()
            .is_err()
    );
}

#[test]
fn who_speaks_when_is_told_in_a_mix_and_in_a_relay() {
    for is_mixed in [false, true] {
        let mut world = World::new(settings());
        let conversation = world.conversation();
        let mut customer = world.phone(conversation, Voice::of(Codec::Pcma, 400.0));
        let mut agent = world.phone(conversation, Voice::of(Codec::Pcma, 700.0));
        world
            .plane
            .connect(conversation, customer.leg(), agent.leg())
            .wait()
            .unwrap();
        if is_mixed {
            let leg = Target::Leg(agent.leg());
            let quiet = Sound::new(8_000, &[0; 160]).unwrap();
            world
                .plane
                .play(leg, &quiet, Repeat::Forever, Key(1))
                .wait()
                .unwrap();
        }
        for n in 0..60 {
            let is_loud = n < 15;
            let silence = [0; 320];
            let said = if is_loud {
                customer.spoken()
            } else {
                customer.said(&silence)
            };
            customer.send(&said);
            // In a relay the clock of the customer's packets runs as fast as they are sent: none of it is a pause.
            agent.listen();
        }
        let leg = customer.leg();
        world.plane.close_leg(leg).wait().unwrap();
        let span = world.wait("somebody spoke", |fact| {
            let Fact::Talk {
                leg: speaker,
                from,
                until,
            } = fact
            else {
                return None;
            };
            (*speaker == leg).then(|| *until - *from)
        });
        assert!(!span.is_zero());
        assert!(
            !world.was_told(|fact| matches!(fact, Fact::Talk { .. })),
            "once"
        );
    }
}
